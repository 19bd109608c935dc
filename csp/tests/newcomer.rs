//! Programs as a newcomer writes them who has read the README, and comes from Go or core.async.

#![cfg(feature = "tokio")]
#![expect(clippy::std_instead_of_core, reason = "as a newcomer writes it")]

use std::time::Duration;

use csp::tokio::{go, start, timeout};
use csp::{Chan, Error, Kind, Receiver, Sender, alts, parallel, quietly};

#[tokio::test]
async fn a_worker_pool() {
    let (jobs, work) = csp::fixed::<u32>(4);
    let (results, done) = csp::unbounded();
    for _ in 0..3 {
        let (work, results) = (work.clone(), results.clone());
        go(quietly(async move {
            loop {
                let job = work.take().await?;
                results.put(job * job).await?;
            }
        }));
    }
    drop((work, results));
    for job in 0..10 {
        jobs.put(job).await.unwrap();
    }
    jobs.retire();
    let mut squares = Vec::new();
    while let Ok(square) = done.take().await {
        squares.push(square);
    }
    squares.sort_unstable();
    assert_eq!(squares, (0..10).map(|n| n * n).collect::<Vec<_>>());
}

/// The first programs of every text on Go's channels: a sieve of filters.
#[tokio::test]
async fn a_sieve_of_primes() {
    fn filter(input: Receiver<u32>, prime: u32) -> Receiver<u32> {
        let (output, filtered) = csp::rendezvous();
        go(quietly(async move {
            loop {
                let n = input.take().await?;
                if n % prime != 0 {
                    output.put(n).await?;
                }
            }
        }));
        filtered
    }

    let (numbers, mut candidates) = csp::rendezvous();
    go(quietly(async move {
        for n in 2.. {
            numbers.put(n).await?;
        }
        Ok(())
    }));
    let mut primes = Vec::new();
    while primes.len() < 10 {
        let prime = candidates.take().await.unwrap();
        primes.push(prime);
        candidates = filter(candidates, prime);
    }
    assert_eq!(primes, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
}

#[tokio::test]
async fn a_server_that_answers_on_a_channel_in_the_request() {
    struct Request {
        text: String,
        reply: Sender<usize>,
    }

    let (requests, inbox) = csp::rendezvous::<Request>();
    go(quietly(async move {
        loop {
            let Request { text, reply } = inbox.take().await?;
            // Who asked may be gone by now.
            let _ = reply.put(text.len()).await;
        }
    }));
    let (reply, answer) = csp::rendezvous();
    requests.put(Request { text: "hello".to_owned(), reply }).await.unwrap();
    assert_eq!(answer.take().await, Ok(5));
}

/// Every way to write a branch that seems right.
#[tokio::test]
async fn branches_with_and_without_commas_and_blocks() {
    let (a, b, c) = (Chan::fixed(3), Chan::fixed(3), Chan::<()>::new());
    let mut log = Vec::new();
    for n in 0..3 {
        a.put(n).await.unwrap();
    }
    let result: Result<(), Error> = async {
        'turns: loop {
            alts! {
                priority;
                n = a.take() => {
                    let n = n?;
                    log.push(n);
                    if n == 1 { continue 'turns }
                    b.put(n).await?;
                },
                Ok(()) | Err(_) = c.take(), if log.len() > 3 => unreachable!(),
                n @ (Ok(_) | Err(_)) = b.take() => match n {
                    Ok(2) => break 'turns,
                    Ok(_) => {}
                    Err(error) => return Err(error.into()),
                },
            }
        }
        alts! {
            _ = a.take() => {}
            sent = b.put_from(&mut Some(7)) => sent?,
        };
        Ok(())
    }
    .await;
    assert_eq!(result, Ok(()));
    assert_eq!(log, [0, 1, 2]);
    assert_eq!(b.try_take(), Ok(7));
}

#[tokio::test]
async fn a_choice_within_a_choice() {
    let (outer, inner) = (Chan::fixed(1), Chan::fixed(1));
    outer.put(1).await.unwrap();
    inner.put(2).await.unwrap();
    let sum = alts! {
        one = outer.take() => one.unwrap() + alts! {
            two = inner.take() => two.unwrap(),
            _ = timeout(Duration::from_secs(60)) => 0,
        },
    };
    assert_eq!(sum, 3);
}

#[tokio::test]
async fn a_process_in_a_struct_of_its_own() {
    struct Counter {
        steps: Receiver<u32>,
        total: Sender<u32>,
    }

    impl Counter {
        async fn run(self) -> Result<(), Error> {
            let mut total = 0;
            while let Ok(step) = self.steps.take().await {
                total += step;
            }
            self.total.put(total).await?;
            Ok(())
        }
    }

    let ((step, steps), (total, result)) = (csp::rendezvous(), csp::rendezvous());
    let counter = start(Counter { steps, total }.run());
    for n in 1..=4 {
        step.put(n).await.unwrap();
    }
    drop(step);
    assert_eq!(result.take().await, Ok(10));
    assert_eq!(counter.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn a_latest_value_for_a_slow_reader() {
    let chan = Chan::with(Kind::Sliding(1));
    for temperature in [20, 21, 22] {
        chan.put(temperature).await.unwrap();
    }
    assert_eq!(chan.take().await, Ok(22));
    assert_eq!(chan.discarded(), 2);
}

#[tokio::test]
async fn producer_and_consumer_side_by_side() {
    let chan = Chan::new();
    let producer = async {
        for n in 0..100 {
            chan.put(n).await?;
        }
        chan.close();
        Ok::<_, Error>(())
    };
    let consumer = async {
        let mut sum = 0;
        while let Ok(n) = chan.take().await {
            sum += n;
        }
        sum
    };
    assert_eq!(parallel((producer, consumer)).await, (Ok(()), 4950));
}

#[test]
fn a_thread_and_a_process() {
    let chan = Chan::new();
    let other = chan.clone();
    let thread = std::thread::spawn(move || other.iter_blocking().sum::<u32>());
    csp::block_on(async {
        for n in 0..10 {
            chan.put(n).await.unwrap();
        }
        chan.close();
    });
    assert_eq!(thread.join().unwrap(), 45);
}
