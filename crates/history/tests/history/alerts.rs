//! Alerts, and what of them is to be told to whom.

use judder_history::{
    Alert, AlertFilter, AlertId, History, Late, NewAlert, State, Telling, TellingId, Transition,
};

use crate::desk::Desk;

fn raise(history: &mut History, device: &str, at: i64) -> AlertId {
    let mut batch = history.batch();
    let alert = NewAlert {
        device,
        kind: "anomaly",
        at,
        words: "it wobbles",
        score: Some(12.5),
        threshold: Some(9.5),
        model: Some("fan"),
    };
    let id = batch.raise(&alert).unwrap();
    batch.commit().unwrap();
    id
}

fn clear(history: &mut History, id: AlertId, at: i64) -> bool {
    let mut batch = history.batch();
    let cleared = batch.clear(id, at).unwrap();
    batch.commit().unwrap();
    cleared
}

fn told(history: &mut History, id: TellingId) {
    let mut batch = history.batch();
    batch.told(id, 0).unwrap();
    batch.commit().unwrap();
}

#[test]
fn alerts_are_found_by_device_and_state_page_by_page() {
    let desk = Desk::new();
    let mut history = desk.open();
    // All at one time: a page must not lose those.
    let ids: Vec<_> =
        (0..10).map(|at| raise(&mut history, if at % 2 == 0 { "a" } else { "b" }, 7)).collect();
    assert!(clear(&mut history, ids[4], 9));
    assert!(!clear(&mut history, ids[4], 10) && !clear(&mut history, AlertId(999), 10));
    drop(history);
    let reader = desk.open().reader().unwrap();
    let found = |filter: AlertFilter<'_>| {
        let alerts = reader.alerts(&filter).unwrap();
        alerts.into_iter().map(|alert| alert.id).collect::<Vec<_>>()
    };
    let all = AlertFilter { most: 4, ..AlertFilter::default() };
    assert_eq!(found(all), [ids[9], ids[8], ids[7], ids[6]]);
    assert_eq!(found(AlertFilter { before: Some(ids[2]), ..all }), [ids[1], ids[0]]);
    let open = AlertFilter { device: Some("a"), open_only: true, ..all };
    assert_eq!(found(open), [ids[8], ids[6], ids[2], ids[0]]);
    assert_eq!(found(AlertFilter { device: Some("c"), ..all }), []);
    assert_eq!(reader.open_alerts().unwrap().len(), 9);
    let cleared = reader.alert(ids[4]).unwrap().unwrap();
    assert_eq!((cleared.raised_at, cleared.cleared_at), (7, Some(9)));
    assert_eq!((cleared.device.as_str(), cleared.words.as_str()), ("a", "it wobbles"));
    assert_eq!((cleared.score, cleared.model.as_deref()), (Some(12.5), Some("fan")));
}

#[test]
fn each_outlet_is_told_and_what_is_not_told_survives_a_restart() {
    let desk = Desk::new();
    let mut history = desk.open();
    raise(&mut history, "nobody is told of", 1);
    history.set_outlets(&["log", "hook"]).unwrap();
    let id = raise(&mut history, "a", 2);
    let reader = history.reader().unwrap();
    assert_eq!(reader.next_due(None).unwrap(), Some(2));
    // What was never tried is due, whatever the clock says.
    let due = reader.due(1, 10).unwrap();
    assert_eq!(due, reader.due(2, 10).unwrap());
    let outlets: Vec<_> = due.iter().map(|telling| telling.outlet.as_str()).collect();
    assert_eq!(outlets, ["log", "hook"]);
    assert!(due.iter().all(|telling| telling.alert.id == id && telling.attempts == 0));
    told(&mut history, due[0].id);
    let mut batch = history.batch();
    batch.failed(due[1].id, 50, "refused").unwrap();
    batch.commit().unwrap();
    drop(history);
    let mut history = desk.open();
    assert_eq!(reader.due(49, 10).unwrap(), []);
    let again = reader.due(50, 10).unwrap();
    // Nor does anything wait for days: the clock was put back since.
    assert_eq!(reader.due(50 - 172_800_000, 10).unwrap(), []);
    assert_eq!(reader.due(49 - 172_800_000, 10).unwrap(), again);
    assert_eq!((again.len(), again[0].id, again[0].attempts), (1, due[1].id, 1));
    let mut batch = history.batch();
    batch.given_up(due[1].id, 60, "gone").unwrap();
    // It has come to its end: what is late changes nothing.
    batch.failed(due[1].id, 70, "late").unwrap();
    batch.told(due[1].id, 70).unwrap();
    batch.commit().unwrap();
    assert_eq!(
        (reader.due(i64::MAX, 10).unwrap().len(), reader.next_due(None).unwrap()),
        (0, None)
    );
    let told = reader.told(id).unwrap();
    assert_eq!(
        told.iter().map(|told| told.state).collect::<Vec<_>>(),
        [State::Told, State::GivenUp]
    );
    assert_eq!((told[1].reason.as_deref(), told[1].at, told[1].attempts), (Some("gone"), 60, 2));
}

#[test]
fn that_an_alert_is_cleared_never_overtakes_that_it_was_raised() {
    let mut history = History::temporary().unwrap();
    history.set_outlets(&["slow", "quick"]).unwrap();
    let id = raise(&mut history, "a", 1);
    let reader = history.reader().unwrap();
    let due = reader.due(1, 10).unwrap();
    let mut batch = history.batch();
    batch.failed(due[0].id, 1000, "not now").unwrap();
    batch.told(due[1].id, 1).unwrap();
    batch.commit().unwrap();
    clear(&mut history, id, 2);
    let what = |now| {
        let due = reader.due(now, 10).unwrap();
        let words = due.iter().map(|t| format!("{} {}", t.outlet, t.transition.as_str()));
        words.collect::<Vec<_>>()
    };
    assert_eq!(what(2), ["quick cleared"]);
    assert_eq!(what(1000), ["slow raised", "quick cleared"]);
    assert_eq!(reader.next_due(None).unwrap(), Some(2));
    assert_eq!(reader.next_due(Some("slow")).unwrap(), Some(1000));
    assert_eq!(reader.due_to("slow", 1000, 9).unwrap().len(), 1);
    let quick = reader.due(2, 10).unwrap()[0].id;
    told(&mut history, quick);
    assert_eq!(reader.next_due(None).unwrap(), Some(1000));
    told(&mut history, due[0].id);
    assert_eq!(what(1000), ["slow cleared"]);
    assert_eq!(reader.due(1000, 10).unwrap()[0].transition, Transition::Cleared);
}

#[test]
fn an_outlet_with_much_to_tell_leaves_room_for_others() {
    let mut history = History::temporary().unwrap();
    history.set_outlets(&["full"]).unwrap();
    (0..20).for_each(|at| _ = raise(&mut history, "a", at));
    history.set_outlets(&["full", "other"]).unwrap();
    raise(&mut history, "a", 30);
    let reader = history.reader().unwrap();
    let due = reader.due(100, 5).unwrap();
    let others = due.iter().filter(|telling| telling.outlet == "other").count();
    assert_eq!((due.len(), others), (6, 1));
    assert!(due.is_sorted_by_key(|telling| telling.id));
}

#[test]
fn what_is_told_to_an_outlet_that_is_gone_is_given_up() {
    let desk = Desk::new();
    let mut history = desk.open();
    history.set_outlets(&["old", "log"]).unwrap();
    let id = raise(&mut history, "a", 1);
    drop(history);
    let mut history = desk.open();
    history.set_outlets(&["log"]).unwrap();
    let reader = history.reader().unwrap();
    assert_eq!(reader.due(9, 9).unwrap().len(), 1);
    let told = reader.told(id).unwrap();
    assert_eq!((told[0].outlet.as_str(), told[0].state), ("old", State::GivenUp));
    assert!(told[0].reason.as_ref().unwrap().contains("no longer configured"));
}

/// One of many that another tells of: it is there as any other, but no outlet hears of it, nor that it is over.
#[test]
fn an_alert_that_nobody_is_told_of_is_not_told_when_it_is_cleared() {
    let desk = Desk::new();
    let mut history = desk.open();
    history.set_outlets(&["log"]).unwrap();
    let mut batch = history.batch();
    let alert = NewAlert { device: "a", kind: "silent", at: 1, words: "w", ..NewAlert::default() };
    let quiet = batch.raise_untold(&alert).unwrap();
    let told = batch.raise(&alert).unwrap();
    batch.commit().unwrap();
    drop(history);
    let mut history = desk.open();
    history.set_outlets(&["log"]).unwrap();
    let reader = history.reader().unwrap();
    assert_eq!(reader.open_alerts().unwrap().len(), 2);
    assert!(clear(&mut history, quiet, 2) && clear(&mut history, told, 3));
    assert!(reader.open_alerts().unwrap().is_empty());
    let due = |reader: &judder_history::Reader| -> Vec<_> {
        let due = reader.due(9, 10).unwrap();
        due.into_iter().map(|one| (one.alert.id, one.transition)).collect()
    };
    let first = due(&reader);
    assert!(first.contains(&(told, Transition::Raised)), "{first:?}");
    assert!(first.iter().all(|one| one.0 == told), "{first:?}");
    assert_eq!(reader.totals().unwrap().pending, 2);
}

/// What was known before it could be written goes in under the numbers that it has, and others count on from there.
#[test]
fn an_alert_that_is_written_late_keeps_its_number_and_what_was_told() {
    let desk = Desk::new();
    let mut history = desk.open();
    history.set_outlets(&["log", "hook"]).unwrap();
    let first = raise(&mut history, "a", 1);
    let reader = history.reader().unwrap();
    let waiting = reader.untold(9).unwrap();
    assert_eq!((waiting.len(), waiting[1].telling.outlet.as_str()), (2, "hook"));
    let numbers = history.numbers().unwrap();
    assert_eq!((numbers.alert, numbers.telling.0), (first, 2));
    let alert = Alert {
        id: AlertId(1_790_000_000_000),
        kind: "drift".to_owned(),
        device: "new".to_owned(),
        raised_at: 5,
        cleared_at: Some(9),
        ..reader.alert(first).unwrap().unwrap()
    };
    let late = |id, outlet: &str, transition, state| {
        let outlet = outlet.to_owned();
        let telling =
            Telling { id: TellingId(id), outlet, attempts: 0, alert: alert.clone(), transition };
        Late { telling, state, at: 7, reason: None }
    };
    let mut batch = history.batch();
    batch.add_alert(&alert).unwrap();
    assert!(batch.clear_untold(first, 8).unwrap() && !batch.clear_untold(first, 9).unwrap());
    for one in [
        // The history has this one.
        Late { state: State::Told, ..waiting[0].clone() },
        late(3, "log", Transition::Raised, State::Told),
        late(4, "hook", Transition::Raised, State::Pending),
        late(5, "hook", Transition::Cleared, State::Pending),
    ] {
        batch.settle_telling(&one).unwrap();
    }
    batch.tell(first, Transition::Cleared, 8, Some("hook")).unwrap();
    batch.commit().unwrap();
    assert_eq!(reader.alert(alert.id).unwrap().as_ref(), Some(&alert));
    let words = |telling: &Telling| {
        format!("{} {} {}", telling.outlet, telling.alert.device, telling.transition.as_str())
    };
    let due: Vec<_> = reader.due(99, 9).unwrap().iter().map(words).collect();
    assert_eq!(due, ["hook a raised", "hook new raised", "log a cleared"]);
    assert_eq!(reader.half_told(0).unwrap(), []);
    let next = raise(&mut history, "a", 10);
    assert_eq!(next, AlertId(alert.id.0 + 1));
    // Of this one outlets are told that it was raised, and not that it is over.
    let mut batch = history.batch();
    batch.clear_untold(next, 20).unwrap();
    batch.commit().unwrap();
    let half: Vec<_> = reader.half_told(20).unwrap().iter().map(|one| one.id).collect();
    assert_eq!((half, reader.half_told(21).unwrap()), (vec![next], vec![]));
}
