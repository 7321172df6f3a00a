//! Runs of an object's alarm.

use super::super::alarms::{RETRIES_MAX, now, retry_time};
use super::super::unusable;
use super::{Event, Instance};
use quire_jsc::Arg;

impl Instance {
    /// Its alarm may be due.
    pub(in super::super) fn alarm(&self) {
        self.add(Event::Alarm);
    }

    pub(super) fn begin_alarm(&self) {
        let Some(storage) = self.storage.get() else {
            return;
        };
        match storage.committed_alarm() {
            // It comes again if the one that runs leaves it.
            _ if self.alarm_retries.get().is_some() => return,
            Some(time) if time > now() => return self.schedule(Some(time)),
            _ => {}
        }
        let (time, retries) = match storage.begin_alarm() {
            Ok(Some(run)) => (run.scheduled, run.retries),
            Ok(None) => return,
            Err(error) => return self.end(&unusable(&self.realm.exception(error).to_string())),
        };
        self.alarm_retries.set(Some(retries));
        let instance = self.context.id() as f64;
        self.enter(|_, objects| {
            objects.get("alarm")?.call_and_forget(
                None,
                [
                    Arg::Number(instance),
                    Arg::Number(time as f64),
                    Arg::Number(f64::from(retries)),
                ],
            )
        });
    }

    /// The handler of the alarm is done. Gives whether it failed for the last time.
    pub(in super::super) fn alarm_done(&self, succeeded: bool) -> bool {
        let (Some(storage), Some(retries)) = (self.storage.get(), self.alarm_retries.take()) else {
            return false;
        };
        let is_last = !succeeded && retries >= RETRIES_MAX;
        let retry = (!succeeded && !is_last).then(|| retry_time(retries));
        match storage.end_alarm(retry) {
            Ok(true) => {}
            // What the handler set may have become due while it ran.
            Ok(false) => self.schedule(storage.committed_alarm()),
            Err(error) => self.end(&unusable(&self.realm.exception(error).to_string())),
        }
        is_last
    }

    /// The object is reset while the alarm's handler may run: that has failed.
    pub(super) fn interrupt_alarm(&self, retry: bool) {
        let (Some(storage), Some(retries)) = (self.storage.get(), self.alarm_retries.take()) else {
            return;
        };
        let retry = (retry && retries < RETRIES_MAX).then(|| retry_time(retries));
        // If this fails the alarm is still set, as when a process is killed.
        let _ = storage.end_alarm(retry);
    }

    /// The object is stopped for a reason that is not its own: an alarm whose handler ran is still set.
    pub(super) fn alarm_stopped(&self) {
        if self.alarm_retries.take().is_some() {
            self.schedule(Some(retry_time(0)));
        }
    }

    /// Has the host know when the alarm is due.
    pub(super) fn schedule(&self, time: Option<i64>) {
        if let Some(objects) = self.objects.upgrade() {
            objects.schedule(&self.target, time);
        }
    }
}
