//! Setups and paths as text, so that one line repeats a failure.

use std::fmt;

/// What a guard does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Put,
    Take,
    Closed,
}

/// How many channels a setup has at most.
pub const CHANNELS: usize = 3;
/// How many branches an offer has at most.
pub const BRANCHES: usize = 4;

/// One branch of an offer: what it does, and on which channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guard {
    pub side: Side,
    pub channel: usize,
}

/// How the guards are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `put`, `take` or `closed` by itself.
    Plain,
    /// `put_from` by itself.
    PutFrom,
    /// The first item of a stream.
    Stream,
    /// `alts` over a tuple, in order of priority.
    Alts,
    /// `alts` over a tuple, at random.
    Random,
    /// `alts` over a pinned slice, in order of priority.
    Slice,
    /// `alts` over a pinned slice, at random.
    RandomSlice,
    /// `alts` over a pinned slice, fair: in order, as it is the first choice with its rotation.
    FairSlice,
    /// `alts` over a pinned slice, in order of priority, with a default.
    SliceOrDefault,
    /// `alts` over a tuple, in order of priority, with a default.
    OrDefault,
    /// An `Alternative` over a pinned slice, in order of priority.
    Alternative,
    /// The same at random.
    RandomAlternative,
    /// The same, fair.
    FairAlternative,
    /// The same in order of priority, with a default.
    AlternativeOrDefault,
}

/// How often an `Alternative` is selected from.
pub(crate) const SELECTIONS: u8 = 2;

impl Form {
    pub fn is_random(self) -> bool {
        matches!(self, Self::Random | Self::RandomSlice | Self::RandomAlternative)
    }

    pub fn has_default(self) -> bool {
        matches!(self, Self::OrDefault | Self::SliceOrDefault | Self::AlternativeOrDefault)
    }

    /// Whether it stays at its channels when it has completed, for the next time.
    pub fn is_alternative(self) -> bool {
        matches!(
            self,
            Self::Alternative
                | Self::RandomAlternative
                | Self::FairAlternative
                | Self::AlternativeOrDefault
        )
    }
}

/// One future of a setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offer {
    pub form: Form,
    guards: [Option<Guard>; BRANCHES],
}

impl Offer {
    pub fn new(form: Form, guards: &[Guard]) -> Self {
        assert!((1..=BRANCHES).contains(&guards.len()), "an offer has up to {BRANCHES} branches");
        Self { form, guards: std::array::from_fn(|branch| guards.get(branch).copied()) }
    }

    /// The same on the first channels only.
    #[must_use]
    pub fn within(&self, channels: usize) -> Self {
        let lower = |guard: Guard| Guard { channel: guard.channel % channels, ..guard };
        Self { form: self.form, guards: self.guards.map(|guard| guard.map(lower)) }
    }

    /// The same without chance, if it is a random choice with two equal guards: in which order
    /// those wait at their channel is drawn, and cannot be seen before one of them is met.
    #[must_use]
    pub fn foreseeable(&self) -> Self {
        let guards: Vec<_> = self.guards().collect();
        let repeats = (1..guards.len()).any(|at| guards[..at].contains(&guards[at]));
        let form = match self.form {
            Form::Random if repeats => Form::Alts,
            Form::RandomSlice if repeats => Form::Slice,
            form => form,
        };
        Self { form, guards: self.guards }
    }

    pub fn guards(&self) -> impl DoubleEndedIterator<Item = Guard> + Clone + use<> {
        self.guards.into_iter().flatten()
    }

    pub fn guard(&self, branch: usize) -> Guard {
        self.guards[branch].expect("a branch")
    }

    /// How many branches it has.
    pub fn width(&self) -> usize {
        self.guards.iter().flatten().count()
    }

    /// A stream is told, and never given a value, and so is an `Alternative`.
    pub fn is_listener(&self) -> bool {
        self.form == Form::Stream || self.form.is_alternative()
    }

    /// A single operation, no choice.
    pub fn is_plain(&self) -> bool {
        matches!(self.form, Form::Plain | Form::PutFrom)
    }

    /// Whether a value that is not accepted lies in the caller's `Option` afterwards.
    pub fn has_source(&self) -> bool {
        !matches!(self.form, Form::Plain | Form::Stream)
    }
}

/// One step of a path; offers and channels are named by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Poll(usize),
    /// Polls with a waker that has not been used before.
    Renew(usize),
    Drop(usize),
    TryPut(usize),
    TryTake(usize),
    Close(usize),
    /// Poison from the whole channel: what is there is discarded.
    Poison(usize),
    /// Poison from the putting side: what is there is drained.
    Taint(usize),
}

/// A step by name, of a given offer or channel.
type Named = (&'static str, fn(usize) -> Step);

const STEPS: [Named; 8] = [
    ("poll", Step::Poll),
    ("renew", Step::Renew),
    ("drop", Step::Drop),
    ("try_put", Step::TryPut),
    ("try_take", Step::TryTake),
    ("close", Step::Close),
    ("poison", Step::Poison),
    ("taint", Step::Taint),
];

impl Step {
    /// Of the offer or channel.
    pub fn index(self) -> usize {
        let (Self::Poll(index)
        | Self::Renew(index)
        | Self::Drop(index)
        | Self::TryPut(index)
        | Self::TryTake(index)
        | Self::Close(index)
        | Self::Poison(index)
        | Self::Taint(index)) = self;
        index
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let index = self.index();
        let name = STEPS.into_iter().find(|(_, step)| step(index) == *self);
        write!(f, "{}{index}", name.expect("every step has a name").0)
    }
}

/// A path from text such as `poll0 drop1 try_put0`.
pub fn steps(text: &str) -> Vec<Step> {
    text.split_whitespace()
        .map(|word| {
            let (name, index) = split_number(word);
            let step = STEPS.into_iter().find(|(known, _)| *known == name);
            step.unwrap_or_else(|| panic!("`{word}` is not a step")).1(index)
        })
        .collect()
}

/// A name and the number at its end.
fn split_number(word: &str) -> (&str, usize) {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = word[name.len()..].parse();
    (name, number.unwrap_or_else(|_| panic!("`{word}` does not end in a number")))
}

const FORMS: [(&str, Form); 11] = [
    ("alts", Form::Alts),
    ("random", Form::Random),
    ("or_default", Form::OrDefault),
    ("slice", Form::Slice),
    ("random_slice", Form::RandomSlice),
    ("fair_slice", Form::FairSlice),
    ("slice_or_default", Form::SliceOrDefault),
    ("alternative", Form::Alternative),
    ("random_alternative", Form::RandomAlternative),
    ("fair_alternative", Form::FairAlternative),
    ("alternative_or_default", Form::AlternativeOrDefault),
];

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.side {
            Side::Put => "put",
            Side::Take => "take",
            Side::Closed => "closed",
        };
        write!(f, "{name}{}", self.channel)
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Plain => return self.guard(0).fmt(f),
            Form::PutFrom => return write!(f, "put_from{}", self.guard(0).channel),
            Form::Stream => return write!(f, "stream{}", self.guard(0).channel),
            _ => {}
        }
        let name = FORMS.into_iter().find(|(_, form)| *form == self.form);
        let guards: Vec<_> = self.guards().map(|guard| guard.to_string()).collect();
        write!(f, "{}({})", name.expect("every choice has a name").0, guards.join(","))
    }
}

fn guard(text: &str) -> Guard {
    let (name, channel) = split_number(text);
    let side = match name {
        "put" => Side::Put,
        "take" => Side::Take,
        "closed" => Side::Closed,
        _ => panic!("`{text}` is not a guard"),
    };
    Guard { side, channel }
}

/// One offer from text such as `put0`, `stream0` or `alts(put0,take1)`.
fn offer(text: &str) -> Offer {
    if let Some((name, guards)) = text.split_once('(') {
        let form = FORMS.into_iter().find(|(known, _)| *known == name);
        let form = form.unwrap_or_else(|| panic!("`{name}` is not a choice")).1;
        let guards = guards.strip_suffix(')').expect("a closing parenthesis");
        return Offer::new(form, &guards.split(',').map(guard).collect::<Vec<_>>());
    }
    let (form, text) = match split_number(text) {
        ("put_from", channel) => (Form::PutFrom, format!("put{channel}")),
        ("stream", channel) => (Form::Stream, format!("take{channel}")),
        _ => (Form::Plain, text.to_owned()),
    };
    Offer::new(form, &[guard(&text)])
}

/// Offers from text such as `put0 take0 alts(put0,take1)`.
pub fn offers(text: &str) -> Vec<Offer> {
    text.split_whitespace().map(offer).collect()
}

/// The number of the value that a branch puts. The first numbers are those of the offers, whether
/// they put or not; then come those of `try_put`.
pub fn value_of(offers: &[Offer], offer: usize, branch: usize) -> u8 {
    (branches(&offers[..offer]) + branch) as u8
}

/// How many branches all offers have together.
pub fn branches(offers: &[Offer]) -> usize {
    offers.iter().map(Offer::width).sum()
}

/// A list, its items separated by a space.
pub fn join<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}
