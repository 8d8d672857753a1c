//! The unit that a header names, as in `x [mg]` or `Acceleration x (m/s^2)`.

use judder_core::Unit;

use super::names::{is_acceleration, words};
use crate::error::{Problem, shown};

/// The longest name of a column that is shown, in characters.
const LONGEST: usize = 40;

/// What a header says of the axes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Units {
    /// The unit that all accelerations name.
    pub(super) unit: Option<Unit>,
    /// The axes that are no accelerations: turning rates, temperatures, ....
    pub(super) others: Vec<usize>,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    /// An acceleration in this unit.
    In(Unit),
    /// An acceleration that names no unit.
    Acceleration,
    /// Something else, or nobody knows.
    Other,
}

/// What the names of the axes, in order, say of their unit.
///
/// # Errors
/// [`Problem::Units`] where accelerations name several, or some of them none.
pub(super) fn named(axes: &[&str]) -> Result<Units, Problem> {
    let each: Vec<Is> = axes.iter().map(|name| Is::of(name)).collect();
    let of_axis = |so: &dyn Fn(Is) -> bool| each.iter().position(|is| so(*is));
    let other = |at: usize| shown(axes[at], LONGEST);
    let named = each.iter().enumerate().find_map(|(at, is)| match is {
        Is::In(unit) => Some((at, *unit)),
        _ => None,
    });
    if let Some((first, unit)) = named {
        let differs = |is| matches!(is, Is::In(found) if found.per_g() != unit.per_g());
        for (found, names_one) in
            [(of_axis(&differs), true), (of_axis(&|is| is == Is::Acceleration), false)]
        {
            if let Some(at) = found {
                return Err(Problem::Units { column: other(first), other: other(at), names_one });
            }
        }
    } else if !each.contains(&Is::Acceleration) {
        return Ok(Units::default());
    }
    let others = (0..axes.len()).filter(|&at| each[at] == Is::Other).collect();
    Ok(Units { unit: named.map(|(_, unit)| unit), others })
}

/// Whether a name has a unit of acceleration in brackets.
pub(super) fn is_of_acceleration(name: &str) -> bool {
    in_brackets(name).is_some()
}

impl Is {
    fn of(name: &str) -> Self {
        let bare = name.split(['[', '(']).next().unwrap_or_default();
        let words = words(bare);
        if let Some(unit) = in_brackets(name) {
            return Self::In(unit);
        }
        if !is_acceleration(&words) {
            return Self::Other;
        }
        // `acc_x_mg`: the last of several words.
        match words.split_last().filter(|(_, before)| !before.is_empty()) {
            Some((last, _)) => spelled(last).map_or(Self::Acceleration, Self::In),
            None => Self::Acceleration,
        }
    }
}

/// The unit in brackets of either kind: what stands in the last ones, or all from earlier ones on, as
/// in `(m/(s^2))`.
fn in_brackets(name: &str) -> Option<Unit> {
    [('[', ']'), ('(', ')')].into_iter().find_map(|(opens, closes)| {
        let end = name.rfind(closes)?;
        let within = name[..end].rmatch_indices(opens);
        within.map(|(at, _)| &name[at + 1..end]).find_map(spelled)
    })
}

/// A unit of acceleration as people write it.
fn spelled(text: &str) -> Option<Unit> {
    let text = text.trim();
    if let Ok(unit) = text.parse() {
        return Some(unit);
    }
    // What a file in Latin-1 has in place of `²` is no UTF-8.
    let squared = |c: char| if matches!(c, '²' | '\u{FFFD}') { '2' } else { c };
    let said = |c: &char| c.is_alphanumeric() || matches!(c, '/' | '-' | '−' | '⁻');
    let plain: String = text.chars().map(squared).filter(said).collect::<String>().to_lowercase();
    let plain = plain.replace(['−', '⁻'], "-").replace("sec", "s").replace("ond", "");
    match plain.as_str() {
        "g" | "gs" | "gn" | "g0" | "gforce" | "g-force" => Some(Unit::G),
        "mg" | "mgs" | "millig" | "milli-g" => Some(Unit::MILLI_G),
        "m/s2" | "m/s/s" | "ms-2" | "ms2" | "mps2" => Some(Unit::METRES_PER_SECOND_SQUARED),
        "µg" | "μg" | "ug" => "counts:1000000".parse().ok(),
        "mm/s2" => "counts:9806.65".parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(name: &str) -> Option<Unit> {
        Some(name.parse().unwrap())
    }

    #[test]
    fn each_spelling_is_known() {
        for (spellings, expected) in [
            (["x [g]", "X (G)", "ax [g]", "Accel-X (g)", "gFx (g)", "acc_x_g"].as_slice(), "g"),
            (&["x [mg]", "x(mg)", "acc_x (milli-g)", "ax_mg", "Acc_X [mG]"], "mg"),
            (
                &[
                    "x [m/s2]",
                    "ax (m/s^2)",
                    "Acceleration x (m/s²)",
                    "x [m/s\u{FFFD}]",
                    "x (m/s/s)",
                    "x [m/(sec^2)]",
                    "x (m/(s^2))",
                    "x [m s^-2]",
                    "x [m·s⁻²]",
                    "x (left) [m/s**2]",
                    "accel x (m/second^2)",
                    "accX_mps2",
                ],
                "m/s2",
            ),
            (&["x [counts:16384]", "x (counts:0.1)"], "counts:16384"),
            (&["x [µg]"], "counts:1000000"),
        ] {
            for name in spellings {
                let found = named(&[name]).unwrap();
                let expected = if *name == "x (counts:0.1)" { "counts:0.1" } else { expected };
                assert_eq!(found, Units { unit: unit(expected), others: vec![] }, "{name}");
            }
        }
    }

    #[test]
    fn what_is_no_unit_of_acceleration_names_none() {
        for name in ["x", "x [V]", "ax (raw)", "x [LSB]", "x []", "(", "mg", "", "g", "a [%]"] {
            assert_eq!(named(&[name]).unwrap(), Units::default(), "{name}");
        }
    }

    #[test]
    fn other_columns_have_no_part_in_it() {
        let gyro = ["ax [mg]", "ay [mg]", "az [mg]", "gx [deg/s]", "gyro y", "temp"];
        assert_eq!(named(&gyro).unwrap(), Units { unit: unit("mg"), others: vec![3, 4, 5] });
        let unnamed = ["gx", "gy", "gz", "ax", "ay", "az"];
        assert_eq!(named(&unnamed).unwrap(), Units { unit: None, others: vec![0, 1, 2] });
        // Where none is an acceleration by its name, each may be one.
        assert_eq!(named(&["gx", "gy", "gz"]).unwrap(), Units::default());
    }

    #[test]
    fn columns_that_differ_are_named() {
        for (axes, expected) in [
            (
                ["x [mg]", "y [mg]", "z [g]"],
                "columns `x [mg]` and `z [g]` are not of one unit; bring them to one",
            ),
            (
                ["x", "y [mg]", "z [mg]"],
                "column `x` names no unit, but `y [mg]` does; name that of all accelerations, or of \
                 none",
            ),
        ] {
            assert_eq!(named(&axes).unwrap_err().to_string(), expected);
        }
    }

    proptest! {
        /// Whatever stands in a header, it is read.
        #[test]
        fn any_name_is_read(names in proptest::collection::vec("[xyzag_ ]{0,3}[\\[(]?\\PC{0,6}[\\])]?", 0..9)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if let Ok(units) = named(&names) {
                prop_assert!(units.others.iter().all(|at| *at < names.len()));
            }
        }

        /// Case, blanks and the kind of brackets do not count, nor what stands before them.
        #[test]
        fn spellings_may_be_mixed(
            which in 0usize..3, blanks in " {0,2}", square in any::<bool>(), before in "[a-z_]{0,5}",
        ) {
            let (text, name) = [("G", "g"), ("mg", "mg"), ("m/s^2", "m/s2")][which];
            let spaced = format!("{blanks}{text}{blanks}");
            let name_of = |inside: &str| if square { format!("{before}[{inside}]") } else { format!("{before} ({inside})") };
            prop_assert_eq!(named(&[&name_of(&spaced)]).unwrap().unit, unit(name));
        }
    }
}
