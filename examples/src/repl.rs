//! A prompt from which one puts and takes by hand.
//!
//! The runtime runs in a thread of its own; the prompt is in the main thread, and hands it
//! processes over a channel. Each command that may wait is a process: it is announced if it has to
//! wait, and told when it ends, while the prompt goes on.

mod command;
mod process;

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Write};
use std::thread;

use csp::{Chan, Receiver, Sender, TakeError};

use crate::host::{Host, run_on};
use command::Command;
use process::{Job, Task, serve};

const HELP: &str = "\
chan NAME [KIND]      a new channel: rendezvous (or none), fixed N, dropping N, sliding N,
                      overwriting N, unbounded, promise
put NAME VALUE        take NAME
try-put NAME VALUE    try-take NAME
alts BRANCH...        one of several: NAME takes, NAME=VALUE puts, `timeout MILLIS` ends,
                      `default` does not wait, `priority` takes the first that is ready
close NAME            poison NAME [STRENGTH]
pingpong NAME         two players at a table, who wait for a ball: a number, put there
show [NAME]           what is in a channel, and who waits for it
wait [JOB]            waits until a job has ended, or all
help                  quit
";

struct Prompt {
    jobs: Sender<(Task, Job)>,
    chans: BTreeMap<String, Chan<String>>,
    /// Of each job that was started, a channel that closes when it ends.
    started: BTreeMap<usize, Receiver<()>>,
}

/// Runs a session from standard input to its end.
///
/// # Errors
///
/// What went wrong with standard input or output.
pub fn run(host: Host) -> io::Result<()> {
    let (sender, jobs) = csp::rendezvous();
    let runtime = thread::spawn(move || run_on!(host, serve, jobs));
    let mut prompt = Prompt { jobs: sender, chans: BTreeMap::new(), started: BTreeMap::new() };
    let is_interactive = io::stdin().is_terminal();
    if is_interactive {
        println!("csp on {host}; `help` lists the commands");
    }
    loop {
        if is_interactive {
            print!("csp> ");
            io::stdout().flush()?;
        }
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            break;
        }
        if !is_interactive {
            // So that the transcript of a piped session can be read.
            println!("csp> {}", line.trim_end());
        }
        match line.parse() {
            Ok(Command::Nothing) => {}
            Ok(Command::Quit) => break,
            Ok(command) => {
                if let Err(error) = prompt.run(command) {
                    println!("{error}");
                }
            }
            Err(error) => println!("{error}"),
        }
    }
    // Without the last sender the runtime has no more to do, and leaves what still waits.
    drop(prompt);
    runtime.join().map_err(|_panic| io::Error::other("the runtime's thread panicked"))
}

impl Prompt {
    fn run(&mut self, command: Command) -> Result<(), String> {
        match command {
            Command::Nothing | Command::Quit => {}
            Command::Help => print!("{HELP}"),
            Command::Chan(name, kind) => {
                self.chans.insert(name, kind.map_or_else(Chan::promise, Chan::with));
            }
            Command::Put(name, value) => self.start(Task::Put(self.chan(&name)?, name, value)),
            Command::Take(name) => self.start(Task::Take(self.chan(&name)?, name)),
            Command::TryPut(name, value) => match self.chan(&name)?.try_put(value) {
                Ok(()) => println!("accepted"),
                Err(error) => println!("{}", error.kind()),
            },
            Command::TryTake(name) => match self.chan(&name)?.try_take() {
                Ok(value) => println!("took {value}"),
                Err(error) => println!("{error}"),
            },
            Command::Alts(branches, mode) => {
                let branches = branches.into_iter().map(|branch| branch.resolve(&self.chans));
                self.start(Task::Alts(branches.collect::<Result<_, _>>()?, mode));
            }
            Command::Close(name) => self.chan(&name)?.close(),
            Command::Poison(name, strength) => {
                if !self.chan(&name)?.poison(strength) {
                    println!("no effect");
                }
            }
            Command::Pingpong(name) => {
                for player in ["ping", "pong"] {
                    self.start(Task::Player(player, self.chan(&name)?));
                }
            }
            Command::Show(Some(name)) => println!("{:#?}", self.chan(&name)?),
            Command::Show(None) => {
                for (name, chan) in &self.chans {
                    println!("{name}: {chan:?}");
                }
            }
            Command::Wait(job) => self.wait(job)?,
        }
        Ok(())
    }

    fn chan(&self, name: &str) -> Result<Chan<String>, String> {
        let found = self.chans.get(name).cloned();
        found.ok_or_else(|| format!("no channel is called `{name}`: make it with `chan {name}`"))
    }

    /// Starts a process and waits until it has told how it begins.
    fn start(&mut self, task: Task) {
        let number = self.started.len() + 1;
        let (running, ended) = csp::rendezvous();
        let (told, begins) = csp::rendezvous();
        let job = Job { number, _running: running, told: Some(told) };
        self.jobs
            .put_blocking((task, job))
            .expect("the runtime takes jobs while there is a prompt");
        self.started.insert(number, ended);
        let begins: Result<(), TakeError> = begins.take_blocking();
        debug_assert!(begins.is_err(), "it is told by letting go of the channel");
    }

    fn wait(&self, job: Option<usize>) -> Result<(), String> {
        let jobs: Vec<_> = match job {
            None => self.started.values().collect(),
            Some(job) => vec![self.started.get(&job).ok_or(format!("there was no job {job}"))?],
        };
        for ended in jobs {
            let ended = ended.take_blocking();
            debug_assert!(ended.is_err(), "it is told by letting go of the channel");
        }
        Ok(())
    }
}
