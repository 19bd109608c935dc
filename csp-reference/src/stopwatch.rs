//! How much was done and how long it took, for the table of `cargo xtask verify`.

use std::time::Instant;

#[derive(Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    #[expect(clippy::print_stdout, reason = "it is read there")]
    pub fn counted(&self, what: &str, number: u64, unit: &str, bound: &str) {
        let time = self.0.elapsed().as_millis();
        println!("counted: {what} | {number} {unit} | {bound} | {time} ms");
    }
}
