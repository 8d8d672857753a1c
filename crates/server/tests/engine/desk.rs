//! A server on a folder, started as often as is wanted, and connections to it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use judder_data::{Recording, Sync};
use judder_history::{History, Retention, Sync as HistorySync};
use judder_model::Model;
use judder_server::{
    About, Access, Adjusted, Clock, Deciding, Door, Engine, Failure, Inlet, Keys, Limits,
    MOST_KNOWN, Message, Outlet, Pace, PeerLimits, Proxies, RetentionView, Retry, Secret, Setup,
    Shelf, Told, listen, serve,
};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::clock::ByHand;
use crate::fan;

/// The token of every server here.
pub(crate) const TOKEN: &str = "0123456789abcdef0123";

/// Nobody waits longer for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A folder of a server, and how one is started in it.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
    /// Model files, each for a device or for all.
    pub(crate) models: Vec<(Option<&'static str>, PathBuf)>,
    pub(crate) silent_after: Option<Duration>,
    /// Goes on by itself, until it is set by hand.
    pub(crate) clock: Arc<ByHand>,
    pub(crate) keys: Keys,
    pub(crate) sessions_only: bool,
    pub(crate) limits: Limits,
    pub(crate) peers: PeerLimits,
    pub(crate) proxies: Vec<&'static str>,
    pub(crate) trust_loopback: bool,
    pub(crate) most_devices: usize,
    pub(crate) named: BTreeSet<String>,
    pub(crate) retention: Retention,
    /// Outlets, by their names.
    pub(crate) outlets: Mutex<Vec<(&'static str, Box<dyn Outlet>)>>,
}

/// An outlet that says what it is told, unless it is to fail.
pub(crate) struct Says {
    pub(crate) to: Sender<Message>,
    pub(crate) fails: Arc<AtomicBool>,
    pub(crate) tries: Arc<AtomicUsize>,
}

impl Outlet for Says {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        if self.fails.load(Ordering::Acquire) {
            self.tries.fetch_add(1, Ordering::AcqRel);
            let retry = Retry::After(Duration::ZERO);
            return Err(Failure { reason: "it fails".to_owned(), retry });
        }
        // A test may have heard enough.
        let _ = self.to.send(message.clone());
        Ok(())
    }
}

/// What an outlet is told, in order.
pub(crate) struct Heard {
    heard: Receiver<Message>,
    pub(crate) fails: Arc<AtomicBool>,
    /// How often it has failed.
    pub(crate) tries: Arc<AtomicUsize>,
}

impl Heard {
    /// The next, in short.
    pub(crate) fn next(&self) -> String {
        short(&self.message())
    }

    pub(crate) fn message(&self) -> Message {
        self.heard.recv_timeout(PATIENCE).unwrap()
    }

    /// That nothing more is told.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.heard.try_iter().map(|one| short(&one)).collect()
    }
}

/// A message in short; what is of no device is of the server.
fn short(message: &Message) -> String {
    let device = message.device.as_deref().unwrap_or("server");
    format!("{device} {} {}", message.kind, message.transition)
}

impl Desk {
    /// Tells an outlet of this name from now on, with the next start.
    pub(crate) fn listen(&self, name: &'static str) -> Heard {
        let (to, heard) = std::sync::mpsc::channel();
        let (fails, tries) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let outlet = Says { to, fails: Arc::clone(&fails), tries: Arc::clone(&tries) };
        self.outlets.lock().unwrap().push((name, Box::new(outlet)));
        Heard { heard, fails, tries }
    }

    /// Takes the history away, so that nothing can be kept, or puts it back.
    pub(crate) fn take_away(&self, away: bool) {
        let (there, aside) = (self.path("data/history.db"), self.path("data/aside"));
        let (from, to) = if away { (there, aside) } else { (aside, there) };
        fs::rename(from, to).unwrap();
        // It is looked for again after a moment.
        std::thread::sleep(Duration::from_millis(10));
    }

    /// Without a model.
    pub(crate) fn bare() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            models: Vec::new(),
            silent_after: None,
            clock: Arc::default(),
            keys: Keys::default(),
            sessions_only: false,
            limits: Limits::default(),
            peers: PeerLimits::default(),
            proxies: Vec::new(),
            trust_loopback: false,
            most_devices: MOST_KNOWN,
            named: BTreeSet::new(),
            retention: Retention::default(),
            outlets: Mutex::default(),
        }
    }

    /// With a model of the fan, in `fan.model.json`.
    pub(crate) fn new() -> Self {
        let mut desk = Self::bare();
        let path = desk.write_model("fan", fan::model());
        desk.models.push((None, path));
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the file of a model, at once.
    pub(crate) fn write_model(&self, name: &str, model: &Model) -> PathBuf {
        self.replace(&format!("{name}.model.json"), &model.to_json())
    }

    /// Puts a file in the place of another, at once.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let (path, beside) = (self.path(name), self.path("beside"));
        fs::write(&beside, bytes).unwrap();
        fs::rename(beside, &path).unwrap();
        path
    }

    pub(crate) fn start(&self) -> Served {
        let history = self.path("data");
        fs::create_dir_all(&history).unwrap();
        let history =
            History::open(&history.join("history.db"), HistorySync::System, self.retention);
        let mut shelf = Shelf::new(Deciding::default(), Some(self.path("data/models")));
        for (device, path) in &self.models {
            match device {
                None => drop(shelf.add(path).unwrap()),
                Some(device) => {
                    let name = shelf.add_for_one(path).unwrap();
                    shelf.assign(device, Some(&name)).unwrap();
                }
            }
        }
        shelf.add_kept().unwrap();
        let access = Access::new(Secret::new(TOKEN.to_owned()).unwrap(), self.keys.clone());
        let access = access.trusting_loopback(self.trust_loopback);
        let proxies = self.proxies.iter().map(|net| net.parse().unwrap()).collect();
        let door = Arc::new(
            Door::new(access, self.peers).behind(Proxies::new(proxies)).with_limits(self.limits),
        );
        let setup = Setup {
            history: history.unwrap(),
            recorded: true,
            root: None,
            label: None,
            folder: Some(self.path("data")),
            sync: Sync::System,
            shelf,
            sessions_only: self.sessions_only,
            silent_after: self.silent_after,
            unjudged_after: None,
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            most_devices: self.most_devices,
            named: self.named.clone(),
            most_held: self.limits.last(),
            turned: None,
            metrics: door.metrics(),
        };
        let about = About {
            mode: "serve",
            folder: Some(self.path("data").display().to_string()),
            retention: RetentionView::default(),
            outlets: Vec::new(),
        };
        let outlets = std::mem::take(&mut *self.outlets.lock().unwrap()).into_iter();
        let told = |(name, outlet): (&str, _)| Told { name: name.to_owned(), kind: "log", outlet };
        Served::start(setup, door, about, self.limits, outlets.map(told).collect())
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    engine: Engine,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What was answered.
#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    fn parted(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", self.status))
    }

    /// What a problem says, once it is one of this status.
    pub(crate) fn problem(&self, status: u16) -> String {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        assert!(self.head.contains("content-type: application/problem+json"), "{}", self.head);
        assert_eq!(self.json()["status"], status, "{text}");
        self.json()["detail"].as_str().unwrap().to_owned()
    }

    /// The answer, once it is one of this status.
    pub(crate) fn well(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

impl Served {
    fn start(
        setup: Setup,
        door: Arc<Door>,
        about: About,
        limits: Limits,
        outlets: Vec<Told>,
    ) -> Self {
        let mut running = Engine::start(setup).unwrap();
        let engine = running.engine();
        let inlet = Inlet::with_pages(running.engine(), door, about);
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            runtime.enable_all().worker_threads(2).build().unwrap().block_on(async {
                let pace = Pace {
                    first: Duration::from_millis(100),
                    longest: Duration::from_millis(100),
                    ..Pace::default()
                };
                running.tell_at(outlets, None, pace).await.unwrap();
                // On all addresses, so that there are peers that are not this machine.
                let listener = listen("0.0.0.0:0".parse().unwrap()).unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                serve(listener, inlet, limits, async {
                    let _ = stopped.await;
                })
                .await;
                running.stop();
            });
        });
        let port = address.recv().unwrap().port();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Self { address, engine, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Asks something with these lines in the head, and where it is no board's and says nothing of who asks, with
    /// the token.
    pub(crate) fn ask(&self, method: &str, path: &str, head: &[&str], body: &[u8]) -> Reply {
        let says = |name: &str| head.iter().any(|line| line.starts_with(name));
        if of_boards(path) || says("Authorization:") || says("Cookie:") {
            return self.ask_as(method, path, head, body);
        }
        let token = format!("Authorization: Bearer {TOKEN}");
        self.ask_as(method, path, &[head, &[&token]].concat(), body)
    }

    /// Asks something with no more than these lines in the head.
    pub(crate) fn ask_as(&self, method: &str, path: &str, head: &[&str], body: &[u8]) -> Reply {
        let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !head.iter().any(|line| line.starts_with("Host:")) {
            request += "Host: localhost\r\n";
        }
        for line in head {
            request += &format!("{line}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n", body.len());
        let mut stream = self.connect();
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        // The server may have answered, and closed, before all is sent.
        let _ = stream.write_all(&request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Reply::parted(&answer)
    }

    /// Sends JSON.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        let json = ["Content-Type: application/json"];
        self.ask(method, path, &json, body.to_string().as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &[], &[])
    }

    /// Posts a recording, which is acknowledged.
    pub(crate) fn post(&self, device: &str, sequence: u64, recording: &Recording) -> Reply {
        let body = fan::body(device, sequence, recording);
        self.send("POST", "/api/v1/recordings", &body).well(201)
    }

    pub(crate) fn fleet(&self) -> Value {
        self.get("/api/v1/fleet").well(200).json()
    }

    /// A device as the page sees it.
    pub(crate) fn device(&self, name: &str) -> Value {
        let fleet = self.fleet();
        let mut found = fleet["devices"].as_array().unwrap().iter();
        found.find(|device| device["name"] == name).unwrap_or_else(|| panic!("{fleet}")).clone()
    }

    /// A model as the page sees it.
    pub(crate) fn model(&self, name: &str) -> Value {
        let fleet = self.fleet();
        let mut found = fleet["models"].as_array().unwrap().iter();
        found.find(|model| model["name"] == name).unwrap_or_else(|| panic!("{fleet}")).clone()
    }

    /// All alerts of devices, oldest first: their kinds, and whether they are cleared.
    pub(crate) fn alerts(&self) -> Vec<(String, bool)> {
        let mut all = self.get("/api/v1/alerts").well(200).json()["alerts"].take();
        let all = all.as_array_mut().unwrap();
        all.reverse();
        let kind = |alert: &Value| alert["kind"].as_str().unwrap().to_owned();
        let of_devices = all.iter().filter(|alert| !alert["device"].is_null());
        of_devices.map(|alert| (kind(alert), !alert["cleared"].is_null())).collect()
    }

    /// Somebody has found the history damaged.
    pub(crate) fn say_damaged(&self, words: &str) {
        self.engine.history_is_damaged(words);
    }

    /// The configuration has these models from now on.
    pub(crate) fn has_models(&self, models: Shelf) {
        self.engine.adjust(Adjusted {
            silent_after: None,
            unjudged_after: None,
            most_devices: MOST_KNOWN,
            named: BTreeSet::new(),
            models,
        });
    }

    /// Has the engine look at what time has brought about.
    pub(crate) fn look(&self) {
        self.engine.look();
    }

    /// Waits for something to be so.
    pub(crate) fn wait(&self, what: &str, mut so: impl FnMut(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !so(self) {
            assert!(Instant::now() < until, "{what}: it never came\n{}", self.fleet());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server, and waits until it has.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.take().map(|stop| stop.send(()));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Whether a path is one that boards ask, or who only asks whether it is well.
pub(crate) fn of_boards(path: &str) -> bool {
    matches!(path, "/" | "/healthz" | "/readyz" | "/api/v1/recordings")
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}
