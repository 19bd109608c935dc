//! Looks for an order of the calls that explains a history.

use std::collections::HashSet;

use crate::history::History;
use crate::specification::{Number, State};

/// Calls that have arrived, one bit each.
type Arrived = u64;

/// What no order explains.
#[derive(Debug)]
pub(crate) struct Unexplained {
    /// The longest sequence of calls that could be explained.
    pub(crate) longest: Vec<Number>,
}

/// An order in which the calls can have arrived.
pub(crate) fn explain(history: &History) -> Result<Vec<Number>, Unexplained> {
    assert!(history.calls.len() < Arrived::BITS as usize, "one bit for each call");
    let mut search =
        Search { history, tried: HashSet::new(), order: Vec::new(), longest: Vec::new() };
    if search.go_on(&State::new(&history.sizes), 0) {
        Ok(search.order)
    } else {
        Err(Unexplained { longest: search.longest })
    }
}

struct Search<'h> {
    history: &'h History,
    /// Where the search has been in vain.
    tried: HashSet<(Arrived, State)>,
    order: Vec<Number>,
    longest: Vec<Number>,
}

impl Search<'_> {
    fn go_on(&mut self, state: &State, arrived: Arrived) -> bool {
        let calls = &self.history.calls;
        if self.order.len() > self.longest.len() {
            self.longest.clone_from(&self.order);
        }
        if self.order.len() == calls.len() {
            return state.parked().next().is_none();
        }
        let missing = |number: Number| arrived & (1 << number) == 0;
        let first_return = (0..calls.len()).filter(|&it| missing(it)).map(|it| calls[it].returned);
        // A call that began after another had returned comes after it, and after what completed it.
        let until = first_return.chain(state.deadline(self.history)).min().unwrap_or(u64::MAX);
        for number in (0..calls.len()).filter(|&it| missing(it)) {
            if calls[number].began > until {
                continue;
            }
            let Some(next) = state.arrive(self.history, number) else { continue };
            let arrived = arrived | 1 << number;
            if self.tried.contains(&(arrived, next.clone())) {
                continue;
            }
            self.order.push(number);
            if self.go_on(&next, arrived) {
                return true;
            }
            self.order.pop();
            self.tried.insert((arrived, next));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::history::{Branch, Call, Effect, History, Op, Outcome};

    use Branch::{Put, Take};
    use Effect::{Accepted, Closed, Took};

    /// `calls` as (began, returned, op, outcome), each of a thread of its own.
    fn history(sizes: &[usize], calls: Vec<(u64, u64, Op, Outcome)>) -> History {
        let call = |(thread, (began, returned, op, outcome))| Call {
            thread,
            op,
            began,
            outcome,
            returned,
        };
        History { sizes: sizes.to_vec(), calls: calls.into_iter().enumerate().map(call).collect() }
    }

    fn wait(branches: &[Branch]) -> Op {
        Op::Offer { branches: branches.to_vec(), waits: true }
    }

    fn now(branches: &[Branch]) -> Op {
        Op::Offer { branches: branches.to_vec(), waits: false }
    }

    fn first(effect: Effect) -> Outcome {
        Outcome::Chose(0, effect)
    }

    #[track_caller]
    fn is_right(sizes: &[usize], calls: Vec<(u64, u64, Op, Outcome)>) {
        let history = history(sizes, calls);
        assert!(explain(&history).is_ok(), "{history}");
    }

    #[track_caller]
    fn is_wrong(sizes: &[usize], calls: Vec<(u64, u64, Op, Outcome)>) {
        let history = history(sizes, calls);
        assert!(explain(&history).is_err(), "{history}");
    }

    #[test]
    fn a_rendezvous_meets() {
        let calls = |put_returns, take_begins| {
            vec![
                (0, put_returns, wait(&[Put(0, 1)]), first(Accepted)),
                (take_begins, 9, wait(&[Take(0)]), first(Took(1))),
            ]
        };
        is_right(&[0], calls(5, 3));
        // The put returned before anybody took.
        is_wrong(&[0], calls(3, 5));
        is_right(&[1], calls(3, 5));
    }

    #[test]
    fn a_take_before_its_put_is_refused() {
        is_wrong(
            &[1],
            vec![
                (0, 1, wait(&[Take(0)]), first(Took(1))),
                (2, 3, wait(&[Put(0, 1)]), first(Accepted)),
            ],
        );
    }

    #[test]
    fn a_value_that_is_delivered_twice_is_refused() {
        let twice = vec![
            (0, 1, wait(&[Put(0, 1)]), first(Accepted)),
            (2, 3, wait(&[Take(0)]), first(Took(1))),
            (2, 3, wait(&[Take(0)]), first(Took(1))),
        ];
        is_wrong(&[1], twice.clone());
        is_right(&[1], twice[..2].to_vec());
    }

    #[test]
    fn a_value_that_is_lost_is_refused() {
        let lost = |drained| {
            vec![
                (0, 1, wait(&[Put(0, 1)]), first(Accepted)),
                (2, 3, Op::Close(0), Outcome::Nothing),
                (4, 5, now(&[Take(0)]), first(drained)),
            ]
        };
        is_wrong(&[1], lost(Closed));
        is_right(&[1], lost(Took(1)));
    }

    #[test]
    fn values_that_overtake_are_refused() {
        let takes = |one, other| {
            vec![
                (0, 1, wait(&[Put(0, 1)]), first(Accepted)),
                (2, 3, wait(&[Put(0, 2)]), first(Accepted)),
                (4, 5, wait(&[Take(0)]), first(Took(one))),
                (6, 7, wait(&[Take(0)]), first(Took(other))),
            ]
        };
        is_wrong(&[2], takes(2, 1));
        is_right(&[2], takes(1, 2));
    }

    #[test]
    fn takers_that_are_served_out_of_turn_are_refused() {
        let takes = |one, other| {
            vec![
                (0, 20, wait(&[Take(0)]), first(Took(one))),
                // It says that nothing had been put when the other had begun to wait.
                (1, 2, now(&[Put(0, 9)]), first(Accepted)),
                (3, 21, wait(&[Take(0)]), first(Took(other))),
                (4, 5, now(&[Put(0, 8)]), first(Accepted)),
            ]
        };
        is_right(&[0], takes(9, 8));
        is_wrong(&[0], takes(8, 9));
    }

    #[test]
    fn a_default_although_one_was_ready_is_refused() {
        let default = |outcome| {
            vec![
                (0, 1, wait(&[Put(1, 1)]), first(Accepted)),
                (2, 3, now(&[Take(0), Take(1)]), outcome),
            ]
        };
        is_wrong(&[0, 1], default(Outcome::NotReady));
        is_right(&[0, 1], default(Outcome::Chose(1, Took(1))));
    }

    #[test]
    fn full_and_empty_must_have_been_so() {
        let full = |size| vec![(0, 1, now(&[Put(0, 1)]), Outcome::NotReady); size];
        is_right(&[0], full(1));
        is_wrong(&[1], full(1));
        let waiting = |tried| {
            vec![
                (0, 9, wait(&[Put(0, 1)]), first(Accepted)),
                (1, 2, now(&[Take(0)]), Outcome::NotReady),
                (3, 4, now(&[Take(0)]), tried),
                (5, 6, now(&[Take(0)]), first(Took(1))),
            ]
        };
        // The put may have come after the first look, not after the second and before the first.
        is_right(&[0], waiting(Outcome::NotReady));
        is_wrong(&[0], waiting(first(Took(1))));
    }

    #[test]
    fn a_choice_takes_effect_once() {
        let both = |second| {
            vec![
                (0, 9, wait(&[Put(0, 1), Put(1, 2)]), first(Accepted)),
                (1, 2, wait(&[Take(0)]), first(Took(1))),
                (3, 4, now(&[Take(1)]), second),
            ]
        };
        is_right(&[0, 0], both(Outcome::NotReady));
        is_wrong(&[0, 0], both(first(Took(2))));
    }

    #[test]
    fn equal_branches_of_a_choice_are_met_in_any_order() {
        let equal = |index, taken| {
            vec![
                (0, 9, wait(&[Put(0, 1), Put(0, 2)]), Outcome::Chose(index, Accepted)),
                (1, 2, wait(&[Take(0)]), first(Took(taken))),
            ]
        };
        is_right(&[0], equal(0, 1));
        is_right(&[0], equal(1, 2));
        is_wrong(&[0], equal(0, 2));
    }

    #[test]
    fn a_choice_never_meets_itself() {
        let own = vec![(0, 1, wait(&[Put(0, 1), Take(0)]), first(Accepted))];
        is_wrong(&[0], own);
    }

    #[test]
    fn a_close_ends_who_waits_and_keeps_what_is_there() {
        let closed = |put| {
            vec![
                (0, 1, wait(&[Put(0, 1)]), first(Accepted)),
                (2, 9, wait(&[Put(0, 2)]), first(put)),
                (3, 4, Op::Close(0), Outcome::Nothing),
                (5, 6, wait(&[Take(0)]), first(Took(1))),
                (7, 8, wait(&[Take(0)]), first(Closed)),
            ]
        };
        is_right(&[1], closed(Closed));
        is_wrong(&[1], closed(Accepted));
    }

    #[test]
    fn a_choice_may_be_met_while_a_close_goes_on() {
        let met = |close_returns| {
            vec![
                (0, 20, wait(&[Take(0), Take(1)]), Outcome::Chose(1, Took(1))),
                (1, 2, now(&[Put(0, 9)]), first(Closed)),
                (1, close_returns, Op::Close(0), Outcome::Nothing),
                (5, 6, now(&[Put(1, 1)]), first(Accepted)),
                (0, 1, now(&[Put(1, 7)]), Outcome::NotReady),
            ]
        };
        is_right(&[0, 0], met(7));
        // The close had returned, so the choice had been told.
        is_wrong(&[0, 0], met(4));
    }
}
