//! The figures of a device.

use insta::assert_snapshot;
use judder_data::Recording;
use judder_report::live::{DeviceFigures, Scored, device, waveform};

use crate::made::{START, THRESHOLD, alerts, history, model, nothing, recording};

/// Places behind the point that are compared: the last digits are another system's.
const PLACES: usize = 8;

/// An element a line, so that a change is seen where it is.
fn lines(html: &str) -> String {
    let mut place = None;
    let short = |c: &char| {
        place = match place {
            _ if *c == '.' => Some(0),
            Some(at) if c.is_ascii_digit() => Some(at + 1),
            _ => None,
        };
        place.is_none_or(|at| at <= PLACES)
    };
    html.replace("><", ">\n<").chars().filter(short).collect()
}

/// The path of the class `class` in a fragment.
fn path<'h>(html: &'h str, class: &str) -> &'h str {
    let start = html.find(&format!("class=\"{class}\"")).unwrap_or_else(|| panic!("no {class}"));
    html[start..].split(" d=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn device_with_everything() {
    let (coin, model, history, alerts) = (recording("low+coin", 7), model(), history(), alerts());
    let reasons = ["x axis, 75-100 Hz: 2.4 × normal".to_owned(), "a <b> & \"c\"".to_owned()];
    let figures = DeviceFigures {
        recording: Some(&coin),
        model: Some(&model),
        reasons: &reasons,
        history: &history,
        alerts: &alerts,
        threshold: Some(THRESHOLD),
        ..nothing()
    };
    assert_snapshot!("device", lines(&device(&figures)));
}

#[test]
fn waveform_of_three_axes() {
    assert_snapshot!(lines(&waveform(&recording("low", 3), None)));
}

#[test]
fn readings_are_counted_where_no_rate_is_known() {
    let one = Recording::from_axes(1, 3, vec![1.0, 1.5, 1.0]).unwrap();
    assert!(waveform(&one, None).contains("data-x-name=\"reading\""));
    assert!(waveform(&one, Some(2.0)).contains("data-x-name=\"time\""));
    // What is no rate is none.
    assert!(waveform(&one, Some(0.0)).contains("data-x-name=\"reading\""));
}

#[test]
fn a_device_of_which_nothing_is_known_has_words() {
    let html = device(&nothing());
    assert!(html.contains("not kept"));
    assert!(!html.contains("<svg"));
}

#[test]
fn what_is_too_short_for_the_model_is_drawn_all_the_same() {
    let (short, model) = (Recording::from_axes(3, 5, vec![0.5; 15]).unwrap(), model());
    let html = device(&DeviceFigures { recording: Some(&short), model: Some(&model), ..nothing() });
    assert!(html.contains("live-waveform") && html.contains("live-history"));
    assert!(!html.contains("live-beside-normal") && !html.contains("live-spectrum"));
}

#[test]
fn what_is_no_number_is_drawn_as_nothing() {
    let mut values = vec![0.5; 600];
    values[3] = f64::NAN;
    values[4] = f64::INFINITY;
    values[5] = f64::MAX;
    let broken = Recording::from_axes(3, 200, values).unwrap();
    let model = model();
    let scored = |at, value| Scored {
        at_ms: START + at,
        score: Some(value),
        least: Some(value),
        decision: None,
        threshold: None,
    };
    let history = [scored(0, f64::NAN), scored(1, f64::INFINITY), scored(1, 1.0), scored(2, -1.0)];
    let figures = DeviceFigures {
        recording: Some(&broken),
        model: Some(&model),
        history: &history,
        threshold: Some(f64::INFINITY),
        ..nothing()
    };
    let html = device(&figures);
    assert!(!html.contains("NaN") && !html.contains(" inf"), "{html}");
}

#[test]
fn a_line_breaks_where_nothing_came_for_long() {
    let scored = |second: i64| Scored {
        at_ms: START + 1000 * second,
        score: Some(2.0),
        least: Some(2.0),
        decision: None,
        threshold: None,
    };
    let history: Vec<Scored> = [0, 1, 2, 3, 40, 41, 42].map(scored).to_vec();
    let html = device(&DeviceFigures { history: &history, ..nothing() });
    let breaks = path(&html, "line x0 fine").matches('m').count();
    assert_eq!(breaks, 2);
}

#[test]
fn a_band_reaches_from_the_largest_score_of_a_stretch_to_the_smallest() {
    let scored = |second: i64, least, score| Scored {
        at_ms: START + 1000 * second,
        score: Some(score),
        least: Some(least),
        decision: None,
        threshold: None,
    };
    let mut history = vec![scored(0, 0.0, 10.0), scored(30, 5.0, 5.0), scored(60, 0.0, 10.0)];
    let figures = DeviceFigures { history: &history, to_ms: START + 60_000, ..nothing() };
    let html = device(&figures);
    // Along the largest and back along the smallest, on a grid of 50 000 for -0.4 to 10.4: 10 is at 50 000 x 0.4 / 10.8.
    let band = path(&html, "area x0");
    assert!(
        band.starts_with("m0 1852l25000 23148 25000-23148 0 46296-25000-23148-25000 23148"),
        "{band}"
    );
    assert!(html.contains("a band reaches down to the smallest"));
    for one in &mut history {
        one.least = one.score;
    }
    let html = device(&DeviceFigures { history: &history, to_ms: START + 60_000, ..nothing() });
    assert!(!html.contains("area x0") && !html.contains("band"));
}

#[test]
fn alerts_are_shaded_while_they_were_open() {
    let (history, alerts) = (history(), alerts());
    let figures = DeviceFigures { history: &history, alerts: &alerts, ..nothing() };
    let html = device(&figures);
    // 183 to 241 s and 290 to 300 s of 300 s, on a grid of 50 000.
    let anomalies = path(&html, "area a0");
    assert!(anomalies.starts_with("m30500 50000l0-50000 9667 0 0 50000"), "{anomalies}");
    assert_eq!(anomalies.matches('m').count(), 2);
    assert!(path(&html, "area a0 other").starts_with("m24167 50000"));
}

#[test]
fn scores_above_the_threshold_are_squares() {
    let history = history();
    let html =
        device(&DeviceFigures { history: &history, threshold: Some(THRESHOLD), ..nothing() });
    let above =
        history.iter().filter(|one| one.score.is_some_and(|score| score > THRESHOLD)).count();
    assert!(above > 10);
    assert_eq!(path(&html, "dots a0 small").matches('h').count(), above);
}

#[test]
fn a_threshold_that_was_another_is_drawn_as_it_was() {
    let mut history = history();
    let constant =
        device(&DeviceFigures { history: &history, threshold: Some(THRESHOLD), ..nothing() });
    assert!(constant.contains("class=\"rule\"") && !constant.contains("line x4"));
    history[0].threshold = Some(5.0);
    let html =
        device(&DeviceFigures { history: &history, threshold: Some(THRESHOLD), ..nothing() });
    assert!(!html.contains("class=\"rule\"") && html.contains("line x4 dash"));
}

#[test]
fn times_are_given_as_numbers_for_the_readers_clock() {
    let history = history();
    let html = device(&DeviceFigures { history: &history, ..nothing() });
    // 21:54 UTC, each minute.
    assert!(html.contains("data-ms=\"1764107640000\" data-step=\"60000\">21:54</text>"), "{html}");
    let ahead = device(&DeviceFigures { history: &history, minutes_ahead: 330, ..nothing() });
    assert!(ahead.contains("data-ms=\"1764107640000\" data-step=\"60000\">03:24</text>"));
}

#[test]
fn no_time_is_cut_off_at_the_right_end() {
    let history = history();
    let mut most: f64 = 0.0;
    for late in 0..60 {
        let html = device(&DeviceFigures {
            from_ms: START + 1000 * late,
            to_ms: START + 1000 * (late + 60),
            history: &history,
            ..nothing()
        });
        for text in html.split("<text ").filter(|text| text.contains("data-ms")) {
            let attribute =
                |name: &str| text.split(name).nth(1).unwrap().split('"').next().unwrap();
            let middle: f64 = attribute("x=\"").parse().unwrap();
            let label = text.split('>').nth(1).unwrap().split('<').next().unwrap();
            // In the page's font a digit takes 7.2 units of 420.
            most = most.max(middle + label.len() as f64 * 7.2 / 2.0);
        }
    }
    assert!((390.0..=420.0).contains(&most), "{most}");
}
