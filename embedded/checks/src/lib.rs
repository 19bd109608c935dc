//! What csp-core promises, checked on microcontrollers without an allocator.
//!
//! Checks are named by the numbers of `docs/semantics.md`. Those that poll by hand run under each
//! lock; those of two processes run as two tasks of whatever executor the program has. A check that
//! fails panics, which ends the program.

#![no_std]
#![forbid(unsafe_code)]

mod alternative;
mod buffers;
mod cancel;
mod choice;
mod close;
mod groups;
mod interrupts;
mod meeting;
mod policy;
mod put_take;
mod time;
mod two;

use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use board::Report;
use csp_core::lock::{CriticalSection, Lock};

/// Checks of one task, which polls by hand: a function each, generic over the lock.
macro_rules! by_hand {
    ($($module:ident: $($check:ident)+;)+) => {
        /// The checks that poll by hand, under a lock of this flavour.
        pub fn by_hand<L: Lock>(report: &Report) {
            $($(
                $module::$check::<L>();
                report.passed(concat!(stringify!($module), "::", stringify!($check)));
            )+)+
        }
    };
}

/// Checks of two tasks: a module each, with the part of either.
macro_rules! by_two {
    ($($module:ident: $($check:ident)+;)+) => {
        /// All checks, as the first of two tasks.
        pub async fn first(report: &Report) {
            by_hand::<CriticalSection>(report);
            $($(
                meeting::first().await;
                $module::$check::first().await;
                meeting::first().await;
                report.passed(concat!(stringify!($module), "::", stringify!($check)));
            )+)+
        }

        /// What the second task does in them.
        pub async fn second() {
            $($(
                meeting::second().await;
                $module::$check::second().await;
                meeting::second().await;
            )+)+
        }
    };
}

by_hand! {
    put_take:
        b1_a_put_with_a_waiting_take_completes_at_once
        b3_a_put_into_free_space_needs_no_take
        b4_a_put_into_a_full_buffer_waits
        b5_a_take_gets_the_value_of_a_parked_put
        b7_a_take_admits_the_oldest_parked_put
        b10_parked_takes_and_puts_are_served_in_order
        b13_parked_puts_are_counted
        b14_any_value_can_be_sent
        b15_len_and_capacity_are_right
        b17_a_put_is_not_woken_before_a_take_has_come
        b84_try_forms_tell_why_not
        b85_try_forms_meet_who_waits
        b87_one_too_many_waits_in_vain
        a10_the_last_waker_is_woken
        a13_after_128_immediate_operations_the_next_yields;
    buffers:
        b89_a_dropping_buffer_drops_the_newest
        b90_a_sliding_buffer_drops_the_oldest
        b93_an_overwriting_buffer_replaces_the_newest
        b96_a_promise_is_for_everybody;
    close:
        b19_a_take_from_a_closed_channel_fails_again_and_again
        b20_a_put_to_a_closed_channel_gives_its_value_back
        b21_what_is_buffered_is_still_taken
        b22_a_close_wakes_all_takes
        b23_a_close_fails_parked_puts
        b31_poison_wakes_who_waits
        b33_what_has_matched_is_not_poisoned
        b36_poison_drains_or_discards_by_its_side
        b41_an_immune_channel_ignores_weak_poison
        a16_the_end_can_be_awaited;
    cancel:
        b80_a_dropped_take_leaves_no_ghost
        b81_a_dropped_put_withdraws_its_value
        b82_a_dropped_choice_withdraws_every_branch
        b83_a_value_that_was_not_collected_goes_to_the_next_take
        a6_a_value_comes_back_before_later_ones
        a7_a_cancelled_put_returns_its_value_or_was_committed
        a9_who_was_told_and_is_not_polled_holds_up_nobody
        a23_a_lost_put_gives_its_value_back;
    choice:
        b52_a_ready_take_is_chosen
        b53_one_branch_takes_effect
        b60_a_closed_channel_is_ready
        b62_what_is_ready_beats_the_default
        b66_a_choice_never_matches_itself
        b67_a_channel_may_appear_twice
        b68_losers_leave_their_channels
        b70_a_false_condition_switches_a_branch_off
        b71_skip_is_always_ready
        b76_order_decides_between_a_value_and_poison
        b77_poison_ends_a_choice_that_waits
        b79_the_branch_is_named
        a25_a_slice_mixes_puts_and_takes;
    policy:
        b56_priority_takes_the_first
        b57_a_random_choice_reaches_each
        b58_a_fair_choice_serves_in_turn;
    alternative:
        b75_an_alternative_is_selected_many_times
        a19_an_idle_alternative_is_no_offer
        a21_a_fair_selection_serves_in_turn;
    groups:
        b108_results_come_in_the_order_of_the_arguments
        b109_a_failure_cancels_the_siblings
        a28_a_group_with_a_queue_polls_what_is_ready;
}

by_two! {
    two:
        b2_a_put_waits_for_a_take
        b6_a_take_waits_for_a_put
        b9_values_arrive_in_order
        b12_nothing_is_lost_between_several
        b18_a_rendezvous_is_a_meeting
        b64_a_choosing_putter_and_a_choosing_taker_meet
        b65_two_who_choose_in_a_ring_go_on
        b78_many_choices_lose_nothing
        b88_a_buffer_decouples;
    time:
        b72_a_limit_on_each_turn
        b74_the_shorter_timeout_wins
        b102_a_timeout_is_not_early
        b103_timeouts_end_in_the_order_of_their_deadlines
        a26_one_timeout_limits_a_whole_conversation
        a26_a_lost_timeout_leaves_nothing_behind
        a26_an_idle_timeout_counts_from_each_selection;
    interrupts:
        a_put_from_an_interrupt_ends_a_choice
        a_put_from_an_interrupt_meets_a_take_that_waits
        an_interrupt_ends_a_sleep
        a_sliding_buffer_keeps_the_newest_samples
        a_take_in_an_interrupt_lets_a_put_go_on
        a_close_in_an_interrupt_ends_a_choice
        two_interrupts_feed_one_alternative;
}

/// Polls once, as a task that cannot be woken.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Completes when the condition holds, which is looked at whenever the executor comes by.
async fn until(mut condition: impl FnMut() -> bool) {
    core::future::poll_fn(|cx| {
        if condition() {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
