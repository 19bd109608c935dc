//! What a firmware that takes the bare core must download and trust.

use crate::Result;
use crate::check::{Check, Limits, Verdict};
use crate::shell::{cargo, output};

pub const CHECK: Check = Check {
    name: "tree",
    what: "the bare core depends on the listed crates only, and no firmware gets std",
    run: check,
};

const ALLOWED: [&str; 3] = ["csp-core", "futures-core", "mutex-traits"];

fn check(_: &Limits) -> Result<Verdict> {
    let args = ["tree", "--package", "csp-core", "--no-default-features", "--target", "all"];
    let shape = ["--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let tree = output(&mut cargo(args.into_iter().chain(shape)))?;
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let mut others: Vec<&str> = names.filter(|name| !ALLOWED.contains(name)).collect();
    others.sort_unstable();
    others.dedup();
    if !others.is_empty() {
        return Err(format!("csp-core without features also depends on {}", others.join(", ")));
    }
    no_std("csp-embassy")?;
    Verdict::passed()
}

/// What stands for a chip in the tests of an adapter must not come with it.
fn no_std(package: &str) -> Result {
    let args = ["tree", "--package", package, "--target", "thumbv7em-none-eabihf"];
    let shape = ["--edges", "normal", "--prefix", "none", "--format", "{p}: {f}"];
    let tree = output(&mut cargo(args.into_iter().chain(shape)))?;
    let has_std = |line: &&str| {
        let features = line.rsplit_once(": ").map_or("", |(_, features)| features);
        features.split([',', ' ']).any(|it| ["std", "mock-driver", "platform-std"].contains(&it))
    };
    match tree.lines().filter(|line| !line.contains("(proc-macro)")).find(has_std) {
        None => Ok(()),
        Some(line) => Err(format!("{package} brings {line}")),
    }
}
