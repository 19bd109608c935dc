//! Links the table of what is logged, and has all of it logged.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    println!("cargo:rustc-env=DEFMT_LOG=trace");
}
