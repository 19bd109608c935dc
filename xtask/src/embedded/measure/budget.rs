//! What a firmware has to reckon with, into the guide: a part of the page of figures.

use std::fmt::Write;

use super::figures::{Figures, Operation};
use super::report;
use crate::Result;
use crate::shell::{command, output, root};

const GUIDE: &str = "docs/embedded.md";
const BEGIN: &str = "<!-- The figures below are written by `cargo xtask embedded --measure`. -->\n";
const END: &str = "<!-- The figures above are. -->\n";

/// How the guide calls what `sizes` measures.
const STORAGE: [(&str, &str); 10] = [
    ("csp rendezvous", "a channel without a buffer"),
    ("csp fixed 1", "a channel with `Fixed<1>`"),
    ("csp fixed 8", "a channel with `Fixed<8>`"),
    ("csp put", "a `put` that waits, in its future"),
    ("csp take", "a `take` that waits, in its future"),
    ("csp closed", "a `closed` that waits, in its future"),
    ("csp alts 2", "an `alts` over two takes, in its future"),
    ("csp alts 4", "an `alts` over four takes, in its future"),
    ("csp alternative 2", "an `Alternative` of two takes"),
    ("csp parallel queue 2", "a `ParallelQueue<2, _>`"),
];

/// What flash holds beyond a program without channels.
const FLASH: [(&str, &str); 5] = [
    ("csp-try", "`try_put` and `try_take` alone"),
    ("csp-rendezvous", "the first rendezvous"),
    ("csp-fixed-8", "the first `Fixed`"),
    ("csp-alts-2", "an `alts` over two takes, with its channels"),
    ("csp-two-types", "two rendezvous of two types of message"),
];

pub fn write(figures: &Figures) -> Result {
    let path = root().join(GUIDE);
    let failed = |error| format!("{GUIDE}: {error}");
    let guide = std::fs::read_to_string(&path).map_err(failed)?;
    let written = replace(&guide, &of(figures)?)?;
    std::fs::write(&path, written).map_err(failed)
}

fn replace(guide: &str, budget: &str) -> Result<String> {
    let parts = guide.split_once(BEGIN).zip(guide.split_once(END));
    let ((before, _), (_, after)) = parts.ok_or_else(|| format!("{GUIDE} lacks `{BEGIN}`"))?;
    Ok(format!("{before}{BEGIN}\n{budget}\n{END}{after}"))
}

fn of(figures: &Figures) -> Result<String> {
    let compiler = output(&mut command("rustc", ["--version"]))?;
    let compiler = compiler.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let mut text = format!(
        "On a {} at `opt-level = \"{}\"`, for messages of `u32` under `CriticalSection`, by {compiler}.\n\n\
         | operation | instructions | of them masked, at a stretch |\n|---|---|---|\n",
        figures.core, figures.level
    );
    for Operation { what, instructions, masked } in &figures.operations {
        let _infallible = writeln!(text, "| {what} | {instructions} | {masked} |");
    }
    let ([rendezvous, buffer], alts) = report::masked_lines(figures);
    let _infallible = writeln!(
        text,
        "\nMasked at a stretch, at most, on the short ways: of a put and a take that meet one\n\
         another, {rendezvous} without a buffer, {buffer} with one; of an `alts` over takes,\n\
         {alts}."
    );
    text.push_str("\n| RAM | bytes |\n|---|---|\n");
    for (name, what) in STORAGE {
        let _infallible = writeln!(text, "| {what} | {} |", figures.size(name)?);
    }
    text.push_str("\n| flash | bytes |\n|---|---|\n");
    for (program, what) in FLASH {
        let _infallible = writeln!(text, "| {what} | {} |", figures.of(program).beyond.flash);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_marks_is_replaced() {
        let guide = format!("before\n{BEGIN}old\n{END}after\n");
        let expected = format!("before\n{BEGIN}\nnew\n\n{END}after\n");
        assert_eq!(replace(&guide, "new\n"), Ok(expected));
        assert!(replace("before\nafter\n", "new\n").is_err());
    }
}
