//! Which numbers the semantics have, and which of them no check covers.

use std::collections::BTreeSet;

use crate::check::Check;

const SEMANTICS: &str = include_str!("../../docs/semantics.md");

/// A number such as `B66`, ordered as in the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(char, u32);

impl Number {
    /// From `B66`, or `b66` in a name.
    pub fn parse(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let part = letters.next()?.to_ascii_uppercase();
        Some(Self(part, letters.as_str().parse().ok()?))
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.0, self.1)
    }
}

/// The numbers of the document that are built, and those that come later.
pub fn stated() -> (BTreeSet<Number>, BTreeSet<Number>) {
    let items = SEMANTICS.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("** "));
    let numbers = items.filter_map(|(number, text)| Some((Number::parse(number)?, text)));
    let (later, built): (Vec<_>, Vec<_>) =
        numbers.partition(|(_, text)| text.trim_start_matches("[S] ").starts_with("[later]"));
    let only = |of: Vec<(Number, &str)>| of.into_iter().map(|(number, _)| number).collect();
    (only(built), only(later))
}

/// The numbers that these checks cover.
pub fn covered(checks: impl IntoIterator<Item = Check>) -> BTreeSet<Number> {
    checks.into_iter().flat_map(Check::numbers).collect()
}
