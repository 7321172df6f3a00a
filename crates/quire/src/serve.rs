//! `quire serve`: a project in production.

use std::convert::Infallible;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;

use quire_server::{
    Deployment, LogLevel, ReloadError, Settings as ServerSettings, Supervisor, SupervisorHandle,
    TlsFiles,
};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::arguments::{LOCALHOST, PORT, ServeArguments};
use crate::deployment::compile;
use crate::failure::Failure;
use crate::printer::{self, Notice};
use crate::settings::{Loaded, Origin, Purpose, Selection};
use crate::site_limits::SiteLimits;

pub fn run(arguments: ServeArguments) -> Result<ExitCode, Failure> {
    let mut warnings = Vec::new();
    let selection = Selection::new(&arguments.project, Purpose::Serve)?
        .with_bindings(&arguments.listen.binding, &mut warnings)
        .with_flags(&arguments.listen.flags)
        .with_persist_to(arguments.listen.persist_to.as_deref())
        .with_env_files(&arguments.listen.env_file)
        .for_running();
    printer::warnings(&warnings);
    let mut settings = ServerSettings::serve();
    let listen = &arguments.listen;
    settings.address = SocketAddr::new(listen.ip.unwrap_or(LOCALHOST), listen.port.unwrap_or(PORT));
    settings.log_level = listen.log_level.into();
    settings.request_log = arguments.log_requests && settings.log_level <= LogLevel::Log;
    settings.daily_limit = arguments.daily_limit();
    settings.access_log = arguments.access_log(&selection.current);
    settings.metrics_address = arguments.metrics_address();
    let tls = arguments.tls_cert.zip(arguments.tls_key);
    settings.tls = tls.map(|(certificate, key)| TlsFiles { certificate, key });
    if let Some(workers) = arguments.workers {
        settings.workers = workers;
    }
    runtime()?.block_on(async {
        let hangups = signal(SignalKind::hangup()).map_err(Failure::Runtime)?;
        let mut supervisor = Supervisor::bind(settings)?;
        // The engine loads while the project is read and bundled.
        supervisor.prepare()?;
        let deployment = deployment(&selection, selection.load()?).await?;
        let (handle, metrics) = (supervisor.handle(), supervisor.metrics_addr());
        let beside = async {
            if let (true, Some(address)) = (handle.serving().await, metrics) {
                printer::line(format!("metrics on http://{address}/metrics"));
            }
            reload_on(hangups, &handle, &selection).await
        };
        tokio::select! {
            exit = supervisor.run(deployment) => Ok(exit?.code()),
            never = beside => match never {},
        }
    })
}

/// At each SIGHUP opens the files of logs anew and serves what is on disk now. If that cannot be served, what was served
/// before goes on. A terminal that is closed sends the same signal, and means that the server should end.
async fn reload_on(
    mut hangups: Signal,
    handle: &SupervisorHandle,
    selection: &Selection,
) -> Infallible {
    let had_terminal = std::io::stdin().is_terminal();
    loop {
        if hangups.recv().await.is_none() {
            return std::future::pending().await;
        }
        if had_terminal && !std::io::stdin().is_terminal() {
            handle.stop();
            continue;
        }
        handle.reopen_logs();
        let notice = match reload(handle, selection).await {
            Ok(Ok(())) => Notice::note("reloaded"),
            Ok(Err(error)) => Notice::warning(format!("not reloaded: {error}"))
                .with_help("what was served before goes on being served"),
            Err(failure) => {
                printer::failure(&failure);
                Notice::warning("not reloaded")
                    .with_help("what was served before goes on being served")
            }
        };
        printer::diagnostic(&notice);
    }
}

async fn reload(
    handle: &SupervisorHandle,
    selection: &Selection,
) -> Result<Result<(), ReloadError>, Failure> {
    let deployment = deployment(selection, selection.load()?).await?;
    Ok(handle.reload(deployment).await)
}

async fn deployment(selection: &Selection, loaded: Loaded) -> Result<Deployment, Failure> {
    let Loaded {
        origin,
        settings,
        warnings,
    } = loaded;
    printer::warnings(&warnings);
    match origin {
        Origin::Built(built) => {
            built.into_deployment(&settings, selection.data_folder(&selection.current))
        }
        Origin::Sources(project) => {
            let compiled = compile(&project, &settings, Purpose::Serve, &selection.current).await?;
            printer::warnings(&compiled.warnings(&project));
            if let Some(assets) = &project.assets {
                printer::warnings(&SiteLimits::of(assets).warnings());
            }
            let data = selection.data_folder(&project.root);
            Ok(compiled.into_deployment(&project, &settings, Purpose::Serve, data))
        }
    }
}

/// The async runtime of the program. The bundler reads modules on all its threads; the supervisor needs hardly any.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)
}
