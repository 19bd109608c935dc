//! `cargo xtask soak`: random networks on every runtime, for as long as one likes.

use std::time::Duration;

use crate::Result;
use crate::args::Args;
use crate::check::Part;
use crate::shell::{cargo, run_and_count};

const RUNTIMES: u64 = 4;

const DEFAULT_MINUTES: u64 = 1;

pub fn command(mut args: Args) -> Result {
    let time = match args.value("--minutes")? {
        None => DEFAULT_MINUTES,
        Some(minutes) => {
            minutes.parse().map_err(|_| format!("--minutes {minutes}: not minutes"))?
        }
    };
    let runtime = args.value("--runtime")?;
    let seed = args.value("--seed")?;
    args.finish()?;
    let options = [("--runtime", runtime), ("--seed", seed)];
    let given = options.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?]));
    soak(Duration::from_secs(60 * time), &given.flatten().collect::<Vec<_>>()).map(drop)
}

/// Takes this time in all, in equal shares for the runtimes, or for the one that `options` name.
pub fn soak(time: Duration, options: &[String]) -> Result<Vec<Part>> {
    let is_one = options.iter().any(|option| option == "--runtime");
    let seconds = (time.as_secs() / if is_one { 1 } else { RUNTIMES }).to_string();
    let args = ["run", "--quiet", "--package", "csp-soak", "--", "--seconds", &seconds];
    let options = options.iter().map(String::as_str);
    let mut soak = cargo(args.into_iter().chain(options));
    // Alone it would run its processes on one thread.
    soak.env("SMOL_THREADS", "2");
    run_and_count(&mut soak).map(|counted| counted.parts)
}
