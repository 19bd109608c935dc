//! Networks made from a seed, run to their end, and looked at.
//!
//! Three shapes. *Layers* of stages, joined by channels, each of which closes when its senders have
//! come to their end: all values must arrive. A *ring* of stages, in which tokens go round so and
//! so often: likewise. A *melee* of agents, which do anything, and are stopped, while their
//! channels are closed and poisoned: each value has to be accounted for.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};

use csp_core::{Chan, Kind, Process, Receiver, Sender, start};

use crate::agent::{Agent, In, MOST_AT_ONCE, Out};
use crate::ledger::{Fate, Ledger, Value};
use crate::operation::{L, Outlet, Site, Slot, entered, pass};
use crate::random::Random;
use crate::runtime::Runtime;
use crate::stage::{Ring, Stage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Layers,
    Ring,
    Melee,
}

/// What a round went through.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) values: u64,
    pub(crate) delivered: u64,
    pub(crate) cancellations: u64,
    pub(crate) processes: u64,
}

/// A round, to be looked at from outside when it does not go on.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) seed: u64,
    pub(crate) shape: Shape,
    lines: Vec<Chan<Value, L>>,
    ledger: Arc<Ledger>,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (running, wakers) = self.ledger.alive();
        writeln!(
            f,
            "{:?}, seed {}: {running} processes run, {wakers} wakers live, {} values made",
            self.shape,
            self.seed,
            self.ledger.made()
        )?;
        for (index, chan) in self.lines.iter().enumerate() {
            writeln!(
                f,
                "  channel {index}: capacity {:?}, len {}, {} puts and {} takes parked, {} senders, \
                 {} receivers, ended {:?}",
                chan.capacity(),
                chan.len(),
                chan.parked_puts(),
                chan.parked_takes(),
                chan.sender_count(),
                chan.receiver_count(),
                chan.ended(),
            )?;
        }
        Ok(())
    }
}

/// What is being run, for the watchdog.
pub(crate) type Stand = Mutex<Option<Seen>>;

struct Round {
    random: Random,
    site: Site,
    lines: Vec<Chan<Value, L>>,
    processes: Vec<Process<(), L>>,
}

/// Runs a round.
pub(crate) async fn round(
    runtime: Runtime,
    seed: u64,
    progress: &Arc<AtomicU64>,
    stand: &Stand,
) -> Result<Counts, String> {
    let mut random = Random::new(seed);
    let shape = match random.below(4) {
        0 => Shape::Layers,
        1 => Shape::Ring,
        _ => Shape::Melee,
    };
    // A stage never meets itself, so a ring has two.
    let lines = random.between(1 + usize::from(shape == Shape::Ring), 6);
    let ledger = Ledger::new(lines, 4096, progress.clone());
    let lines = (0..lines).map(|_| line(shape, &mut random)).collect();
    let site = Site { runtime, ledger };
    let mut round = Round { random, site, lines, processes: Vec::new() };
    let seen = Seen { seed, shape, lines: round.lines.clone(), ledger: round.site.ledger.clone() };
    *stand.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    match shape {
        Shape::Layers => round.layers(),
        Shape::Ring => round.ring(),
        Shape::Melee => round.melee().await,
    }
    let result = round.end(shape).await;
    *stand.lock().unwrap_or_else(PoisonError::into_inner) = None;
    result
}

/// A channel of any sort; where all is to arrive, of one that discards nothing.
fn line(shape: Shape, random: &mut Random) -> Chan<Value, L> {
    let size = random.between(1, 4);
    let chan = match random.below(if shape == Shape::Melee { 9 } else { 6 }) {
        0..3 => Chan::new(),
        3 | 4 => Chan::fixed(size),
        5 => Chan::unbounded(),
        6 => Chan::with(Kind::Dropping(size)),
        7 => Chan::with(Kind::Sliding(size)),
        _ => Chan::with(Kind::Overwriting(size)),
    };
    if shape != Shape::Melee {
        return chan;
    }
    match random.below(8) {
        0 => chan.with_immunity(2),
        1 => chan.with_pending_limit(2),
        2 => chan.without_yield(),
        _ => chan,
    }
}

impl Round {
    fn stage(&mut self) -> Stage {
        Stage {
            site: self.site.clone(),
            random: self.random.branch(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            budget: 0,
            most: self.random.between(1, 4),
            queue: VecDeque::new(),
            is_sink: false,
            ring: None,
        }
    }

    fn start(&mut self, process: impl Future<Output = ()> + Send + 'static) {
        let running = self.site.ledger.run();
        self.processes.push(start(&self.site.runtime, async move {
            process.await;
            drop(running);
        }));
    }

    fn sender(&self, line: usize) -> (usize, Sender<Value, L>) {
        (line, self.lines[line].sender().expect("the round has just begun"))
    }

    fn receiver(&self, line: usize) -> (usize, Receiver<Value, L>) {
        (line, self.lines[line].receiver().expect("the round has just begun"))
    }

    /// Sources, then channels and stages in turn, then sinks.
    fn layers(&mut self) {
        let mut stages: Vec<Stage> = Vec::new();
        let sources = self.random.between(1, 4);
        for _ in 0..sources {
            let mut source = self.stage();
            source.budget = self.random.below(100);
            stages.push(source);
        }
        let mut above = 0..sources;
        let mut line = 0;
        while line < self.lines.len() {
            let width = self.random.between(1, 3).min(self.lines.len() - line);
            let first = stages.len();
            for _ in 0..self.random.between(1, 4) {
                let stage = self.stage();
                stages.push(stage);
            }
            let below = first..stages.len();
            for line in line..line + width {
                for (side, is_above) in [(&above, true), (&below, false)] {
                    // One at least, so that everybody whose layer has one channel has a partner.
                    let must = self.random.between(side.start, side.end - 1);
                    for at in side.clone() {
                        if at != must && width > 1 && self.random.once_in(2) {
                            continue;
                        }
                        if is_above {
                            let end = self.sender(line);
                            stages[at].outputs.push(end);
                        } else {
                            let end = self.receiver(line);
                            stages[at].inputs.push(end);
                        }
                    }
                }
            }
            line += width;
            self.complete(&mut stages, &above, line - width, true);
            self.complete(&mut stages, &below, line - width, false);
            above = below;
        }
        for at in above {
            stages[at].is_sink = true;
        }
        for stage in stages {
            self.start(stage.run());
        }
    }

    /// Gives whoever has got no channel the first of the layer.
    fn complete(
        &self,
        stages: &mut [Stage],
        side: &std::ops::Range<usize>,
        line: usize,
        is_above: bool,
    ) {
        for stage in &mut stages[side.clone()] {
            if is_above && stage.outputs.is_empty() {
                stage.outputs.push(self.sender(line));
            } else if !is_above && stage.inputs.is_empty() {
                stage.inputs.push(self.receiver(line));
            }
        }
    }

    fn ring(&mut self) {
        let tokens = self.random.between(1, 12);
        let lines = self.lines.clone();
        let close = Box::new(move || lines.iter().for_each(|chan| chan.close()));
        let ring = Arc::new(Ring { tokens: AtomicUsize::new(tokens), close });
        let length = self.lines.len();
        let mut stages: Vec<Stage> = Vec::new();
        for at in 0..length {
            let mut stage = self.stage();
            stage.inputs.push(self.receiver(at));
            stage.outputs.push(self.sender((at + 1) % length));
            stage.most = usize::MAX;
            stage.ring = Some(ring.clone());
            stages.push(stage);
        }
        for _ in 0..tokens {
            let value = self.site.ledger.make(self.random.between(1, 40));
            let at = self.random.below(length);
            stages[at].queue.push_back(Slot::new(&self.site.ledger, value));
        }
        for stage in stages {
            self.start(stage.run());
        }
    }

    async fn melee(&mut self) {
        let mut agents = Vec::new();
        for _ in 0..self.random.between(2, 8) {
            let mut agent = Agent {
                site: self.site.clone(),
                random: self.random.branch(),
                outs: Vec::new(),
                ins: Vec::new(),
                budget: self.random.between(1, 4096 / 8 / MOST_AT_ONCE),
            };
            for line in 0..self.lines.len() {
                let chan = &self.lines[line];
                match self.random.below(6) {
                    0 | 1 => agent.outs.push((line, Out::Counted(self.sender(line).1))),
                    2 => agent.outs.push((line, Out::Both(chan.clone()))),
                    _ => {}
                }
                match self.random.below(6) {
                    0 | 1 => agent.ins.push((line, In::Counted(self.receiver(line).1))),
                    2 => agent.ins.push((line, In::Both(chan.clone()))),
                    _ => {}
                }
            }
            agents.push(agent);
        }
        for agent in agents {
            self.start(agent.run());
        }
        let most_turns = 1 << self.random.below(10);
        for _ in 0..self.random.below(most_turns) {
            pass().await;
        }
        for process in &self.processes {
            if self.random.once_in(3) {
                process.stop();
                self.site.ledger.cancelled();
                pass().await;
            }
        }
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        self.random.shuffle(&mut order);
        for line in order {
            let chan = &self.lines[line];
            match self.random.below(4) {
                0 => drop(chan.poison(3)),
                1 => drop(AsRef::<Outlet>::as_ref(chan).poison(3)),
                _ => chan.close(),
            }
            pass().await;
        }
    }

    /// Awaits all, and takes stock.
    async fn end(mut self, shape: Shape) -> Result<Counts, String> {
        let ledger = self.site.ledger.clone();
        let processes = self.processes.len() as u64;
        for process in std::mem::take(&mut self.processes) {
            match process.await {
                Ok(()) => {}
                Err(error) if error.is_stopped() && shape == Shape::Melee => {}
                Err(error) => ledger.fail(error.to_string()),
            }
        }
        while ledger.alive() != (0, 0) {
            pass().await;
        }
        for (index, chan) in self.lines.iter().enumerate() {
            while let Ok(value) = entered(index, chan.try_take()) {
                value.deliver();
                if shape != Shape::Melee {
                    ledger.fail(format!("channel {index}: a value was left in it"));
                }
            }
            if (chan.len(), chan.parked_puts(), chan.parked_takes()) != (0, 0, 0) {
                ledger.fail(format!("channel {index}: something is left behind in it"));
            }
            ledger.check_line(index, chan.discarded());
        }
        drop(self);
        let counts = Counts {
            values: ledger.made().into(),
            delivered: ledger.count(Fate::Delivered) as u64,
            cancellations: ledger.cancellations(),
            processes,
        };
        if shape != Shape::Melee && counts.delivered != counts.values {
            let Counts { values, delivered, .. } = counts;
            ledger.fail(format!("only {delivered} of {values} values arrived"));
        }
        let failures = ledger.failures();
        if failures.is_empty() { Ok(counts) } else { Err(failures.join("\n")) }
    }
}
