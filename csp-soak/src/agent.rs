//! A process that does anything to the channels that it knows, and may be stopped in the middle.

use std::time::{Duration, Instant};

use csp_core::{Branch, BranchOutcome, Chan, Receiver, Selected2, Sender, alts};

use crate::ledger::Value;
use crate::operation::{Inlet, L, Outlet, OwningPut, Patience, Site, Slot};
use crate::operation::{entered, pass, put_or_cancel, settled, take};
use crate::random::Random;

/// What puts: a counted end, or a handle of both.
#[derive(Clone)]
pub(crate) enum Out {
    Counted(Sender<Value, L>),
    Both(Chan<Value, L>),
}

/// What takes.
#[derive(Clone)]
pub(crate) enum In {
    Counted(Receiver<Value, L>),
    Both(Chan<Value, L>),
}

impl Out {
    fn end(&self) -> &Outlet {
        match self {
            Self::Counted(sender) => sender,
            Self::Both(chan) => chan.as_ref(),
        }
    }

    fn chan(&self) -> Chan<Value, L> {
        match self {
            Self::Counted(sender) => sender.chan(),
            Self::Both(chan) => chan.clone(),
        }
    }
}

impl In {
    fn end(&self) -> &Inlet {
        match self {
            Self::Counted(receiver) => receiver,
            Self::Both(chan) => chan.as_ref(),
        }
    }

    fn chan(&self) -> Chan<Value, L> {
        match self {
            Self::Counted(receiver) => receiver.chan(),
            Self::Both(chan) => chan.clone(),
        }
    }
}

pub(crate) struct Agent {
    pub(crate) site: Site,
    pub(crate) random: Random,
    pub(crate) outs: Vec<(usize, Out)>,
    pub(crate) ins: Vec<(usize, In)>,
    /// How many operations it does.
    pub(crate) budget: usize,
}

/// The most values that one operation makes.
pub(crate) const MOST_AT_ONCE: usize = 3;

impl Agent {
    pub(crate) async fn run(mut self) {
        while self.budget > 0 && !(self.outs.is_empty() && self.ins.is_empty()) {
            self.budget -= 1;
            if self.random.once_in(8) {
                self.outs.retain(|(_, out)| !out.end().is_closed());
                self.ins.retain(|(_, end)| !end.end().is_closed());
            }
            match self.random.below(64) {
                0..16 if !self.ins.is_empty() => self.take_somehow().await,
                16..36 if !self.outs.is_empty() => self.put_somehow().await,
                36..56 if !(self.outs.is_empty() && self.ins.is_empty()) => self.choose().await,
                56..58 => self.await_the_end().await,
                58..61 => self.change_ends(),
                61 => self.on_a_thread(),
                62 => self.end_one(),
                _ => pass().await,
            }
        }
    }

    async fn take_somehow(&mut self) {
        let (line, end) = &self.ins[self.random.below(self.ins.len())];
        let line = *line;
        let patience = Patience::any(&mut self.random);
        match self.random.below(6) {
            0 => use_up(entered(line, end.end().try_take())),
            1 => {
                let end = end.clone();
                let taking = async move { take(line, end.end()).await };
                self.site.begin_here(taking, use_up);
            }
            2 => {
                let running = self.site.ledger.run();
                let pending = end.chan().take_then(move |taken| {
                    use_up(entered(line, taken));
                    drop(running);
                });
                if self.random.once_in(2) {
                    pass().await;
                    if pending.cancel() {
                        self.site.ledger.cancelled();
                    }
                }
            }
            _ => {
                if let Some(taken) = self.site.endure(patience, take(line, end.end())).await {
                    use_up(taken);
                }
            }
        }
    }

    async fn put_somehow(&mut self) {
        let (line, end) = &self.outs[self.random.below(self.outs.len())];
        let line = *line;
        let patience = Patience::any(&mut self.random);
        let turns = self.random.below(8);
        let site = self.site.clone();
        let ledger = &site.ledger;
        let value = ledger.make(0);
        let id = value.id();
        match self.random.below(6) {
            0 => {
                let result = end.end().try_put(value.offered_to(line));
                match result {
                    Ok(()) => ledger.accepted(line),
                    Err(error) => drop(error.into_inner().held()),
                }
            }
            1 => {
                let end = end.clone();
                let put = async move { end.end().put(value.offered_to(line)).await };
                site.begin_here(OwningPut::new(ledger, line, id, put), drop);
            }
            2 => self.put_by_callback(line, end.chan(), value).await,
            3 => {
                let mut slot = Slot::new(ledger, value);
                let _cancelled = site.endure(patience, end.end().put_from(slot.offer(line))).await;
                drop(slot);
            }
            4 => drop(put_or_cancel(&site, line, end.end(), value, turns).await),
            _ => {
                let put = end.end().put(value.offered_to(line));
                drop(site.endure(patience, OwningPut::new(ledger, line, id, put)).await);
            }
        }
    }

    async fn put_by_callback(&self, line: usize, chan: Chan<Value, L>, value: Value) {
        let (running, ledger) = (self.site.ledger.run(), self.site.ledger.clone());
        let pending = chan.put_then(value.offered_to(line), move |result| {
            drop(settled(&ledger, line, result));
            drop(running);
        });
        if self.budget.is_multiple_of(2) {
            pass().await;
            match pending.cancel() {
                None => {}
                Some(csp_core::CancelledPut::Returned(value)) => {
                    self.site.ledger.cancelled();
                    drop(value.held());
                }
                Some(csp_core::CancelledPut::Committed) => self.site.ledger.accepted(line),
            }
        }
    }

    /// A choice of any of the takes and puts that it knows, one channel perhaps on both sides.
    async fn choose(&mut self) {
        let patience = Patience::any(&mut self.random);
        let site = self.site.clone();
        let policy = self.random.below(4);
        let takes = self.random.between(usize::from(self.outs.is_empty()), 3);
        let takes = if self.ins.is_empty() { 0 } else { takes };
        let puts = self.random.between(usize::from(takes == 0), MOST_AT_ONCE);
        let puts = if self.outs.is_empty() { 0 } else { puts };
        let mut slots = Vec::new();
        slots.resize_with(puts, || Slot::new(&site.ledger, site.ledger.make(0)));

        let mut lines = Vec::new();
        let mut branches = Vec::new();
        for _ in 0..takes {
            let (line, end) = &self.ins[self.random.below(self.ins.len())];
            lines.push(*line);
            branches.push(Branch::take(end.end()));
        }
        for slot in &mut slots {
            let (line, end) = &self.outs[self.random.below(self.outs.len())];
            branches.push(Branch::put_from(end.end(), slot.offer(*line)));
        }
        let mut branches = Box::into_pin(branches.into_boxed_slice());
        let choice = alts(branches.as_mut());
        let choice = if policy == 0 { choice.priority() } else { choice };
        let chosen = match policy {
            1 => choice.try_now(),
            _ => site.endure(patience, choice).await,
        };
        drop(branches);
        let accepted = slots.iter_mut().filter_map(|slot| (!slot.settle()).then_some(1)).sum();
        // A choice that was given up may have come to its end before.
        let may_be_accepted = match &chosen {
            None => 0..=usize::from(policy != 1),
            Some((_, BranchOutcome::Put(Ok(())))) => 1..=1,
            Some(_) => 0..=0,
        };
        if !may_be_accepted.contains(&accepted) {
            site.ledger.fail(format!("{accepted} puts of a choice that ended with {chosen:?}"));
        }
        if let Some((index, BranchOutcome::Took(Ok(value)))) = chosen {
            value.taken_from(lines[index]).deliver();
        }
    }

    async fn await_the_end(&mut self) {
        let Some((line, end)) = self.ins.first() else { return };
        let patience = Patience::some(&mut self.random);
        let (line, end) = (*line, end.end());
        let choice = async {
            match alts((end.closed(), end.take())).await {
                Selected2::First(ended) => Err(ended),
                Selected2::Second(taken) => Ok(entered(line, taken)),
            }
        };
        if let Some(Ok(taken)) = self.site.endure(patience, choice).await {
            use_up(taken);
        }
    }

    fn change_ends(&mut self) {
        let random = &mut self.random;
        match random.below(4) {
            0 if self.outs.len() > 1 => drop(self.outs.swap_remove(random.below(self.outs.len()))),
            1 if self.ins.len() > 1 => drop(self.ins.swap_remove(random.below(self.ins.len()))),
            2 if (1..4).contains(&self.outs.len()) => {
                self.outs.push(self.outs[random.below(self.outs.len())].clone());
            }
            3 if (1..4).contains(&self.ins.len()) => {
                self.ins.push(self.ins[random.below(self.ins.len())].clone());
            }
            _ => {}
        }
    }

    /// A blocking operation, on a thread of its own.
    fn on_a_thread(&mut self) {
        let running = self.site.ledger.run();
        let ledger = self.site.ledger.clone();
        let deadline = Instant::now() + Duration::from_micros(self.random.below(500) as u64);
        let out = self.outs.first().filter(|_| self.random.once_in(2)).cloned();
        if let Some((line, end)) = out {
            let value = ledger.make(0).offered_to(line);
            std::thread::spawn(move || {
                drop(settled(&ledger, line, end.end().put_blocking_until(value, deadline)));
                drop((end, running));
            });
        } else if let Some((line, end)) = self.ins.first().cloned() {
            std::thread::spawn(move || {
                let taken = end.end().take_blocking_until(deadline);
                use_up(entered(line, taken));
                drop((end, running));
            });
        }
    }

    /// Seldom, for then there is less to do on that channel.
    fn end_one(&mut self) {
        let random = &mut self.random;
        if !random.once_in(8) {
            return;
        }
        let strength = random.below(4) as u8;
        match (self.outs.first(), self.ins.first(), random.below(4)) {
            (Some((_, out)), _, 0) => out.end().close(),
            (_, Some((_, end)), 1) => end.end().close(),
            (Some((_, out)), _, 2) => drop(out.end().poison(strength)),
            (_, Some((_, end)), 3) => drop(end.end().poison(strength)),
            _ => {}
        }
    }
}

/// A value that was taken has arrived.
fn use_up<E>(taken: Result<Value, E>) {
    if let Ok(value) = taken {
        value.deliver();
    }
}
