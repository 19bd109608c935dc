//! What cargo-mutants would break, as patches.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::Result;
use crate::shell::{cargo, command, output, target_dir};

/// The names of mutants differ between versions.
const VERSION: &str = "27.1.0";

pub struct Mutant {
    /// `FILE: DESCRIPTION`, and `#2` and so on after those that would be called the same. Without
    /// the line, so that a name outlives changes elsewhere in the file.
    pub name: String,
    pub line: String,
    pub patch: String,
}

pub fn all() -> Result<Vec<Mutant>> {
    let tool = installed()?;
    let args = ["mutants", "--list", "--diff", "--colors", "never", "--level", "error"];
    let listed = output(&mut command(&tool.to_string_lossy(), args))?;
    let mutants = parse(&listed);
    if mutants.is_empty() { Err("it finds nothing to break".to_owned()) } else { Ok(mutants) }
}

fn installed() -> Result<PathBuf> {
    let root = target_dir().join("tools");
    let tool = root.join("bin/cargo-mutants");
    let is_current = || {
        let version = output(&mut command(&tool.to_string_lossy(), ["mutants", "--version"]));
        version.is_ok_and(|said| said.trim() == format!("cargo-mutants {VERSION}"))
    };
    if !is_current() {
        println!("installing cargo-mutants {VERSION}");
        let args = ["install", "cargo-mutants", "--locked", "--force", "--version", VERSION];
        let mut install = cargo(args);
        install.arg("--root").arg(&root);
        output(&mut install)?;
    }
    if is_current() { Ok(tool) } else { Err("installed, but it does not answer".to_owned()) }
}

/// Each mutant is a line `FILE:LINE:COLUMN: DESCRIPTION`, a diff whose new side is named by the
/// description, and an empty line.
fn parse(listed: &str) -> Vec<Mutant> {
    let mut mutants: Vec<Mutant> = Vec::new();
    let mut seen = BTreeMap::<String, u32>::new();
    for line in listed.lines() {
        if let Some((file, place, what)) = opening(line) {
            let mut name = format!("{file}: {what}");
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                name = format!("{name} #{times}");
            }
            let patch = format!("--- a/{file}\n+++ b/{file}\n");
            mutants.push(Mutant { name, line: place.to_owned(), patch });
        } else if let Some(mutant) = mutants.last_mut()
            && is_of_hunk(line)
        {
            mutant.patch.push_str(line);
            mutant.patch.push('\n');
        }
    }
    mutants
}

fn is_of_hunk(line: &str) -> bool {
    line.starts_with(['@', ' ', '+', '-']) && !line.starts_with("--- ") && !line.starts_with("+++ ")
}

/// The file, the line and the description.
fn opening(line: &str) -> Option<(&str, &str, &str)> {
    let (file, rest) = line.split_once(".rs:")?;
    if file.starts_with([' ', '+', '-', '@']) {
        return None;
    }
    let (place, what) = rest.split_once(": ")?;
    Some((&line[..file.len() + 3], place.split(':').next()?, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "\
a/src/x.rs:3:5: replace f -> bool with true
--- a/src/x.rs
+++ replace f -> bool with true
@@ -1,3 +1,3 @@
 fn f() -> bool {
-    g()
+    true /* ~ changed by cargo-mutants ~ */
 }

a/src/x.rs:9:5: replace f -> bool with true
--- a/src/x.rs
+++ replace f -> bool with true
@@ -8,1 +8,1 @@
-    g()
+    true
";

    #[test]
    fn reads_patches_that_git_understands() {
        let mutants = parse(LISTED);
        assert_eq!(mutants[0].name, "a/src/x.rs: replace f -> bool with true");
        assert_eq!(mutants[0].line, "3");
        assert!(mutants[0].patch.starts_with("--- a/a/src/x.rs\n+++ b/a/src/x.rs\n@@ -1,3"));
        assert!(mutants[0].patch.ends_with("\n }\n"));
        assert_eq!(mutants[1].patch.lines().count(), 5);
    }

    #[test]
    fn tells_mutants_of_one_name_apart() {
        let mutants = parse(LISTED);
        assert_eq!(mutants[1].name, "a/src/x.rs: replace f -> bool with true #2");
    }
}
