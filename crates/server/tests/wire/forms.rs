//! Both forms of a recording: what is written reads back, and what is damaged is refused.

use std::sync::Arc;

use judder_data::Recording;
use judder_server::{Posted, from_binary, from_json, to_binary};
use proptest::prelude::*;

/// The scale of counts in these tests: that of the example's sensor.
const SCALE: f32 = 1.0 / 2048.0;

/// A recording of counts.
fn posted() -> impl Strategy<Value = Posted> {
    let name = "[A-Za-z0-9_][A-Za-z0-9._-]{0,63}";
    let rate = prop::option::of(0.001..1e6f64);
    let time = prop::option::of((1..i64::MAX).prop_map(|ms| ms.to_string()));
    let counts = (1..=8usize, 1..40usize)
        .prop_flat_map(|(axes, len)| (Just(axes), prop::collection::vec(any::<i16>(), axes * len)));
    (name, any::<u64>(), rate, time, counts).prop_map(
        |(name, sequence, rate, time, (axes, counts))| {
            let values: Vec<f64> =
                counts.iter().map(|n| f64::from(*n) * f64::from(SCALE)).collect();
            let recording = Recording::from_axes(axes, values.len() / axes, values).unwrap();
            let recording = Arc::new(recording.with_rate(rate));
            Posted { device: Some(name), sequence: Some(sequence), time, recording }
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
            "device": posted.device, "sequence": posted.sequence, "time": posted.time,
            "rate_hz": posted.recording.rate_hz(), "axes": axes, "more": [1, "two", null],
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

#[test]
fn what_does_not_fit_is_not_written() {
    let one = |value: f64, device: Option<&str>| Posted {
        device: device.map(str::to_owned),
        sequence: Some(1),
        time: None,
        recording: Arc::new(Recording::from_axes(1, 1, vec![value]).unwrap()),
    };
    assert!(to_binary(&one(15.0, Some("a")), SCALE).is_some());
    assert!(to_binary(&one(17.0, Some("a")), SCALE).is_none());
    assert!(to_binary(&one(1.0, None), SCALE).is_none());
}
