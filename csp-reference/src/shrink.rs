//! A shorter path that fails too.

use crate::ground::Ground;
use crate::script::{Form, Guard, Offer, Side, Step};
use crate::walk::{Failure, Walk};

impl Failure {
    /// Leaves out and simplifies what it fails without, one thing at a time.
    #[must_use]
    pub fn shrunk(mut self) -> Self {
        while let Some(simpler) = self.simpler() {
            self = simpler;
        }
        self
    }

    fn simpler(&self) -> Option<Self> {
        let ground = Ground::named(self.ground);
        let steps = (0..self.steps.len()).map(|index| {
            let mut steps = self.steps.clone();
            steps.remove(index);
            (self.offers.clone(), steps)
        });
        let offers = (0..self.offers.len()).map(|index| self.without_offer(index));
        let simpler = (0..self.offers.len()).flat_map(|index| {
            simpler_offers(&self.offers[index]).into_iter().map(move |offer| {
                let mut offers = self.offers.clone();
                offers[index] = offer;
                (offers, self.steps.clone())
            })
        });
        let mut candidates = offers.chain(steps).chain(simpler);
        candidates.find_map(|(offers, steps)| {
            let failure = ground.walk(&offers, &mut |walk| exactly(&steps, walk)).err()?;
            (failure.size() < self.size()).then_some(failure)
        })
    }

    fn without_offer(&self, index: usize) -> (Vec<Offer>, Vec<Step>) {
        let mut offers = self.offers.clone();
        offers.remove(index);
        let moved = |offer: usize| match offer.cmp(&index) {
            std::cmp::Ordering::Less => Some(offer),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(offer - 1),
        };
        let step = |&step: &Step| match step {
            Step::Poll(offer) => moved(offer).map(Step::Poll),
            Step::Renew(offer) => moved(offer).map(Step::Renew),
            Step::Drop(offer) => moved(offer).map(Step::Drop),
            other => Some(other),
        };
        (offers, self.steps.iter().filter_map(step).collect())
    }

    /// What is smaller is simpler.
    fn size(&self) -> (usize, usize, usize, usize) {
        let guards = || self.offers.iter().flat_map(Offer::guards);
        let forms = self.offers.iter().map(|offer| offer.form as usize).sum();
        let channels: usize = guards().map(|guard| guard.channel).sum();
        let steps = self.steps.len() + self.offers.len();
        (steps, guards().count(), forms, channels)
    }
}

/// Does the steps as they are, up to one that is not possible.
fn exactly(steps: &[Step], walk: &mut Walk<'_, '_>) -> Result<(), String> {
    for &step in steps {
        let (offers, channels) = (walk.model().offers(), walk.model().channels());
        let is_possible = match step {
            Step::Poll(offer) | Step::Renew(offer) | Step::Drop(offer) => {
                offer < offers && !walk.model().is_gone(offer)
            }
            Step::TryPut(channel)
            | Step::TryTake(channel)
            | Step::Close(channel)
            | Step::Poison(channel)
            | Step::Taint(channel) => channel < channels,
        };
        if !is_possible {
            return Ok(());
        }
        walk.check(step)?;
    }
    Ok(())
}

fn simpler_offers(offer: &Offer) -> Vec<Offer> {
    let guards: Vec<Guard> = offer.guards().collect();
    let mut simpler: Vec<_> = guards
        .iter()
        .filter(|guard| offer.form != Form::Plain || guard.side == Side::Closed)
        .map(|&guard| Offer::new(Form::Plain, &[guard]))
        .collect();
    let is_pair = guards.len() == 2 && guards.iter().all(|guard| guard.channel < 2);
    if is_pair {
        simpler.push(Offer::new(Form::Alts, &guards));
    }
    if offer.form as usize > Form::Slice as usize {
        simpler.push(Offer::new(Form::Slice, &guards));
    }
    if guards.len() > 2 {
        for index in 0..guards.len() {
            let mut fewer = guards.clone();
            fewer.remove(index);
            simpler.push(Offer::new(offer.form, &fewer));
        }
    }
    for index in 0..guards.len() {
        let mut lower = guards.clone();
        lower[index].channel = 0;
        simpler.push(Offer::new(offer.form, &lower));
    }
    simpler
}
