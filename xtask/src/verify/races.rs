//! The races of csp-core, under the two checkers that put their own atomics in place.

use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::{cargo, run_and_count, target_dir};

pub const LOOM: Check =
    Check { name: "loom", what: "small races, in every order the memory model allows", run: loom };

pub const SHUTTLE: Check =
    Check { name: "shuttle", what: "larger shapes, in orders drawn at random", run: shuttle };

/// From this budget on, loom plays one preemption more.
const LONG_MINUTES: u64 = 30;

const SCHEDULES_PER_MINUTE: u64 = 400;

fn loom(limits: &Limits) -> Result<Verdict> {
    let long = limits.minutes() >= LONG_MINUTES;
    let extra = long.then(|| ("CSP_LOOM_EXTRA_PREEMPTIONS", "1".to_owned()));
    play("loom", extra.as_slice())
}

fn shuttle(limits: &Limits) -> Result<Verdict> {
    let schedules = SCHEDULES_PER_MINUTE * limits.minutes();
    let settings = [
        ("CSP_SHUTTLE_ITERATIONS", schedules.to_string()),
        // The core's own assertions notice more than what comes out.
        ("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true".to_owned()),
    ];
    play("shuttle", &settings)
}

fn play(checker: &str, settings: &[(&str, String)]) -> Result<Verdict> {
    let tests = format!("races::{checker}");
    let mut play = cargo(["test", "--release", "--package", "csp-core", "--all-features", "--lib"]);
    play.args([&tests, "--", "--nocapture"]);
    play.env("RUSTFLAGS", format!("--cfg {checker}"));
    // Other flags are another build of everything, which is not to push out the usual one.
    play.env("CARGO_TARGET_DIR", target_dir().join(checker));
    play.envs(settings.iter().map(|(name, value)| (name, value)));
    let counted = run_and_count(&mut play)?;
    if counted.parts.is_empty() {
        return Err("nothing was played".to_owned());
    }
    Ok(Verdict::Passed(counted.parts))
}
