//! `judder rebaseline --threshold-only` and `--undo`.

use serde_json::Value;

use crate::room::{NORMAL, Room};

/// A model of the first of the fan's recordings, with a rate that few windows can promise.
fn room() -> Room {
    let room = Room::with_fan();
    let train = format!("train --normal {NORMAL} --features mad --hold-out 0.4 -o");
    room.judder(&format!("{train} m.json --false-alarm-rate 0.2")).well();
    room
}

fn json(room: &Room, model: &str) -> Value {
    serde_json::from_slice(&room.read(model)).unwrap()
}

#[test]
fn the_threshold_alone_changes_and_one_step_leads_back() {
    let room = room();
    let line = format!("rebaseline m.json --normal {NORMAL} --threshold-only -o new.json");
    let words = room.judder(&line).well().stderr;
    for says in [
        "recordings left out: the model was fitted to them",
        "normal     ",
        "threshold  ",
        "; before ",
        "of these windows",
        "wrote      new.json",
    ] {
        assert!(words.contains(says), "{says}: {words}");
    }
    let (old, new) = (json(&room, "m.json"), json(&room, "new.json"));
    assert_ne!(old["threshold"]["value"], new["threshold"]["value"]);
    assert_eq!(new["threshold"]["false_alarm_rate"], 0.2);
    assert_eq!(new["recalibration"]["before"], old["threshold"]);
    for part in ["data", "features", "detector", "watch", "provenance", "figures"] {
        assert_eq!(old[part], new[part], "{part}");
    }
    // The same again gives the same bytes.
    room.judder(&line.replace("new.json", "again.json")).well();
    assert_eq!(room.read("new.json"), room.read("again.json"));
    // And once more, from what was chosen before: still the training's threshold is kept.
    room.judder(&line.replace("m.json", "new.json").replace("-o new.json", "-o third.json")).well();
    assert_eq!(json(&room, "third.json")["recalibration"]["before"], old["threshold"]);
    let words = room.judder("rebaseline third.json --undo -o back.json").well().stderr;
    assert!(words.contains("as trained"), "{words}");
    assert_eq!(room.read("back.json"), room.read("m.json"));
    let nothing = ["back.json", "nothing to undo"];
    room.refused("rebaseline back.json --undo -o more.json", 1, &nothing);
    // What follows from the threshold goes by the new one.
    let rows = room.judder(&format!("score new.json {NORMAL} --format csv")).well();
    let value = new["threshold"]["value"].as_f64().unwrap() as f32;
    assert!(rows.rows()[1].contains(&value.to_string()), "{}", rows.rows()[1]);
}

#[test]
fn what_cannot_be_chosen_anew_is_refused() {
    let room = room();
    let only = "--threshold-only -o new.json";
    // All recordings that it was fitted to.
    room.judder(&format!("train --normal {NORMAL} --features mad -o all.json")).well();
    let line = format!("rebaseline all.json --normal {NORMAL} {only}");
    room.refused(&line, 1, &["fitted to all of these recordings", "--normal"]);
    // A number that was given.
    let train = format!("train --normal {NORMAL} --features mad --hold-out 0.4 --threshold 9");
    room.judder(&format!("{train} -o given.json")).well();
    let line = format!("rebaseline given.json --normal {NORMAL} {only}");
    room.refused(&line, 1, &["given", "--false-alarm-rate"]);
    let without = room.judder(&format!("rebaseline m.json {only}")).ended(2).stderr;
    assert!(without.contains("--normal <DIR>..."), "{without}");
    let both = format!("rebaseline m.json --undo --normal {NORMAL} -o new.json");
    room.refused(&both, 2, &["--undo"]);
    // Nothing was written, and nothing is written over.
    assert!(!room.path("new.json").exists());
    room.refused("rebaseline m.json --undo -o m.json", 1, &["m.json"]);
}
