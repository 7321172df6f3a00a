//! The backend behind a proxying project, inside the test's own process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::JoinHandle;

use quire_origin::{Layout, Origin, OriginOptions, add_sample, create_repository};
use tokio::sync::oneshot;

/// A running backend with its folder; both end with it.
#[derive(Debug)]
pub struct RunningOrigin {
    address: SocketAddr,
    layout: Layout,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl RunningOrigin {
    /// Starts one with the sample repository and files.
    pub fn start() -> RunningOrigin {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let layout = Layout::create(folder.path()).expect("the temporary folder is writable");
        let (tell_address, hear_address) = std::sync::mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let options = OriginOptions {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            redirect_above: 1024 * 1024,
            layout: layout.clone(),
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("the system gives an event loop");
            runtime.block_on(async move {
                add_sample(&options.layout)
                    .await
                    .expect("git is installed and the temporary folder is writable");
                let origin = Origin::start(options).await.expect("a port is free");
                let _ = tell_address.send(origin.address());
                // An error means that the test is over, too.
                let _ = stopped.await;
                origin.stop().await;
            });
        });
        let address = hear_address
            .recv()
            .expect("the origin started; its panic is above");
        RunningOrigin {
            address,
            layout,
            stop: Some(stop),
            thread: Some(thread),
            _folder: folder,
        }
    }

    /// Its URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Creates an empty repository (`namespace/name.git`); gives its folder.
    pub fn repository(&self, name: &str) -> PathBuf {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("the system gives an event loop");
        runtime
            .block_on(create_repository(&self.layout, name))
            .expect("git is installed and the temporary folder is writable")
    }

    /// Stores a file for downloads, at `{kind}/{namespace}/{name}/{revision}/{file}`.
    pub fn file(&self, path: &str, content: &[u8]) {
        let path = self.layout.files().join(path);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .expect("the temporary folder is writable");
        std::fs::write(path, content).expect("the temporary folder is writable");
    }
}

impl Drop for RunningOrigin {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
