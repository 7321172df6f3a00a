//! What single keys do while `quire dev` runs in a terminal.
//!
//! Only the echo and the waiting for whole lines are switched off. A raw terminal, as other crates make it, would also leave
//! out carriage returns, and the lines of workers and commands, which write to the terminal by themselves, would become stairs.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::printer::{self, BOLD, DIM, styled};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    OpenBrowser,
    Restart,
    Clear,
    Exit,
    Help,
}

impl Key {
    fn of(byte: u8) -> Option<Key> {
        match byte.to_ascii_lowercase() {
            b'b' => Some(Key::OpenBrowser),
            b'r' => Some(Key::Restart),
            b'c' => Some(Key::Clear),
            b'x' | b'q' => Some(Key::Exit),
            b'h' | b'?' => Some(Key::Help),
            _ => None,
        }
    }
}

/// A terminal whose keys are listened to. It is as it was when this is dropped.
#[derive(Debug)]
pub struct Keys {
    terminal: File,
    before: Termios,
    pressed: UnboundedReceiver<Key>,
}

impl Keys {
    /// Listens, if a person sits at a terminal: one that is both input and output, and in whose foreground this is.
    pub fn listen() -> Option<Keys> {
        let (stdin, stdout) = (io::stdin(), io::stdout());
        if !stdin.is_terminal() || !stdout.is_terminal() {
            return None;
        }
        if tcgetpgrp(&stdin).ok()? != getpgrp() {
            return None;
        }
        let terminal = File::from(stdin.as_fd().try_clone_to_owned().ok()?);
        let before = tcgetattr(&terminal).ok()?;
        let mut modes = before.clone();
        modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        tcsetattr(&terminal, OptionalActions::Now, &modes).ok()?;
        let (sender, pressed) = unbounded_channel();
        let mut input = terminal.try_clone().ok()?;
        // It waits in a read until the program ends.
        std::thread::spawn(move || {
            let mut bytes = [0; 64];
            while let Ok(length @ 1..) = input.read(&mut bytes) {
                // Several at once are what a longer key, such as an arrow, or a paste sends.
                let key = Key::of(bytes[0]).filter(|_| length == 1);
                if key.is_some_and(|key| sender.send(key).is_err()) {
                    return;
                }
            }
        });
        Some(Keys {
            terminal,
            before,
            pressed,
        })
    }

    /// The next key that means something.
    pub async fn next(&mut self) -> Key {
        match self.pressed.recv().await {
            Some(key) => key,
            // The terminal is gone.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that is gone needs no restoring.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Says which keys there are.
pub fn print_help() {
    let keys = [
        ("b", "open a browser"),
        ("r", "restart"),
        ("c", "clear the screen"),
        ("x", "exit"),
    ];
    let keys = keys.map(|(key, what)| format!("{} {}", styled(BOLD, key), styled(DIM, what)));
    printer::line(format!("  {}", keys.join("   ")));
}

/// Clears the terminal, and what was scrolled out of it.
pub fn clear() {
    let _ = write!(io::stdout(), "\x1b[2J\x1b[3J\x1b[H").and_then(|()| io::stdout().flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_either_case() {
        assert_eq!(Key::of(b'B'), Some(Key::OpenBrowser));
        assert_eq!(Key::of(b'x'), Key::of(b'q'));
        assert_eq!(Key::of(b'?'), Some(Key::Help));
        assert_eq!(Key::of(b'\n'), None);
    }
}
