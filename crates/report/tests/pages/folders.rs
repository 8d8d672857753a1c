//! What folders may hold, and how they may be given.

use std::fs;
use std::path::Path;

use judder_data::Recording;

use crate::made::{Made, many, noisy, page, refused};

#[test]
fn folders_without_a_recording_are_named() {
    let made = Made::new();
    let good = made.state("good", &many(12, 3, 64, 1.0));
    let empty = made.path("empty");
    fs::create_dir(&empty).unwrap();
    let missing = made.path("missing");
    made.file("bad/0.csv", "x,y\n1,2\n1,two\n");
    let bad = made.file("bad/1.csv", "").parent().unwrap().to_owned();
    for (normal, anomaly) in [(&empty, &good), (&good, &empty)] {
        let error = refused(&[normal], &[anomaly]);
        assert!(error.starts_with(&empty.display().to_string()), "{error}");
        assert!(error.contains("holds no recordings"), "{error}");
    }
    assert!(refused(&[&missing], &[]).contains("missing: no such file"));
    let error = refused(&[&bad], &[]);
    assert!(error.contains("0.csv: line 3") && error.contains("the first reason"), "{error}");
    // Beside good ones they are left out, and named.
    let page = page(&[&good, &bad], &[]);
    assert_eq!(page.legend(), ["good"]);
    let text = page.visible();
    assert!(text.contains("2 files not shown") && text.contains("bad/0.csv: line 3"), "{text}");
    assert!(page.id("command").text.contains("--skip-bad"));
}

#[test]
fn what_is_given_twice_counts_once() {
    let made = Made::new();
    let inner = made.state("all/inner", &many(11, 3, 64, 1.0));
    let other = made.state("all/other", &many(12, 3, 72, 1.0));
    let all = made.path("all");
    let again = made.path("all/../all/inner/");
    let cases: [&[&Path]; 4] =
        [&[&all], &[&inner, &all], &[&inner, &inner, &other], &[&all, &again]];
    for normal in cases {
        let page = page(normal, &[]);
        let counts: Vec<String> =
            page.rows("medians").iter().map(|(_, cells)| cells[1].text.clone()).collect();
        assert_eq!((page.legend().len(), &*counts.concat()), (2, "1112"), "{normal:?}");
    }
}

#[test]
fn recordings_beside_folders_are_a_state() {
    let made = Made::new();
    made.state("all", &many(11, 3, 64, 1.0));
    made.state("all/inner", &many(12, 3, 72, 1.0));
    assert_eq!(page(&[&made.path("all")], &[]).legend().len(), 2);
}

#[test]
fn what_is_normal_is_no_anomaly_however_it_is_written() {
    let made = Made::new();
    let folder = made.state("a", &many(12, 3, 64, 1.0));
    let other = made.path("a/../a");
    let file = folder.join("0004.csv");
    for anomaly in [&folder, &other, &file] {
        let error = refused(&[&folder], &[anomaly]);
        assert!(error.contains("a/000") && error.contains("as normal and as anomalous"), "{error}");
    }
    #[cfg(unix)]
    {
        let link = made.path("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        assert!(refused(&[&folder], &[&link]).contains("as normal and as anomalous"));
    }
}

#[test]
fn no_more_states_than_can_be_told_apart() {
    let made = Made::new();
    for at in 0..33 {
        made.state(format!("all/{at:02}"), &[noisy(1, 8, at, 1.0)]);
    }
    let error = refused(&[&made.path("all")], &[]);
    assert!(error.starts_with("33 folders") && error.contains("32 at the most; give fewer"));
    fs::remove_dir_all(made.path("all/07")).unwrap();
    assert_eq!(page(&[&made.path("all")], &[]).legend().len(), 32);
}

#[test]
fn single_files_and_arrays_of_numpy() {
    let made = Made::new();
    let values: Vec<f64> = many(12, 3, 64, 1.0)
        .iter()
        .flat_map(|one| one.rows().flatten().collect::<Vec<_>>())
        .collect();
    let arrays = [("normal", &[12, 64, 3][..], judder_npz::Numbers::F8(&values))];
    let npz = made.file("fan.npz", judder_npz::write_npz(&arrays).unwrap());
    let coin = made.fan("coin", "low+coin", 12, 64);
    let page_of_npz = page(&[&npz], &[&coin]);
    let names: Vec<String> =
        serde_json::from_value(page_of_npz.data()["names"][0].clone()).unwrap();
    assert_eq!(names.len(), 12);
    let file = coin.join("0003.csv");
    assert_eq!(page(&[&file], &[]).legend(), ["coin"]);
}

#[test]
fn normal_alone() {
    let made = Made::new();
    let (one, two) = (made.fan("one", "low", 24, 64), made.fan("two", "medium", 24, 64));
    let alone = page(&[&one], &[]);
    assert!(alone.id("features-heading").text.contains("drift"));
    assert!(alone.find("alike").is_none());
    let both = page(&[&one, &two], &[]);
    assert!(both.id("features-heading").text.contains("differ between the states"));
    assert_eq!(both.rows("alike").len(), 2);
    for page in [alone, both] {
        assert!(page.id("command").text.starts_with("judder train --normal "));
        assert!(!page.id("command").text.contains("--anomaly"));
    }
}

#[test]
fn anomalies_that_are_equal_to_normal_are_told_by_chance() {
    let made = Made::new();
    let recordings: Vec<Recording> = many(30, 3, 64, 1.0);
    let (a, b) = (made.state("normal", &recordings), made.state("copied", &recordings));
    let page = page(&[&a], &[&b]);
    for (row, _) in page.rows("ranking") {
        let auc: f64 = row.get("data-auc").unwrap().parse().unwrap();
        assert!((auc - 0.5).abs() < 1e-12, "{:?} {auc}", row.get("data-feature"));
    }
    assert!(page.id("advice").text.contains("hardly"), "{}", page.id("advice").text);
    assert!(page.id("findings").text.contains("duplicate-across-folders"));
}
