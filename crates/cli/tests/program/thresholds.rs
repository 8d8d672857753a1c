//! False alarms asked for and told, as a share and a day, and thresholds compared.

use serde_json::Value;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

/// Windows of [`Room::with_fan`] without a gap, of 64 readings at 200 Hz.
const WINDOWS_PER_DAY: f64 = 86_400.0 * 200.0 / READINGS as f64;

fn rate(room: &Room, model: &str) -> f64 {
    let json: Value = serde_json::from_slice(&room.read(model)).unwrap();
    json["threshold"]["false_alarm_rate"].as_f64().unwrap()
}

fn value(room: &Room, model: &str) -> f64 {
    let json: Value = serde_json::from_slice(&room.read(model)).unwrap();
    json["threshold"]["value"].as_f64().unwrap()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs()
}

#[test]
fn alarms_of_a_day_are_a_rate() {
    let room = Room::with_fan();
    let train = format!("train --features mad --normal {NORMAL} -o");
    let words = room.judder(&format!("{train} share.json --false-alarm-rate 0.1")).well().stderr;
    let says = "asked for  false alarms in 10.0 % of windows, 27 000 a day if windows follow each \
                other without a gap (one every 0.32 s)";
    assert!(words.contains(says), "{words}");
    assert!(!words.contains("note: "), "24 windows can promise 10 %: {words}");
    room.judder(&format!("{train} day.json --false-alarms-per-day 27000")).well();
    assert!(near(rate(&room, "day.json"), 0.1) && near(27_000.0 / WINDOWS_PER_DAY, 0.1));
    assert_eq!(value(&room, "day.json"), value(&room, "share.json"));
    // A hop of half a window gives twice as many windows.
    room.judder(&format!("{train} hop.json --window 32 --hop 16 --false-alarms-per-day 27000"))
        .well();
    assert!(near(rate(&room, "hop.json"), 0.025));
    let minutely = "--false-alarms-per-day 144 --windows-per-day 1440";
    let words = room.judder(&format!("{train} minute.json {minutely}")).well().stderr;
    assert!(words.contains("in 10.0 % of windows, 144 a day at 1440 windows a day"), "{words}");
    assert!(near(rate(&room, "minute.json"), 0.1));
    assert_eq!(room.read("minute.json"), room.read("share.json"));
}

#[test]
fn an_imported_model_takes_alarms_of_a_day_too() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    let import = format!("import m.npz --window {READINGS} -o i.json");
    let line = format!("{import} --normal {NORMAL} --false-alarms-per-day 27000");
    let words = room.judder(&line).well().stderr;
    assert!(words.contains("10.0 % of windows, 27 000 a day if windows follow"), "{words}");
    assert!(near(rate(&room, "i.json"), 0.1));
    // For χ², too.
    let minutely = "--false-alarms-per-day 144 --windows-per-day 1440";
    let words = room.judder(&format!("{import} {minutely}")).well().stderr;
    assert!(words.contains("note: the threshold assumes Gaussian"), "{words}");
    assert!(near(rate(&room, "i.json"), 0.1));
}

#[test]
fn a_rate_has_no_say_where_no_threshold_is_chosen() {
    let room = Room::with_network();
    room.judder("export n.json --to tflite -o n.tflite").well();
    for option in ["--false-alarm-rate 0.1", "--false-alarms-per-day 20"] {
        let name = option.split(' ').next().unwrap();
        let says = [name, "has no say here", "--normal"];
        room.refused(&format!("import n.tflite {option} -o i.json"), 2, &says);
        room.judder(&format!("import n.tflite {option} --normal {NORMAL} -o i.json")).well();
        std::fs::remove_file(room.path("i.json")).unwrap();
        let says = [name, "has no say in --threshold none"];
        room.refused(&format!("import n.tflite {option} --threshold none -o i.json"), 2, &says);
    }
}

#[test]
fn more_alarms_than_windows_are_refused() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    for line in [
        format!("train --normal {NORMAL} -o x.json"),
        format!("import m.npz --window {READINGS} --normal {NORMAL} -o x.json"),
    ] {
        for alarms in ["270000", "1e300"] {
            // What there is in a day, the recordings say.
            let says = ["a window every 0.32 s gives 270000 a day", "--false-alarms-per-day"];
            room.refused(&format!("{line} --false-alarms-per-day {alarms}"), 1, &says);
        }
        for alarms in ["1440", "2000"] {
            let both = format!("--false-alarms-per-day {alarms} --windows-per-day 1440");
            let says = ["there are 1440 windows a day (--windows-per-day)", "not at"];
            room.refused(&format!("{line} {both}"), 2, &says);
        }
    }
}

#[test]
fn what_few_windows_cannot_promise_is_said_in_numbers() {
    let room = Room::with_fan();
    let train = format!("train --features mad --normal {NORMAL} -o m.json");
    let note = |options: &str| {
        let words = room.judder(&format!("{train} {options}")).well().stderr;
        words
            .lines()
            .filter(|line| line.contains("promised"))
            .map(str::to_owned)
            .collect::<String>()
    };
    assert_eq!(
        note(""),
        "note: 1.00 % was asked for, but with 24 normal windows the lowest false-alarm rate that \
         can be promised is 4.00 %, 10 800 a day: record more, 1.00 % takes 99 normal windows \
         (31.7 s of normal recordings)"
    );
    assert_eq!(
        note("--false-alarms-per-day 1 --windows-per-day 86400"),
        "note: 1 a day was asked for, but with 24 normal windows the lowest false-alarm rate that \
         can be promised is 4.00 %, 3460 a day: record more, 1 a day takes 86 399 normal windows \
         (24 h at 86 400 windows a day)"
    );
    assert!(note("--threshold quantile").starts_with("note: 1.00 % was asked for"));
    // 1 / 25 is what 24 windows can promise.
    assert_eq!(note("--false-alarm-rate 0.04"), "");
    assert!(note("--false-alarm-rate 0.0399").contains("3.99 % takes 25 normal windows"));
    assert_eq!(note("--threshold chi-squared"), "");
    assert_eq!(note("--threshold 5"), "");
}

/// The model of the sweep, which has not seen the last 40 normal recordings of 100.
fn held_out() -> Room {
    let room = Room::new();
    let states = "low,low+coin,medium";
    let simulate = format!("simulate --out fan --states {states} --recordings 100");
    room.judder(&format!("{simulate} --readings {READINGS}")).well();
    room.judder(&format!("train --normal {NORMAL} --hold-out 0.4 -o h.json")).well();
    room
}

#[test]
fn alerts_of_a_day_are_said_before_false_alarms() {
    let room = held_out();
    let line =
        format!("evaluate h.json --normal {NORMAL} --anomaly {ANOMALY} --windows-per-day 1440");
    let table = room.judder(&line).well().stdout;
    // 2.996 / 40 · 1440.
    let says = "alerts                none in 40 normal windows (3 of 5 votes raise one): at most 108 a day, at 1440 \
                windows a day";
    let alerts = table.find(says).unwrap_or_else(|| panic!("{table}"));
    assert!(alerts < table.find("false-alarm rate").unwrap(), "{table}");
    assert!(
        table.contains("judder serve would say") && table.contains("alert after 3 windows"),
        "{table}"
    );
    let json: Value =
        serde_json::from_str(&room.judder(&format!("{line} --format json")).well().stdout).unwrap();
    let most = json["alerts"]["alerts_per_day_at_most"].as_f64().unwrap();
    assert!((most - 107.846).abs() < 0.01, "{most}");
    assert_eq!(json["states"][1]["served"]["first_alert_after"], 3);
    let train = format!("train --features mad --normal {NORMAL} --anomaly {ANOMALY} -o t.json");
    let words = room.judder(&format!("{train} --windows-per-day 1440")).well().stderr;
    let alerts =
        words.find("alerts     judder serve would raise ").unwrap_or_else(|| panic!("{words}"));
    assert!(alerts < words.find("unseen     ").unwrap(), "{words}");
    assert!(words.contains(&format!("  anomalous {ANOMALY}: alert after ")), "{words}");
}

#[test]
fn a_sweep_as_json() {
    let room = held_out();
    let line = format!("evaluate h.json --normal {NORMAL} --format json --windows-per-day 1440");
    let json = |options: &str| -> Value {
        let ended = room.judder(&format!("{line} {options}")).well();
        assert_eq!(ended.stderr.contains("were chosen on these"), options.contains("--sweep"));
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let anomalies = format!("--anomaly {ANOMALY} fan/fan_0_med_0_weight");
    let plain = json(&anomalies);
    assert_eq!(plain["sweep"], Value::Null);
    assert_eq!(plain["windows_per_day"], 1440.0);
    let swept = json(&format!("{anomalies} --sweep"));
    let rows = swept["sweep"].as_array().unwrap();
    // 40 windows can promise 10 and 5 %, not 2 %.
    let mut rates: Vec<f64> = rows.iter().filter_map(|row| row["chosen_for"].as_f64()).collect();
    rates.sort_by(f64::total_cmp);
    assert_eq!((rates, rows.len()), (vec![0.05, 0.1], 3));
    assert!(rows.is_sorted_by_key(|row| row["threshold"].as_f64().unwrap().to_bits()));
    for row in rows {
        let number = |name: &str| row[name].as_f64().unwrap();
        let states = row["states"].as_array().unwrap();
        let above: u64 = states.iter().map(|state| state["above"].as_u64().unwrap()).sum();
        assert_eq!((states.len(), row["true_positives"].as_u64()), (2, Some(above)));
        assert!(near(number("detection_rate"), above as f64 / 200.0));
        let rate = number("false_positives") / 40.0;
        assert!(row["chosen_for"].as_f64().is_none_or(|asked| rate <= asked + 1e-9));
        assert!(near(number("false_alarms_per_day"), rate * 1440.0));
        let end = |name: &str, end: &str| row[name][end].as_f64().unwrap();
        for at in ["low", "high"] {
            let daily = end("false_alarm_interval", at) * 1440.0;
            assert!(near(end("false_alarms_per_day_interval", at), daily));
        }
        assert!(end("detection_interval", "low") <= number("detection_rate"));
    }
    // The row of the model's own threshold says what the evaluation says.
    let own = rows.iter().find(|row| row["chosen_for"].is_null()).unwrap();
    for name in ["threshold", "false_positives", "true_positives", "false_alarms_per_day"] {
        assert_eq!(own[name], plain[name], "{name}");
    }
    assert_eq!(own["false_alarms_per_day_interval"], plain["false_alarms_per_day_interval"]);
    let alone = json("--sweep");
    for row in alone["sweep"].as_array().unwrap() {
        assert_eq!((&row["detection_rate"], &row["true_positives"]), (&Value::Null, &0.into()));
        assert_eq!(row["states"], Value::Array(Vec::new()));
    }
}

#[test]
fn a_sweep_as_a_table() {
    let room = held_out();
    let line = format!("evaluate h.json --normal {NORMAL} --sweep");
    let table = |options: &str| room.judder(&format!("{line} {options}")).well().stdout;
    let anomalies = format!("--anomaly {ANOMALY} fan/fan_0_med_0_weight");
    let both = table(&anomalies);
    for words in ["chosen for", "the model's", "10.0 %", "all caught", "fan_0_med_0_weight"] {
        assert!(both.contains(words), "{words}: {both}");
    }
    assert!(both.contains("without a gap (one every 0.32 s)"), "{both}");
    let one = table(&format!("--anomaly {ANOMALY} --windows-per-day 1440"));
    let header = one.lines().find(|line| line.contains("chosen for")).unwrap();
    assert!(header.contains("fan_0_low_1_weight") && !header.contains("caught"), "{one}");
    assert!(one.contains(" at 1440 windows a day"), "{one}");
    let none = table("");
    assert!(none.contains("the model's") && !none.contains("caught"), "{none}");
    let plain = room.judder(&line.replace(" --sweep", "")).well().stdout;
    assert!(none.starts_with(plain.trim_end()) && !plain.contains("the model's"), "{plain}");
}

#[test]
fn a_model_without_a_threshold_is_swept_too() {
    let room = Room::with_fan();
    room.judder(&format!(
        "train --normal {NORMAL} --features mad --threshold none --hold-out 0.5 -o n.json"
    ))
    .well();
    let ended = room.judder(&format!("evaluate n.json --normal {NORMAL} --sweep")).well();
    assert!(ended.stdout.contains("10.0 %") && !ended.stdout.contains("the model's"));
    assert!(!ended.stdout.contains(" a day ("), "{}", ended.stdout);
}
