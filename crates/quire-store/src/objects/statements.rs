//! Where the statements of a text of SQL end.

/// What a statement's end depends on: in a trigger's definition only `; END ;` ends it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but blanks and comments so far
    Start,
    /// After `EXPLAIN`
    Explain,
    /// After `CREATE`, perhaps with `TEMP`
    Create,
    /// In any other statement
    Normal,
    /// In a trigger's definition
    Trigger,
    /// There, after a semicolon
    TriggerSemicolon,
    /// There, after a semicolon and `END`
    TriggerEnd,
}

/// What one token means for that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Semicolon,
    Blank,
    Explain,
    Create,
    Temporary,
    Trigger,
    End,
    Other,
}

/// The statements of a text, each with the semicolon that ends it. What follows the last semicolon is one too, unless it is
/// only blanks; comments alone count.
pub(crate) fn split(sql: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    let mut state = State::Start;
    while at < sql.len() {
        let (token, length) = token(&sql.as_bytes()[at..]);
        at += length;
        state = match (state, token) {
            (State::Trigger | State::TriggerSemicolon, Token::Semicolon) => State::TriggerSemicolon,
            (_, Token::Semicolon) => {
                statements.push(&sql[begin..at]);
                begin = at;
                State::Start
            }
            (state, Token::Blank) => state,
            (State::Start, Token::Explain) => State::Explain,
            (State::Start | State::Explain, Token::Create) => State::Create,
            (State::Explain, _) => State::Explain,
            (State::Create, Token::Temporary) => State::Create,
            (State::Create, Token::Trigger) => State::Trigger,
            (State::TriggerSemicolon, Token::End) => State::TriggerEnd,
            (State::Trigger | State::TriggerSemicolon | State::TriggerEnd, _) => State::Trigger,
            (State::Start | State::Create | State::Normal, _) => State::Normal,
        };
    }
    if !sql[begin..].trim().is_empty() {
        statements.push(&sql[begin..]);
    }
    statements
}

/// Whether a statement consists of blanks and comments only, with or without the semicolon that ends it.
pub(crate) fn is_empty(statement: &str) -> bool {
    let rest = after_blanks(statement);
    rest.is_empty() || rest == ";"
}

/// The first word of a statement.
pub(crate) fn first_word(statement: &str) -> &str {
    let rest = after_blanks(statement);
    match rest.is_empty() {
        true => rest,
        false => &rest[..token(rest.as_bytes()).1],
    }
}

fn after_blanks(mut rest: &str) -> &str {
    while !rest.is_empty()
        && let (Token::Blank, length) = token(rest.as_bytes())
    {
        rest = &rest[length..];
    }
    rest
}

/// The token at the beginning of `rest`, which is not empty, and its length in bytes. It always ends between characters.
fn token(rest: &[u8]) -> (Token, usize) {
    let until = |end: &[u8], from: usize| {
        rest.get(from..)
            .unwrap_or_default()
            .windows(end.len())
            .position(|window| window == end)
            .map_or(rest.len(), |position| from + position + end.len())
    };
    match rest[0] {
        b';' => (Token::Semicolon, 1),
        b' ' | b'\t' | b'\r' | b'\n' | 0x0c => (Token::Blank, 1),
        b'-' if rest.get(1) == Some(&b'-') => (Token::Blank, until(b"\n", 2)),
        b'/' if rest.get(1) == Some(&b'*') => (Token::Blank, until(b"*/", 2)),
        // A doubled quote inside is two such tokens, one after the other.
        quote @ (b'\'' | b'"' | b'`') => (Token::Other, until(&[quote], 1)),
        b'[' => (Token::Other, until(b"]", 1)),
        _ => {
            let word = rest
                .iter()
                .take_while(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || **byte >= 0x80
                })
                .count();
            (word_token(&rest[..word]), word.max(1))
        }
    }
}

fn word_token(word: &[u8]) -> Token {
    match word.to_ascii_uppercase().as_slice() {
        b"EXPLAIN" => Token::Explain,
        b"CREATE" => Token::Create,
        b"TEMP" | b"TEMPORARY" => Token::Temporary,
        b"TRIGGER" => Token::Trigger,
        b"END" => Token::End,
        _ => Token::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn statements_end_at_semicolons_outside_of_everything() {
        for (sql, expected) in [
            ("", vec![]),
            (" \n ", vec![]),
            ("SELECT 1", vec!["SELECT 1"]),
            ("SELECT 1; ", vec!["SELECT 1;"]),
            ("a;b;c", vec!["a;", "b;", "c"]),
            (";", vec![";"]),
            ("a; -- end", vec!["a;", " -- end"]),
            (
                "SELECT ';', \"a;b\", `;`, [;]; x",
                vec!["SELECT ';', \"a;b\", `;`, [;];", " x"],
            ),
            ("SELECT 'it''s;'; x", vec!["SELECT 'it''s;';", " x"]),
            ("a -- ;\n; b /* ; */;", vec!["a -- ;\n;", " b /* ; */;"]),
            ("SELECT 'open; x", vec!["SELECT 'open; x"]),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END; SELECT 2",
                vec![
                    "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END;",
                    " SELECT 2",
                ],
            ),
            (
                "EXPLAIN CREATE TEMP TRIGGER t BEGIN x; END; y",
                vec!["EXPLAIN CREATE TEMP TRIGGER t BEGIN x; END;", " y"],
            ),
            (
                "CREATE TABLE trigger_x (a); b",
                vec!["CREATE TABLE trigger_x (a);", " b"],
            ),
        ] {
            assert_eq!(split(sql), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_split_without_loss(sql in "(;|'|\"|-- |\n|/\\*|\\*/|CREATE |TRIGGER |END|é|[a-z \\[\\]`]){0,60}") {
            let statements = split(&sql);
            prop_assert!(sql.starts_with(&statements.concat()));
            prop_assert!(sql[statements.concat().len()..].trim().is_empty());
        }
    }
}
