//! `quire dev`.

use clap::Args;

use super::{ListenArguments, ProjectArguments};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire dev                        The output folder is named by the configuration file, or found
  quire dev dist                   ./dist, with the Functions of ./functions
  quire dev ../site --port 3000    The project in another folder
  quire dev -b API=http://localhost:9000 DEBUG=1";

#[derive(Debug, Clone, Args)]
pub struct DevArguments {
    #[command(flatten)]
    pub project: ProjectArguments,
    #[command(flatten)]
    pub listen: ListenArguments,
}
