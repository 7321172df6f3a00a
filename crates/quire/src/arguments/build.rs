//! `quire build`.

use std::path::PathBuf;

use clap::Args;

use super::ProjectArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  quire build --outdir release
  quire build dist --outdir /srv/site && quire serve /srv/site";

#[derive(Debug, Clone, Args)]
pub struct BuildArguments {
    #[command(flatten)]
    pub project: ProjectArguments,

    /// The folder to write; an earlier build in it is replaced
    #[arg(long, value_name = "OUT")]
    pub outdir: PathBuf,
}
