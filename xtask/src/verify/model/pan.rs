//! Builds the search of one configuration with Spin, runs it and reads what it says.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::Result;
use crate::shell::{command, output, root, target_dir};

pub const COMPILER: &str = "cc";

const MODEL: &str = "csp-core/model/csp.pml";

/// Deeper than any path of the model; a search that reaches it says so and has failed.
const DEPTH: &str = "-m1000000";

/// 1 GiB of bits for a bitstate search, and three bits for each state.
const BITSTATE: [&str; 2] = ["-w33", "-k3"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Exhaustive,
    /// Two states whose bits coincide are taken for one: few are missed where the hash factor is
    /// above 100.
    Bitstate,
}

/// What a search printed.
#[derive(Debug, PartialEq)]
pub struct Search {
    pub errors: u64,
    pub states: u64,
    /// The first complaint.
    pub violation: Option<String>,
    /// It has seen every state that it could reach.
    pub is_complete: bool,
    pub is_out_of_time: bool,
    /// Of a bitstate search.
    pub hash_factor: Option<f64>,
}

impl Search {
    /// Whether the model's own assertions, or a deadlock, ended it.
    pub fn shows_breakage(&self) -> bool {
        let shows = |text: &String| {
            text.contains("assertion violated") || text.contains("invalid end state")
        };
        self.errors > 0 && self.violation.as_ref().is_some_and(shows)
    }

    fn parse(printed: &str) -> Result<Self> {
        let field = |mark: &str| {
            let (before, after) = printed.split_once(mark)?;
            Some((before.split_whitespace().next_back()?, after.split_whitespace().next()?))
        };
        let errors = field("errors: ").and_then(|(_, number)| number.parse().ok());
        let states = field(" states, stored").and_then(|(number, _)| whole(number));
        let (Some(errors), Some(states)) = (errors, states) else {
            return Err(format!("the search says nothing of errors and states:\n{printed}"));
        };
        // Such as `pan:1: assertion violated (waker[t]!=0) (at depth 128)`.
        let complaint = |line: &str| {
            let (number, text) = line.strip_prefix("pan:")?.split_once(": ")?;
            number.parse::<u64>().ok().map(|_| text.to_owned())
        };
        let is_truncated = ["Search not completed", "max search depth too small", "out of memory"]
            .iter()
            .any(|mark| printed.contains(mark));
        let is_out_of_time = printed.contains("Time limit of ");
        Ok(Self {
            errors,
            states,
            violation: printed.lines().find_map(complaint),
            is_complete: !is_truncated && !is_out_of_time,
            is_out_of_time,
            hash_factor: field("hash factor: ").and_then(|(_, number)| number.parse().ok()),
        })
    }
}

/// A count, from `82954` or `9.72e+06`.
fn whole(number: &str) -> Option<u64> {
    let number: f64 = number.parse().ok()?;
    (number >= 0.0).then_some(number as u64)
}

/// Searches in a folder of its own, where the trail of an error stays.
pub fn run(what: &str, defines: &str, size: Size, limit: Duration) -> Result<Search> {
    let folder = target_dir().join("model").join(what.replace([' ', ','], "_"));
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    fs::create_dir_all(&folder).map_err(failed)?;

    let model = root().join(MODEL);
    let mut spin = command("spin", defines.split_whitespace());
    output(spin.arg("-a").arg(&model).current_dir(&folder))?;
    let (optimization, store) = match size {
        // A short search is over before an optimizer is.
        Size::Exhaustive if !defines.contains("-DTASKS=3") => ("-O0", "-DCOLLAPSE"),
        Size::Exhaustive => ("-O1", "-DCOLLAPSE"),
        Size::Bitstate => ("-O2", "-DBITSTATE"),
    };
    let flags = [optimization, "-w", "-DSAFETY", store, "-o", "pan", "pan.c"];
    output(command(COMPILER, flags).current_dir(&folder))?;

    let mut pan = command("./pan", [DEPTH]);
    pan.arg(format!("-Q{}", limit.as_secs().div_ceil(60)));
    if size == Size::Bitstate {
        pan.args(BITSTATE);
    }
    // It ends in failure where it finds something, which may be what it was to do.
    let printed = pan
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("pan: {error}"))?;
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    fs::write(folder.join("printed"), &printed).map_err(failed)?;
    Search::parse(&printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: &str = "
(Spin Version 6.5.2 -- 6 December 2019)
\t+ Partial Order Reduction

Full statespace search for:
\tassertion violations\t+
\tinvalid end states\t+

State-vector 228 byte, depth reached 167, errors: 0
    82954 states, stored
    31058 states, matched
   114012 transitions (= stored+matched)

pan: elapsed time 0.06 seconds
";

    const BROKEN: &str = "pan:1: assertion violated (waker[t]!=0) (at depth 128)
pan: wrote csp.pml.trail

Warning: Search not completed
State-vector 228 byte, depth reached 163, errors: 1
     7030 states, stored
pan: elapsed time 0.02 seconds
";

    const BITS: &str = "State-vector 228 byte, depth reached 167, errors: 0
 9.72e+06 states, stored
hash factor: 1766.53 (best if > 100.)
";

    #[test]
    fn reads_a_search_without_an_error() {
        let expected = Search {
            errors: 0,
            states: 82954,
            violation: None,
            is_complete: true,
            is_out_of_time: false,
            hash_factor: None,
        };
        let search = Search::parse(CLEAN).expect("it says all");
        assert!(!search.shows_breakage());
        assert_eq!(search, expected);
    }

    #[test]
    fn reads_what_was_found() {
        let search = Search::parse(BROKEN).expect("it says all");
        let complaint = "assertion violated (waker[t]!=0) (at depth 128)";
        assert_eq!(search.violation.as_deref(), Some(complaint));
        assert_eq!((search.errors, search.states, search.is_complete), (1, 7030, false));
        assert!(search.shows_breakage());
        let end = BROKEN.replace("assertion violated (waker[t]!=0)", "invalid end state");
        assert!(Search::parse(&end).expect("it says all").shows_breakage());
    }

    #[test]
    fn an_error_of_the_model_is_no_breakage() {
        let other = BROKEN.replace("assertion violated (waker[t]!=0)", "indexing waiting[32]");
        assert!(!Search::parse(&other).expect("it says all").shows_breakage());
    }

    #[test]
    fn a_search_that_was_cut_short_is_not_complete() {
        for why in ["error: max search depth too small\n", "pan: out of memory\n"] {
            let search = Search::parse(&format!("{why}{CLEAN}")).expect("it says all");
            assert!(!search.is_complete && !search.is_out_of_time, "{why}");
        }
        let cut = Search::parse(&format!(
            "Time limit of      1 minutes exceeded\nWarning: Search not completed\n{CLEAN}"
        ));
        assert!(cut.expect("it says all").is_out_of_time);
    }

    #[test]
    fn reads_large_numbers_and_the_hash_factor() {
        let search = Search::parse(BITS).expect("it says all");
        assert_eq!((search.states, search.hash_factor), (9_720_000, Some(1766.53)));
    }

    #[test]
    fn a_search_that_did_not_start_says_nothing() {
        assert!(Search::parse("").is_err());
    }
}
