//! Comparing, choosing, watching, and a new baseline.

use serde_json::Value;

use crate::room::{ANOMALY, NORMAL, Room};

/// A room with a fan whose base was moved, too.
fn with_moved() -> Room {
    let room = Room::with_fan();
    let states = "--states low+moved --recordings 60";
    room.judder(&format!("simulate --out moved {states} --readings 64")).well();
    room
}

const MOVED: &str = "moved/fan_0_low_0_weight-moving";

fn verdicts(csv: &str) -> Vec<&str> {
    csv.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect()
}

#[test]
fn compare_shows_every_split_and_is_json_too() {
    let room = Room::with_fan();
    room.judder("simulate --out more --states med --recordings 24 --readings 64").well();
    let compare = format!(
        "compare --normal {NORMAL} more/fan_0_med_0_weight --anomaly {ANOMALY} --features mad log-cov \
         --detector mixture neighbours --shuffles 2"
    );
    let table = room.judder(&compare).well().stdout;
    let header = table.lines().next().unwrap();
    for column in ["AUC shuffled", "AUC time-ordered", "AUC left out", "later false alarms"] {
        assert!(header.contains(column), "{table}");
    }
    assert_eq!(table.lines().count(), 2 + 4, "{table}");
    let json: Value =
        serde_json::from_str(&room.judder(&format!("{compare} --format json")).well().stdout)
            .unwrap();
    let rows = json.as_array().unwrap();
    let names: Vec<_> =
        rows.iter().map(|row| (row["features"].as_str(), row["detector"].as_str())).collect();
    assert_eq!(names[0], (Some("mad"), Some("mixture")));
    assert_eq!(names[3], (Some("log-cov"), Some("neighbours")));
    for row in rows {
        let splits = row["splits"].as_array().unwrap();
        let names: Vec<_> = splits.iter().map(|split| split["split"].as_str().unwrap()).collect();
        assert_eq!(names, ["shuffled", "time-ordered", "left out"]);
        let (in_time, left_out) = (&splits[1]["auc"], &splits[2]["auc"]);
        assert!(in_time.as_f64().unwrap() > 0.8 && left_out.as_f64().unwrap() < 1.0, "{row}");
    }
}

#[test]
fn compare_wants_anomalies_and_detectors() {
    let room = Room::with_fan();
    let words = ["--anomaly", "--detector auto"];
    room.refused(&format!("compare --normal {NORMAL}"), 2, &words);
    let line = format!("compare --normal {NORMAL} --anomaly {ANOMALY} --detector auto");
    room.refused(&line, 2, &["auto is no detector"]);
    room.refused("compare --normal none --anomaly none", 1, &["none"]);
}

#[test]
fn auto_tells_what_it_chose_by_and_never_looks_at_anomalies() {
    let room = Room::with_fan();
    let train = format!("train --detector auto --normal {NORMAL}");
    let alone = room.judder(&format!("{train} -o alone.json")).well().stderr;
    assert!(alone.contains("chosen     ") && alone.contains("disturbances noticed"), "{alone}");
    room.judder(&format!("{train} --anomaly {ANOMALY} -o beside.json")).well();
    let detector = |name: &str| {
        let json: Value = serde_json::from_slice(&room.read(name)).unwrap();
        (json["features"].clone(), json["detector"].clone(), json["threshold"].clone())
    };
    assert_eq!(detector("alone.json"), detector("beside.json"));
    let words = room.judder(&format!("{train} --features mad -o mad.json")).well().stderr;
    // The default and the nearest neighbours, with these features.
    assert!(words.lines().filter(|line| line.contains(" mad ")).count() >= 2, "{words}");
    room.refused(&format!("{train} -o m.json --k 3"), 2, &["--k goes with"]);
    room.refused(&format!("{train} -o m.json --shrinkage oas"), 2, &["--shrinkage goes with"]);
}

#[test]
fn a_moved_base_is_no_anomaly_and_gets_a_new_baseline() {
    let room = with_moved();
    room.judder(&format!("train --normal {NORMAL} --turned 0.5 -o still.json")).well();
    let scored = room.judder(&format!("score still.json {MOVED} --format csv")).well();
    let found = verdicts(&scored.stdout);
    assert!(found.iter().filter(|one| **one == "remounted").count() > 40, "{found:?}");
    assert!(!found.contains(&"anomaly"), "{found:?}");
    assert!(scored.stderr.contains("judder rebaseline"), "{}", scored.stderr);
    let before = room.read("still.json");
    room.judder(&format!("rebaseline still.json --normal {MOVED} -o moved.json")).well();
    assert_eq!(room.read("still.json"), before);
    let again = room.judder(&format!("score moved.json {MOVED} --format csv")).well().stdout;
    assert!(verdicts(&again).iter().filter(|one| **one == "normal").count() > 40, "{again}");
    let json: Value = serde_json::from_slice(&room.read("moved.json")).unwrap();
    assert_eq!(json["provenance"]["origin"], "judder rebaseline");
    assert_eq!(json["provenance"]["before"].as_str().unwrap().len(), 64);
    room.refused(
        &format!("rebaseline still.json --normal {MOVED} -o still.json"),
        1,
        &["still.json"],
    );
    room.refused(&format!("rebaseline none.json --normal {MOVED} -o n.json"), 1, &["none.json"]);
    let wide = "simulate --out wide --states low --recordings 12 --readings 32";
    room.judder(wide).well();
    let line = "rebaseline still.json --normal wide -o n.json";
    room.refused(line, 1, &["12 of 12 recordings"]);
}

#[test]
fn an_idle_machine_is_called_so() {
    let room = Room::with_fan();
    room.judder("simulate --out still --states off --recordings 24 --readings 64").well();
    let train = format!("train --normal {NORMAL} --turned any");
    room.judder(&format!("{train} --idle still/fan_0_off_0_weight -o m.json")).well();
    let scored = room.judder("score m.json still --format csv").well();
    assert!(verdicts(&scored.stdout).iter().all(|one| *one == "idle"), "{}", scored.stdout);
    assert!(scored.stderr.contains("stands still"), "{}", scored.stderr);
    let line = format!("{train} --idle {NORMAL} -o n.json");
    room.refused(&line, 1, &["--idle", "does not tell them apart"]);
    room.refused(&format!("{train} --idle-below 0 -o n.json"), 2, &["--idle-below"]);
    let both = format!("{train} --idle-below 0.1 --idle still -o n.json");
    room.refused(&both, 2, &["--idle"]);
}

#[test]
fn averages_and_votes_are_kept_in_the_model() {
    let room = Room::with_fan();
    let train = format!("train --normal {NORMAL}");
    room.judder(&format!("{train} --average 3 --votes 2/3 --clear 0.8 -o m.json")).well();
    let json: Value = serde_json::from_slice(&room.read("m.json")).unwrap();
    let watch = &json["watch"];
    assert_eq!(
        (&watch["average"], &watch["votes"], &watch["of"]),
        (&3.into(), &2.into(), &3.into())
    );
    let found = room.judder(&format!("score m.json {ANOMALY} --format csv")).well().stdout;
    // One window alone raises no alarm; two do.
    assert_eq!(verdicts(&found)[..3], ["normal", "anomaly", "anomaly"], "{found}");
    for (wrong, words) in [
        ("--votes 3/2", "M <= N"),
        ("--votes 2", "as 2/3"),
        ("--average 65", "from 1 to 64"),
        ("--clear 1.5", "at most 1"),
        ("--turned 200", "below 180"),
    ] {
        room.refused(&format!("{train} {wrong} -o n.json"), 2, &[words]);
    }
}

#[test]
fn a_new_baseline_has_the_axes_of_the_model() {
    let room = Room::with_network();
    let line = |at: u32| {
        let x = f64::from(at * 7919 % 1000) / 1e4;
        format!("{x},{}\n", 0.1 - x * x)
    };
    for file in 0..24 {
        let rows: String = (0..64).map(|row| line(file * 64 + row)).collect();
        room.write(format!("two/{file:04}.csv"), rows);
    }
    room.refused(
        "rebaseline n.json --normal two -o new.json",
        1,
        &["has 2 axes", "model is for 3"],
    );
    room.judder(&format!("train --detector neighbours --normal {NORMAL} -o k.json")).well();
    room.refused(
        "rebaseline k.json --normal two -o new.json",
        1,
        &["has 2 axes", "model is for 3"],
    );
}

#[test]
fn averaged_scores_are_chosen_by_and_told() {
    let room = Room::with_fan();
    room.judder("simulate --out long --states low --recordings 120 --readings 64").well();
    let train = "train --detector auto --average 3 --normal long/fan_0_low_0_weight -o m.json";
    let words = room.judder(train).well().stderr;
    assert!(!words.contains("too many"), "{words}");
    assert!(words.contains("decides    on the mean of 3 scores; 1 of 1 decision"), "{words}");
    let idle = format!("train --normal {NORMAL} --idle-below 1e9 -o i.json");
    room.refused(&idle, 1, &["--idle-below", "called idle"]);
}

#[test]
fn a_remounted_sensor_is_reason_enough_to_fail() {
    let room = with_moved();
    room.judder(&format!("train --normal {NORMAL} --turned 0.5 -o still.json")).well();
    room.judder(&format!("score still.json {MOVED} --fail-on-anomaly")).ended(3);
}
