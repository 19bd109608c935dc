//! The setups whose paths are all walked. The named tests of the other modules, which are quick,
//! sort before these.

use csp_reference::ground::Ground;
use csp_reference::script::{self, Offer};

use crate::explore::{Budget, Count, explore};

/// The channels with one discipline each.
const DISCIPLINES: &[&str] = &["meet", "one", "two", "chan meet", "chan one"];
/// Two channels that have a lock each.
const PAIRS: &[&str] = &["meet std", "meet one std", "meet chan std"];
/// Channels that lose values by a rule.
const LOSSY: &[&str] = &["slide", "lose", "replace", "chan slide", "chan all"];

/// When the size is small, one of so many setups is walked.
const SAMPLE: usize = 47;
/// And so many paths of it.
const SAMPLE_PATHS: u64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    /// A few seconds in Miri.
    Small,
    Normal,
    Large,
}

fn size() -> Size {
    match std::env::var("CSP_CANCELLATION_SIZE").as_deref() {
        Ok("small") => Size::Small,
        Ok("large") => Size::Large,
        // Miri hides the environment, and is some hundred times slower.
        Err(_) if cfg!(miri) => Size::Small,
        Ok("normal") | Err(_) => Size::Normal,
        Ok(other) => panic!("CSP_CANCELLATION_SIZE={other} is not small, normal or large"),
    }
}

const NOTHING: Budget = Budget { idle_polls: 0, try_puts: 0, try_takes: 0, ends: 0, memory: 0 };
const IDLE_POLL: Budget = Budget { idle_polls: 1, ..NOTHING };
const TRY_PUT: Budget = Budget { try_puts: 1, ..NOTHING };
const END: Budget = Budget { ends: 1, ..NOTHING };

/// Every multiset of offers from a menu, on every ground, with every budget.
struct Sweep {
    grounds: &'static [&'static str],
    menu: &'static str,
    offers: usize,
    budgets: &'static [Budget],
}

impl Sweep {
    fn walk(&self, behaviour: &str) {
        let menu = script::offers(self.menu);
        let setups = self.grounds.iter().flat_map(|name| {
            multisets(&menu, self.offers).into_iter().map(move |offers| (name, offers))
        });
        let (step, most) =
            if size() == Size::Small { (SAMPLE, SAMPLE_PATHS) } else { (1, u64::MAX) };
        let mut count = Count::default();
        for (name, offers) in setups.step_by(step) {
            for budget in self.budgets {
                count += explore(Ground::named(name), &offers, *budget, most);
            }
        }
        report(behaviour, count);
    }
}

#[expect(clippy::print_stdout, reason = "how much was checked is a result")]
fn report(behaviour: &str, Count { setups, paths, steps }: Count) {
    println!("{behaviour}: {setups} setups, {paths} paths, {steps} steps");
}

/// All multisets of `count` items.
fn multisets(items: &[Offer], count: usize) -> Vec<Vec<Offer>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (index, item) in items.iter().enumerate() {
        for rest in multisets(&items[index..], count - 1) {
            all.push([&[*item], &rest[..]].concat());
        }
    }
    all
}

const ONE_CHANNEL: &str = "put0 take0 stream0 closed0 put_from0 \
                           alts(put0,take0) slice(take0,put0) alts(take0,take0)";

#[test]
fn a06_a08_a11_three_offers_on_one_channel() {
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (2, &[TRY_PUT]),
        Size::Normal => {
            (3, &[Budget { idle_polls: 1, ..TRY_PUT }, Budget { try_takes: 1, ..TRY_PUT }])
        }
        Size::Large => (
            3,
            &[
                Budget { idle_polls: 1, try_puts: 2, try_takes: 1, ends: 0, memory: 1 },
                Budget { idle_polls: 1, try_puts: 1, try_takes: 1, ends: 1, memory: 0 },
                Budget { memory: 4, ..TRY_PUT },
            ],
        ),
    };
    Sweep { grounds: DISCIPLINES, menu: ONE_CHANNEL, offers, budgets }.walk("three offers");
}

#[test]
fn a14_a15_three_offers_on_one_channel_that_ends() {
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (1, &[Budget { try_puts: 1, ..END }]),
        Size::Normal => (3, &[END]),
        Size::Large => (3, &[Budget { try_puts: 1, memory: 1, ..END }]),
    };
    Sweep { grounds: DISCIPLINES, menu: ONE_CHANNEL, offers, budgets }.walk("three offers, ends");
    // A second end over the first one.
    let budgets = &[Budget { ends: 2, try_puts: 1, ..NOTHING }];
    let offers = if size() == Size::Small { 1 } else { 2 };
    Sweep { grounds: &["meet", "one"], menu: ONE_CHANNEL, offers, budgets }.walk("two ends");
}

#[test]
fn a09_a19_four_offers_on_one_channel() {
    let menu = "put0 take0 alts(put0,take0) stream0";
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (3, &[NOTHING]),
        Size::Normal => (4, &[TRY_PUT]),
        Size::Large => (
            4,
            &[
                Budget { idle_polls: 1, try_puts: 1, ends: 1, ..NOTHING },
                Budget { try_puts: 2, memory: 2, ..NOTHING },
            ],
        ),
    };
    Sweep { grounds: DISCIPLINES, menu, offers, budgets }.walk("four offers");
}

/// The first choices differ in what they can do at the two channels, the last ones in how they
/// choose.
const TWO_CHANNELS: &str = "put0 take0 take1 alts(put0,take1) alts(take0,take1) slice(put0,put1) \
                            random(take0,put1)";

#[test]
fn a18_a23_three_offers_on_two_channels() {
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (2, &[NOTHING]),
        Size::Normal => (3, &[TRY_PUT, IDLE_POLL, END]),
        Size::Large => (3, &[Budget { idle_polls: 1, try_puts: 1, ends: 1, memory: 0, ..NOTHING }]),
    };
    Sweep { grounds: PAIRS, menu: TWO_CHANNELS, offers, budgets }.walk("two channels");
}

#[test]
fn a18_a19_four_offers_on_two_channels() {
    let (grounds, offers, budgets): (&'static [_], _, &[Budget]) = match size() {
        Size::Small => return,
        Size::Normal => (&["meet", "one two"], 4, &[NOTHING]),
        Size::Large => (&["meet", "one two", "meet chan std"], 4, &[TRY_PUT, IDLE_POLL, END]),
    };
    Sweep { grounds, menu: TWO_CHANNELS, offers, budgets }.walk("four offers, two channels");
}

#[test]
fn a09_a19_five_offers() {
    let menu = "put0 take0 alts(put0,take0)";
    let budgets: &[Budget] = match size() {
        Size::Small => return,
        Size::Normal => &[NOTHING],
        Size::Large => &[Budget { try_puts: 2, ..NOTHING }, Budget { idle_polls: 1, ..TRY_PUT }],
    };
    let grounds = &["meet", "one", "chan meet"];
    Sweep { grounds, menu, offers: 5, budgets }.walk("five offers");
    if size() == Size::Large {
        let (grounds, budgets) = (&["meet", "one two", "meet std"], &[NOTHING]);
        Sweep { grounds, menu: TWO_CHANNELS, offers: 5, budgets }.walk("five offers, two channels");
    }
}

#[test]
fn a18_guards_for_an_end_and_choices_with_a_default() {
    let menu = "put0 take1 alts(take0,closed1) alts(closed0,put0) random(closed0,closed1) \
                or_default(take0,put1) or_default(put0,closed1)";
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (2, &[END]),
        Size::Normal => (3, &[END]),
        Size::Large => (3, &[Budget { try_puts: 1, ..END }]),
    };
    Sweep { grounds: &["meet std", "one"], menu, offers, budgets }.walk("ends and defaults");
}

#[test]
fn b92_b93_channels_that_lose_values() {
    let menu = "put0 take0 stream0 alts(put0,take0)";
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (2, &[Budget { try_puts: 2, ..NOTHING }]),
        Size::Normal => (3, &[Budget { try_puts: 2, try_takes: 1, ..NOTHING }]),
        Size::Large => {
            (3, &[Budget { idle_polls: 1, try_puts: 3, try_takes: 1, ends: 1, memory: 1 }])
        }
    };
    Sweep { grounds: LOSSY, menu, offers, budgets }.walk("lossy channels");
}

#[test]
fn a08_two_offers_and_what_the_last_steps_left_behind() {
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (1, &[Budget { idle_polls: 1, memory: 2, ..TRY_PUT }]),
        Size::Normal => (2, &[Budget { idle_polls: 1, try_puts: 2, memory: 3, ..NOTHING }]),
        Size::Large => {
            (2, &[Budget { idle_polls: 1, try_puts: 2, try_takes: 0, ends: 1, memory: 4 }])
        }
    };
    Sweep { grounds: DISCIPLINES, menu: ONE_CHANNEL, offers, budgets }.walk("memory of steps");
    if size() != Size::Small {
        Sweep { grounds: PAIRS, menu: TWO_CHANNELS, offers, budgets }.walk("memory, two channels");
    }
}

/// All of them on one channel, and with two.
const ALTERNATIVES: &str = "put0 put1 take0 alternative(take0,take1) fair_alternative(take1,take0) \
                            random_alternative(take0,take0) alts(put0,put1)";

#[test]
fn a19_a24_alternatives_that_are_selected_from_twice() {
    let (offers, budgets): (_, &[Budget]) = match size() {
        Size::Small => (2, &[TRY_PUT]),
        Size::Normal => (3, &[TRY_PUT, IDLE_POLL, END]),
        Size::Large => (
            3,
            &[
                Budget { idle_polls: 1, try_puts: 2, try_takes: 1, ends: 1, ..NOTHING },
                Budget { try_puts: 2, memory: 2, ..NOTHING },
            ],
        ),
    };
    let grounds = &["meet std", "one", "meet chan std"];
    Sweep { grounds, menu: ALTERNATIVES, offers, budgets }.walk("alternatives");
    let menu = "put0 put1 alternative_or_default(take0,take1) alternative(take1,take0,take1) \
                stream0 fair_alternative(take0,take1)";
    let budgets = &[Budget { try_puts: 1, try_takes: 1, ..NOTHING }];
    Sweep { grounds: &["meet", "one two"], menu, offers, budgets }.walk("alternatives, defaults");
}
