//! What attributes say.

use std::collections::BTreeMap;
use std::collections::HashMap;

use hdf5_pure::{AttrValue, Error};

use crate::decode::Column;

/// Names of lists of columns.
const COLUMNS: [&str; 9] = [
    "columns",
    "column_names",
    "names",
    "axes",
    "axis_names",
    "channels",
    "channel_names",
    "fields",
    "labels",
];

/// Attributes by their names in lower case.
pub(super) struct Attributes(BTreeMap<String, AttrValue>);

impl Attributes {
    /// Those that can be read.
    pub(super) fn of(read: Result<HashMap<String, AttrValue>, Error>) -> Self {
        let all = read.unwrap_or_default().into_iter();
        Self(all.map(|(name, value)| (name.to_lowercase(), value)).collect())
    }

    fn get(&self, name: &str) -> Option<&AttrValue> {
        self.0.get(&name.to_lowercase())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Those that are a number.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), number(value)?)))
    }

    pub(super) fn unit(&self) -> Option<String> {
        let unit = self.text("unit").or_else(|| self.text("units"));
        unit.map(str::to_owned).filter(|unit| !unit.is_empty())
    }

    pub(super) fn label(&self) -> Option<String> {
        let label = self.get("label").or_else(|| self.get("state"))?;
        match label.as_str() {
            Some(text) => Some(text.to_owned()).filter(|text| !text.is_empty()),
            None => number(label).map(|number| number.to_string()),
        }
    }

    /// The columns of an array of this shape, where they have names or units of their own.
    pub(super) fn columns(&self, shape: &[usize], unit: Option<&str>) -> Option<Vec<Column>> {
        let [len, columns] = *shape else { return None };
        if columns > len {
            return None;
        }
        let list = |name: &str| self.get(name)?.as_strings().filter(|all| all.len() == columns);
        let names = COLUMNS.iter().find_map(|name| list(name))?;
        let units = list("units").or_else(|| list("unit"));
        let column = |(index, name): (usize, &String)| {
            let own = units.and_then(|units| units.get(index)).map(String::as_str);
            let unit = own.or(unit).filter(|unit| !unit.is_empty()).map(str::to_owned);
            Column { unit, ..Column::numbers(name) }
        };
        (columns > 1).then(|| names.iter().enumerate().map(column).collect())
    }
}

fn number(value: &AttrValue) -> Option<f64> {
    value.as_f64().or_else(|| value.as_i64().map(|number| number as f64))
}
