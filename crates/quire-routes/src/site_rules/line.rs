//! Lines of a file of rules.

/// A line that may say something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// In which column its text begins, from 1.
    pub column: usize,
    /// Where its text begins in the file, in bytes.
    pub offset: usize,
    /// Without white space around it.
    pub text: &'a str,
}

/// All lines but empty ones and comments.
pub(super) fn lines(file: &str) -> impl Iterator<Item = Line<'_>> {
    let mut offset = 0;
    file.split('\n')
        .enumerate()
        .filter_map(move |(index, raw)| {
            let start = offset;
            offset += raw.len() + 1;
            let text = trim(raw);
            let leading = &raw[..raw.len() - raw.trim_start_matches(is_space).len()];
            (!text.is_empty() && !text.starts_with('#')).then_some(Line {
                number: index + 1,
                column: leading.chars().count() + 1,
                offset: start + leading.len(),
                text,
            })
        })
}

/// How many lines there are from `number` on, itself included.
pub(super) fn lines_from(file: &str, number: usize) -> usize {
    file.split('\n').count() + 1 - number
}

/// Without the white space around it, of which a byte order mark is some.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// What JavaScript takes for white space.
pub(super) fn is_space(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}

/// The length as the original counts it, in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
