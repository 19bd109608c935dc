//! The rows of the tables: what can be measured, and what cannot with the reason.

use std::future::Future;

use crate::clock::{Clock, Measured, Plan};
use crate::executors::{
    Background, Executor, Network, RunLocal, RunSend, SendBackground, tokio_task,
};

/// Where and what is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub scenario: &'static str,
    /// The parameter, such as a capacity; empty if there is none.
    pub case: String,
    pub rival: String,
    pub executor: String,
}

impl Name {
    /// One word for command lines and files.
    pub fn id(&self) -> String {
        [self.scenario, &self.case, &self.rival, &self.executor].join("/")
    }
}

pub struct Row {
    pub name: Name,
    pub how: How,
}

pub enum How {
    /// Measured by this program, in a process of its own.
    Here {
        clock: Clock,
        count: Count,
        run: Box<dyn Fn(Plan) -> Measured>,
    },
    /// Measured by a program in another language.
    Go {
        processors: u8,
    },
    Apycsp,
    /// Takes no part, and why.
    Missing(String),
}

/// How often a network does what is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// As often as takes long enough to be believed.
    Calibrated,
    /// Once, with this many; a tenth of it in a quick run.
    Fixed(u64),
}

/// All rows of one scenario, while they are being listed.
pub struct Rows {
    pub scenario: &'static str,
    pub rows: Vec<Row>,
}

impl Rows {
    pub fn push(&mut self, case: &str, rival: &str, executor: &str, how: How) {
        let name = Name {
            scenario: self.scenario,
            case: case.to_owned(),
            rival: rival.to_owned(),
            executor: executor.to_owned(),
        };
        self.rows.push(Row { name, how });
    }

    pub fn missing(&mut self, case: &str, rival: &str, why: &str) {
        self.push(case, rival, "", How::Missing(why.to_owned()));
    }

    pub fn here(
        &mut self,
        case: &str,
        rival: &str,
        on: Executor,
        count: Count,
        run: impl Fn(Plan) -> Measured + 'static,
    ) {
        let how = How::Here { clock: on.clock(), count, run: Box::new(run) };
        self.push(case, rival, on.name(), how);
    }

    /// A network, on an executor of one thread.
    pub fn local<E: RunLocal, B: Background, M: Future<Output = Measured> + 'static>(
        &mut self,
        _on: E,
        case: &str,
        rival: &str,
        network: impl Fn(Plan) -> Network<B, M> + 'static,
    ) {
        self.here(case, rival, E::EXECUTOR, Count::Calibrated, move |plan| E::run(network(plan)));
    }

    /// A network whose processes are `Send`, on an executor of several threads.
    pub fn send<E: RunSend, B: SendBackground, M: Future<Output = Measured> + Send + 'static>(
        &mut self,
        _on: E,
        case: &str,
        rival: &str,
        network: impl Fn(Plan) -> Network<B, M> + 'static,
    ) {
        self.here(case, rival, E::EXECUTOR, Count::Calibrated, move |plan| E::run(network(plan)));
    }

    /// A network that is one future, in one task of tokio's.
    pub fn one_task<M: Future<Output = Measured> + 'static>(
        &mut self,
        on: Executor,
        case: &str,
        rival: &str,
        network: impl Fn(Plan) -> M + 'static,
    ) {
        self.here(case, rival, on, Count::Calibrated, move |plan| tokio_task(network(plan)));
    }

    /// Go on one processor and on two.
    pub fn go(&mut self, case: &str) {
        self.push(case, "go", "go-1", How::Go { processors: 1 });
        self.push(case, "go", "go-2", How::Go { processors: 2 });
    }

    pub fn apycsp(&mut self, case: &str) {
        self.push(case, "apycsp", "asyncio", How::Apycsp);
    }
}
