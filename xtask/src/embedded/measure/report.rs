//! The page of figures: the targets, then a table for each machine and level.

use std::fmt::Write;

use super::figures::{ENDS, Figures, Operation, PROGRAMS, PUTS_AND_TAKES, SIZES, bound};
use crate::Result;
use crate::shell::{command, output};

/// What is asked of the first machine, at the first level.
struct Target {
    what: &'static str,
    must: f64,
    aim: f64,
    measured: f64,
    peer: String,
    /// What the least takes that does it at all.
    floor: Option<f64>,
}

impl Target {
    fn with_floor(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }
}

const HEAD: &str = "\
# Figures on a microcontroller

Written by `cargo xtask embedded --measure`; do not edit. All programs move 1000 messages of `u32`
from one task to another, on an executor of thirty lines that is the same for all and part of the
figures; they lie in `embedded/measure`. Flash and RAM are bytes beyond the same program without
messages, instructions are those executed for one message, and *masked* is the longest stretch of
instructions with interrupts masked, its end included. All are counted in an emulator, so they
repeat exactly for one compiler and one folder: another folder gives functions other names, and so
another order, which moves some figures by up to 4. Cycles are more, by what the memory of a chip
makes an instruction wait.

";

const FLOORS: &str = "
The floor is the least that does it at all, written by hand in `embedded/measure/src/floor.rs`, for
bytes, and `floor_choice.rs`, for instructions: who waits is served in order of arrival, a choice is
decided once, and no value is lost when a future is dropped; with code of its own for each type of
message, and without an end of the channel, poison, a lot, puts as branches, limits, notices or
yielding. What is missed, and why, is in `embedded/README.md`.

";

pub fn of(all: &[Figures]) -> Result<String> {
    let first = all.first().ok_or("nothing was measured")?;
    let compiler = output(&mut command("rustc", ["--version"]))?;
    let mut page = HEAD.to_owned();
    let _infallible = writeln!(page, "Compiler: {}. {}\n", compiler.trim_end(), peers()?);
    targets(&mut page, first)?;
    masked(&mut page, all);
    operations(&mut page, all);
    sizes(&mut page, all);
    for figures in all {
        programs(&mut page, figures);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    Ok(page)
}

/// The versions that the lock file names.
fn peers() -> Result<String> {
    let path = crate::shell::root().join("embedded/measure/Cargo.lock");
    let lock = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let mut lines = lock.lines();
    let mut peers = Vec::new();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("name = ") else { continue };
        let name = name.trim_matches('"');
        if ["embassy-sync", "embassy-futures", "heapless", "rtic-sync"].contains(&name) {
            let version = lines.next().and_then(|line| line.strip_prefix("version = "));
            peers.push(format!("{name} {}", version.unwrap_or_default().trim_matches('"')));
        }
    }
    Ok(format!("Peers: {}.", peers.join(", ")))
}

fn targets(page: &mut String, figures: &Figures) -> Result {
    let per_message = |name| figures.of(name).per_message();
    let masked = |name| figures.of(name).masked as f64;
    let flash = |name| figures.of(name).beyond.flash as f64;
    let size = |name| figures.size(name).map(|bytes| bytes as f64);
    let peer = |name: &str, figure: f64| format!("{name} {figure:.0}");
    let target =
        |what, must, aim, measured, peer| Target { what, must, aim, measured, peer, floor: None };
    let embassy_1 = || peer("embassy-sync", per_message("embassy-1"));
    let streams = ["csp-rendezvous", "csp-fixed-1", "csp-fixed-8"].map(masked);
    let single = figures.operations[..PUTS_AND_TAKES].iter().map(|one| one.masked as f64);
    let single = single.chain(streams).fold(0.0, f64::max);
    let ends = figures.operations.iter().filter(|one| ENDS.contains(&one.what));
    let ends = ends.map(|one| one.masked as f64).fold(0.0, f64::max);
    let rows = [
        target(
            "rendezvous, instructions",
            198.0,
            150.0,
            per_message("csp-rendezvous"),
            embassy_1(),
        ),
        target("room for 1, instructions", 198.0, 150.0, per_message("csp-fixed-1"), embassy_1()),
        target(
            "room for 8, instructions",
            102.0,
            93.0,
            per_message("csp-fixed-8"),
            peer("embassy-sync", per_message("embassy-8")),
        ),
        target(
            "`alts` over 2, instructions",
            260.0,
            214.0,
            per_message("csp-alts-2"),
            peer("embassy `select`", per_message("embassy-select-2")),
        )
        .with_floor(per_message("floor-alts-2")),
        target(
            "`alts` over 4, instructions",
            320.0,
            240.0,
            per_message("csp-alts-4"),
            peer("embassy `select4`", per_message("embassy-select-4")),
        )
        .with_floor(per_message("floor-alts-4")),
        target(
            "rendezvous, bytes",
            36.0,
            24.0,
            size("csp rendezvous")?,
            peer("embassy-sync, 1", size("embassy 1")?),
        ),
        target(
            "room for 8, bytes without it",
            36.0,
            24.0,
            size("csp fixed 8")? - 32.0,
            peer("embassy-sync", size("embassy 8")? - 32.0),
        ),
        target(
            "a put that waits, bytes",
            40.0,
            28.0,
            size("csp put")?,
            peer("rtic-sync", size("rtic send")?),
        ),
        target(
            "a take that waits, bytes",
            40.0,
            28.0,
            size("csp take")?,
            peer("rtic-sync", size("rtic receive")?),
        ),
        target(
            "masked, a put or take (rendezvous, `Fixed`)",
            60.0,
            40.0,
            single,
            peer("embassy-sync", masked("embassy-1").max(masked("embassy-8"))),
        ),
        target("masked, an end: `close`, `poison`, `closed`", 60.0, 40.0, ends, String::new()),
        target(
            "flash, first channel",
            900.0,
            700.0,
            flash("csp-rendezvous"),
            peer("embassy-sync", flash("embassy-1")),
        )
        .with_floor(flash("floor-rendezvous")),
        target(
            "flash, further type",
            200.0,
            100.0,
            flash("csp-two-types") - flash("csp-one-type"),
            String::new(),
        )
        .with_floor(flash("floor-two-types") - flash("floor-one-type")),
    ];
    let _infallible = writeln!(page, "## Targets, on {} at `{}`\n", figures.target, figures.level);
    page.push_str(
        "| | measured | must | aim | floor | peer, measured | |\n|---|---|---|---|---|---|---|\n",
    );
    for Target { what, must, aim, measured, peer, floor } in rows {
        let floor = floor.map_or_else(String::new, |floor| format!("{floor:.0}"));
        let verdict = match measured {
            _ if measured <= aim => "aim reached",
            _ if measured <= must => "met",
            _ => "**missed**",
        };
        let _infallible = writeln!(
            page,
            "| {what} | {measured:.0} | {must} | {aim} | {floor} | {peer} | {verdict} |"
        );
    }
    page.push_str(FLOORS);
    Ok(())
}

fn masked(page: &mut String, all: &[Figures]) {
    page.push_str(
        "## The longest masked stretch, as a line\n\n\
         At most this: of a put and a take that meet one another, by the bytes of a message; of an\n\
         `alts` over takes, by their number; both by their short ways. The line is as steep as the\n\
         measured points (4 to 256 bytes, 1 to 8 takes) are by least squares, and none of them is\n\
         above it.\n\n\
         | | rendezvous | room for 1 | `alts` |\n|---|---|---|---|\n",
    );
    for figures in all {
        let ([rendezvous, fixed], alts) = masked_lines(figures);
        let _infallible = writeln!(
            page,
            "| {} at `{}` | {rendezvous} | {fixed} | {alts} |",
            figures.target, figures.level
        );
    }
    page.push('\n');
}

/// Of one operation, without a buffer and with one, by the bytes of a message; of an `alts`.
pub fn masked_lines(figures: &Figures) -> ([String; 2], String) {
    let by_size = figures.by_size.each_ref().map(|masked| {
        line(bound(SIZES.into_iter().zip(masked.iter().map(|masked| *masked as f64))), 100.0)
            + "bytes"
    });
    let takes = [1.0, 2.0, 4.0, 8.0];
    let masked = takes.map(|n| (n, figures.of(&format!("csp-alts-{n}")).masked as f64));
    (by_size, line(bound(masked.into_iter()), 1.0) + "takes")
}

/// Rounded up, the slope to a part of 1.
fn line((a, b): (f64, f64), part: f64) -> String {
    // Less what is but the error of the computation; and 0 is not -0.
    let up = |number: f64| (number - 1e-6).ceil().max(0.0) + 0.0;
    format!("{} + {} · ", up(a), up(b * part) / part)
}

fn operations(page: &mut String, all: &[Figures]) {
    page.push_str(
        "## Each operation\n\nInstructions, and of them at most so many masked at a stretch.\n\n|",
    );
    for figures in all {
        let _infallible = write!(page, " | {} at `{}`", figures.target, figures.level);
    }
    page.push_str(" |\n|---|");
    page.push_str(&"---|".repeat(all.len()));
    let Some(first) = all.first() else { return };
    for (index, Operation { what, .. }) in first.operations.iter().enumerate() {
        let _infallible = write!(page, "\n| {what} |");
        for figures in all {
            let Operation { instructions, masked, .. } = figures.operations[index];
            let _infallible = write!(page, " {instructions}, {masked} |");
        }
    }
    page.push_str("\n\n");
}

fn sizes(page: &mut String, all: &[Figures]) {
    let Some(first) = all.first() else { return };
    page.push_str("## Bytes of channels and futures\n\n| | bytes |\n|---|---|\n");
    for (name, bytes) in &first.sizes {
        let _infallible = writeln!(page, "| {name} | {bytes} |");
    }
    page.push('\n');
}

fn programs(page: &mut String, figures: &Figures) {
    let Figures { target, core, level, machine, .. } = figures;
    let _infallible = writeln!(
        page,
        "## {target} at `{level}` ({core}, `{machine}`)\n\n\
         | program | flash | RAM | instructions | masked |\n|---|---|---|---|---|"
    );
    for (name, what) in PROGRAMS {
        let figure = figures.of(name);
        let _infallible = writeln!(
            page,
            "| {what} | {} | {} | {:.1} | {} |",
            figure.beyond.flash,
            figure.beyond.ram,
            figure.per_message(),
            figure.masked
        );
    }
    page.push('\n');
}
