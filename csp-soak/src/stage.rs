//! A process of a network that comes to its end by itself: it takes, keeps a queue, and puts.
//!
//! Whatever it does is given up and tried again, but nothing is ever given up for good; so every
//! value arrives, and a network that stops before has lost a value or a wake-up. It never waits for
//! one partner alone while another might be waiting for it: where it has several, or is part of a
//! ring, it chooses among all.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use csp_core::{
    Branch, BranchOutcome, Error, Receiver, Rotation, Selected3, Sender, TryTakeError, alts,
};

use crate::ledger::Value;
use crate::operation::{L, Left, OwningPut, Patience, Site, Slot};
use crate::operation::{entered, pass, put_or_cancel, settled, take};
use crate::random::Random;

/// The most branches of one choice.
pub(crate) const WIDEST: usize = 16;

pub(crate) struct Stage {
    pub(crate) site: Site,
    pub(crate) random: Random,
    pub(crate) inputs: Vec<(usize, Receiver<Value, L>)>,
    pub(crate) outputs: Vec<(usize, Sender<Value, L>)>,
    /// How many values it is yet to make.
    pub(crate) budget: usize,
    /// How many it keeps at most.
    pub(crate) most: usize,
    pub(crate) queue: VecDeque<Slot>,
    /// Values end here.
    pub(crate) is_sink: bool,
    pub(crate) ring: Option<Arc<Ring>>,
}

/// What the processes of a ring share: who takes the last token off it closes it.
pub(crate) struct Ring {
    pub(crate) tokens: AtomicUsize,
    pub(crate) close: Box<dyn Fn() + Send + Sync>,
}

/// What a branch of the choice is.
enum Which {
    Input(usize),
    Output(usize),
}

impl Stage {
    pub(crate) async fn run(mut self) {
        let mut rotation = Rotation::new();
        loop {
            while self.budget > 0 && self.queue.len() < self.most {
                self.budget -= 1;
                let value = self.site.ledger.make(0);
                self.queue.push_back(Slot::new(&self.site.ledger, value));
            }
            if self.inputs.is_empty() && (self.queue.is_empty() || self.ring.is_some()) {
                return;
            }
            if self.outputs.is_empty() && self.ring.is_none() && !self.is_sink {
                return self.site.ledger.fail("nobody takes what is yet to arrive".to_owned());
            }
            self.step(&mut rotation).await;
            self.queue.retain_mut(Slot::settle);
            if self.random.once_in(16) {
                self.renew();
            }
        }
    }

    /// Goes on with other handles of the same ends.
    fn renew(&mut self) {
        for (_, sender) in &mut self.outputs {
            *sender = sender.clone();
        }
        for (_, receiver) in &mut self.inputs {
            *receiver = receiver.clone();
        }
    }

    async fn step(&mut self, rotation: &mut Rotation<WIDEST>) {
        let may_take = !self.inputs.is_empty() && (self.queue.len() < self.most);
        let may_put = !self.outputs.is_empty() && !self.queue.is_empty();
        match self.random.below(8) {
            0 | 1 if may_take => self.take_one().await,
            2 | 3 if may_put => self.put_one().await,
            4 if may_take && may_put => self.one_of_three().await,
            _ => self.choose(may_take, rotation).await,
        }
    }

    /// For an operation with one partner, of whom it may have several.
    fn patience(&mut self, partners: usize) -> Patience {
        if partners == 1 && self.ring.is_none() {
            Patience::any(&mut self.random)
        } else {
            Patience::some(&mut self.random)
        }
    }

    async fn take_one(&mut self) {
        let at = self.random.below(self.inputs.len());
        let patience = self.patience(self.inputs.len());
        let (line, end) = &self.inputs[at];
        if self.random.once_in(4) {
            match entered(*line, end.try_take()) {
                Ok(value) => self.receive(value),
                Err(TryTakeError::Empty) => pass().await,
                Err(_) => drop(self.inputs.swap_remove(at)),
            }
            return;
        }
        match self.site.endure(patience, take(*line, end)).await {
            None => {}
            Some(Ok(value)) => self.receive(value),
            Some(Err(_)) => drop(self.inputs.swap_remove(at)),
        }
    }

    async fn put_one(&mut self) {
        let at = self.random.below(self.outputs.len());
        let patience = self.patience(1);
        let turns = self.random.below(8);
        let (line, end) = &self.outputs[at];
        let site = self.site.clone();
        if self.random.once_in(2) {
            let slot = &mut self.queue[0];
            let put = end.put_from(slot.offer(*line));
            let closed = matches!(site.endure(patience, put).await, Some(Err(Error::Closed)));
            if closed {
                drop(self.outputs.swap_remove(at));
            }
            return;
        }
        let Some(value) = self.queue.pop_front().and_then(Slot::into_value) else { return };
        let line = *line;
        let left = match self.random.below(3) {
            0 => put_or_cancel(&site, line, end, value, turns).await,
            1 => {
                let result = end.try_put(value.offered_to(line));
                match result {
                    Ok(()) => settled(&site.ledger, line, Ok(())),
                    Err(error) => Left::Value(error.into_inner().held()),
                }
            }
            _ => {
                let (id, end) = (value.id(), end.clone());
                let put = async move { end.put(value.offered_to(line)).await };
                let put = OwningPut::new(&site.ledger, line, id, put);
                let ledger = site.ledger.clone();
                site.begin_here(put, move |left| {
                    if let Left::Value(_) = left {
                        ledger.fail("nobody takes what is yet to arrive".to_owned());
                    }
                });
                Left::Nothing
            }
        };
        if let Left::Value(value) = left {
            self.queue.push_front(Slot::new(&site.ledger, value));
            pass().await;
        }
    }

    /// A choice of mixed types: a take, a put, and a limit.
    async fn one_of_three(&mut self) {
        let (from, to) =
            (self.random.below(self.inputs.len()), self.random.below(self.outputs.len()));
        let limit = Duration::from_micros(self.random.below(200) as u64);
        let patience = Patience::any(&mut self.random);
        let limit = csp_core::timeout(self.site.runtime, limit);
        let site = self.site.clone();
        let ((line, input), (out, output)) = (&self.inputs[from], &self.outputs[to]);
        let value = self.queue[0].offer(*out);
        let line = *line;
        let choice = async {
            match alts((input.take(), output.put_from(value), limit)).await {
                Selected3::First(taken) => Selected3::First(entered(line, taken)),
                other => other,
            }
        };
        match site.endure(patience, choice).await {
            Some(Selected3::First(Ok(value))) => self.receive(value),
            Some(Selected3::First(Err(_))) => drop(self.inputs.swap_remove(from)),
            Some(Selected3::Second(Err(Error::Closed))) => drop(self.outputs.swap_remove(to)),
            _ => {}
        }
    }

    async fn choose(&mut self, may_take: bool, rotation: &mut Rotation<WIDEST>) {
        let patience = Patience::any(&mut self.random);
        let site = self.site.clone();
        let (policy, seed) = (self.random.below(5), self.random.next() as u32);
        let mut which = Vec::new();
        let mut branches = Vec::new();
        if may_take {
            for (index, (_, end)) in self.inputs.iter().enumerate() {
                which.push(Which::Input(index));
                branches.push(Branch::take(end));
            }
        }
        for ((index, (line, end)), slot) in self.outputs.iter().enumerate().zip(&mut self.queue) {
            which.push(Which::Output(index));
            branches.push(Branch::put_from(end, slot.offer(*line)));
        }
        let mut branches = Box::into_pin(branches.into_boxed_slice());
        let chosen = {
            let choice = alts(branches.as_mut());
            let choice = match policy {
                0 => choice.priority(),
                1 => choice.fair(rotation),
                2 => choice.seed(seed),
                _ => choice,
            };
            if policy == 4 { choice.try_now() } else { site.endure(patience, choice).await }
        };
        drop(branches);
        let held = self.queue.len();
        self.queue.retain_mut(Slot::settle);
        if matches!(chosen, Some((_, BranchOutcome::Took(_)))) && self.queue.len() < held {
            site.ledger.fail("a put of a choice was accepted that took".to_owned());
        }
        match chosen.map(|(index, outcome)| (&which[index], outcome)) {
            None => pass().await,
            Some((&Which::Input(at), BranchOutcome::Took(taken))) => {
                match entered(self.inputs[at].0, taken) {
                    Ok(value) => self.receive(value),
                    Err(_) => drop(self.inputs.swap_remove(at)),
                }
            }
            Some((&Which::Output(at), BranchOutcome::Put(Err(_)))) => {
                drop(self.outputs.swap_remove(at));
            }
            Some(_) => {}
        }
    }

    fn receive(&mut self, mut value: Value) {
        if let Some(ring) = &self.ring {
            value.hops -= 1;
            if value.hops == 0 {
                value.deliver();
                if ring.tokens.fetch_sub(1, Relaxed) == 1 {
                    (ring.close)();
                }
                return;
            }
        } else if self.is_sink {
            return value.deliver();
        }
        self.queue.push_back(Slot::new(&self.site.ledger, value));
    }
}
