//! The checks, with what all of them use.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use csp_core::{Error, PutError, Selected2, TakeError, TryPutError, TryTakeError, alts, skip};

use super::*;
use crate::check::checks;
use crate::context::pass;
use crate::hand::{Probe, poll_once};

mod alternative;
mod buffers;
mod cancel;
mod choice;
mod close;
mod contest;
mod forms;
mod poison;
mod policy;
mod ported;
mod processes;
mod put_take;
mod sending;
mod stream;
mod time;

/// The checks that every world has.
pub(crate) const COMMON: [&[crate::check::Check]; 15] = [
    put_take::CHECKS,
    sending::CHECKS,
    close::CHECKS,
    poison::CHECKS,
    choice::CHECKS,
    contest::CHECKS,
    policy::CHECKS,
    alternative::CHECKS,
    ported::CHECKS,
    cancel::CHECKS,
    buffers::CHECKS,
    forms::CHECKS,
    stream::CHECKS,
    time::CHECKS,
    processes::CHECKS,
];

// The world says which.
some!();
