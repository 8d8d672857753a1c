//! Readings in other units: named by an option, a header or the list beside them, or by nobody.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use judder_core::Unit;
use judder_data::{Located, load};

use crate::room::{ANOMALY, Ended, NORMAL, Room};

/// Each unit, and what a folder in it is called.
const UNITS: [(&str, &str); 4] =
    [("g", "g"), ("mg", "mg"), ("m/s2", "ms2"), ("counts:2048", "counts")];

/// Writes recordings in a unit, as a board would send them: as decimals, counts as whole numbers.
fn write(room: &Room, folder: &str, recordings: &[Located], unit: &str, header: &str) {
    let counts = unit.starts_with("counts");
    let unit: Unit = unit.parse().unwrap();
    for one in recordings {
        let mut text = header.to_owned();
        for row in one.recording.rows() {
            let row: Vec<String> = row
                .map(|x| Unit::G.in_unit(unit, x))
                .map(|x| if counts { format!("{x:.0}") } else { format!("{x:.7}") })
                .collect();
            writeln!(text, "{}", row.join(",")).unwrap();
        }
        room.write(Path::new(folder).join(one.path.file_name().unwrap()), text);
    }
}

/// `low` and `coin` in each unit, `mg/low` and so on, and how many there are of each.
fn in_every_unit(room: &Room, [low, coin]: [PathBuf; 2]) -> usize {
    let [low, coin] = [low, coin].map(|folder| load(&folder).unwrap().0);
    for (unit, folder) in UNITS {
        write(room, &format!("{folder}/low"), &low, unit, "");
        write(room, &format!("{folder}/coin"), &coin, unit, "");
    }
    low.len() + coin.len()
}

fn simulated(room: &Room) -> usize {
    room.judder("simulate --out fan --states low,low+coin --recordings 60").well();
    in_every_unit(room, [room.path(NORMAL), room.path(ANOMALY)])
}

/// The verdicts of a run of score, in order.
fn verdicts(ended: &Ended) -> Vec<String> {
    let last = |row: &&str| row.rsplit(',').next().unwrap().to_owned();
    ended.rows()[1..].iter().map(last).collect()
}

/// A model trained in each unit says the same of recordings in each unit, once `--unit` names them.
fn the_same_in_every_unit(room: &Room, count: usize) {
    let mut expected: Option<Vec<String>> = None;
    for (unit, folder) in UNITS {
        let train = format!("train --normal {folder}/low --unit {unit} -o {folder}.json");
        let said = room.judder(&train).well().stderr;
        assert_eq!(
            said.contains(&format!("readings   in {unit}, brought to g")),
            unit != "g",
            "{said}"
        );
        for (other, folder_of_other) in UNITS {
            let score =
                format!("score {folder}.json {folder_of_other} --unit {other} --format csv");
            let found = verdicts(&room.judder(&score).well());
            assert_eq!(found.len(), count);
            assert!(found.iter().any(|one| one == "anomaly"));
            let expected = expected.get_or_insert_with(|| found.clone());
            assert_eq!(&found, expected, "{unit}, {other}");
        }
    }
}

#[test]
fn verdicts_are_the_same_in_every_unit() {
    let room = Room::new();
    let count = simulated(&room);
    the_same_in_every_unit(&room, count);
}

/// The same of the recordings of a real fan, at low speed with and without a coin.
#[test]
fn verdicts_on_a_real_fan_are_the_same_in_every_unit() {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let fan = data.join("ceiling-fan");
    if !fan.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "{} is not there", fan.display());
        eprintln!("skipped: the recordings of the real fan are not at {}", fan.display());
        return;
    }
    let room = Room::new();
    let count = in_every_unit(
        &room,
        ["fan_0_low_0_weight", "fan_0_low_1_weight"].map(|name| fan.join(name)),
    );
    the_same_in_every_unit(&room, count);
    unnamed_is_told(&room);
}

/// Where nothing names the unit, training asks for it, and every other command names it.
fn unnamed_is_told(room: &Room) {
    let said = ["gravity reads ", "the model's is"];
    for (unit, folder) in &UNITS[1..] {
        let option = format!("--unit {unit}");
        let train = format!("train --normal {folder}/low -o none.json");
        room.refused(
            &train,
            1,
            &["0000.csv", "nothing names the unit", "not 1: they look like", &option],
        );
        let both = format!("train --normal g/low --anomaly {folder}/coin -o none.json");
        room.refused(&both, 1, &["0000.csv", said[0], &option]);
        let rebaseline = format!("rebaseline g.json --normal {folder}/low -o none.json");
        room.refused(&rebaseline, 1, &["0000.csv", said[0], said[1], &option]);
        room.judder(&format!(
            "rebaseline g.json --normal {folder}/low {option} -o {folder}-again.json"
        ))
        .well();
        let evaluate = format!("evaluate g.json --normal g/low --anomaly {folder}/coin");
        room.refused(&evaluate, 1, &["0000.csv", said[0], said[1], &option]);
        let compare = format!(
            "compare --normal {folder}/low --anomaly {folder}/coin --shuffles 1 --detector mahalanobis --features mad"
        );
        let compared = room.judder(&compare).ended(1).stderr;
        assert!(compared.contains(&option), "{compared}");
        // One line for all of them, and none of them is judged.
        let score = format!("score g.json {folder} --format csv");
        for (line, code) in [(score.clone(), 1), (format!("{score} --fail-on-anomaly"), 4)] {
            let ended = room.judder(&line).ended(code).says(&[
                "0000.csv and ",
                "more recordings",
                said[0],
                said[1],
                &option,
            ]);
            assert_eq!(ended.rows().len(), 1, "{}", ended.stdout);
        }
        room.judder(&format!("{score} {option} --fail-on-anomaly")).ended(3);
    }
    // In g nothing is asked.
    room.judder("train --normal g/low -o silent.json").well();
    let ended = room.judder("score silent.json g/low g/coin").well();
    assert!(!ended.stderr.contains("unit"), "{}", ended.stderr);
    // Some in another unit: those in g are judged, and decide how it ends.
    room.judder("score g.json g/coin mg/low --fail-on-anomaly")
        .ended(3)
        .says(&["mg/low", "--unit mg"]);
}

#[test]
fn a_unit_that_nobody_names_is_told() {
    let room = Room::new();
    simulated(&room);
    room.judder("train --normal g/low -o g.json").well();
    unnamed_is_told(&room);
    let check = room.judder("check mg ms2 counts").well().stdout;
    for (unit, _) in &UNITS[1..] {
        assert!(check.contains(&format!("say so with --unit {unit}")), "{check}");
    }
    for (unit, folder) in &UNITS[1..] {
        let check = room.judder(&format!("check {folder} --unit {unit}")).well().stdout;
        assert!(!check.contains("gravity-unit"), "{check}");
        let page =
            format!("explore --normal {folder}/low --anomaly {folder}/coin -o {folder}.html");
        for line in [page.clone(), format!("{page} --unit {unit}")] {
            let said = room.judder(&line).well().stderr;
            let command = said.lines().find(|line| line.contains("judder train")).unwrap();
            assert!(command.contains(&format!("--unit {unit}")), "{command}");
        }
    }
    let page = room.judder("explore --normal g/low -o g.html").well().stderr;
    assert!(!page.contains("--unit"), "{page}");
}

/// A unit that gravity contradicts is no better than none.
#[test]
fn a_unit_that_is_wrong_is_told() {
    let room = Room::new();
    simulated(&room);
    let words = ["0000.csv", "taken for mg", "look like g"];
    room.refused("train --normal g/low --unit mg -o none.json", 1, &words);
    room.judder("train --normal g/low -o g.json").well();
    room.judder("score g.json g/low --unit mg").ended(1).says(&words);
    room.judder("score g.json g/low --unit mg --fail-on-anomaly").ended(4).says(&words);
    let check = room.judder("check g --unit mg").well().stdout;
    assert!(check.contains("taken for mg, and the readings look like g"), "{check}");
    for line in [
        "train --normal g/low -o m.json",
        "score g.json g/low",
        "check g",
        "evaluate g.json --normal g/low",
    ] {
        for wrong in ["kg", "counts:0", "counts", "M/S2"] {
            room.refused(
                &format!("{line} --unit {wrong}"),
                2,
                &[wrong, "not a unit judder knows: g, mg, m/s2"],
            );
        }
    }
}

/// Headers and the list beside the recordings name the unit as the option does.
#[test]
fn what_names_its_unit_needs_no_option() {
    let room = Room::new();
    simulated(&room);
    let low = load(&room.path(NORMAL)).unwrap().0;
    let coin = load(&room.path(ANOMALY)).unwrap().0;
    for (folder, unit, header) in [
        ("brackets", "mg", "x [mg],y [mg],z [mg]\n"),
        ("power", "m/s2", "ax (m/s^2),ay (m/s^2),az (m/s^2)\n"),
        ("square", "m/s2", "ax [m/s\u{b2}],ay [m/s\u{b2}],az [m/s\u{b2}]\n"),
        ("plain", "g", "x [g],y [g],z (g)\n"),
        ("counts", "counts:2048", "x [counts:2048],y [counts:2048],z [counts:2048]\n"),
    ] {
        write(&room, &format!("named/{folder}/low"), &low, unit, header);
        write(&room, &format!("named/{folder}/coin"), &coin, unit, header);
    }
    write(&room, "named/list/low", &low, "mg", "");
    write(&room, "named/list/coin", &coin, "mg", "");
    for folder in ["low", "coin"] {
        let line = |one: &Located| {
            format!(
                "{{\"file\":\"{}\",\"unit\":\"mg\"}}\n",
                one.path.file_name().unwrap().to_string_lossy()
            )
        };
        let list: String = if folder == "low" { &low } else { &coin }.iter().map(line).collect();
        room.write(format!("named/list/{folder}/recording.jsonl"), list);
    }
    room.judder("train --normal g/low -o g.json").well();
    let expected = verdicts(&room.judder("score g.json g --format csv").well());
    for folder in ["brackets", "power", "square", "plain", "counts", "list"] {
        room.judder(&format!("train --normal named/{folder}/low -o {folder}.json")).well();
        for (model, scored) in [
            (folder, "g".to_owned()),
            (folder, format!("named/{folder}")),
            ("g", format!("named/{folder}")),
        ] {
            let ended = room.judder(&format!("score {model}.json {scored} --format csv")).well();
            assert_eq!(verdicts(&ended), expected, "{model}, {scored}");
        }
        let model = String::from_utf8(room.read(format!("{folder}.json"))).unwrap();
        assert!(model.contains("\"unit\": \"g\""), "{model}");
    }
    write(&room, "mixed", &low[..3], "mg", "x [mg],y [g],z [mg]\n");
    room.refused(
        "score g.json mixed/0000.csv",
        1,
        &["mixed/0000.csv", "columns `x [mg]` and `y [g]`"],
    );
}

/// Without gravity the unit is unknown, which is said; named, it is not.
#[test]
fn a_unit_that_nothing_tells_is_unknown() {
    let room = Room::new();
    room.judder("simulate --out fan --states low --recordings 40").well();
    let mut low = load(&room.path(NORMAL)).unwrap().0;
    for one in &mut low {
        let mean = |axis: &[f64]| axis.iter().sum::<f64>() / axis.len() as f64;
        let values = one.recording.iter_axes().flat_map(|axis| {
            let mean = mean(axis);
            axis.iter().map(|x| x - mean).collect::<Vec<_>>()
        });
        let values = values.collect();
        one.recording = judder_data::Recording::from_axes(3, one.recording.len(), values).unwrap();
    }
    write(&room, "coupled", &low, "g", "");
    let said = room.judder("train --normal coupled -o coupled.json").well().stderr;
    assert!(said.contains("unit unknown") && said.contains("--unit says it"), "{said}");
    room.refused(
        "score coupled.json coupled --unit mg",
        1,
        &["does not know the unit of its readings", "--unit"],
    );
    room.judder("score coupled.json coupled").well();
    let said = room.judder("train --normal coupled --unit g -o named.json").well().stderr;
    assert!(!said.contains("unit unknown"), "{said}");
    room.judder("score named.json coupled --unit g").well();
}

/// An imported model is in what `--unit` says, and an exported network says it itself.
#[test]
fn imported_and_exported_models_keep_their_unit() {
    let room = Room::new();
    simulated(&room);
    room.judder("train --normal g/low --detector mahalanobis --features mad -o md.json").well();
    room.judder("export md.json --to npz -o md.npz").well();
    room.judder("import md.npz --window 200 --unit g --threshold 30 -o in-g.json").well();
    let expected = verdicts(&room.judder("score in-g.json g --format csv").well());
    for (unit, folder) in &UNITS[1..] {
        let score = format!("score in-g.json {folder} --unit {unit} --format csv");
        assert_eq!(verdicts(&room.judder(&score).well()), expected, "{unit}");
        // A threshold is not measured on what is in another unit.
        let import = format!("import md.npz --window 200 --normal {folder}/low -o other.json");
        room.refused(&import, 1, &["0000.csv", "gravity reads ", "--unit"]);
    }
    room.judder("import md.npz --window 200 --normal g/low -o told.json").well();
    let told = room.judder("score told.json mg --unit mg --format csv").well();
    assert_eq!(verdicts(&told).len(), expected.len());
    room.judder("import md.npz --window 200 --threshold 30 -o unknown.json").well();
    room.refused("score unknown.json mg --unit mg", 1, &["does not know the unit", "--unit"]);
    room.judder(
        "train --normal mg/low --unit mg --detector autoencoder --features mad -o net.json",
    )
    .well();
    room.judder("export net.json --to tflite --int8 --normal mg/low --unit mg -o int8.tflite")
        .well();
    room.refused(
        "export net.json --to tflite --int8 --normal mg/low -o other.tflite",
        1,
        &["0000.csv", "--unit mg"],
    );
    room.judder("export net.json --to tflite -o net.tflite").well();
    room.judder("import net.tflite -o again.json").well();
    let again = String::from_utf8(room.read("again.json")).unwrap();
    assert!(again.contains("\"unit\": \"g\""), "{again}");
    room.judder("export md.json --to c --self-test mg/low --unit mg -o md").well();
    room.refused(
        "export md.json --to npz --unit mg -o x.npz",
        2,
        &["--unit goes with --int8 or --self-test"],
    );
}
