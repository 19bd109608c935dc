//! Larger shapes, whose orders shuttle draws at random, or so that few preemptions decide (PCT).
//!
//! `CSP_SHUTTLE_ITERATIONS` says how many schedules a shape gets from each scheduler. A schedule
//! that fails is kept in a file, and the command that plays it again is printed.
//!
//! A schedule is a list of tasks and of random numbers, so a shape draws from `shuttle::rand`
//! alone, and keeps the channels of one choice in one array: their addresses are the lock order. It
//! fits the code on which it was found, no other.

use std::env;
use std::fs;
use std::panic;
use std::path::PathBuf;
use std::println;
use std::sync::Once;
use std::thread;
use std::time::Instant;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use ::shuttle::scheduler::{PctScheduler, RandomScheduler};
use ::shuttle::{Config, FailurePersistence, Runner};

mod blocking;
mod choices;
mod crowd;
mod endings;
mod handles;
mod ledger;
mod put_back;
mod put_take;
mod stress;
mod whims;

const ITERATIONS: usize = 1_000;

/// The number of preemptions that PCT looks for.
const DEPTH: usize = 3;

/// Several hold frames of an `alts` over four channels, and then a panic.
const STACK: usize = 1 << 17;

/// Plays random orders of `shape`.
fn play(what: &str, shape: impl Fn() + Send + Sync + 'static) {
    if let Ok(schedule) = env::var("CSP_SHUTTLE_REPLAY") {
        return ::shuttle::replay_from_file(shape, schedule);
    }
    let iterations = env::var("CSP_SHUTTLE_ITERATIONS")
        .map_or(ITERATIONS, |number| number.parse().expect("a number of iterations"));
    let mut config = Config::new();
    config.silence_warnings = true;
    config.stack_size = STACK;
    config.failure_persistence = FailurePersistence::File(Some(fresh_folder()));
    say_how_to_play_again();
    let shape = Arc::new(shape);
    let start = Instant::now();
    let again = shape.clone();
    let random = Runner::new(RandomScheduler::new(iterations), config.clone()).run(move || again());
    let pct = Runner::new(PctScheduler::new(DEPTH, iterations), config).run(move || shape());
    let (played, time) = (random + pct, start.elapsed().as_millis());
    println!("counted: shuttle: {what} | {played} schedules | random, PCT {DEPTH} | {time} ms");
    assert_eq!(played, 2 * iterations, "{what}");
}

/// Prints the command after shuttle has written the schedule: its own hook, which calls the one
/// that was there before, comes with its first run.
fn say_how_to_play_again() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            before(info);
            // Shuttle runs all tasks of a test on the thread of the test. It numbers its files;
            // what panics later in the same schedule follows from the first.
            let schedule = folder().join("schedule000.txt");
            if schedule.exists() {
                // The assertions look at words, which is a step of the schedule.
                let assertions = cfg!(debug_assertions);
                println!(
                    "to play it again:\nCSP_SHUTTLE_REPLAY={} \
                     CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS={assertions} RUSTFLAGS=\"--cfg shuttle\" \
                     CARGO_TARGET_DIR=target/shuttle cargo test --release -p csp-core \
                     --all-features --lib -- --exact {}",
                    schedule.display(),
                    test_name()
                );
            }
        }));
    });
}

fn test_name() -> String {
    thread::current().name().expect("the harness names its threads").to_owned()
}

/// Where the schedules of this test go, beside the program.
fn folder() -> PathBuf {
    let program = env::current_exe().expect("the program has a path");
    let build = program.ancestors().nth(3).expect("it lies in target/shuttle/release/deps");
    build.join("schedules").join(test_name().replace("::", "."))
}

fn fresh_folder() -> PathBuf {
    let folder = folder();
    // There may be none to remove.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    folder
}
