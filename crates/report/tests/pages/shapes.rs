//! How many recordings, how long, of how many axes, how fast.

use judder_data::Recording;
use judder_report::ExploreOptions;

use crate::made::{Made, explored_with, many, noisy, page, refused};
use crate::page::Page;

#[test]
fn few_recordings() {
    let made = Made::new();
    let one = made.state("one", &many(1, 3, 64, 1.0));
    let two = made.state("two", &many(1, 3, 64, 3.0));
    for page in [page(&[&one], &[]), page(&[&one, &two], &[]), page(&[&one], &[&two])] {
        assert!(page.find("command").is_none() || page.id("command").text.contains("judder train"));
        assert!(!page.id("advice").text.is_empty());
    }
}

#[test]
fn long_recordings_are_cut_into_seconds() {
    let made = Made::new();
    let long = made.fan("long", "low", 1, 200 * 90);
    let page = page(&[&long], &[]);
    let text = page.visible();
    assert!(text.contains("looked at in windows of 1 s"), "{text}");
    assert_eq!(page.rows("medians")[0].1[1].text, "90");
    assert_eq!(page.data()["names"][0][89], "0000.csv from reading 17800");
}

#[test]
fn short_recordings() {
    let made = Made::new();
    for axes in [1, 3] {
        let short = made.state(format!("eight-{axes}"), &many(20, axes, 8, 1.0));
        page(&[&short], &[]);
    }
    for readings in [1, 2, 7] {
        let short = made.state(format!("short-{readings}"), &many(20, 3, readings, 1.0));
        let error = refused(&[&short], &[]);
        assert!(error.contains("0000.csv"), "{error}");
        assert!(error.contains(&format!("{readings} reading")), "{error}");
        assert!(error.contains("than a window of 8"), "{error}");
    }
}

#[test]
fn a_window_that_is_given() {
    let made = Made::new();
    let folder = made.state("a", &many(12, 2, 64, 1.0));
    let with = |window| {
        explored_with(&[&folder], &[], ExploreOptions { window, ..ExploreOptions::default() })
    };
    let explored = with(Some(16)).unwrap();
    let page = Page::of(&explored.html);
    page.is_sound();
    assert_eq!(page.rows("medians")[0].1[1].text, "48");
    assert!(explored.command.unwrap().contains(" --window 16"));
    let error = with(Some(65)).unwrap_err().to_string();
    assert!(error.contains("0000.csv: has 64 readings, fewer than a window of 65"), "{error}");
}

#[test]
fn any_number_of_axes() {
    for axes in [1, 2, 3, 4, 8] {
        let made = Made::new();
        let normal = made.state("normal", &many(15, axes, 64, 1.0));
        let anomaly = made.state("anomaly", &many(15, axes, 72, 2.0));
        let page = page(&[&normal], &[&anomaly]);
        assert_eq!(page.all("canvas").count(), if axes < 3 { 0 } else { 6 });
        assert!(page.find(&format!("raw-{axes}")).is_some());
        assert!(page.find(&format!("raw-{}", axes + 1)).is_none());
        let pairs = axes * (axes - 1) / 2;
        let histograms = page
            .all("figure")
            .filter(|one| one.get("id").is_some_and(|id| id.starts_with("correlation-")));
        assert_eq!(histograms.count(), pairs.min(6));
    }
}

/// Readings of one window are no windows: the names of windows are not theirs.
#[test]
fn only_windows_are_named() {
    for axes in [1, 2] {
        let made = Made::new();
        let folder = made.state("a", &many(15, axes, 64, 1.0));
        let page = page(&[&folder], &[]);
        let named = |id: &str| {
            page.within(id, "path").iter().filter(|one| one.get("data-named").is_some()).count()
        };
        assert_eq!((named("cloud-readings"), named("cloud-mad")), (0, 1), "{axes} axes");
    }
}

#[test]
fn states_of_other_axes_are_left_out_and_named() {
    let made = Made::new();
    let three = made.state("three", &many(12, 3, 64, 1.0));
    let two = made.state("two", &many(11, 2, 64, 1.0));
    let page = page(&[&three, &two], &[]);
    assert_eq!(page.legend(), ["three"]);
    assert!(page.visible().contains("two/0000.csv: has 2 axes, but most have 3"));
}

fn at(rate_hz: f64, recordings: Vec<Recording>) -> Vec<Recording> {
    recordings.into_iter().map(|one| one.with_rate(Some(rate_hz))).collect()
}

#[test]
fn slow_and_quick_sensors() {
    for (rate, said, half) in
        [(50.0, "50 Hz", "25"), (20_000.0, "20 kHz", "10"), (0.5, "0.5 Hz", "0.25")]
    {
        let made = Made::new();
        let folder = made.state("a", &at(rate, many(12, 3, 256, 1.0)));
        let page = page(&[&folder], &[]);
        assert!(page.all("p").any(|one| one.text.contains(&format!("3 axes, {said}"))));
        let svg = page.within("spectrum-1", "svg");
        let across = svg[0].get("data-x").unwrap();
        assert_eq!(across, format!("0 {half}"), "{rate}");
    }
}

#[test]
fn recordings_of_another_rate_are_left_out_and_named() {
    let made = Made::new();
    let slow = made.state("slow", &at(100.0, many(8, 3, 64, 1.0)));
    let quick = made.state("quick", &at(200.0, many(12, 3, 64, 1.0)));
    let both = page(&[&slow, &quick], &[]);
    assert_eq!(both.legend(), ["quick"]);
    let text = both.visible();
    assert!(text.contains("slow/0000.csv: was sampled at 100 Hz, not at 200 Hz"), "{text}");
    let options = ExploreOptions { rate_hz: Some(50.0), ..ExploreOptions::default() };
    let error = explored_with(&[&slow], &[], options).unwrap_err().to_string();
    assert!(error.contains("0000.csv: was sampled at 100 Hz, not at 50 Hz"), "{error}");
}

#[test]
fn recordings_of_different_lengths() {
    let made = Made::new();
    let some: Vec<Recording> = (0..24).map(|at| noisy(3, 60 + at as usize, at, 1.0)).collect();
    let folder = made.state("a", &some);
    let page = page(&[&folder], &[]);
    // A twentieth of them may be shorter than a window.
    assert!(page.visible().contains("0000.csv: has 60 readings, fewer than a window of 61"));
    assert_eq!(page.rows("medians")[0].1[1].text, "23");
}

#[test]
fn many_windows_are_thinned_and_said_to_be() {
    let made = Made::new();
    let folder = made.state("a", &many(2, 2, 24_500, 1.0));
    let options = ExploreOptions { window: Some(8), ..ExploreOptions::default() };
    let page = Page::of(&explored_with(&[&folder], &[], options).unwrap().html);
    page.is_sound();
    assert_eq!(page.rows("medians")[0].1[1].text, "6124");
    assert!(page.visible().contains("of 6124 windows are drawn"));
}
