//! `quire r2 object`

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use quire_store::r2::{R2Content, R2Get, R2Put, R2Store};

use super::{Common, PutOptions, R2Failure, begin_put, done, open_file, refused, wait};
use crate::failure::Failure;
use crate::printer;

#[derive(Debug, Clone, Subcommand)]
pub enum ObjectCommand {
    /// Store a file, or what comes from standard input
    Put(PutArguments),
    /// Write an object into a file, or to standard output
    Get(GetArguments),
    /// Remove an object
    Delete(DeleteArguments),
}

#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("content").required(true))]
pub struct PutArguments {
    /// The bucket and the key
    #[arg(value_name = "BUCKET/KEY", value_parser = parse_place)]
    place: Place,

    /// The file to store
    #[arg(long, short, group = "content")]
    file: Option<PathBuf>,

    /// Store what comes from standard input
    #[arg(long, short, group = "content")]
    pipe: bool,

    #[command(flatten)]
    options: PutOptions,
}

#[derive(Debug, Clone, Args)]
pub struct GetArguments {
    /// The bucket and the key
    #[arg(value_name = "BUCKET/KEY", value_parser = parse_place)]
    place: Place,

    /// The file to write [default: the key]
    #[arg(long, short, conflicts_with = "pipe")]
    file: Option<PathBuf>,

    /// Write to standard output, and nothing else
    #[arg(long, short)]
    pipe: bool,

    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Clone, Args)]
pub struct DeleteArguments {
    /// The bucket and the key
    #[arg(value_name = "BUCKET/KEY", value_parser = parse_place)]
    place: Place,

    #[command(flatten)]
    common: Common,
}

/// A bucket and a key. Buckets of `--r2 NAME` may have names that no bucket at Cloudflare has.
#[derive(Debug, Clone)]
struct Place {
    bucket: String,
    key: String,
}

fn parse_place(path: &str) -> Result<Place, R2Failure> {
    match path.split_once('/') {
        Some((bucket, key)) if !bucket.is_empty() => Ok(Place {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        }),
        _ => Err(R2Failure::Path(path.to_owned())),
    }
}

pub fn run(command: ObjectCommand) -> Result<(), Failure> {
    match command {
        ObjectCommand::Put(arguments) => put(arguments),
        ObjectCommand::Get(arguments) => get(&arguments),
        ObjectCommand::Delete(arguments) => delete(arguments),
    }
}

fn put(arguments: PutArguments) -> Result<(), Failure> {
    let PutArguments {
        place: Place { bucket, key },
        file,
        options,
        ..
    } = arguments;
    // Before anything is made.
    let file = match &file {
        Some(path) => Some((open_file(path)?, path)),
        None => None,
    };
    let store = options.common.open()?;
    let class = options.shown_storage_class();
    printer::line(format!(
        "Creating object \"{key}\"{class} in bucket \"{bucket}\"."
    ));
    let put = R2Put {
        bucket,
        key,
        metadata: options.metadata(),
        ..R2Put::default()
    };
    let outcome = match file {
        Some((mut file, path)) => begin_put(&store, put, &mut file, path)?,
        None => {
            let mut input = std::io::stdin().lock();
            begin_put(&store, put, &mut input, Path::new("standard input"))?
        }
    };
    wait("put", &outcome)?;
    printer::line("Upload complete.");
    Ok(())
}

fn get(arguments: &GetArguments) -> Result<(), Failure> {
    let Place { bucket, key } = &arguments.place;
    let store = arguments.common.open()?;
    if !arguments.pipe {
        printer::line(format!("Downloading \"{key}\" from \"{bucket}\"."));
    }
    let found = store
        .get(bucket, key, &R2Get::default())
        .map_err(refused("get"))?;
    let content = found.and_then(|found| found.content);
    let mut content = content.ok_or(R2Failure::NoSuchKey)?;
    if arguments.pipe {
        let mut output = std::io::stdout().lock();
        // Nobody is left to be told that the output is gone.
        let _ = std::io::copy(&mut content, &mut output).and_then(|_| output.flush());
        return Ok(());
    }
    let path = arguments.file.as_deref().unwrap_or(Path::new(key));
    write_file(path, &mut content).map_err(|source| R2Failure::Write {
        path: path.to_owned(),
        source,
    })?;
    printer::line("Download complete.");
    Ok(())
}

fn write_file(path: &Path, content: &mut R2Content) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::io::copy(content, &mut File::create(path)?)?;
    Ok(())
}

fn delete(arguments: DeleteArguments) -> Result<(), Failure> {
    let Place { bucket, key } = arguments.place;
    let store = arguments.common.open()?;
    printer::line(format!(
        "Deleting object \"{key}\" from bucket \"{bucket}\"."
    ));
    let (done, outcome) = done();
    store.delete(bucket, vec![key], done);
    wait("delete", &outcome)?;
    printer::line("Delete complete.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_have_slashes() {
        let read = |path| {
            parse_place(path)
                .map(|place| (place.bucket, place.key))
                .ok()
        };
        let place = |bucket: &str, key: &str| Some((bucket.to_owned(), key.to_owned()));
        assert_eq!(read("images/a/b.png"), place("images", "a/b.png"));
        assert_eq!(read("images//a"), place("images", "/a"));
        assert_eq!(read("images/"), place("images", ""));
        assert_eq!(read("images"), None);
        assert_eq!(read("/a"), None);
    }
}
