//! `quire tail`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use quire_server::tail::{Filter, HeaderFilter, Outcome};

pub(super) const EXAMPLES: &str = "\
Examples:
  quire tail
  quire tail --status error            Only what failed
  quire tail --method POST --search checkout
  quire tail --format json | jq -r .event.request.url";

#[derive(Debug, Clone, Args)]
pub struct TailArguments {
    /// The project's folder
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,

    /// The folder for what lasts [default: .quire/state in the project's folder]
    #[arg(long, alias = "data-dir", value_name = "FOLDER")]
    pub persist_to: Option<PathBuf>,

    /// How to show them [default: pretty on a terminal, else json]
    #[arg(long, value_enum)]
    pub format: Option<Format>,

    /// Only requests that ended like this
    #[arg(long, value_enum, num_args = 1..)]
    pub status: Vec<Status>,

    /// Only requests with this header; `NAME:VALUE` for one whose value has VALUE in it
    #[arg(long, value_name = "NAME[:VALUE]", value_parser = header)]
    pub header: Option<HeaderFilter>,

    /// Only requests with these methods
    #[arg(long, num_args = 1..)]
    pub method: Vec<String>,

    /// Only requests that logged this text
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,

    /// Only this part of the requests, between 0 and 1
    #[arg(long, value_name = "PART", value_parser = sampling_rate)]
    pub sampling_rate: Option<f64>,

    /// Only requests from these addresses; `self` for this machine
    #[arg(long, value_name = "ADDRESS", num_args = 1..)]
    pub ip: Vec<String>,

    /// Also requests for static files
    #[arg(long)]
    pub all: bool,
}

/// How events are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// An object a line
    Json,
    Pretty,
}

/// How a request ended, by the words of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Status {
    Ok,
    Error,
    Canceled,
}

impl TailArguments {
    pub fn filter(&self) -> Filter {
        let outcomes = |status: &Status| match status {
            Status::Ok => vec![Outcome::Ok],
            Status::Canceled => vec![Outcome::Canceled],
            Status::Error => vec![Outcome::Exception, Outcome::ExceededCpu, Outcome::Unknown],
        };
        let addresses = |ip: &String| match ip.as_str() {
            "self" => vec!["127.0.0.1".to_owned(), "::1".to_owned()],
            _ => vec![ip.clone()],
        };
        Filter {
            all: self.all,
            sampling_rate: self.sampling_rate,
            outcome: self.status.iter().flat_map(outcomes).collect(),
            method: self.method.clone(),
            header: self.header.clone(),
            client_ip: self.ip.iter().flat_map(addresses).collect(),
            query: self.search.clone(),
        }
    }
}

fn header(text: &str) -> Result<HeaderFilter, String> {
    let (key, query) = match text.split_once(':') {
        Some((key, query)) => (key.trim(), Some(query.trim().to_owned())),
        None => (text.trim(), None),
    };
    match key.is_empty() {
        true => Err("write the name of a header".to_owned()),
        false => Ok(HeaderFilter {
            key: key.to_owned(),
            query,
        }),
    }
}

fn sampling_rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok();
    rate.filter(|rate| *rate > 0.0 && *rate < 1.0)
        .ok_or_else(|| "write a number between 0 and 1, such as 0.25".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn filters_of_the_original() {
        assert_eq!(
            header("x-a: b:c"),
            Ok(HeaderFilter {
                key: "x-a".to_owned(),
                query: Some("b:c".to_owned())
            })
        );
        assert_eq!(header("x-a").unwrap().query, None);
        assert!(header(":b").is_err());
        assert_eq!(sampling_rate("0.25"), Ok(0.25));
        for rate in ["0", "1", "-1", "x", "NaN"] {
            assert!(sampling_rate(rate).is_err(), "{rate}");
        }
    }
}
