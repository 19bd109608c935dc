//! What is searched. `csp-core/model/csp.pml` says what each definition means.

use super::pan::Size::{self, Bitstate, Exhaustive};

pub struct Configuration {
    pub what: &'static str,
    pub defines: &'static str,
    pub size: Size,
}

/// A mistake, and the definitions of a small configuration that shows it and is sound without it.
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

/// Two tasks offer a put or a take on every channel, one or two each, in all combinations; with
/// plain operations, tasks in turn, and puts behind a choice, the offers are given.
macro_rules! defines {
    (pairs $($rest:literal)?) => { concat!("-DTASKS=2", $(" ", $rest)?) };
    (one channel $($rest:literal)?) => { concat!("-DTASKS=2 -DCHANNELS=1", $(" ", $rest)?) };
    (plain $($rest:literal)?) => { concat!("-DCHANNELS=1 -DGUARDS=1", $(" ", $rest)?) };
    (in turn $($rest:literal)?) => {
        concat!("-DCHANNELS=1 -DGUARDS=1 -DIN_TURN", $(" ", $rest)?)
    };
    (behind $($rest:literal)?) => {
        concat!(
            "-DCHANNELS=1 -DIN_TURN -DTASKS=5 -DTAKES=2 -DPUTS=1 -DBOTH=1 -DLATE_PUTS=1",
            $(" ", $rest)?
        )
    };
}

const DROP: &str = defines!(pairs "-DDROPS=1");
const MOVE: &str = defines!(pairs "-DMOVES=1");
const END: &str = defines!(one channel "-DENDS=1");
const BUFFER_END: &str = defines!(one channel "-DENDS=1 -DCAPACITY=1");
const PUT_TAKE_END: &str = defines!(plain "-DTASKS=2 -DPUTS=1 -DDROPS=1 -DENDS=1");
const PUT_TAKES: &str = defines!(plain "-DTASKS=3 -DPUTS=1 -DDROPS=1");
const PUTS_BUFFER: &str = defines!(plain "-DTASKS=3 -DPUTS=2 -DCAPACITY=1 -DDROPS=1");
const RING: &str = "-DTASKS=3 -DCHANNELS=3 -DRING -DDROPS=1";
const FORK: &str = "-DTASKS=4 -DFORK";
const FORK_ANY: &str = "-DTASKS=4 -DFORK -DANY_PLACES";
const CROSSED: &str = "-DTASKS=5 -DCROSSED -DIN_TURN";
const BACK_ONE: &str = defines!(in turn "-DTASKS=5 -DTAKES=2 -DPUTS=2 -DDROPPED=3");
const BACK_ANY: &str = defines!(in turn "-DTASKS=5 -DTAKES=2 -DPUTS=2 -DDROPPED=3 -DANY_PLACES");
const BACK_ANY_BUFFER: &str =
    defines!(in turn "-DTASKS=5 -DTAKES=2 -DPUTS=2 -DDROPPED=3 -DANY_PLACES -DCAPACITY=1");
const GIVEN_ON: &str = defines!(in turn "-DTASKS=6 -DTAKES=3 -DPUTS=2 -DDROPPED=7 -DANY_PLACES");
const PUTS_WAIT: &str = defines!(in turn "-DTASKS=5 -DTAKES=2 -DPUTS=3 -DDROPPED=8");
const PUTS_WAIT_BUFFER: &str = defines!(in turn "-DTASKS=5 -DTAKES=2 -DPUTS=3 -DCAPACITY=1");
const ONE_ASLEEP: &str = defines!(in turn "-DTASKS=6 -DTAKES=2 -DPUTS=3 -DNEVER_POLLED=2");
const TWO_ASLEEP: &str = defines!(in turn "-DTASKS=5 -DTAKES=3 -DPUTS=2 -DNEVER_POLLED=3");
const BEHIND_TIMER: &str = defines!(behind "-DNEVER_POLLED=2 -DEXPIRES=1");
const BEHIND_ASLEEP: &str = defines!(behind "-DNEVER_POLLED=10 -DDROPPED=2");

const ALTERNATIVE: &str = "-DALTERNATIVE=2 -DTASKS=2";
const ALTERNATIVE_DROP: &str = "-DALTERNATIVE=2 -DTASKS=2 -DDROPS=1 -DEXPIRES=1";
const ALTERNATIVE_BUFFER: &str = "-DALTERNATIVE=2 -DTASKS=3 -DCAPACITY=1";
const ALTERNATIVE_END: &str = "-DALTERNATIVE=2 -DTASKS=2 -DENDS=1";
const ALTERNATIVE_OFF: &str = "-DALTERNATIVE=2 -DTASKS=2 -DOFF -DMOVES=1 -DEXPIRES=1";
const ALTERNATIVE_TASKS: &str = "-DALTERNATIVE=2 -DTASKS=3";

pub const SMALL: [Configuration; 31] = [
    exhaustive("2 tasks, 1 drop", DROP),
    exhaustive("2 tasks, any places, 1 drop", defines!(pairs "-DANY_PLACES -DDROPS=1")),
    exhaustive("2 tasks, a buffer, 1 drop", defines!(pairs "-DCAPACITY=1 -DDROPS=1")),
    exhaustive("2 tasks, one lock, 1 drop", defines!(pairs "-DONE_LOCK -DDROPS=1")),
    exhaustive("2 tasks, 1 new waker", MOVE),
    exhaustive("2 tasks, 1 timer", defines!(pairs "-DEXPIRES=1")),
    exhaustive("2 tasks on a channel, 1 end", END),
    exhaustive("2 tasks on a buffer, 1 end", BUFFER_END),
    exhaustive("put, take, 1 end, 1 drop", PUT_TAKE_END),
    exhaustive("put, 2 takes, 1 drop", PUT_TAKES),
    exhaustive("2 puts, take, a buffer, 1 drop", PUTS_BUFFER),
    exhaustive("ring of 3 choices, 1 drop", RING),
    exhaustive("choice met from two sides", FORK),
    exhaustive("choice met from two sides, any places", FORK_ANY),
    exhaustive("choice told here, claimed there", CROSSED),
    exhaustive("2 values come back to 1 place", BACK_ONE),
    exhaustive("2 values come back", BACK_ANY),
    exhaustive("2 values come back beside a buffer", BACK_ANY_BUFFER),
    exhaustive("3 puts for 2 takes, 1 drop", PUTS_WAIT),
    exhaustive("3 puts for 2 takes, a buffer", PUTS_WAIT_BUFFER),
    exhaustive("3 puts, 3 takes, 1 never polled", ONE_ASLEEP),
    exhaustive("2 puts, 3 takes, 2 never polled (A9)", TWO_ASLEEP),
    exhaustive("put behind a choice, 1 timer", BEHIND_TIMER),
    exhaustive("put behind a choice, 2 never polled", BEHIND_ASLEEP),
    exhaustive("alternative and a task", ALTERNATIVE),
    exhaustive("alternative and 2 tasks", ALTERNATIVE_TASKS),
    exhaustive("alternative and 2 tasks, a buffer", ALTERNATIVE_BUFFER),
    exhaustive("alternative and a task, drops", ALTERNATIVE_DROP),
    exhaustive("alternative and a task, 1 end", ALTERNATIVE_END),
    exhaustive("alternative with preconditions, 1 new waker", ALTERNATIVE_OFF),
    exhaustive(
        "alternative on a channel twice, any places",
        "-DALTERNATIVE=2 -DTASKS=3 -DCHANNELS=1 -DANY_PLACES",
    ),
];

pub const LARGE: [Configuration; 13] = [
    exhaustive("2 values come back and are given on", GIVEN_ON),
    exhaustive("2 tasks, 1 end", defines!(pairs "-DENDS=1")),
    exhaustive("3 tasks", "-DTASKS=3"),
    exhaustive("3 tasks on a channel, 1 drop", "-DTASKS=3 -DCHANNELS=1 -DDROPS=1"),
    exhaustive("4 plain tasks, 1 drop", defines!(plain "-DTASKS=4 -DSINGLES -DDROPS=1")),
    exhaustive("ring of 3, 3 guards, 1 drop", "-DTASKS=3 -DCHANNELS=3 -DGUARDS=3 -DRING -DDROPS=1"),
    exhaustive("alternative and 2 tasks, 1 drop", "-DALTERNATIVE=2 -DTASKS=3 -DDROPS=1"),
    exhaustive(
        "alternative and 2 tasks, one lock, 1 new waker",
        "-DALTERNATIVE=2 -DTASKS=3 -DONE_LOCK -DMOVES=1",
    ),
    exhaustive(
        "alternative and a task, end, drop and waker",
        "-DALTERNATIVE=2 -DTASKS=2 -DENDS=1 -DMOVES=1 -DEXPIRES=1",
    ),
    bitstate("2 tasks, drop, waker and end", defines!(pairs "-DDROPS=1 -DMOVES=1 -DENDS=1")),
    bitstate("3 tasks, 1 drop", "-DTASKS=3 -DDROPS=1"),
    bitstate(
        "5 plain tasks, 2 never polled (A9)",
        defines!(plain "-DTASKS=5 -DSINGLES -DFROZEN=2"),
    ),
    bitstate("choice told here, claimed there, any turn", "-DTASKS=5 -DCROSSED"),
];

const fn breaks(name: &'static str, defines: &'static str) -> Breakage {
    Breakage { name, defines }
}

/// Those in `csp-core/mutants` have their name from there.
pub const BREAKAGES: [Breakage; 53] = [
    breaks("the_word_is_not_looked_at", DROP),
    breaks("a_claim_is_a_load_and_a_store", FORK),
    breaks("a_sole_choice_cancels_without_its_lock", DROP),
    breaks("a_drop_cancels_without_a_look", DROP),
    breaks("a_drop_skips_the_lock_of_who_is_unlinked", DROP),
    breaks("done_comes_before_the_waker", MOVE),
    breaks("done_comes_after_the_lock", DROP),
    breaks("done_comes_after_the_wake", DROP),
    breaks("the_old_waker_is_kept", MOVE),
    breaks("the_waker_is_replaced_without_the_locks", MOVE),
    breaks("a_dead_head_stops_the_search", FORK_ANY),
    breaks("a_choice_wakes_nobody", DROP),
    breaks("a_choice_meets_itself", MOVE),
    breaks("a_choice_is_published_branch_by_branch", DROP),
    breaks("a_choice_claims_itself_to_look", RING),
    breaks("a_notice_is_looked_into_lock_by_lock", CROSSED),
    breaks("a_claimed_choice_goes_on_waiting", CROSSED),
    breaks("locks_are_taken_in_no_order", DROP),
    breaks("losers_stay_linked", DROP),
    breaks("the_first_loser_stays_linked", DROP),
    breaks("a_dropped_choice_stays", DROP),
    breaks("a_dropped_choice_forgets_its_winner", DROP),
    breaks("the_end_is_flagged_last", END),
    breaks("close_forgets_puts", END),
    breaks("close_discards", BUFFER_END),
    breaks("a_put_back_survives_poison", PUT_TAKE_END),
    breaks("a_dropped_take_loses_its_value", DROP),
    breaks("a_take_admits_nobody", PUTS_BUFFER),
    breaks("a_put_overtakes_what_is_there", PUTS_WAIT_BUFFER),
    breaks("a_later_put_is_handed_over_first", PUTS_WAIT),
    breaks("a_second_notice_is_lost", PUTS_WAIT),
    breaks("a_notice_is_taken_without_a_look", PUTS_WAIT),
    breaks("a_put_back_passes_over_parked_takes", PUT_TAKES),
    breaks("a_put_back_goes_to_the_tail", BACK_ANY_BUFFER),
    breaks("put_backs_forget_their_order", BACK_ANY),
    breaks("a_put_back_that_is_given_on_loses_its_number", GIVEN_ON),
    breaks("a_hand_over_has_no_place", BACK_ONE),
    breaks("a_collected_place_stays_taken", PUT_TAKES),
    breaks("room_again_is_not_told", ONE_ASLEEP),
    breaks("a_taken_put_passes_nothing_on", ONE_ASLEEP),
    breaks("only_one_take_is_told", TWO_ASLEEP),
    breaks("a_choice_that_leaves_passes_nothing_on", BEHIND_TIMER),
    breaks("a_take_that_leaves_passes_nothing_on", BEHIND_ASLEEP),
    breaks("a_ready_member_is_not_marked_at_first", ALTERNATIVE),
    breaks("a_member_is_armed_although_it_is_ready", ALTERNATIVE_BUFFER),
    breaks("a_member_is_not_armed_again", ALTERNATIVE_TASKS),
    breaks("a_member_is_told_and_not_marked", ALTERNATIVE),
    breaks("a_mark_comes_after_the_lock", ALTERNATIVE),
    breaks("a_close_marks_nobody", ALTERNATIVE_END),
    breaks("an_alternative_arms_without_a_look", ALTERNATIVE),
    breaks("a_waker_is_replaced_while_it_is_read", ALTERNATIVE_OFF),
    breaks("a_dropped_selection_keeps_its_waker", ALTERNATIVE_DROP),
    breaks("a_dropped_alternative_stays", ALTERNATIVE_DROP),
];
