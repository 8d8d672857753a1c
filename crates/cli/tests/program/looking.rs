//! Training looks at what it is given, before and after it learns from it.

use std::fs;

use crate::room::{ANOMALY, NORMAL, Room};

/// Puts the readings of a folder, multiplied, into another.
fn multiplied(room: &Room, from: &str, to: &str, by: f64) {
    for at in 0..24 {
        let name = format!("{at:04}.csv");
        let text = fs::read_to_string(room.path(from).join(&name)).unwrap();
        let line = |line: &str| {
            let values: Vec<String> = line
                .split(',')
                .map(|value| (by * value.trim().parse::<f64>().unwrap()).to_string())
                .collect();
            values.join(", ") + "\n"
        };
        let text: String = text.lines().map(line).collect();
        room.write(format!("{to}/{name}"), text);
    }
}

#[test]
fn each_folder_that_is_taken_is_listed_with_its_recordings() {
    let room = Room::with_fan();
    let folders =
        [format!("  normal    {NORMAL} (24 recordings)"), format!("{ANOMALY} (24 recordings)")];
    let train = room.judder("train --normal fan --features mad -o all.json").well();
    assert!(train.stderr.contains(&folders[0]), "{}", train.stderr);
    assert!(train.stderr.contains(&format!("  normal    {}", folders[1])), "{}", train.stderr);
    let labelled = format!("--normal {NORMAL} --anomaly {ANOMALY}");
    let train = room.judder(&format!("train {labelled} --features mad -o m.json")).well();
    assert!(train.stderr.contains(&folders[0]), "{}", train.stderr);
    assert!(train.stderr.contains(&format!("  anomalous {}", folders[1])), "{}", train.stderr);
    let again = room.judder(&format!("rebaseline m.json --normal {NORMAL} -o new.json")).well();
    assert!(again.stderr.contains(&folders[0]), "{}", again.stderr);
    let compare = format!("compare {labelled} --features mad --shuffles 1");
    let compare = room.judder(&compare).well();
    assert!(compare.stderr.contains(&folders[0]), "{}", compare.stderr);
    assert!(compare.stderr.contains(&format!("  anomalous {}", folders[1])), "{}", compare.stderr);
}

#[test]
fn equal_recordings_on_both_sides_are_refused_and_both_named() {
    let room = Room::with_fan();
    // The dataset as normal takes the coin's folder, too.
    let words =
        [&*format!("{ANOMALY}/0000.csv and {ANOMALY}/0000.csv"), "and so do 23 more", "--normal"];
    for train in ["train", "train --force", "train --detector auto"] {
        let train = format!("{train} --normal fan --anomaly {ANOMALY} -o m.json");
        room.refused(&train, 1, &words);
    }
    room.refused(&format!("compare --normal fan --anomaly {ANOMALY}"), 1, &words);
    // By content, whatever it is called.
    fs::copy(room.path(NORMAL).join("0007.csv"), room.path(ANOMALY).join("0999.csv")).unwrap();
    let words = [&*format!("{NORMAL}/0007.csv and {ANOMALY}/0999.csv hold the same readings")];
    let train = format!("train --normal {NORMAL} --anomaly {ANOMALY} -o m.json");
    room.refused(&train, 1, &words);
}

#[test]
fn a_folder_given_twice_is_learnt_once() {
    let room = Room::with_fan();
    room.judder(&format!("train --normal {NORMAL} {ANOMALY} --features mad -o once.json")).well();
    let one = format!("{NORMAL}/0003.csv");
    let twice = format!("{NORMAL} fan/../{NORMAL} {one} {ANOMALY} fan");
    let line = format!("train --normal {twice} --features mad -o twice.json");
    let train = room.judder(&line).well();
    assert_eq!(train.stderr.matches("(24 recordings)").count(), 2, "{}", train.stderr);
    let model = |name| fs::read_to_string(room.path(name)).unwrap();
    assert_eq!(model("once.json"), model("twice.json"));
}

#[test]
fn errors_that_a_check_finds_stop_training_unless_it_is_forced() {
    let room = Room::with_fan();
    multiplied(&room, NORMAL, "other/mg", 1000.0);
    let check = room.judder("check fan other").well().stdout;
    let finding = check.lines().find(|line| line.contains("mixed-units")).unwrap();
    let finding = finding.split("mixed-units").nth(1).unwrap();
    let both = format!("--normal {NORMAL} {ANOMALY} other");
    for line in [
        format!("train {both} -o m.json"),
        format!("train {both} --skip-bad -o m.json"),
        format!("train {both} --detector auto -o m.json"),
        format!("compare --normal {NORMAL} {ANOMALY} --anomaly other"),
    ] {
        let words = ["--force", "other/mg: mixed-units", finding];
        let before = room.all();
        let ended = room.judder(&line).ended(1);
        assert!(words.iter().all(|word| ended.stderr.contains(word)), "{}", ended.stderr);
        assert_eq!(room.all(), before, "{line}");
    }
    // What is in another unit as a whole is told as that.
    let line = format!("train --normal {NORMAL} {ANOMALY} --anomaly other -o m.json");
    room.refused(&line, 1, &["gravity reads ", "--unit mg"]);
    let train = format!("train {both} --features mad --force -o m.json");
    let forced = room.judder(&train).well();
    let says = "note: going on all the same (--force): other/mg: mixed-units";
    assert!(forced.stderr.contains(says), "{}", forced.stderr);
    let again = format!("rebaseline m.json {both} -o new.json");
    assert!(room.judder(&again).ended(1).stderr.contains("mixed-units"));
    let forced = room.judder(&format!("{again} --force")).well();
    assert!(forced.stderr.contains(says), "{}", forced.stderr);
    // The same in two states.
    let train = format!("train --normal {NORMAL} copy -o copy.json");
    multiplied(&room, NORMAL, "copy/of", 1.0);
    let ended = room.judder(&train).ended(1);
    assert!(ended.stderr.contains("duplicate-across-folders"), "{}", ended.stderr);
}

#[test]
fn a_normal_folder_that_is_as_an_anomalous_one_is_named() {
    let room = Room::new();
    let states = "--states low,low+coin,medium,medium+coin --recordings 80";
    room.judder(&format!("simulate --out fan {states}")).well();
    let coin = ["fan/fan_0_low_1_weight", "fan/fan_0_med_1_weight"];
    let right =
        format!("train --normal {NORMAL} fan/fan_0_med_0_weight --anomaly {}", coin.join(" "));
    let right = room.judder(&format!("{right} -o m.json")).well();
    assert!(!right.stderr.contains("vibrates as"), "{}", right.stderr);
    // Half of the coin's recordings are called normal.
    fs::create_dir_all(room.path("odd")).unwrap();
    for at in (1..80).step_by(2) {
        let name = format!("{at:04}.csv");
        fs::rename(room.path(coin[0]).join(&name), room.path("odd").join(&name)).unwrap();
    }
    let wrong = format!("train --normal {NORMAL} odd --anomaly {} -o n.json", coin.join(" "));
    let wrong = room.judder(&wrong).well();
    let says = format!("note: odd, which is given as normal, vibrates as {} does", coin[0]);
    assert!(wrong.stderr.contains(&says), "{}", wrong.stderr);
    assert_eq!(wrong.stderr.matches("vibrates as").count(), 1, "{}", wrong.stderr);
}

#[test]
fn false_alarms_that_are_not_those_asked_for_are_said_with_where_they_lie() {
    let room = Room::new();
    room.judder("simulate --out fan --states low,medium --recordings 100").well();
    let train = format!("train --normal {NORMAL} -o m.json");
    let kept = room.judder(&train).well();
    assert!(!kept.stderr.contains("in time order"), "{}", kept.stderr);
    // Another speed at the end, which nothing before it is like.
    for at in 90..100 {
        let name = format!("{at:04}.csv");
        fs::copy(room.path("fan/fan_0_med_0_weight").join(&name), room.path(NORMAL).join(&name))
            .unwrap();
    }
    let said = room.judder(&train).well();
    let says = format!("10 of these 10 lie from {NORMAL}/0090.csv to 0099.csv");
    assert!(said.stderr.contains(&says), "{}", said.stderr);
    assert!(
        said.stderr.contains("1.00 % was asked for, and in time order 10.0 %"),
        "{}",
        said.stderr
    );
}

#[test]
fn decisions_are_what_a_rate_is_asked_of() {
    let room = Room::new();
    room.judder("simulate --out fan --states low --recordings 200").well();
    let train = |options: &str| {
        let train = format!("train --normal {NORMAL} {options} -o m.json");
        let says = room.judder(&train).well().stderr;
        let model: serde_json::Value = serde_json::from_slice(&room.read("m.json")).unwrap();
        (says, model["threshold"]["value"].as_f64().unwrap())
    };
    let (says, alone) = train("");
    assert!(says.contains("of normal windows above the threshold"), "{says}");
    let (says, votes) = train("--votes 2/3");
    assert!(says.contains("of decisions on normal windows in alarm"), "{says}");
    assert!(!says.contains("shuffled"), "{says}");
    // Two votes come together seldom, so each may be lower.
    assert!(votes < alone, "{votes} {alone}");
    assert!(says.contains("200 decisions, each on up to 3 windows,"), "{says}");
}
