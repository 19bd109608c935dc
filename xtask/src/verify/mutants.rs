//! Breaks the code on purpose and expects the tests to notice.
//!
//! A mutant is a patch in `csp-core/mutants`, made by `git diff` at the root, opened by two lines:
//!
//! ```text
//! # what: a dropped take forgets the value that it was given
//! # catches: cancellation, conformance b83
//! ```
//!
//! `catches` names who must notice, each for itself: a [`Detector`]. Patches are applied to a copy,
//! one at a time. First everybody must pass on the copy as it is: a test that always fails would
//! notice everything.

pub(super) mod detector;
mod mutant;
pub(super) mod tree;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::Result;
use crate::check::{Check, Limits, Part, Verdict};
use detector::{Detector, Run};
use mutant::Mutant;
use tree::Tree;

pub const CHECK: Check = Check {
    name: "mutants",
    what: "the tests notice every stored breakage of the core",
    run: check,
};

/// A detector hangs when it takes five times as long as on unbroken code, and this.
const HANG: Duration = Duration::from_secs(10);

const UNBROKEN_LIMIT: Duration = Duration::from_secs(20 * 60);

/// With a smaller budget only the first that each breakage names has to notice it.
const MINUTES_FOR_ALL: u64 = 5;

fn check(limits: &Limits) -> Result<Verdict> {
    let mut mutants = Mutant::all()?;
    // Before the lists are cut short.
    let unbroken = mutant::unbroken(&mutants)?;
    if mutants.is_empty() {
        return Ok(Verdict::Skipped(format!("no patch in {}", mutant::FOLDER)));
    }
    let skipped = drop_unavailable(&mut mutants);
    let by_all = limits.minutes() >= MINUTES_FOR_ALL;
    if !by_all {
        mutants.iter_mut().for_each(|mutant| mutant.catches.truncate(1));
    }
    let start = Instant::now();
    let tree = Tree::copy("mutants")?;
    let limits = pass_unbroken(&tree, &mutants)?;

    let mut failures = Vec::new();
    for mutant in &mutants {
        match noticed(&tree, mutant, &limits) {
            Ok(by) => println!("caught    {:<40} by {by}", mutant.name),
            Err(why) => {
                println!("FAILED    {:<40} {}\n{why}", mutant.name, mutant.what);
                failures.push(mutant.name.clone());
            }
        }
        tree.restore()?;
    }
    if !unbroken.is_empty() {
        failures.push(format!("no mutant breaks {}", unbroken.join(" ")));
    }
    if failures.is_empty() && !skipped.is_empty() {
        return Verdict::of_parts(skipped);
    }
    if failures.is_empty() {
        return Ok(Verdict::Passed(vec![Part {
            what: "stored breakages, each caught".to_owned(),
            number: mutants.len() as u64,
            unit: "mutants".to_owned(),
            bound: if by_all { "by all that it names" } else { "by the first that it names" }
                .to_owned(),
            time: start.elapsed(),
        }]));
    }
    Err(failures.join(", "))
}

/// Leaves out the detectors that cannot be had here, and the mutants that name no other; says which.
fn drop_unavailable(mutants: &mut Vec<Mutant>) -> Vec<String> {
    let mut skipped = Vec::new();
    for mutant in mutants.iter_mut() {
        mutant.catches.retain(|detector| match detector.available() {
            Ok(()) => true,
            Err(why) => {
                println!("SKIPPED   {:<40} {detector}: {why}", mutant.name);
                skipped.push(format!("{} by {detector}", mutant.name));
                false
            }
        });
    }
    mutants.retain(|mutant| !mutant.catches.is_empty());
    skipped
}

/// Runs everybody on the copy as it is; returns how long each may take on a broken one.
fn pass_unbroken(tree: &Tree, mutants: &[Mutant]) -> Result<BTreeMap<Detector, Duration>> {
    let mut limits = BTreeMap::new();
    for detector in mutants.iter().flat_map(|mutant| &mutant.catches) {
        if limits.contains_key(detector) {
            continue;
        }
        let time = detector.pass_unbroken(tree, UNBROKEN_LIMIT)?;
        limits.insert(detector.clone(), HANG + 5 * time);
    }
    Ok(limits)
}

/// Says by whom and how soon; fails if somebody who should have noticed did not.
fn noticed(tree: &Tree, mutant: &Mutant, limits: &BTreeMap<Detector, Duration>) -> Result<String> {
    tree.apply(&mutant.patch)?;
    let mut by = Vec::new();
    for detector in &mutant.catches {
        let program = detector
            .build(tree)
            .map_err(|error| format!("does not compile, which shows nothing: {error}"))?;
        let start = Instant::now();
        let how = match detector.run(&program, tree, limits[detector])? {
            Run::Passed => return Err(format!("SURVIVED {detector}")),
            Run::Failed => "",
            Run::TimedOut => ", by hanging",
        };
        by.push(format!("{detector} in {:.1} s{how}", start.elapsed().as_secs_f64()));
    }
    Ok(by.join(", "))
}
