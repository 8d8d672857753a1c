//! What is not judged, and what is said of it: units, gravity, exit codes, and models of version 1.

use std::fs;

use serde_json::Value;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

fn verdicts(csv: &str) -> Vec<&str> {
    csv.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect()
}

/// Recordings of a folder made anew, reading by reading, given which of them it is and in which file.
fn remade(room: &Room, from: &str, to: &str, change: impl Fn(usize, usize, [f64; 3]) -> Vec<f64>) {
    let mut files: Vec<_> = fs::read_dir(room.path(from))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .collect();
    files.sort();
    for (file, path) in files.iter().enumerate() {
        let text = fs::read_to_string(path).unwrap();
        let numbers = |line: &str| -> Vec<f64> {
            line.split(',').map(|x| x.trim().parse().unwrap()).collect()
        };
        let rows: Vec<Vec<f64>> = text.lines().map(numbers).collect();
        let rows = rows.iter().enumerate().map(|(at, row)| {
            let row = change(file, at, row.as_slice().try_into().unwrap());
            row.iter().map(|x| format!("{x:.6}")).collect::<Vec<_>>().join(",") + "\n"
        });
        let name = path.file_name().unwrap().to_str().unwrap();
        room.write(format!("{to}/{name}"), rows.collect::<String>());
    }
}

/// Gravity of the simulated fan, about which it vibrates.
const GRAVITY: [f64; 3] = [-0.0116, 0.206, 0.9786];

fn grown(by: f64) -> impl Fn(usize, usize, [f64; 3]) -> Vec<f64> {
    move |_, _, row| {
        let axes = row.iter().zip(GRAVITY);
        axes.map(|(x, gravity)| (gravity + by * (x - gravity)).clamp(-8.0, 8.0)).collect()
    }
}

#[test]
fn the_stronger_the_fault_the_surer_the_alarm() {
    let room = Room::with_fan();
    room.judder(&format!("train --normal {NORMAL} -o m.json")).well();
    // The means of the windows, about which they vibrate.
    let sums = std::cell::RefCell::new(vec![[0.0; 3]; 24]);
    remade(&room, ANOMALY, "same", |file, _, row| {
        sums.borrow_mut()[file]
            .iter_mut()
            .zip(row)
            .for_each(|(sum, x)| *sum += x / READINGS as f64);
        row.to_vec()
    });
    let means = sums.into_inner();
    for by in [1.0, 3.0, 8.0, 20.0, 40.0, 100.0] {
        let to = format!("grown-{by}");
        remade(&room, ANOMALY, &to, |file, _, row| {
            let axes = row.iter().zip(means[file]);
            axes.map(|(x, mean)| (mean + by * (x - mean)).clamp(-8.0, 8.0)).collect()
        });
        let line = format!("score m.json {to} --format csv --fail-on-anomaly");
        let scored = room.judder(&line).ended(3);
        let found = verdicts(&scored.stdout);
        assert!(found.iter().all(|one| *one == "anomaly"), "{by}: {found:?}");
    }
}

/// Gravity swings from one third of the window to the other.
fn handled(_: usize, at: usize, [x, y, z]: [f64; 3]) -> Vec<f64> {
    let angle = 0.3 * at as f64 / 64.0;
    vec![x, y * angle.cos() - z * angle.sin(), y * angle.sin() + z * angle.cos()]
}

#[test]
fn what_is_not_judged_ends_with_a_code_of_its_own() {
    let room = Room::with_fan();
    room.judder(&format!("train --normal {NORMAL} -o m.json")).well();
    remade(&room, NORMAL, "hand", handled);
    let scored = room.judder("score m.json hand --format jsonl --fail-on-anomaly").ended(4);
    for words in
        ["24 windows not judged: the sensor", "no window was judged", "look at the machine"]
    {
        assert!(scored.stderr.contains(words), "{words}: {}", scored.stderr);
    }
    for line in scored.stdout.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let above = line["score"].as_f64().unwrap() > line["threshold"].as_f64().unwrap();
        assert_eq!((line["verdict"].as_str(), above), (Some("handled"), true), "{line}");
        assert_eq!(line["excused"], true, "{line}");
    }
    let table = room.judder("score m.json hand").well().stdout;
    assert_eq!(table.matches("(above the threshold)").count(), 24, "{table}");
    let csv = room.judder("score m.json hand --format csv").well().stdout;
    assert!(csv.starts_with("path,score,threshold,verdict\n"), "{csv}");
    let line = format!("evaluate m.json --normal {NORMAL} --anomaly hand --format json");
    let figures: Value = serde_json::from_str(&room.judder(&line).well().stdout).unwrap();
    let state = &figures["states"][1];
    assert_eq!((&state["handled"], &state["excused"]), (&24.into(), &24.into()), "{state}");
    // With windows that are judged it is what these are, or that one was excused.
    let line = format!("score m.json hand {NORMAL} --fail-on-anomaly");
    let ended = room.judder(&line);
    let code = if ended.stderr.contains("0 of 24 windows above") { 4 } else { 3 };
    ended.ended(code);
    room.judder(&format!("score m.json hand {ANOMALY} --fail-on-anomaly")).ended(3);
    // What cannot be read comes first.
    room.write("hand/zz.csv", "1,2\nx\n");
    room.judder("score m.json hand --fail-on-anomaly").ended(1);
    // An idle machine is none that is not judged.
    room.judder(&format!("train --normal {NORMAL} --idle-below 0.001 -o i.json")).well();
    remade(&room, NORMAL, "still", grown(0.01));
    room.judder("score i.json still --fail-on-anomaly").ended(0);
}

#[test]
fn gates_are_switched_off_for_every_later_command() {
    let room = Room::with_fan();
    let train = format!("train --normal {NORMAL} --handled never --turned any -o m.json");
    room.judder(&train).well();
    remade(&room, NORMAL, "hand", handled);
    remade(&room, NORMAL, "over", |_, _, [x, y, z]| vec![y, z, x]);
    room.judder(&format!("rebaseline m.json --normal {NORMAL} -o again.json")).well();
    for model in ["m.json", "again.json"] {
        let watch: Value = serde_json::from_slice(&room.read(model)).unwrap();
        let watch = &watch["watch"];
        assert_eq!((&watch["handled"], &watch["turned"]), (&"never".into(), &"any".into()));
        assert!(watch.get("handled_above").is_none() && watch.get("mounting").is_none(), "{watch}");
        for moved in ["hand", "over"] {
            let line = format!("score {model} {moved} --format csv");
            let scored = room.judder(&line).well().stdout;
            assert!(!scored.contains("handled") && !scored.contains("remounted"), "{scored}");
        }
    }
    // An angle that was asked for is kept, too.
    room.judder(&format!("train --normal {NORMAL} --turned 7 -o seven.json")).well();
    room.judder(&format!("rebaseline seven.json --normal {NORMAL} -o eight.json")).well();
    let watch: Value = serde_json::from_slice(&room.read("eight.json")).unwrap();
    assert_eq!(watch["watch"]["turned"], 7.0);
    assert_eq!(watch["watch"]["mounting"][0]["moved"], 7.0);
    room.refused(&format!("train --normal {NORMAL} --handled no -o n.json"), 2, &["--handled"]);
}

/// A sensor that sees no gravity has a mean that is an offset, and its direction is no mounting.
#[test]
fn without_gravity_nothing_is_handled_or_remounted() {
    let room = Room::with_fan();
    let offsets = |offsets: [f64; 3]| {
        move |_, _, row: [f64; 3]| {
            let axes = row.iter().zip(GRAVITY).zip(offsets);
            axes.map(|((x, gravity), offset)| x - gravity + offset).collect()
        }
    };
    remade(&room, NORMAL, "flat", offsets([0.003, -0.002, 0.004]));
    remade(&room, NORMAL, "later", offsets([0.004, -0.001, 0.003]));
    remade(&room, ANOMALY, "coin", offsets([0.004, -0.001, 0.003]));
    let trained = room.judder("train --normal flat -o m.json").well();
    assert!(trained.stderr.contains("no three axes see gravity"), "{}", trained.stderr);
    let watch: Value = serde_json::from_slice(&room.read("m.json")).unwrap();
    assert_eq!(watch["watch"]["gravity"], "unseen");
    let of = |folder: &str| {
        let scored = room.judder(&format!("score m.json {folder} --format csv")).well();
        let found = verdicts(&scored.stdout);
        ["normal", "anomaly"].map(|kind| found.iter().filter(|one| **one == kind).count())
    };
    assert_eq!(of("coin"), [0, 24]);
    let [normal, anomaly] = of("later");
    assert!(normal > 20 && normal + anomaly == 24, "{normal}");
    // A change of unit is an anomaly, and never excused.
    remade(&room, "later", "mg", |_, _, row| row.iter().map(|x| 1000.0 * x).collect());
    assert_eq!(of("mg"), [0, 24]);
}

#[test]
fn another_unit_is_told_as_that_and_never_as_an_angle() {
    let room = Room::with_fan();
    // Features that know no size see nothing of a unit; what cannot be judged is not called normal.
    for features in ["log-cov", "correlation"] {
        room.judder(&format!("train --normal {NORMAL} --features {features} -o m.json")).well();
        remade(&room, NORMAL, "mg", |_, _, row| row.iter().map(|x| 1000.0 * x).collect());
        let scored = room.judder("score m.json mg --format csv --fail-on-anomaly").ended(4);
        assert!(verdicts(&scored.stdout).is_empty(), "{}", scored.stdout);
        let scored = scored.says(&["23 more", "look like mg", "--unit mg"]);
        assert!(!scored.stderr.contains("turned"), "{}", scored.stderr);
        let named = room.judder("score m.json mg --format csv --unit mg").well().stdout;
        let in_g = room.judder(&format!("score m.json {NORMAL} --format csv")).well().stdout;
        assert_eq!(verdicts(&named), verdicts(&in_g));
    }
}

#[test]
fn six_axes_are_gated_by_the_three_that_see_gravity() {
    let room = Room::with_fan();
    let six = |drift: f64| {
        move |file: usize, at: usize, row: [f64; 3]| {
            let noise = ((at * 7919 + file * 31) % 101) as f64 / 1e3;
            let gyro = [1.4 + drift, -0.9, 0.3].map(|x| x + noise * (1.0 + x).cos());
            [row, gyro].concat()
        }
    };
    remade(&room, NORMAL, "six", six(0.0));
    remade(&room, NORMAL, "warm", six(5.0));
    let trained = room.judder("train --normal six -o m.json").well();
    assert!(trained.stderr.contains("axes 1, 2 and 3 of 6"), "{}", trained.stderr);
    let scored = room.judder("score m.json warm --format csv").well().stdout;
    assert!(!scored.contains("handled") && !scored.contains("remounted"), "{scored}");
}

/// A model of 0.1.0, and what that said of the same simulated recordings: scores have the same digits,
/// and where it is another verdict, the window was excused.
#[test]
fn a_model_of_version_1_gives_the_scores_that_it_gave() {
    const MODEL: &str = include_str!("../data/version-1/fan.model.json");
    const SCORES: &str = include_str!("../data/version-1/scores.csv");
    let room = Room::new();
    room.judder("simulate --out fan --states low,low+coin,low+moved --recordings 40").well();
    room.write("old.json", MODEL);
    let scored = room.judder("score old.json fan --format csv").well().stdout;
    let (found, expected): (Vec<&str>, Vec<&str>) =
        (scored.lines().collect(), SCORES.lines().collect());
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.into_iter().zip(expected) {
        let ((found, now), (expected, before)) =
            (found.rsplit_once(',').unwrap(), expected.rsplit_once(',').unwrap());
        assert_eq!(found, expected);
        assert!(
            now == before || before == "handled" || before == "remounted",
            "{found} {before} {now}"
        );
    }
    // A new baseline is written as what is new.
    room.judder("rebaseline old.json --normal fan/fan_0_low_0_weight-moving -o new.json").well();
    let new: Value = serde_json::from_slice(&room.read("new.json")).unwrap();
    assert_eq!(new["version"], 2);
}
