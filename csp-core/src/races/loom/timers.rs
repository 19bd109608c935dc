//! Timeouts and futures that become ready while a partner commits.

use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use loom::sync::{Arc, Mutex};
use loom::thread;

use super::parts::{Bell, Meeting, Value, number};
use super::play;
use crate::runtime::Timer;
use crate::{KeptFuture, Selected2, alts, block_on, future, timeout};

/// A clock that stands still until a thread lets it strike.
#[derive(Clone)]
struct Clock(Arc<Mutex<Face>>);

#[derive(Default)]
struct Face {
    has_struck: bool,
    sleeper: Option<Waker>,
}

impl Clock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Face::default())))
    }

    fn strike(&self) {
        let sleeper = {
            let mut face = self.0.lock().unwrap();
            face.has_struck = true;
            face.sleeper.take()
        };
        if let Some(sleeper) = sleeper {
            sleeper.wake();
        }
    }

    fn has_sleeper(&self) -> bool {
        self.0.lock().unwrap().sleeper.is_some()
    }
}

struct Sleep(Clock);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut face = self.0.0.lock().unwrap();
        if face.has_struck {
            return Poll::Ready(());
        }
        let old = face.sleeper.replace(cx.waker().clone());
        drop(face);
        drop(old);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let sleeper = self.0.0.lock().unwrap().sleeper.take();
        drop(sleeper);
    }
}

impl Timer for Clock {
    type Instant = u32;
    type Wait = Sleep;

    fn now(&self) -> u32 {
        u32::from(self.0.lock().unwrap().has_struck)
    }

    fn later(&self, start: u32, _duration: Duration) -> u32 {
        start + 1
    }

    fn between(&self, _earlier: u32, _later: u32) -> Duration {
        Duration::ZERO
    }

    fn wait_until(&self, _deadline: u32) -> Sleep {
        Sleep(self.clone())
    }
}

#[test]
fn a_choice_hears_of_its_timeout() {
    play("a timeout fires, a choice comes to wait", Some(3), || {
        let channel = Arc::new(Meeting::new());
        let clock = Clock::new();
        let limit = timeout(clock.clone(), Duration::from_secs(1));
        let striker = clock.clone();
        let striker = thread::spawn(move || striker.strike());
        let chosen = block_on(alts((channel.take(), limit)));
        assert!(matches!(chosen, Selected2::Second(())));
        striker.join().unwrap();
        assert_eq!(channel.parked_takes(), 0);
        assert!(!clock.has_sleeper());
    });
}

#[test]
fn a_timeout_and_a_put_race_for_a_choice() {
    play("a timeout, a try_put, a choice", Some(3), || {
        let channel = Arc::new([Meeting::new(), Meeting::new()]);
        let other = channel.clone();
        let clock = Clock::new();
        let limit = timeout(clock.clone(), Duration::from_secs(1));
        let bell = Bell::new();
        let takes = (channel[0].take(), limit, channel[1].take());
        let mut choice = pin!(Some(alts(takes)));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other[0].try_put(Value::new(1)).is_ok());
        clock.strike();
        let chosen = bell.collect(choice.as_mut().as_pin_mut().unwrap());
        let taken = match chosen {
            crate::Selected3::First(taken) => number(taken).ok(),
            crate::Selected3::Second(()) => None,
            crate::Selected3::Third(taken) => panic!("{taken:?}"),
        };
        choice.set(None);
        assert_eq!(putter.join().unwrap(), taken.is_some());
        assert_eq!(channel[0].len() + channel[0].parked_takes() + channel[1].parked_takes(), 0);
        assert!(!clock.has_sleeper() && !bell.is_held());
    });
}

/// With one channel, plain stores decide the choice, under its lock.
#[test]
fn a_timeout_and_a_put_race_for_a_choice_of_one_channel() {
    play("a timeout, a try_put, a choice of one", Some(4), || {
        let channel = Arc::new(Meeting::new());
        let other = channel.clone();
        let clock = Clock::new();
        let limit = timeout(clock.clone(), Duration::from_secs(1));
        let bell = Bell::new();
        let mut choice = pin!(Some(alts((channel.take(), limit))));
        bell.park(choice.as_mut().as_pin_mut().unwrap());
        let putter = thread::spawn(move || other.try_put(Value::new(1)).is_ok());
        clock.strike();
        let taken = match bell.collect(choice.as_mut().as_pin_mut().unwrap()) {
            Selected2::First(taken) => number(taken).ok(),
            Selected2::Second(()) => None,
        };
        choice.set(None);
        assert_eq!(putter.join().unwrap(), taken.is_some());
        assert_eq!(channel.len() + channel.parked_takes(), 0);
        assert!(!clock.has_sleeper() && !bell.is_held());
    });
}

/// The output of a future that loses is kept in its guard.
#[test]
fn a_future_and_a_put_race_for_a_choice() {
    play("a future and a put race for a choice", Some(3), || {
        let channel = Arc::new([Meeting::new(), Meeting::new()]);
        let other = channel.clone();
        let putter = thread::spawn(move || {
            assert!(block_on(other[0].put(Value::new(1))).is_ok());
            assert!(block_on(other[1].put(Value::new(2))).is_ok());
        });
        let mut kept = pin!(KeptFuture::new(channel[0].take()));
        let chosen = match block_on(alts((future(kept.as_mut()), channel[1].take()))) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        // The put at the second channel may have been faster than the owner of the future.
        let rest = match block_on(alts((future(kept.as_mut()), channel[1].take()))) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        assert!([chosen, rest] == [Ok(1), Ok(2)] || [chosen, rest] == [Ok(2), Ok(1)]);
        putter.join().unwrap();
    });
}
