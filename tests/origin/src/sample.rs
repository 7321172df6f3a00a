//! Something to clone and download right after the start.

use std::io;

use crate::layout::Layout;
use crate::repositories::{RepositoryError, create_repository, run};

const README: &str =
    "# hello\n\nA sample repository. Clone it, commit, push; track big files with `git lfs`.\n";
const CONFIG: &str = "{\n  \"model_type\": \"sample\",\n  \"layers\": 2\n}\n";
const WEIGHTS: usize = 8 * 1024 * 1024;

/// Why the sample could not be added.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// Git refused.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The disk refused.
    #[error("cannot store the sample files: {0}")]
    Disk(#[from] io::Error),
}

/// Adds the repository `demo/hello.git` with one commit, and the files `config.json` (small) and `weights.bin` (8 MiB) of the
/// model `demo/tiny`, unless they are there.
pub async fn add_sample(layout: &Layout) -> Result<(), SampleError> {
    let repository = create_repository(layout, "demo/hello.git").await?;
    if run(
        &repository,
        &["rev-parse", "--verify", "--quiet", "main"],
        b"",
    )
    .await
    .is_err()
    {
        let blob = printed(
            run(
                &repository,
                &["hash-object", "-w", "--stdin"],
                README.as_bytes(),
            )
            .await?,
        );
        let tree = printed(
            run(
                &repository,
                &["mktree"],
                format!("100644 blob {blob}\tREADME.md\n").as_bytes(),
            )
            .await?,
        );
        let author = [
            "-c",
            "user.name=quire-origin",
            "-c",
            "user.email=origin@localhost",
        ];
        let commit = printed(
            run(
                &repository,
                &[&author[..], &["commit-tree", &tree, "-m", "Say hello"]].concat(),
                b"",
            )
            .await?,
        );
        run(
            &repository,
            &["update-ref", "refs/heads/main", &commit],
            b"",
        )
        .await?;
    }
    let folder = layout.files().join("models/demo/tiny/main");
    tokio::fs::create_dir_all(&folder).await?;
    tokio::fs::write(folder.join("config.json"), CONFIG).await?;
    let weights: Vec<u8> = (0..WEIGHTS).map(|index| (index % 251) as u8).collect();
    tokio::fs::write(folder.join("weights.bin"), weights).await?;
    Ok(())
}

fn printed(output: Vec<u8>) -> String {
    String::from_utf8_lossy(&output).trim().to_owned()
}
