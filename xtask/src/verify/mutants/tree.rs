//! A copy of the working tree to break, so that the user's own is never touched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::Result;
use crate::shell::{self, command, output, root, target_dir};

pub struct Tree {
    /// Holds the copy, its builds and the log.
    folder: PathBuf,
    files: Vec<PathBuf>,
}

impl Tree {
    /// In a folder of this name among what is built.
    pub fn copy(name: &str) -> Result<Self> {
        let folder = target_dir().join(name);
        fs::create_dir_all(folder.join("tree")).map_err(|error| error.to_string())?;
        // Without symbolic links: git compares it with where it stands.
        let folder = folder.canonicalize().map_err(|error| error.to_string())?;
        let tree = Self { folder, files: shell::files()? };
        tree.restore()?;
        Ok(tree)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// One for all mutants, so that each builds only what it breaks.
    pub fn target_dir(&self) -> PathBuf {
        self.folder.join("build")
    }

    pub fn log_file(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// What the last run printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// A line for a program to read.
    pub fn input(&self, line: &str) -> Result<File> {
        let file = self.folder.join("input");
        fs::write(&file, line).map_err(failed(&file))?;
        File::open(&file).map_err(failed(&file))
    }

    /// As [`apply`](Self::apply), of a patch that is no file yet.
    pub fn apply_text(&self, patch: &str) -> Result {
        let file = self.folder.join("patch");
        fs::write(&file, patch).map_err(failed(&file))?;
        self.apply(&file)
    }

    pub fn apply(&self, patch: &Path) -> Result {
        let mut git = command("git", ["apply", "--whitespace=nowarn"]);
        git.arg(patch).current_dir(self.path());
        // Else git finds the repository around the copy and skips what lies outside this folder.
        git.env("GIT_CEILING_DIRECTORIES", &self.folder);
        output(&mut git).map(drop).map_err(|error| format!("does not apply: {error}"))
    }

    /// Makes the copy equal to the user's tree again. An equal file keeps its time stamp, as cargo
    /// builds anew what has a later one.
    pub fn restore(&self) -> Result {
        let mut known = BTreeSet::new();
        for file in &self.files {
            let fresh = fs::read(root().join(file)).map_err(failed(file))?;
            let place = self.path().join(file);
            if !fs::read(&place).is_ok_and(|old| old == fresh) {
                let parent = place.parent().expect("a file lies in a folder");
                fs::create_dir_all(parent).map_err(failed(parent))?;
                fs::write(&place, fresh).map_err(failed(&place))?;
            }
            known.insert(place);
        }
        remove_others(&self.path(), &known)
    }
}

fn remove_others(folder: &Path, known: &BTreeSet<PathBuf>) -> Result {
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.is_dir() {
            remove_others(&path, known)?;
        } else if !known.contains(&path) {
            fs::remove_file(&path).map_err(failed(&path))?;
        }
    }
    Ok(())
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}
