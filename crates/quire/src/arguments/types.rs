//! `quire types`.

use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  quire types                               Writes worker-configuration.d.ts
  quire types functions/env.d.ts --env-interface Bindings
  quire types --check                       Fails if the file is not up to date

The types of the bindings are those of @cloudflare/workers-types.";

#[derive(Debug, Clone, Args)]
pub struct TypesArguments {
    /// The file to write; its name ends in `.d.ts`
    #[arg(value_name = "PATH", default_value = "worker-configuration.d.ts", value_parser = declaration_file)]
    pub path: PathBuf,

    /// The name of the interface
    #[arg(long, value_name = "NAME", default_value = "Env", value_parser = interface_name)]
    pub env_interface: String,

    /// Whether variables have the types of their values, or only `string` and the like
    #[arg(long, value_name = "BOOLEAN", num_args = 0..=1, default_value_t = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub strict_vars: bool,

    /// Write nothing; fail if the file is not up to date
    #[arg(long)]
    pub check: bool,
}

fn declaration_file(text: &str) -> Result<PathBuf, String> {
    match text.ends_with(".d.ts") {
        true => Ok(PathBuf::from(text)),
        false => Err("write a file's name that ends in `.d.ts`".to_owned()),
    }
}

fn interface_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match text.chars().all(fits) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => Ok(text.to_owned()),
        false => Err("write letters, digits and underscores, the first a letter".to_owned()),
    }
}
