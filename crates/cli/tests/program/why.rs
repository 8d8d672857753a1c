//! `judder score --why` says what made an anomaly, and changes nothing else.

use serde_json::Value;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

/// Lines of words stand under their row.
fn is_why(line: &&str) -> bool {
    line.starts_with("   ")
}

#[test]
fn a_table_has_a_line_of_words_under_each_anomaly() {
    let room = Room::with_model();
    let (with, without) =
        (room.judder("score m.json fan --why").well(), room.judder("score m.json fan").well());
    let rows: Vec<&str> = with.rows().into_iter().filter(|line| !is_why(line)).collect();
    assert_eq!(rows, without.rows());
    assert_eq!(with.stderr, without.stderr);
    let lines = with.rows();
    let mut anomalies = 0;
    for (line, next) in lines.iter().zip(lines.iter().skip(1).chain([&""])) {
        assert_eq!(line.starts_with("anomaly"), is_why(next), "{line}\n{next}");
        anomalies += usize::from(is_why(next));
        if is_why(next) {
            assert!(next.contains(" × normal") && next.contains(" axis, "), "{next}");
        }
    }
    assert!((10..38).contains(&anomalies), "{anomalies}");
}

#[test]
fn json_has_the_numbers_beside_the_words() {
    let room = Room::with_model();
    let with = room.judder("score m.json fan --why --format jsonl").well();
    let without = room.judder("score m.json fan --format jsonl").well();
    let (mut anomalies, mut banded) = (0, 0);
    for (line, plain) in with.rows().iter().zip(without.rows()) {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let why = line.as_object_mut().unwrap().remove("why").unwrap();
        assert_eq!(line, serde_json::from_str::<Value>(plain).unwrap());
        let why = why.as_array().unwrap();
        assert_eq!(line["verdict"] == "anomaly", !why.is_empty(), "{line}");
        assert!(why.len() <= 3);
        anomalies += usize::from(!why.is_empty());
        for one in why.iter().filter(|one| one.get("feature").is_none()) {
            let words = one["words"].as_str().unwrap();
            let letter = ["x", "y", "z"][usize::try_from(one["axis"].as_u64().unwrap()).unwrap()];
            assert!(words.starts_with(&format!("{letter} axis, ")), "{one}");
            let ratio = one["ratio"].as_f64().unwrap();
            let said: f64 = words.split_whitespace().rev().nth(2).unwrap().parse().unwrap();
            assert!((said / ratio - 1.0).abs() < 0.06, "{one}");
            assert!(one["spreads"].as_f64().unwrap() >= 3.0, "{one}");
            if let (Some(from), Some(to)) = (one["from_hz"].as_f64(), one["to_hz"].as_f64()) {
                assert!(0.0 <= from && from < to && to <= 100.0, "{one}");
                assert!(words.contains(&format!("{from:.0}-{to:.0} Hz")), "{one}");
                banded += 1;
            }
        }
    }
    assert!(anomalies >= 10 && banded >= 20, "{anomalies} {banded}");
}

#[test]
fn csv_has_no_room_for_words() {
    let room = Room::with_model();
    let line = "score m.json fan --why --format csv";
    room.refused(line, 2, &["--why", "--format table or jsonl"]);
}

/// An alarm lasts longer than the scores that raised it: every window of it is explained.
#[test]
fn windows_of_an_alarm_by_several_scores_are_explained() {
    let room = Room::with_fan();
    let train = format!("train --normal {NORMAL} --features mad --average 2 --votes 2/3");
    room.judder(&format!("{train} -o a.json")).well();
    let ended = room.judder(&format!("score a.json {ANOMALY} --why")).well();
    let anomalies = ended.rows().iter().filter(|line| line.starts_with("anomaly")).count();
    assert!(anomalies >= 15, "{}", ended.stdout);
    assert_eq!(ended.rows().iter().filter(|line| is_why(line)).count(), anomalies);
}

/// An imported model tells only what its features do, and says why.
#[test]
fn a_model_that_does_not_know_normal_vibration_names_features() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    let import = format!("import m.npz --precision f32 --window {READINGS} --threshold 12");
    room.judder(&format!("{import} -o t.json")).well();
    let ended = room.judder(&format!("score t.json {ANOMALY} --why")).well();
    let words: Vec<String> = ended.rows().into_iter().filter(is_why).map(str::to_owned).collect();
    assert!(words.len() >= 15, "{}", ended.stdout);
    for line in words {
        assert!(
            line.trim().starts_with("mad ") && line.contains(" standard deviations "),
            "{line}"
        );
    }
    assert!(ended.stderr.contains("note: the model does not know the normal vibration"));
    let jsonl = room.judder(&format!("score t.json {ANOMALY} --why --format jsonl")).well();
    assert!(jsonl.stdout.contains("\"feature\":\"mad "), "{}", jsonl.stdout);
    // Nothing to explain, nothing to say.
    let quiet = room.judder(&format!("score t.json {NORMAL}/0003.csv --why")).well();
    assert!(!quiet.stderr.contains("note: the model does not know"), "{}", quiet.stderr);
}
