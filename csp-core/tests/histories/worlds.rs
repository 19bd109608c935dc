//! The kinds of histories, each a test.

use std::env;
use std::time::Instant;

use crate::checker::{Unexplained, explain};
use crate::history::{Branch, Op};
use crate::record::{Scripts, record};

/// Of each kind, in the ordinary run.
const HISTORIES: usize = 400;

/// As many are recorded before they are explained.
const AT_ONCE: usize = 1_000;

const THREADS: usize = 3;

/// Calls of each thread.
const CALLS: usize = 6;

#[test]
fn one_rendezvous() {
    explain_all("a rendezvous", &[0]);
}

#[test]
fn one_buffer() {
    explain_all("a buffer", &[2]);
}

#[test]
fn two_rendezvous() {
    explain_all("two rendezvous", &[0, 0]);
}

#[test]
fn two_buffers() {
    explain_all("two buffers", &[1, 2]);
}

#[test]
fn a_rendezvous_and_a_buffer() {
    explain_all("a rendezvous and a buffer", &[0, 1]);
}

#[expect(clippy::print_stdout, reason = "says how much was checked, for the table of verify")]
fn explain_all(what: &str, sizes: &[usize]) {
    let number = |name, default| match env::var(name) {
        Ok(number) => number.parse().expect("a number"),
        Err(_) => default,
    };
    let histories = number("CSP_HISTORIES", HISTORIES);
    let seed = number("CSP_HISTORIES_SEED", 0);
    let start = Instant::now();
    let mut counted = 0;
    while counted < histories {
        let some = AT_ONCE.min(histories - counted);
        let seed = seed + counted;
        record(sizes, (0..some).map(|number| scripts(sizes.len(), seed + number)), |history| {
            if let Err(Unexplained { longest }) = explain(&history) {
                panic!(
                    "no order of the calls explains this history of {what}:\n{history}\
                     of the longest order that explains some of it: {longest:?}",
                );
            }
            counted += 1;
        });
    }
    let time = start.elapsed().as_millis();
    println!(
        "counted: {what} | {counted} histories | {CALLS} calls, {THREADS} threads | {time} ms"
    );
    assert_eq!(counted, histories);
}

/// Xorshift, as scripts must be the same again on the next day.
struct Dice(u64);

impl Dice {
    fn new(seed: usize) -> Self {
        let mut dice = Self((seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for _ in 0..4 {
            dice.roll(1);
        }
        dice
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

fn scripts(channels: usize, seed: usize) -> Scripts {
    let mut dice = Dice::new(seed);
    let mut value = 0;
    let mut branch = |dice: &mut Dice| {
        let channel = dice.roll(channels);
        if dice.roll(2) == 0 {
            return Branch::Take(channel);
        }
        value += 1;
        Branch::Put(channel, value)
    };
    let mut op = |dice: &mut Dice| {
        if dice.roll(40) == 0 {
            return Op::Close(dice.roll(channels));
        }
        let count = if dice.roll(3) == 0 { 2 + dice.roll(2) } else { 1 };
        let branches = (0..count).map(|_| branch(dice)).collect();
        Op::Offer { branches, waits: dice.roll(3) > 0 }
    };
    (0..THREADS).map(|_| (0..CALLS).map(|_| op(&mut dice)).collect()).collect()
}
