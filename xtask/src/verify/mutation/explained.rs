//! Why some mutants may survive: `csp-core/mutants/survivors.txt`.
//!
//! ```text
//! # A remark.
//! A reason, which holds for all below it.
//!     csp-core/src/choice.rs: replace == with != in Word::claim
//! ```

use std::collections::BTreeMap;
use std::fs;

use super::generated::Mutant;
use crate::Result;
use crate::shell::root;

const FILE: &str = "csp-core/mutants/survivors.txt";

#[derive(Debug)]
pub struct Explained {
    reasons: BTreeMap<String, String>,
}

impl Explained {
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(root().join(FILE)).map_err(|it| format!("{FILE}: {it}"))?;
        Self::parse(&text).map_err(|complaint| format!("{FILE}: {complaint}"))
    }

    fn parse(text: &str) -> Result<Self> {
        let mut reasons = BTreeMap::new();
        let mut reason = None;
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let Some(name) = line.strip_prefix("    ") else {
                reason = Some(line);
                continue;
            };
            let reason = reason.ok_or_else(|| format!("no reason stands above `{name}`"))?;
            if reasons.insert(name.to_owned(), reason.to_owned()).is_some() {
                return Err(format!("`{name}` is explained twice"));
            }
        }
        Ok(Self { reasons })
    }

    pub fn reason(&self, name: &str) -> Option<&str> {
        self.reasons.get(name).map(String::as_str)
    }

    /// What is explained and does not exist.
    pub fn unknown(&self, mutants: &[Mutant]) -> Vec<String> {
        let exists = |name: &String| mutants.iter().any(|mutant| mutant.name == *name);
        self.reasons.keys().filter(|name| !exists(name)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_holds_for_all_below_it() {
        let explained =
            Explained::parse("# A remark.\nEqual.\n    a: b\n    a: c\n\nFast.\n    d: e\n");
        let explained = explained.unwrap();
        assert_eq!(explained.reason("a: c"), Some("Equal."));
        assert_eq!(explained.reason("d: e"), Some("Fast."));
        assert_eq!(explained.reason("d: f"), None);
    }

    #[test]
    fn nothing_is_explained_twice_or_without_a_reason() {
        assert!(Explained::parse("    a: b\n").is_err());
        assert!(Explained::parse("Equal.\n    a: b\n    a: b\n").is_err());
    }

    #[test]
    fn what_is_not_generated_is_unknown() {
        let explained = Explained::parse("Equal.\n    a: b\n    a: c\n").unwrap();
        let mutant = |name: &str| Mutant {
            name: name.to_owned(),
            line: String::new(),
            patch: String::new(),
        };
        assert_eq!(explained.unknown(&[mutant("a: b")]), ["a: c"]);
    }
}
