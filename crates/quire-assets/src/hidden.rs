//! What lies in the output directory but is no part of the site.

/// Names that mean something to the platform or the tools, at the top of the output directory only. A name covers
/// everything below it.
const HIDDEN_AT_TOP: [&str; 7] = [
    "_headers",
    "_redirects",
    "_routes.json",
    "_worker.js",
    "functions",
    ".wrangler",
    ".quire",
];

/// Names that are hidden at any depth.
const HIDDEN_ANYWHERE: [&str; 3] = ["node_modules", ".git", ".DS_Store"];

/// Files that quire reads secrets from. They matter when a project's root is served as it is (`quire dev .`).
const SECRETS_AT_TOP: [&str; 2] = [".dev.vars", ".env"];

/// Whether the file at `key`, a path relative to the output directory with `/` between names, is never served
/// and never part of a deployment.
pub fn is_hidden(key: &str) -> bool {
    let mut segments = key.split('/').filter(|segment| !segment.is_empty());
    let Some(first) = segments.next() else {
        return false;
    };
    HIDDEN_AT_TOP.contains(&first)
        || SECRETS_AT_TOP.iter().any(|name| {
            first
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
        || std::iter::once(first)
            .chain(segments)
            .any(|segment| HIDDEN_ANYWHERE.contains(&segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_a_deployment_leaves_out() {
        for key in [
            "_headers",
            "_redirects",
            "_routes.json",
            "_worker.js",
            "_worker.js/index.js",
            "functions",
            "functions/api/x.js",
            ".wrangler/state/v3/kv.sqlite",
            ".quire/state",
            "node_modules/x/y.js",
            "sub/node_modules/x",
            ".git/config",
            "sub/.git",
            ".DS_Store",
            "sub/.DS_Store",
            ".dev.vars",
            ".dev.vars.production",
            ".env",
            ".env.local",
        ] {
            assert!(is_hidden(key), "{key}");
        }
    }

    #[test]
    fn serves_everything_else() {
        for key in [
            "index.html",
            "sub/_headers",
            "sub/_redirects",
            "sub/_routes.json",
            "sub/_worker.js",
            "sub/functions/x",
            "sub/.wrangler/x",
            "functions.html",
            "_headers.txt",
            "_worker.js.map",
            ".well-known/security.txt",
            ".hidden",
            ".gitignore",
            ".environment",
            "sub/.env",
            "node_modules.txt",
            "_Headers",
        ] {
            assert!(!is_hidden(key), "{key}");
        }
    }
}
