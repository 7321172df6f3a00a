//! What our libraries report as events of `tracing`, as lines of the log. They know of no log, and need none.

use std::fmt::{Debug, Write as _};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::Log;
use crate::settings::LogLevel;

/// What the names of our libraries begin with. Events of others are not written for whoever runs a server.
const OURS: &str = "quire";

impl Log {
    /// Shows events from now on, in this whole process. The first log that does stays the one.
    pub(crate) fn show_events(self) {
        let level = match self.level {
            LogLevel::None => LevelFilter::OFF,
            LogLevel::Error => LevelFilter::ERROR,
            _ => LevelFilter::WARN,
        };
        let subscriber = tracing_subscriber::registry()
            .with(Lines(self))
            .with(Targets::new().with_target(OURS, level));
        // Fails if another is there already.
        let _ = tracing::subscriber::set_global_default(subscriber);
    }
}

struct Lines(Log);

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        match *event.metadata().level() {
            Level::ERROR => self.0.error(&text.written()),
            _ => self.0.warning(&text.written()),
        }
    }
}

/// The fields of an event.
#[derive(Default)]
struct Text {
    message: String,
    others: String,
    help: String,
}

impl Text {
    fn written(mut self) -> String {
        if !self.others.is_empty() {
            let _ = write!(self.message, " ({})", self.others);
        }
        if !self.help.is_empty() {
            let _ = write!(self.message, "\n  help: {}", self.help);
        }
        self.message
    }
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            "help" => write!(self.help, "{value:?}"),
            name => {
                let comma = if self.others.is_empty() { "" } else { ", " };
                write!(self.others, "{comma}{name}: {value:?}")
            }
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut text = Text::default();
            event.record(&mut text);
            self.0.lock().unwrap().push(text.written());
        }
    }

    #[test]
    fn fields_become_a_sentence_and_advice() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(kept.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!("plain");
            tracing::warn!(count = 2, name = "a b", help = "wait", "it {}", "rains");
        });
        assert_eq!(
            *kept.0.lock().unwrap(),
            ["plain", "it rains (count: 2, name: a b)\n  help: wait"]
        );
    }
}
