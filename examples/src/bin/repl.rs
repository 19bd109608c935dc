//! Puts and takes by hand, from a prompt: `cargo xtask repl`.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use csp_examples::host::Host;
use csp_examples::repl;

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
    let args: Vec<String> = std::env::args().skip(1).collect();
    let host = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Host::Tokio,
        ["--runtime", name] => name.parse()?,
        _ => return Err("usage: repl [--runtime R]".to_owned()),
    };
    repl::run(host).map_err(|error| error.to_string())
}
