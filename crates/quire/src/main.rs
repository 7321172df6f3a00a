//! The program `quire`: the command line in front of the libraries.
//!
//! A command starts from what the user typed ([`arguments`]) and puts the settings together ([`settings`]): which folder is
//! what ([`project`]), what the configuration file says ([`configuration`]), which variables there are ([`variables`]), which
//! other programs run beside the project's own ([`services`]).
//! [`deployment`] makes of that what `quire-server` serves; [`built`] reads what `quire build` stored in a folder. The
//! commands ([`dev`], [`serve`], [`build`], [`routes`], [`secret`], [`analytics`], [`usage`], [`tail`], [`types`]) say what happens with it. All output goes through [`printer`], all
//! that can stop a command is a [`failure::Failure`].
#![forbid(unsafe_code)]

mod analytics;
mod arguments;
mod bindings;
mod build;
mod built;
mod calendar;
mod configuration;
mod copy;
mod d1;
mod deployment;
mod dev;
mod explain;
mod failure;
mod git;
mod kv;
mod printer;
mod project;
mod queues;
mod r2;
mod report;
mod routes;
mod secret;
mod serve;
mod services;
mod settings;
mod site_files;
mod site_limits;
mod site_rules;
mod stored;
mod summary;
mod table;
mod tail;
mod types;
mod usage;
mod variables;
mod worker;

use std::process::ExitCode;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    // A worker is started for every core and at every reload: it skips all that only people need.
    if worker::is_asked_for() {
        return worker::run();
    }
    let result = match Arguments::read().command {
        Command::Dev(arguments) => dev::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Kv(arguments) => kv::run(arguments),
        Command::D1(arguments) => d1::run(arguments),
        Command::Queues(arguments) => queues::run(arguments),
        Command::R2(arguments) => r2::run(arguments),
        Command::Analytics(arguments) => analytics::run(&arguments),
        Command::Secret(arguments) => secret::run(&arguments),
        Command::Tail(arguments) => tail::run(&arguments),
        Command::Types(arguments) => types::run(&arguments),
        Command::Guard(arguments) => return dev::guard(&arguments),
        Command::Usage(arguments) => usage::run(&arguments),
        Command::Worker => return worker::run(),
    };
    result.unwrap_or_else(|failure| {
        printer::failure(&failure);
        ExitCode::FAILURE
    })
}
