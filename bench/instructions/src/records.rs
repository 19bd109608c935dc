//! What was counted before: one file for each compiler, a line for each case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

pub struct Record(pub BTreeMap<String, f64>);

impl Record {
    /// `None` if nothing is recorded for this compiler.
    pub fn of_this_compiler() -> Result<Option<Self>> {
        let Ok(text) = std::fs::read_to_string(file()?) else { return Ok(None) };
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let parsed = lines.map(|line| {
            let (case, count) = line.rsplit_once(' ')?;
            Some((case.trim().to_owned(), count.parse().ok()?))
        });
        let record: Option<BTreeMap<_, _>> = parsed.collect();
        record.map(|record| Some(Self(record))).ok_or_else(|| "the record is damaged".to_owned())
    }

    pub fn write(&self) -> Result {
        let mut text = format!("# Instructions per operation, {}.\n", compiler()?);
        for (case, count) in &self.0 {
            text.push_str(&format!("{case:<32} {count:.1}\n"));
        }
        print!("{text}");
        let file = file()?;
        std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    }
}

/// `rustc 1.95.0` and the machine's architecture, which decide what a count can be compared with.
pub fn compiler() -> Result<String> {
    let output = Command::new("rustc").arg("--version").output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version: Vec<&str> = said.split_whitespace().take(2).collect();
    Ok(format!("{} {}", version.join(" "), std::env::consts::ARCH))
}

fn file() -> Result<PathBuf> {
    let records = Path::new(env!("CARGO_MANIFEST_DIR")).join("records");
    Ok(records.join(format!("{}.txt", compiler()?.replace(' ', "-"))))
}
