//! `setTimeout`, `setInterval`, `queueMicrotask`; and the account of work on the engine's own threads.

use crate::core::body_ops::handle;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};

pub(crate) const SOURCES: &[(&str, &str)] = &[("web/timers/timers.js", include_str!("timers.js"))];

/// A longer delay than any process lives; tokio's clock ends some time after it.
const DELAY_MS_MAX: f64 = 1000.0 * 60.0 * 60.0 * 24.0 * 365.0;
/// How many timers and other operations a request may have under way when it starts one more timer.
const TIMERS_MAX: u32 = 10_000;
/// What an interval of zero is made of, so that it leaves room for other work.
const INTERVAL_MIN: Duration = Duration::from_millis(1);

pub(crate) fn install(realm: &Realm) {
    realm.realm_op("timer_start", |realm, call| {
        let request = realm.require_request()?;
        if request.pending() > TIMERS_MAX {
            let message = "You have exceeded the number of active timeouts you may set.";
            return Err(OpError::Dom("QuotaExceededError", message.into()));
        }
        let callback = call.value(0);
        let delay = Duration::from_millis(call.number(1)?.min(DELAY_MS_MAX) as u64);
        let repeat = call.boolean(2);
        let (realm, owner) = (realm.clone(), request.clone());
        let section = owner.section();
        let fire = async move || {
            owner.admitted(section).await;
            realm.enter(Some(owner.clone()), |_| callback.call_and_forget(None, []));
        };
        let number = request.spawn(async move {
            if !repeat {
                tokio::time::sleep(delay).await;
                return fire().await;
            }
            let period = delay.max(INTERVAL_MIN);
            let mut ticks = tokio::time::interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                fire().await;
                // A late tick comes without waiting: this is where an interval that was cleared meanwhile ends.
                tokio::task::yield_now().await;
            }
        });
        Ok(number as f64)
    });
    realm.realm_op("timer_stop", |realm, call| {
        // A timer of another request may be among them.
        let (current, number) = (realm.require_request()?, handle(call, 0)?);
        if !current.abort_task(number) {
            for other in realm.requests().borrow().values() {
                other.abort_task(number);
            }
        }
        Ok(())
    });
    realm.realm_op("pending_begin", |realm, _| {
        let task = realm
            .current()
            .map(|request| request.spawn(std::future::pending()));
        Ok(task.unwrap_or(0) as f64)
    });
    realm.realm_op("pending_end", |realm, call| {
        // The engine delivers its results outside of any request: look for the owner.
        let number = handle(call, 0)?;
        let requests: Vec<_> = realm.requests().borrow().values().cloned().collect();
        for request in realm.current().into_iter().chain(requests) {
            request.abort_task(number);
        }
        Ok(())
    });
}
