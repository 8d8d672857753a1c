//! Charts of long spans: what an earlier judder kept is rolled up as the server works, and says the same before and after.

use judder_history::{History, NewRecording, NewWindow, Retention, Sync, Verdict};
use rusqlite::Connection;

use crate::desk::Desk;
use crate::fan::new;

#[test]
fn what_was_kept_before_is_rolled_up_beside_the_work_and_is_asked_for_as_before() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("data")).unwrap();
    let path = desk.path("data/history.db");
    let mut history = History::open(&path, Sync::System, Retention::default()).unwrap();
    let to = 1_700_000_000_000;
    let mut batch = history.batch();
    for second in 0..20_000 {
        let verdict = if second == 7777 { Verdict::Anomaly } else { Verdict::Normal };
        let score = Some(f64::from(second % 100));
        let window = NewWindow { start: 0, score, decision: score, verdict };
        let at = to - 1000 * i64::from(20_000 - second);
        let windows = &[window];
        batch.add(&NewRecording { device: "old", at, windows, ..NewRecording::default() }).unwrap();
    }
    batch.commit().unwrap();
    drop(history);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("DELETE FROM rollup; UPDATE device SET rolled = NULL").unwrap();
    let asked = format!("/api/v1/devices/old/scores?from=0&to={to}&most=100");
    let reader = |path| {
        let history = History::open(path, Sync::System, Retention::default()).unwrap();
        history.reader().unwrap().scores("old", 0, to, 100).unwrap()
    };
    let before = reader(&path);
    assert!((50..=100).contains(&before.len()));
    let served = desk.start();
    served.wait("what was kept is rolled up", |served| {
        served.post("new", 0, &new("low", 0));
        let until = "SELECT ifnull(max(rolled), 0) FROM device WHERE name = 'old'";
        let rolled: i64 = connection.query_row(until, [], |row| row.get(0)).unwrap();
        rolled > to - 100_000
    });
    let rows = "SELECT count(*) FROM rollup WHERE power = 16";
    assert!(connection.query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap() > 300);
    let found = served.get(&asked).well(200).json();
    let points = found["points"].as_array().unwrap();
    assert_eq!(points.len(), before.len());
    for (point, before) in points.iter().zip(&before) {
        assert_eq!(point["at"], before.at);
        assert_eq!(point["verdict"], before.verdict.as_str());
        assert_eq!(point["windows"], before.windows);
        let numbers = ["score", "least", "mean", "decision"].map(|name| point[name].as_f64());
        assert_eq!(numbers, [before.score, before.least, before.mean, before.decision]);
    }
    let anomalies = points.iter().filter(|point| point["verdict"] == "anomaly");
    assert_eq!(anomalies.count(), 1);
}
