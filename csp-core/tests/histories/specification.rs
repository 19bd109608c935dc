//! Channels that serve one call at a time.
//!
//! *Model.* A call arrives, once. If one of its branches can happen it happens, and completes a
//! parked call of the other side, if it met one; else the call is parked, if it waits. Since it is
//! known what each call returned, an arrival has one next state, or contradicts what was returned.
//!
//! What is demanded, by the numbers of `docs/semantics.md`: A5, A6, A11, A14, A19, A20, A23. Nobody
//! drops an operation, and the channels are handles, which have a place for every value that is
//! handed over; so none of the exceptions that A6 and A11 make applies.

use std::collections::VecDeque;

use crate::history::{Branch, Call, Channel, Effect, History, Op, Outcome, Value};

/// The number of a call in its history.
pub(crate) type Number = usize;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    channels: Vec<Queue>,
    /// Parked calls that have lost a branch to a close: the close does not return before they have
    /// been completed.
    leaving: Vec<(Number, Number)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Queue {
    size: usize,
    values: VecDeque<Value>,
    puts: VecDeque<Number>,
    takes: VecDeque<Number>,
    is_closed: bool,
}

impl State {
    pub(crate) fn new(sizes: &[usize]) -> Self {
        let queue = |&size: &usize| Queue {
            size,
            values: VecDeque::new(),
            puts: VecDeque::new(),
            takes: VecDeque::new(),
            is_closed: false,
        };
        Self { channels: sizes.iter().map(queue).collect(), leaving: Vec::new() }
    }

    /// The calls that wait.
    pub(crate) fn parked(&self) -> impl Iterator<Item = Number> {
        self.channels.iter().flat_map(|queue| queue.puts.iter().chain(&queue.takes).copied())
    }

    /// Before which ticket something must have happened to a call that waits.
    pub(crate) fn deadline(&self, history: &History) -> Option<u64> {
        let returned = |number: Number| history.calls[number].returned;
        let parked = self.parked().map(returned);
        parked.chain(self.leaving.iter().map(|&(_, close)| returned(close))).min()
    }

    /// The state after the arrival of a call; `None` if it contradicts what calls returned.
    #[must_use]
    pub(crate) fn arrive(&self, history: &History, me: Number) -> Option<Self> {
        let mut next = self.clone();
        let call = &history.calls[me];
        match &call.op {
            Op::Close(channel) => next.close(history, me, *channel)?,
            Op::Offer { branches, waits } => next.offer(history, me, branches, *waits)?,
        }
        Some(next)
    }

    fn offer(
        &mut self,
        history: &History,
        me: Number,
        branches: &[Branch],
        waits: bool,
    ) -> Option<()> {
        let nothing_is_ready = !branches.iter().any(|&branch| self.is_ready(branch));
        match history.calls[me].outcome {
            Outcome::Nothing => None,
            Outcome::NotReady => (nothing_is_ready && !waits).then_some(()),
            Outcome::Chose(index, effect) => {
                let branch = *branches.get(index)?;
                if self.is_ready(branch) {
                    return (self.happen(history, branch)? == effect).then_some(());
                }
                if !nothing_is_ready || !waits {
                    return None;
                }
                for &branch in branches {
                    match branch {
                        Branch::Put(to, _) => self.channels[to].puts.push_back(me),
                        Branch::Take(from) => self.channels[from].takes.push_back(me),
                    }
                }
                Some(())
            }
        }
    }

    fn is_ready(&self, branch: Branch) -> bool {
        let queue = &self.channels[branch.channel()];
        queue.is_closed
            || match branch {
                Branch::Put(..) => queue.values.len() < queue.size || !queue.takes.is_empty(),
                Branch::Take(_) => !queue.values.is_empty() || !queue.puts.is_empty(),
            }
    }

    /// A branch that is ready happens.
    fn happen(&mut self, history: &History, branch: Branch) -> Option<Effect> {
        match branch {
            Branch::Put(to, value) => {
                let queue = &mut self.channels[to];
                if queue.is_closed {
                    return Some(Effect::Closed);
                }
                if let Some(&take) = queue.takes.front() {
                    self.complete(history, take, to, Effect::Took(value))?;
                } else {
                    queue.values.push_back(value);
                }
                Some(Effect::Accepted)
            }
            Branch::Take(from) => {
                let queue = &mut self.channels[from];
                let value = queue.values.pop_front();
                let Some(&put) = queue.puts.front() else {
                    return Some(value.map_or(Effect::Closed, Effect::Took));
                };
                // Of several puts of one choice, its policy says which is met (A21).
                let offered = accepted(&history.calls[put], from)?;
                if value.is_some() {
                    queue.values.push_back(offered);
                }
                self.complete(history, put, from, Effect::Accepted)?;
                Some(Effect::Took(value.unwrap_or(offered)))
            }
        }
    }

    /// A parked call is over; it must have returned just this.
    fn complete(
        &mut self,
        history: &History,
        number: Number,
        at: Channel,
        effect: Effect,
    ) -> Option<()> {
        if !returned(&history.calls[number], at, effect) {
            return None;
        }
        for queue in &mut self.channels {
            queue.puts.retain(|&put| put != number);
            queue.takes.retain(|&take| take != number);
        }
        self.leaving.retain(|&(who, _)| who != number);
        Some(())
    }

    /// Parked calls get the error, except a choice that another channel still completes: a close
    /// reaches those who wait one after another.
    fn close(&mut self, history: &History, me: Number, channel: Channel) -> Option<()> {
        let queue = &mut self.channels[channel];
        queue.is_closed = true;
        let puts: Vec<_> = queue.puts.drain(..).collect();
        let takes: Vec<_> = queue.takes.drain(..).collect();
        for number in puts.into_iter().chain(takes) {
            if returned(&history.calls[number], channel, Effect::Closed) {
                self.complete(history, number, channel, Effect::Closed)?;
            } else if self.parked().any(|parked| parked == number) {
                self.leaving.push((number, me));
            } else {
                return None;
            }
        }
        Some(())
    }
}

/// Whether a call returned this effect of a branch at this channel.
fn returned(call: &Call, at: Channel, effect: Effect) -> bool {
    let Op::Offer { branches, .. } = &call.op else { return false };
    match call.outcome {
        Outcome::Chose(index, was) => {
            let side = |branch: &Branch| match effect {
                Effect::Accepted => matches!(branch, Branch::Put(..)),
                Effect::Took(_) => matches!(branch, Branch::Take(_)),
                Effect::Closed => true,
            };
            was == effect
                && branches.get(index).is_some_and(|branch| branch.channel() == at && side(branch))
        }
        _ => false,
    }
}

/// The value that a call put to this channel, by what it returned.
fn accepted(call: &Call, to: Channel) -> Option<Value> {
    let (Op::Offer { branches, .. }, Outcome::Chose(index, Effect::Accepted)) =
        (&call.op, call.outcome)
    else {
        return None;
    };
    match branches.get(index) {
        Some(&Branch::Put(channel, value)) if channel == to => Some(value),
        _ => None,
    }
}
