//! `judder info` and `judder history export`: what is there, said and written for others.

use serde_json::Value;

use crate::room::{NORMAL, Room};

fn info(room: &Room, options: &str) -> Value {
    let ended = room.judder(&format!("info {options} --format json")).well();
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn a_model_says_what_it_is() {
    let room = Room::with_model();
    let said = info(&room, "m.json");
    for (name, expected) in [
        ("kind", Value::from("model")),
        ("detector", "mahalanobis".into()),
        ("axes", 3.into()),
        ("window", 64.into()),
        ("rate_hz", 200.0.into()),
        ("unit", "g".into()),
        ("precision", "f32".into()),
    ] {
        assert_eq!(said[name], expected, "{name} of {said}");
    }
    assert!(said["threshold"].as_f64().unwrap() > 0.0);
    assert!(said["bytes_of_memory"].as_u64().unwrap() > 0);
    assert_eq!(said["trained_on"][0], format!("{NORMAL} (24 recordings, 24 windows)"));
    let text = room.judder("info m.json").well().stdout;
    assert!(text.starts_with("m.json\n  kind "), "{text}");
    let columns = text.lines().skip(1).map(|line| line[2..].find("  "));
    assert!(columns.clone().all(|at| at.is_some()), "{text}");
}

#[test]
fn recordings_and_folders_say_what_they_hold() {
    let room = Room::with_fan();
    let said = info(&room, "fan");
    for (name, expected) in [
        ("kind", Value::from("folder of recordings")),
        ("folders", 2.into()),
        ("recordings", 48.into()),
        ("readings", (48 * 64).into()),
        ("length", 64.into()),
        ("axes", 3.into()),
        ("rate_hz", 200.0.into()),
        ("seconds", (48.0 * 0.32).into()),
    ] {
        let (found, expected) = (&said[name], &expected);
        let is_near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let is_same = found.as_f64().zip(expected.as_f64()).is_some_and(|(a, b)| is_near(a, b));
        assert!(found == expected || is_same, "{name} of {said}");
    }
    let said = info(&room, &format!("{NORMAL}/0003.csv --unit mg"));
    assert_eq!((&said["kind"], &said["format"]), (&"recording".into(), &"text".into()));
    assert_eq!((&said["length"], &said["rate_hz"]), (&64.into(), &200.0.into()));
    room.write("mixed/a.csv", "1,2\n3,4\n");
    room.write("mixed/b.csv", "1,2,3\n4,5,6\n7,8,9\n");
    room.write("mixed/c.csv", "1,2\n3,x\n");
    let said = info(&room, "mixed");
    assert_eq!((&said["axes"], &said["length"]), (&vec![2, 3].into(), &vec![2, 3].into()));
    assert_eq!((&said["recordings"], &said["unreadable_files"]), (&2.into(), &1.into()));
    assert!(said.get("rate_hz").is_none(), "{said}");
    room.refused("info none", 1, &["none"]);
    room.refused("info mixed/c.csv", 1, &["c.csv", "line 2"]);
    room.write("no.json", "{}");
    room.refused("info no.json", 1, &["no.json"]);
}

#[test]
fn what_a_server_keeps_is_told_and_written() {
    let room = Room::new();
    let script = "\
judder serve --address 127.0.0.1 -p 0 -d kept -t 4 2> said & server=$!
while ! grep -q 'listening on' said; do sleep 0.1; done
url=$(sed -n 's/.*listening on \\(http[^,]*\\),.*/\\1/p' said)
judder simulate --post $url --boards 2 --protocol json --recordings 6 --every 0.01 --readings 64
judder history export kept running
wait $server
judder history export kept csv
judder history export kept pq --format parquet --device simulated-0
";
    room.shell(script).well();
    let said = info(&room, "kept");
    assert_eq!((&said["kind"], &said["recordings"]), (&"history".into(), &12.into()));
    assert_eq!(said["devices"].as_array().unwrap().len(), 2, "{said}");
    for folder in ["running", "csv"] {
        let said = info(&room, folder);
        assert_eq!((&said["recordings"], &said["length"]), (&12.into(), &64.into()), "{said}");
        assert_eq!(said["devices"].as_array().unwrap().len(), 2);
    }
    assert_eq!(&room.read("pq/recordings.parquet")[..4], b"PAR1");
    for words in ["--from soon", "--to 2026-13-01"] {
        room.refused(&format!("history export kept out {words}"), 2, &["it is a time in UTC"]);
    }
    let ended = room.judder("history export kept out --device nobody").ended(1);
    assert!(ended.stderr.contains("no device \"nobody\"; it has"), "{}", ended.stderr);
    room.judder("history export kept csv").ended(1).says(&["csv", "is there already"]);
}
