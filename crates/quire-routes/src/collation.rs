//! The alphabetical order that breaks ties between routes.
//!
//! The original compares with the Unicode root collation. For ASCII that order is short enough to write down:
//! white space, punctuation, digits, letters; case counts only when everything else is equal, lower case first.
//! Control characters are ignored. Characters beyond ASCII come last, by code point: a route whose name holds one
//! can never match (requests carry percent-escapes), so their order shows in listings only.

use std::cmp::Ordering;

const ORDER: &[u8] = b"\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

const PRIMARY: [u8; 128] = primary_weights();

const fn primary_weights() -> [u8; 128] {
    let mut weights = [0u8; 128];
    let mut i = 0;
    while i < ORDER.len() {
        weights[ORDER[i] as usize] = i as u8 + 1;
        i += 1;
    }
    let mut letter = 0;
    while letter < 26 {
        let weight = (ORDER.len() + 1) as u8 + letter;
        weights[(b'a' + letter) as usize] = weight;
        weights[(b'A' + letter) as usize] = weight;
        letter += 1;
    }
    weights
}

fn primary(c: char) -> u32 {
    match PRIMARY.get(c as usize) {
        Some(&weight) => u32::from(weight),
        None => 0x100 + c as u32,
    }
}

/// Compares as `a.localeCompare(b)` does for ASCII.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    let weights = |text: &'_ str| {
        text.chars()
            .map(primary)
            .filter(|&weight| weight != 0)
            .collect::<Vec<_>>()
    };
    let cases = |text: &'_ str| {
        text.chars()
            .filter(|&c| primary(c) != 0)
            .map(|c| c.is_ascii_uppercase())
            .collect::<Vec<_>>()
    };
    weights(a)
        .cmp(&weights(b))
        .then_with(|| cases(a).cmp(&cases(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_characters_stand_in_the_root_collation_s_order() {
        let order = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBcCxXyYzZ";
        let sorted: Vec<String> = order.chars().map(String::from).collect();
        for pair in sorted.windows(2) {
            assert_eq!(compare(&pair[0], &pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn case_decides_last() {
        for (a, b) in [
            (":name", ":Name"),
            ("a-", "A-"),
            ("A", "b"),
            ("aB", "Ac"),
            ("ab", "aB"),
            ("A", "a0"),
            ("", "a"),
        ] {
            assert_eq!(compare(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(compare(b, a), Ordering::Greater, "{a} {b}");
        }
        assert_eq!(compare("/x", "/x"), Ordering::Equal);
    }
}
