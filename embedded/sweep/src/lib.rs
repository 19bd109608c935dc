//! An interrupt at every instruction of every operation: what loom is for threads.
//!
//! *Model.* A scene sets two or three parties up at fresh channels, then does one thing *under
//! fire*: in the middle of it an interrupt comes, whose handler works on the same channels. The
//! emulator gives each instruction the same time, so that a timer set to 1, 2, 3 … ticks comes
//! before each instruction in turn, until it would come after the last one. After each shot the
//! ledger is balanced: every value that was accepted has been taken, once; nobody is parked any
//! more; and whoever could go on was woken.
//!
//! A sweep that does not hit many different instructions has failed, as a later compiler might make
//! it empty. That it sees is shown by the same scenes with a lock that does nothing ([`Unlocked`]):
//! most of them fail, which ones is up to the order in which the compiler left the writes.

#![no_std]
#![deny(unsafe_code)]

mod scenes;
mod unlocked;
mod world;

use board::{Shot, println};
pub use scenes::{Lab, sweep};
pub use unlocked::Unlocked;

use world::{Fire, World};

/// A whole operation is some hundred instructions; those under the lock are one place.
const MIN_PLACES: usize = 16;
/// No scene is longer.
const MAX_TICKS: u32 = 20_000;

/// Runs the scene with the interrupt at each instruction.
fn sweep_scene<L: Lab>(name: &str, handler: fn(&World<L>), scene: fn(&World<L>, &Fire<'_, L>)) {
    let mut places = Places::new();
    let mut shots = 0;
    for ticks in 1.. {
        assert!(ticks < MAX_TICKS, "{name}: the interrupt never comes too late");
        let world = World::new();
        let fire = Fire::new(&world, handler, ticks);
        scene(&world, &fire);
        world.balance(name, ticks);
        match fire.shot() {
            Shot::Early => {}
            Shot::At(address) => {
                shots += 1;
                places.add(address);
            }
            Shot::Late => break,
        }
    }
    println!("{name}: {shots} shots, {} places", places.len);
    assert!(places.len >= MIN_PLACES, "{name}: too few places for an interrupt");
}

/// The addresses at which an interrupt has come, each once.
struct Places {
    addresses: [usize; 512],
    len: usize,
}

impl Places {
    const fn new() -> Self {
        Self { addresses: [0; 512], len: 0 }
    }

    fn add(&mut self, address: usize) {
        if self.len < self.addresses.len() && !self.addresses[..self.len].contains(&address) {
            self.addresses[self.len] = address;
            self.len += 1;
        }
    }
}
