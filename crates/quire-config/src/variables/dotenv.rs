//! The text of `.dev.vars` and `.env`, read as the `dotenv` package does.
//!
//! There is no wrong text: a line that does not assign anything is passed over.

use indexmap::IndexMap;

/// The variables of a file, in the order of their first assignment. A later one replaces the value.
pub fn parse_dotenv(text: &str) -> IndexMap<String, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut variables = IndexMap::new();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start_matches(is_space);
        if rest.is_empty() {
            return variables;
        }
        if let Some((name, after)) = assignment(rest) {
            let (value, after) = value(after);
            variables.insert(name.to_owned(), value);
            rest = after;
        }
        rest = rest.find(is_line_end).map_or("", |end| &rest[end..]);
    }
}

/// The name at the start of a text and what follows the sign after it.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let exported = text
        .strip_prefix("export")
        .filter(|rest| rest.starts_with(is_space))
        .and_then(|rest| name_and_sign(rest.trim_start_matches(is_space)));
    exported.or_else(|| name_and_sign(text))
}

fn name_and_sign(text: &str) -> Option<(&str, &str)> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let end = text.find(|c| !fits(c)).filter(|end| *end > 0)?;
    let (name, rest) = text.split_at(end);
    if let Some(after) = rest.trim_start_matches(is_space).strip_prefix('=') {
        return Some((name, after));
    }
    // `NAME: value` is an assignment too, with a space after the colon.
    let mut after = rest.strip_prefix(':')?.chars();
    after.next().filter(|c| is_space(*c))?;
    Some((name, after.as_str()))
}

/// The value after the sign, and the text after it.
fn value(text: &str) -> (String, &str) {
    let start = text.trim_start_matches(is_space);
    if let Some(quote @ ('\'' | '"' | '`')) = start.chars().next()
        && let Some(end) = closing_quote(start, quote)
    {
        let (quoted, rest) = start.split_at(end + 1);
        return (unquote(quoted), rest);
    }
    let end = text.find(['#', '\n']).unwrap_or(text.len());
    let (plain, rest) = text.split_at(end);
    (unquote(plain.trim_matches(is_space)), rest)
}

/// Where the quote at the start of a text is closed, which must be where a line or a comment could end: at the first
/// quote without a backslash, or else at the last one with.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = Vec::new();
    let mut before = quote;
    let mut unescaped = None;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && before != '\\' {
            unescaped = Some(at);
            break;
        }
        if c == quote {
            escaped.push(at);
        }
        before = c;
    }
    unescaped
        .into_iter()
        .chain(escaped.into_iter().rev())
        .find(|at| ends_a_line(&text[at + 1..]))
}

fn ends_a_line(text: &str) -> bool {
    let next = text.chars().find(|c| is_line_end(*c) || !is_space(*c));
    next.is_none_or(|c| is_line_end(c) || c == '#')
}

/// Takes a pair of quotes off. Only double quotes know escapes, and those only line ends.
fn unquote(value: &str) -> String {
    let mut chars = value.chars();
    let quote = chars.next().filter(|c| matches!(c, '\'' | '"' | '`'));
    let inner = match quote {
        Some(quote) => chars.as_str().strip_suffix(quote).unwrap_or(value),
        None => value,
    };
    if quote == Some('"') {
        inner.replace("\\n", "\n").replace("\\r", "\r")
    } else {
        inner.to_owned()
    }
}

/// What JavaScript's `\s` matches.
fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

/// Where `$` matches in JavaScript. Carriage returns are gone by then.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Vec<(String, String)> {
        parse_dotenv(text).into_iter().collect()
    }

    /// Each expectation is what `dotenv` 16.3.1 gives.
    #[test]
    fn odd_cases() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("A=1", &[("A", "1")]),
            ("A=1\nB=2\n", &[("A", "1"), ("B", "2")]),
            ("A=1\r\nB=2\rC=3", &[("A", "1"), ("B", "2"), ("C", "3")]),
            ("  A = 1  ", &[("A", "1")]),
            ("A=", &[("A", "")]),
            ("A=\nB=2", &[("A", ""), ("B", "2")]),
            ("A=   \nB=2", &[("A", ""), ("B", "2")]),
            ("A=# c\nB=2", &[("A", ""), ("B", "2")]),
            ("A=a#b", &[("A", "a")]),
            ("A=a #b", &[("A", "a")]),
            ("A=\"a#b\" # c", &[("A", "a#b")]),
            ("A='a#b'", &[("A", "a#b")]),
            ("A=`a\"b'c`", &[("A", "a\"b'c")]),
            ("A=\"a b\"", &[("A", "a b")]),
            ("A= \"a\" ", &[("A", "a")]),
            ("A=\"a", &[("A", "\"a")]),
            ("A=a\"", &[("A", "a\"")]),
            ("A='a\"", &[("A", "'a\"")]),
            ("A=\"a\" b", &[("A", "\"a\" b")]),
            ("A=\"a\" b \"c\"", &[("A", "a\" b \"c")]),
            ("A='x\\'\nB='y'", &[("A", "x\\"), ("B", "y")]),
            ("A='x\\'y'", &[("A", "x\\'y")]),
            ("A=\"x\\\"y\"", &[("A", "x\\\"y")]),
            ("A=\"a\\nb\"", &[("A", "a\nb")]),
            ("A='a\\nb'", &[("A", "a\\nb")]),
            ("A=a\\nb", &[("A", "a\\nb")]),
            ("A=\"a\\rb\\tc\"", &[("A", "a\rb\\tc")]),
            ("A=\"a\nb\"\nB=1", &[("A", "a\nb"), ("B", "1")]),
            ("A='a\nb'", &[("A", "a\nb")]),
            ("A=`a\nb`", &[("A", "a\nb")]),
            ("A=\"a\nb\" c\nB=1", &[("A", "\"a"), ("B", "1")]),
            (
                "A=\"unclosed\nB=2\nC=\"3\"",
                &[("A", "\"unclosed"), ("B", "2"), ("C", "3")],
            ),
            ("export A=1", &[("A", "1")]),
            ("export  A=1", &[("A", "1")]),
            ("exportA=1", &[("exportA", "1")]),
            ("export=1", &[("export", "1")]),
            ("export = 5", &[("export", "5")]),
            ("export A", &[]),
            ("export\nA=1", &[("A", "1")]),
            ("A\n=b", &[("A", "b")]),
            ("A=\n'x'", &[("A", "x")]),
            ("A:1", &[]),
            ("A: 1", &[("A", "1")]),
            ("A:\nfoo", &[("A", "foo")]),
            ("A:  \"x\"", &[("A", "x")]),
            ("A : 1", &[]),
            ("A B=1", &[]),
            ("=1", &[]),
            ("A", &[]),
            ("# A=1\nB=2", &[("B", "2")]),
            ("A.B-C=1", &[("A.B-C", "1")]),
            ("1A=2", &[("1A", "2")]),
            ("A=1=2", &[("A", "1=2")]),
            ("A==", &[("A", "=")]),
            ("A==1", &[("A", "=1")]),
            ("A=$B", &[("A", "$B")]),
            ("A=\\$B", &[("A", "\\$B")]),
            ("A=\"${B}\"", &[("A", "${B}")]),
            ("A=\" a \"", &[("A", " a ")]),
            ("A=' a '", &[("A", " a ")]),
            ("A=\ta\t", &[("A", "a")]),
            ("\u{feff}A=1", &[("A", "1")]),
            ("A=\u{a0}x\u{a0}", &[("A", "x")]),
            ("A=a\u{2028}B=b", &[("A", "a\u{2028}B=b")]),
            ("A=\"a\"\u{2028}B=b", &[("A", "a"), ("B", "b")]),
            ("A=\u{85}x", &[("A", "\u{85}x")]),
            ("A=\"\"", &[("A", "")]),
            ("A=''", &[("A", "")]),
            ("A=``", &[("A", "")]),
            ("A=\"", &[("A", "\"")]),
            ("A='", &[("A", "'")]),
            ("A=\"\"\"", &[("A", "\"")]),
            ("A=\"\\\"", &[("A", "\\")]),
            ("A=\"\\\\\"", &[("A", "\\\\")]),
            ("A=\"\\\\\" # \"x\"", &[("A", "\\\\")]),
            ("A='\\''", &[("A", "\\'")]),
            ("A='it\\'s'", &[("A", "it\\'s")]),
            ("A=\"say \\\"hi\\\"\"", &[("A", "say \\\"hi\\\"")]),
            ("A=1\nA=2\nB=3\nA=", &[("A", ""), ("B", "3")]),
            ("A=a b c", &[("A", "a b c")]),
            ("A='a' 'b'", &[("A", "a' 'b")]),
            ("A=\"a\" # \"b\"", &[("A", "a")]),
            ("A=\"a\" # b\"", &[("A", "a")]),
            ("A='a' #\nB='b'", &[("A", "a"), ("B", "b")]),
            ("A=\"x\" \n\n  # c\nB=1", &[("A", "x"), ("B", "1")]),
            ("A={\"a\":\"b\"}", &[("A", "{\"a\":\"b\"}")]),
            ("A={\"a\": \"b # c\"}", &[("A", "{\"a\": \"b")]),
            ("A='{\"a\":1}'", &[("A", "{\"a\":1}")]),
            (
                "PRIVATE_KEY=\"-----BEGIN-----\nabc=\n-----END-----\"\nB=2",
                &[
                    ("PRIVATE_KEY", "-----BEGIN-----\nabc=\n-----END-----"),
                    ("B", "2"),
                ],
            ),
            ("A=x;B=y", &[("A", "x;B=y")]),
            ("A=x\n\n\n   \nB=y", &[("A", "x"), ("B", "y")]),
            (
                "not a line\nA=1\nalso: not\nB=2",
                &[("A", "1"), ("also", "not"), ("B", "2")],
            ),
            ("\u{e9}=1\nA=2", &[("A", "2")]),
            ("A-=1", &[("A-", "1")]),
            (".=x", &[(".", "x")]),
            ("A=\\", &[("A", "\\")]),
            ("A=\"\\n\"", &[("A", "\n")]),
            ("A='\n'", &[("A", "\n")]),
            ("A=\n\"b\"c", &[("A", "")]),
            ("A=\n#x\nB=1", &[("A", ""), ("B", "1")]),
            ("A= \n  \"b\" # c\nC=1", &[("A", "b"), ("C", "1")]),
            ("A='a\\'#b'\nB='c'", &[("A", "a\\'#b"), ("B", "c")]),
            ("A=\"a\\\" # b\"", &[("A", "a\\\" # b")]),
            ("A=`x\\`y`", &[("A", "x\\`y")]),
            ("A='a'b'c'", &[("A", "a'b'c")]),
            ("A=\"1\"2\"3\" # x", &[("A", "1\"2\"3")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            assert_eq!(parsed(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_fine(text in ".{0,200}") {
            parse_dotenv(&text);
        }

        #[test]
        fn what_is_quoted_comes_back(name in "[A-Za-z_][A-Za-z0-9_.-]{0,10}", value in "[^'\\\\\r]{0,40}") {
            prop_assert_eq!(parsed(&format!("{name}='{value}' # note")), vec![(name, value)]);
        }

        #[test]
        fn lines_do_not_disturb_each_other(values in prop::collection::vec("[a-z0-9 ]{0,10}", 0..10)) {
            let text: String = values.iter().enumerate().map(|(n, value)| format!("V{n}={value}\n")).collect();
            let expected: Vec<_> =
                values.iter().enumerate().map(|(n, value)| (format!("V{n}"), value.trim().to_owned())).collect();
            prop_assert_eq!(parsed(&text), expected);
        }
    }
}
