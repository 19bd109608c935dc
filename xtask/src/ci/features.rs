//! Every combination of features builds without a warning: features only add.

use super::build::clippy;
use crate::Result;
use crate::check::{Check, Limits, Verdict};

pub const CHECK: Check = Check {
    name: "features",
    what: "every combination of features builds without a warning",
    run: check,
};

struct Package {
    name: &'static str,
    features: &'static [&'static str],
    /// Pairs of which the first switches the second on.
    implied: &'static [(&'static str, &'static str)],
}

const PACKAGES: [Package; 2] = [
    Package {
        name: "csp-core",
        features: &["alloc", "std", "critical-section", "portable-atomic", "futures-sink", "defmt"],
        implied: &[("std", "alloc")],
    },
    Package {
        name: "csp-rs",
        features: &["tokio", "smol", "async-std", "embassy", "futures-sink"],
        implied: &[],
    },
];

fn check(_: &Limits) -> Result<Verdict> {
    for package in PACKAGES {
        for set in combinations(package.features, package.implied) {
            println!("{} {set}", package.name);
            build(package.name, &set)?;
        }
    }
    Verdict::passed()
}

fn build(package: &str, features: &str) -> Result {
    let args = ["--package", package, "--lib", "--no-default-features", "--features", features];
    clippy(args).map_err(|error| format!("{package} with `{features}`: {error}"))
}

/// Sets that name an implied feature too are left out: they equal the one that does not.
fn combinations(features: &[&str], implied: &[(&str, &str)]) -> Vec<String> {
    let sets = (0..1_u32 << features.len()).map(|set| {
        let chosen = features.iter().enumerate().filter(move |(bit, _)| set >> bit & 1 == 1);
        chosen.map(|(_, feature)| *feature).collect::<Vec<_>>()
    });
    let redundant =
        |set: &[&str]| implied.iter().any(|(one, other)| set.contains(one) && set.contains(other));
    sets.filter(|set| !redundant(set)).map(|set| set.join(",")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_leave_out_what_is_implied() {
        let sets = combinations(&["alloc", "std", "x"], &[("std", "alloc")]);
        assert_eq!(sets, ["", "alloc", "std", "x", "alloc,x", "std,x"]);
    }
}
