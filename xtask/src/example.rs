//! `cargo xtask example` and `cargo xtask repl`, both kept by the package `csp-examples`.

use crate::Result;
use crate::args::Args;
use crate::shell::{cargo, run};

pub fn command(mut args: Args) -> Result {
    let runtime = args.value("--runtime")?;
    let name = args.positional();
    args.finish()?;
    if name.is_none() && runtime.is_some() {
        return Err("--runtime is for one example: cargo xtask example NAME --runtime R".to_owned());
    }
    forward("csp-examples", name.as_deref(), runtime.as_deref())
}

pub fn repl(mut args: Args) -> Result {
    let runtime = args.value("--runtime")?;
    args.finish()?;
    forward("repl", None, runtime.as_deref())
}

/// Every example on every runtime.
pub fn all() -> Result {
    forward("csp-examples", Some("--all"), None)
}

fn forward(binary: &str, name: Option<&str>, runtime: Option<&str>) -> Result {
    let runtime = runtime.map(|runtime| ["--runtime", runtime]);
    let args = ["run", "--package", "csp-examples", "--bin", binary, "--"]
        .into_iter()
        .chain(name)
        .chain(runtime.into_iter().flatten());
    run(&mut cargo(args))
}
