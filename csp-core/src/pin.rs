//! Projections of a pin to the fields of a type, for the simple futures of this crate.
//!
//! *Safety contract* of every type that uses [`project!`]:
//! 1. A field that is projected as `pinned` is never moved, not by a method and not by a drop:
//!    these types have no `Drop` of their own, and replace the field by `Pin::set` only.
//! 2. The type is `Unpin` only if its pinned fields are, for it does not implement `Unpin` itself.

/// Declares `fn $name(self: Pin<&mut Self>)`, which gives the fields in order: each `pinned` one
/// as a pin, each `plain` one as a mutable reference.
macro_rules! project {
    ($name:ident => pinned $field:tt: $Type:ty) => {
        #[expect(unsafe_code, reason = "a projection by the contract of the module `pin`")]
        fn $name(self: Pin<&mut Self>) -> Pin<&mut $Type> {
            // SAFETY: pin, contract 1: the field is pinned with the value around it.
            unsafe { self.map_unchecked_mut(|this| &mut this.$field) }
        }
    };
    ($name:ident => $($kind:ident $field:tt: $Type:ty),+) => {
        #[expect(unsafe_code, reason = "a projection by the contract of the module `pin`")]
        fn $name(self: Pin<&mut Self>) -> ($($crate::pin::project!(@type $kind $Type)),+) {
            // SAFETY: pin, contract 1: what is pinned is pinned again, and nothing is moved.
            let this = unsafe { self.get_unchecked_mut() };
            ($($crate::pin::project!(@field $kind this $field)),+)
        }
    };
    (@type pinned $Type:ty) => { Pin<&mut $Type> };
    (@type plain $Type:ty) => { &mut $Type };
    (@field pinned $this:ident $field:tt) => {
        // SAFETY: pin, contract 1: the field is pinned with the value around it.
        unsafe { Pin::new_unchecked(&mut $this.$field) }
    };
    (@field plain $this:ident $field:tt) => { &mut $this.$field };
}
pub(crate) use project;
