//! The door: who comes in, how often, and what is counted of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};

use http::HeaderMap;
use judder_core::Unit;

use crate::access::{Access, Proxies, Visitor};
use crate::budget::Budget;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::peers::{PeerLimits, Peers};
use crate::problem::Problem;
use crate::refusals::Refusals;

/// Who comes in, how often, and what is counted of it.
#[derive(Debug)]
pub struct Door {
    pub(crate) access: Access,
    pub(crate) peers: Arc<Peers>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) refusals: Refusals,
    proxies: Proxies,
    /// Whether it was told that a proxy stands before it that is not named.
    told: AtomicBool,
    /// The unit of recordings that name none.
    pub(crate) unit: Option<Unit>,
    pub(crate) limits: Limits,
    budget: Arc<Budget>,
}

impl Door {
    /// Nobody has come yet.
    pub fn new(access: Access, limits: PeerLimits) -> Self {
        Self {
            access,
            peers: Arc::new(Peers::new(limits)),
            metrics: Arc::new(Metrics::new(SystemTime::now())),
            refusals: Refusals::default(),
            proxies: Proxies::default(),
            told: AtomicBool::new(false),
            unit: None,
            limits: Limits::default(),
            budget: Budget::new(Limits::default().requests()),
        }
    }

    /// The same, where recordings that name no unit are of this one.
    #[must_use]
    pub fn with_unit(mut self, unit: Option<Unit>) -> Self {
        self.unit = unit;
        self
    }

    /// The same behind these proxies, which may say for whom they ask. Their connections are many, and not limited.
    #[must_use]
    pub fn behind(mut self, proxies: Proxies) -> Self {
        self.peers = Arc::new(Peers::new(self.peers.limits()).sparing(proxies.clone()));
        self.proxies = proxies;
        self
    }

    /// Who sent a request with this head.
    pub(crate) fn visitor(&self, headers: &HeaderMap, peer: SocketAddr) -> Visitor {
        let visitor = Visitor::new(headers, peer, &self.proxies);
        if visitor.is_through_unknown() && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                peer = %peer.ip(),
                "requests come through a proxy that trusted_proxies does not name: all who come through it count as one"
            );
        }
        visitor
    }

    /// Counts a request that comes now. This machine itself is not counted, unless a proxy shows that others ask.
    ///
    /// # Errors
    /// 429 where its sender has asked for too much.
    pub(crate) fn admit(&self, visitor: &Visitor, now: Instant) -> Result<(), Problem> {
        if visitor.is_here() {
            return Ok(());
        }
        self.peers.request_at(visitor.address(), now)
    }

    /// The same, with other limits of memory.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        (self.budget, self.limits) = (Budget::new(limits.requests()), limits);
        self
    }

    /// The memory of requests that are not answered yet.
    pub fn budget(&self) -> Arc<Budget> {
        Arc::clone(&self.budget)
    }

    /// What is counted.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }
}
