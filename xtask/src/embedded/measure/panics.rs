//! No panic but for misuse, and no floating point: seen in the calls and instructions of a program
//! that uses all of a channel.

use std::collections::BTreeSet;
use std::path::Path;

use crate::Result;
use crate::embedded::elf::Elf;

const PROGRAM: &str = "no-panic";

/// What the documentation names, and what the compiler adds to each `async fn`: to be resumed after
/// its end.
const MISUSE: [&str; 2] = ["misuse::", "panic_const_async_fn_resumed"];

/// A choice checks invariants of its own, which no program can break, in so many places.
const PROGRAM_OF_CHOICE: &str = "csp-alts-4-random";
const CHECKS_OF_CHOICE: usize = 18;

pub fn check(folder: &Path) -> Result {
    let elf = Elf::read(&folder.join(PROGRAM))?;
    let panics = panics(&elf);
    if !panics.is_empty() {
        return Err(format!("{PROGRAM} can panic in {}", list(&panics)));
    }
    floating_point(&elf)?;
    let choice = Elf::read(&folder.join(PROGRAM_OF_CHOICE))?;
    floating_point(&choice)?;
    let panics = self::panics(&choice);
    if panics.len() > CHECKS_OF_CHOICE {
        return Err(format!("{PROGRAM_OF_CHOICE} can panic in {}", list(&panics)));
    }
    println!("{PROGRAM}: no panic but for misuse, no floating point");
    println!("{PROGRAM_OF_CHOICE}: {} checks of invariants, no floating point", panics.len());
    Ok(())
}

/// The calls of a panic that are no named misuse.
fn panics(elf: &Elf) -> BTreeSet<String> {
    let calls = elf.calls().into_iter();
    let panics = calls.filter(|(caller, callee)| is_panic(callee) && !is_allowed(caller, callee));
    panics.map(|(caller, callee)| format!("{caller} ({callee})")).collect()
}

fn is_panic(function: &str) -> bool {
    let ends = ["expect_failed", "unwrap_failed", "begin_unwind", "_fail", "panic_fmt"];
    function.contains("panicking") || ends.iter().any(|end| function.ends_with(end))
}

fn is_allowed(caller: &str, callee: &str) -> bool {
    // One panic by way of another; and the executor of the measurements, which is not ours.
    is_panic(caller)
        || caller.starts_with("executor::")
        || MISUSE.iter().any(|misuse| caller.contains(misuse) || callee.contains(misuse))
}

/// Neither instructions of the unit for it, nor what the compiler calls where there is none.
fn floating_point(elf: &Elf) -> Result {
    let helper = |name: &&str| {
        let rest = name.strip_prefix("__aeabi_").unwrap_or_default();
        ["f", "d", "i2f", "i2d", "ui2f", "ui2d", "l2f", "l2d"].iter().any(|kind| {
            rest.strip_prefix(kind).is_some_and(|rest| rest.len() > 1 || rest.is_empty())
        }) && !rest.starts_with("div")
    };
    if let Some((caller, callee)) = elf.calls().into_iter().find(|(_, callee)| helper(callee)) {
        return Err(format!("{caller} calls {callee}, which is floating point"));
    }
    // Instructions of coprocessors 10 and 11.
    let is_vector = |first: u16, second: u16| first & 0xec00 == 0xec00 && second & 0x0e00 == 0x0a00;
    let mut code = elf.thumb();
    match code.find(|(_, _, first, second)| second.is_some_and(|it| is_vector(*first, it))) {
        Some((function, at, ..)) => Err(format!("{function} has floating point at {at:#x}")),
        None => Ok(()),
    }
}

fn list(panics: &BTreeSet<String>) -> String {
    panics.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
