//! `cargo xtask tidy`, and a test of xtask: what a machine can see of the house rules.
//!
//! The reasons stand in CONTRIBUTING.md. An exception is an entry in a list here, with its reason.

mod crates;
mod text;
mod unsafety;

use std::path::PathBuf;

use crate::Result;
use crate::args::Args;
use crate::check::{Check, Verdict};
use crate::shell::{self, root};

pub const CHECK: Check = Check {
    name: "tidy",
    what: "what a machine can see of the house rules",
    run: |_| tidy().and_then(|()| Verdict::passed()),
};

/// A tracked file that is text.
struct Source {
    /// Relative to the root, with `/` between the parts.
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Lines without comments. Two slashes in a string end the line here too: that hides code from
    /// a rule only where somebody means to.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().map(|(number, line)| (number, line.split("//").next().unwrap_or_default()))
    }
}

pub fn command(args: Args) -> Result {
    args.finish()?;
    tidy()
}

fn tidy() -> Result {
    let sources = sources()?;
    let mut violations = Vec::new();
    for source in &sources {
        text::check(source, &mut violations);
        unsafety::check(source, &mut violations);
    }
    unsafety::check_fences(&sources, &mut violations);
    crates::check(&sources, &mut violations);
    if violations.is_empty() {
        return Ok(());
    }
    Err(format!("{} untidy places\n{}", violations.len(), violations.join("\n")))
}

fn sources() -> Result<Vec<Source>> {
    let files = shell::files()?;
    let read = |file: PathBuf| {
        // What is not UTF-8 is an image or the like.
        let text = std::fs::read_to_string(root().join(&file)).ok()?;
        Some(Source { path: file.to_string_lossy().replace('\\', "/"), text })
    };
    Ok(files.into_iter().filter_map(read).collect())
}

/// Whether `word` occurs with no letter, digit or underscore on either side.
fn contains_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        if let Err(violations) = tidy() {
            panic!("{violations}");
        }
    }

    #[test]
    fn a_word_ends_at_an_underscore_only_if_it_has_none() {
        assert!(contains_word("unsafe impl Send", "unsafe"));
        assert!(contains_word("{unsafe {", "unsafe"));
        assert!(!contains_word("expect(unsafe_code)", "unsafe"));
    }
}
