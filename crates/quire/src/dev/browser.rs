//! A browser, for whoever presses `b`.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::printer::{self, Notice};

/// The variable that names a browser: programs, separated by `:`, of which the first that works is used. `%s` stands for the address.
const VARIABLE: &str = "BROWSER";

/// What is to open a page has failed if it ends with an error within this time. What still runs then may be the browser itself.
const FAILS_WITHIN: Duration = Duration::from_secs(2);

/// Opens a page in the browser that the user has named, or else in the desktop's. Says so if that fails.
pub async fn open(url: String) {
    let named = std::env::var(VARIABLE).ok().filter(|it| !it.is_empty());
    let opened = match &named {
        Some(commands) => open_with(commands, &url).await,
        None => {
            let url = url.clone();
            let opening =
                tokio::task::spawn_blocking(|| open::that_detached_with_timeout(url, FAILS_WITHIN));
            opening.await.map_err(io::Error::other).flatten()
        }
    };
    if let Err(error) = opened {
        let notice = Notice::warning(format!("cannot open a browser: {error}"));
        printer::diagnostic(&notice.with_help(format!("the address is {url}")));
    }
}

async fn open_with(commands: &str, url: &str) -> io::Result<()> {
    let mut last = io::Error::other(format!("`{VARIABLE}` names no program"));
    for command in commands.split(':') {
        let Some((program, arguments)) = words(command, url) else {
            continue;
        };
        match start(&program, &arguments).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                last = io::Error::new(
                    error.kind(),
                    format!("`{program}`, which `{VARIABLE}` names: {error}"),
                )
            }
        }
    }
    Err(last)
}

/// The program of a command, and its arguments with the address.
fn words(command: &str, url: &str) -> Option<(String, Vec<String>)> {
    let mut words = command.split_whitespace();
    let program = words.next()?.to_owned();
    let mut arguments: Vec<String> = words.map(|word| word.replace("%s", url)).collect();
    if !command.contains("%s") {
        arguments.push(url.to_owned());
    }
    Some((program, arguments))
}

async fn start(program: &str, arguments: &[String]) -> io::Result<()> {
    let mut browser = Command::new(program)
        .args(arguments)
        // Ctrl-C in the terminal is not for it.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    match timeout(FAILS_WITHIN, browser.wait()).await {
        Ok(status) => match status? {
            status if status.success() => Ok(()),
            status => Err(io::Error::other(format!("it ended with {status}"))),
        },
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_last_argument_or_where_it_is_wanted() {
        let of = |command| words(command, "http://x/");
        let command = |program: &str, arguments: &[&str]| {
            let arguments = arguments.iter().map(ToString::to_string).collect();
            Some((program.to_owned(), arguments))
        };
        assert_eq!(of("firefox"), command("firefox", &["http://x/"]));
        assert_eq!(of("a -new  b"), command("a", &["-new", "b", "http://x/"]));
        assert_eq!(
            of("a --app=%s -q"),
            command("a", &["--app=http://x/", "-q"])
        );
        assert_eq!(of(" "), None);
    }
}
