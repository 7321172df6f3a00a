//! `quire usage`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  quire usage              Requests of the last seven days, and today's by route
  quire usage --days 30
  quire usage --json | jq '.days[0].routes'

`quire serve` counts, and writes the sums every second. Days are those of UTC.";

#[derive(Debug, Clone, Args)]
pub struct UsageArguments {
    /// The project's folder
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// The folder for what lasts [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    pub persist_to: Option<PathBuf>,

    /// How many days to show, today included
    #[arg(long, value_name = "N", default_value = "7")]
    pub days: NonZeroU32,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
