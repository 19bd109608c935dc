//! What a firmware logs by defmt, as defmt's own decoder prints it: `embedded/defmt/print`, a program
//! of the host.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;
use crate::shell::{self, cargo, root};

/// From the frames that the firmware has sent, a line each.
pub fn decode(firmware: &Path, frames: &str) -> Result<String> {
    let folder = root().join("embedded/defmt/print");
    let build = ["build", "--quiet", "--locked", "--target-dir", "target"];
    shell::run(cargo(build).current_dir(&folder))?;
    let failed = |error: std::io::Error| format!("the decoder: {error}");
    let mut decoder = Command::new(folder.join("target/debug/print-defmt"))
        .arg(firmware)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // Short enough for both pipes. What it refuses it says on the terminal.
    let mut input = decoder.stdin.take().expect("it is piped");
    let _unread = input.write_all(frames.as_bytes());
    drop(input);
    let output = decoder.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(format!("the decoder: {}\n{frames}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
