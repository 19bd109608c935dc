//! What is seen from outside after each step, and the rules that it has to obey.

use csp_core::Ended;

use super::{At, Model, Phase};
use crate::ledger::Fate;

/// A channel from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub len: usize,
    pub discarded: usize,
    pub parked_puts: usize,
    pub parked_takes: usize,
    pub ended: Option<Ended>,
}

/// The wakers of one offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wakers {
    /// Calls of the last waker since the last poll began.
    pub rings: u32,
    /// Clones of the last waker that somebody keeps.
    pub kept: usize,
    /// Clones of replaced wakers that somebody keeps.
    pub stale_kept: usize,
    /// Calls of wakers after they were replaced.
    pub stale_rings: u32,
}

/// Everything that can be seen.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    pub channels: Vec<Look>,
    pub wakers: Vec<Wakers>,
    pub fates: Vec<Fate>,
}

impl Model<'_> {
    /// Compares what is seen with what should be, after a step.
    pub fn check(&mut self, outside: &Outside) -> Result<(), String> {
        for offer in 0..self.parties.len() {
            self.note_rings(offer, &outside.wakers[offer])?;
        }
        for offer in 0..self.parties.len() {
            self.check_told(offer)?;
            self.check_wakers(offer, &outside.wakers[offer])?;
        }
        for channel in 0..self.rooms.len() {
            self.check_channel(channel, &outside.channels[channel])?;
        }
        self.check_values(&outside.fates)
    }

    /// A10: only the last waker is called, and once until the next poll.
    fn note_rings(&mut self, offer: usize, wakers: &Wakers) -> Result<(), String> {
        let was_told = self.parties[offer].told;
        if wakers.stale_rings != 0 {
            return Err(format!("A10: an old waker of offer {offer} was called"));
        }
        match (was_told, wakers.rings) {
            (false, 0) | (true, 1) => return Ok(()),
            (false, 1) => {}
            _ => return Err(format!("A10: offer {offer} was woken {} times", wakers.rings)),
        }
        self.parties[offer].told = true;
        match self.parties[offer].phase {
            Phase::New | Phase::Idle | Phase::Gone => {
                Err(format!("A8: offer {offer} does not wait, but was woken"))
            }
            Phase::Waiting if self.allowed(offer).is_empty() => {
                Err(format!("offer {offer} was told, but cannot proceed"))
            }
            Phase::Waiting | Phase::Decided(_) => Ok(()),
        }
    }

    /// A9 and A19: whoever could proceed has been told so, whoever else has been told too.
    fn check_told(&self, offer: usize) -> Result<(), String> {
        let Some(party) = self.parties.get(offer).filter(|party| !party.told) else {
            return Ok(());
        };
        match party.phase {
            Phase::Decided(_) => Err(format!("offer {offer} was decided, but not woken")),
            Phase::Waiting if self.should_know(offer) => {
                Err(format!("A9, A19: offer {offer} could proceed, but was not told"))
            }
            _ => Ok(()),
        }
    }

    /// A8: a waker is kept once while its offer waits and has not been told, and by a channel that
    /// may use it again.
    fn check_wakers(&self, offer: usize, wakers: &Wakers) -> Result<(), String> {
        let again = self.rooms.iter().flat_map(|room| room.kept);
        let again = again.filter(|&kept| kept == Some(offer)).count();
        if wakers.stale_kept > again {
            return Err(format!("A10: an old waker of offer {offer} is kept"));
        }
        let wanted = usize::from(self.is_idle(offer)) + again;
        let kept = wakers.kept + wakers.stale_kept;
        if kept != wanted {
            return Err(format!("A8: {kept} wakers of offer {offer} are kept, not {wanted}"));
        }
        Ok(())
    }

    fn check_channel(&self, channel: usize, look: &Look) -> Result<(), String> {
        let room = &self.rooms[channel];
        // It is no offer.
        let is_alternative = |offer: usize| self.offers[offer].form.is_alternative();
        let wanted = Look {
            len: room.len(),
            discarded: room.tally.discarded,
            parked_puts: self.live(&room.puts).count(),
            parked_takes: self
                .live(&room.takes)
                .filter(|&(offer, _)| !is_alternative(offer))
                .count(),
            ended: room.ended,
        };
        if *look != wanted {
            return Err(format!("A6, A8: channel {channel} should be {wanted:?}, is {look:?}"));
        }
        let handed_over = room.line.len() - room.returned.len();
        let accounted = room.tally.taken + look.len + handed_over + look.discarded;
        if room.tally.accepted != accounted {
            let accepted = room.tally.accepted;
            return Err(format!("A6: of {accepted} accepted values there are {accounted}"));
        }
        Ok(())
    }

    /// A6, A7: no value is lost, and none is there twice.
    fn check_values(&self, fates: &[Fate]) -> Result<(), String> {
        for (number, at) in self.values.iter().enumerate() {
            let wanted = match at {
                At::Unborn | At::Alive => Fate { drops: 0, is_back: false },
                At::Gone => Fate { drops: 1, is_back: false },
                At::Back => Fate { drops: 1, is_back: true },
            };
            if fates[number] != wanted {
                let Fate { drops, is_back } = fates[number];
                return Err(format!(
                    "A6, A7: value {number} is {at:?}, but was dropped {drops} times, \
                     in its caller's hands: {is_back}"
                ));
            }
        }
        Ok(())
    }

    /// Nothing is left of the channels and the offers.
    pub fn check_end(&self, fates: &[Fate]) -> Result<(), String> {
        for (number, at) in self.values.iter().enumerate() {
            let wanted = u8::from(*at != At::Unborn);
            let times = fates[number].drops;
            if times != wanted {
                return Err(format!("A6, A7: at the end value {number} was dropped {times} times"));
            }
        }
        Ok(())
    }
}
