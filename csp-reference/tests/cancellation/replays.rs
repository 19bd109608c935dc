//! Paths that once failed, as they were printed, with what was wrong.

use csp_reference::ground::replay;

#[test]
fn a09_a_put_goes_on_when_a_take_beside_it_leaves() {
    // The first put stood behind the choice's; when the last other take is dropped, it may hand
    // over to the choice, and nobody said so.
    replay(
        "meet",
        "put0 take0 take0 alts(put0,take0)",
        "poll1 poll2 try_put0 poll3 poll0 poll1 poll0 drop2",
    );
}

#[test]
fn a09_a_put_goes_on_when_a_choice_beside_it_leaves() {
    // The same, where the other take is one of a choice that has taken elsewhere.
    replay(
        "meet",
        "put0 take0 alts(take0,take1) alts(put0,take0)",
        "poll1 poll2 try_put0 poll3 poll0 poll1 poll0 try_put1 poll2",
    );
}

#[test]
fn a19_a_choice_is_not_told_of_its_own_take() {
    // Its put waits beside its own take only, when the place comes free.
    replay("meet", "take0 alts(put0,take0)", "poll0 try_put0 poll1 poll0");
}
