//! Races small enough for loom to play every order of them, up to a number of preemptions.
//!
//! A lost wake-up is a deadlock, which loom reports; a cell that is touched without its lock, or
//! after it was freed, a causality violation; a value that is lost or doubled, [`parts`].

use core::sync::atomic::{AtomicU64, Ordering};
use std::env;
use std::println;
use std::time::Instant;

use alloc::sync::Arc;

mod alternative;
mod callbacks;
mod choices;
mod defaults;
mod dropping;
mod ending;
mod group;
mod handles;
mod leaving;
mod locks;
mod notices;
mod parts;
mod promise;
mod put_back;
mod put_take;
mod streams;
mod timers;
mod wakers;

/// Fewer executions than this can't have been a race.
const FEWEST: u64 = 10;

/// How many preemptions an execution may have; `None` is any number.
type Bound = Option<usize>;

/// Plays every order of `race` within the bound; `CSP_LOOM_EXTRA_PREEMPTIONS` raises a bound.
///
/// Two threads want no bound, three want 3.
fn play(what: &str, bound: Bound, race: impl Fn() + Send + Sync + 'static) {
    let mut builder = ::loom::model::Builder::new();
    let extra = env::var("CSP_LOOM_EXTRA_PREEMPTIONS")
        .map_or(0, |number| number.parse().expect("a number of preemptions"));
    let bound = bound.map(|most| most + extra);
    builder.preemption_bound = bound;
    let executions = Arc::new(AtomicU64::new(0));
    let counter = executions.clone();
    let start = Instant::now();
    builder.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        parts::open_ledger();
        race();
        parts::close_ledger();
    });
    let executions = executions.load(Ordering::Relaxed);
    let bound = match bound {
        None => "exhaustive".into(),
        Some(most) => std::format!("{most} preemptions"),
    };
    let time = start.elapsed().as_millis();
    println!("counted: loom: {what} | {executions} executions | {bound} | {time} ms");
    assert!(executions >= FEWEST, "{what}: {executions} executions are no race");
}
