//! Five philosophers, five forks; a footman seats at most four at a time, so that one of them can
//! always eat. Forks are processes, held by an end of a channel that is sent over a channel.
//!
//! From aPyCSP, after Dijkstra and Hoare.

mod college;

use csp::{Chan, Receiver, quietly, start};

use crate::Runtime;
use college::{Hold, Philosopher, footman, fork};

const SEATS: usize = 5;
const MEALS: usize = 3;

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
        runtime.go(quietly(Philosopher { seat, forks, sit, get_up, meals }.dine(runtime)));
    }
    for fork_chan in &forks {
        runtime.go(quietly(fork(fork_chan.receiver().expect("it has not ended"))));
    }
    // When the philosophers have gone, so has the last sender of each channel, and all else ends.
    drop((sit, get_up, meals));
    assert_eq!(watch.await.expect("it does not panic"), [MEALS; SEATS]);
}
