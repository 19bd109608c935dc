//! Time by a tick of a millisecond: the driver of embassy-time.

use core::cell::{Cell, RefCell};
use core::task::Waker;

use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;

use crate::machine::{Line, alarm_every_millisecond, pend};

/// Starts the clock, at zero.
pub fn start_clock() {
    alarm_every_millisecond(|_| {
        critical_section::with(|section| {
            DRIVER.tick(section);
            if let Some(line) = EACH_MILLISECOND.borrow(section).get() {
                pend(line);
            }
        });
    });
}

/// Pends a line at each tick of the clock, as the timer of a peripheral would.
pub fn pend_each_millisecond(line: Option<Line>) {
    critical_section::with(|section| EACH_MILLISECOND.borrow(section).set(line));
}

static EACH_MILLISECOND: Mutex<Cell<Option<Line>>> = Mutex::new(Cell::new(None));

struct Ticks {
    now: Mutex<Cell<u64>>,
    next: Mutex<Cell<u64>>,
    queue: Mutex<RefCell<Queue>>,
}

time_driver_impl!(static DRIVER: Ticks = Ticks {
    now: Mutex::new(Cell::new(0)),
    next: Mutex::new(Cell::new(u64::MAX)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Ticks {
    fn tick(&self, section: CriticalSection<'_>) {
        let now = self.now.borrow(section);
        now.set(now.get() + 1);
        if now.get() >= self.next.borrow(section).get() {
            self.wake_what_is_due(section);
        }
    }

    fn wake_what_is_due(&self, section: CriticalSection<'_>) {
        let mut queue = self.queue.borrow_ref_mut(section);
        self.next.borrow(section).set(queue.next_expiration(self.now.borrow(section).get()));
    }
}

impl Driver for Ticks {
    fn now(&self) -> u64 {
        critical_section::with(|section| self.now.borrow(section).get())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            if self.queue.borrow_ref_mut(section).schedule_wake(at, waker) {
                self.wake_what_is_due(section);
            }
        });
    }
}
