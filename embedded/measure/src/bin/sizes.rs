//! Prints how large the futures of one operation are, and the channels.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Alternative, Channel, ParallelQueue, alts};
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use measure::{entry, exit, hprintln};
use rtic_sync::make_channel;

type Rendezvous32 = Channel<u32, Rendezvous, CriticalSection>;
type Fixed32<const N: usize> = Channel<u32, Fixed<N>, CriticalSection>;
type Embassy<const N: usize> = embassy_sync::channel::Channel<CriticalSectionRawMutex, u32, N>;

static OURS: Rendezvous32 = Channel::new();
static THEIRS: Embassy<1> = Embassy::new();

#[entry]
fn main() -> ! {
    let show = |name: &str, bytes: usize| hprintln!("{}: {}", name, bytes);
    show("csp rendezvous", size_of::<Rendezvous32>());
    show("csp fixed 1", size_of::<Fixed32<1>>());
    show("csp fixed 8", size_of::<Fixed32<8>>());
    show("csp put", size_of_val(&OURS.put(1)));
    show("csp take", size_of_val(&OURS.take()));
    show("csp alts 2", size_of_val(&alts((OURS.take(), OURS.take()))));
    show("csp alts 4", size_of_val(&alts((OURS.take(), OURS.take(), OURS.take(), OURS.take()))));
    show("csp alternative 2", size_of_val(&Alternative::new((OURS.take(), OURS.take()))));
    show("csp closed", size_of_val(&OURS.closed()));
    show("csp parallel queue 2", size_of::<ParallelQueue<2, CriticalSection>>());
    show("embassy 1", size_of::<Embassy<1>>());
    show("embassy 8", size_of::<Embassy<8>>());
    show("embassy send", size_of_val(&THEIRS.send(1)));
    show("embassy receive", size_of_val(&THEIRS.receive()));
    let (mut sender, mut receiver) = make_channel!(u32, 1);
    show("rtic send", size_of_val(&sender.send(1)));
    show("rtic receive", size_of_val(&receiver.recv()));
    exit()
}
