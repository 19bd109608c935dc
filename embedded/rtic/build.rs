//! Puts a memory map that fits every machine where the linker finds it before that of the chip.

use std::path::PathBuf;
use std::{env, fs};

const MEMORY: &str = "\
MEMORY
{
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM   : ORIGIN = 0x20000000, LENGTH = 16K
}
";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(folder.join("memory.x"), MEMORY).expect("OUT_DIR is ours");
    println!("cargo:rustc-link-search={}", folder.display());
}
