//! A queue of at most `N` values in place.
//!
//! *Model.* `len` values lie one behind the other from `oldest` on, round the end of the array.
//!
//! *Safety contract.*
//! 1. `oldest < N` while `N > 0`, and `len <= N`.
//! 2. The `len` values are initialised, and nothing else is.
//!
//! Its indices are as small as the target lets them be: a channel of a microcontroller is as large
//! as what it counts with.

#![expect(unsafe_code, reason = "an array of which a part is initialised")]

use core::mem::{MaybeUninit, needs_drop};

#[cfg(target_pointer_width = "64")]
type Index = u32;
#[cfg(not(target_pointer_width = "64"))]
type Index = u16;

pub(super) struct Ring<T, const N: usize> {
    oldest: Index,
    len: Index,
    values: [MaybeUninit<T>; N],
}

impl<T, const N: usize> Ring<T, N> {
    pub(super) const fn new() -> Self {
        assert!(N <= Index::MAX as usize, "a static buffer of this size cannot be counted here");
        Self { oldest: 0, len: 0, values: [const { MaybeUninit::uninit() }; N] }
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.len as usize
    }

    #[inline]
    pub(super) const fn is_full(&self) -> bool {
        self.len() >= N
    }

    /// The place of the value that so many came before.
    #[inline]
    const fn place(&self, behind: usize) -> usize {
        let place = self.oldest as usize + behind;
        if N.is_power_of_two() {
            place & (N - 1)
        } else if place < N {
            place
        } else {
            place - N
        }
    }

    /// Takes a value in, or gives it back if there is no room.
    #[inline]
    pub(super) fn push_newest(&mut self, value: T) -> Result<(), T> {
        if self.is_full() {
            return Err(value);
        }
        let place = self.place(self.len());
        // First, for the compiler takes it that the value might be written over it.
        self.len += 1;
        // SAFETY: contract 1: there is room, so `N > 0`, and the place is within the array.
        unsafe { self.values.get_unchecked_mut(place) }.write(value);
        Ok(())
    }

    #[inline]
    pub(super) fn pop_oldest(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        let place = self.oldest as usize;
        self.oldest = self.place(1) as Index;
        self.len -= 1;
        // SAFETY: contract 1: there was a value, so `N > 0`.
        let value = unsafe { self.values.get_unchecked(place) };
        // SAFETY: contract 2: it was the oldest, and is counted no more.
        Some(unsafe { value.assume_init_read() })
    }

    pub(super) fn pop_newest(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        self.len -= 1;
        let place = self.place(self.len());
        // SAFETY: contract 1: there was a value, so `N > 0`.
        let value = unsafe { self.values.get_unchecked(place) };
        // SAFETY: contract 2: it was the newest, and is counted no more.
        Some(unsafe { value.assume_init_read() })
    }
}

impl<T, const N: usize> Drop for Ring<T, N> {
    fn drop(&mut self) {
        if needs_drop::<T>() {
            // Those that are left go too if one of them panics.
            struct Rest<'a, T, const N: usize>(&'a mut Ring<T, N>);
            impl<T, const N: usize> Drop for Rest<'_, T, N> {
                fn drop(&mut self) {
                    while self.0.pop_oldest().is_some() {}
                }
            }
            let rest = Rest(self);
            while rest.0.pop_oldest().is_some() {}
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::collections::VecDeque;
    use alloc::rc::Rc;

    use super::*;

    /// Enough to go round the end; an interpreter is slow.
    const STEPS: u32 = if cfg!(miri) { 5 } else { 8 };

    /// Beside a queue that is known to work, over all short runs of its operations.
    fn compare<const N: usize>() {
        for run in 0..3_usize.pow(STEPS) {
            let (mut ring, mut queue) = (Ring::<(u32, Rc<usize>), N>::new(), VecDeque::new());
            let counted = Rc::new(run);
            for step in 0..STEPS {
                match run / 3_usize.pow(step) % 3 {
                    0 => {
                        let pushed = ring.push_newest((step, Rc::clone(&counted))).is_ok();
                        assert_eq!(pushed, queue.len() < N);
                        if pushed {
                            queue.push_back((step, Rc::clone(&counted)));
                        }
                    }
                    1 => assert_eq!(ring.pop_oldest(), queue.pop_front()),
                    _ => assert_eq!(ring.pop_newest(), queue.pop_back()),
                }
                assert_eq!((ring.len(), ring.is_full()), (queue.len(), queue.len() == N));
                assert_eq!(Rc::strong_count(&counted), 1 + 2 * queue.len());
            }
            drop(ring);
            assert_eq!(Rc::strong_count(&counted), 1 + queue.len());
        }
    }

    #[test]
    fn is_a_queue_of_each_small_size() {
        compare::<1>();
        compare::<2>();
        compare::<3>();
    }

    #[test]
    fn keeps_the_order_round_the_end() {
        let mut ring = Ring::<u32, 3>::new();
        for number in 0..10 {
            assert_eq!(ring.push_newest(number), Ok(()));
            if number >= 2 {
                assert_eq!(ring.push_newest(99), Err(99));
                assert_eq!(ring.pop_oldest(), Some(number - 2));
            }
        }
        assert_eq!(
            (ring.pop_newest(), ring.pop_oldest(), ring.pop_oldest()),
            (Some(9), Some(8), None)
        );
    }
}
