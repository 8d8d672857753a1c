//! Which numbers tell the states apart, which states are alike, and what is wrong, by simple counts.

use std::path::Path;

use judder_data::Recording;

use crate::made::{Made, explored, many, page};
use crate::numbers::{files, mad, moment};

/// A share of pairs is exact but for its last digits.
const ROUNDING: f64 = 1e-12;

/// How often one of `other` is above one of `normal`; equal ones count half. At least a half.
fn folded(normal: &[f64], other: &[f64]) -> f64 {
    let mut wins = 0.0;
    for a in normal {
        for b in other {
            wins += if b > a {
                1.0
            } else if b == a {
                0.5
            } else {
                0.0
            };
        }
    }
    let area: f64 = wins / (normal.len() * other.len()) as f64;
    area.max(1.0 - area)
}

type Number = fn(&[f64]) -> f64;

/// One number of each file of a folder.
fn of_files(folder: &Path, number: Number) -> Vec<f64> {
    files(folder).iter().map(|axes| number(&axes[0])).collect()
}

/// Numbers whose formula is short, of the first axis.
const NUMBERS: [(&str, Number); 4] = [
    ("mad x", mad),
    ("std x", |axis| moment(axis, 2).sqrt()),
    ("kurtosis x", |axis| moment(axis, 4) / moment(axis, 2).powi(2) - 3.0),
    ("peak-to-peak x", |axis| {
        let most = axis.iter().copied().fold(f64::MIN, f64::max);
        most - axis.iter().copied().fold(f64::MAX, f64::min)
    }),
];

#[test]
fn anomalies_count_against_the_normal_state_they_are_most_like() {
    let made = Made::new();
    let normal = [made.fan("low", "low", 14, 128), made.fan("med", "medium", 12, 128)];
    let anomaly = [made.fan("low-coin", "low+coin", 13, 128), made.fan("high", "high", 11, 128)];
    let page = page(&[&normal[0], &normal[1]], &[&anomaly[0], &anomaly[1]]);
    let rows = page.rows("ranking");
    let auc = |row: usize| rows[row].0.get("data-auc").unwrap().parse::<f64>().unwrap();
    assert!((1..rows.len()).all(|row| auc(row - 1) >= auc(row)));
    for (name, number) in NUMBERS {
        let of = |folder: &Path| of_files(folder, number);
        let worst = |state: &Path| {
            normal.iter().map(|one| folded(&of(one), &of(state))).fold(1.0, f64::min)
        };
        let each = [worst(&anomaly[0]), worst(&anomaly[1])];
        let expected = f64::midpoint(each[0], each[1]);
        let at = rows.iter().position(|(row, _)| row.get("data-feature") == Some(name)).unwrap();
        assert!((auc(at) - expected).abs() < ROUNDING, "{name}: {} {expected}", auc(at));
        let (_, cells) = &rows[at];
        assert_eq!(cells[1].text, format!("{expected:.4}"));
        for (cell, area) in cells[cells.len() - 2..].iter().zip(each) {
            assert_eq!(cell.text, format!("{area:.3}"), "{name}");
        }
    }
    // The best is named first, with the figure of the table.
    let caption = &page.id("feature-0-caption").text;
    assert!(caption.starts_with(&format!("AUC {:.4}", auc(0))), "{caption}");
}

#[test]
fn without_anomalies_all_pairs_of_states_count() {
    let made = Made::new();
    let states = [("a", "low"), ("b", "medium"), ("c", "high")]
        .map(|(name, state)| made.fan(name, state, 12, 128));
    let page = page(&[&states[0], &states[1], &states[2]], &[]);
    for (name, number) in NUMBERS {
        let of = |at: usize| of_files(&states[at], number);
        let pairs = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| folded(&of(a), &of(b)));
        let rows = page.rows("ranking");
        let (row, _) = rows.iter().find(|(row, _)| row.get("data-feature") == Some(name)).unwrap();
        let found: f64 = row.get("data-auc").unwrap().parse().unwrap();
        assert!((found - pairs.iter().sum::<f64>() / 3.0).abs() < ROUNDING, "{name}: {found}");
    }
}

#[test]
fn alone_the_second_half_counts_against_the_first() {
    let made = Made::new();
    let folder = made.fan("a", "low", 25, 128);
    let page = page(&[&folder], &[]);
    for (name, number) in NUMBERS {
        let all = of_files(&folder, number);
        let rows = page.rows("ranking");
        let (row, _) = rows.iter().find(|(row, _)| row.get("data-feature") == Some(name)).unwrap();
        let found: f64 = row.get("data-auc").unwrap().parse().unwrap();
        assert!((found - folded(&all[..12], &all[12..])).abs() < ROUNDING, "{name}");
    }
}

#[test]
fn a_copy_is_alike_and_a_stronger_noise_is_not() {
    let made = Made::new();
    let some: Vec<Recording> = many(40, 3, 64, 1.0);
    let mut later = many(80, 3, 64, 1.0).split_off(40);
    later.truncate(40);
    let states = [
        made.state("even", &some),
        made.state("same", &later),
        made.state("wild", &many(40, 3, 64, 9.0)),
    ];
    let page = page(&[&states[0], &states[1], &states[2]], &[]);
    let rows = page.rows("alike");
    for (at, (_, cells)) in rows.iter().enumerate() {
        for (other, cell) in cells[1..].iter().enumerate() {
            let (a, b) = (at.min(other), at.max(other));
            let class = cell.get("class");
            match (a, b) {
                _ if a == b => assert_eq!((&*cell.text, class), ("·", None)),
                (0, 1) => assert_eq!(class, Some("alike"), "{}", cell.text),
                _ => assert_eq!((&*cell.text, class), ("1.000", Some("apart"))),
            }
        }
    }
}

#[test]
fn what_is_wrong_is_listed_and_counted() {
    let made = Made::new();
    let mut some = many(15, 3, 64, 1.0);
    some.push(some[3].clone());
    let folder = made.state("twice", &some);
    made.file(folder.join("0099.csv"), "no reading\nat all\n");
    let page = page(&[&folder], &[]);
    let text = &page.id("findings").text;
    for kind in ["unreadable", "duplicate"] {
        assert!(text.contains(kind), "{text}");
    }
    assert!(text.contains("0099.csv"), "{text}");
    let warnings = ["warning", "error"]
        .map(|word| page.within("findings", "span").iter().filter(|one| one.text == word).count());
    let tile = page.visible();
    let said = format!("{}findings of data quality", warnings[0] + warnings[1]);
    assert!(tile.contains(&said), "{said}: {tile}");
}

/// The best of many numbers tells two halves of a few windows apart by chance.
#[test]
fn noise_has_not_changed() {
    for count in [6, 10, 20, 60] {
        let made = Made::new();
        let folder = made.state("noise", &many(count, 3, 64, 1.0));
        let said = explored(&[&folder], &[]).unwrap().advice.join(" ");
        assert!(said.contains("their second half is like the first"), "{count}: {said}");
    }
    let made = Made::new();
    let mut recordings = many(60, 3, 64, 1.0);
    recordings.splice(30.., many(30, 3, 65, 2.0));
    let folder = made.state("louder", &recordings);
    let said = explored(&[&folder], &[]).unwrap().advice.join(" ");
    assert!(said.contains("has changed between the first and the second half"), "{said}");
    let page = page(&[&folder], &[]);
    let rows: Vec<_> =
        page.within("feature-0", "path").iter().filter_map(|p| p.get("data-name")).collect();
    assert_eq!(rows, ["first half", "second half"]);
}

/// Anomalies that are shorter than the normal recordings make the window shorter; training is told.
#[test]
fn the_command_names_a_window_that_training_would_not_take() {
    let made = Made::new();
    let (long, short) =
        (made.state("long", &many(40, 3, 80, 1.0)), made.state("short", &many(20, 3, 64, 1.0)));
    let command = explored(&[&long], &[&short]).unwrap().command.unwrap();
    assert!(command.contains(" --window 64 "), "{command}");
    let command = explored(&[&long], &[]).unwrap().command.unwrap();
    assert!(!command.contains("--window"), "{command}");
}
