//! What a peer may ask of the server.

use std::time::Duration;

use crate::budget::MEMORY;

/// What a peer may ask of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in the body of a request.
    pub body: usize,
    /// Connections at a time; further ones wait until one ends.
    pub connections: usize,
    /// Bytes of all that is not yet read or answered, of last recordings, and of events of pages.
    pub memory: usize,
    /// How long a connection may take to send the head of its next request. An idle one is closed then.
    pub head: Duration,
    /// How long a request may take to send its body.
    pub sending: Duration,
    /// How long a peer may read nothing of what it is answered.
    pub reading: Duration,
    /// How long requests that are being answered may take when the server stops.
    pub stopping: Duration,
}

impl Limits {
    /// What of the memory is for requests that are not answered yet,
    pub(crate) fn requests(&self) -> usize {
        self.memory / 4 * 3
    }

    /// for the last recordings of devices,
    pub fn last(&self) -> usize {
        self.memory / 8
    }

    /// and for what pages are told.
    pub(crate) fn events(&self) -> usize {
        self.memory / 8
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A minute of three axes at 200 Hz is some 300 kB as JSON.
            body: 4 << 20,
            connections: 16_384,
            memory: MEMORY,
            head: Duration::from_secs(60),
            sending: Duration::from_secs(20),
            reading: Duration::from_secs(60),
            stopping: Duration::from_secs(5),
        }
    }
}
