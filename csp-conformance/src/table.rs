//! The table at the end, counted from the cells that ran.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::numbers::{self, Number};
use crate::run::{Cell, Verdict};
use crate::worlds::{HANDLES, LOCKS};

/// How many behaviours hold by runtime, by lock and by handle; and in how many cells.
pub fn counts(cells: &[Cell]) -> String {
    let mut text = format!(
        "{:26}{:^30}{:^30}\n{:26}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n",
        "", "behaviours", "cells", "", "passed", "failed", "n.a.", "passed", "failed", "n.a."
    );
    let runtimes: BTreeSet<_> = cells.iter().map(|cell| cell.runtime).collect();
    for runtime in runtimes {
        row(&mut text, "runtime", runtime.name(), cells, |it| it.runtime == runtime);
    }
    for lock in LOCKS {
        row(&mut text, "lock", lock, cells, |it| it.world.lock == lock);
    }
    for handle in HANDLES {
        row(&mut text, "handle", handle, cells, |it| it.world.handle == handle);
    }
    row(&mut text, "handle", "csp::local", cells, |it| it.world.is_of_facade_local());
    row(&mut text, "all", "", cells, |_| true);
    text
}

/// A behaviour failed if it failed in one of the cells, and passed if it passed in all where it
/// says something.
fn row(text: &mut String, axis: &str, name: &str, cells: &[Cell], is_in: impl Fn(&Cell) -> bool) {
    let mut behaviours = BTreeMap::<&str, [usize; 3]>::new();
    let mut all = [0; 3];
    for cell in cells.iter().filter(|cell| is_in(cell)) {
        let which = match cell.verdict {
            Verdict::Passed => 0,
            Verdict::Failed(_) => 1,
            Verdict::NotApplicable(_) => 2,
        };
        behaviours.entry(cell.check.name).or_default()[which] += 1;
        all[which] += 1;
    }
    let failed = behaviours.values().filter(|count| count[1] > 0).count();
    let passed = behaviours.values().filter(|count| count[0] > 0 && count[1] == 0).count();
    let neither = behaviours.len() - passed - failed;
    let [cells_passed, cells_failed, cells_neither] = all;
    let _ = writeln!(
        text,
        "{axis:9}{name:17}{passed:10}{failed:10}{neither:10}\
         {cells_passed:10}{cells_failed:10}{cells_neither:10}",
    );
}

/// The cells where a check says nothing, by reason.
pub fn reasons(cells: &[Cell]) -> String {
    let mut by_reason = BTreeMap::<&str, (BTreeSet<&str>, usize)>::new();
    for cell in cells {
        if let Verdict::NotApplicable(reason) = cell.verdict {
            let (names, count) = by_reason.entry(reason).or_default();
            names.insert(cell.check.name);
            *count += 1;
        }
    }
    let checks = cells.iter().map(|cell| cell.check.name).collect::<BTreeSet<_>>().len();
    let mut text = String::new();
    for (reason, (names, count)) in by_reason {
        let numbers = names.iter().filter_map(|name| name.split('_').next());
        let numbers: BTreeSet<_> = numbers.filter_map(Number::parse).collect();
        let which = if names.len() == checks { "all".to_owned() } else { list(&numbers) };
        let _ = writeln!(text, "{count:>6} cells: {reason} ({which})");
    }
    text
}

/// The built numbers that no check covers which passed somewhere, and those that come later.
pub fn uncovered(cells: &[Cell]) -> (BTreeSet<Number>, BTreeSet<Number>) {
    let ran = cells.iter().filter(|cell| !matches!(cell.verdict, Verdict::NotApplicable(_)));
    let covered = numbers::covered(ran.map(|cell| cell.check));
    let (built, later) = numbers::stated();
    (built.difference(&covered).cloned().collect(), later)
}

/// `B1 B2 B3`, or a word for none.
pub fn list(numbers: &BTreeSet<Number>) -> String {
    if numbers.is_empty() {
        return "none".to_owned();
    }
    numbers.iter().map(Number::to_string).collect::<Vec<_>>().join(" ")
}
