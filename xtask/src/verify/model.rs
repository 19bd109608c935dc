//! The protocol as a Promela model: Spin goes through every interleaving of small configurations.
//!
//! The model is in `csp-core/model`; its README says which name there stands for which in the code.
//! Sound configurations must be searched to the end without an error. A *breakage* is one mistake
//! made in the model, by a definition of its name; the search must find it. Those that are stored
//! for the code too, in `csp-core/mutants`, have the same name there.

mod configurations;
mod pan;

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::check::{Check, Limits, Part, Verdict};
use crate::shell::{command, install, works};
use configurations::{BREAKAGES, Breakage, Configuration, LARGE, SMALL};
use pan::{Search, Size};

pub const CHECK: Check = Check {
    name: "model",
    what: "every interleaving of small configurations of the protocol's model",
    run: check,
};

/// The large configurations run with a budget from here on.
const LARGE_FROM: Duration = Duration::from_secs(30 * 60);

/// For a search that is too large to end.
const SAMPLE: Duration = Duration::from_secs(5 * 60);

/// Searches at once: they are bound by memory.
const WORKERS: usize = 2;

fn check(limits: &Limits) -> Result<Verdict> {
    if let Err(why) = available() {
        return Ok(Verdict::Skipped(why));
    }
    let is_large = limits.budget >= LARGE_FROM;
    let configurations: Vec<&Configuration> =
        SMALL.iter().chain(LARGE.iter().filter(|_| is_large)).collect();

    let start = Instant::now();
    let found = in_parallel(BREAKAGES.iter().collect(), find);
    let breakages = Part {
        what: "breakages, each found".to_owned(),
        number: BREAKAGES.len() as u64,
        unit: "mutants".to_owned(),
        bound: "all".to_owned(),
        time: start.elapsed(),
    };
    let mut failures: Vec<String> = found.into_iter().filter_map(Result::err).collect();
    let mut parts = Vec::new();
    for searched in in_parallel(configurations, |it| search(it, limits.budget)) {
        match searched {
            Ok(part) => parts.push(part),
            Err(why) => failures.push(why),
        }
    }
    parts.push(breakages);
    if failures.is_empty() { Ok(Verdict::Passed(parts)) } else { Err(failures.join("\n")) }
}

/// A sound configuration: the whole of it, and nothing wrong in it.
fn search(configuration: &Configuration, budget: Duration) -> Result<Part> {
    let Configuration { what, defines, size } = configuration;
    let start = Instant::now();
    let failed = |why: String| {
        println!("FAILED    {what}: {why}");
        format!("{what} ({defines}): {why}")
    };
    let limit = match size {
        Size::Exhaustive => LARGE_FROM.max(budget),
        Size::Bitstate => SAMPLE,
    };
    let search = pan::run(what, defines, *size, limit).map_err(failed)?;
    let bound = sound(&search, *size, limit).map_err(failed)?;
    let time = start.elapsed();
    println!("searched  {what:<46} {} states in {:.1} s", search.states, time.as_secs_f64());
    Ok(Part {
        what: (*what).to_owned(),
        number: search.states,
        unit: "states".to_owned(),
        bound,
        time,
    })
}

/// How far the search went, if it found nothing.
fn sound(search: &Search, size: Size, limit: Duration) -> Result<String> {
    if search.errors > 0 {
        let what = search.violation.as_deref().unwrap_or("an error without a message");
        return Err(format!("{what}; replay it with `spin -t -p` in the folder of this search"));
    }
    match (size, search.is_complete, search.hash_factor) {
        (Size::Exhaustive, true, None) => Ok("exhaustive".to_owned()),
        (Size::Bitstate, true, Some(factor)) => Ok(format!("bitstate, hash factor {factor:.0}")),
        (Size::Bitstate, false, Some(_)) if search.is_out_of_time => {
            Ok(format!("bitstate, stopped after {} min", limit.as_secs().div_ceil(60)))
        }
        _ => Err("the search did not come to its end".to_owned()),
    }
}

/// A breakage: an assertion or a deadlock shows it.
fn find(breakage: &Breakage) -> Result {
    let Breakage { name, defines } = breakage;
    let start = Instant::now();
    let defines = format!("{defines} -D{name}");
    let found = pan::run(name, &defines, Size::Exhaustive, LARGE_FROM).and_then(|search| {
        let violation = search.violation.as_deref().unwrap_or("nothing found");
        if search.shows_breakage() {
            Ok(violation.to_owned())
        } else {
            Err(format!("SURVIVED, {} states: {violation}", search.states))
        }
    });
    match found {
        Ok(violation) => {
            let time = start.elapsed().as_secs_f64();
            println!("found     {name:<46} in {time:.1} s: {violation}");
            Ok(())
        }
        Err(why) => {
            println!("FAILED    {name}: {why}");
            Err(format!("{name}: {why}"))
        }
    }
}

/// Results in the order of the items.
fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new((0..count).map(|_| None).collect::<Vec<Option<R>>>());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no worker panics").next();
                    let Some((place, item)) = next else { break };
                    let result = work(item);
                    results.lock().expect("no worker panics")[place] = Some(result);
                }
            });
        }
    });
    let results = results.into_inner().expect("no worker panics");
    results.into_iter().map(|result| result.expect("each item is worked on")).collect()
}

/// Spin and a C compiler; Spin is installed where that is possible.
fn available() -> Result {
    if !works(&mut command(pan::COMPILER, ["--version"])) {
        return Err(format!("no C compiler: `{} --version` fails", pan::COMPILER));
    }
    install("spin", "-V", &["spin"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: Search = Search {
        errors: 0,
        states: 7,
        violation: None,
        is_complete: true,
        is_out_of_time: false,
        hash_factor: None,
    };

    #[test]
    fn only_a_search_that_ended_without_an_error_is_sound() {
        assert_eq!(sound(&CLEAN, Size::Exhaustive, SAMPLE).as_deref(), Ok("exhaustive"));
        assert!(sound(&Search { errors: 1, ..CLEAN }, Size::Exhaustive, SAMPLE).is_err());
        let cut = Search { is_complete: false, ..CLEAN };
        assert!(sound(&cut, Size::Exhaustive, SAMPLE).is_err());
        let sampled = Search { hash_factor: Some(12.4), ..CLEAN };
        assert_eq!(
            sound(&sampled, Size::Bitstate, SAMPLE).as_deref(),
            Ok("bitstate, hash factor 12")
        );
        assert!(sound(&sampled, Size::Exhaustive, SAMPLE).is_err());
        let stopped = Search { is_complete: false, is_out_of_time: true, ..sampled };
        let bound = sound(&stopped, Size::Bitstate, SAMPLE);
        assert_eq!(bound.as_deref(), Ok("bitstate, stopped after 5 min"));
        assert!(sound(&stopped, Size::Exhaustive, SAMPLE).is_err());
    }

    #[test]
    fn work_in_parallel_keeps_its_order() {
        assert_eq!(
            in_parallel((0..10).collect(), |n| 2 * n),
            (0..20).step_by(2).collect::<Vec<_>>()
        );
    }

    #[test]
    fn each_name_is_there_once() {
        let mut names: Vec<_> = BREAKAGES.iter().map(|breakage| breakage.name).collect();
        names.extend(SMALL.iter().chain(&LARGE).map(|configuration| configuration.what));
        names.sort_unstable();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }

    #[test]
    fn each_breakage_is_made_in_a_configuration_that_is_sound_without_it() {
        for Breakage { name, defines } in &BREAKAGES {
            let mut searched = SMALL.iter().chain(&LARGE);
            assert!(searched.any(|configuration| configuration.defines == *defines), "{name}");
        }
    }
}
