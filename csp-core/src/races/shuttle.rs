//! Larger shapes, whose orders shuttle draws at random, or so that few preemptions decide (PCT).
//!
//! `CSP_SHUTTLE_ITERATIONS` says how many schedules a shape gets from each scheduler. A schedule that
//! fails is printed, and played again by `CSP_SHUTTLE_REPLAY=SCHEDULE` and the name of its test.

use std::env;
use std::println;
use std::time::Instant;

use ::shuttle::scheduler::{PctScheduler, RandomScheduler};
use ::shuttle::{Config, Runner};

mod put_take;

const ITERATIONS: usize = 1_000;

/// The number of preemptions that PCT looks for.
const DEPTH: usize = 3;

/// Plays random orders of `shape`.
fn play(what: &str, shape: impl Fn() + Send + Sync + 'static) {
    if let Ok(schedule) = env::var("CSP_SHUTTLE_REPLAY") {
        return ::shuttle::replay(shape, &schedule);
    }
    let iterations = env::var("CSP_SHUTTLE_ITERATIONS")
        .map_or(ITERATIONS, |number| number.parse().expect("a number of iterations"));
    let mut config = Config::new();
    config.silence_warnings = true;
    let shape = alloc::sync::Arc::new(shape);
    let start = Instant::now();
    let again = shape.clone();
    let random = Runner::new(RandomScheduler::new(iterations), config.clone()).run(move || again());
    let pct = Runner::new(PctScheduler::new(DEPTH, iterations), config).run(move || shape());
    let (played, time) = (random + pct, start.elapsed().as_millis());
    println!("counted: shuttle: {what} | {played} schedules | random, PCT {DEPTH} | {time} ms");
    assert_eq!(played, 2 * iterations, "{what}");
}
