//! Rules about what is published: each crate explains itself and carries its licences.

use super::Source;

/// Every manifest that is to be published states these, itself or through the workspace.
const STATED: [&str; 6] = [
    "description = ",
    "license",
    "repository",
    "rust-version",
    "[package.metadata.docs.rs]",
    "all-features = true",
];

pub const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

pub fn check(sources: &[Source], violations: &mut Vec<String>) {
    for manifest in sources.iter().filter(|source| is_published(source)) {
        let path = &manifest.path;
        for line in STATED {
            if !manifest.text.lines().any(|it| it.starts_with(line)) {
                violations.push(format!("{path}: lacks {line}"));
            }
        }
        let folder = path.trim_end_matches("Cargo.toml");
        let has = |name: &str| sources.iter().any(|it| it.path == format!("{folder}{name}"));
        for licence in LICENCES {
            if !has(licence) {
                violations.push(format!("{folder}{licence} is missing; link it to the root's"));
            }
        }
        if !has("README.md") && !manifest.text.lines().any(|line| line.starts_with("readme = ")) {
            violations.push(format!("{folder}README.md is missing"));
        }
    }
}

fn is_published(source: &Source) -> bool {
    let text = &source.text;
    source.path.ends_with("/Cargo.toml")
        && text.contains("[package]\n")
        && !text.contains("\npublish = false")
}
