//! What people set, by scope and key.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::batch::Batch;
use crate::error::HistoryError;
use crate::reader::Reader;

impl Batch<'_> {
    /// Sets a value, or takes it away. A scope is a device's name, say.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn set_setting(
        &mut self,
        scope: &str,
        key: &str,
        value: Option<&str>,
    ) -> Result<(), HistoryError> {
        self.write(|store| {
            let set = match value {
                Some(value) => store.connection.execute(
                    "INSERT OR REPLACE INTO setting (scope, key, value) VALUES (?1, ?2, ?3)",
                    params![scope, key, value],
                ),
                None => store.connection.execute(
                    "DELETE FROM setting WHERE scope = ?1 AND key = ?2",
                    params![scope, key],
                ),
            };
            set.map(drop)
        })
    }
}

impl Reader {
    /// What is set in a scope.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn settings(&self, scope: &str) -> Result<BTreeMap<String, String>, HistoryError> {
        let query = "SELECT key, value FROM setting WHERE scope = ?1";
        let pairs = self.list(query, [scope], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(pairs.into_iter().collect())
    }

    /// The scopes in which a key is set, and to what.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn scopes(&self, key: &str) -> Result<BTreeMap<String, String>, HistoryError> {
        let query = "SELECT scope, value FROM setting WHERE key = ?1";
        let pairs = self.list(query, [key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(pairs.into_iter().collect())
    }
}
