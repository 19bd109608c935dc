//! `defmt::Format` where a derived one would ask too much of the message, or tell too little.
//!
//! As with `Debug`, an error does not show the value that it carries.

use defmt::{Format, Formatter};

use crate::buffer::Buffer;
use crate::channel::Channel;
use crate::error::{PutError, TryPutError};
use crate::lock::Lock;

impl<T> Format for PutError<T> {
    fn format(&self, f: Formatter<'_>) {
        defmt::write!(f, "PutError({})", self.kind());
    }
}

impl<T> Format for TryPutError<T> {
    fn format(&self, f: Formatter<'_>) {
        defmt::write!(f, "TryPutError({})", self.kind());
    }
}

impl<T, B: Buffer<T>, L: Lock> Format for Channel<T, B, L> {
    fn format(&self, f: Formatter<'_>) {
        // Read first, written without the lock: a logger may be behind a lock of its own.
        let (len, puts, takes) = (self.len(), self.parked_puts(), self.parked_takes());
        let is_closed = self.is_closed();
        defmt::write!(
            f,
            "Channel {{ len: {=usize}, closed: {=bool}, parked_puts: {=usize}, parked_takes: {=usize} }}",
            len,
            is_closed,
            puts,
            takes
        );
    }
}

#[cfg(test)]
mod tests {
    use defmt::Format;

    use crate::buffer::{Fixed, Rendezvous};
    use crate::lock::SingleThread;
    use crate::{
        BranchOutcome, CancelledPut, Channel, Ended, Error, PutError, Rotation, Selected2,
        TakeError, TimedOut, TryPutError, TryTakeError,
    };

    /// What cannot be formatted itself.
    struct Opaque;

    const fn can_be_logged<T: Format>() {}

    #[test]
    fn what_a_firmware_logs_has_a_format() {
        can_be_logged::<(Ended, Error, TakeError, TryTakeError, TimedOut)>();
        can_be_logged::<(PutError<Opaque>, TryPutError<Opaque>)>();
        can_be_logged::<(CancelledPut<u8>, BranchOutcome<u8>, Rotation<3>)>();
        can_be_logged::<Selected2<Result<u8, TakeError>, ()>>();
        can_be_logged::<Channel<Opaque, Rendezvous, SingleThread>>();
        can_be_logged::<Channel<Opaque, Fixed<4>, SingleThread>>();
    }
}
