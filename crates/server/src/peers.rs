//! How much one peer may ask for, so that it leaves room for the others.
//!
//! This machine itself is not counted ([`Visitor::is_here`](crate::Visitor::is_here)): who sits there can do worse, and
//! simulated boards are many at one address. An IPv6 peer is its /64, since that is what one machine gets.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};

use crate::access::{Proxies, is_loopback};
use crate::problem::Problem;

/// The most peers that are remembered, in parts of two generations each.
pub const MOST_PEERS: usize = PARTS * 2 * GENERATION;

/// The table is in parts, each behind its own lock.
const PARTS: usize = 16;
const GENERATION: usize = 2048;

/// How much one peer may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerLimits {
    /// Requests a second in the long run; 0 is any number.
    pub requests: u32,
    /// Requests at once.
    pub burst: u32,
    /// Connections at a time; 0 is any number.
    pub connections: u32,
}

impl Default for PeerLimits {
    fn default() -> Self {
        // A gateway that a few hundred boards stand behind is one peer.
        Self { requests: 1000, burst: 2000, connections: 2048 }
    }
}

/// What peers have asked for lately, in bounded memory.
#[derive(Debug)]
pub struct Peers {
    limits: PeerLimits,
    /// Many ask through these, so their connections are not counted.
    proxies: Proxies,
    began: Instant,
    chance: RandomState,
    parts: [Mutex<Recent>; PARTS],
    open: Mutex<HashMap<Peer, u32>>,
}

/// An address, or the net of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Peer(u128);

/// When each peer will have paid for what it asked: in ns since the beginning. Those that did not ask since
/// a generation began are forgotten with it; they would have paid long since, or are so many that no table
/// could hold them.
#[derive(Debug, Default)]
struct Recent {
    young: HashMap<Peer, u64>,
    old: HashMap<Peer, u64>,
}

/// A connection of a peer, until it is dropped.
#[derive(Debug)]
pub struct Connected {
    of: Option<(Arc<Peers>, Peer)>,
}

impl Peers {
    /// Nobody has asked for anything yet.
    pub fn new(limits: PeerLimits) -> Self {
        Self {
            limits,
            proxies: Proxies::default(),
            began: Instant::now(),
            chance: RandomState::new(),
            parts: Default::default(),
            open: Mutex::default(),
        }
    }

    /// The same, where these may have any number of connections.
    #[must_use]
    pub fn sparing(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// How much one may ask for.
    pub(crate) fn limits(&self) -> PeerLimits {
        self.limits
    }

    /// Counts a request that comes at a time.
    ///
    /// # Errors
    /// 429, with the seconds to wait, where the peer has asked for too much.
    pub fn request_at(&self, address: IpAddr, now: Instant) -> Result<(), Problem> {
        if self.limits.requests == 0 {
            return Ok(());
        }
        let peer = Peer::of(address);
        let each = 1_000_000_000 / u64::from(self.limits.requests);
        let most = each.saturating_mul(u64::from(self.limits.burst.max(1)));
        let now = now.saturating_duration_since(self.began).as_nanos() as u64;
        let part = self.chance.hash_one(peer) as usize % PARTS;
        let mut recent = held(&self.parts[part]);
        let paid = recent.paid(peer);
        let next = (*paid).max(now).saturating_add(each);
        let ahead = next - now;
        if ahead > most {
            drop(recent);
            return Err(too_many(Duration::from_nanos(ahead - most)));
        }
        *paid = next;
        Ok(())
    }

    /// Counts a connection until what is returned is dropped; None where the peer has too many. Those of this
    /// machine, and of proxies, are not counted.
    pub fn connect(self: &Arc<Self>, address: IpAddr) -> Option<Connected> {
        if self.limits.connections == 0 || is_loopback(address) || self.proxies.trusts(address) {
            return Some(Connected { of: None });
        }
        let peer = Peer::of(address);
        let mut open = held(&self.open);
        let count = open.entry(peer).or_insert(0);
        if *count >= self.limits.connections {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Connected { of: Some((Arc::clone(self), peer)) })
    }

    /// How many peers are remembered.
    pub fn remembered(&self) -> usize {
        let count = |part| {
            let recent: MutexGuard<'_, Recent> = held(part);
            recent.young.len() + recent.old.len()
        };
        self.parts.iter().map(count).sum::<usize>() + held(&self.open).len()
    }
}

impl Recent {
    /// Until when a peer's requests are paid for.
    fn paid(&mut self, peer: Peer) -> &mut u64 {
        if self.young.len() >= GENERATION && !self.young.contains_key(&peer) {
            self.old = std::mem::take(&mut self.young);
        }
        let before = self.old.remove(&peer).unwrap_or(0);
        self.young.entry(peer).or_insert(before)
    }
}

impl Peer {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u128::from(address.to_ipv6_mapped())),
            IpAddr::V6(address) => Self(u128::from(address) >> 64 << 64),
        }
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let Some((peers, peer)) = self.of.take() else { return };
        let mut open = held(&peers.open);
        if let Some(count) = open.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&peer);
            }
        }
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is within is whole at any time.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn too_many(wait: Duration) -> Problem {
    let seconds = wait.as_secs() + 1;
    let detail = format!("too many requests from this address; wait {seconds} s, then send fewer");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
        .with(RETRY_AFTER, HeaderValue::from(seconds))
}
