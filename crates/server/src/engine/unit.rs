//! What is told of readings in another unit than the model's.

use judder_core::Unit;
use judder_model::digits;

/// Why readings are taken for ones of another unit, and what to do; `named` says whether the device names one.
pub(super) fn words(found: f64, expected: f64, looks: Option<Unit>, named: bool) -> String {
    let reads =
        format!("gravity reads {} where the model's is {}", digits(found), digits(expected));
    match looks {
        _ if named => format!(
            "{reads}, in g by the unit that is named (by the device, or as this server was told): it is the wrong \
             one, or the range of the sensor has changed"
        ),
        Some(unit) => format!(
            "{reads}: the readings look like {unit}; have the device send g, or name the unit: \"unit\": \"{unit}\""
        ),
        None => format!(
            "{reads}: the unit of the readings or the range of the sensor has changed; have the device send g, or \
             name the unit"
        ),
    }
}
