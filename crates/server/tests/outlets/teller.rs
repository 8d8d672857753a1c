//! Who is told when, and that nothing is told twice or lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use judder_history::State;
use judder_server::{Failure, LogLine, Message, Note, Outlet, Pace, Retry, Teller, Webhook};

use crate::desk::{Desk, all};
use crate::receiver::receive;

const SOON: Duration = Duration::from_secs(60);

/// Says what it is told, and waits until it may go on where it has to.
struct Slow {
    said: Sender<String>,
    go_on: Option<Receiver<()>>,
}

impl Outlet for Slow {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        self.said
            .send(format!("{} {}", message.device.as_deref().unwrap(), message.transition))
            .unwrap();
        if let Some(go_on) = &self.go_on {
            // Until somebody says so, or goes away.
            let _ = go_on.recv();
        }
        Ok(())
    }
}

#[test]
fn a_webhook_that_fails_twice_is_told_at_the_third_try() {
    let (address, requests) = receive(&["500 Oops", "500 Oops", "200 OK"]);
    let desk = Desk::new(&["hook", "log"]);
    let id = desk.raise("fan");
    let hook = Webhook::new(&format!("http://{address}/"), Some("s")).unwrap();
    let teller = desk.start(vec![("hook", Box::new(hook)), ("log", Box::new(LogLine))]);
    let told = desk.until(id, all(State::Told));
    assert_eq!((told[0].attempts, told[1].attempts), (2, 0));
    // It sleeps now: it is told of what is new.
    desk.clear(id);
    teller.wake();
    desk.until(id, |told| told.len() == 4 && all(State::Told)(told));
    teller.stop();
    let transitions = requests.try_iter().map(|request| {
        let value: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        value["transition"].as_str().unwrap().to_owned()
    });
    assert_eq!(transitions.collect::<Vec<_>>(), ["raised", "raised", "raised", "cleared"]);
}

#[test]
fn what_is_refused_is_given_up_after_some_tries() {
    let (address, requests) = receive(&["404 None"]);
    let desk = Desk::new(&["hook"]);
    let id = desk.raise("fan");
    let hook = Webhook::new(&format!("http://{address}/"), None).unwrap();
    let teller = desk.start(vec![("hook", Box::new(hook))]);
    let told = desk.until(id, all(State::GivenUp));
    assert_eq!((told[0].attempts, told[0].reason.as_deref()), (3, Some("was answered 404")));
    teller.stop();
    assert_eq!(requests.try_iter().count(), 3);
}

#[test]
fn a_slow_outlet_holds_nobody_up_and_keeps_its_order() {
    let desk = Desk::new(&["slow", "quick"]);
    let ids = ["a", "b", "c"].map(|device| desk.raise(device));
    desk.clear(ids[0]);
    let ((said, slow), (go, go_on)) = (channel(), channel());
    let (said_quickly, quick) = channel();
    let teller = desk.start(vec![
        ("slow", Box::new(Slow { said, go_on: Some(go_on) })),
        ("quick", Box::new(Slow { said: said_quickly, go_on: None })),
    ]);
    let words = ["a raised", "b raised", "c raised", "a cleared"];
    for word in words {
        assert_eq!(quick.recv_timeout(SOON).unwrap(), word);
    }
    for word in words {
        assert_eq!(slow.recv_timeout(SOON).unwrap(), word);
        assert!(slow.try_recv().is_err());
        go.send(()).unwrap();
    }
    desk.until(ids[0], all(State::Told));
    drop(go);
    teller.stop();
    assert!(slow.try_recv().is_err() && quick.try_recv().is_err());
}

#[test]
fn what_is_being_told_when_it_stops_is_noted_and_the_rest_told_later() {
    let desk = Desk::new(&["slow"]);
    let ids = ["a", "b"].map(|device| desk.raise(device));
    let ((said, slow), (go, go_on)) = (channel(), channel());
    let teller = desk.start(vec![("slow", Box::new(Slow { said, go_on: Some(go_on) }))]);
    assert_eq!(slow.recv_timeout(SOON).unwrap(), "a raised");
    std::thread::scope(|scope| {
        scope.spawn(|| teller.stop());
        desk.until(ids[0], |told| told[0].state == State::Pending);
        // It may see that it stops before or after this one.
        drop(go);
    });
    desk.until(ids[0], all(State::Told));
    let left = desk.reader().due(i64::MAX, 9).unwrap().len();
    let told: Vec<_> = slow.try_iter().collect();
    assert_eq!(told.len() + left, 1, "{told:?}");
    let (said, rest) = channel();
    let teller = desk.start(vec![("slow", Box::new(Slow { said, go_on: None }))]);
    desk.until(ids[1], all(State::Told));
    teller.stop();
    assert_eq!(rest.try_iter().count(), left);
}

#[test]
fn what_could_not_be_noted_is_noted_later_and_not_told_again() {
    let desk = Desk::new(&["log"]);
    let id = desk.raise("a");
    let (said, told) = channel();
    let notes = Arc::new(Mutex::new(Vec::new()));
    let works = Arc::new(AtomicBool::new(false));
    let outlet: Box<dyn Outlet> = Box::new(Slow { said, go_on: None });
    let outlets = vec![("log".to_owned(), outlet, desk.reader())];
    let (history, noted, does) =
        (Arc::clone(&desk.history), Arc::clone(&notes), Arc::clone(&works));
    let teller = Teller::start(outlets, None, Pace::default(), move |_, note: Note| {
        noted.lock().unwrap().push(note.clone());
        if !does.load(Ordering::Acquire) {
            return false;
        }
        let mut history = history.lock().unwrap();
        let mut batch = history.batch();
        note.write(&mut batch).unwrap();
        batch.commit().is_ok()
    })
    .unwrap();
    assert_eq!(told.recv_timeout(SOON).unwrap(), "a raised");
    while notes.lock().unwrap().len() < 2 {
        teller.wake();
        std::thread::yield_now();
    }
    works.store(true, Ordering::Release);
    teller.wake();
    desk.until(id, all(State::Told));
    teller.stop();
    assert!(told.try_recv().is_err());
    let notes = notes.lock().unwrap();
    assert!(notes.iter().all(|note| *note == notes[0]));
}

#[test]
fn an_outlet_that_asks_for_time_is_given_it() {
    struct Refuses;
    impl Outlet for Refuses {
        fn tell(&mut self, _: &Message) -> Result<(), Failure> {
            Err(Failure {
                reason: "later".to_owned(),
                retry: Retry::After(Duration::from_secs(3600)),
            })
        }
    }
    let desk = Desk::new(&["x"]);
    let id = desk.raise("a");
    let teller = desk.start(vec![("x", Box::new(Refuses))]);
    let told = desk.until(id, |told| told[0].attempts == 1);
    teller.stop();
    // It is asked for after an hour, and not before.
    let hour = told[0].at - std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
    assert!((3_500_000..=3_600_000).contains(&hour), "{hour}");
}

/// Says all that it is told.
struct Whole(Sender<Message>);

impl Outlet for Whole {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        self.0.send(message.clone()).unwrap();
        Ok(())
    }
}

#[test]
fn many_at_once_are_told_in_few_messages_and_none_is_left_out() {
    let desk = Desk::new(&["hook"]);
    let ids: Vec<_> = (0..600).map(|at| desk.raise(&format!("board-{at}"))).collect();
    let (said, told) = channel();
    let pace = Pace { burst: 5, every: Duration::from_millis(50), ..Pace::default() };
    let teller = desk.start_at(vec![("hook", Box::new(Whole(said)))], pace);
    desk.until(*ids.last().unwrap(), all(State::Told));
    // All of them are over but one.
    ids[1..].iter().for_each(|id| desk.clear(*id));
    teller.wake();
    desk.until(*ids.last().unwrap(), |told| told.len() == 2 && all(State::Told)(told));
    teller.stop();
    let messages: Vec<Message> = told.try_iter().collect();
    let mut raised = Vec::new();
    let mut cleared = Vec::new();
    for message in &messages {
        let first = (message.alert, message.transition);
        let others = message.others.iter().map(|one| (one.alert, one.transition));
        for (alert, transition) in others.chain([first]) {
            let to = if transition == "raised" { &mut raised } else { &mut cleared };
            to.push(alert);
        }
        let rest = message.others.len();
        assert_eq!(message.words.contains("; and more: "), rest > 0, "{}", message.words);
        assert!(rest < 250, "{rest}");
    }
    // The first few may be told one by one.
    assert!(messages.len() < 30, "{}", messages.len());
    raised.sort_unstable();
    cleared.sort_unstable();
    let numbers: Vec<_> = ids.iter().map(|id| id.0).collect();
    assert_eq!((raised.as_slice(), cleared.as_slice()), (numbers.as_slice(), &numbers[1..]));
}

#[test]
fn one_message_of_many_has_the_last_that_is_open_first() {
    let desk = Desk::new(&["hook"]);
    let ids = ["a", "b", "c"].map(|device| desk.raise(device));
    desk.clear(ids[2]);
    let due = desk.reader().due(i64::MAX, 9).unwrap();
    let message = Message::of_all(&due, None).unwrap();
    assert_eq!(message.device.as_deref(), Some("b"));
    let others: Vec<_> = message.others.iter().map(|one| one.device.as_deref().unwrap()).collect();
    assert_eq!(others, ["a", "c"]);
    assert!(message.words.ends_with("; and more: 2 raised, 0 cleared, all on the page"));
    assert!(Message::of_all(&due[..1], None).unwrap().others.is_empty());
    assert_eq!(Message::of_all(&[], None), None);
}

/// What it is told at each moment is decided by the test: in words, and whether it works.
struct Judge<F>(F);

impl<F: FnMut(&str) -> Result<(), Retry> + Send + 'static> Outlet for Judge<F> {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        let words = format!("{} {}", message.device.as_deref().unwrap(), message.transition);
        (self.0)(&words).map_err(|retry| Failure { reason: "it fails".to_owned(), retry })
    }
}

/// Each try, and those that were told.
type Heard = (Sender<String>, Receiver<String>);

#[test]
fn what_waited_for_an_outlet_is_told_in_the_order_in_which_it_happened() {
    let desk = Desk::new(&["hook"]);
    let works = Arc::new(AtomicBool::new(false));
    let ((tries, tried), (said, told)): (Heard, Heard) = (channel(), channel());
    let does = Arc::clone(&works);
    let outlet = Judge(move |words: &str| {
        tries.send(words.to_owned()).unwrap();
        if !does.load(Ordering::Acquire) {
            return Err(Retry::After(Duration::ZERO));
        }
        said.send(words.to_owned()).unwrap();
        Ok(())
    });
    let pace = Pace {
        first: Duration::from_millis(50),
        longest: Duration::from_millis(50),
        ..Pace::default()
    };
    let first = desk.raise("a");
    let teller = desk.start_at(vec![("hook", Box::new(outlet))], pace);
    desk.until(first, |told| told[0].attempts == 1);
    // What comes while it is out of reach goes behind that, and is not tried before it.
    let (second, third) = (desk.raise("b"), desk.raise("c"));
    desk.clear(first);
    let last = desk.raise("d");
    teller.wake();
    desk.until(last, |told| told[0].attempts == 1);
    assert!(tried.try_iter().all(|words| words == "a raised"));
    works.store(true, Ordering::Release);
    for id in [first, second, third, last] {
        desk.until(id, all(State::Told));
    }
    teller.stop();
    let told: Vec<_> = told.try_iter().collect();
    assert_eq!(told, ["a raised", "b raised", "c raised", "a cleared", "d raised"]);
}

#[test]
fn one_that_fails_by_itself_holds_no_other_up() {
    for (retry, state) in [(Retry::Seldom, State::GivenUp), (Retry::Later, State::Pending)] {
        let desk = Desk::new(&["hook"]);
        let (said, told) = channel();
        let outlet = Judge(move |words: &str| {
            if words.starts_with("bad") {
                return Err(retry);
            }
            said.send(words.to_owned()).unwrap();
            Ok(())
        });
        let bad = desk.raise("bad");
        desk.clear(bad);
        let ids = ["a", "b", "c"].map(|device| desk.raise(device));
        let teller = desk.start(vec![("hook", Box::new(outlet))]);
        ids.iter().for_each(|id| _ = desk.until(*id, all(State::Told)));
        let later = desk.raise("later");
        teller.wake();
        desk.until(later, all(State::Told));
        desk.until(bad, |told| told[0].state == state);
        teller.stop();
        let told: Vec<_> = told.try_iter().collect();
        assert_eq!(told, ["a raised", "b raised", "c raised", "later raised"], "{retry:?}");
    }
}

/// What waited as long as what was tried is not tried for another day.
#[test]
fn what_waits_behind_is_given_up_with_what_was_tried() {
    let desk = Desk::new(&["hook"]);
    let (tries, tried): Heard = channel();
    let outlet = Judge(move |words: &str| {
        tries.send(words.to_owned()).unwrap();
        Err(Retry::Later)
    });
    let ids = ["a", "b", "c", "d", "e", "f"].map(|device| desk.raise(device));
    let pace = Pace {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(20),
        give_up: Duration::from_millis(200),
        ..Pace::default()
    };
    let teller = desk.start_at(vec![("hook", Box::new(outlet))], pace);
    ids.iter().for_each(|id| _ = desk.until(*id, all(State::GivenUp)));
    teller.stop();
    // By itself each would be tried some nine times.
    assert!(tried.try_iter().count() < 30);
}
