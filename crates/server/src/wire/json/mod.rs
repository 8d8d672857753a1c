//! A recording as JSON: `{"x": [...], "y": [...], "z": [...]}`, and what is known of it.

mod quick;

use serde::Deserialize;

use super::{Posted, checked_name, checked_rate, checked_unit, recording, whole};
use crate::problem::Problem;
use quick::{AXES, Plain};

/// What is read of a body. Other fields are passed over, as the example's server did.
#[derive(Debug, Clone, Deserialize)]
struct Body {
    device: Option<String>,
    sequence: Option<u64>,
    start: Option<u32>,
    time: Option<String>,
    rate_hz: Option<f64>,
    unit: Option<String>,
    x: Option<Vec<f64>>,
    y: Option<Vec<f64>>,
    z: Option<Vec<f64>>,
    axes: Option<Vec<Vec<f64>>>,
}

/// Reads a recording from the body of a request: three axes `x`, `y`, `z`, or `axes`, a list of 1 to 8
/// lists; each in g, oldest first, or in the `unit` that is named. `device`, `sequence`, `start`, `time` and
/// `rate_hz` may stand beside; a start of 0 is none.
///
/// # Errors
/// 400 where it is no JSON, 422 where it is no recording; the detail names the field.
pub fn from_json(body: &[u8]) -> Result<Posted, Problem> {
    match quick::read(body) {
        Some(plain) => from_plain(plain),
        None => from_any(any(body)?),
    }
}

fn from_plain(plain: Plain) -> Result<Posted, Problem> {
    let Plain { device, sequence, start, time, rate_hz, unit, length, values } = plain;
    let rate_hz = checked(device.as_deref(), rate_hz)?;
    let unit = checked_unit(unit.as_deref())?;
    let recording = whole(AXES.len(), &AXES, length, values, rate_hz, unit)?;
    let start = start.filter(|start| *start > 0);
    Ok(Posted { device, sequence, start, time, recording })
}

fn from_any(body: Body) -> Result<Posted, Problem> {
    let rate_hz = checked(body.device.as_deref(), body.rate_hz)?;
    let unit = checked_unit(body.unit.as_deref())?;
    let recording = match (body.axes, [body.x, body.y, body.z]) {
        (Some(axes), [None, None, None]) => recording(&axes, &[], rate_hz, unit)?,
        (Some(_), _) => {
            return Err(Problem::unfit("axes and x, y, z are both there; post one of them"));
        }
        (None, axes) => {
            let missing = axes.iter().position(Option::is_none);
            if let Some(at) = missing {
                return Err(Problem::unfit(format!(
                    "{} is missing; post x, y and z, or axes",
                    AXES[at]
                )));
            }
            let axes: Vec<Vec<f64>> = axes.into_iter().flatten().collect();
            recording(&axes, &AXES, rate_hz, unit)?
        }
    };
    let Body { device, sequence, start, time, .. } =
        Body { axes: None, x: None, y: None, z: None, ..body };
    let start = start.filter(|start| *start > 0);
    Ok(Posted { device, sequence, start, time, recording })
}

/// Looks at what stands beside the readings; the sample rate.
fn checked(device: Option<&str>, rate_hz: Option<f64>) -> Result<Option<f64>, Problem> {
    if let Some(device) = device {
        checked_name("device", device)?;
    }
    checked_rate(rate_hz)
}

/// Whatever JSON it is.
fn any(body: &[u8]) -> Result<Body, Problem> {
    let body = std::str::from_utf8(body).map_err(|error| {
        let at = error.valid_up_to();
        Problem::malformed(format!("the body is no JSON: byte {at} is no UTF-8"))
    })?;
    serde_json::from_str(body).map_err(|_| explained(body))
}

/// What is wrong with a body that was not understood: read once more, to name the place.
fn explained(body: &str) -> Problem {
    let mut reader = serde_json::Deserializer::from_str(body);
    match serde_path_to_error::deserialize::<_, Body>(&mut reader) {
        Err(error) if error.inner().is_data() => {
            let path = error.path().to_string();
            // A list is taken for the fields in their order.
            if path.starts_with('[') {
                return Problem::unfit("the body is a list, and should be an object");
            }
            let place = if path == "." { "the body".to_owned() } else { path };
            Problem::unfit(format!("{place}: {}", in_words(error.inner())))
        }
        Err(error) => Problem::malformed(format!("the body is no JSON: {}", error.inner())),
        // All of it was understood, and something follows.
        Ok(_) => Problem::malformed("something follows the JSON of the body"),
    }
}

/// What serde_json says, in the words of JSON, and without line and column, which mean nothing in a body of one line.
fn in_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(&*text, |(what, _)| what);
    let parts = text.split_once(": ").and_then(|(_, rest)| rest.rsplit_once(", expected "));
    let Some((found, wanted)) = parts else { return text.to_owned() };
    let found = match found {
        "sequence" => "a list",
        "map" => "an object",
        other => other,
    };
    let wanted = match wanted {
        "u64" => "a whole number from 0 on",
        "u32" => "a whole number from 0 to 4294967295",
        "f64" => "a number",
        "a sequence" => "a list",
        "struct Body" => "an object",
        other => other,
    };
    format!("there is {found}, and there should be {wanted}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Body, Plain, quick};

    /// What serde reads, where it is plain.
    fn plain(body: &Body) -> Plain {
        let Body { device, sequence, start, time, rate_hz, unit, x, y, z, axes: None } =
            body.clone()
        else {
            panic!("{body:?}")
        };
        let axes = [x, y, z].map(Option::unwrap);
        assert!(!axes[0].is_empty() && axes.iter().all(|axis| axis.len() == axes[0].len()));
        let (length, values) = (axes[0].len(), axes.concat());
        Plain { device, sequence, start, time, rate_hz, unit, length, values }
    }

    /// Pieces of bodies, so that most are nearly one.
    fn pieces() -> impl Strategy<Value = String> {
        let number = prop_oneof![
            "-?[0-9]\\.[0-9]{1,12}",
            "-?[0-9]{1,20}",
            "[-+]?[0-9]{0,3}\\.?[0-9]{0,25}([eE][-+]?[0-9]{1,3})?",
            Just("null".to_owned()),
            Just("NaN".to_owned()),
            Just("inf".to_owned()),
        ];
        let axis = proptest::collection::vec(number.clone(), 0..5)
            .prop_map(|numbers| format!("[{}]", numbers.join(",")));
        let value = prop_oneof![
            4 => axis,
            2 => number,
            1 => "\"[ -~é]{0,8}\"",
            1 => Just("{\"a\":[1]}".to_owned()),
        ];
        let name = prop_oneof![
            4 => "[xyz]", 2 => "device|sequence|start|time|rate_hz|unit|axes", 1 => "[a-z\\\\]{0,3}",
        ];
        let field =
            (name, "[ \t\n]?", value, "[ \r]?").prop_map(|(name, before, value, behind)| {
                format!("\"{name}\":{before}{value}{behind}")
            });
        (proptest::collection::vec(field, 0..6), "[ }]?")
            .prop_map(|(fields, behind)| format!("{{{}}}{behind}", fields.join(",")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn what_is_read_quickly_is_what_serde_reads(body in pieces()) {
            if let Some(quick) = quick::read(body.as_bytes()) {
                let slow: Body = serde_json::from_str(&body).unwrap();
                prop_assert_eq!(quick, plain(&slow), "{}", body);
            }
        }
    }

    #[test]
    fn what_boards_write_is_read_quickly() {
        for body in [
            r#"{"x":[0.5,-0.015625],"y":[1,2],"z":[1e-3,0]}"#,
            "{\"x\": [0.5, 1.0],\n \"y\": [1, 2], \"z\": [0, 0.25] }\n",
            r#"{"device":"a","sequence":18446744073709551615,"time":"t","rate_hz":199.7,"unit":"mg","x":[1],"y":[2],"z":[3]}"#,
        ] {
            let slow: Body = serde_json::from_str(body).unwrap();
            assert_eq!(quick::read(body.as_bytes()), Some(plain(&slow)), "{body}");
        }
    }
}
