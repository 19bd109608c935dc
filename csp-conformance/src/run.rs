//! Runs the chosen checks in every cell, each under a watchdog.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::check::Check;
use crate::context::Setting;
use crate::numbers::{self, Number};
use crate::panics;
use crate::runtime::Runtime;
use crate::table;
use crate::worlds::World;

/// How long a check may take before it counts as hanging: no check measures time by this.
pub const HANG: Duration = Duration::from_secs(60);

/// What to run.
#[derive(Debug, Clone)]
pub struct Choice {
    /// On which runtimes.
    pub runtimes: Vec<Runtime>,
    /// Only checks whose names contain this.
    pub only: Option<String>,
}

/// What came of a check in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not, and why.
    Failed(String),
    /// It says nothing there, and why.
    NotApplicable(&'static str),
}

/// A check on one runtime, with one lock and one kind of handle.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The check.
    pub check: Check,
    /// The runtime.
    pub runtime: Runtime,
    /// The lock and the handle.
    pub world: World,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Outcome {
    /// In all cells.
    pub cells: Vec<Cell>,
    /// What checks had to say besides.
    pub notes: Vec<String>,
}

impl Outcome {
    /// In how many cells a check held.
    pub fn passed(&self) -> usize {
        self.cells.iter().filter(|cell| cell.verdict == Verdict::Passed).count()
    }

    /// In how many cells a check failed.
    pub fn failed(&self) -> usize {
        self.cells.iter().filter(|cell| matches!(cell.verdict, Verdict::Failed(_))).count()
    }

    /// Whether something was checked, and all of it holds; if all was to be checked, whether every
    /// number was.
    pub fn is_success(&self, choice: &Choice) -> bool {
        let is_all = choice.only.is_none() && choice.runtimes.len() == Runtime::ALL.len();
        let is_complete = !is_all || table::uncovered(&self.cells).0.is_empty();
        self.passed() > 0 && self.failed() == 0 && is_complete
    }
}

/// Runs what is chosen; `report` hears of each cell as it is done.
///
/// # Panics
///
/// If two checks of a world have one name, or one covers a number that is not stated as built.
pub fn run(
    worlds: &[World],
    choice: &Choice,
    hang: Duration,
    mut report: impl FnMut(&Cell),
) -> Outcome {
    vet(worlds);
    panics::keep_quiet();
    let names = names(worlds, choice);
    let mut watchdog = Watchdog::new(hang);
    let mut cells = Vec::new();
    for &runtime in &choice.runtimes {
        for &world in worlds {
            for &sample in names.values() {
                let check = world.checks().find(|it| it.name == sample.name);
                let verdict = match (why_not(runtime, world, sample, check), check) {
                    (Some(reason), _) => Verdict::NotApplicable(reason),
                    (None, Some(check)) => watchdog.run(*check, runtime, world),
                    (None, None) => unreachable!("what is missing has a reason"),
                };
                let cell =
                    Cell { check: check.copied().unwrap_or(sample), runtime, world, verdict };
                report(&cell);
                cells.push(cell);
            }
        }
    }
    let notes = watchdog.notes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Outcome { cells, notes }
}

/// Refuses checks that could not be told apart, or cover a number that there is not.
fn vet(worlds: &[World]) {
    let (built, _) = numbers::stated();
    for world in worlds {
        let mut names = BTreeSet::new();
        for check in world.checks() {
            assert!(names.insert(check.name), "two checks are called {}", check.name);
            let known = check.numbers().filter(|number| built.contains(number)).count();
            assert!(
                known == 1 + check.more.len(),
                "{} covers a number that docs/semantics.md does not state as built",
                check.name
            );
        }
    }
}

/// The chosen checks by number and name, from whichever world has them.
fn names(worlds: &[World], choice: &Choice) -> BTreeMap<(Option<Number>, &'static str), Check> {
    let checks = worlds.iter().flat_map(|world| world.checks());
    let chosen =
        checks.filter(|check| choice.only.as_deref().is_none_or(|it| check.name.contains(it)));
    chosen.map(|&check| ((check.numbers().next(), check.name), check)).collect()
}

fn why_not(
    runtime: Runtime,
    world: World,
    sample: Check,
    check: Option<&Check>,
) -> Option<&'static str> {
    if world.is_local
        && let Some(reason) = runtime.lacks_local()
    {
        return Some(reason);
    }
    match check {
        None => Some(sample.elsewhere),
        Some(check) => check.on.lacks(runtime),
    }
}

/// Runs checks on a thread of their own, and gives up on one that hangs, with its thread.
struct Watchdog {
    hang: Duration,
    worker: Option<Worker>,
    notes: Arc<Mutex<Vec<String>>>,
}

struct Worker {
    jobs: Sender<(Check, Setting)>,
    results: Receiver<Result<(), String>>,
}

impl Watchdog {
    fn new(hang: Duration) -> Self {
        Self { hang, worker: None, notes: Arc::default() }
    }

    fn run(&mut self, check: Check, runtime: Runtime, world: World) -> Verdict {
        let worker = self.worker.get_or_insert_with(Worker::new);
        let is_abandoned = Arc::<AtomicBool>::default();
        let is_thorough = world.is_thorough();
        let notes = self.notes.clone();
        let setting = Setting { runtime, is_thorough, is_abandoned: is_abandoned.clone(), notes };
        worker.jobs.send((check, setting)).expect("the worker waits for jobs");
        match worker.results.recv_timeout(self.hang) {
            Ok(Ok(())) => Verdict::Passed,
            Ok(Err(why)) => Verdict::Failed(why),
            Err(_) => {
                is_abandoned.store(true, Ordering::Relaxed);
                self.worker = None;
                Verdict::Failed(format!("hangs: not done after {} s", self.hang.as_secs()))
            }
        }
    }
}

impl Worker {
    fn new() -> Self {
        let (jobs, todo) = mpsc::channel::<(Check, Setting)>();
        let (done, results) = mpsc::channel();
        thread::spawn(move || {
            for (check, setting) in todo {
                let result = panics::caught(|| (check.run)(setting)).and_then(|result| result);
                if done.send(result).is_err() {
                    return;
                }
            }
        });
        Self { jobs, results }
    }
}
