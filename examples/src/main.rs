//! Lists the examples, or runs one of them, or all.

#![forbid(unsafe_code)]

use std::panic::catch_unwind;
use std::process::ExitCode;

use csp_examples::catalogue::{self, Example};
use csp_examples::host::Host;

const USAGE: &str = "usage: csp-examples [NAME | --all] [--runtime R]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut name = None;
    let mut host = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--runtime" {
            host = Some(args.next().ok_or(USAGE)?.parse::<Host>()?);
        } else if name.replace(arg).is_some() {
            return Err(USAGE.to_owned());
        }
    }
    match name.as_deref() {
        None => {
            list();
            Ok(())
        }
        Some("--all") => run_all(host.as_ref().map_or(&Host::ALL, std::slice::from_ref)),
        Some(name) => {
            let example = catalogue::find(name).ok_or_else(|| {
                format!("no example is called `{name}`; without a name, they are listed")
            })?;
            example.run(host.unwrap_or(Host::Tokio));
            Ok(())
        }
    }
}

fn list() {
    let width = catalogue::ALL.iter().map(|example| example.name.len()).max().unwrap_or_default();
    for Example { name, about, .. } in catalogue::ALL {
        println!("{name:width$}  {about}");
    }
}

/// Goes on after a failure, so that one sees them all.
fn run_all(hosts: &[Host]) -> Result<(), String> {
    let mut failed = Vec::new();
    for host in hosts {
        for example in catalogue::ALL {
            println!("{} on {host}", example.name);
            if catch_unwind(|| example.run(*host)).is_err() {
                failed.push(format!("{} on {host}", example.name));
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}
