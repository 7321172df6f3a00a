//! What answers in place of static files, if anything does.

use std::fmt;

use quire_runtime::UpstreamPlace;
use quire_server::{LogLevel, SupervisorHandle};
use tokio::sync::watch;

use super::command::{self, CommandError, DevCommand};
use crate::arguments::DevArguments;
use crate::printer::{Notice, Warning};
use crate::project::{ProjectError, Proxied};
use crate::settings::Origin;

/// What answers in place of static files.
#[derive(Debug)]
pub enum Upstream {
    None,
    Port(u16),
    Command(Box<DevCommand>),
}

/// What the command line says about it.
pub fn wanted(arguments: &DevArguments) -> Result<Option<Proxied>, ProjectError> {
    if arguments.command.is_empty() {
        return Ok(arguments.proxy.map(|_| Proxied::Port));
    }
    match &arguments.project.directory {
        Some(folder) => Err(ProjectError::FolderAndCommand(folder.clone())),
        None => Ok(Some(Proxied::Command)),
    }
}

impl Upstream {
    pub fn new(
        arguments: &DevArguments,
        origin: &Origin,
        log_level: LogLevel,
        warnings: &mut Vec<Warning>,
    ) -> Upstream {
        let is_proxied = matches!(origin, Origin::Sources(project) if project.proxied);
        match (arguments.proxy, is_proxied) {
            (port, true) if !arguments.command.is_empty() => {
                let command = DevCommand::new(arguments.command.clone(), port, log_level);
                Upstream::Command(Box::new(command))
            }
            (Some(port), true) => Upstream::Port(port),
            (Some(_), false) => {
                let notice =
                    Notice::warning("`--proxy` has no effect beside a folder of static files");
                warnings.push(Box::new(notice));
                Upstream::None
            }
            (None, _) => Upstream::None,
        }
    }

    /// Where it is at the start.
    pub fn first_place(&self) -> Option<UpstreamPlace> {
        match self {
            Upstream::None => None,
            Upstream::Port(port) => Some(command::at_port(*port)),
            Upstream::Command(command) => Some(command.first_place()),
        }
    }

    /// Keeps it running, and starts it anew when `restarts` says so; returns when that is not possible.
    pub async fn run(
        &mut self,
        server: &SupervisorHandle,
        restarts: watch::Receiver<()>,
    ) -> CommandError {
        if let Upstream::Command(command) = self
            && let Err(error) = command.run(server, restarts).await
        {
            return error;
        }
        std::future::pending().await
    }

    pub async fn stop(&mut self) {
        if let Upstream::Command(command) = self {
            command.stop().await;
        }
    }
}

/// For people.
impl fmt::Display for Upstream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Upstream::None => formatter.write_str("nothing"),
            Upstream::Port(port) => write!(formatter, "http://localhost:{port}"),
            Upstream::Command(command) => write!(formatter, "`{}`", command.line()),
        }
    }
}
