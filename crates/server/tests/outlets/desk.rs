//! A history with alerts to be told.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use judder_history::{AlertId, History, NewAlert, Reader, State, Told};
use judder_server::{Message, Note, Outlet, Pace, Teller};

/// What a shell would make much of.
pub(crate) const MARKUP: &str =
    "a'; touch pwned; \"$(touch pwned)\" `touch pwned` | > pwned & \n <b>";

pub(crate) fn message() -> Message {
    Message {
        alert: 7,
        device: Some(MARKUP.to_owned()),
        kind: "anomaly".to_owned(),
        transition: "raised",
        words: format!("{MARKUP}\0end"),
        raised_at: "2026-01-02T03:04:05.000Z".to_owned(),
        cleared_at: None,
        score: Some(12.5),
        threshold: Some(f64::INFINITY),
        model: None,
        link: Some("http://judder.local/".to_owned()),
        others: Vec::new(),
    }
}

pub(crate) struct Desk {
    pub(crate) history: Arc<Mutex<History>>,
}

impl Desk {
    pub(crate) fn new(outlets: &[&str]) -> Self {
        let mut history = History::temporary().unwrap();
        history.set_outlets(outlets).unwrap();
        Self { history: Arc::new(Mutex::new(history)) }
    }

    pub(crate) fn raise(&self, device: &str) -> AlertId {
        let mut history = self.history.lock().unwrap();
        let mut batch = history.batch();
        let alert =
            NewAlert { device, kind: "anomaly", at: now(), words: MARKUP, ..Default::default() };
        let id = batch.raise(&alert).unwrap();
        batch.commit().unwrap();
        id
    }

    pub(crate) fn clear(&self, id: AlertId) {
        let mut history = self.history.lock().unwrap();
        let mut batch = history.batch();
        assert!(batch.clear(id, now()).unwrap());
        batch.commit().unwrap();
    }

    pub(crate) fn reader(&self) -> Reader {
        self.history.lock().unwrap().reader().unwrap()
    }

    /// Tells, and writes down what became of it as the owner of a history does.
    pub(crate) fn start(&self, outlets: Vec<(&str, Box<dyn Outlet>)>) -> Teller {
        let pace = Pace {
            first: Duration::from_millis(20),
            longest: Duration::from_millis(50),
            refused: 3,
            ..Pace::default()
        };
        self.start_at(outlets, pace)
    }

    /// The same at another pace.
    pub(crate) fn start_at(&self, outlets: Vec<(&str, Box<dyn Outlet>)>, pace: Pace) -> Teller {
        let outlets = outlets.into_iter();
        let outlets =
            outlets.map(|(name, outlet)| (name.to_owned(), outlet, self.reader())).collect();
        let history = Arc::clone(&self.history);
        Teller::start(outlets, Some("http://judder.local/"), pace, move |_, note: Note| {
            let mut history = history.lock().unwrap();
            let mut batch = history.batch();
            note.write(&mut batch).unwrap();
            batch.commit().is_ok()
        })
        .unwrap()
    }

    /// What became of an alert, once it is as it should be.
    pub(crate) fn until(&self, id: AlertId, is: impl Fn(&[Told]) -> bool) -> Vec<Told> {
        let reader = self.reader();
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let told = reader.told(id).unwrap();
            if is(&told) {
                return told;
            }
            assert!(Instant::now() < deadline, "{told:?}");
            std::thread::yield_now();
        }
    }
}

pub(crate) fn all(state: State) -> impl Fn(&[Told]) -> bool {
    move |told| told.iter().all(|told| told.state == state)
}

fn now() -> i64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64
}
