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

mod close;
mod poison;
mod processes;
mod put_take;
mod sending;
mod time;

/// The checks that every world has.
pub(crate) const COMMON: [&[crate::check::Check]; 6] = [
    put_take::CHECKS,
    sending::CHECKS,
    close::CHECKS,
    poison::CHECKS,
    time::CHECKS,
    processes::CHECKS,
];

// The world says which.
some!();
