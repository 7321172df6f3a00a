//! The program `quire-origin`: the stand-in backend on a port of its own.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use quire_origin::{Layout, Origin, OriginOptions, add_sample};

/// A stand-in for a model hub's backend: git, git LFS, downloads and an echo API. For development and tests.
#[derive(Parser)]
#[command(name = "quire-origin", version)]
struct Arguments {
    /// Port to listen on; 0 picks a free one, which is printed
    #[arg(long, default_value_t = 48888)]
    port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    ip: IpAddr,
    /// Folder for repositories, LFS objects and files; created if missing. Without it a temporary folder is used
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Downloads above this many bytes are answered by a redirect to the storage
    #[arg(long, default_value_t = 1024 * 1024, value_name = "BYTES")]
    redirect_above: u64,
    /// Add a sample repository `demo/hello` and a few files, unless they are there
    #[arg(long)]
    sample: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start the event loop: {error}")),
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("quire-origin: {message}");
    ExitCode::FAILURE
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    // Kept until the end: dropping it removes the folder.
    let temporary = if arguments.root.is_none() {
        Some(tempfile::tempdir()?)
    } else {
        None
    };
    let root = match (&arguments.root, &temporary) {
        (Some(root), _) => root.clone(),
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => unreachable!("one of the two is set above"),
    };
    let layout = Layout::create(&root)?;
    if arguments.sample {
        add_sample(&layout).await?;
    }
    let origin = Origin::start(OriginOptions {
        address: SocketAddr::new(arguments.ip, arguments.port),
        redirect_above: arguments.redirect_above,
        layout,
    })
    .await?;
    println!("quire-origin listening on http://{}", origin.address());
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    origin.stop().await;
    Ok(())
}
