//! Names that stand once in the file, by their numbers.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::UnixMillis;

/// Names whose numbers are remembered; beyond that it begins anew, and looks them up in the file.
pub(crate) const MOST: usize = 16_384;

/// The numbers of devices and models, as far as they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Names {
    devices: HashMap<String, i64>,
    /// By name, and by threshold in bits: a model that is trained anew under its name is another.
    models: HashMap<String, Vec<(Option<u64>, i64)>>,
}

impl Names {
    /// Forgets all: what was added is not in the file after all.
    pub(crate) fn clear(&mut self) {
        self.devices.clear();
        self.models.clear();
    }

    /// The number of a device, if it was seen before.
    pub(crate) fn known_device(
        &mut self,
        connection: &Connection,
        name: &str,
    ) -> rusqlite::Result<Option<i64>> {
        if let Some(&id) = self.devices.get(name) {
            return Ok(Some(id));
        }
        let mut select = connection.prepare_cached("SELECT id FROM device WHERE name = ?1")?;
        let id = select.query_row([name], |row| row.get(0)).optional()?;
        if let Some(id) = id {
            self.remember_device(name, id);
        }
        Ok(id)
    }

    /// The number of a device, which is first seen now if it was not before.
    pub(crate) fn device(
        &mut self,
        connection: &Connection,
        name: &str,
        at: UnixMillis,
    ) -> rusqlite::Result<i64> {
        if let Some(id) = self.known_device(connection, name)? {
            return Ok(id);
        }
        let mut insert = connection.prepare_cached(
            "INSERT INTO device (name, first_seen, last_seen, recordings) VALUES (?1, ?2, ?2, 0)",
        )?;
        let id = insert.insert(params![name, at])?;
        self.remember_device(name, id);
        Ok(id)
    }

    fn remember_device(&mut self, name: &str, id: i64) {
        if self.devices.len() >= MOST {
            self.devices.clear();
        }
        self.devices.insert(name.to_owned(), id);
    }

    /// The number of a model with this threshold, if there is a model.
    pub(crate) fn model(
        &mut self,
        connection: &Connection,
        name: Option<&str>,
        threshold: Option<f64>,
    ) -> rusqlite::Result<Option<i64>> {
        let Some(name) = name else { return Ok(None) };
        // Not a number is none in the file.
        let threshold = threshold.filter(|threshold| !threshold.is_nan());
        let bits = threshold.map(f64::to_bits);
        let known = self.models.get(name).into_iter().flatten();
        if let Some(&(_, id)) = known.clone().find(|&&(other, _)| other == bits) {
            return Ok(Some(id));
        }
        let mut select = connection
            .prepare_cached("SELECT id FROM model WHERE name = ?1 AND threshold IS ?2")?;
        let id = select.query_row(params![name, threshold], |row| row.get(0)).optional()?;
        let id = match id {
            Some(id) => id,
            None => connection
                .prepare_cached("INSERT INTO model (name, threshold) VALUES (?1, ?2)")?
                .insert(params![name, threshold])?,
        };
        if self.models.len() >= MOST {
            self.models.clear();
        }
        self.models.entry(name.to_owned()).or_default().push((bits, id));
        Ok(Some(id))
    }
}
