//! Where networks run: each executor takes a [`Network`] and gives what its last process measured.
//!
//! All processes are tasks of the same kind, the measuring one included, so that no channel has the
//! advantage of being polled from `block_on` itself.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_lite::future::block_on;

use crate::clock::{Clock, Measured};

/// Processes that run until their channels close or they are dropped, and the one that measures.
pub struct Network<B, M> {
    pub background: B,
    pub main: M,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executor {
    TokioCt,
    TokioTwo,
    SmolLocal,
    SmolTwo,
    AsyncStd,
    /// Polls all in turn with a waker that does nothing: the channel alone.
    Bare,
    /// Each process on a thread of its own.
    Threads,
    /// All processes in one task of tokio's, which polls them all: `csp::parallel`.
    Join,
    /// All processes in one task of tokio's, with a run queue: `csp::parallel_queued`.
    TokioQueued,
    /// The same, started while it runs: `csp::local::group`.
    TokioGroup,
    SmolGroup,
    /// The same, polled by a loop with a waker that does nothing.
    BareGroup,
    /// A `csp::group` that is one task on tokio's two threads.
    TokioTwoGroup,
}

impl Executor {
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokioCt => "tokio-ct",
            Self::TokioTwo => "tokio-2",
            Self::SmolLocal => "smol-local",
            Self::SmolTwo => "smol-2",
            Self::AsyncStd => "async-std",
            Self::Bare => "bare",
            Self::Threads => "threads",
            Self::Join => "tokio-ct join",
            Self::TokioQueued => "tokio-ct queued",
            Self::TokioGroup => "tokio-ct group",
            Self::SmolGroup => "smol-local group",
            Self::BareGroup => "bare group",
            Self::TokioTwoGroup => "tokio-2 group",
        }
    }

    pub const fn clock(self) -> Clock {
        match self {
            Self::TokioTwo | Self::TokioTwoGroup | Self::SmolTwo | Self::Threads => Clock::Wall,
            _ => Clock::Cpu,
        }
    }
}

pub trait SpawnLocal {
    fn spawn(&mut self, process: impl Future<Output = ()> + 'static);
}

pub trait SpawnSend {
    fn spawn(&mut self, process: impl Future<Output = ()> + Send + 'static);
}

/// A tuple of collections of processes.
pub trait Background: 'static {
    fn spawn_on(self, on: &mut impl SpawnLocal);
}

/// The same, for executors of more than one thread.
pub trait SendBackground: 'static {
    fn spawn_on(self, on: &mut impl SpawnSend);
}

macro_rules! backgrounds {
    ($($name:ident)*) => {
        impl<$($name,)*> Background for ($($name,)*)
        where
            $($name: IntoIterator<Item: Future<Output = ()> + 'static> + 'static,)*
        {
            #[expect(non_snake_case, reason = "the names are those of the types")]
            fn spawn_on(self, on: &mut impl SpawnLocal) {
                let ($($name,)*) = self;
                $($name.into_iter().for_each(|process| on.spawn(process));)*
            }
        }

        impl<$($name,)*> SendBackground for ($($name,)*)
        where
            $($name: IntoIterator<Item: Future<Output = ()> + Send + 'static> + 'static,)*
        {
            #[expect(non_snake_case, reason = "the names are those of the types")]
            fn spawn_on(self, on: &mut impl SpawnSend) {
                let ($($name,)*) = self;
                $($name.into_iter().for_each(|process| on.spawn(process));)*
            }
        }
    };
}

backgrounds!(A);
backgrounds!(A B);
backgrounds!(A B C);

/// An executor of one thread, as a type, so that only what is measured is compiled.
pub trait RunLocal: 'static {
    const EXECUTOR: Executor;

    fn run<B, M>(network: Network<B, M>) -> Measured
    where
        B: Background,
        M: Future<Output = Measured> + 'static;
}

/// An executor of several threads.
pub trait RunSend: 'static {
    const EXECUTOR: Executor;

    fn run<B, M>(network: Network<B, M>) -> Measured
    where
        B: SendBackground,
        M: Future<Output = Measured> + Send + 'static;
}

macro_rules! executors {
    ($($name:ident $run:ident $runs:ident $background:ident $($send:ident)?,)*) => {
        $(
            pub struct $name;

            impl $runs for $name {
                const EXECUTOR: Executor = Executor::$name;

                fn run<B, M>(network: Network<B, M>) -> Measured
                where
                    B: $background,
                    M: Future<Output = Measured> $(+ $send)? + 'static,
                {
                    $run(network)
                }
            }
        )*
    };
}

executors! {
    TokioCt tokio_ct RunLocal Background,
    SmolLocal smol_local RunLocal Background,
    AsyncStd async_std RunLocal Background,
    Bare bare RunLocal Background,
    TokioGroup tokio_group RunLocal Background,
    SmolGroup smol_group RunLocal Background,
    BareGroup bare_group RunLocal Background,
    TokioTwo tokio_two RunSend SendBackground Send,
    TokioTwoGroup tokio_two_group RunSend SendBackground Send,
    SmolTwo smol_two RunSend SendBackground Send,
    Threads threads RunSend SendBackground Send,
}

struct TokioLocal;

impl SpawnLocal for TokioLocal {
    fn spawn(&mut self, process: impl Future<Output = ()> + 'static) {
        tokio::task::spawn_local(process);
    }
}

fn tokio_ct<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        network.background.spawn_on(&mut TokioLocal);
        tokio::task::spawn_local(network.main).await.unwrap()
    })
}

/// One task, which is the network's own business to divide.
pub fn tokio_task(main: impl Future<Output = Measured> + 'static) -> Measured {
    tokio_ct(alone(main))
}

/// A network that is one task.
fn alone<M>(main: M) -> Network<(Vec<std::future::Ready<()>>,), M> {
    Network { background: (Vec::new(),), main }
}

impl SpawnLocal for csp::local::Group {
    fn spawn(&mut self, process: impl Future<Output = ()> + 'static) {
        csp::runtime::SpawnLocal::go_local(self, process);
    }
}

impl SpawnSend for csp::Group {
    fn spawn(&mut self, process: impl Future<Output = ()> + Send + 'static) {
        csp::runtime::Spawn::go(self, process);
    }
}

/// Runs a group until `main` has measured; processes that still wait are dropped with it.
async fn until_measured(
    group: impl Future<Output = ()>,
    measured: async_channel::Receiver<Measured>,
) -> Measured {
    let mut group = pin!(group);
    poll_fn(|cx| {
        // Whether it has ended or waits, what was measured is there or will be.
        let _ran = group.as_mut().poll(cx);
        measured.try_recv().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

async fn in_local_group<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    let (result, measured) = async_channel::bounded(1);
    let group = csp::local::group(async |mut group| {
        network.background.spawn_on(&mut group);
        result.try_send(network.main.await).expect("it has room for one");
    });
    until_measured(group, measured).await
}

fn tokio_group<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    tokio_ct(alone(in_local_group(network)))
}

fn smol_group<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    smol_local(alone(in_local_group(network)))
}

fn bare_group<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    bare(alone(in_local_group(network)))
}

fn tokio_two_group<B: SendBackground, M: Future<Output = Measured> + Send + 'static>(
    network: Network<B, M>,
) -> Measured {
    let (result, measured) = async_channel::bounded(1);
    let group = csp::group(|mut group| {
        network.background.spawn_on(&mut group);
        async move { result.try_send(network.main.await).expect("it has room for one") }
    });
    tokio_two(alone(until_measured(group, measured)))
}

struct TokioSend;

impl SpawnSend for TokioSend {
    fn spawn(&mut self, process: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(process);
    }
}

fn tokio_two<B: SendBackground, M: Future<Output = Measured> + Send + 'static>(
    network: Network<B, M>,
) -> Measured {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap().block_on(async {
        network.background.spawn_on(&mut TokioSend);
        tokio::spawn(network.main).await.unwrap()
    })
}

impl SpawnLocal for &async_executor::LocalExecutor<'static> {
    fn spawn(&mut self, process: impl Future<Output = ()> + 'static) {
        async_executor::LocalExecutor::spawn(self, process).detach();
    }
}

fn smol_local<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    let executor = async_executor::LocalExecutor::new();
    network.background.spawn_on(&mut &executor);
    let main = executor.spawn(network.main);
    // With the reactor of async-io, which smol's timers need.
    async_io::block_on(executor.run(main))
}

impl SpawnSend for Arc<async_executor::Executor<'static>> {
    fn spawn(&mut self, process: impl Future<Output = ()> + Send + 'static) {
        async_executor::Executor::spawn(self, process).detach();
    }
}

fn smol_two<B: SendBackground, M: Future<Output = Measured> + Send + 'static>(
    network: Network<B, M>,
) -> Measured {
    let mut executor = Arc::new(async_executor::Executor::new());
    let (stop, stopped) = async_channel::bounded::<()>(1);
    let second = std::thread::spawn({
        let executor = executor.clone();
        move || block_on(executor.run(stopped.recv())).unwrap_err()
    });
    network.background.spawn_on(&mut executor);
    let main = async_executor::Executor::spawn(&executor, network.main);
    let measured = block_on(executor.run(main));
    drop(stop);
    second.join().expect("the second thread only runs the executor");
    measured
}

struct AsyncStdLocal;

impl SpawnLocal for AsyncStdLocal {
    fn spawn(&mut self, process: impl Future<Output = ()> + 'static) {
        async_std::task::spawn_local(process);
    }
}

fn async_std<B: Background, M: Future<Output = Measured> + 'static>(
    network: Network<B, M>,
) -> Measured {
    async_std::task::block_on(async {
        network.background.spawn_on(&mut AsyncStdLocal);
        async_std::task::spawn_local(network.main).await
    })
}

#[derive(Default)]
struct Turns(Vec<Pin<Box<dyn Future<Output = ()>>>>);

impl SpawnLocal for Turns {
    fn spawn(&mut self, process: impl Future<Output = ()> + 'static) {
        self.0.push(Box::pin(process));
    }
}

fn bare<B: Background, M: Future<Output = Measured> + 'static>(network: Network<B, M>) -> Measured {
    let mut turns = Turns::default();
    network.background.spawn_on(&mut turns);
    let mut main = pin!(network.main);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        turns.0.retain_mut(|process| process.as_mut().poll(&mut cx).is_pending());
        if let Poll::Ready(measured) = main.as_mut().poll(&mut cx) {
            return measured;
        }
    }
}

struct EachItsThread;

impl SpawnSend for EachItsThread {
    fn spawn(&mut self, process: impl Future<Output = ()> + Send + 'static) {
        // Not joined: channels that cannot be closed leave their processes waiting.
        std::thread::spawn(|| block_on(process));
    }
}

fn threads<B: SendBackground, M: Future<Output = Measured> + Send + 'static>(
    network: Network<B, M>,
) -> Measured {
    network.background.spawn_on(&mut EachItsThread);
    block_on(network.main)
}
