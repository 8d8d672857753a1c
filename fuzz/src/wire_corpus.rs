//! What boards post, in both forms, and what the page asks and sends.

use std::sync::Arc;

use judder_data::Recording;
use judder_server::{Posted, to_binary};

/// Recordings as JSON: as sketches write them, and with all that may stand beside.
pub fn posted_json() -> Vec<Vec<u8>> {
    [
        r#"{"x":[0.5,-0.015625],"y":[1,2],"z":[1e-3,0]}"#,
        "{\"x\": [0.5, 1.0],\n \"y\": [1, 2], \"z\": [0, 0.25] }\n",
        r#"{"device":"fan","sequence":1,"start":4294967295,"rate_hz":200,"x":[-0.01220703125,0.0146484375,0.5,-0.25],"y":[1.00048828125,0.98,0,-0.0],"z":[0.001,0.9375,-0.00048828125,1.5]}"#,
        r#"{"device":"pump-1","sequence":18446744073709551615,"time":"2026-01-01T00:00:00Z","rate_hz":199.7,"axes":[[1,2.5],[-3e2,4]]}"#,
        r#"{"unit":"mg","x":[500],"y":[-2.5],"z":[1000]}"#,
        r#"{"device":"a","sequence":8,"unit":"counts:16384","axes":[[16384],[3]]}"#,
        r#"{"sequence":7,"device":"a","x":[0],"y":[0],"z":[1],"other":{"a":[null,true,"\u00e4"]}}"#,
        r#"{"device":null,"rate_hz":null,"x":[1],"y":[2],"z":[3]}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// Recordings in the binary form.
pub fn posted_binary() -> Vec<Vec<u8>> {
    let one = |axes: usize, length: usize, rate_hz: Option<f64>, time: Option<&str>| {
        // With a start and without.
        let start = rate_hz.map(|_| u32::MAX);
        let values = (0..axes * length).map(|at| (at as f64 - 3.0) / 2048.0).collect();
        let recording = Arc::new(Recording::from_axes(axes, length, values)?.with_rate(rate_hz));
        let device = Some(format!("board-{axes}"));
        let (sequence, time) = (Some(u64::MAX), time.map(ToOwned::to_owned));
        to_binary(&Posted { device, sequence, start, time, recording }, 1.0 / 2048.0)
    };
    [one(3, 20, Some(199.7), Some("1767225600000")), one(1, 1, None, None), one(8, 5, None, None)]
        .into_iter()
        .flatten()
        .collect()
}
