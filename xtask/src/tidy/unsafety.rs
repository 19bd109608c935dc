//! Where `unsafe` may stand: in the fenced files of csp-core, csp-embassy and the firmware, and nowhere else.

use super::{Source, contains_word};

/// The files that hold all the unsafe code there is. Each lifts its crate's `deny(unsafe_code)` for
/// itself, with a reason; a new entry wants a reviewer who reads the whole file.
const FENCED: &[&str] = &[
    "csp-core/src/alts.rs",
    "csp-core/src/alts/alternative.rs",
    "csp-core/src/alts/alternative/owner.rs",
    "csp-core/src/alts/alternative/select.rs",
    "csp-core/src/alts/channel_guards.rs",
    "csp-core/src/alts/engine.rs",
    "csp-core/src/alts/guard.rs",
    "csp-core/src/alts/lock_order.rs",
    "csp-core/src/alts/member.rs",
    "csp-core/src/alts/quick.rs",
    "csp-core/src/alts/set.rs",
    "csp-core/src/alts/slice.rs",
    "csp-core/src/buffer/ring.rs",
    "csp-core/src/callback/confined.rs",
    "csp-core/src/channel.rs",
    "csp-core/src/channel/port.rs",
    "csp-core/src/channel/state.rs",
    "csp-core/src/closed.rs",
    "csp-core/src/end.rs",
    "csp-core/src/group.rs",
    "csp-core/src/group/task.rs",
    "csp-core/src/lock.rs",
    "csp-core/src/operation.rs",
    "csp-core/src/operation/long.rs",
    "csp-core/src/operation/usual.rs",
    "csp-core/src/owned.rs",
    "csp-core/src/parallel.rs",
    "csp-core/src/parallel/queued.rs",
    "csp-core/src/pin.rs",
    "csp-core/src/promise.rs",
    "csp-core/src/put.rs",
    "csp-core/src/races/loom/locks.rs",
    "csp-core/src/run_queue.rs",
    "csp-core/src/run_queue/waker.rs",
    "csp-core/src/shared.rs",
    "csp-core/src/stream.rs",
    "csp-core/src/sync/loom.rs",
    "csp-core/src/take.rs",
    "csp-core/src/wait_list.rs",
    "csp-core/src/wait_list/claimed.rs",
    "csp-core/src/wait_list/marks.rs",
    "csp-core/src/wait_list/node.rs",
    "csp-embassy/src/lock.rs",
    // What knows the machine, for the firmware.
    "embedded/board/src/cortex.rs",
    "embedded/board/src/executor.rs",
    "embedded/board/src/probe.rs",
    "embedded/board/src/riscv.rs",
    "embedded/board/src/shot.rs",
    "embedded/defmt/src/logger.rs",
    // A lock that does nothing, for the program that must fail.
    "embedded/sweep/src/unlocked.rs",
    "embedded/measure/src/executor.rs",
    "embedded/measure/src/floor.rs",
    "embedded/measure/src/floor_choice.rs",
];

/// The crates that have fenced files.
const HAS_FENCED: &[&str] = &[
    "csp-core/src/lib.rs",
    "csp-embassy/src/lib.rs",
    "embedded/board/src/lib.rs",
    "embedded/defmt/src/main.rs",
    "embedded/measure/src/lib.rs",
    "embedded/sweep/src/lib.rs",
];

const FENCE: &str = "expect(unsafe_code";

pub fn check(source: &Source, violations: &mut Vec<String>) {
    if !source.is_rust() || FENCED.contains(&source.path.as_str()) {
        return;
    }
    // xtask names it in strings.
    if source.path.starts_with("xtask/") {
        return;
    }
    for (number, line) in source.code() {
        if contains_word(line, "unsafe") || line.contains(FENCE) {
            violations.push(format!(
                "{}:{number}: unsafe outside the files fenced in xtask",
                source.path
            ));
        }
    }
}

pub fn check_fences(sources: &[Source], violations: &mut Vec<String>) {
    for fenced in FENCED {
        let source = sources.iter().find(|source| source.path == *fenced);
        if !source.is_some_and(|source| source.text.contains(FENCE)) {
            violations.push(format!("{fenced}: listed as fenced, but has no fence"));
        }
    }
    // Each root of a crate: a library, or a program or test with its own.
    for source in sources.iter().filter(|source| is_crate_root(&source.path)) {
        let wanted = if HAS_FENCED.contains(&source.path.as_str()) {
            "#![deny(unsafe_code)]"
        } else {
            "#![forbid(unsafe_code)]"
        };
        if !source.text.contains(wanted) {
            violations.push(format!("{}: lacks {wanted}", source.path));
        }
    }
}

fn is_crate_root(path: &str) -> bool {
    path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs") || path.contains("/src/bin/")
}
