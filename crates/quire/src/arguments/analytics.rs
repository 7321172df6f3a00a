//! `quire analytics`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire analytics query 'SELECT blob1, count(*), avg(double1) FROM clicks GROUP BY blob1'
  quire analytics query 'SELECT * FROM clicks ORDER BY timestamp DESC LIMIT 10' --json

A dataset is a table of SQLite's with the columns timestamp (UTC), index1, blob1 to blob20, double1 to double20,
_sample_interval and dataset.";

#[derive(Debug, Clone, Args)]
pub struct AnalyticsArguments {
    #[command(subcommand)]
    pub command: AnalyticsCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub enum AnalyticsCommand {
    /// Answer a query in SQL
    Query {
        /// The query
        sql: String,

        /// The project's folder
        #[arg(value_name = "DIR")]
        directory: Option<PathBuf>,

        /// The folder for what lasts [default: .quire/state in the project's folder]
        #[arg(long, alias = "data-dir", value_name = "FOLDER")]
        persist_to: Option<PathBuf>,

        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
