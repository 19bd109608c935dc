//! What is `Send`, `Sync` and `Unpin`, and how large things are.

use core::marker::PhantomPinned;
use core::mem::size_of;

use crate::alts::{Alts, Branches};
use crate::buffer::{Fixed, Promise, Rendezvous};
use crate::channel::Channel;
use crate::lock::{SingleThread, StdLock};
use crate::put::{Put, PutFrom};
use crate::take::Take;

/// Compiles only if `$Type` lacks `$Trait`: else two impls apply, and the call is ambiguous.
macro_rules! assert_not {
    ($Type:ty: $Trait:path) => {
        const _: () = {
            trait Ambiguous<Marker> {
                fn check() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Has;
            impl<T: ?Sized + $Trait> Ambiguous<Has> for T {}
            let _ = <$Type as Ambiguous<_>>::check;
        };
    };
}

const fn is_send<T: Send>() {}
const fn is_sync<T: Sync>() {}

type Threads<T> = Channel<T, Rendezvous, StdLock>;
type Here<T> = Channel<T, Rendezvous, SingleThread>;

const _: () = is_send::<Threads<u32>>();
const _: () = is_sync::<Threads<u32>>();
assert_not!(Here<u32>: Send);
assert_not!(Here<u32>: Sync);
// A value that may not cross threads keeps its channel on one.
assert_not!(Threads<*const u8>: Sync);
assert_not!(Threads<*const u8>: Send);
// A promise is read by several threads at once.
assert_not!(Channel<core::cell::Cell<u8>, Promise, StdLock>: Sync);
const _: () = is_sync::<Threads<core::cell::Cell<u8>>>();

const _: () = is_send::<Take<'_, u32, Rendezvous, StdLock>>();
const _: () = is_send::<Put<'_, u32, Rendezvous, StdLock>>();
const _: () = is_send::<PutFrom<'_, u32, Rendezvous, StdLock>>();
const _: () = is_send::<Alts<'_, Branches<'_, '_, u32, StdLock>>>();
assert_not!(Take<'_, u32, Rendezvous, SingleThread>: Send);
assert_not!(Alts<'_, Branches<'_, '_, u32, SingleThread>>: Send);
assert_not!(Take<'_, u32, Rendezvous, StdLock>: Unpin);
assert_not!(Put<'_, u32, Rendezvous, StdLock>: Unpin);
assert_not!(PutFrom<'_, u32, Rendezvous, StdLock>: Unpin);
assert_not!(Alts<'_, Branches<'_, '_, u32, StdLock>>: Unpin);
assert_not!(PhantomPinned: Unpin);

#[cfg(feature = "alloc")]
mod handles {
    use super::{SingleThread, StdLock, is_send, is_sync};
    use crate::callback::{PendingPut, PendingTake};
    use crate::chan::{Chan, Receiver, Sender};

    const _: () = is_send::<Chan<u32, StdLock>>();
    const _: () = is_sync::<Chan<u32, StdLock>>();
    const _: () = is_send::<Sender<u32, StdLock>>();
    const _: () = is_send::<Receiver<u32, StdLock>>();
    assert_not!(Chan<u32, SingleThread>: Send);
    assert_not!(Chan<*const u8, StdLock>: Send);
    // The handle of a callback goes where the channel may.
    const _: () = is_send::<PendingTake<StdLock>>();
    const _: () = is_send::<PendingPut<u32, StdLock>>();
    assert_not!(PendingTake<SingleThread>: Send);
    assert_not!(PendingTake<SingleThread>: Sync);
    assert_not!(PendingPut<u32, SingleThread>: Send);
    assert_not!(PendingPut<u32, SingleThread>: Sync);
}

mod groups {
    use super::{SingleThread, StdLock, is_send, is_sync};
    use crate::parallel::{ParallelQueue, ParallelQueued};
    use core::future::Ready;

    type Stays = Ready<*const u8>;
    type Claimed = crate::parallel::StaticQueue<2, StdLock>;

    const _: () = is_sync::<ParallelQueue<2, StdLock>>();
    assert_not!(ParallelQueue<2, SingleThread>: Sync);
    const _: () = is_send::<ParallelQueued<(Ready<u8>,), Claimed>>();
    assert_not!(ParallelQueued<(Stays,), Claimed>: Send);

    #[cfg(feature = "alloc")]
    mod counted {
        use super::{Ready, Stays, StdLock, is_send, is_sync};
        use crate::group::{Group, LocalGroup, Running};
        use crate::parallel::{CountedQueue, ParallelQueued};

        type Queued<F> = ParallelQueued<[F; 2], CountedQueue<[F; 2], StdLock>>;

        const _: () = is_send::<Queued<Ready<u8>>>();
        assert_not!(Queued<Stays>: Send);
        const _: () = is_send::<Group<StdLock>>();
        const _: () = is_sync::<Group<StdLock>>();
        assert_not!(LocalGroup<StdLock>: Send);
        assert_not!(LocalGroup<StdLock>: Sync);
        const _: () = is_send::<Running<Ready<u8>, Group<StdLock>>>();
        assert_not!(Running<Stays, Group<StdLock>>: Send);
        // It may have processes that are not `Send`.
        assert_not!(Running<Ready<u8>, LocalGroup<StdLock>>: Send);
    }
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_waiting_operation_is_at_most_48_bytes() {
    assert!(size_of::<Take<'_, u32, Rendezvous, StdLock>>() <= 48);
    assert!(size_of::<Put<'_, u32, Rendezvous, StdLock>>() <= 48);
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_channel_header_is_at_most_48_bytes() {
    use crate::buffer::{Buffer, StaticBuffer};
    fn storage<T, B: StaticBuffer<T>>() -> usize {
        size_of::<<B as Buffer<T>>::Storage>() + size_of::<<B as Buffer<T>>::Places>()
    }
    let rendezvous = size_of::<Threads<u32>>() - storage::<u32, Rendezvous>();
    assert!(rendezvous <= 48, "{rendezvous}");
    let fixed = size_of::<Channel<u32, Fixed<8>, StdLock>>() - storage::<u32, Fixed<8>>();
    assert!(fixed <= 48, "{fixed}");
}

#[test]
fn the_fields_of_an_error_are_what_the_caller_needs() {
    assert!(size_of::<crate::Error>() <= 2);
    assert!(size_of::<crate::TakeError>() <= 2);
}
