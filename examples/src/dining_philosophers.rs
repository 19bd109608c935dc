//! Five philosophers, five forks; a footman seats at most four at a time, so that one of them can
//! always eat. Forks are processes, held by an end of a channel that is sent over a channel.
//!
//! From aPyCSP, after Dijkstra and Hoare.

use csp::{Chan, Error, Receiver, Sender, alts, quietly, start};

use crate::{Runtime, up_to_millis};

const SEATS: usize = 5;
const MEALS: usize = 3;

/// Whose sender lives, holds the fork.
type Hold = Receiver<()>;

async fn fork(wanted: Receiver<Hold>) -> Result<(), Error> {
    loop {
        wanted.take().await?.closed().await;
    }
}

async fn footman(sit: Receiver<()>, get_up: Receiver<()>) -> Result<(), Error> {
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

struct Philosopher {
    seat: usize,
    forks: [Sender<Hold>; 2],
    sit: Sender<()>,
    get_up: Sender<()>,
    /// Where somebody watches who eats: a seat, and whether they begin or end.
    meals: Sender<(usize, bool)>,
}

async fn pick_up(fork: &Sender<Hold>) -> Result<Sender<()>, Error> {
    let (hand, hold) = csp::rendezvous();
    fork.put(hold).await?;
    Ok(hand)
}

async fn dine<R: Runtime>(runtime: R, me: Philosopher) -> Result<(), Error> {
    for _ in 0..MEALS {
        runtime.wait(up_to_millis(5)).await;
        me.sit.put(()).await?;
        let hands = [pick_up(&me.forks[0]).await?, pick_up(&me.forks[1]).await?];
        me.meals.put((me.seat, true)).await?;
        runtime.wait(up_to_millis(5)).await;
        me.meals.put((me.seat, false)).await?;
        // Letting go of the ends puts the forks down.
        drop(hands);
        me.get_up.put(()).await?;
    }
    Ok(())
}

/// Sees that neighbours never eat at once; returns how many meals each has had.
async fn watch(meals: Receiver<(usize, bool)>) -> [usize; SEATS] {
    let mut eaten = [0; SEATS];
    let mut eating = [false; SEATS];
    while let Ok((seat, begins)) = meals.take().await {
        let neighbours = [(seat + 1) % SEATS, (seat + SEATS - 1) % SEATS];
        assert!(!begins || neighbours.iter().all(|other| !eating[*other]), "no fork is held twice");
        eating[seat] = begins;
        eaten[seat] += usize::from(begins);
        println!("{}", eating.map(|eats| if eats { "eats  " } else { "-     " }).concat());
    }
    eaten
}

pub async fn main<R: Runtime>(runtime: R) {
    let forks: [Chan<Hold>; SEATS] = std::array::from_fn(|_| Chan::new());
    let (sit, sitting) = csp::rendezvous();
    let (get_up, getting_up) = csp::rendezvous();
    let (meals, watched) = csp::rendezvous();
    runtime.go(quietly(footman(sitting, getting_up)));
    let watch = start(&runtime, watch(watched));
    for seat in 0..SEATS {
        let (sit, get_up, meals) = (sit.clone(), get_up.clone(), meals.clone());
        let reach = [&forks[seat], &forks[(seat + 1) % SEATS]];
        let forks = reach.map(|fork| fork.sender().expect("it has not ended"));
        runtime.go(quietly(dine(runtime, Philosopher { seat, forks, sit, get_up, meals })));
    }
    for fork_chan in &forks {
        runtime.go(quietly(fork(fork_chan.receiver().expect("it has not ended"))));
    }
    // When the philosophers have gone, so has the last sender of each channel, and all else ends.
    drop((sit, get_up, meals));
    assert_eq!(watch.await.expect("it does not panic"), [MEALS; SEATS]);
}
