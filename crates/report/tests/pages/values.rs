//! Odd readings.

use judder_data::Recording;

use crate::made::{Made, explored, many, noise, page};
use crate::page::Page;

/// Recordings of noise in which an axis has one value.
fn stuck(count: u64, axis: usize, value: f64) -> Vec<Recording> {
    let one = |seed| {
        let mut values: Vec<f64> = noise(seed, 1.0).take(3 * 64).collect();
        values[axis * 64..(axis + 1) * 64].fill(value);
        Recording::from_axes(3, 64, values).unwrap()
    };
    (0..count).map(one).collect()
}

#[test]
fn an_axis_that_never_moves() {
    let made = Made::new();
    let normal = made.state("normal", &stuck(12, 1, 0.98));
    let anomaly = made.state("anomaly", &stuck(13, 1, 0.98));
    let page = page(&[&normal], &[&anomaly]);
    assert!(page.id("findings").text.contains("stuck-axis"));
    let cells = &page.rows("medians")[0].1;
    let of = |key: &str| cells.iter().find(|cell| cell.get("data-key") == Some(key)).unwrap();
    assert_eq!(of("mad y").text, "0.000000");
    assert_eq!(of("kurtosis y").text, "none");
    assert_eq!(page.id("correlation-1-2-caption").text, "Medians: normal none, anomaly none.");
    // The histogram lies at 0 from its first bin on.
    let steps = page.within("correlation-1-2", "path");
    let steps = steps.iter().find(|one| one.get("class") == Some("line steps n0")).unwrap();
    assert!(steps.get("d").unwrap().starts_with("m0 50000l"), "{:?}", steps.get("d"));
    assert!(page.visible().contains("25 windows have no features and are left out here"));
}

#[test]
fn an_axis_that_stops_in_some_recordings() {
    let made = Made::new();
    let mut some = many(15, 3, 64, 1.0);
    some.extend(stuck(1, 2, 0.0));
    let folder = made.state("normal", &some);
    let page = page(&[&folder], &[]);
    assert_eq!(page.rows("medians")[0].1[1].text, "16");
    assert!(page.id("findings").text.contains("stuck-axis"));
    assert!(page.visible().contains("1 window has no features"), "{}", page.visible());
}

#[test]
fn nothing_but_zeros() {
    for axes in [1, 2, 3] {
        let made = Made::new();
        let zeros = Recording::from_axes(axes, 64, vec![0.0; axes * 64]).unwrap();
        let folder = made.state("zeros", &vec![zeros; 12]);
        let alone = page(&[&folder], &[]);
        assert!(alone.id("advice").text.contains("No model can be trained"));
        let moving = made.state("moving", &many(12, axes, 64, 1.0));
        page(&[&folder], &[&moving]);
        page(&[&moving], &[&folder]);
    }
}

/// A page of them, or an error that names a file.
fn shown_or_named(recordings: &[Recording]) -> Option<Page> {
    let made = Made::new();
    let folder = made.state("odd", recordings);
    match explored(&[&folder], &[]) {
        Ok(explored) => Some(Page::of(&explored.html)),
        Err(error) => {
            assert!(error.to_string().contains("odd/00"), "{error}");
            None
        }
    }
}

#[test]
fn large_and_small_readings() {
    for size in [1e30, 1e9, 1e-9, 1e-30] {
        for axes in [1, 2, 3] {
            let page = shown_or_named(&many(14, axes, 64, size)).unwrap();
            page.is_sound();
            let cells = &page.rows("medians")[0].1;
            let mad =
                cells.iter().find(|one| one.get("data-key").is_some_and(|k| k.starts_with("mad")));
            let mad: f64 = mad.unwrap().get("data-value").unwrap().parse().unwrap();
            // Half of the range of even noise about 0, times 1.4826.
            assert!((0.5..1.0).contains(&(mad / size)), "{size} {mad}");
        }
    }
}

/// Nobody measures these; the checks of data quality then say that gravity is infinite, but what is drawn
/// is sound.
#[test]
fn readings_at_the_ends_of_all_numbers() {
    for size in [1e38, 1e60, 1e100, 1e200, f64::MAX / 2.0, 1e-60, 1e-100, 1e-200, 1e-320] {
        for axes in [1, 3] {
            if let Some(page) = shown_or_named(&many(12, axes, 64, size)) {
                page.is_drawn_well();
            }
        }
    }
}

#[test]
fn one_odd_recording_among_good_ones() {
    for size in [1e30, 1e200, f64::MAX / 2.0, 1e-320] {
        let mut some = many(14, 3, 64, 1.0);
        some.extend(many(1, 3, 64, size));
        shown_or_named(&some).unwrap().is_drawn_well();
    }
}

/// Labels of ticks that differ say different things, and none is longer than the room it has.
#[test]
fn ticks_are_short() {
    for size in [1e30, 1e9, 1e-9, 1e-30] {
        let page = shown_or_named(&many(14, 2, 64, size)).unwrap();
        for text in page.all("text").filter(|one| one.get("text-anchor") == Some("end")) {
            let name = text.get("class") == Some("name");
            assert!(name || text.text.chars().count() <= 9, "{size}: {}", text.text);
        }
    }
}

#[test]
fn lines_that_are_no_numbers_leave_their_file_out() {
    let made = Made::new();
    let folder = made.state("a", &many(12, 3, 64, 1.0));
    for (name, line) in [("0100.csv", "1,NaN,3"), ("0101.csv", "1,inf,3"), ("0102.csv", "1,,3")] {
        made.file(folder.join(name), format!("1,2,3\n{line}\n"));
    }
    let explored = explored(&[&folder], &[]).unwrap();
    assert_eq!(explored.left_out.len(), 3);
    for (reason, file) in explored.left_out.iter().zip(["0100", "0101", "0102"]) {
        assert!(reason.contains(&format!("{file}.csv: line 2")), "{reason}");
    }
    let page = Page::of(&explored.html);
    assert_eq!(page.rows("medians")[0].1[1].text, "12");
    assert!(page.id("command").text.contains("--skip-bad"));
}
