//! The channels of a scene, and the ledger of its values.

use core::cell::Cell;
use core::pin::Pin;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};
use core::task::Poll;

use board::{Probe, Shot, shoot};
use csp_core::buffer::{Buffer, Fixed, Rendezvous};
use csp_core::lock::Lock;
use csp_core::{Channel, PutError, TakeError};

/// A number below 8, too wide to be moved by one instruction.
#[derive(PartialEq)]
pub(crate) struct Value([u32; 4]);

impl Value {
    pub(crate) fn new(number: u8) -> Self {
        Self([u32::from(number); 4])
    }

    fn number(&self) -> u8 {
        let [first, rest @ ..] = self.0;
        assert_eq!(rest, [first; 3], "a value was torn");
        first as u8
    }
}

/// Fresh for each shot. Each value is put once at most.
pub(crate) struct World<L: Lock> {
    pub(crate) a: Channel<Value, Rendezvous, L>,
    pub(crate) b: Channel<Value, Rendezvous, L>,
    pub(crate) buffered: Channel<Value, Fixed<1>, L>,
    accepted: [AtomicU8; 8],
    taken: [AtomicU8; 8],
}

impl<L: Lock> World<L> {
    pub(crate) fn new() -> Self {
        Self {
            a: Channel::new(),
            b: Channel::new(),
            buffered: Channel::new(),
            accepted: Default::default(),
            taken: Default::default(),
        }
    }

    pub(crate) fn has_accepted(&self, value: u8) {
        count(&self.accepted[usize::from(value)]);
    }

    pub(crate) fn has_taken(&self, value: u8) {
        count(&self.taken[usize::from(value)]);
    }

    pub(crate) fn try_put<B: Buffer<Value>>(
        &self,
        channel: &Channel<Value, B, L>,
        value: u8,
    ) -> bool {
        let is_accepted = channel.try_put(Value::new(value)).is_ok();
        if is_accepted {
            self.has_accepted(value);
        }
        is_accepted
    }

    pub(crate) fn try_take<B: Buffer<Value>>(&self, channel: &Channel<Value, B, L>) -> bool {
        let taken = channel.try_take();
        if let Ok(value) = &taken {
            self.has_taken(value.number());
        }
        taken.is_ok()
    }

    pub(crate) fn put_ended(&self, value: u8, result: Result<(), PutError<Value>>) {
        match result {
            Ok(()) => self.has_accepted(value),
            Err(error) => assert_eq!(error.into_inner().number(), value),
        }
    }

    pub(crate) fn take_ended(&self, result: Result<Value, TakeError>) {
        if let Ok(value) = result {
            self.has_taken(value.number());
        }
    }

    /// Everything that was accepted is taken once, or lies in a channel; and nobody is left there.
    pub(crate) fn balance(&self, name: &str, ticks: u32) {
        while self.try_take(&self.a) || self.try_take(&self.b) || self.try_take(&self.buffered) {}
        for value in 0..8 {
            let accepted = self.accepted[value].load(Relaxed);
            let taken = self.taken[value].load(Relaxed);
            assert!(
                accepted == taken && taken <= 1,
                "{name}, after {ticks} ticks: {value} was accepted {accepted} times, taken {taken}"
            );
        }
        let parked = [
            (self.a.parked_puts(), self.a.parked_takes()),
            (self.b.parked_puts(), self.b.parked_takes()),
            (self.buffered.parked_puts(), self.buffered.parked_takes()),
        ];
        assert_eq!(parked, [(0, 0); 3], "{name}, after {ticks} ticks: somebody is left");
    }
}

/// One party: a future, and what its end means for the ledger.
pub(crate) struct Actor<'f, L: Lock, F: Future> {
    probe: Probe,
    future: Pin<&'f mut F>,
    has_ended: bool,
    ended: fn(&World<L>, F::Output),
}

impl<'f, L: Lock, F: Future> Actor<'f, L, F> {
    /// The task 0, 1, 2 or 3.
    pub(crate) fn new(
        task: usize,
        future: Pin<&'f mut F>,
        ended: fn(&World<L>, F::Output),
    ) -> Self {
        Self { probe: Probe::new(task), future, has_ended: false, ended }
    }

    pub(crate) fn poll(&mut self, world: &World<L>) {
        if self.has_ended {
            return;
        }
        if let Poll::Ready(output) = self.probe.poll(self.future.as_mut()) {
            self.has_ended = true;
            (self.ended)(world, output);
        }
    }
}

pub(crate) trait Act<L: Lock> {
    fn is_due(&self) -> bool;
    fn act(&mut self, world: &World<L>);
    fn has_ended(&self) -> bool;
}

impl<L: Lock, F: Future> Act<L> for Actor<'_, L, F> {
    fn is_due(&self) -> bool {
        !self.has_ended && self.probe.is_woken()
    }

    fn act(&mut self, world: &World<L>) {
        self.poll(world);
    }

    fn has_ended(&self) -> bool {
        self.has_ended
    }
}

/// Lets everybody go on who was woken, and sees that nobody else could have.
pub(crate) fn settle<L: Lock>(world: &World<L>, actors: &mut [&mut dyn Act<L>]) {
    while let Some(actor) = actors.iter_mut().find(|actor| actor.is_due()) {
        actor.act(world);
    }
    for actor in actors {
        if !actor.has_ended() {
            actor.act(world);
            assert!(!actor.has_ended(), "somebody could have gone on, and was not woken");
        }
    }
    at_rest(&world.a);
    at_rest(&world.b);
    at_rest(&world.buffered);
}

/// Nobody waits for what is there.
fn at_rest<L: Lock, B: Buffer<Value>>(channel: &Channel<Value, B, L>) {
    let (puts, takes) = (channel.parked_puts(), channel.parked_takes());
    assert!(puts == 0 || takes == 0, "a put and a take wait for each other");
    assert!(takes == 0 || channel.is_empty(), "a take waits, and there is a value");
    assert!(
        puts == 0 || Some(channel.len()) == channel.capacity(),
        "a put waits, and there is room"
    );
    assert!(puts + takes == 0 || !channel.is_closed(), "somebody waits at a closed channel");
}

/// By the interrupt and by who is interrupted, but never the same value at once.
fn count(number: &AtomicU8) {
    number.store(number.load(Relaxed) + 1, Relaxed);
}

/// The interrupt that is to come.
pub(crate) struct Fire<'w, L: Lock> {
    world: &'w World<L>,
    handler: fn(&World<L>),
    ticks: u32,
    shot: Cell<Option<Shot>>,
}

impl<'w, L: Lock + Sync> Fire<'w, L> {
    pub(crate) fn new(world: &'w World<L>, handler: fn(&World<L>), ticks: u32) -> Self {
        Self { world, handler, ticks, shot: Cell::new(None) }
    }

    /// Runs it with the interrupt somewhere in it.
    pub(crate) fn under_fire(&self, body: impl FnOnce()) {
        let (world, handler) = (self.world, self.handler);
        self.shot.set(Some(shoot(self.ticks, &move || handler(world), body)));
    }

    pub(crate) fn shot(&self) -> Shot {
        self.shot.get().expect("each scene is under fire once")
    }
}
