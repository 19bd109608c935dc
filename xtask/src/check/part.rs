//! What one part of a check went through, for the table at the end.
//!
//! A test program says it by a line of this form, wherever in its output:
//!
//! ```text
//! counted: two alts in opposite order | 375 interleavings | exhaustive | 13 ms
//! ```

use std::fmt::{self, Display};
use std::time::Duration;

use super::seconds;

#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    pub what: String,
    pub number: u64,
    /// What is counted, in the plural: states, schedules, executions.
    pub unit: String,
    /// How far the search went: "exhaustive", "3 preemptions", "seeds 0..16".
    pub bound: String,
    pub time: Duration,
}

impl Part {
    /// Reads the line of a test program, of any line of which there may be nothing to read.
    pub fn parse(line: &str) -> Option<Self> {
        // A test harness may have printed the name of the test before it.
        let (_, said) = line.split_once("counted: ")?;
        let [what, counted, bound, time] = said.split(" | ").collect::<Vec<_>>()[..] else {
            return None;
        };
        let (number, unit) = counted.split_once(' ')?;
        Some(Self {
            what: what.to_owned(),
            number: number.parse().ok()?,
            unit: unit.to_owned(),
            bound: bound.to_owned(),
            time: Duration::from_millis(time.trim().strip_suffix(" ms")?.parse().ok()?),
        })
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, number, unit, bound, time } = self;
        let counted = format!("{} {unit}", with_commas(*number));
        write!(f, "{what:<46} {counted:>26}  {bound:<28} {:>9}", seconds(*time))
    }
}

fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits"))
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_test_says_and_nothing_else() {
        let part =
            Part::parse("test x ... counted: a put | 375 interleavings | exhaustive | 13 ms");
        let expected = Part {
            what: "a put".to_owned(),
            number: 375,
            unit: "interleavings".to_owned(),
            bound: "exhaustive".to_owned(),
            time: Duration::from_millis(13),
        };
        assert_eq!(part, Some(expected));
        assert_eq!(Part::parse("counted: a put | many | exhaustive | 13 ms"), None);
        assert_eq!(Part::parse("test x ... ok"), None);
    }

    #[test]
    fn groups_digits_by_three() {
        assert_eq!(with_commas(0), "0");
        assert_eq!(with_commas(999), "999");
        assert_eq!(with_commas(47_049_200), "47,049,200");
    }
}
