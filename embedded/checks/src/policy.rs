//! Who is chosen when several are ready.

use csp_core::buffer::Fixed;
use csp_core::lock::Lock;
use csp_core::{Channel, Rotation, alts};

type Channels<L, const N: usize> = [Channel<usize, Fixed<1>, L>; N];

fn filled<L: Lock, const N: usize>() -> Channels<L, N> {
    let channels = [(); N].map(|()| Channel::new());
    refill(&channels);
    channels
}

fn refill<L: Lock>(channels: &[Channel<usize, Fixed<1>, L>]) {
    for (index, channel) in channels.iter().enumerate() {
        // Those that nobody has chosen are full still.
        let _full = channel.try_put(index);
    }
}

pub(crate) fn b56_priority_takes_the_first<L: Lock>() {
    let channels = filled::<L, 8>();
    for expected in 0..8 {
        let chosen = alts(channels.each_ref().map(Channel::take)).priority().try_now();
        assert_eq!(chosen, Some((expected, Ok(expected))));
    }
}

pub(crate) fn b57_a_random_choice_reaches_each<L: Lock>() {
    let channels = filled::<L, 3>();
    let mut counts = [0_u32; 3];
    for _ in 0..300 {
        let Some((index, _)) = alts(channels.each_ref().map(Channel::take)).try_now() else {
            panic!("all are ready");
        };
        counts[index] += 1;
        refill(&channels);
    }
    // The expectation is 100; its deviation is 8.
    assert!(counts.iter().all(|&count| count > 50), "{counts:?}");
}

pub(crate) fn b58_a_fair_choice_serves_in_turn<L: Lock>() {
    let channels = filled::<L, 3>();
    let mut turns = Rotation::<3>::new();
    for round in 0..9 {
        let takes = channels.each_ref().map(Channel::take);
        let chosen = alts(takes).fair(&mut turns).try_now();
        assert_eq!(chosen.map(|(index, _)| index), Some(round % 3));
        refill(&channels);
    }
}
