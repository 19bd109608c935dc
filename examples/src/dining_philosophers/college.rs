//! Those who share the table: forks, the footman, philosophers.

use csp::{Error, Receiver, Sender, alts};

use super::{MEALS, SEATS};
use crate::{Runtime, up_to_millis};

/// Whose sender lives, holds the fork.
pub(super) type Hold = Receiver<()>;

pub(super) async fn fork(wanted: Receiver<Hold>) -> Result<(), Error> {
    loop {
        wanted.take().await?.closed().await;
    }
}

pub(super) async fn footman(sit: Receiver<()>, get_up: Receiver<()>) -> Result<(), Error> {
    let mut seated = 0;
    loop {
        alts! {
            guest = sit.take(), if seated < SEATS - 1 => {
                guest?;
                seated += 1;
            }
            guest = get_up.take() => {
                guest?;
                seated -= 1;
            }
        }
    }
}

pub(super) struct Philosopher {
    pub(super) seat: usize,
    pub(super) forks: [Sender<Hold>; 2],
    pub(super) sit: Sender<()>,
    pub(super) get_up: Sender<()>,
    /// Where somebody watches who eats: a seat, and whether they begin or end.
    pub(super) meals: Sender<(usize, bool)>,
}

async fn pick_up(fork: &Sender<Hold>) -> Result<Sender<()>, Error> {
    let (hand, hold) = csp::rendezvous();
    fork.put(hold).await?;
    Ok(hand)
}

impl Philosopher {
    pub(super) async fn dine<R: Runtime>(self, runtime: R) -> Result<(), Error> {
        for _ in 0..MEALS {
            runtime.wait(up_to_millis(5)).await;
            self.sit.put(()).await?;
            let hands = [pick_up(&self.forks[0]).await?, pick_up(&self.forks[1]).await?];
            self.meals.put((self.seat, true)).await?;
            runtime.wait(up_to_millis(5)).await;
            self.meals.put((self.seat, false)).await?;
            // Letting go of the ends puts the forks down.
            drop(hands);
            self.get_up.put(()).await?;
        }
        Ok(())
    }
}
