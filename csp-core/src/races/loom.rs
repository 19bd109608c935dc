//! Races small enough for loom to play every order of them, up to a number of preemptions.

use core::sync::atomic::{AtomicU64, Ordering};
use std::env;
use std::println;
use std::time::Instant;

use alloc::sync::Arc;

mod put_take;

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
        race();
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
