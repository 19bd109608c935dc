//! Writes what the fuzzer begins with into a folder: the paths that once failed.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::{env, fs, io};

use csp_reference::draft::Draft;
use csp_reference::ground::Ground;
use csp_reference::{replays, script};

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args_os().nth(1).expect("the name of a folder"));
    fs::create_dir_all(&folder)?;
    for it in &replays::ALL {
        let (offers, steps) = (script::offers(it.offers), script::steps(it.steps));
        let draft = Draft { ground: Ground::named(it.ground), offers, steps };
        fs::write(folder.join(it.breakage), draft.to_bytes())?;
    }
    Ok(())
}
