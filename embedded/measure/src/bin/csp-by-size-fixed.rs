//! Our channel with room for one, with messages of 4, 16, 64 and 256 bytes, one section of the trace for each.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::hint::black_box;

use csp_core::buffer::Fixed;
use csp_core::lock::CriticalSection;
use csp_core::{Channel, Error};
use measure::{entry, exit, two};

type Of<const WORDS: usize> = Channel<[u32; WORDS], Fixed<1>, CriticalSection>;

async fn put<const WORDS: usize>(channel: &Of<WORDS>) -> Result<(), Error> {
    for number in 0..3 {
        channel.put(black_box([number; WORDS])).await?;
    }
    Ok(())
}

async fn take<const WORDS: usize>(channel: &Of<WORDS>) -> Result<(), Error> {
    for _ in 0..3 {
        black_box(channel.take().await?);
    }
    Ok(())
}

fn of<const WORDS: usize>() {
    let channel = Of::<WORDS>::new();
    two(put(&channel), take(&channel));
}

#[entry]
fn main() -> ! {
    of::<1>();
    of::<4>();
    of::<16>();
    of::<64>();
    exit()
}
