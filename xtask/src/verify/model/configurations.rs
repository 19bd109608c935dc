//! What is searched. `csp-core/model/csp.pml` says what each definition means.

use super::pan::Size::{self, Bitstate, Exhaustive};

pub struct Configuration {
    pub what: &'static str,
    pub defines: &'static str,
    pub size: Size,
}

/// A mistake, and a configuration that is large enough to show it.
pub struct Breakage {
    pub name: &'static str,
    pub defines: &'static str,
}

const fn exhaustive(what: &'static str, defines: &'static str) -> Configuration {
    Configuration { what, defines, size: Exhaustive }
}

const fn bitstate(what: &'static str, defines: &'static str) -> Configuration {
    Configuration { what, defines, size: Bitstate }
}

/// Every offer, put or take, of every task on every channel, one or two for each task, unless
/// another offer is named.
pub const SMALL: [Configuration; 12] = [
    exhaustive("2 tasks, 1 drop", "-DTASKS=2 -DDROPS=1"),
    exhaustive("2 tasks, any places, 1 drop", "-DTASKS=2 -DANY_PLACES -DDROPS=1"),
    exhaustive("2 tasks, a buffer, 1 drop", "-DTASKS=2 -DCAPACITY=1 -DDROPS=1"),
    exhaustive("2 tasks, one lock, 1 drop", "-DTASKS=2 -DONE_LOCK -DDROPS=1"),
    exhaustive("2 tasks, 1 new waker", "-DTASKS=2 -DMOVES=1"),
    exhaustive("2 tasks, 1 timer", "-DTASKS=2 -DEXPIRES=1"),
    exhaustive("2 tasks, 1 channel, 1 end, 1 drop", "-DTASKS=2 -DCHANNELS=1 -DENDS=1 -DDROPS=1"),
    exhaustive(
        "3 plain tasks, a buffer, 2 drops",
        "-DTASKS=3 -DCHANNELS=1 -DGUARDS=1 -DSINGLES -DCAPACITY=1 -DDROPS=2",
    ),
    exhaustive(
        "3 plain tasks, 1 end, 1 drop",
        "-DTASKS=3 -DCHANNELS=1 -DGUARDS=1 -DSINGLES -DENDS=1 -DDROPS=1",
    ),
    exhaustive(
        "3 plain tasks, 2 never polled",
        "-DTASKS=3 -DCHANNELS=1 -DGUARDS=1 -DSINGLES -DFROZEN=2",
    ),
    exhaustive("ring of 3, 1 drop", "-DTASKS=3 -DCHANNELS=3 -DRING -DDROPS=1"),
    exhaustive("ring of 3, 1 new waker", "-DTASKS=3 -DCHANNELS=3 -DRING -DMOVES=1"),
];

pub const LARGE: [Configuration; 3] = [
    exhaustive("3 tasks", "-DTASKS=3"),
    exhaustive("2 tasks, 1 end", "-DTASKS=2 -DENDS=1"),
    bitstate("3 tasks, 1 drop", "-DTASKS=3 -DDROPS=1"),
];

const fn breaks(name: &'static str, defines: &'static str) -> Breakage {
    Breakage { name, defines }
}

const TWO: &str = "-DTASKS=2";
const TWO_DROP: &str = "-DTASKS=2 -DDROPS=1";
const TWO_MOVE: &str = "-DTASKS=2 -DMOVES=1";
const TWO_END: &str = "-DTASKS=2 -DCHANNELS=1 -DENDS=1";
const PUT_TAKE_END: &str = "-DCHANNELS=1 -DGUARDS=1 -DTASKS=2 -DPUTS=1 -DDROPS=1 -DENDS=1";
const FULL: &str = "-DCHANNELS=1 -DGUARDS=1 -DTASKS=3 -DPUTS=2 -DCAPACITY=1";
const FORK: &str = "-DTASKS=3 -DFORK";

/// Those in `csp-core/mutants` have their name from there.
pub const BREAKAGES: [Breakage; 29] = [
    breaks("the_word_is_not_looked_at", TWO_DROP),
    breaks("a_claim_is_a_load_and_a_store", FORK),
    breaks("a_sole_choice_cancels_without_its_lock", TWO_DROP),
    breaks("a_drop_cancels_without_a_look", TWO_DROP),
    breaks("a_drop_skips_the_lock_of_who_is_unlinked", TWO_DROP),
    breaks("done_comes_before_the_waker", TWO_MOVE),
    breaks("done_comes_after_the_lock", TWO_DROP),
    breaks("done_comes_after_the_wake", TWO_DROP),
    breaks("the_old_waker_is_kept", TWO_MOVE),
    breaks("a_choice_wakes_nobody", TWO),
    breaks("a_choice_meets_itself", TWO_MOVE),
    breaks("a_choice_is_published_branch_by_branch", TWO),
    breaks("locks_are_taken_in_no_order", TWO),
    breaks("losers_stay_linked", TWO),
    breaks("the_first_loser_stays_linked", TWO),
    breaks("a_dropped_choice_stays", TWO_DROP),
    breaks("a_dropped_choice_forgets_its_winner", TWO_DROP),
    breaks("the_end_is_flagged_last", TWO_END),
    breaks("close_forgets_puts", TWO_END),
    breaks("close_discards", "-DTASKS=2 -DCHANNELS=1 -DENDS=1 -DCAPACITY=1"),
    breaks("a_put_back_survives_poison", PUT_TAKE_END),
    breaks("a_dropped_take_loses_its_value", TWO_DROP),
    breaks("a_take_admits_nobody", FULL),
    breaks(
        "a_put_overtakes_what_is_there",
        "-DCHANNELS=1 -DGUARDS=1 -DTASKS=5 -DPUTS=3 -DCAPACITY=1",
    ),
    breaks("a_later_put_is_handed_over_first", "-DCHANNELS=1 -DGUARDS=1 -DTASKS=5 -DPUTS=3"),
    breaks(
        "a_put_back_passes_over_parked_takes",
        "-DCHANNELS=1 -DGUARDS=1 -DTASKS=3 -DPUTS=1 -DDROPS=1",
    ),
    breaks("a_hand_over_has_no_place", "-DCHANNELS=1 -DGUARDS=1 -DTASKS=4 -DPUTS=2 -DDROPS=2"),
    breaks("a_collected_place_stays_taken", "-DCHANNELS=1 -DGUARDS=1 -DTASKS=2 -DPUTS=1"),
    breaks("room_again_is_not_told", "-DCHANNELS=1 -DGUARDS=1 -DTASKS=4 -DPUTS=2 -DFROZEN=1"),
];
