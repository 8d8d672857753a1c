//! Wrong usage ends with exit code 2 and a line that names the option and what it takes.

use crate::room::{NORMAL, Room};

/// Runs a line without any file it names, as options are looked at before files.
fn wrong(line: &str, words: &[&str]) {
    Room::new().refused(line, 2, words);
}

#[test]
fn options_that_are_unknown_or_missing() {
    wrong("train --normal n -o m --fast", &["'--fast'"]);
    wrong("frobnicate", &["frobnicate"]);
    let ended = Room::new().judder("train --normal n").ended(2);
    assert!(ended.stderr.contains("--output <FILE>"), "{}", ended.stderr);
    let ended = Room::new().judder("train -o m").ended(2);
    assert!(ended.stderr.contains("--normal <DIR>"), "{}", ended.stderr);
    let ended = Room::new().judder("").ended(2);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("Usage: judder"));
}

#[test]
fn sample_rates() {
    for line in [
        "train --normal n -o m",
        "evaluate m --normal n",
        "score m n",
        "import f.npz -o m",
        "simulate --out f",
    ] {
        for rate in ["0", "-0", "nan", "-200", "inf", "1e999", "fast", ""] {
            let ended = Room::new().run(line.split(' ').chain(["--rate", rate]));
            ended.ended(2).says(&["--rate <HZ>", "a number of Hz above 0"]);
        }
    }
}

#[test]
fn windows_and_hops() {
    for line in ["train --normal n -o m --window", "import f.npz -o m --window"] {
        for window in ["3", "7", "0", "-8", "16777217", "10000000000000000"] {
            wrong(
                &format!("{line} {window}"),
                &["--window <N>", "a whole number from 8 to 16777216"],
            );
        }
        wrong(&format!("{line} 12.5"), &["--window <N>"]);
    }
    wrong("train --normal n -o m --hop 0", &["--hop <N>", "from 1 to 16777216"]);
}

#[test]
fn shares() {
    for line in ["train --normal n -o m", "import f.npz -o m"] {
        for rate in ["0", "1", "2", "nan", "-0.1", "inf"] {
            let says = ["--false-alarm-rate <R>", "above 0 and below 1"];
            wrong(&format!("{line} --false-alarm-rate {rate}"), &says);
        }
    }
    for share in ["1", "1.5", "-0.5", "nan"] {
        let says = ["--hold-out <SHARE>", "from 0 up and below 1"];
        wrong(&format!("train --normal n -o m --hold-out {share}"), &says);
    }
}

#[test]
fn numbers_a_day() {
    for line in ["train --normal n -o m", "import f.npz -o m"] {
        for count in ["0", "-1", "nan", "inf", "1e999", "many", ""] {
            for option in ["--false-alarms-per-day", "--windows-per-day"] {
                let ended = Room::new().run(line.split(' ').chain([option, count]));
                ended.ended(2).says(&[&format!("{option} <N>"), "a number above 0"]);
            }
        }
        let both = "--false-alarm-rate 0.01 --false-alarms-per-day 5";
        let ended = Room::new().judder(&format!("{line} {both}")).ended(2);
        assert!(ended.stderr.contains("cannot be used with"), "{}", ended.stderr);
        for rule in ["5", "none", "mean+3sd"] {
            let says = ["--false-alarms-per-day has no say in --threshold", rule];
            wrong(&format!("{line} --false-alarms-per-day 5 --threshold {rule}"), &says);
        }
    }
    wrong("evaluate m --normal n --windows-per-day 0", &["--windows-per-day <N>", "above 0"]);
    for option in ["--false-alarms-per-day 5", "--false-alarm-rate 0.01"] {
        Room::new().judder(&format!("evaluate m --normal n {option}")).ended(2);
    }
}

#[test]
fn names() {
    let features = ["--features <F>", "log-mad", "correlation"];
    for set in ["bogus", "mad+mad", "mad+", "mad+bogus"] {
        wrong(&format!("train --normal n -o m --features {set}"), &features);
        wrong(&format!("import f.npz -o m --features {set}"), &features);
    }
    for set in ["bands", "bands:0", "total-bands:33", "bands:x", "mad:3", "mad+bands:08"] {
        let says = [
            "--features <F>",
            "a number from 1 to 32, total-octaves by one from 1 to 6, as in bands:16",
        ];
        wrong(&format!("train --normal n -o m --features {set}"), &says);
    }
    let rules = ["--threshold <RULE>", "conformal, quantile, chi-squared, mean+3sd"];
    for rule in ["bogus", "-5", "nan", "inf", "mean+sd", "mean+-3sd", "mean+nansd"] {
        wrong(&format!("train --normal n -o m --threshold {rule}"), &rules);
        wrong(&format!("import f.npz -o m --threshold {rule}"), &rules);
    }
    let how = ["--shrinkage <HOW>", "families, ledoit-wolf, oas or none"];
    wrong("train --normal n -o m --shrinkage much", &how);
    for state in ["bogus", "low+bogus", "low+coin+coin", "low,bogus"] {
        let says = ["--states <STATE>", "off, low, medium or high"];
        wrong(&format!("simulate --out f --states {state}"), &says);
    }
    for line in
        ["train --normal n -o m --detector d", "score m n --format f", "export m -o n --to h5"]
    {
        let ended = Room::new().judder(line).ended(2);
        assert!(ended.stderr.contains("[possible values: "), "{}", ended.stderr);
    }
}

#[test]
fn counts() {
    for threads in ["0", "-1", "1025", "two"] {
        wrong(&format!("score m n --threads {threads}"), &["--threads <N>", "from 1 to 1024"]);
    }
    for option in ["recordings", "readings"] {
        for count in ["0", "-1", "99999999999999"] {
            let says = [&*format!("--{option} <N>"), "a whole number from 1 to "];
            wrong(&format!("simulate --out f --{option} {count}"), &says);
        }
    }
    for option in ["warm-up", "load-step", "turn"] {
        for value in ["soon", "-3", "1.5", "3days", "nans"] {
            let says = [&*format!("--{option} <N|TIME>"), "or a time as 180s, 3min or 1h"];
            wrong(&format!("simulate --out f --{option} {value}"), &says);
        }
    }
    for (option, says) in [("drift", "--drift <DB>"), ("bursts", "--bursts <G>")] {
        for value in ["-1", "nan", "inf", "loud"] {
            wrong(&format!("simulate --out f --{option} {value}"), &[says, "a number from 0 up"]);
        }
    }
    wrong("simulate --out f --mix low,fast", &["--mix <SPEED>", "off, low, medium or high"]);
    for option in ["touch", "strange"] {
        let says = [&*format!("--{option} 3"), "there are 2 recordings (--recordings)"];
        wrong(&format!("simulate --out f --recordings 2 --{option} 3"), &says);
    }
    wrong(
        "simulate --out f --from 18446744073709551615",
        &["--from <N>", "a whole number from 0 to"],
    );
}

#[test]
fn options_of_another_detector() {
    let options = [
        "--hidden 3",
        "--activation relu",
        "--dropout 0.1",
        "--epochs 5",
        "--batch 8",
        "--learning-rate 0.1",
        "--restarts 2",
        "--like-reference",
    ];
    for option in options {
        let name = option.split(' ').next().unwrap();
        let says = [name, "goes with --detector autoencoder"];
        wrong(&format!("train --normal n -o m {option}"), &says);
    }
    let train = "train --detector autoencoder --normal n -o m";
    wrong(&format!("{train} --shrinkage oas"), &["goes with --detector mixture or mahalanobis"]);
    for (name, says) in [
        (
            "mish",
            "not an activation judder knows: linear, relu, tanh, sigmoid, leaky_relu(SLOPE), ",
        ),
        ("leaky_relu", "not an activation judder knows: linear, relu, tanh, "),
        ("leaky_relu(-0.1)", "layers of leaky_relu(-0.1) cannot be trained here, "),
        (
            "gelu",
            "layers of gelu cannot be trained here, they can only be imported: take tanh, relu, ",
        ),
        ("gelu_tanh", "layers of gelu_tanh cannot be trained here, "),
        ("silu", "layers of silu cannot be trained here, "),
    ] {
        let ended = Room::new().judder(&format!("{train} --activation {name}")).ended(2);
        assert!(ended.stderr.contains(says), "{name}: {}", ended.stderr);
    }
    for option in &options[..7] {
        let ended = Room::new().judder(&format!("{train} --like-reference {option}")).ended(2);
        assert!(ended.stderr.contains("cannot be used with"), "{}", ended.stderr);
    }
}

#[test]
fn training_that_cannot_be() {
    let room = Room::with_fan();
    let cases = [
        ("--hidden 0", "(--hidden) have 1 to 512 units"),
        ("--hidden 4,0,4", "(--hidden) have 1 to 512 units"),
        ("--hidden 513", "(--hidden) have 1 to 512 units"),
        ("--hidden 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "at most 16 hidden layers (--hidden)"),
        ("--dropout 1", "(--dropout) lies between 0 and 1"),
        ("--dropout nan", "(--dropout) lies between 0 and 1"),
        ("--epochs 0", "at least 1 pass over the windows (--epochs)"),
        ("--batch 0", "at least 1 window (--batch)"),
        ("--learning-rate 0", "(--learning-rate) is a number above 0"),
        ("--restarts 0", "1 to 1000 starts (--restarts)"),
        ("--threshold chi-squared", "is for a mahalanobis score"),
    ];
    for (option, says) in cases {
        let train = format!("train --detector autoencoder --normal {NORMAL} -o m.json {option}");
        room.refused(&train, 2, &[says]);
    }
    let dead =
        "--features mad --hidden 4 --activation relu --learning-rate 1 --epochs 1 --restarts 1";
    let train = format!("train --detector autoencoder --normal {NORMAL} -o m.json {dead}");
    room.refused(&train, 1, &["none of 10 trained autoencoders", "--hidden", "mahalanobis"]);
}
