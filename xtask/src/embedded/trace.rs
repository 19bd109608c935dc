//! Each instruction that a program executes, counted between its marks.
//!
//! The emulator says at which address each instruction lies. `mark` begins a section. How long
//! interrupts are masked is seen in the instructions: `cpsid i` masks them, and `msr primask` restores
//! what was before.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::elf::Elf;
use super::machine::Machine;
use crate::Result;
use crate::shell::{command, output};

/// What happened from one mark to the next.
#[derive(Debug, Default, Clone)]
pub struct Section {
    pub instructions: u64,
    /// The longest stretch with interrupts masked, its end included.
    pub masked: u64,
    /// How often each function was at work, by its name.
    pub functions: HashMap<String, u64>,
}

/// Runs a program to its end; the sections that lie between two marks.
pub fn trace(machine: &Machine, program: &Path, elf: &Elf) -> Result<Vec<Section>> {
    let failed = |error: std::io::Error| format!("{}: {error}", machine.emulator);
    let mut child = one_by_one(machine)?
        .arg("-kernel")
        .arg(program)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut reader = Reader::new(elf)?;
    let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    for line in lines.map_while(std::result::Result::ok) {
        if let Some(address) = address(&line) {
            reader.at(address);
        }
        if reader.total > TOO_MANY {
            child.kill().map_err(failed)?;
        }
    }
    let status = child.wait().map_err(failed)?;
    if !status.success() {
        return Err(format!("{}: {status}", program.display()));
    }
    reader.sections.remove(0);
    Ok(reader.sections)
}

/// A program that executes so many hangs.
const TOO_MANY: u64 = 100_000_000;

fn one_by_one(machine: &Machine) -> Result<Command> {
    let version = output(&mut command(machine.emulator, ["--version"]))?;
    let major = version.split(' ').find_map(|word| word.split_once('.')?.0.parse::<u32>().ok());
    let mut emulator = Command::new(machine.emulator);
    emulator.args(machine.emulate_without_clock()).args(["-d", "exec,nochain"]);
    match major {
        Some(..8) => emulator.arg("-singlestep"),
        _ => emulator.args(["-accel", "tcg,one-insn-per-tb=on"]),
    };
    Ok(emulator)
}

/// From a line such as `Trace 0: 0x7f1d3c000100 [00000000/00000400/00000110/ff000000] Reset`.
fn address(line: &str) -> Option<u32> {
    let (_, rest) = line.strip_prefix("Trace ")?.split_once('[')?;
    u32::from_str_radix(rest.split('/').nth(1)?, 16).ok()
}

struct Reader<'a> {
    elf: &'a Elf,
    mark: u32,
    /// The last one has not ended yet.
    current: Section,
    sections: Vec<Section>,
    /// How many critical sections are open, one in another.
    depth: u32,
    masked: u64,
    total: u64,
    /// What is known of an address: its kind and function.
    seen: HashMap<u32, (Kind, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Masks,
    Restores,
    Other,
}

impl<'a> Reader<'a> {
    fn new(elf: &'a Elf) -> Result<Self> {
        Ok(Self {
            elf,
            mark: elf.address("mark")?,
            current: Section::default(),
            sections: Vec::new(),
            depth: 0,
            masked: 0,
            total: 0,
            seen: HashMap::new(),
        })
    }

    fn at(&mut self, address: u32) {
        self.total += 1;
        if address == self.mark {
            self.sections.push(std::mem::take(&mut self.current));
            return;
        }
        let elf = self.elf;
        let (kind, function) = self
            .seen
            .entry(address)
            .or_insert_with(|| (kind(elf, address), elf.function(address).to_owned()));
        self.current.instructions += 1;
        *self.current.functions.entry(function.clone()).or_default() += 1;
        if self.depth > 0 {
            self.masked += 1;
        }
        match kind {
            Kind::Masks => self.depth += 1,
            Kind::Restores => self.depth = self.depth.saturating_sub(1),
            Kind::Other => {}
        }
        if self.depth == 0 {
            self.current.masked = self.current.masked.max(self.masked);
            self.masked = 0;
        }
    }
}

fn kind(elf: &Elf, address: u32) -> Kind {
    let code = |address| elf.code(address).unwrap_or_default();
    match code(address) {
        // cpsid i
        0xb672 => Kind::Masks,
        // cpsie i
        0xb662 => Kind::Restores,
        // msr primask, r0 to r15
        first if first & 0xfff0 == 0xf380 && code(address + 2) == 0x8810 => Kind::Restores,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_address_of_a_line() {
        let line = "Trace 0: 0x7f1d3c000100 [00000000/00000418/00000110/ff000000] Reset";
        assert_eq!(address(line), Some(0x418));
        assert_eq!(address("Linking TBs 0x7f1d3c000100"), None);
    }
}
