//! TDMS, the measurement files of LabVIEW.
//!
//! From "TDMS File Format Internal Structure" (National Instruments). The reader is our own, as those that there are
//! hold a file in memory.

mod channel;
mod metadata;
mod segments;

use std::path::Path;
use std::sync::Arc;

use super::arrays::{Array, Facts, Gather, Group, Rules, tables};
use super::{Column, Kind, Tables};
use crate::error::{Problem, shown};
use channel::{Channel, What};
use metadata::Value;
use segments::Object;

/// Whether a file that begins with these bytes is one.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"TDSm")
}

/// Its groups of channels.
///
/// # Errors
/// A [`Problem`] that names the channel.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let objects = segments::read(path)?;
    let mut said = Facts::default();
    let mut groups: Vec<Group> = Vec::new();
    for object in &objects {
        if object.path.is_empty() {
            facts(object, &mut said);
        }
    }
    for object in objects.iter().filter(|object| object.path.len() == 2) {
        let (Some(group), Some(name)) = (object.path.first(), object.path.last()) else { continue };
        let Some(array) = array(path, object, name)? else { continue };
        let len = array.shape.first().copied();
        let of = |one: &&mut Group| {
            one.name == *group
                && one.arrays.first().and_then(|one| one.shape.first().copied()) == len
        };
        match groups.iter_mut().find(of) {
            Some(found) => found.arrays.push(array),
            None => {
                let above = objects.iter().find(|one| one.path[..] == object.path[..1]);
                let mut own = Facts::default();
                above.iter().for_each(|above| facts(above, &mut own));
                let (arrays, name) = (vec![array], group.clone());
                groups.push(Group { name, arrays, facts: own.or(&said), gather: Gather::Whole });
            }
        }
    }
    let rules = Rules { leaves_out: true, names_one: false };
    tables(groups, rules)?.ok_or_else(|| wrong("it has no channel of numbers; record it again"))
}

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::Format { format: "TDMS", reason: reason.into() }
}

/// What properties say.
fn facts(object: &Object, facts: &mut Facts) {
    for (name, value) in &object.properties {
        match value {
            Value::Number(number) if name == "wf_increment" => {
                facts.take("dt", *number);
            }
            Value::Number(number) => {
                facts.take(name, *number);
            }
            Value::Time(time) if name == "wf_start_time" => facts.taken = Some(*time),
            Value::Text(text) if name.eq_ignore_ascii_case("label") && !text.is_empty() => {
                facts.label = Some(text.clone());
            }
            _ => {}
        }
    }
}

/// A channel as an array; none where it has no numbers.
fn array(path: &Path, object: &Object, name: &str) -> Result<Option<Array>, Problem> {
    let len = object.runs.iter().try_fold(0u64, |all, run| all.checked_add(run.count()));
    let len = len.and_then(|len| usize::try_from(len).ok()).unwrap_or(0);
    let Some(what) = object.what.filter(|_| len > 0) else { return Ok(None) };
    if let What::Raw = what {
        let name = shown(name, 60);
        return Err(wrong(format!(
            "channel `{name}` is raw data of DAQmx, which is not read; export it, or save it as CSV"
        )));
    }
    let text = |name: &str| match object.property(name) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let unit = text("unit_string").or_else(|| text("NI_UnitDescription"));
    let kind = match what {
        What::Time { .. } => Kind::Times { since_1970: true },
        _ => Kind::Numbers,
    };
    let channel = Channel {
        path: path.to_owned(),
        runs: object.runs.clone(),
        what,
        scales: scales(object, name)?,
    };
    let mut array = Array::new(name, vec![len, 1], false, Arc::new(channel));
    array.columns = Some(vec![Column { name: name.to_owned(), unit, kind }]);
    facts(object, &mut array.facts);
    Ok(Some(array))
}

/// By what numbers are multiplied, and what is added then, one after the other.
fn scales(object: &Object, name: &str) -> Result<Vec<(f64, f64)>, Problem> {
    let number = |name: &str| match object.property(name) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    let is_scaled = matches!(object.property("NI_Scaling_Status"), Some(Value::Text(text)) if text != "unscaled");
    let count = number("NI_Number_Of_Scales").filter(|_| !is_scaled).unwrap_or(0.0);
    let scale = |index: usize| {
        let kind = object.property(&format!("NI_Scale[{index}]_Scale_Type"));
        match kind {
            None => Ok((1.0, 0.0)),
            Some(Value::Text(kind)) if kind == "Linear" => {
                let of = |what: &str| number(&format!("NI_Scale[{index}]_Linear_{what}"));
                Ok((of("Slope").unwrap_or(1.0), of("Y_Intercept").unwrap_or(0.0)))
            }
            _ => Err(wrong(format!(
                "channel `{}` is scaled by more than a factor and an offset; export it as CSV",
                shown(name, 60)
            ))),
        }
    };
    (0..(count as usize).min(64)).map(scale).collect()
}

#[cfg(test)]
mod tests;
