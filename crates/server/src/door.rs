//! The door: who comes in, how often, and what is counted of it.

use std::sync::Arc;
use std::time::SystemTime;

use judder_core::Unit;

use crate::access::Access;
use crate::metrics::Metrics;
use crate::peers::{PeerLimits, Peers};
use crate::refusals::Refusals;

/// Who comes in, how often, and what is counted of it.
#[derive(Debug)]
pub struct Door {
    pub(crate) access: Access,
    pub(crate) peers: Arc<Peers>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) refusals: Refusals,
    /// The unit of recordings that name none.
    pub(crate) unit: Option<Unit>,
}

impl Door {
    /// Nobody has come yet.
    pub fn new(access: Access, limits: PeerLimits) -> Self {
        Self {
            access,
            peers: Arc::new(Peers::new(limits)),
            metrics: Arc::new(Metrics::new(SystemTime::now())),
            refusals: Refusals::default(),
            unit: None,
        }
    }

    /// The same, where recordings that name no unit are of this one.
    #[must_use]
    pub fn with_unit(mut self, unit: Option<Unit>) -> Self {
        self.unit = unit;
        self
    }

    /// What is counted.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }
}
