//! The figures of all programs on one machine, at one level of optimisation.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use crate::Result;
use crate::embedded::elf::{Elf, Footprint};
use crate::embedded::machine::{CLOCK, Machine};
use crate::embedded::run::run;
use crate::embedded::trace::trace;
use crate::record;

/// So many go through each program.
pub const MESSAGES: u32 = 1000;

/// What stands in the tables, in their order.
pub const PROGRAMS: [(&str, &str); 31] = [
    ("base", "two tasks that take turns"),
    ("csp-rendezvous", "csp, rendezvous"),
    ("floor-rendezvous", "the least of a rendezvous, by hand"),
    ("csp-fixed-1", "csp, room for 1"),
    ("csp-fixed-8", "csp, room for 8"),
    ("csp-rendezvous-local", "csp, rendezvous, one executor"),
    ("csp-fixed-1-local", "csp, room for 1, one executor"),
    ("csp-fixed-8-local", "csp, room for 8, one executor"),
    ("csp-alts-1", "csp, `alts` over 1 take"),
    ("csp-alts-2", "csp, `alts` over 2 takes"),
    ("csp-alts-4", "csp, `alts` over 4 takes"),
    ("csp-alts-8", "csp, `alts` over 8 takes"),
    ("floor-alts-2", "the least of a choice over 2 takes, by hand"),
    ("floor-alts-4", "the least of a choice over 4 takes, by hand"),
    ("csp-alts-4-random", "csp, `alts` over 4 takes, by lot"),
    ("csp-one-type", "csp, two rendezvous, one type"),
    ("csp-two-types", "csp, two rendezvous, two types"),
    ("floor-one-type", "two rendezvous by hand, one type"),
    ("floor-two-types", "two rendezvous by hand, two types"),
    ("embassy-1", "embassy-sync, room for 1"),
    ("embassy-8", "embassy-sync, room for 8"),
    ("embassy-1-local", "embassy-sync, room for 1, one executor"),
    ("embassy-8-local", "embassy-sync, room for 8, one executor"),
    ("embassy-select-2", "embassy, `select` over 2"),
    ("embassy-select-4", "embassy, `select4`"),
    ("rtic-1", "rtic-sync, room for 1"),
    ("base-try", "a loop without tasks"),
    ("csp-try", "csp, `try_put` and `try_take`"),
    ("embassy-try", "embassy-sync, `try_send` and `try_receive`"),
    ("rtic-try", "rtic-sync, `try_send` and `try_recv`"),
    ("heapless-spsc-try", "heapless, `spsc`"),
];

/// Each operation by itself: a program, and the names of its sections.
const OPERATIONS: [(&str, &[&str]); 3] = [
    ("csp-operations", &FIRST_OPERATIONS),
    ("csp-more-operations", &MORE_OPERATIONS),
    ("csp-other-operations", &OTHER_OPERATIONS),
];

/// So many of the first are puts and takes that meet puts and takes.
pub const PUTS_AND_TAKES: usize = 15;

/// They end a channel, or wait for its end.
pub const ENDS: [&str; 4] = [
    "`close`, while one waits",
    "`close`, while nobody waits",
    "the end of a channel is awaited",
    "`poison`, while one awaits the end",
];

const FIRST_OPERATIONS: [&str; 21] = [
    "rendezvous: a put waits",
    "a take meets it",
    "the put is polled again",
    "a take waits",
    "a put meets it",
    "the take is polled again",
    "a take that waits is dropped",
    "`try_put` meets a take",
    "that take is dropped: the value comes back",
    "`try_take` takes it",
    "`try_put` meets nobody",
    "buffer: a put finds room",
    "a take finds a value",
    "`try_put` finds room",
    "`try_take` finds a value",
    "`alts` over two takes waits",
    "`try_put` decides it",
    "the choice is polled again",
    "a choice that waits is dropped",
    "`close`, while one waits",
    "`close`, while nobody waits",
];

const MORE_OPERATIONS: [&str; 16] = [
    "a put that waits is dropped",
    "`alts` over two takes, one ready",
    "`alts` over two takes, none ready, `try_now`",
    "`Alternative` of two takes: the first selection waits",
    "`try_put` makes a member ready",
    "the selection is polled again",
    "a later selection waits",
    "`try_put` makes a member ready again",
    "that selection is polled again",
    "an `Alternative` is dropped",
    "`parallel_queued_in` of two takes waits",
    "`try_put` wakes one of its processes",
    "the group is polled again",
    "the end of a channel is awaited",
    "`poison`, while one awaits the end",
    "the end is polled again",
];

const OTHER_OPERATIONS: [&str; 13] = [
    "`put_from` waits",
    "`alts` over a put and a take waits",
    "`try_take` decides it for the put",
    "that choice is polled again",
    "`alts` over a put and a take, which meets a take",
    "`alts` over two puts waits",
    "`alts` over four puts waits",
    "`Dropping`, full: `try_put`",
    "`Sliding`, full: `try_put`",
    "`Overwriting`, full: `try_put`",
    "`Promise`: `try_put`, while one waits",
    "its take is polled again",
    "its `try_take`",
];

/// Messages of so many bytes, in the programs that compare them.
pub const SIZES: [f64; 4] = [4.0, 16.0, 64.0, 256.0];

pub struct Figures {
    pub machine: &'static str,
    pub target: &'static str,
    pub core: &'static str,
    pub level: String,
    programs: HashMap<&'static str, Figure>,
    /// The longest masked stretch for each of [`SIZES`]: a rendezvous, a buffer.
    pub by_size: [Vec<u64>; 2],
    pub operations: Vec<Operation>,
    /// Bytes of futures and channels, by name.
    pub sizes: Vec<(String, u64)>,
}

pub struct Operation {
    pub what: &'static str,
    pub instructions: u64,
    /// The longest stretch.
    pub masked: u64,
}

#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// More than the program has that this one is compared with.
    pub beyond: Footprint,
    pub instructions: u64,
    pub masked: u64,
}

impl Figure {
    pub fn per_message(&self) -> f64 {
        self.instructions as f64 / f64::from(MESSAGES)
    }
}

impl Figures {
    pub fn measure(machine: &Machine, level: &str, folder: &Path) -> Result<Self> {
        Self::measure_those(machine, level, folder, |_| true)
    }

    /// Of csp alone.
    pub fn measure_ours(machine: &Machine, level: &str, folder: &Path) -> Result<Self> {
        Self::measure_those(machine, level, folder, |name| name.starts_with("csp"))
    }

    fn measure_those(
        machine: &Machine,
        level: &str,
        folder: &Path,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let bases = [footprint(folder, "base")?, footprint(folder, "base-try")?];
        let mut programs = HashMap::new();
        for (name, _) in PROGRAMS.into_iter().filter(|(name, _)| is_wanted(name)) {
            let path = folder.join(name);
            let elf = Elf::read(&path)?;
            let sections = trace(machine, &path, &elf)?;
            let section = sections.first().ok_or_else(|| format!("{name} has no marks"))?;
            let (own, base) = (elf.footprint(), bases[usize::from(name.ends_with("-try"))]);
            let beyond = Footprint { flash: own.flash - base.flash, ram: own.ram - base.ram };
            let (instructions, masked) = (section.instructions, section.masked);
            programs.insert(name, Figure { beyond, instructions, masked });
        }
        let by_size = ["csp-by-size", "csp-by-size-fixed"];
        let by_size = by_size.map(|name| by_size_of(machine, &folder.join(name)));
        let [rendezvous, fixed] = by_size;
        Ok(Self {
            machine: machine.name,
            target: machine.target,
            core: machine.core,
            level: level.to_owned(),
            programs,
            by_size: [rendezvous?, fixed?],
            operations: operations(machine, folder)?,
            sizes: sizes(machine, &folder.join("sizes"))?,
        })
    }

    /// Those that must not grow, by name.
    pub fn recorded(&self) -> record::Figures {
        let mut figures = record::Figures::new();
        for (name, figure) in &self.programs {
            let Footprint { flash, ram } = figure.beyond;
            figures.insert(format!("{name}: flash"), flash as f64);
            figures.insert(format!("{name}: RAM"), ram as f64);
            figures.insert(format!("{name}: instructions"), figure.per_message());
            figures.insert(format!("{name}: masked"), figure.masked as f64);
        }
        for Operation { what, instructions, masked } in &self.operations {
            figures.insert(format!("{what}: instructions"), *instructions as f64);
            figures.insert(format!("{what}: masked"), *masked as f64);
        }
        for (name, bytes) in self.sizes.iter().filter(|(name, _)| name.starts_with("csp")) {
            figures.insert(format!("{name}: bytes"), *bytes as f64);
        }
        figures
    }

    pub fn of(&self, program: &str) -> Figure {
        self.programs[program]
    }

    pub fn size(&self, name: &str) -> Result<u64> {
        let found = self.sizes.iter().find(|(other, _)| other == name);
        found.map(|(_, bytes)| *bytes).ok_or_else(|| format!("nobody said how large {name} is"))
    }
}

fn footprint(folder: &Path, name: &str) -> Result<Footprint> {
    Ok(Elf::read(&folder.join(name))?.footprint())
}

fn operations(machine: &Machine, folder: &Path) -> Result<Vec<Operation>> {
    let mut operations = Vec::new();
    for (program, names) in OPERATIONS {
        let path = folder.join(program);
        let sections = trace(machine, &path, &Elf::read(&path)?)?;
        // Every other one lies between two operations.
        let sections = sections.iter().step_by(2);
        if sections.len() != names.len() {
            return Err(format!("{program}: {} operations, not {}", sections.len(), names.len()));
        }
        operations.extend(names.iter().zip(sections).map(|(what, section)| Operation {
            what,
            instructions: section.instructions,
            masked: section.masked,
        }));
    }
    Ok(operations)
}

fn by_size_of(machine: &Machine, path: &Path) -> Result<Vec<u64>> {
    let sections = trace(machine, path, &Elf::read(path)?)?;
    // Between two that count lies one that goes from the end of the first to the next beginning.
    let masked: Vec<u64> = sections.iter().step_by(2).map(|section| section.masked).collect();
    if masked.len() != SIZES.len() {
        return Err(format!("{}: {} sections", path.display(), masked.len()));
    }
    Ok(masked)
}

fn sizes(machine: &Machine, path: &Path) -> Result<Vec<(String, u64)>> {
    let ran = run(machine, CLOCK, path, "", Duration::from_secs(30))?;
    ran.succeeded()?;
    let sizes = ran.printed.lines().filter_map(|line| {
        let (name, bytes) = line.split_once(": ")?;
        Some((name.to_owned(), bytes.parse().ok()?))
    });
    Ok(sizes.collect())
}

/// A line `a + b * x` with no point above it, as steep as the points are by least squares.
pub fn bound(points: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let count = points.clone().count() as f64;
    let mean = |of: fn((f64, f64)) -> f64| points.clone().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|(x, _)| x), mean(|(_, y)| y));
    let slope = mean(|(x, y)| x * y) - x * y;
    let slope = slope / (mean(|(x, _)| x * x) - x * x);
    let above = points.map(|(x, y)| y - slope * x).fold(f64::MIN, f64::max);
    (above, slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_line_through_points() {
        let (a, b) = bound([(1.0, 5.0), (2.0, 7.0), (4.0, 11.0)].into_iter());
        assert!((a - 3.0).abs() < 1e-9 && (b - 2.0).abs() < 1e-9);
    }

    #[test]
    fn no_point_is_above_the_line() {
        let points = [(1.0, 127.0), (2.0, 127.0), (4.0, 127.0), (8.0, 253.0)];
        let (a, b) = bound(points.into_iter());
        assert!(points.into_iter().all(|(x, y)| y <= a + b * x + 1e-9));
        assert!(points.into_iter().any(|(x, y)| y > a + b * x - 1e-9), "it touches one");
    }
}
