//! Puts the memory map of the machine where the linker finds it.

use std::path::PathBuf;
use std::{env, fs};

/// It fits every Cortex-M machine that is used here; the microbit is the smallest.
const ARM: &str = "\
MEMORY
{
    FLASH : ORIGIN = 0x00000000, LENGTH = 256K
    RAM   : ORIGIN = 0x20000000, LENGTH = 16K
}
";

const RISCV: &str = "\
MEMORY
{
    RAM : ORIGIN = 0x80000000, LENGTH = 512K
}
REGION_ALIAS(\"REGION_TEXT\", RAM);
REGION_ALIAS(\"REGION_RODATA\", RAM);
REGION_ALIAS(\"REGION_DATA\", RAM);
REGION_ALIAS(\"REGION_BSS\", RAM);
REGION_ALIAS(\"REGION_HEAP\", RAM);
REGION_ALIAS(\"REGION_STACK\", RAM);
";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_arm = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "arm");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(folder.join("memory.x"), if is_arm { ARM } else { RISCV }).expect("OUT_DIR is ours");
    println!("cargo:rustc-link-search={}", folder.display());
}
