//! Prints what a firmware logs, as defmt's own decoder reads it.
//!
//! The firmware's file is the argument; on the input each frame is a line of hexadecimal digits.

#![forbid(unsafe_code)]

use std::error::Error;
use std::io::stdin;

use defmt_decoder::Table;

fn main() -> Result<(), Box<dyn Error>> {
    let firmware = std::env::args().nth(1).ok_or("print-defmt FIRMWARE < FRAMES")?;
    let table = Table::parse(&std::fs::read(firmware)?)?.ok_or("it does not log by defmt")?;
    let mut decoder = table.new_stream_decoder();
    for line in stdin().lines() {
        decoder.received(&bytes(&line?)?);
        let frame = decoder.decode().map_err(|error| format!("{error:?}"))?;
        let level = frame.level().map_or("-", |level| level.as_str());
        println!("{level} {}", frame.display_message());
    }
    Ok(())
}

fn bytes(line: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits: Vec<u32> =
        line.chars().map(|it| it.to_digit(16)).collect::<Option<_>>().ok_or("no frame")?;
    Ok(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, it| byte << 4 | *it as u8)).collect())
}
