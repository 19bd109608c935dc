//! Paths that once failed: each was found by drawing paths, with one breakage of `csp-core/mutants`
//! in the code, and shrunk.

/// The call that repeats a failure, and what was wrong.
#[derive(Debug)]
pub struct Replay {
    /// The name of the breakage.
    pub breakage: &'static str,
    pub ground: &'static str,
    pub offers: &'static str,
    pub steps: &'static str,
}

const fn replay(
    breakage: &'static str,
    ground: &'static str,
    offers: &'static str,
    steps: &'static str,
) -> Replay {
    Replay { breakage, ground, offers, steps }
}

pub const ALL: [Replay; 42] = [
    replay("a_choice_meets_itself", "slide", "slice(put2,take2)", "poll0 renew0"),
    replay("a_choice_waits_all_the_same", "meet", "or_default(put0,put0)", "poll0"),
    replay("a_choice_wakes_nobody", "meet", "alts(put0,take0) put0", "poll1 poll0"),
    replay(
        "a_collected_place_stays_taken",
        "meet",
        "put0 take0 put0 take0",
        "poll3 poll0 poll3 poll1 poll2",
    ),
    replay(
        "a_dead_head_stops_the_search",
        "meet",
        "alts(put0,put1) alts(take0,take1) take1",
        "poll1 try_put0 poll2 poll0",
    ),
    replay(
        "a_decided_choice_is_claimed_again",
        "slide",
        "alts(take1,take0) take1 put0 put1",
        "try_put1 poll1 poll0 poll2 poll3",
    ),
    replay(
        "a_dropped_choice_forgets_its_winner",
        "one",
        "alts(closed0,take0) put0",
        "poll0 poll1 drop0",
    ),
    replay("a_dropped_choice_stays", "meet", "alts(closed0,closed0)", "poll0 drop0"),
    replay("a_dropped_operation_leaks_its_waker", "meet", "closed0", "poll0 drop0"),
    replay("a_dropped_put_leaks_its_value", "meet", "put0", "drop0"),
    replay(
        "a_dropped_take_loses_its_value",
        "chan meet",
        "take0 put0 take0",
        "poll2 poll0 try_put0 renew1 drop2",
    ),
    replay("a_dropped_take_stays_parked", "meet", "take0", "poll0 drop0"),
    replay("a_hand_over_has_no_place", "meet", "take0 put0 take0 put0", "poll0 poll2 poll1 poll3"),
    replay(
        "a_later_put_is_handed_over_first",
        "meet one std",
        "put0 put0 take0 put0 take0",
        "poll4 poll2 poll0 poll1 poll4 poll3",
    ),
    replay("a_losing_put_keeps_its_value", "meet", "or_default(put0,put0)", "poll0"),
    replay("a_lost_value_is_not_counted", "slide", "put0", "try_put0 poll0"),
    replay(
        "a_notice_is_taken_without_a_look",
        "one",
        "put0 take0 take0 put0",
        "poll1 poll2 poll0 poll3 poll2",
    ),
    replay("a_put_back_goes_to_the_tail", "slide", "put1 take1 put1", "poll1 poll0 drop1 poll2"),
    replay(
        "a_put_back_passes_over_parked_takes",
        "one",
        "take0 take0 put0",
        "renew0 poll1 poll2 drop0",
    ),
    replay("a_put_back_survives_poison", "meet", "take2", "poll0 try_put2 poison2 drop0"),
    replay(
        "a_put_back_that_is_given_on_loses_its_number",
        "chan meet",
        "put0 put0 take0 take0 take0",
        "renew3 poll1 poll2 poll0 poll4 drop2 drop3 drop4 try_take0",
    ),
    replay(
        "a_put_overtakes_what_is_there",
        "slide",
        "take0 take0 put0",
        "poll0 poll2 poll1 try_put0 poll0 try_put0",
    ),
    replay("a_rendezvous_accepts_alone", "meet", "put0", "poll0"),
    replay(
        "a_second_notice_is_lost",
        "meet",
        "take0 take0 put0 alts(put0,put0)",
        "poll0 poll1 poll2 poll3 poll0 drop1 poll3 drop3",
    ),
    replay("a_stream_is_given_a_value", "chan meet", "put0 stream0", "poll1 poll0"),
    replay("a_take_admits_nobody", "meet", "put2 put2", "poll0 poll1 try_take2"),
    replay(
        "a_take_that_leaves_passes_nothing_on",
        "meet",
        "take0 put0 take0 alts(put0,take0)",
        "poll2 try_put0 poll0 poll3 poll2 poll1 drop0",
    ),
    replay(
        "a_taken_put_passes_nothing_on",
        "meet",
        "take0 take0 put0 put0 put0 take0",
        "poll0 poll5 poll2 poll3 poll4 poll0 poll1",
    ),
    replay("an_end_leaves_the_streams_waiting", "meet one std", "stream0", "poll0 taint0"),
    replay("close_discards", "one", "put1", "poll0 close1"),
    replay("close_forgets_puts", "meet one std", "put0", "poll0 close0"),
    replay("close_forgets_watchers", "meet", "closed1", "poll0 poison1"),
    replay("only_one_take_is_told", "two", "stream2 stream2", "poll1 poll0 try_put2"),
    replay("poison_mistakes_its_side", "one", "put0", "poll0 poison0"),
    replay("priority_takes_the_last", "meet", "alts(take0,take0) put0", "poll1 poll0"),
    replay(
        "put_backs_forget_their_order",
        "chan meet",
        "take0 put0 take0",
        "poll2 poll0 try_put0 renew1 drop2 drop0 try_take0",
    ),
    replay(
        "room_again_is_not_told",
        "meet one std",
        "take0 put0 put0 take0",
        "poll3 poll0 poll1 poll2 poll3",
    ),
    replay("the_last_is_served_first", "meet", "take0 take0", "poll0 poll1 try_put0"),
    replay("the_old_waker_is_kept", "meet", "closed0", "poll0 renew0"),
    replay(
        "the_word_is_not_looked_at",
        "one",
        "alts(take0,take0) take0 put0 put0",
        "poll1 poll2 poll0 poll1 poll3 drop0",
    ),
    replay("the_wrong_value_slides_out", "chan slide", "put1 put1", "try_put1 poll0 poll1"),
    replay("what_has_ended_is_not_ready", "meet", "alts(put0,put0)", "close0 poll0"),
];
