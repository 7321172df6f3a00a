//! From positions in the bundled script back to the project's own files.

/// The name under which the bundled script runs.
pub(crate) const SCRIPT_NAME: &str = "functions.js";

/// A source map, or none.
#[derive(Default)]
pub(crate) struct SourceMap(Option<sourcemap::SourceMap>);

impl SourceMap {
    /// Reads a map; without a readable one, positions stay those of the bundled script.
    pub(crate) fn parse(json: Option<&str>) -> Self {
        Self(json.and_then(|json| sourcemap::SourceMap::from_slice(json.as_bytes()).ok()))
    }

    /// The engine's stack as people know it from Node and Cloudflare: the message, then a line
    /// `    at function (file:line:column)` for each frame of the program.
    pub(crate) fn stack(&self, message: &str, stack: &str) -> String {
        if stack.lines().any(|line| line.starts_with("    at ")) {
            // Given to the program in this form before, or made by it.
            return stack.to_owned();
        }
        let mut text = message.to_string();
        for line in stack.lines().filter_map(|line| self.frame(line)) {
            text.push_str("\n    at ");
            text.push_str(&line);
        }
        text
    }

    /// One frame; `None` for those of the runtime itself.
    fn frame(&self, line: &str) -> Option<String> {
        let (function, position) = line.rsplit_once('@').unwrap_or(("", line));
        let (rest, column) = position.rsplit_once(':')?;
        let (script, row) = rest.rsplit_once(':')?;
        if script != SCRIPT_NAME {
            return None;
        }
        let (row, column) = (row.parse::<u32>().ok()?, column.parse::<u32>().ok()?);
        let place = self.lookup(row, column);
        Some(match function {
            "" => place,
            function => format!("{function} ({place})"),
        })
    }

    /// Lines and columns count from 1 on both sides.
    fn lookup(&self, line: u32, column: u32) -> String {
        let token = self
            .0
            .as_ref()
            .and_then(|map| map.lookup_token(line.saturating_sub(1), column.saturating_sub(1)));
        match token
            .as_ref()
            .and_then(|token| Some((token, token.get_source()?)))
        {
            Some((token, source)) => {
                format!(
                    "{source}:{}:{}",
                    token.get_src_line() + 1,
                    token.get_src_col() + 1
                )
            }
            None => format!("{SCRIPT_NAME}:{line}:{column}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn map() -> String {
        let mut builder = sourcemap::SourceMapBuilder::new(None);
        builder.add(4, 10, 1, 2, Some("functions/api/[id].ts"), None, false);
        let mut json = Vec::new();
        builder.into_sourcemap().to_writer(&mut json).unwrap();
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn frames_are_mapped_and_those_of_the_runtime_left_out() {
        let json = map();
        let map = SourceMap::parse(Some(&json));
        let stack = "onRequest@functions.js:5:12\nstep@quire:core/chain.js:80:20\n@functions.js:5:11\n[native code]";
        assert_eq!(
            map.stack("Error: no", stack),
            "Error: no\n    at onRequest (functions/api/[id].ts:2:3)\n    at functions/api/[id].ts:2:3"
        );
    }

    #[test]
    fn without_a_map_positions_stay() {
        for json in [None, Some("nonsense")] {
            let text = SourceMap::parse(json).stack("Error", "f@functions.js:5:12");
            assert_eq!(text, "Error\n    at f (functions.js:5:12)");
        }
    }
}
