//! What can be wrong with a functions folder.

use miette::Diagnostic;
use thiserror::Error;

/// A file whose name cannot become a route.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
pub enum RouteError {
    /// `[a-b]`, `[...slug]`, `[[a b]]`.
    #[error("`functions/{file}`: `{placeholder}` is not a valid route parameter")]
    #[diagnostic(
        code(quire::routes::parameter_name),
        help(
            "a parameter's name may hold letters, digits and underscores only: write `[name]` for one path segment, `[[name]]` for any number of them"
        )
    )]
    ParameterName {
        /// Below `functions/`.
        file: String,
        /// As written, with its brackets.
        placeholder: String,
    },
    /// `[a][b]`.
    #[error("`functions/{file}`: no text stands between the parameters `{first}` and `{second}`")]
    #[diagnostic(
        code(quire::routes::adjacent_parameters),
        help(
            "nothing says where `{first}` ends: put text between the two, as in `[{first}]-[{second}]`, or make them two folders"
        )
    )]
    AdjacentParameters {
        /// Below `functions/`.
        file: String,
        /// The left one's name.
        first: String,
        /// The right one's name.
        second: String,
    },
    /// `pre[[x]]`.
    #[error("`functions/{file}`: the catch-all `[[{name}]]` does not start its path segment")]
    #[diagnostic(
        code(quire::routes::catch_all_inside_segment),
        help(
            "text may follow a catch-all but not precede it: start the file or folder name with `[[{name}]]`, or use `[{name}]` for a piece of one segment"
        )
    )]
    CatchAllInsideSegment {
        /// Below `functions/`.
        file: String,
        /// The catch-all's name.
        name: String,
    },
    /// A `*` or a lone `:` in a file name.
    #[error(
        "`functions/{file}`: a file or folder name of a route cannot hold a literal `{character}`"
    )]
    #[diagnostic(
        code(quire::routes::reserved_character),
        help(
            "the pattern language of routes keeps `{character}` for itself: rename it, and use `[name]` or `[[name]]` for the parts that vary"
        )
    )]
    ReservedCharacter {
        /// Below `functions/`.
        file: String,
        /// `*` or `:`.
        character: char,
    },
}

impl RouteError {
    /// The file at fault, below `functions/`.
    pub fn file(&self) -> &str {
        match self {
            RouteError::ParameterName { file, .. }
            | RouteError::AdjacentParameters { file, .. }
            | RouteError::CatchAllInsideSegment { file, .. }
            | RouteError::ReservedCharacter { file, .. } => file,
        }
    }
}

/// Everything that is wrong with a functions folder, one entry per file.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("{}", summary(.errors))]
#[diagnostic(code(quire::routes::invalid))]
pub struct RouteErrors {
    /// The single errors, in the order of the files.
    #[related]
    pub errors: Vec<RouteError>,
}

fn summary(errors: &[RouteError]) -> String {
    match errors {
        [one] => one.to_string(),
        many => {
            let lines: Vec<String> = many.iter().map(|error| format!("\n  {error}")).collect();
            format!(
                "{} functions have names that cannot become routes:{}",
                many.len(),
                lines.concat()
            )
        }
    }
}
