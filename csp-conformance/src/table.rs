//! The table at the end, counted from the cells that ran.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::numbers::{self, Number};
use crate::run::{Cell, Verdict};
use crate::worlds::{HANDLES, LOCKS};

/// Passed, failed, not applicable.
#[derive(Default, Clone, Copy)]
struct Count([usize; 3]);

impl Count {
    fn add(&mut self, verdict: &Verdict) {
        self.0[match verdict {
            Verdict::Passed => 0,
            Verdict::Failed(_) => 1,
            Verdict::NotApplicable(_) => 2,
        }] += 1;
    }

    fn of<'c>(cells: impl IntoIterator<Item = &'c Cell>) -> Self {
        let mut count = Self::default();
        cells.into_iter().for_each(|cell| count.add(&cell.verdict));
        count
    }
}

/// How many behaviours hold by runtime, by lock and by handle; and in how many cells.
pub fn counts(cells: &[Cell]) -> String {
    let mut text = String::new();
    let runtimes: BTreeSet<_> = cells.iter().map(|cell| cell.runtime).collect();
    heading(&mut text);
    for runtime in runtimes {
        row(&mut text, "runtime", runtime.name(), cells.iter().filter(|it| it.runtime == runtime));
    }
    for lock in LOCKS {
        row(&mut text, "lock", lock, cells.iter().filter(|it| it.world.lock == lock));
    }
    for handle in HANDLES {
        row(&mut text, "handle", handle, cells.iter().filter(|it| it.world.handle == handle));
    }
    let local = |cell: &&Cell| cell.world.is_local && cell.world.handle.contains(['C', 'c']);
    row(&mut text, "handle", "csp::local", cells.iter().filter(local));
    row(&mut text, "all", "", cells.iter());
    text
}

fn heading(text: &mut String) {
    let _ = writeln!(text, "{:<26}{:^32}{:^30}", "", "behaviours", "cells of the table");
    let _ = writeln!(
        text,
        "{:<26}{:>10}{:>10}{:>10}{:>12}{:>8}{:>8}",
        "", "passed", "failed", "not appl.", "passed", "failed", "n.a."
    );
}

fn row<'c>(text: &mut String, axis: &str, name: &str, cells: impl Iterator<Item = &'c Cell>) {
    let cells: Vec<_> = cells.collect();
    let mut behaviours = BTreeMap::<&str, Count>::new();
    for cell in &cells {
        behaviours.entry(cell.check.name).or_default().add(&cell.verdict);
    }
    let failed = behaviours.values().filter(|it| it.0[1] > 0).count();
    let passed = behaviours.values().filter(|it| it.0[0] > 0 && it.0[1] == 0).count();
    let Count([cells_passed, cells_failed, cells_not]) = Count::of(cells);
    let _ = writeln!(
        text,
        "{axis:<9}{name:<17}{passed:>10}{failed:>10}{:>10}{cells_passed:>12}{cells_failed:>8}{cells_not:>8}",
        behaviours.len() - passed - failed,
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
    let mut text = String::new();
    let total: BTreeSet<_> = cells.iter().map(|cell| cell.check.name).collect();
    for (reason, (names, count)) in by_reason {
        let which = if names.len() == total.len() {
            "all".to_owned()
        } else {
            let numbers = names.iter().filter_map(|name| name.split('_').next());
            numbers
                .map(str::to_uppercase)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let _ = writeln!(text, "{count:>6} cells: {reason} ({which})");
    }
    text
}

/// The built numbers that no check covers which passed somewhere, and those that come later.
pub fn uncovered(cells: &[Cell]) -> (BTreeSet<Number>, BTreeSet<Number>) {
    let ran = cells.iter().filter(|cell| !matches!(cell.verdict, Verdict::NotApplicable(_)));
    let covered = numbers::covered(ran.map(|cell| &cell.check));
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
