//! Setups and paths as text, so that one line repeats a failure.

use std::fmt;

/// What a guard does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Put,
    Take,
    Closed,
}

/// One branch of an offer: what it does, and on which of the two channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Guard {
    pub(crate) side: Side,
    pub(crate) channel: usize,
}

/// How the guards are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
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
    /// `alts` with a default.
    OrDefault,
}

/// One future of a setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Offer {
    pub(crate) form: Form,
    pub(crate) first: Guard,
    pub(crate) second: Option<Guard>,
}

impl Offer {
    pub(crate) fn guards(&self) -> impl DoubleEndedIterator<Item = Guard> + Clone + use<> {
        [Some(self.first), self.second].into_iter().flatten()
    }

    pub(crate) fn guard(&self, branch: usize) -> Guard {
        if branch == 0 { self.first } else { self.second.expect("a second guard") }
    }

    /// A stream is told, and never given a value.
    pub(crate) fn is_listener(&self) -> bool {
        self.form == Form::Stream
    }

    /// Whether a value that is not accepted lies in the caller's `Option` afterwards.
    pub(crate) fn has_source(&self) -> bool {
        !matches!(self.form, Form::Plain | Form::Stream)
    }
}

/// One step of a path; offers and channels are named by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
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

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Poll(index)
        | Self::Renew(index)
        | Self::Drop(index)
        | Self::TryPut(index)
        | Self::TryTake(index)
        | Self::Close(index)
        | Self::Poison(index)
        | Self::Taint(index)) = *self;
        let name = STEPS.into_iter().find(|(_, step)| step(index) == *self);
        write!(f, "{}{index}", name.expect("every step has a name").0)
    }
}

/// A path from text such as `poll0 drop1 try_put0`.
pub(crate) fn steps(text: &str) -> Vec<Step> {
    text.split_whitespace()
        .map(|word| {
            let (name, index) = word.split_at(word.len() - 1);
            let step = STEPS.into_iter().find(|(known, _)| *known == name);
            let (_, step) = step.unwrap_or_else(|| panic!("`{word}` is not a step"));
            step(index.parse().expect("a digit"))
        })
        .collect()
}

const FORMS: [(&str, Form); 4] = [
    ("alts", Form::Alts),
    ("random", Form::Random),
    ("slice", Form::Slice),
    ("or_default", Form::OrDefault),
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
            Form::Plain => return self.first.fmt(f),
            Form::PutFrom => return write!(f, "put_from{}", self.first.channel),
            Form::Stream => return write!(f, "stream{}", self.first.channel),
            _ => {}
        }
        let name = FORMS.into_iter().find(|(_, form)| *form == self.form);
        write!(f, "{}({}", name.expect("every choice has a name").0, self.first)?;
        if let Some(second) = self.second {
            write!(f, ",{second}")?;
        }
        write!(f, ")")
    }
}

fn guard(text: &str) -> Guard {
    let (name, channel) = text.split_at(text.len() - 1);
    let side = match name {
        "put" => Side::Put,
        "take" => Side::Take,
        "closed" => Side::Closed,
        _ => panic!("`{text}` is not a guard"),
    };
    Guard { side, channel: channel.parse().expect("a digit") }
}

/// One offer from text such as `put0`, `stream0` or `alts(put0,take1)`.
fn offer(text: &str) -> Offer {
    if let Some((name, guards)) = text.split_once('(') {
        let form = FORMS.into_iter().find(|(known, _)| *known == name);
        let form = form.unwrap_or_else(|| panic!("`{name}` is not a choice")).1;
        let guards = guards.strip_suffix(')').expect("a closing parenthesis");
        let (first, second) = match guards.split_once(',') {
            Some((first, second)) => (guard(first), Some(guard(second))),
            None => (guard(guards), None),
        };
        return Offer { form, first, second };
    }
    if let Some(channel) = text.strip_prefix("put_from") {
        return Offer { form: Form::PutFrom, first: guard(&format!("put{channel}")), second: None };
    }
    if let Some(channel) = text.strip_prefix("stream") {
        return Offer { form: Form::Stream, first: guard(&format!("take{channel}")), second: None };
    }
    Offer { form: Form::Plain, first: guard(text), second: None }
}

/// Offers from text such as `put0 take0 alts(put0,take1)`.
pub(crate) fn offers(text: &str) -> Vec<Offer> {
    text.split_whitespace().map(offer).collect()
}

/// A list, its items separated by a space.
pub(crate) fn join<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}
