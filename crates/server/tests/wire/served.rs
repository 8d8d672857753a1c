//! A server that keeps recordings in memory, and raw connections to it.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use judder_server::{
    Access, Check, Door, Inlet, Keep, Kept, Keys, Limits, PeerLimits, Posted, Problem, Ready,
    Secret, listen, serve,
};
use tokio::sync::oneshot;

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Recordings in memory.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) all: Vec<Posted>,
    pub(crate) full: bool,
    pub(crate) closed: bool,
    pub(crate) ready: Option<Ready>,
    numbers: HashMap<(String, u64), usize>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(pub(crate) Arc<Mutex<Shelf>>);

impl Keep for Shared {
    async fn keep(&self, posted: Posted, _peer: SocketAddr) -> Result<Kept, Problem> {
        let mut shelf = self.0.lock().unwrap();
        if shelf.closed {
            return Err(Problem::closed());
        }
        if shelf.full {
            return Err(Problem::full());
        }
        let number = shelf.all.len();
        let mut before = false;
        let mut at = number;
        if let (Some(device), Some(sequence)) = (&posted.device, posted.sequence) {
            let known = shelf.numbers.entry((device.clone(), sequence)).or_insert(number);
            (at, before) = (*known, *known != number);
        }
        if !before {
            shelf.all.push(posted);
        }
        Ok(Kept { file: Some(format!("{at:04}.csv")), recording: None, before, start: None })
    }

    fn readiness(&self) -> Ready {
        let well = || Check { ok: true, words: None };
        let all = || Ready { ready: true, engine: well(), writes: well(), disk: well() };
        self.0.lock().unwrap().ready.clone().unwrap_or_else(all)
    }

    fn is_accepting(&self) -> bool {
        !self.0.lock().unwrap().closed
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) shelf: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    pub(crate) fn new() -> Self {
        Self::within(Limits::default())
    }

    pub(crate) fn within(limits: Limits) -> Self {
        Self::with(limits, Keys::default())
    }

    pub(crate) fn with(limits: Limits, keys: Keys) -> Self {
        let shelf = Shared::default();
        let access = Access::new(Secret::new("0123456789abcdef0123".to_owned()).unwrap(), keys);
        let door = Arc::new(Door::new(access, PeerLimits::default()).with_limits(limits));
        let inlet = Inlet::new(shelf.clone(), door);
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build();
            runtime.unwrap().block_on(async {
                let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                serve(listener, inlet, limits, async {
                    let _ = stopped.await;
                })
                .await;
            });
        });
        let address = address.recv().unwrap();
        Self { address, shelf, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// What is answered to these bytes until the server closes the connection.
    pub(crate) fn answer(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may have answered, and closed, before all is sent.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Status and body of what is answered to a post.
    pub(crate) fn post(&self, path: &str, kind: &str, body: &[u8]) -> (u16, String) {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: judder\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend(body);
        parted(&self.answer(&request))
    }

    pub(crate) fn kept(&self) -> Vec<Posted> {
        self.shelf.0.lock().unwrap().all.clone()
    }

    /// Ends the server, and waits until it has.
    pub(crate) fn stop(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Status and body of an answer.
pub(crate) fn parted(answer: &str) -> (u16, String) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

/// What a problem says, once it is one.
pub(crate) fn detail(body: &str) -> String {
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(problem["title"].is_string() && problem["status"].is_u64(), "{body}");
    problem["detail"].as_str().unwrap().to_owned()
}
