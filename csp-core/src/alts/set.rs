//! Sets of guards: tuples of mixed types, and arrays.

#![expect(unsafe_code, reason = "structural pins of tuples and arrays")]

use core::pin::Pin;

use super::guard::{Guard, IntoGuard, RawGuard};
use super::quick::{Order, Partner, Quick, Visit};
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::wait_list::Party;

/// The guards of one choice; implemented by tuples, arrays and pinned slices of guards.
///
/// # Examples
///
/// See [`alts()`](crate::alts()).
pub trait Guards {
    /// The guard that was chosen, with what it gave.
    type Selected;

    /// Where the lock order is kept, or that in which the ready are served.
    #[doc(hidden)]
    type Order: Default;

    /// Whether all of them last.
    #[doc(hidden)]
    const LAST: bool;

    /// Whether a choice among them takes the short way.
    #[doc(hidden)]
    const QUICK: Quick = Quick::Not;

    /// Whether some of them have no channel.
    #[doc(hidden)]
    const HAS_FOREIGN: bool = false;

    /// Shows the takes that are enabled, in order, until one visit is false; whether none was.
    #[doc(hidden)]
    fn visit(&self, _visit: &mut impl Visit) -> bool {
        true
    }

    /// Puts the locks of the takes in order, if the set knows how.
    #[doc(hidden)]
    fn sort_locks(&self, _order: &mut Self::Order) -> Option<Order> {
        None
    }

    /// Shows one take, if it is enabled.
    #[doc(hidden)]
    fn visit_at(&self, _index: usize, _visit: &mut impl Visit) {}

    #[doc(hidden)]
    fn count(&self) -> usize;

    #[doc(hidden)]
    fn guard(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn RawGuard>;

    #[doc(hidden)]
    fn order(&self, order: &Self::Order, place: usize) -> usize;

    #[doc(hidden)]
    fn set_order(self: Pin<&mut Self>, order: &mut Self::Order, place: usize, index: usize);

    #[doc(hidden)]
    fn selected(
        self: Pin<&mut Self>,
        index: usize,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Selected;

    /// [`Guard::moved`] of the take that was chosen.
    #[doc(hidden)]
    fn moved(self: Pin<&mut Self>, index: usize, _partner: Partner) -> Self::Selected
    where
        Self: Sized,
    {
        const { assert!(matches!(Self::QUICK, Quick::Not)) };
        unreachable!("guard {index} was chosen by the short way, which these guards do not take")
    }
}

/// What [`alts()`](crate::alts()) takes: a tuple, an array, or pinned branches.
///
/// # Examples
///
/// See [`alts()`](crate::alts()).
#[diagnostic::on_unimplemented(
    message = "`alts` cannot choose among `{Self}`",
    label = "not a set of guards",
    note = "give it a tuple of one to eight guards, an array of guards of one type, \
            or `Pin<&mut [Branch<T, L>]>`"
)]
pub trait IntoGuards {
    /// The guards.
    type Guards: Guards;

    /// Makes them guards.
    fn into_guards(self) -> Self::Guards;
}

/// A set of guards without its type.
pub(super) trait DynGuards {
    fn len(&self) -> usize;
    fn guard(&mut self, index: usize) -> Pin<&mut dyn RawGuard>;
    fn order(&self, place: usize) -> usize;
    fn set_order(&mut self, place: usize, index: usize);
}

pub(super) struct Parts<'p, S: Guards> {
    pub(super) guards: Pin<&'p mut S>,
    pub(super) order: &'p mut S::Order,
}

impl<S: Guards> Parts<'_, S> {
    /// The guards as the engine gets them: it is compiled for each set of guards, which halves its
    /// time. On bare metal, where bytes count, there is one engine for all.
    #[cfg(not(target_os = "none"))]
    pub(super) fn for_engine(&mut self) -> &mut impl DynGuards {
        self
    }

    #[cfg(target_os = "none")]
    pub(super) fn for_engine(&mut self) -> &mut (dyn DynGuards + '_) {
        self
    }
}

impl<S: Guards> DynGuards for Parts<'_, S> {
    fn len(&self) -> usize {
        self.guards.count()
    }

    fn guard(&mut self, index: usize) -> Pin<&mut dyn RawGuard> {
        self.guards.as_mut().guard(index)
    }

    fn order(&self, place: usize) -> usize {
        self.guards.order(self.order, place)
    }

    fn set_order(&mut self, place: usize, index: usize) {
        self.guards.as_mut().set_order(self.order, place, index);
    }
}

/// The guards of an array.
#[derive(Debug)]
pub struct ArrayGuards<G, const N: usize>([G; N]);

/// An array that is a default of itself at any length.
#[derive(Debug)]
pub struct ArrayOrder<const N: usize>(pub(super) [u16; N]);

impl<const N: usize> Default for ArrayOrder<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<G: IntoGuard, const N: usize> IntoGuards for [G; N] {
    type Guards = ArrayGuards<G::Guard, N>;

    #[inline]
    fn into_guards(self) -> Self::Guards {
        ArrayGuards(G::into_guards(self))
    }
}

impl<G: Guard, const N: usize> ArrayGuards<G, N> {
    fn at(self: Pin<&mut Self>, index: usize) -> Pin<&mut G> {
        // SAFETY: the elements are pinned with the array, and nothing moves them.
        unsafe { self.map_unchecked_mut(|guards| &mut guards.0[index]) }
    }
}

impl<G: Guard, const N: usize> Guards for ArrayGuards<G, N> {
    type Selected = (usize, G::Output);
    type Order = ArrayOrder<N>;

    const LAST: bool = G::LASTS;
    const QUICK: Quick = Quick::of_all(&[G::QUICK]);

    #[inline]
    fn visit(&self, visit: &mut impl Visit) -> bool {
        self.0.iter().enumerate().all(|(index, guard)| guard.visit(index as u16, visit))
    }

    #[inline]
    fn sort_locks(&self, order: &mut Self::Order) -> Option<Order> {
        order.sort(self)
    }

    #[inline]
    fn visit_at(&self, index: usize, visit: &mut impl Visit) {
        self.0[index].visit(index as u16, visit);
    }

    fn count(&self) -> usize {
        N
    }

    fn guard(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn RawGuard> {
        self.at(index)
    }

    fn order(&self, order: &Self::Order, place: usize) -> usize {
        usize::from(order.0[place])
    }

    fn set_order(self: Pin<&mut Self>, order: &mut Self::Order, place: usize, index: usize) {
        order.0[place] = index as u16;
    }

    fn selected(
        self: Pin<&mut Self>,
        index: usize,
        outcome: Outcome,
        me: Party,
        after: &mut After,
    ) -> Self::Selected {
        (index, self.at(index).output(outcome, me, after))
    }

    #[inline]
    fn moved(self: Pin<&mut Self>, index: usize, partner: Partner) -> Self::Selected {
        (index, self.at(index).moved(partner))
    }
}

/// Tuples of `$count` guards, and the enum that names the chosen one by its position.
macro_rules! tuple {
    ($count:literal, $Selected:ident, $($Guard:ident $Variant:ident $index:tt),+) => {
        #[doc = concat!("Which of ", stringify!($count), " guards was chosen, with what it gave.")]
        ///
        /// # Examples
        ///
        /// See [`alts()`](crate::alts()).
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum $Selected<$($Guard),+> {
            $(
                #[doc = concat!("Guard ", stringify!($index), ", counted from 0.")]
                $Variant($Guard),
            )+
        }

        impl<$($Guard: IntoGuard),+> IntoGuards for ($($Guard,)+) {
            type Guards = TupleGuards<($($Guard::Guard,)+)>;

            #[inline]
            fn into_guards(self) -> Self::Guards {
                TupleGuards(($(self.$index.into_guard(),)+))
            }
        }

        #[expect(private_interfaces, reason = "nobody outside calls it")]
        impl<$($Guard: Guard),+> Guards for TupleGuards<($($Guard,)+)> {
            type Selected = $Selected<$($Guard::Output),+>;
            type Order = ArrayOrder<$count>;

            const LAST: bool = $($Guard::LASTS)&&+;
            const QUICK: Quick = Quick::of_all(&[$($Guard::QUICK),+]);
            const HAS_FOREIGN: bool = $(matches!($Guard::QUICK, Quick::Foreign))||+;

            #[inline]
            fn visit(&self, visit: &mut impl Visit) -> bool {
                $(self.0.$index.visit($index, visit))&&+
            }

            #[inline]
            fn sort_locks(&self, order: &mut Self::Order) -> Option<Order> {
                order.sort(self)
            }

            #[inline]
            fn visit_at(&self, index: usize, visit: &mut impl Visit) {
                match index {
                    $($index => self.0.$index.visit($index, visit),)+
                    _ => true,
                };
            }

            fn count(&self) -> usize {
                $count
            }

            fn guard(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn RawGuard> {
                match index {
                    $(
                        // SAFETY: the elements are pinned with the tuple, and nothing moves them.
                        $index => unsafe { self.map_unchecked_mut(|guards| &mut guards.0.$index) },
                    )+
                    _ => unreachable!("a tuple has as many guards as it says"),
                }
            }

            fn order(&self, order: &Self::Order, place: usize) -> usize {
                usize::from(order.0[place])
            }

            fn set_order(self: Pin<&mut Self>, order: &mut Self::Order, place: usize, index: usize) {
                order.0[place] = index as u16;
            }

            fn selected(
                self: Pin<&mut Self>,
                index: usize,
                outcome: Outcome,
                me: Party,
                after: &mut After,
            ) -> Self::Selected {
                match index {
                    $(
                        $index => {
                            // SAFETY: as in `guard`.
                            let guard = unsafe {
                                self.map_unchecked_mut(|guards| &mut guards.0.$index)
                            };
                            $Selected::$Variant(guard.output(outcome, me, after))
                        }
                    )+
                    _ => unreachable!("a tuple has as many guards as it says"),
                }
            }

            #[inline]
            fn moved(self: Pin<&mut Self>, index: usize, partner: Partner) -> Self::Selected {
                match index {
                    $(
                        $index => {
                            // SAFETY: as in `guard`.
                            let guard = unsafe {
                                self.map_unchecked_mut(|guards| &mut guards.0.$index)
                            };
                            $Selected::$Variant(guard.moved(partner))
                        }
                    )+
                    _ => unreachable!("a tuple has as many guards as it says"),
                }
            }
        }
    };
}

/// The guards of a tuple.
#[derive(Debug)]
pub struct TupleGuards<G>(G);

tuple!(1, Selected1, A First 0);
tuple!(2, Selected2, A First 0, B Second 1);
tuple!(3, Selected3, A First 0, B Second 1, C Third 2);
tuple!(4, Selected4, A First 0, B Second 1, C Third 2, D Fourth 3);
tuple!(5, Selected5, A First 0, B Second 1, C Third 2, D Fourth 3, E Fifth 4);
tuple!(6, Selected6, A First 0, B Second 1, C Third 2, D Fourth 3, E Fifth 4, F Sixth 5);
tuple!(
    7, Selected7, A First 0, B Second 1, C Third 2, D Fourth 3, E Fifth 4, F Sixth 5, G Seventh 6
);
tuple!(
    8, Selected8, A First 0, B Second 1, C Third 2, D Fourth 3, E Fifth 4, F Sixth 5, G Seventh 6,
    H Eighth 7
);
