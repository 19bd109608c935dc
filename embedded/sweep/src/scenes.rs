//! The scenes: what is under fire, and what the interrupt does.

use core::pin::pin;

use board::{Probe, Report};
use csp_core::lock::{CriticalSection, Lock};
use csp_core::{
    Alternative, CancelledPut, ParallelQueue, Selected2, TakeError, alts, parallel_queued_in,
};

use crate::sweep_scene;
use crate::unlocked::Unlocked;
use crate::world::{Actor, Fire, Value, World, settle};

/// A lock to sweep under.
pub trait Lab: Lock + Send + Sync + 'static {
    /// A run queue that it guards.
    fn queue() -> &'static ParallelQueue<2, Self>
    where
        Self: Sized;
}

impl Lab for CriticalSection {
    fn queue() -> &'static ParallelQueue<2, Self> {
        static QUEUE: ParallelQueue<2, CriticalSection> = ParallelQueue::new();
        &QUEUE
    }
}

impl Lab for Unlocked {
    fn queue() -> &'static ParallelQueue<2, Self> {
        static QUEUE: ParallelQueue<2, Unlocked> = ParallelQueue::new();
        &QUEUE
    }
}

/// The scenes whose names begin with this.
pub fn sweep<L: Lab>(beginning: &str, report: &Report) {
    type Scene<L> = (&'static str, fn(&World<L>), fn(&World<L>, &Fire<'_, L>));
    let scenes: [Scene<L>; 30] = [
        ("put, interrupt closes", close_a, put),
        ("put into a full buffer, interrupt takes", take_buffered, put_into_full),
        ("buffered put, interrupt puts", put_buffered, buffered_put),
        ("take behind a take, interrupt puts", put_a, take),
        ("take, interrupt closes", close_a, take),
        ("take from an empty buffer, interrupt puts", put_buffered, take_from_empty),
        ("buffered take, interrupt puts", put_buffered, buffered_take),
        ("buffered take, interrupt takes", take_buffered, buffered_take),
        ("hand-over to a take, interrupt puts", put_a, hand_over),
        ("take from a put, interrupt takes", take_a, take_from_a_put),
        ("take from a full buffer, interrupt puts", put_buffered, take_from_full),
        ("try_put, interrupt puts", put_a, try_put),
        ("put-back, interrupt takes", take_a, put_back),
        ("cancel of a put, interrupt takes", take_a, cancel_put),
        ("drop of a take, interrupt puts", put_a, drop_take),
        ("alts that waits, interrupt closes", close_a, alts_waits),
        ("alts that is ready, interrupt takes", take_buffered, alts_is_ready),
        ("commit into an alts, interrupt puts elsewhere", put_b, commit_into_alts),
        ("withdrawal of the losing branch, interrupt puts", put_a, alts_ends),
        ("withdrawal of an alts, interrupt puts", put_b, alts_withdraws),
        ("close of a channel of an alts, interrupt puts elsewhere", put_b, close),
        ("poison of a channel of an alts, interrupt puts elsewhere", put_b, poison),
        ("later selection, interrupt takes", take_buffered, selection_again),
        ("put behind a put, interrupt takes", take_a, put),
        ("hand-over to a take, interrupt closes", close_a, hand_over),
        ("put-back to the next take, interrupt closes", close_a, put_back_to_next),
        ("alts of a put, interrupt takes", take_a, alts_puts),
        ("first selection, interrupt closes", close_a, selection),
        ("later selection, interrupt puts", put_buffered, selection_again),
        ("group, interrupt puts", put_a, group),
    ];
    for (name, handler, scene) in scenes {
        if name.starts_with(beginning) {
            sweep_scene(name, handler, scene);
            report.passed(name);
        }
    }
}

// What the interrupt does. Its value is always 7.

fn put_a<L: Lock>(world: &World<L>) {
    world.try_put(&world.a, 7);
}

fn put_b<L: Lock>(world: &World<L>) {
    world.try_put(&world.b, 7);
}

fn put_buffered<L: Lock>(world: &World<L>) {
    world.try_put(&world.buffered, 7);
}

fn take_a<L: Lock>(world: &World<L>) {
    world.try_take(&world.a);
}

fn take_buffered<L: Lock>(world: &World<L>) {
    world.try_take(&world.buffered);
}

fn close_a<L: Lock>(world: &World<L>) {
    world.a.close();
}

// What it interrupts.

/// Another put waits already.
fn put<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let earlier = pin!(world.a.put(Value::new(2)));
    let mut earlier = Actor::new(1, earlier, |world, result| world.put_ended(2, result));
    earlier.poll(world);
    let put = pin!(world.a.put(Value::new(1)));
    let mut put = Actor::new(0, put, |world, result| world.put_ended(1, result));
    fire.under_fire(|| put.poll(world));
    settle(world, &mut [&mut earlier, &mut put]);
}

fn put_into_full<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    world.try_put(&world.buffered, 2);
    buffered_put(world, fire);
}

fn buffered_put<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let put = pin!(world.buffered.put(Value::new(1)));
    let mut put = Actor::new(0, put, |world, result| world.put_ended(1, result));
    fire.under_fire(|| put.poll(world));
    settle(world, &mut [&mut put]);
}

/// A put waits for room; the one that gives it up is a take.
fn take_from_full<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    world.try_put(&world.buffered, 1);
    let put = pin!(world.buffered.put(Value::new(2)));
    let mut put = Actor::new(0, put, |world, result| world.put_ended(2, result));
    put.poll(world);
    let take = pin!(world.buffered.take());
    let mut take = Actor::new(1, take, World::take_ended);
    fire.under_fire(|| take.poll(world));
    settle(world, &mut [&mut take, &mut put]);
}

/// Another take waits already.
fn take<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let earlier = pin!(world.a.take());
    let mut earlier = Actor::new(1, earlier, World::take_ended);
    earlier.poll(world);
    let take = pin!(world.a.take());
    let mut take = Actor::new(0, take, World::take_ended);
    fire.under_fire(|| take.poll(world));
    settle(world, &mut [&mut earlier, &mut take]);
}

fn take_from_empty<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let take = pin!(world.buffered.take());
    let mut take = Actor::new(0, take, World::take_ended);
    fire.under_fire(|| take.poll(world));
    settle(world, &mut [&mut take]);
}

fn buffered_take<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    world.try_put(&world.buffered, 1);
    take_from_empty(world, fire);
}

/// A put meets the first of two takes that wait.
fn hand_over<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let first = pin!(world.a.take());
    let mut first = Actor::new(0, first, World::take_ended);
    let second = pin!(world.a.take());
    let mut second = Actor::new(1, second, World::take_ended);
    first.poll(world);
    second.poll(world);
    let put = pin!(world.a.put(Value::new(1)));
    let mut put = Actor::new(2, put, |world, result| world.put_ended(1, result));
    fire.under_fire(|| put.poll(world));
    settle(world, &mut [&mut first, &mut second, &mut put]);
}

/// A take meets the first of two puts that wait.
fn take_from_a_put<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let first = pin!(world.a.put(Value::new(1)));
    let mut first = Actor::new(0, first, |world, result| world.put_ended(1, result));
    let second = pin!(world.a.put(Value::new(2)));
    let mut second = Actor::new(1, second, |world, result| world.put_ended(2, result));
    first.poll(world);
    second.poll(world);
    let take = pin!(world.a.take());
    let mut take = Actor::new(2, take, World::take_ended);
    fire.under_fire(|| take.poll(world));
    settle(world, &mut [&mut first, &mut second, &mut take]);
}

fn try_put<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let first = pin!(world.a.take());
    let mut first = Actor::new(0, first, World::take_ended);
    let second = pin!(world.a.take());
    let mut second = Actor::new(1, second, World::take_ended);
    first.poll(world);
    second.poll(world);
    fire.under_fire(|| _ = world.try_put(&world.a, 1));
    settle(world, &mut [&mut first, &mut second]);
}

/// A take that was given a value is dropped before it has seen it.
fn put_back<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let probe = Probe::new(0);
    let mut take = pin!(Some(world.a.take()));
    assert!(take.as_mut().as_pin_mut().is_some_and(|take| probe.poll(take).is_pending()));
    world.try_put(&world.a, 1);
    fire.under_fire(|| take.set(None));
}

/// The same, and another take waits behind it.
fn put_back_to_next<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let probe = Probe::new(0);
    let mut take = pin!(Some(world.a.take()));
    assert!(take.as_mut().as_pin_mut().is_some_and(|take| probe.poll(take).is_pending()));
    let next = pin!(world.a.take());
    let mut next = Actor::new(1, next, World::take_ended);
    next.poll(world);
    world.try_put(&world.a, 1);
    fire.under_fire(|| take.set(None));
    settle(world, &mut [&mut next]);
}

fn cancel_put<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let probe = Probe::new(0);
    let mut put = pin!(world.a.put(Value::new(1)));
    assert!(probe.poll(put.as_mut()).is_pending());
    fire.under_fire(|| {
        if put.as_mut().cancel() == CancelledPut::Committed {
            world.has_accepted(1);
        }
    });
}

fn drop_take<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let probe = Probe::new(0);
    let mut take = pin!(Some(world.a.take()));
    assert!(take.as_mut().as_pin_mut().is_some_and(|take| probe.poll(take).is_pending()));
    fire.under_fire(|| take.set(None));
}

/// What a choice of two takes has come to.
fn chosen<L: Lock>(world: &World<L>, chosen: (usize, Result<Value, TakeError>)) {
    world.take_ended(chosen.1);
}

fn alts_waits<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let choice = pin!(alts([world.a.take(), world.b.take()]));
    let mut choice = Actor::new(0, choice, chosen);
    fire.under_fire(|| choice.poll(world));
    settle(world, &mut [&mut choice]);
}

/// What a choice has come to that takes from one of two kinds of channel.
fn selected<L: Lock>(
    world: &World<L>,
    selected: Selected2<Result<Value, TakeError>, Result<Value, TakeError>>,
) {
    let (Selected2::First(taken) | Selected2::Second(taken)) = selected;
    world.take_ended(taken);
}

fn alts_is_ready<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    world.try_put(&world.buffered, 1);
    let choice = pin!(alts((world.a.take(), world.buffered.take())));
    let mut choice = Actor::new(0, choice, selected);
    fire.under_fire(|| choice.poll(world));
    settle(world, &mut [&mut choice]);
}

/// Another put waits at its channel already.
fn alts_puts<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let earlier = pin!(world.a.put(Value::new(2)));
    let mut earlier = Actor::new(1, earlier, |world, result| world.put_ended(2, result));
    earlier.poll(world);
    let mut value = Some(Value::new(1));
    {
        let choice = pin!(alts((world.a.put_from(&mut value), world.b.take())));
        let mut choice = Actor::new(0, choice, |world: &World<L>, selected| {
            if let Selected2::Second(taken) = selected {
                world.take_ended(taken);
            }
        });
        fire.under_fire(|| choice.poll(world));
        settle(world, &mut [&mut earlier, &mut choice]);
    }
    if value.is_none() {
        world.has_accepted(1);
    }
}

/// A put meets a choice that waits, while another comes for its other branch.
fn commit_into_alts<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let choice = pin!(alts([world.a.take(), world.b.take()]));
    let mut choice = Actor::new(0, choice, chosen);
    choice.poll(world);
    let put = pin!(world.a.put(Value::new(1)));
    let mut put = Actor::new(1, put, |world, result| world.put_ended(1, result));
    fire.under_fire(|| put.poll(world));
    settle(world, &mut [&mut choice, &mut put]);
}

/// A choice that was decided is polled to its end; a take waits behind its losing branch.
fn alts_ends<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let earlier = pin!(world.a.take());
    let mut earlier = Actor::new(1, earlier, World::take_ended);
    earlier.poll(world);
    let choice = pin!(alts([world.a.take(), world.b.take()]));
    let mut choice = Actor::new(0, choice, chosen);
    choice.poll(world);
    world.try_put(&world.b, 1);
    fire.under_fire(|| choice.poll(world));
    settle(world, &mut [&mut choice, &mut earlier]);
}

fn alts_withdraws<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let probe = Probe::new(0);
    let mut choice = pin!(Some(alts([world.a.take(), world.b.take()])));
    assert!(choice.as_mut().as_pin_mut().is_some_and(|choice| probe.poll(choice).is_pending()));
    fire.under_fire(|| choice.set(None));
}

fn close<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let choice = pin!(alts([world.a.take(), world.b.take()]));
    let mut choice = Actor::new(0, choice, chosen);
    choice.poll(world);
    fire.under_fire(|| world.a.close());
    settle(world, &mut [&mut choice]);
}

fn poison<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let choice = pin!(alts([world.a.take(), world.b.take()]));
    let mut choice = Actor::new(0, choice, chosen);
    choice.poll(world);
    fire.under_fire(|| _ = world.a.poison(1));
    settle(world, &mut [&mut choice]);
}

/// The first selection, which registers.
fn selection<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let guards = (world.a.take(), world.buffered.take());
    let mut alternative = pin!(Alternative::new(guards));
    let selection = pin!(alternative.as_mut().select());
    let mut selection = Actor::new(0, selection, selected);
    fire.under_fire(|| selection.poll(world));
    settle(world, &mut [&mut selection]);
}

/// A later selection.
fn selection_again<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let guards = (world.a.take(), world.buffered.take());
    let mut alternative = pin!(Alternative::new(guards));
    world.try_put(&world.buffered, 1);
    {
        let first = pin!(alternative.as_mut().fair_select());
        let mut first = Actor::new(0, first, selected);
        first.poll(world);
    }
    world.try_put(&world.buffered, 2);
    let selection = pin!(alternative.as_mut().fair_select());
    let mut selection = Actor::new(0, selection, selected);
    fire.under_fire(|| selection.poll(world));
    settle(world, &mut [&mut selection]);
}

/// A group with a run queue, whose processes an interrupt wakes.
fn group<L: Lab>(world: &World<L>, fire: &Fire<'_, L>) {
    let from_a = async { world.take_ended(world.a.take().await) };
    let from_b = async { world.take_ended(world.b.take().await) };
    let processes = pin!(parallel_queued_in(L::queue(), (from_a, from_b)));
    let mut group = Actor::new(0, processes, |_: &World<L>, _| {});
    group.poll(world);
    world.try_put(&world.b, 1);
    fire.under_fire(|| group.poll(world));
    settle(world, &mut [&mut group]);
}
