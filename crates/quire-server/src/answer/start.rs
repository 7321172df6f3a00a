//! How a deployment starts: its static files are opened, its programs run.

use std::cell::OnceCell;
use std::rc::Rc;

use quire_assets::{Assets, AssetsOptions};
use quire_routes::{RouteTable, Router};
use quire_runtime::{
    AssetSource, Engine, Fetcher, LogLine, Objects, Placement, Programs, Runtime, Services,
    StartError, Upstream,
};
use tokio::sync::mpsc::UnboundedSender;

use super::called::Called;
use super::page_additions::PageAdditions;
use super::quota::Quota;
use super::record::Observers;
use super::static_files::StaticFiles;
use super::tally::Tally;
use super::tap::Tap;
use super::{Entry, Functions, Site, span};
use crate::control::FromWorker;
use crate::deployment::Deployment;
use crate::error::StartFailure;
use crate::log::Log;
use crate::settings::{LogLevel, Mode, WorkerSettings};
use crate::worker::access_log::AccessLog;

impl Site {
    /// Opens the assets and starts the program in `engine`.
    pub(crate) async fn start(
        engine: Result<Engine, StartError>,
        deployment: Deployment,
        settings: &WorkerSettings,
        slot: u32,
        say: &UnboundedSender<FromWorker>,
    ) -> Result<Rc<Self>, StartFailure> {
        let log = Log {
            level: settings.log_level,
        };
        let quota = settings.daily_limit.map(|limit| {
            let data = deployment.data.as_deref();
            Quota::open(limit, data, say, log)
        });
        let quota = quota.transpose()?;
        let table = deployment.program.as_ref().map(|program| &program.routes);
        let access_log = settings.access_log.as_ref();
        let access_log = access_log.map(|target| AccessLog::open(target, log));
        let observers = Rc::new(Observers {
            tally: Tally::new(table.unwrap_or(&RouteTable::default())),
            access_log: access_log.transpose()?,
            tap: Tap::new(settings.run_folder.clone()),
            script_name: deployment.name.clone(),
        });
        let mut options = match settings.mode {
            Mode::Dev => AssetsOptions::dev(),
            Mode::Serve => AssetsOptions::serve(),
        };
        options.rules = deployment.site_rules;
        options.mounted = deployment.mounted_assets;
        let assets = deployment
            .assets
            .map(|directory| Assets::open(directory, options))
            .transpose();
        let static_files = StaticFiles {
            assets: assets.map_err(|error| StartFailure::new(error.to_string()))?,
            is_encrypted: settings.is_encrypted,
        };
        let upstream = settings.upstream.clone().map(Upstream::new);
        let programs = Rc::new(Programs::default());
        let placement = Placement {
            slot,
            slots: settings.workers,
            folder: settings.run_folder.clone(),
        };
        let objects = Objects::new(programs.clone(), Some(placement), deployment.data.clone());
        let mut services = Vec::with_capacity(deployment.services.len());
        for service in deployment.services {
            let shown = Some(service.name.clone());
            let environment = Services {
                assets: None,
                name: service.name.clone(),
                programs: programs.clone(),
                objects: objects.clone(),
                log: console(log, observers.clone(), shown),
                data: deployment.data.clone(),
            };
            let started = Runtime::start(service.program, environment).await;
            services.push(started.map_err(|error| service_failure(&service.name, error))?);
        }
        let functions = match deployment.program {
            Some(program) => {
                let environment = Services {
                    assets: Some(match &upstream {
                        Some(upstream) => AssetSource::Server(Rc::new(upstream.clone())),
                        None => AssetSource::Files(Rc::new(static_files.clone())),
                    }),
                    name: deployment.name.clone(),
                    programs: programs.clone(),
                    objects: objects.clone(),
                    log: console(log, observers.clone(), None),
                    data: deployment.data,
                };
                let entry = match program.routes.is_empty() {
                    true => Entry::Worker,
                    false => Entry::Routes(Box::new(Router::new(program.routes.clone()))),
                };
                let engine = engine.map_err(start_failure)?;
                let started = engine.start(program, environment).await;
                let runtime = started.map_err(start_failure)?;
                Some(Functions {
                    rules: deployment.routes_rules,
                    entry,
                    runtime,
                })
            }
            None => None,
        };
        let site = Rc::new(Self {
            mode: settings.mode,
            log,
            request_log: settings.request_log && settings.log_level < LogLevel::None,
            functions,
            services,
            objects,
            static_files,
            upstream,
            project: deployment.project,
            additions: PageAdditions::new(settings.live_reload),
            observers,
            quota,
            called: OnceCell::new(),
        });
        let called: Rc<dyn Fetcher> = Rc::new(Called::new(&site));
        programs.set_site(&deployment.name, &called);
        // It was made a moment ago.
        let _ = site.called.set(called);
        Ok(site)
    }
}

/// Where a program's console goes: to the log, and to those who follow the server. A service's lines begin with its name.
fn console(
    log: Log,
    observers: Rc<Observers>,
    service: Option<String>,
) -> Box<dyn Fn(&LogLine<'_>)> {
    Box::new(move |line| {
        match &service {
            Some(name) => log.console(line.level, &format!("[{name}] {}", line.text)),
            None => log.console(line.level, line.text),
        }
        if !line.is_gathered
            && let Some(pipe) = observers.tap.pipe()
        {
            let script_name = service.as_ref().unwrap_or(&observers.script_name);
            pipe.send(span::stray(script_name, line.level, line.text));
        }
    })
}

/// Of a program beside the project's own.
fn service_failure(name: &str, error: StartError) -> StartFailure {
    match error {
        StartError::Program { stack, .. } => StartFailure {
            message: format!("the service `{name}` failed while it started"),
            stack: Some(stack),
        },
        other => StartFailure::new(format!("the service `{name}`: {other}")),
    }
}

fn start_failure(error: StartError) -> StartFailure {
    match error {
        StartError::Program { stack, .. } => StartFailure {
            message: "the functions failed while they started".to_owned(),
            stack: Some(stack),
        },
        other => StartFailure::new(other.to_string()),
    }
}
