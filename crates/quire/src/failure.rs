//! What stops a command.

use std::path::PathBuf;

use miette::Diagnostic;
use quire_bundle::BundleErrors;
use quire_config::{ConfigErrors, ExpansionTooLong, FlagProblem};
use quire_routes::{RouteErrors, RoutesRulesError};
use quire_server::ServerError;
use quire_server::tail::TailError;
use quire_store::StoreError;
use quire_store::analytics::QueryError;
use quire_store::secrets::SecretError;

use crate::build::BuildError;
use crate::built::BuiltError;
use crate::configuration::{NamedFileError, RedirectError};
use crate::d1::D1Failure;
use crate::dev::{CertificateError, CommandError};
use crate::kv::KvError;
use crate::project::ProjectError;
use crate::r2::R2Failure;
use crate::secret::SecretCommandError;
use crate::services::ServiceError;
use crate::stored::StoredError;
use crate::types::TypesError;

/// Why a command ends without success.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum Failure {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Project(#[from] ProjectError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] ConfigErrors),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Redirect(#[from] RedirectError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    NamedFile(#[from] NamedFileError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Service(#[from] ServiceError),

    #[error(transparent)]
    Analytics(#[from] QueryError),

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Secrets(#[from] SecretError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    SecretCommand(#[from] SecretCommandError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Types(#[from] TypesError),

    #[error(transparent)]
    Variables(#[from] ExpansionTooLong),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Routes(#[from] RouteErrors),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Rules(#[from] RoutesRulesError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Bundle(#[from] BundleErrors),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Built(#[from] BuiltError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Build(#[from] BuildError),

    #[error(transparent)]
    Server(#[from] ServerError),

    #[error(transparent)]
    Tail(#[from] TailError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Certificate(#[from] CertificateError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    DevCommand(#[from] CommandError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Stored(#[from] StoredError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Kv(#[from] KvError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    D1(#[from] D1Failure),

    #[error(transparent)]
    #[diagnostic(transparent)]
    R2(#[from] R2Failure),

    #[error("cannot read `{}`: {source}", .path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },

    #[error(transparent)]
    #[diagnostic(help("see `--compatibility-flags` on the command line"))]
    Flag(#[from] FlagProblem),

    #[error("cannot start: {0}")]
    Runtime(#[source] std::io::Error),

    #[error("`dev.ip` of the configuration file is `{0}`, which is no address")]
    #[diagnostic(help("write an IP address or `localhost`"))]
    DevIp(String),
}

impl Failure {
    /// Whether the user has been told already.
    pub fn is_reported(&self) -> bool {
        matches!(self, Failure::Server(ServerError::Build))
    }

    pub fn read(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Failure {
        let path = path.into();
        move |source| Failure::Read { path, source }
    }
}
