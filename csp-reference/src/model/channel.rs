//! What the steps do: matches, hand-overs, put-backs, ends.

use csp_core::Ended;

use super::{At, Model, Overflow, Phase, Room, Said, Shape, Tally};
use crate::script::{Form, Side, value_of};

/// A party that is in no list: a `try_` form.
const STRANGER: usize = usize::MAX;

impl Room {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            buffer: Vec::new(),
            returned: Vec::new(),
            line: Vec::new(),
            puts: Vec::new(),
            takes: Vec::new(),
            watchers: Vec::new(),
            ended: None,
            discards: false,
            kept: [None; 2],
            waits: 0,
            tally: Tally::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.buffer.len() + self.returned.len()
    }

    fn has_room(&self) -> bool {
        self.shape.overflow != Overflow::Wait || self.buffer.len() < self.shape.capacity
    }

    fn leave(&mut self, offer: usize) {
        for list in [&mut self.puts, &mut self.takes, &mut self.watchers] {
            list.retain(|&(other, _)| other != offer);
        }
    }

    /// A value that is not put back any more leaves its place.
    fn forget(&mut self, value: u8) {
        self.line.retain(|&other| other != value);
    }
}

impl Model<'_> {
    /// Whether this branch would complete now.
    pub(super) fn is_ready(&self, offer: usize, branch: usize) -> bool {
        let guard = self.offers[offer].guard(branch);
        let room = &self.rooms[guard.channel];
        room.ended.is_some()
            || match guard.side {
                Side::Put => room.has_room() || self.meets(offer, guard.channel, false).is_some(),
                Side::Take => self.can_take(offer, guard.channel),
                Side::Closed => false,
            }
    }

    /// Whether this branch is ready, and would be so if no choice had been decided elsewhere that
    /// has not been polled since.
    ///
    /// Such a choice may stand between a put and a take, and nobody can say that it does not stand
    /// there any more: who decided it held the lock of another channel, and who could look for
    /// those behind it is its owner.
    pub(super) fn is_known_ready(&self, offer: usize, branch: usize) -> bool {
        let guard = self.offers[offer].guard(branch);
        let room = &self.rooms[guard.channel];
        let is_hidden = guard.side == Side::Put
            && room.ended.is_none()
            && !room.has_room()
            && self.meets(offer, guard.channel, true).is_none();
        self.is_ready(offer, branch) && !is_hidden
    }

    fn is_live(&self, offer: usize) -> bool {
        self.parties[offer].phase == Phase::Waiting
    }

    pub(super) fn live<'a>(
        &'a self,
        list: &'a [(usize, usize)],
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        list.iter().copied().filter(|&(offer, _)| self.is_live(offer))
    }

    fn can_take(&self, offer: usize, channel: usize) -> bool {
        let room = &self.rooms[channel];
        room.len() > 0 || self.live(&room.puts).any(|(other, _)| other != offer)
    }

    /// The take that would get the value of a put of `offer` (A5, A6, A11): the oldest of another
    /// party, if the value could come back and overtakes nothing that was put before. With `all`,
    /// those that have been decided elsewhere still stand in line.
    fn meets(&self, offer: usize, channel: usize, all: bool) -> Option<(usize, usize)> {
        let room = &self.rooms[channel];
        if room.len() > 0 || room.line.len() >= room.shape.places {
            return None;
        }
        let stands = |&(other, _): &(usize, usize)| all || self.is_live(other);
        let mut takes = room.takes.iter().copied().filter(stands);
        let take = takes.find(|&(other, _)| other != offer && !self.offers[other].is_listener())?;
        // A put of the same choice as the take is withdrawn when that has its value.
        let puts = room.puts.iter().copied().filter(stands);
        let mut before = puts.take_while(|&(other, _)| other != offer);
        if before.any(|(other, _)| other != take.0) { None } else { Some(take) }
    }

    fn leave_lists(&mut self, offer: usize) {
        self.rooms.iter_mut().for_each(|room| room.leave(offer));
    }

    /// Decides an offer that waits, at one of its channels; at the other one it stands in line
    /// until its owner comes, but is not live.
    fn decide(&mut self, offer: usize, channel: usize, allowed: Vec<(usize, Said)>) {
        self.rooms[channel].leave(offer);
        self.parties[offer].phase = Phase::Decided(allowed);
    }

    /// The offer is over: the values of its puts, but for an accepted one, are the caller's again.
    fn over(&mut self, offer: usize, accepted: Option<usize>) {
        self.leave_lists(offer);
        if self.offers[offer].form.is_alternative() && self.parties[offer].marks.left > 1 {
            self.parties[offer].marks.left -= 1;
            self.parties[offer].phase = Phase::Idle;
            return;
        }
        self.parties[offer].phase = Phase::Gone;
        for (branch, guard) in self.offers[offer].guards().enumerate() {
            if guard.side == Side::Put && accepted != Some(branch) {
                let back = if self.offers[offer].has_source() { At::Back } else { At::Gone };
                self.values[usize::from(value_of(self.offers, offer, branch))] = back;
            }
        }
    }

    pub(super) fn defaulted(&mut self, offer: usize) {
        self.over(offer, None);
    }

    /// A poll found nothing.
    pub(super) fn waits(&mut self, offer: usize) {
        if self.parties[offer].phase == Phase::Waiting {
            return;
        }
        self.parties[offer].phase = Phase::Waiting;
        let is_plain = self.offers[offer].is_plain();
        for (branch, guard) in self.offers[offer].guards().enumerate() {
            let room = &mut self.rooms[guard.channel];
            room.waits += usize::from(is_plain && guard.side != Side::Closed);
            let list = match guard.side {
                Side::Put => &mut room.puts,
                Side::Take => &mut room.takes,
                Side::Closed => &mut room.watchers,
            };
            list.push((offer, branch));
        }
    }

    /// A branch that is ready happens.
    pub(super) fn commit(&mut self, offer: usize, branch: usize) -> Said {
        let guard = self.offers[offer].guard(branch);
        let said = match guard.side {
            Side::Put => self.put(offer, guard.channel, value_of(self.offers, offer, branch)),
            Side::Take => self.take(offer, guard.channel),
            Side::Closed => None,
        };
        let accepted = said == Some(Said::Accepted);
        let said = said.unwrap_or_else(|| self.ended_as(offer, branch));
        self.over(offer, accepted.then_some(branch));
        said
    }

    fn ended_as(&self, offer: usize, branch: usize) -> Said {
        let guard = self.offers[offer].guard(branch);
        let ended = self.rooms[guard.channel].ended.expect("the channel has ended");
        match guard.side {
            Side::Put => Said::Refused(ended),
            Side::Take if self.offers[offer].form == Form::Stream => Said::NoItem,
            Side::Take => Said::NoValue(ended),
            Side::Closed => Said::Over(ended),
        }
    }

    /// A put that need not wait; `None` if the channel has ended.
    fn put(&mut self, offer: usize, channel: usize, value: u8) -> Option<Said> {
        if self.rooms[channel].ended.is_some() {
            return None;
        }
        let meets = self.meets(offer, channel, false);
        if offer != STRANGER {
            self.leave_lists(offer);
        }
        self.rooms[channel].tally.accepted += 1;
        if let Some(take) = meets {
            self.rooms[channel].line.push(value);
            self.keep(take.0, channel, Side::Take);
            self.decide(take.0, channel, vec![(take.1, Said::Took(value))]);
        } else {
            self.push(channel, value);
        }
        Some(Said::Accepted)
    }

    /// The channel keeps the waker of an offer that it completes (A8).
    fn keep(&mut self, offer: usize, channel: usize, side: Side) {
        let room = &self.rooms[channel];
        if room.shape.keeps && room.waits >= 2 && self.offers[offer].is_plain() {
            self.rooms[channel].kept[usize::from(side == Side::Take)] = Some(offer);
        }
    }

    fn push(&mut self, channel: usize, value: u8) {
        let room = &mut self.rooms[channel];
        let mut lost = None;
        if room.buffer.len() < room.shape.capacity {
            room.buffer.push(value);
        } else {
            lost = match room.shape.overflow {
                Overflow::LoseNewest => Some(value),
                Overflow::LoseOldest => {
                    room.buffer.push(value);
                    Some(room.buffer.remove(0))
                }
                Overflow::ReplaceNewest => {
                    let newest = room.buffer.pop();
                    room.buffer.push(value);
                    newest
                }
                Overflow::Wait => unreachable!("a put into a full buffer waits"),
            };
        }
        if let Some(lost) = lost {
            self.discard(channel, lost);
        }
    }

    fn discard(&mut self, channel: usize, value: u8) {
        self.rooms[channel].tally.discarded += 1;
        self.values[usize::from(value)] = At::Gone;
    }

    /// A take that need not wait: what came back, then the buffer, then a put that waits; `None`
    /// if there is nothing and the channel has ended.
    fn take(&mut self, offer: usize, channel: usize) -> Option<Said> {
        if offer != STRANGER {
            self.leave_lists(offer);
        }
        let room = &mut self.rooms[channel];
        let value = if !room.returned.is_empty() {
            let value = room.returned.remove(0);
            room.forget(value);
            value
        } else if !room.buffer.is_empty() {
            let value = room.buffer.remove(0);
            self.admit(channel);
            value
        } else {
            let room = &self.rooms[channel];
            let (put, branch) = self.live(&room.puts).next()?;
            self.accept(put, branch)
        };
        self.taken(channel, value);
        Some(Said::Took(value))
    }

    fn taken(&mut self, channel: usize, value: u8) {
        self.rooms[channel].tally.taken += 1;
        self.values[usize::from(value)] = At::Gone;
    }

    /// A put that waits is accepted by somebody else.
    fn accept(&mut self, put: usize, branch: usize) -> u8 {
        let channel = self.offers[put].guard(branch).channel;
        self.rooms[channel].tally.accepted += 1;
        self.keep(put, channel, Side::Put);
        self.decide(put, channel, vec![(branch, Said::Accepted)]);
        value_of(self.offers, put, branch)
    }

    /// The oldest put moves into the room that a take has made (B7).
    fn admit(&mut self, channel: usize) {
        let room = &self.rooms[channel];
        let oldest = self.live(&room.puts).next();
        if let Some((put, branch)) = oldest.filter(|_| room.has_room()) {
            let value = self.accept(put, branch);
            self.push(channel, value);
        }
    }

    /// A decided offer has been polled; what it said is one of what was allowed.
    pub(super) fn collected(&mut self, offer: usize, seen: super::Seen) -> Result<(), String> {
        let super::Seen::Ready(branch, said) = seen else { unreachable!("checked by the caller") };
        let channel = self.offers[offer].guard(branch).channel;
        if let Said::Took(value) = said {
            self.rooms[channel].forget(value);
            self.taken(channel, value);
        }
        self.over(offer, (said == Said::Accepted).then_some(branch));
        Ok(())
    }

    pub(super) fn dropped(&mut self, offer: usize) {
        if self.parties[offer].phase != Phase::Waiting {
            // What is dropped of an `Alternative` that waits is the selection.
            self.parties[offer].marks.left = 1;
        }
        let Phase::Decided(allowed) = self.parties[offer].phase.clone() else {
            self.over(offer, None);
            return;
        };
        let (branch, said) = allowed[0];
        self.over(offer, (said == Said::Accepted).then_some(branch));
        if let Said::Took(value) = said {
            self.put_back(self.offers[offer].guard(branch).channel, value);
        }
    }

    /// A value that was handed over comes back: to the next take that waits, else to the head of
    /// the channel, before anything that was handed over later (A6).
    fn put_back(&mut self, channel: usize, value: u8) {
        if self.rooms[channel].discards {
            self.rooms[channel].forget(value);
            self.discard(channel, value);
            return;
        }
        let mut takes = self.live(&self.rooms[channel].takes);
        if let Some((take, branch)) = takes.find(|&(other, _)| !self.offers[other].is_listener()) {
            drop(takes);
            self.decide(take, channel, vec![(branch, Said::Took(value))]);
            return;
        }
        drop(takes);
        let room = &mut self.rooms[channel];
        room.returned.push(value);
        let place = |value: &u8| room.line.iter().position(|other| other == value);
        room.returned.sort_by_key(place);
    }

    pub(super) fn try_put(&mut self, channel: usize) -> Said {
        let value = self.values.len() as u8;
        let room = &self.rooms[channel];
        let refused = match room.ended {
            Some(ended) => Some(Said::Refused(ended)),
            None if room.has_room() || self.meets(STRANGER, channel, false).is_some() => None,
            None => Some(Said::Full),
        };
        if let Some(refused) = refused {
            self.values.push(At::Gone);
            return refused;
        }
        self.values.push(At::Alive);
        self.put(STRANGER, channel, value).expect("the channel is open")
    }

    pub(super) fn try_take(&mut self, channel: usize) -> Said {
        if self.can_take(STRANGER, channel) {
            return self.take(STRANGER, channel).expect("there is a value");
        }
        self.rooms[channel].ended.map_or(Said::Empty, Said::NoValue)
    }

    /// Close (A14) or poison (A15).
    pub(super) fn end(&mut self, channel: usize, how: Ended, discards: bool) {
        let room = &mut self.rooms[channel];
        room.ended = Some(match (room.ended, how) {
            (Some(Ended::Poisoned { strength }), Ended::Closed) => Ended::Poisoned { strength },
            (Some(Ended::Poisoned { strength: a }), Ended::Poisoned { strength: b }) => {
                Ended::Poisoned { strength: a.max(b) }
            }
            (_, how) => how,
        });
        room.discards |= discards;
        room.kept = [None; 2];
        if room.discards {
            let returned = std::mem::take(&mut room.returned);
            returned.iter().for_each(|&value| room.forget(value));
            let lost = [returned, std::mem::take(&mut room.buffer)].concat();
            lost.into_iter().for_each(|value| self.discard(channel, value));
        }
        self.release(channel);
    }

    /// Nobody waits at a channel that has ended, but takes that have been told of what is there,
    /// and streams, which are only told.
    fn release(&mut self, channel: usize) {
        let room = &self.rooms[channel];
        let mut released: Vec<_> = self.live(&room.puts).chain(self.live(&room.watchers)).collect();
        if room.len() == 0 {
            let takes = self.live(&room.takes);
            released.extend(takes.filter(|&(other, _)| !self.offers[other].is_listener()));
        }
        for &(offer, _) in &released {
            let branches = released.iter().filter(|&&(other, _)| other == offer);
            let allowed: Vec<_> =
                branches.map(|&(_, branch)| (branch, self.ended_as(offer, branch))).collect();
            self.decide(offer, channel, allowed);
        }
    }
}
