//! How paths are drawn.

use core::cell::Cell;

use csp_reference::draft::{Draft, MOST_OFFERS};
use csp_reference::ground::GROUNDS;
use csp_reference::script::{BRANCHES, CHANNELS, Form, Guard, Offer, Side, Step};
use csp_reference::stopwatch::Stopwatch;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

const MOST_STEPS: usize = 100;
/// How many different offers a path has at most.
const MOST_KINDS: usize = 5;

fn guard(sides: &'static [Side], channels: usize) -> impl Strategy<Value = Guard> {
    (select(sides), 0..channels).prop_map(|(side, channel)| Guard { side, channel })
}

fn single(form: Form, sides: &'static [Side]) -> impl Strategy<Value = Offer> {
    guard(sides, CHANNELS).prop_map(move |guard| Offer::new(form, &[guard]))
}

fn offer() -> impl Strategy<Value = Offer> {
    const BOTH: &[Side] = &[Side::Put, Side::Take];
    const ALL: &[Side] = &[Side::Put, Side::Take, Side::Put, Side::Take, Side::Closed];
    let tuples = &[Form::Alts, Form::Random, Form::OrDefault][..];
    let slices = &[Form::Slice, Form::RandomSlice, Form::FairSlice, Form::SliceOrDefault][..];
    let alternatives = &[
        Form::Alternative,
        Form::RandomAlternative,
        Form::FairAlternative,
        Form::AlternativeOrDefault,
    ][..];
    let choice = |(form, guards): (_, Vec<_>)| Offer::new(form, &guards);
    prop_oneof![
        5 => single(Form::Plain, BOTH),
        1 => single(Form::Plain, &[Side::Closed]),
        1 => single(Form::PutFrom, &[Side::Put]),
        1 => single(Form::Stream, &[Side::Take]),
        4 => (select(tuples), vec(guard(ALL, 2), 2)).prop_map(choice),
        3 => (select(slices), vec(guard(BOTH, CHANNELS), 1..=BRANCHES)).prop_map(choice),
        2 => (select(alternatives), vec(guard(&[Side::Take], CHANNELS), 1..=BRANCHES))
            .prop_map(choice),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let offer = || 0..MOST_OFFERS;
    let channel = || 0..CHANNELS;
    prop_oneof![
        100 => offer().prop_map(Step::Poll),
        15 => offer().prop_map(Step::Renew),
        30 => offer().prop_map(Step::Drop),
        20 => channel().prop_map(Step::TryPut),
        20 => channel().prop_map(Step::TryTake),
        // After an end little happens; every other path has one.
        1 => channel().prop_map(Step::Close),
        1 => channel().prop_map(Step::Poison),
        1 => channel().prop_map(Step::Taint),
    ]
}

fn draft() -> impl Strategy<Value = Draft> {
    let ground = (0..GROUNDS.len()).prop_map(|index| &GROUNDS[index]);
    // The most comes together on one channel, and where the same is offered again and again.
    let channels = prop_oneof![3 => Just(1), 2 => Just(2), 1 => Just(CHANNELS)];
    let kinds = vec(offer(), 1..=MOST_KINDS);
    let drawn = vec(0..MOST_KINDS, 1..=MOST_OFFERS);
    let parts = (ground, channels, kinds, drawn, vec(step(), 1..=MOST_STEPS));
    parts.prop_map(|(ground, channels, kinds, drawn, steps)| {
        let offers =
            drawn.iter().map(|kind| kinds[kind % kinds.len()].within(channels).foreseeable());
        Draft { ground, offers: offers.collect(), steps }
    })
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

#[test]
fn a_random_path_is_one_of_the_reference() {
    // Miri is some hundred times slower.
    let cases = setting("CSP_PROPERTY_CASES").unwrap_or(if cfg!(miri) { 4 } else { 2048 });
    let seed = setting("CSP_PROPERTY_SEED").unwrap_or(1);
    let mut runner = TestRunner::new(Config {
        cases: u32::try_from(cases).expect("a number of cases"),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    });
    let (stopwatch, steps) = (Stopwatch::start(), Cell::new(0));
    let result = runner.run(&draft(), |draft| {
        let done = draft.walk().map_err(|failure| TestCaseError::fail(failure.to_string()))?;
        steps.set(steps.get() + done);
        Ok(())
    });
    match result {
        Ok(()) => {
            let bound = format!("{} steps, seed {seed}", steps.get());
            stopwatch.counted("random paths against the reference", cases, "paths", &bound);
        }
        Err(TestError::Fail(_, draft)) => {
            let failure = draft.walk().expect_err("it has just failed").shrunk();
            panic!("seed {seed}: {failure}");
        }
        Err(aborted) => panic!("{aborted}"),
    }
}
