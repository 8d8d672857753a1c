//! Both forms of a recording: what is written reads back, and what is damaged is refused.

use std::sync::Arc;

use judder_core::Unit;
use judder_data::Recording;
use judder_server::{Posted, from_binary, from_json, to_binary};
use proptest::prelude::*;

/// The scale of counts in these tests: that of the example's sensor.
const SCALE: f32 = 1.0 / 2048.0;

/// A recording of counts.
fn posted() -> impl Strategy<Value = Posted> {
    let start = prop::option::of(1..=u32::MAX);
    let name = "[A-Za-z0-9_][A-Za-z0-9._-]{0,63}";
    let rate = prop::option::of(0.001..1e6f64);
    let time = prop::option::of((1..i64::MAX).prop_map(|ms| ms.to_string()));
    let counts = (1..=8usize, 1..40usize)
        .prop_flat_map(|(axes, len)| (Just(axes), prop::collection::vec(any::<i16>(), axes * len)));
    (name, any::<u64>(), start, rate, time, counts).prop_map(
        |(name, sequence, start, rate, time, (axes, counts))| {
            let values: Vec<f64> =
                counts.iter().map(|n| f64::from(*n) * f64::from(SCALE)).collect();
            let recording = Recording::from_axes(axes, values.len() / axes, values).unwrap();
            let recording = Arc::new(recording.with_rate(rate).with_unit(Some(Unit::G)));
            Posted { device: Some(name), sequence: Some(sequence), start, time, recording }
        },
    )
}

proptest! {
    #[test]
    fn binary_reads_back(posted in posted()) {
        let body = to_binary(&posted, SCALE).unwrap();
        prop_assert_eq!(from_binary(&body).unwrap(), posted);
    }

    #[test]
    fn json_reads_back(posted in posted()) {
        let axes: Vec<Vec<f64>> = posted.recording.iter_axes().map(<[f64]>::to_vec).collect();
        let body = serde_json::json!({
            "device": posted.device, "sequence": posted.sequence, "start": posted.start,
            "time": posted.time, "rate_hz": posted.recording.rate_hz(), "unit": "g", "axes": axes,
            "more": [1, "two", null],
        });
        prop_assert_eq!(from_json(body.to_string().as_bytes()).unwrap(), posted);
    }

    /// Whatever is cut off, put behind or changed: no panic, and never more readings than there are bytes.
    #[test]
    fn damage_is_refused_or_read(
        posted in posted(), cut in 0..200usize, at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut body = to_binary(&posted, SCALE).unwrap();
        let short = &body[..body.len().saturating_sub(cut)];
        prop_assert_eq!(from_binary(short).is_ok(), cut == 0);
        let place = at.index(body.len());
        body[place] = byte;
        if let Ok(read) = from_binary(&body) {
            prop_assert!(2 * read.recording.values().len() <= body.len());
        }
        body.push(byte);
        prop_assert!(from_binary(&body).is_err() || body[4] != posted.recording.axes() as u8);
    }

    #[test]
    fn nonsense_is_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(from_json(&body).is_err());
        prop_assert!(from_binary(&body).is_err());
    }
}

/// Of more than three axes nothing says which are accelerations: they stay as they are, with their unit.
#[test]
fn readings_of_a_gyroscope_are_not_brought_to_g() {
    let posted = from_json(br#"{"unit":"mg","axes":[[1],[2],[1000],[7],[8],[9]]}"#).unwrap();
    assert_eq!(posted.recording.unit(), Some("mg".parse().unwrap()));
    assert_eq!(posted.recording.values(), [1.0, 2.0, 1000.0, 7.0, 8.0, 9.0]);
    // What is no number of 32 bits once it is in g is refused here, too.
    let body = br#"{"unit":"counts:0.001","axes":[[1e38],[0],[0],[0]]}"#;
    assert!(from_json(body).unwrap_err().to_string().contains("too large"));
}

/// The unit that a board names: its readings are in g then, in the plain form and in any other.
#[test]
fn readings_in_a_named_unit_are_brought_to_g() {
    for (unit, reads) in [
        ("g", 0.5),
        ("mg", 500.0),
        ("m/s2", 4.903_325),
        ("counts:2048", 1024.0),
        ("counts:0.1", 0.05),
    ] {
        for body in [
            format!(r#"{{"unit":"{unit}","x":[{reads},0],"y":[0,0],"z":[-{reads},1]}}"#),
            format!(r#"{{"axes":[[{reads},0],[0,0],[-{reads},1]],"more":0,"unit":"{unit}"}}"#),
        ] {
            let posted = from_json(body.as_bytes()).unwrap();
            assert_eq!(posted.recording.unit(), Some(Unit::G), "{body}");
            assert_eq!(posted.recording.axis(0), [0.5, 0.0], "{body}");
            assert_eq!(posted.recording.axis(2)[0], -0.5, "{body}");
        }
    }
    let unnamed = from_json(br#"{"x":[500],"y":[0],"z":[0],"unit":null}"#).unwrap();
    assert_eq!((unnamed.recording.unit(), unnamed.recording.values()[0]), (None, 500.0));
    for (unit, words) in [
        (r#""kg""#, "unit is not a unit judder knows: g, mg, m/s2, or counts:N"),
        (r#""counts:0""#, "unit is not a unit judder knows"),
        ("1000", "unit: there is"),
    ] {
        for body in [
            format!(r#"{{"unit":{unit},"x":[1],"y":[1],"z":[1]}}"#),
            format!(r#"{{"unit":{unit},"axes":[[1]]}}"#),
        ] {
            let problem = from_json(body.as_bytes()).unwrap_err();
            assert_eq!(problem.status(), 422, "{body}");
            assert!(problem.detail().contains(words), "{}", problem.detail());
        }
    }
    // What is too large in g is refused, whatever was sent.
    let problem = from_json(br#"{"unit":"counts:0.001","x":[1e38],"y":[0],"z":[0]}"#).unwrap_err();
    assert!(problem.detail().contains("x[0] is too large"), "{}", problem.detail());
}

#[test]
fn what_does_not_fit_is_not_written() {
    let one = |value: f64, device: Option<&str>| Posted {
        device: device.map(str::to_owned),
        sequence: Some(1),
        start: None,
        time: None,
        recording: Arc::new(Recording::from_axes(1, 1, vec![value]).unwrap()),
    };
    assert!(to_binary(&one(15.0, Some("a")), SCALE).is_some());
    assert!(to_binary(&one(17.0, Some("a")), SCALE).is_none());
    assert!(to_binary(&one(1.0, None), SCALE).is_none());
}

/// The bytes that a board of judder 0.1 sends mean what they did, and those with a start stand in the same places.
#[test]
fn bytes_are_where_the_form_says() {
    let first = b"JUD1\x01\x03\0\0\x02\0\0\0\0\0\0\x3F\0\0\0\0\0\0\x69\x40\x07\0\0\0\0\0\0\0\
        \0\0\0\0\0\0\0\0fan\x04\0\xFE\xFF";
    let posted = from_binary(first).unwrap();
    assert_eq!(
        (posted.device.as_deref(), posted.sequence, posted.start),
        (Some("fan"), Some(7), None)
    );
    assert_eq!(posted.recording.values(), [2.0, -1.0]);
    assert_eq!(posted.recording.rate_hz(), Some(200.0));
    assert_eq!(to_binary(&posted, 0.5).unwrap(), first);
    let mut second = first.to_vec();
    second[3] = b'2';
    second.splice(40..40, *b"\x04\x03\x02\x01\0\0\0\0");
    let with_start = Posted { start: Some(0x0102_0304), ..posted.clone() };
    assert_eq!(from_binary(&second).unwrap(), with_start);
    assert_eq!(to_binary(&with_start, 0.5).unwrap(), second);
    // None is a start of 0.
    second[40..44].fill(0);
    assert_eq!(from_binary(&second).unwrap(), posted);
    second[44] = 1;
    assert_eq!(from_binary(&second).unwrap_err().detail(), "bytes 44 to 47 are not 0");
    second[3] = b'3';
    assert!(from_binary(&second).unwrap_err().detail().contains("neither JUD1 nor JUD2"));
    assert!(
        from_json(br#"{"device":"a","sequence":1,"start":0,"axes":[[1]]}"#)
            .unwrap()
            .start
            .is_none()
    );
}
