//! Named checks, run one after another, and the table at the end.

use std::time::{Duration, Instant};

use crate::Result;

mod part;

pub use part::Part;

pub struct Check {
    pub name: &'static str,
    /// What it shows, in a few words for `cargo xtask help`.
    pub what: &'static str,
    pub run: fn(&Limits) -> Result<Verdict>,
}

/// What a check may use up.
pub struct Limits {
    /// For one search that has no end of its own, such as fuzzing.
    pub budget: Duration,
}

impl Limits {
    /// At least one.
    pub const fn minutes(&self) -> u64 {
        let minutes = self.budget.as_secs() / 60;
        if minutes == 0 { 1 } else { minutes }
    }
}

pub enum Verdict {
    Passed(Vec<Part>),
    /// Not run, or not all of it, and why.
    Skipped(String),
}

impl Verdict {
    pub fn passed() -> Result<Self> {
        Ok(Self::Passed(Vec::new()))
    }

    /// For a check of many parts: skipped if one of them was.
    pub fn of_parts(skipped: Vec<String>) -> Result<Self> {
        if skipped.is_empty() { Self::passed() } else { Ok(Self::Skipped(skipped.join("; "))) }
    }
}

/// The line that `cargo xtask help` shows for each.
pub fn list(checks: &[&Check]) -> String {
    checks.iter().map(|check| format!("  {:<12} {}\n", check.name, check.what)).collect()
}

/// Runs all, or the one called `only`, also past a failure: one run shows everything.
///
/// A check that `may_skip` does not allow to be skipped has failed if it was.
pub fn run(
    checks: &[&Check],
    only: Option<&str>,
    limits: &Limits,
    may_skip: impl Fn(&Check) -> bool,
) -> Result {
    let chosen: Vec<&Check> =
        checks.iter().copied().filter(|check| only.is_none_or(|name| name == check.name)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = checks.iter().map(|check| check.name).collect();
        return Err(format!("--only takes one of: {}", names.join(", ")));
    }

    let mut rows = Vec::new();
    for check in chosen {
        println!("\n== {}: {}", check.name, check.what);
        let start = Instant::now();
        let result = (check.run)(limits);
        let time = start.elapsed();
        match &result {
            Ok(Verdict::Passed(_)) => println!("== {}: passed, {}", check.name, seconds(time)),
            Ok(Verdict::Skipped(why)) => println!("== {}: SKIPPED: {why}", check.name),
            Err(error) => println!("== {}: FAILED, {}: {error}", check.name, seconds(time)),
        }
        rows.push(Row { check, result, time });
    }
    summary(&rows, may_skip)
}

struct Row<'a> {
    check: &'a Check,
    result: Result<Verdict>,
    time: Duration,
}

fn summary(rows: &[Row<'_>], may_skip: impl Fn(&Check) -> bool) -> Result {
    println!();
    let (mut failed, mut skipped) = (Vec::new(), 0);
    for Row { check, result, time } in rows {
        let (word, note) = match result {
            Ok(Verdict::Passed(_)) => ("passed", ""),
            Ok(Verdict::Skipped(why)) => ("SKIPPED", why.as_str()),
            Err(error) => ("FAILED", error.as_str()),
        };
        let note = note.lines().next().unwrap_or_default();
        println!("{:<12} {word:<8} {:>9}  {note}", check.name, seconds(*time));
        match result {
            Ok(Verdict::Passed(parts)) => parts.iter().for_each(|part| println!("  {part}")),
            Ok(Verdict::Skipped(_)) if may_skip(check) => skipped += 1,
            Ok(Verdict::Skipped(_)) => failed.push(format!("{} (skipped)", check.name)),
            Err(_) => failed.push(check.name.to_owned()),
        }
    }
    let total: Duration = rows.iter().map(|row| row.time).sum();
    let passed = rows.len() - failed.len() - skipped;
    println!("{passed} passed, {} failed, {skipped} skipped, {}", failed.len(), seconds(total));
    if failed.is_empty() { Ok(()) } else { Err(format!("not passed: {}", failed.join(", "))) }
}

pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
