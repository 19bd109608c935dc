//! Figures that repeat exactly for one compiler, and whether one has grown.
//!
//! A record is a file for each compiler and processor, with a line for each figure. What is measured
//! is compared with it: over 5 % more fails, and so does a figure that nobody measures any more.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use crate::Result;
use crate::shell::{command, output, root};

/// How much more a figure may be than is recorded.
const MAY_GROW: f64 = 1.05;

/// By name.
pub type Figures = BTreeMap<String, f64>;

pub struct Record {
    /// From the root.
    pub folder: &'static str,
    /// What the figures are.
    pub what: &'static str,
    /// As `rustc 1.95.0 x86_64`.
    pub compiler: String,
}

impl Record {
    /// A line each, `name number`.
    pub fn read(text: &str) -> Option<Figures> {
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let parsed = lines.map(|line| {
            let (name, figure) = line.rsplit_once(' ')?;
            Some((name.trim().to_owned(), figure.parse().ok()?))
        });
        parsed.collect()
    }

    pub fn write(&self, figures: &Figures) -> Result {
        let mut text = format!("# {}, {}.\n", self.what, self.compiler);
        for (name, figure) in figures {
            let _infallible = writeln!(text, "{name:<44} {figure:.1}");
        }
        print!("{text}");
        let file = self.file();
        std::fs::create_dir_all(root().join(self.folder)).map_err(|error| error.to_string())?;
        std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Prints what has changed; says why not, if nothing is recorded for this compiler.
    pub fn compare(&self, figures: &Figures) -> Result<Option<String>> {
        let file = self.file();
        let Ok(text) = std::fs::read_to_string(&file) else {
            return Ok(Some(format!(
                "nothing is recorded for {}; --record does that",
                self.compiler
            )));
        };
        let damaged = || format!("{} is damaged", file.display());
        let recorded = Self::read(&text).ok_or_else(damaged)?;
        let Comparison { changed, complaints } = compare(&recorded, figures);
        print!("{changed}");
        println!("{}: {} compared with those of {}", self.what, figures.len(), self.compiler);
        if complaints.is_empty() { Ok(None) } else { Err(complaints) }
    }

    fn file(&self) -> PathBuf {
        root().join(self.folder).join(format!("{}.txt", self.compiler.replace(' ', "-")))
    }
}

/// What a figure can be compared with: one of the same compiler for the same processor.
pub fn compiler(rustc: &str, processor: &str) -> Result<String> {
    let said = output(&mut command(rustc, ["--version"]))?;
    let version: Vec<&str> = said.split_whitespace().take(2).collect();
    Ok(format!("{} {processor}", version.join(" ")))
}

#[derive(Default)]
struct Comparison {
    /// A line for each figure that is not as it was.
    changed: String,
    /// Empty if all is well.
    complaints: String,
}

fn compare(recorded: &Figures, figures: &Figures) -> Comparison {
    let mut changed = String::new();
    let mut grown = Vec::new();
    for (name, &now) in figures {
        let _infallible = match recorded.get(name) {
            // Not those that differ by what the record rounds.
            Some(&before) if (before - now).abs() < 0.1 => Ok(()),
            Some(&before) => {
                if now > before * MAY_GROW {
                    grown.push(name.as_str());
                }
                let percent = 100.0 * (now / before - 1.0);
                writeln!(changed, "{name:<44} {before:>10.1} {now:>10.1} {percent:>7.1}%")
            }
            None => writeln!(changed, "{name:<44} {:>10} {now:>10.1}", "new"),
        };
    }
    let lost: Vec<&str> =
        recorded.keys().filter(|name| !figures.contains_key(*name)).map(String::as_str).collect();
    let complaint = |what: &str, names: &[&str]| {
        if names.is_empty() { String::new() } else { format!("{what}: {}. ", names.join(", ")) }
    };
    let complaints = complaint("over 5 % more than recorded", &grown)
        + &complaint("recorded, and no longer measured", &lost);
    Comparison { changed, complaints: complaints.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(now: &str) -> String {
        let recorded = Record::read("# What.\na put  100.0\na take 0.0\n").unwrap();
        compare(&recorded, &Record::read(now).unwrap()).complaints
    }

    #[test]
    fn a_figure_may_shrink_and_grow_a_little() {
        assert_eq!(complaints("a put 105.0\na take 0.0\n"), "");
        assert_eq!(complaints("a put 5.0\na take 0.0\na close 7.0\n"), "");
    }

    #[test]
    fn what_has_grown_or_is_lost_is_named() {
        let grown = "over 5 % more than recorded: ";
        assert_eq!(complaints("a put 105.1\na take 0.0\n"), format!("{grown}a put."));
        assert_eq!(complaints("a put 100.0\na take 1.0\n"), format!("{grown}a take."));
        let lost = "recorded, and no longer measured: ";
        assert_eq!(complaints("a put 100.0\n"), format!("{lost}a take."));
    }

    #[test]
    fn a_line_without_a_number_is_damaged() {
        assert!(Record::read("a put many\n").is_none());
    }
}
