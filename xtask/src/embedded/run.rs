//! One run of one program in the emulator, which never lasts longer than its limit.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::machine::Machine;
use crate::Result;

/// How a run ended, and what it printed.
pub struct Ran {
    /// None: the time was up.
    pub status: Option<ExitStatus>,
    pub printed: String,
}

impl Ran {
    pub fn succeeded(&self) -> Result {
        match self.status {
            None => Err("the time was up".to_owned()),
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(status.to_string()),
        }
    }
}

/// Runs `program`; what it reads from the host is `input`.
pub fn run(
    machine: &Machine,
    clock: &str,
    program: &Path,
    input: &str,
    limit: Duration,
) -> Result<Ran> {
    let failed = |error: std::io::Error| format!("{}: {error}", machine.emulator);
    let mut child = Command::new(machine.emulator)
        .args(machine.emulate(clock))
        .arg("-kernel")
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let output = reader(child.stdout.take().expect("it is piped"));
    let complaints = reader(child.stderr.take().expect("it is piped"));
    // Short enough for the pipe to hold it. A program need not read it.
    let mut stdin = child.stdin.take().expect("it is piped");
    let _unread = stdin.write_all(input.as_bytes());
    drop(stdin);
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break Some(status);
        }
        if start.elapsed() > limit {
            child.kill().map_err(failed)?;
            child.wait().map_err(failed)?;
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let mut printed = output.join().expect("the reader does not panic");
    printed += &complaints.join().expect("the reader does not panic");
    Ok(Ran { status, printed })
}

/// Reads to the end, so that the emulator never waits for us.
fn reader(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was printed until an error is still what was printed.
        let _read = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
