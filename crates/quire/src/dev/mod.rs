//! `quire dev`: a project for development. What is saved is live: functions, what they import, settings and variables.

mod browser;
mod certificate;
mod command;
mod developing;
mod guard;
mod keys;
#[cfg(target_os = "linux")]
mod processes;
mod upstream;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;

use quire_config::{DevSettings, LocalProtocol};
use quire_server::{LogLevel, Settings as ServerSettings, Supervisor, SupervisorHandle, TlsFiles};
use rustix::process::{Signal, getpid, kill_process};
use tokio::sync::watch;

use crate::arguments::{DevArguments, LOCALHOST, PORT, listen_ip};
use crate::failure::Failure;
use crate::printer::{self, Notice, Warning};
use crate::settings::{Origin, Purpose, Selection};
pub use certificate::CertificateError;
pub use command::CommandError;
use developing::Developing;
pub use guard::{GuardArguments, run as guard};
use keys::{Key, Keys};
use upstream::Upstream;

pub fn run(arguments: DevArguments) -> Result<ExitCode, Failure> {
    let mut warnings = Vec::new();
    let mut selection = Selection::new(&arguments.project, Purpose::Dev)?
        .with_bindings(&arguments.listen.binding, &mut warnings)
        .with_flags(&arguments.listen.flags)
        .with_persist_to(arguments.listen.persist_to.as_deref())
        .with_env_files(&arguments.listen.env_file)
        .for_running();
    selection.proxied = upstream::wanted(&arguments)?;
    if let Some(script) = &arguments.script_path {
        selection.script = script.clone();
    }
    warnings.extend(without_effect(&arguments));
    // Where to listen is part of the settings, and the one part that only a new start changes.
    let loaded = selection.load()?;
    let mut settings = server_settings(&arguments, &loaded.settings.dev)?;
    settings.tls = certificate(
        &arguments,
        &loaded.settings.dev,
        settings.address.ip(),
        || match &loaded.origin {
            Origin::Sources(project) => selection.data_folder(&project.root),
            Origin::Built(_) => selection.data_folder(&selection.current),
        },
        &mut warnings,
    )?;
    let mut upstream = Upstream::new(
        &arguments,
        &loaded.origin,
        settings.log_level,
        &mut warnings,
    );
    settings.upstream = upstream.first_place();
    let shown_upstream = settings.upstream.as_ref().map(|_| upstream.to_string());
    let mut developing = Developing::new(selection, loaded, shown_upstream, settings.live_reload);
    let scheme = if settings.tls.is_some() {
        "https"
    } else {
        "http"
    };
    printer::warnings(&warnings);
    crate::serve::runtime()?.block_on(async {
        let supervisor = Supervisor::bind(settings)?;
        let url = format!("{scheme}://{}", host(supervisor.local_addr()));
        let server = supervisor.handle();
        let (restart, restarts) = watch::channel(());
        let build = async || developing.build().await;
        let mut serving = pin!(quire_server::dev::run(supervisor, restarts.clone(), build));
        let interacts = arguments.show_interactive_dev_session.unwrap_or(true);
        let failure = tokio::select! {
            exit = &mut serving => {
                upstream.stop().await;
                return Ok(exit?.code());
            }
            failure = upstream.run(&server, restarts) => failure,
            never = interact(&server, &url, &restart), if interacts => match never {},
        };
        server.stop();
        serving.await?;
        Err(failure.into())
    })
}

/// Options of the original that mean nothing here, or little.
fn without_effect(arguments: &DevArguments) -> impl Iterator<Item = Warning> {
    let inspector = arguments
        .inspector_port
        .map(|_| Notice::note("`--inspector-port` has no effect: there is no port for debuggers"));
    let script = arguments.script_path.as_ref().map(|_| {
        Notice::warning("`--script-path` is going to go, as in the original")
            .with_help("call the program `_worker.js` and put it into the folder of static files")
    });
    let experimental = (!arguments.experimental.is_empty()).then(|| {
        let options = arguments.experimental.join("`, `");
        Notice::note(format!(
            "`{options}` is passed over: the original tries something out with it"
        ))
    });
    let notices = [inspector, script, experimental].into_iter().flatten();
    notices.map(|notice| Box::new(notice) as Warning)
}

fn server_settings(arguments: &DevArguments, dev: &DevSettings) -> Result<ServerSettings, Failure> {
    let listen = &arguments.listen;
    let configured_ip = || match &dev.ip {
        Some(text) => listen_ip(text).map_err(|_| Failure::DevIp(text.clone())),
        None => Ok(LOCALHOST),
    };
    let ip = listen.ip.map_or_else(configured_ip, Ok)?;
    let mut settings = ServerSettings::dev();
    settings.address = SocketAddr::new(ip, listen.port.or(dev.port).unwrap_or(PORT));
    settings.log_level = listen.log_level.into();
    settings.request_log = settings.log_level <= LogLevel::Log;
    settings.live_reload = arguments.live_reload;
    Ok(settings)
}

/// The certificate for HTTPS, if that is to be spoken: a given one, or one of our own, kept in the folder that `data` names.
fn certificate(
    arguments: &DevArguments,
    dev: &DevSettings,
    ip: IpAddr,
    data: impl FnOnce() -> PathBuf,
    warnings: &mut Vec<Warning>,
) -> Result<Option<TlsFiles>, Failure> {
    let given = arguments
        .https_cert_path
        .clone()
        .zip(arguments.https_key_path.clone());
    let protocol = arguments
        .local_protocol
        .map(LocalProtocol::from)
        .or(dev.local_protocol);
    if protocol != Some(LocalProtocol::Https) {
        if given.is_some() {
            let notice = Notice::warning("the certificate has no effect: this is plain HTTP")
                .with_help("add `--local-protocol https`");
            warnings.push(Box::new(notice));
        }
        return Ok(None);
    }
    if let Some((certificate, key)) = given {
        return Ok(Some(TlsFiles { certificate, key }));
    }
    let (files, is_new) = certificate::self_made(&data(), ip)?;
    if is_new {
        let notice = Notice::note(format!(
            "a certificate was made: `{}`; browsers ask once whether to trust it",
            files.certificate.display()
        ));
        warnings.push(Box::new(notice));
    }
    Ok(Some(files))
}

/// What a browser on this machine calls an address.
fn host(address: SocketAddr) -> String {
    let ip = address.ip();
    match ip.is_unspecified() || ip.is_loopback() {
        true => format!("localhost:{}", address.port()),
        false => address.to_string(),
    }
}

/// Does what keys ask for, once there is something to see.
async fn interact(server: &SupervisorHandle, url: &str, restart: &watch::Sender<()>) -> Infallible {
    let is_serving = server.serving().await;
    let Some(mut keys) = Keys::listen().filter(|_| is_serving) else {
        return std::future::pending().await;
    };
    keys::print_help();
    loop {
        match keys.next().await {
            Key::OpenBrowser => {
                // Other keys need not wait for it.
                tokio::spawn(browser::open(url.to_owned()));
            }
            Key::Restart => {
                restart.send_replace(());
            }
            Key::Clear => keys::clear(),
            Key::Exit => {
                // As Ctrl-C does, which the command behind the server listens for, too. Its own process can always be signalled.
                let _ = kill_process(getpid(), Signal::INT);
            }
            Key::Help => keys::print_help(),
        }
    }
}
