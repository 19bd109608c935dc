//! The harness itself: what fails is said to fail, and what is missing is said to be missing.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test has an operating system"
)]

use std::future::pending;
use std::time::Duration;

use csp_conformance::numbers::Number;
use csp_conformance::run::{Choice, HANG, Outcome, Verdict, run};
use csp_conformance::virtual_time::{self, Virtual};
use csp_conformance::{Check, Context, On, Runtime, World, table};
use csp_core::lock::StdLock;
use csp_core::runtime::{Spawn, Timer};

type Cx = Context<Runtime, StdLock>;

const fn check(
    name: &'static str,
    run: fn(csp_conformance::Setting) -> Result<(), String>,
) -> Check {
    Check { name, more: &[], on: On::Every, elsewhere: "", run }
}

const HOLDS: Check = check("b1_holds", |setting| Cx::run(setting, |_| Box::pin(async {})));
const FAILS: Check =
    check("b2_fails", |setting| Cx::run(setting, |_| Box::pin(async { panic!("as it should") })));
const WAITS: Check = check("b3_waits", |setting| Cx::run(setting, |_| Box::pin(pending())));
const PROCESS_FAILS: Check = check("b4_process_fails", |setting| {
    Cx::run(setting, |cx| {
        Box::pin(async move {
            cx.go(async { panic!("in a process") });
            pending::<()>().await;
        })
    })
});

fn verdicts(checks: &'static [&'static [Check]], runtime: Runtime, hang: Duration) -> Vec<Verdict> {
    let choice = Choice { runtimes: vec![runtime], only: None };
    let outcome = run(&[World::of(checks)], &choice, hang, |_| {});
    outcome.cells.into_iter().map(|cell| cell.verdict).collect()
}

/// Why a check failed; a panic of this test if it did not.
fn why(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_check_that_holds_passes_and_one_that_fails_fails() {
    for runtime in Runtime::ALL {
        let verdicts = verdicts(&[&[HOLDS, FAILS]], runtime, HANG);
        assert_eq!(verdicts[0], Verdict::Passed);
        let why = why(&verdicts[1]);
        assert!(why.contains("as it should") && why.contains("harness.rs"), "{why}");
    }
}

#[test]
fn a_process_that_panics_fails_its_check() {
    for runtime in Runtime::ALL {
        let verdicts = verdicts(&[&[PROCESS_FAILS]], runtime, HANG);
        assert!(why(&verdicts[0]).contains("in a process"));
    }
}

#[test]
fn a_deadlock_is_reported() {
    let verdicts = verdicts(&[&[WAITS, HOLDS]], Runtime::Virtual, HANG);
    assert_eq!(verdicts[0], Verdict::Passed);
    assert!(why(&verdicts[1]).contains("deadlock"));
}

#[test]
fn a_check_that_hangs_is_given_up_and_the_next_one_runs() {
    let choice = Choice { runtimes: vec![Runtime::Smol, Runtime::AsyncStd], only: None };
    let world = World::of(&[&[HOLDS, WAITS, PROCESS_FAILS]]);
    let outcome = run(&[world], &choice, Duration::from_millis(50), |_| {});
    let verdicts: Vec<_> = outcome.cells.iter().map(|cell| &cell.verdict).collect();
    assert!(why(verdicts[1]).contains("hangs") && why(verdicts[4]).contains("hangs"));
    assert!(why(verdicts[2]).contains("in a process"));
    assert_eq!((outcome.passed(), outcome.failed()), (2, 4));
    assert!(!outcome.is_success(&choice));
}

#[test]
fn what_no_cell_checks_is_uncovered() {
    const NOWHERE: Check = Check { name: "b5_nowhere", more: &["A5"], on: On::Threads, ..HOLDS };
    let all = Choice { runtimes: Runtime::ALL.to_vec(), only: None };
    let outcome = run(&[World::of(&[&[HOLDS]])], &all, HANG, |_| {});
    let (uncovered, later) = table::uncovered(&outcome.cells);
    let number = |text| Number::parse(text).unwrap();
    assert!(!uncovered.contains(&number("B1")) && uncovered.contains(&number("B2")));
    assert!(later.contains(&number("B8")) && !uncovered.contains(&number("B8")));
    assert_eq!((outcome.failed(), outcome.is_success(&all)), (0, false));

    let few = Choice { runtimes: vec![Runtime::Virtual], only: None };
    let Outcome { cells, .. } = run(&[World::of(&[&[HOLDS, NOWHERE]])], &few, HANG, |_| {});
    let (uncovered, _) = table::uncovered(&cells);
    assert!(uncovered.contains(&number("B5")) && uncovered.contains(&number("A5")));
    assert!(table::reasons(&cells).contains("another thread"));
}

#[test]
fn only_chooses_by_a_part_of_the_name_and_nothing_is_no_success() {
    let chosen = |only: &str| {
        let choice = Choice { runtimes: vec![Runtime::Virtual], only: Some(only.to_owned()) };
        let outcome = run(&[World::of(&[&[HOLDS, FAILS]])], &choice, HANG, |_| {});
        (outcome.cells.len(), outcome.is_success(&choice))
    };
    assert_eq!(chosen("b1_"), (1, true));
    assert_eq!(chosen("b"), (2, false));
    assert_eq!(chosen("b99_"), (0, false));
}

#[test]
#[should_panic(expected = "docs/semantics.md does not state")]
fn a_check_of_a_number_that_comes_later_is_refused() {
    const EARLY: Check = Check { name: "b8_early", ..HOLDS };
    verdicts(&[&[EARLY]], Runtime::Virtual, HANG);
}

#[test]
#[should_panic(expected = "two checks are called b1_holds")]
fn two_checks_of_one_name_are_refused() {
    verdicts(&[&[HOLDS], &[HOLDS]], Runtime::Virtual, HANG);
}

#[test]
fn virtual_time_jumps_to_the_next_deadline_in_order() {
    let order = virtual_time::run(async {
        let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        for seconds in [3600, 60, 7200] {
            let order = order.clone();
            Virtual.go(async move {
                Virtual.wait(Duration::from_secs(seconds)).await;
                order.lock().unwrap().push((seconds, Virtual.now().as_secs()));
            });
        }
        assert_eq!(virtual_time::timers(), 0);
        Virtual.wait(Duration::from_secs(10_000)).await;
        assert_eq!(virtual_time::timers(), 0);
        std::mem::take(&mut *order.lock().unwrap())
    });
    assert_eq!(order, Ok(vec![(60, 60), (3600, 3600), (7200, 7200)]));
}

#[test]
fn virtual_time_counts_who_waits_in_a_deadlock() {
    let result = virtual_time::run(async {
        Virtual.go(async {});
        Virtual.go(pending());
        pending::<()>().await;
    });
    assert_eq!(result, Err(virtual_time::Deadlock { waiting: 1 }));
}
