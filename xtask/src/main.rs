//! The project's own tasks; `cargo xtask help` lists them.
//!
//! Only the standard library is used, so that a fresh machine compiles this in a second or two.

#![forbid(unsafe_code)]

mod args;
mod bench;
mod check;
mod ci;
mod embedded;
mod example;
mod record;
mod shell;
mod soak;
mod test;
mod tidy;
mod verify;

use std::process::ExitCode;

use args::Args;

/// Tasks fail with a sentence for the person who ran them; nothing handles errors by kind.
type Result<T = ()> = std::result::Result<T, String>;

const HELP: &str = "\
cargo xtask TASK

  test [--runtime R] [--only S]     tests and doctests, then the conformance suite and its table;
                                    with an option only the suite: R is tokio, tokio-multi, smol,
                                    async-std or virtual, S a part of a check's name, as b66
  example [NAME] [--runtime R]      run one example; without a name, list them
  repl [--runtime R]                put and take by hand, from a prompt
  verify [--only NAME] [--budget MINUTES] [--strict]
                                    the slow checks; the budget is for each search that has no
                                    end of its own
  soak [--minutes N] [--runtime R] [--seed S]
                                    random networks, cancelled at random, on every runtime: each
                                    value is accounted for, and memory stays flat
  bench [SCENARIO[/CASE]] [--peers NAME,...] [--executor NAME,...] [--rounds N] [--json FILE]
                                    ours against the rivals, interleaved, with medians and ratios;
                                    --list shows the rows, --quick is one short round
  bench --instructions [--record]   instructions per operation, which may grow by 5 % at most
  embedded [--only NAME] [--machine M] [--without-rustup] [--strict]
                                    firmware in an emulator: tests, interrupts, examples, and
                                    `figures`, which may grow by 5 % at most
  embedded --record                 writes these figures for this compiler
  embedded --measure [--profile PROGRAM]
                                    what csp and its peers cost there, into docs/embedded-figures.md;
                                    or where one program spends its instructions
  tidy                              what a machine can see of the house rules
  ci [--only STEP] [--strict]       everything above, as the hosted checks run it
  help                              this text

--strict makes a skipped check a failed one.
";

fn main() -> ExitCode {
    match dispatch(Args::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut args: Args) -> Result {
    match args.positional().as_deref() {
        Some("test") => test::command(args),
        Some("example") => example::command(args),
        Some("repl") => example::repl(args),
        Some("verify") => verify::command(args),
        Some("soak") => soak::command(args),
        Some("bench") => bench::command(args),
        Some("embedded") => embedded::command(args),
        Some("tidy") => tidy::command(args),
        Some("ci") => ci::command(args),
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}\n{}\n{}", verify::list(), ci::list());
            Ok(())
        }
        Some(other) => Err(format!("no task is called `{other}`; `cargo xtask help` lists them")),
    }
}
