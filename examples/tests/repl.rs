//! A session at the prompt, piped.

use std::io::Write;
use std::process::{Command, Stdio};

/// Each line of a job is awaited before the next command, so the order is that of the session.
const SESSION: &str = "\
chan table
put table ball
take table
wait 1
chan a fixed 1
put a 1
try-put a 2
alts a=2 default
alts a timeout 60000
alts a timeout 1
wait 6
close a
take a
poison table 3
put table 4
take nowhere
serve tea
";

const TRANSCRIPT: &str = "\
csp> chan table
csp> put table ball
[1] put table ball waits
csp> take table
[2] took ball
[1] accepted
csp> wait 1
csp> chan a fixed 1
csp> put a 1
[3] accepted
csp> try-put a 2
the channel is full and nobody takes: await `put`, or try again later
csp> alts a=2 default
[4] default
csp> alts a timeout 60000
[5] took 1 from a
csp> alts a timeout 1
[6] alts waits
csp> wait 6
[6] timeout 1
csp> close a
csp> take a
[7] the channel is closed
csp> poison table 3
csp> put table 4
[8] the channel was poisoned with strength 3
csp> take nowhere
no channel is called `nowhere`: make it with `chan nowhere`
csp> serve tea
`serve tea`? `help` lists what can be said
";

fn transcript(runtime: &str, session: &str) -> String {
    let mut repl = Command::new(env!("CARGO_BIN_EXE_repl"))
        .args(["--runtime", runtime])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the prompt starts");
    let mut input = repl.stdin.take().expect("it is piped");
    input.write_all(session.as_bytes()).expect("the prompt reads");
    drop(input);
    let output = repl.wait_with_output().expect("the prompt ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("it prints text")
}

#[test]
fn a_session_puts_and_takes_by_hand() {
    for runtime in ["tokio", "tokio-multi", "smol", "async-std"] {
        // Which of the two jobs that meet speaks first is the runtime's choice.
        let mut lines: Vec<String> =
            transcript(runtime, SESSION).lines().map(str::to_owned).collect();
        let mut expected: Vec<&str> = TRANSCRIPT.lines().collect();
        lines.sort_unstable();
        expected.sort_unstable();
        assert_eq!(lines, expected, "on {runtime}");
    }
}

#[test]
fn players_end_when_the_table_closes() {
    let said = transcript("tokio", "chan table\npingpong table\nput table 0\nclose table\nwait\n");
    for line in ["[1] ping 1", "pong: the ball is gone", "ping: the ball is gone"] {
        assert!(said.contains(line), "{line} is missing in\n{said}");
    }
}
