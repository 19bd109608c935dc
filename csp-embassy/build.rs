//! Tells the crate whether the processor is a Cortex-M, as embassy-sync tells itself.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(cortex_m)");
    let target = std::env::var("TARGET").unwrap_or_default();
    if ["thumbv6m-", "thumbv7m-", "thumbv7em-", "thumbv8m."].iter().any(|it| target.starts_with(it))
    {
        println!("cargo:rustc-cfg=cortex_m");
    }
}
