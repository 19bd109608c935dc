//! What runs on the runtime: a process for each command that may wait.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use csp::{BranchOutcome, Chan, Error, Receiver, Sender, alts};

use crate::{Runtime, millis};

/// How the prompt learns of a process.
pub(super) struct Job {
    pub(super) number: usize,
    /// Its drop tells that the job has ended.
    pub(super) _running: Sender<()>,
    /// Its drop tells that the job has begun, and has ended or waits.
    pub(super) told: Option<Sender<()>>,
}

pub(super) enum Task {
    Put(Chan<String>, String, String),
    Take(Chan<String>, String),
    Alts(Vec<Branch>, Mode),
    Player(&'static str, Chan<String>),
}

pub(super) enum Branch {
    Take(Chan<String>, String),
    Put(Chan<String>, String, String),
    Timeout(u64),
}

#[derive(Default)]
pub(super) struct Mode {
    pub(super) has_default: bool,
    pub(super) has_priority: bool,
}

/// Starts the processes that the prompt asks for, until it is gone.
pub(super) async fn serve<R: Runtime>(runtime: R, jobs: Receiver<(Task, Job)>) {
    while let Ok((task, job)) = jobs.take().await {
        runtime.go(perform(runtime, task, job));
    }
}

async fn perform<R: Runtime>(runtime: R, task: Task, mut job: Job) {
    let told = match task {
        Task::Put(chan, name, value) => {
            let label = format!("put {name} {value}");
            match job.await_first(&label, chan.put(value)).await {
                Ok(()) => "accepted".to_owned(),
                Err(error) => error.kind().to_string(),
            }
        }
        Task::Take(chan, name) => {
            match job.await_first(&format!("take {name}"), chan.take()).await {
                Ok(value) => format!("took {value}"),
                Err(error) => error.to_string(),
            }
        }
        Task::Alts(branches, mode) => choose(runtime, &mut job, branches, mode).await,
        Task::Player(name, table) => {
            let error = play(runtime, &mut job, name, table).await;
            format!("{name}: the ball is gone: {error}")
        }
    };
    job.say(&told);
    job.told = None;
}

impl Job {
    fn say(&self, what: &str) {
        println!("[{}] {what}", self.number);
    }

    /// Awaits an operation, and says so before if it has to wait.
    async fn await_first<F: Future>(&mut self, label: &str, operation: F) -> F::Output {
        let mut operation = pin!(operation);
        let first = poll_fn(|cx| Poll::Ready(operation.as_mut().poll(cx))).await;
        if let Poll::Ready(output) = first {
            return output;
        }
        if self.told.is_some() {
            self.say(&format!("{label} waits"));
            self.told = None;
        }
        operation.await
    }
}

async fn choose<R: Runtime>(
    runtime: R,
    job: &mut Job,
    branches: Vec<Branch>,
    mode: Mode,
) -> String {
    // A timeout is a channel that closes, so that all branches are of one type.
    let mut parts: Vec<(Chan<String>, Option<String>, String)> = Vec::new();
    for branch in branches {
        parts.push(match branch {
            Branch::Take(chan, name) => (chan, None, name),
            Branch::Put(chan, name, value) => (chan, Some(value), name),
            Branch::Timeout(after) => {
                let time_is_up = Chan::new();
                let alarm = time_is_up.clone();
                runtime.go(async move {
                    runtime.wait(millis(after)).await;
                    alarm.close();
                });
                (time_is_up, None, format!("timeout {after}"))
            }
        });
    }
    let guards: Box<[csp::Branch<'_, String>]> = parts
        .iter_mut()
        .map(|(chan, value, _)| match value {
            None => csp::Branch::take(chan),
            Some(_) => csp::Branch::put_from(chan, value),
        })
        .collect();
    let mut guards = Box::into_pin(guards);
    let choice = alts(guards.as_mut());
    let choice = if mode.has_priority { choice.priority() } else { choice };
    let chosen = if mode.has_default {
        job.await_first("alts", choice.or_default()).await
    } else {
        Some(job.await_first("alts", choice).await)
    };
    drop(guards);
    let Some((index, outcome)) = chosen else { return "default".to_owned() };
    let name = &parts[index].2;
    match outcome {
        BranchOutcome::Took(Ok(value)) => format!("took {value} from {name}"),
        BranchOutcome::Took(Err(_)) if name.starts_with("timeout ") => name.clone(),
        BranchOutcome::Took(Err(error)) => format!("{name}: {error}"),
        BranchOutcome::Put(Ok(())) => format!("accepted by {name}"),
        BranchOutcome::Put(Err(error)) => format!("{name}: {error}"),
    }
}

async fn play<R: Runtime>(runtime: R, job: &mut Job, name: &str, table: Chan<String>) -> Error {
    loop {
        let ball = match job.await_first(&format!("{name} at the table"), table.take()).await {
            Ok(ball) => ball,
            Err(error) => return error.into(),
        };
        let hits = ball.parse::<u32>().unwrap_or_default() + 1;
        job.say(&format!("{name} {hits}"));
        job.told = None;
        runtime.wait(millis(100)).await;
        if let Err(error) = table.put(hits.to_string()).await {
            return error.into();
        }
    }
}
