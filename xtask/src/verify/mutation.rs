//! Breaks the state machine of csp-core in every small way that cargo-mutants knows.
//!
//! cargo-mutants only says what there is to break ([`generated`]); `.cargo/mutants.toml` says where.
//! Each mutant is compiled in a copy of the tree and meets the [`DETECTORS`], the quick ones first,
//! until one of them notices. One that nobody notices must be explained in
//! `csp-core/mutants/survivors.txt` ([`explained`]); an explanation that is not needed is refused too.
//!
//! A run of all takes an hour or two. With a smaller budget every so many-th mutant is tried, others
//! each day, and those that are explained meet the quick detectors only. `CSP_MUTATION_NAMES` narrows
//! it instead, to the mutants whose names contain one of its words, in the order of the words, as
//! `choice.rs,Waiter::rearm`.

mod explained;
mod generated;

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use super::mutants::detector::{Checker, Detector, Run};
use super::mutants::tree::Tree;
use crate::Result;
use crate::check::{Check, Limits, Part, Verdict};
use explained::Explained;
use generated::Mutant;

pub const CHECK: Check = Check {
    name: "mutation",
    what: "the tests notice every small change of the state machine, or it is explained",
    run: check,
};

/// In the order in which they are asked, the quick ones first.
const DETECTORS: [fn() -> Detector; 8] = [
    || Detector::Scenarios,
    || Detector::Unit,
    || Detector::Soundness,
    || Detector::Groups,
    || Detector::Property,
    || Detector::Conformance(String::new()),
    || Detector::Cancellation,
    || Detector::Race(Checker::Shuttle, String::new()),
];

/// So many of them take seconds.
const QUICK: usize = 5;

/// A detector hangs when it takes ten times as long as on unbroken code, and this.
const HANG: Duration = Duration::from_secs(5);

const UNBROKEN_LIMIT: Duration = Duration::from_secs(10 * 60);

/// What one mutant takes, compiling included, on average on two cores.
const SECONDS_EACH: u64 = 5;

/// From this budget on, all are tried, however long it takes.
const ALL_MINUTES: u64 = 90;

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

fn check(limits: &Limits) -> Result<Verdict> {
    let mutants = match generated::all() {
        Ok(mutants) => mutants,
        Err(why) => return Ok(Verdict::Skipped(format!("cargo-mutants: {why}"))),
    };
    let explained = Explained::read()?;
    let mut failures = explained.unknown(&mutants);
    failures.iter().for_each(|name| println!("STALE     {name}: is not generated"));

    let Chosen { chosen, bound, is_sample } = choose(&mutants, limits);
    if chosen.is_empty() {
        return Err(format!("no mutant is among {bound}"));
    }
    println!("{} of {} mutants: {bound}", chosen.len(), mutants.len());
    if is_sample {
        println!("those that are explained meet the quick tests only");
    }
    let start = Instant::now();
    let tree = Tree::copy("mutation")?;
    let court = Court::of_those_that_pass(&tree)?;
    let mut count = Count::default();
    for mutant in &chosen {
        let reason = explained.reason(&mutant.name);
        let said = court.judge(mutant, is_sample && reason.is_some());
        tree.restore()?;
        if let Some(failure) = count.enter(mutant, said?, reason) {
            failures.push(failure);
        }
    }
    if failures.is_empty() {
        return Ok(Verdict::Passed(vec![count.into_part(bound, start.elapsed())]));
    }
    Err(format!("{} survivors or stale explanations: {}", failures.len(), failures.join("; ")))
}

struct Chosen<'a> {
    chosen: Vec<&'a Mutant>,
    bound: String,
    is_sample: bool,
}

fn choose<'a>(mutants: &'a [Mutant], limits: &Limits) -> Chosen<'a> {
    if let Ok(names) = std::env::var("CSP_MUTATION_NAMES") {
        let named = names
            .split(',')
            .flat_map(|word| mutants.iter().filter(move |mutant| mutant.name.contains(word)));
        let chosen = named.collect();
        return Chosen { chosen, bound: format!("those of {names}"), is_sample: false };
    }
    let parts = parts(mutants.len() as u64, limits.minutes());
    let today = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let part = today.as_secs() / SECONDS_A_DAY % parts;
    Chosen {
        chosen: mutants.iter().skip(part as usize).step_by(parts as usize).collect(),
        bound: match parts {
            1 => "all".to_owned(),
            _ => format!("part {} of {parts}, as of today", part + 1),
        },
        is_sample: parts > 1,
    }
}

/// Into how many parts the mutants are divided, so that one of them fits.
const fn parts(mutants: u64, minutes: u64) -> u64 {
    if minutes >= ALL_MINUTES {
        return 1;
    }
    let parts = (mutants * SECONDS_EACH).div_ceil(60 * minutes);
    if parts == 0 { 1 } else { parts }
}

enum Outcome {
    /// Does not compile.
    Unviable,
    Caught(String),
    Survived,
}

/// The detectors, and how long each may take.
struct Court<'a> {
    tree: &'a Tree,
    detectors: Vec<(Detector, Duration)>,
}

impl<'a> Court<'a> {
    fn of_those_that_pass(tree: &'a Tree) -> Result<Self> {
        let mut detectors = Vec::new();
        for detector in DETECTORS.map(|detector| detector()) {
            let time = detector.pass_unbroken(tree, UNBROKEN_LIMIT)?;
            detectors.push((detector, HANG + 10 * time));
        }
        Ok(Self { tree, detectors })
    }

    fn judge(&self, mutant: &Mutant, only_quick: bool) -> Result<Outcome> {
        self.tree.apply_text(&mutant.patch).map_err(|error| format!("{}: {error}", mutant.name))?;
        let asked = if only_quick { QUICK } else { self.detectors.len() };
        for (detector, limit) in &self.detectors[..asked] {
            let program = match detector.build(self.tree) {
                Ok(program) => program,
                Err(error) if error.contains("could not compile") => return Ok(Outcome::Unviable),
                Err(error) => return Err(format!("{}: {error}", mutant.name)),
            };
            match detector.run(&program, self.tree, *limit)? {
                Run::Passed => {}
                Run::Failed => return Ok(Outcome::Caught(format!("by {detector}"))),
                Run::TimedOut => return Ok(Outcome::Caught(format!("by {detector}, by hanging"))),
            }
        }
        Ok(Outcome::Survived)
    }
}

#[derive(Default)]
struct Count {
    /// Who caught how many.
    caught: BTreeMap<String, u64>,
    unviable: u64,
    explained: u64,
}

impl Count {
    /// Says what became of one, and returns what is wrong with that.
    fn enter(&mut self, mutant: &Mutant, said: Outcome, reason: Option<&str>) -> Option<String> {
        let name = &mutant.name;
        match (said, reason) {
            (Outcome::Unviable, None) => {
                println!("unviable  {name}");
                self.unviable += 1;
            }
            (Outcome::Caught(by), None) => {
                println!("caught    {name}: {by}");
                *self.caught.entry(by).or_default() += 1;
            }
            (Outcome::Survived, Some(reason)) => {
                println!("explained {name}: {reason}");
                self.explained += 1;
            }
            (Outcome::Survived, None) => {
                println!("SURVIVED  {name} (line {})\n{}", mutant.line, mutant.patch);
                return Some(name.clone());
            }
            (Outcome::Unviable, Some(_)) => {
                println!("STALE     {name}: explained, but it does not compile");
                return Some(name.clone());
            }
            (Outcome::Caught(by), Some(_)) => {
                println!("STALE     {name}: explained, but it is caught {by}");
                return Some(name.clone());
            }
        }
        None
    }

    fn into_part(self, bound: String, time: Duration) -> Part {
        let caught: u64 = self.caught.values().sum();
        for (by, number) in &self.caught {
            println!("{number:>5} caught {by}");
        }
        let Self { unviable, explained, .. } = self;
        Part {
            what: format!("{caught} caught, {unviable} unviable, {explained} explained"),
            number: caught + unviable + explained,
            unit: "mutants".to_owned(),
            bound,
            time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_decides_how_many_parts_there_are() {
        assert_eq!(parts(1_200, 5), 20);
        assert_eq!(parts(1_200, 60), 2);
        assert_eq!(parts(1_200, ALL_MINUTES), 1);
        assert_eq!(parts(3, 1), 1);
        assert_eq!(parts(0, 1), 1);
    }
    #[test]
    fn a_survivor_fails_without_a_reason_and_a_reason_without_a_survivor() {
        let mutant = Mutant { name: "a: b".to_owned(), line: "3".to_owned(), patch: String::new() };
        let mut count = Count::default();
        let failure = Some("a: b".to_owned());
        let caught = || Outcome::Caught("by unit".to_owned());
        assert_eq!(count.enter(&mutant, Outcome::Survived, None), failure);
        assert_eq!(count.enter(&mutant, Outcome::Unviable, Some("Equal.")), failure);
        assert_eq!(count.enter(&mutant, caught(), Some("Equal.")), failure);
        assert_eq!(count.into_part("all".to_owned(), HANG).number, 0);

        let mut count = Count::default();
        assert_eq!(count.enter(&mutant, Outcome::Survived, Some("Equal.")), None);
        assert_eq!(count.enter(&mutant, Outcome::Unviable, None), None);
        assert_eq!(count.enter(&mutant, caught(), None), None);
        let part = count.into_part("all".to_owned(), HANG);
        assert_eq!((part.number, &*part.what), (3, "1 caught, 1 unviable, 1 explained"));
    }
}
