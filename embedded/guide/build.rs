//! Takes the programs out of the guide's page, and its memory map.
//!
//! A program is a block that begins with `//! NAME: …`; its inner lines, `#![…]` and `//! …`, stand in
//! the file that includes it, as such a file must not have them.

use std::path::PathBuf;
use std::{env, fs};

const PAGE: &str = "../../docs/embedded.md";
const PROGRAMS: [&str; 3] = ["meeting", "interrupt", "pipeline"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={PAGE}");
    let page = fs::read_to_string(PAGE).expect("the page is there");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("it is ours");
    for name in PROGRAMS {
        let program = block(&page, &format!("//! {name}: "));
        let is_inner = |line: &&str| line.starts_with("#![") || line.starts_with("//!");
        let lines = program.lines().filter(|line| !is_inner(line));
        write(&format!("{name}.rs"), &lines.map(|line| format!("{line}\n")).collect::<String>());
    }
    write("memory.x", block(&page, "MEMORY"));
    println!("cargo:rustc-link-search={}", folder.display());
}

/// The block of the page that begins with these words.
fn block<'a>(page: &'a str, beginning: &str) -> &'a str {
    let mut blocks = page.split("\n```").skip(1).step_by(2);
    let body = |block: &'a str| block.split_once('\n').map_or("", |(_language, body)| body);
    let found = blocks.find_map(|block| Some(body(block)).filter(|it| it.starts_with(beginning)));
    found.unwrap_or_else(|| panic!("the page has no block that begins with {beginning:?}"))
}
