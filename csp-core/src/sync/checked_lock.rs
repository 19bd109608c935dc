//! The lock of a channel under a checker: its mutex, which knows who waits.

use std::sync::{PoisonError, TryLockError};

use super::Mutex;

#[derive(Debug, Default)]
pub(crate) struct ShortLock(Mutex<()>);

impl ShortLock {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(()))
    }

    #[track_caller]
    pub(crate) fn with<R>(&self, f: impl FnOnce() -> R) -> R {
        let _held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        f()
    }

    pub(crate) fn try_with<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        let _held = match self.0.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        Some(f())
    }

    pub(crate) fn is_taken(&self) -> bool {
        matches!(self.0.try_lock(), Err(TryLockError::WouldBlock))
    }
}
