//! The stored breakages, and which behaviours they break.

use std::fs;
use std::path::{Path, PathBuf};

use super::detector::Detector;
use crate::Result;
use crate::shell::root;

pub const FOLDER: &str = "csp-core/mutants";

pub struct Mutant {
    pub name: String,
    pub patch: PathBuf,
    pub what: String,
    pub catches: Vec<Detector>,
}

impl Mutant {
    pub fn all() -> Result<Vec<Self>> {
        let Ok(folder) = fs::read_dir(root().join(FOLDER)) else {
            return Ok(Vec::new());
        };
        let paths = folder.filter_map(|entry| Some(entry.ok()?.path()));
        let mut patches: Vec<PathBuf> =
            paths.filter(|path| path.extension().is_some_and(|it| it == "patch")).collect();
        patches.sort();
        patches.iter().map(|patch| Self::read(patch)).collect()
    }

    fn read(patch: &Path) -> Result<Self> {
        let name = patch.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(patch).map_err(|error| format!("{name}: {error}"))?;
        let header = |key: &str| {
            let mut opening = text.lines().take_while(|line| line.starts_with('#'));
            let value = opening.find_map(|line| line.strip_prefix(key)).map(str::trim);
            value.ok_or_else(|| format!("{name} does not open with `{key} …`"))
        };
        let what = header("# what:")?.to_owned();
        let catches = header("# catches:")?
            .split(',')
            .map(Detector::parse)
            .collect::<Result<_>>()
            .map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { name, patch: patch.to_owned(), what, catches })
    }

    /// Whether it is stored to make the checks of this behaviour fail, as `B54`.
    fn breaks(&self, behaviour: &str) -> bool {
        self.catches.iter().any(|detector| match detector {
            Detector::Conformance(filter) => filter
                .split('_')
                .next()
                .is_some_and(|number| number.eq_ignore_ascii_case(behaviour)),
            _ => false,
        })
    }
}

/// What docs/semantics.md marks as subtle and no mutant breaks: a check that nothing can make fail
/// may be checking nothing.
pub fn unbroken(mutants: &[Mutant]) -> Result<Vec<String>> {
    let document = "docs/semantics.md";
    let text = fs::read_to_string(root().join(document))
        .map_err(|error| format!("{document}: {error}"))?;
    let mut behaviours = subtle(&text);
    behaviours.retain(|behaviour| !mutants.iter().any(|mutant| mutant.breaks(behaviour)));
    Ok(behaviours)
}

/// From items such as `- **B54** [S] At most once …`; what is marked `[later]` has no code yet.
fn subtle(semantics: &str) -> Vec<String> {
    let items = semantics.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("** "));
    items
        .filter(|(_, text)| text.starts_with("[S]") && !text.contains("[later]"))
        .map(|(number, _)| number.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtle_behaviours_are_those_marked_and_built() {
        let text = "# Semantics\n- **B1** A put.\n- **B7** [S] When.\n- **B8** [S] [later] One.\n";
        assert_eq!(subtle(text), ["B7"]);
    }
}
