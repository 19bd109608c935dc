//! An `Alternative` as an offer that goes on after it has completed: the next poll begins the next
//! selection, and what is dropped while it waits is the selection alone.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use csp_core::{Alternative, Branch, BranchOutcome};

use super::offering::{branch, said};
use super::{Channels, Flavour};
use crate::ledger::{Source, Value};
use crate::model::Said;
use crate::script::{Form, Guard, Offer, SELECTIONS};

/// What the process that owns the `Alternative` and the steps tell each other.
#[derive(Default)]
struct Talk {
    /// The selection is to be dropped.
    leave: Cell<bool>,
    chosen: Cell<Option<(usize, Said)>>,
}

pub(super) struct Selections<'c> {
    owner: Pin<Box<dyn Future<Output = ()> + 'c>>,
    talk: Rc<Talk>,
    left: u8,
    waits: bool,
}

impl<'c> Selections<'c> {
    pub(super) fn new<A, B, C>(channels: Channels<'c, A, B, C>, offer: Offer) -> Self
    where
        A: Flavour,
        B: Flavour<Lock = A::Lock>,
        C: Flavour<Lock = A::Lock>,
    {
        let talk = Rc::new(Talk::default());
        let owner = Box::pin(own::<A, B, C>(channels, offer, talk.clone()));
        Self { owner, talk, left: SELECTIONS, waits: false }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<(usize, Said)> {
        assert!(self.owner.as_mut().poll(cx).is_pending(), "it goes on for ever");
        let chosen = self.talk.chosen.take();
        self.waits = chosen.is_none();
        chosen.map_or(Poll::Pending, Poll::Ready)
    }

    /// Whether there is a next selection, now that one is over.
    pub(super) fn go_on(&mut self) -> bool {
        if self.waits {
            return true;
        }
        self.left -= 1;
        self.left > 0
    }

    /// Drops a selection that waits; whether there is another one then.
    pub(super) fn leave(&mut self) -> bool {
        if !self.waits {
            return false;
        }
        self.talk.leave.set(true);
        assert!(self.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        self.waits = false;
        self.go_on()
    }
}

async fn own<A, B, C>(channels: Channels<'_, A, B, C>, offer: Offer, talk: Rc<Talk>)
where
    A: Flavour,
    B: Flavour<Lock = A::Lock>,
    C: Flavour<Lock = A::Lock>,
{
    let mut sources: Vec<_> = offer.guards().map(|_| Source(None::<Value>)).collect();
    let pairs = offer.guards().zip(&mut sources);
    let take = |(guard, source): (Guard, _)| branch::<A, B, C>(channels, guard, source);
    let branches: Box<[Branch<'_, Value, A::Lock>]> = pairs.map(take).collect();
    let mut branches = Box::into_pin(branches);
    let mut alternative = pin!(Alternative::new(branches.as_mut()));
    loop {
        let chosen = {
            let alternative = alternative.as_mut();
            match offer.form {
                // A path has to do the same when it is walked again.
                Form::RandomAlternative => run(alternative.select().seed(1), &talk, Some).await,
                Form::FairAlternative => run(alternative.fair_select(), &talk, Some).await,
                Form::AlternativeOrDefault => {
                    run(alternative.pri_select().or_default(), &talk, |chosen| chosen).await
                }
                _ => run(alternative.pri_select(), &talk, Some).await,
            }
        };
        talk.chosen.set(chosen);
        let mut is_first = true;
        poll_fn(|_| match std::mem::take(&mut is_first) {
            true => Poll::Pending,
            false => Poll::Ready(()),
        })
        .await;
    }
}

/// One selection, unless it is dropped first.
async fn run<F: Future + Unpin>(
    mut selection: F,
    talk: &Talk,
    chosen: impl Fn(F::Output) -> Option<(usize, BranchOutcome<Value>)>,
) -> Option<(usize, Said)> {
    let output = poll_fn(|cx| {
        if talk.leave.take() {
            return Poll::Ready(None);
        }
        Pin::new(&mut selection).poll(cx).map(Some)
    });
    let output = output.await?;
    Some(chosen(output).map_or((0, Said::Default), |(branch, outcome)| (branch, said(outcome))))
}
