//! Named checks, run one after another, and the table at the end.

use std::time::{Duration, Instant};

use crate::Result;

pub struct Check {
    pub name: &'static str,
    /// What it shows, in a few words for `cargo xtask help`.
    pub what: &'static str,
    pub run: fn(&Limits) -> Result<Verdict>,
}

/// What a check may use up.
pub struct Limits {
    /// For one search that has no end of its own, such as fuzzing.
    #[expect(dead_code, reason = "mutants and miri end by themselves")]
    pub budget: Duration,
}

pub enum Verdict {
    Passed(String),
    /// Not run, or not all of it, and why.
    Skipped(String),
}

impl Verdict {
    pub fn passed() -> Result<Self> {
        Ok(Self::Passed(String::new()))
    }

    /// For a check of many parts: skipped if one of them was.
    pub fn of_parts(skipped: Vec<String>) -> Result<Self> {
        if skipped.is_empty() { Self::passed() } else { Ok(Self::Skipped(skipped.join("; "))) }
    }
}

/// The line that `cargo xtask help` shows for each.
pub fn list(checks: &[&Check]) -> String {
    checks.iter().map(|check| format!("  {:<10} {}\n", check.name, check.what)).collect()
}

/// Runs all, or the one called `only`, also past a failure: one run shows everything.
pub fn run(checks: &[&Check], only: Option<&str>, limits: &Limits, strict: bool) -> Result {
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
        rows.push((check.name, result, time));
    }
    summary(&rows, strict)
}

fn summary(rows: &[(&str, Result<Verdict>, Duration)], strict: bool) -> Result {
    println!();
    let (mut failed, mut skipped) = (Vec::new(), Vec::new());
    for (name, result, time) in rows {
        let (word, note) = match result {
            Ok(Verdict::Passed(note)) => ("passed", note),
            Ok(Verdict::Skipped(why)) => ("SKIPPED", why),
            Err(error) => ("FAILED", error),
        };
        match result {
            Ok(Verdict::Passed(_)) => {}
            Ok(Verdict::Skipped(_)) => skipped.push(*name),
            Err(_) => failed.push(*name),
        }
        let note = note.lines().next().unwrap_or_default();
        println!("{name:<10} {word:<8} {:>7}  {note}", seconds(*time));
    }
    let total: Duration = rows.iter().map(|(_, _, time)| *time).sum();
    let passed = rows.len() - failed.len() - skipped.len();
    println!(
        "{passed} passed, {} failed, {} skipped, {}",
        failed.len(),
        skipped.len(),
        seconds(total)
    );
    if strict {
        failed.append(&mut skipped);
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("not passed: {}", failed.join(", "))) }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
