//! What a history holds, at a glance and from outside.

use std::path::Path;

use crate::error::HistoryError;
use crate::outside::Outside;
use crate::reader::Device;

/// What a history holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overview {
    /// The version of its tables.
    pub version: i64,
    /// The devices that were seen, by name, as far as they are in the tables.
    pub devices: Vec<Device>,
    /// Recordings in the tables.
    pub recordings: u64,
    /// Recordings whose readings are there.
    pub readings: u64,
    /// Windows that were judged.
    pub windows: u64,
    /// Alerts.
    pub alerts: u64,
    /// Recordings that wait beside the tables.
    pub waiting: u64,
    /// Bytes on the disk.
    pub bytes: u64,
}

/// Looks what a history holds, whether a server writes to it or not.
///
/// # Errors
/// Where it cannot be looked at.
pub fn overview(path: &Path) -> Result<Overview, HistoryError> {
    loop {
        let outside = Outside::open(path)?;
        let found = look(&outside);
        if !outside.is_disturbed() {
            return found;
        }
    }
}

fn look(outside: &Outside) -> Result<Overview, HistoryError> {
    let (waiting, _) = outside.waiting()?;
    let place = &outside.place;
    let connection = &outside.connection;
    let query = "SELECT recordings, windows, readings, (SELECT count(*) FROM alert) FROM total";
    let [recordings, windows, readings, alerts] =
        place.named(connection.query_row(query, [], |row| {
            let count = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
            Ok([count(0)?, count(1)?, count(2)?, count(3)?])
        }))?;
    Ok(Overview {
        version: outside.version,
        devices: place.named(Device::all(connection))?,
        recordings,
        readings,
        windows,
        alerts,
        waiting: waiting.entries.len() as u64,
        bytes: place.bytes(),
    })
}
