//! Requests over HTTP, made in threads that may block, their responses on channels: one that is
//! answered, one that takes too long, and one to a host that does not exist.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::thread;

use csp::{Chan, Receiver, alts, timeout};

use crate::{Runtime, millis};

type Response = io::Result<String>;

fn get(host: impl ToSocketAddrs, path: &str) -> Response {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

/// A callback, a thread, another runtime: what it is behind the channel, nobody can tell.
fn request<R, H>(runtime: R, host: H, path: &'static str) -> Receiver<Response>
where
    R: Runtime,
    H: ToSocketAddrs + Send + 'static,
{
    let (sender, receiver) = csp::rendezvous();
    runtime.go_blocking(move || {
        // It fails if the response has come too late, and nobody wants it any more.
        let _ = sender.put_blocking(get(host, path));
    });
    receiver
}

/// Answers two requests; `/slow` not before `release` is closed.
fn serve(release: Chan<()>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.expect("somebody connects");
            let mut request = String::new();
            BufReader::new(&stream).read_line(&mut request).expect("it sends a request");
            if request.contains("/slow") {
                let _closed = release.take_blocking();
            }
            // Whoever did not want to wait has hung up.
            let _ = write!(stream, "HTTP/1.0 200 OK\r\n\r\nhello");
        }
    });
    Ok(address)
}

pub async fn main<R: Runtime>(runtime: R) {
    let release = Chan::new();
    let server = serve(release.clone()).expect("a port is free");

    let response = request(runtime, server, "/").take().await.expect("the thread responds");
    println!("/: {response:?}");
    assert!(response.expect("the server answers").ends_with("\r\n\r\nhello"));

    let slow = request(runtime, server, "/slow");
    let response = alts! {
        response = slow.take() => Some(response),
        _ = timeout(runtime, millis(20)) => None,
    };
    println!("/slow: {}", if response.is_none() { "timed out" } else { "answered" });
    assert!(response.is_none());
    release.close();

    // The empty part makes it wrong for every resolver, so that none has to be asked.
    let nowhere = request(runtime, "wrong..host:80", "/").take().await.expect("it responds");
    println!("wrong host: {nowhere:?}");
    assert!(nowhere.is_err());
}
