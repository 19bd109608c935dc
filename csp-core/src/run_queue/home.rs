//! Which queue this thread polls.
//!
//! *Invariant.* While [`is_home`] says so, this thread is inside the poll of that queue: [`AtHome`]
//! is made by the poll and lives on its stack. Of nested groups the innermost counts; a waker of an
//! outer one goes through the inbox then. Without threads to tell apart (no `std`), nobody is home.

use core::marker::PhantomData;

#[cfg(feature = "std")]
use core::cell::Cell;
#[cfg(feature = "std")]
use core::ptr;

#[cfg(feature = "std")]
crate::sync::per_thread! {
    static HOME: Cell<*const ()> = Cell::new(ptr::null());
}

/// Whether this thread polls the queue at this address.
#[inline]
pub(crate) fn is_home(_queue: *const ()) -> bool {
    #[cfg(feature = "std")]
    if HOME.with(|home| ptr::eq(home.get(), _queue)) {
        return true;
    }
    false
}

/// The time in which this thread polls a queue; it stays on its thread.
pub(crate) struct AtHome {
    #[cfg(feature = "std")]
    before: *const (),
    _here: PhantomData<*const ()>,
}

impl AtHome {
    pub(crate) fn enter(_queue: *const ()) -> Self {
        Self {
            #[cfg(feature = "std")]
            before: HOME.with(|home| home.replace(_queue)),
            _here: PhantomData,
        }
    }
}

#[cfg(feature = "std")]
impl Drop for AtHome {
    fn drop(&mut self) {
        HOME.with(|home| home.set(self.before));
    }
}
