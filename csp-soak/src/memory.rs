//! What is allocated, and whether it grows.
//!
//! A runtime frees some of what a round used only later. So the *floor* counts, the least that was
//! allocated at the end of any round of a window: what is freed late does not raise it, what is
//! never freed does, in every window again.

use std::alloc::System;
use std::fmt;

use cap::Cap;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Bytes, in the whole program.
pub(crate) fn allocated() -> usize {
    ALLOCATOR.allocated()
}

/// Rounds in a window.
const WINDOW: usize = 64;

/// By how many bytes the floor may differ, however many rounds there were: the runtimes' own
/// tables. A leak in every hundredth round soon makes more.
const SLACK: usize = 8 << 10;

/// The floors of the windows so far, but for the first, in which everything warms up.
#[derive(Debug, Default)]
pub(crate) struct Floors {
    current: Vec<usize>,
    windows: usize,
    first: usize,
    last: usize,
}

impl Floors {
    /// After a round.
    pub(crate) fn add(&mut self, allocated: usize) {
        self.current.push(allocated);
        if self.current.len() < WINDOW {
            return;
        }
        self.last = self.current.iter().copied().min().unwrap_or_default();
        self.current.clear();
        self.windows += 1;
        if self.windows <= 2 {
            self.first = self.last;
        }
    }

    /// Whether memory is flat.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        if self.last <= self.first + SLACK { Ok(()) } else { Err(self.to_string()) }
    }
}

impl fmt::Display for Floors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { windows, first, last, .. } = self;
        if *windows < 3 {
            return f.write_str("too few rounds to say whether memory is flat");
        }
        let rounds = (windows - 2) * WINDOW;
        write!(f, "allocated: {first} bytes, and {last} after {rounds} rounds more")
    }
}
