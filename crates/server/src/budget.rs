//! One budget of bytes, for all that is not known or not yet read: bodies as they come in, and what is made of them
//! until they are answered.
//!
//! Where it is used up, those who send nothing or next to nothing give way, and who still finds no room is told to
//! come again. Small bodies, as those of boards, find room where large ones no longer do.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::problem::Problem;

/// The memory that a server has where nothing is said: for requests, last recordings and events of pages together.
pub const MEMORY: usize = 128 << 20;
/// The least it can do with.
pub const LEAST_MEMORY: usize = 8 << 20;

/// A body that needs no more than this is small, as that of a board is,
const SMALL: usize = 64 << 10;
/// and so is what is made of it.
const LITTLE: usize = 1 << 20;

/// How long to wait for room.
const PATIENCE: Duration = Duration::from_secs(1);
/// After this long without room, who waits looks again, and whoever has room has to say what for.
const AGAIN: Duration = Duration::from_millis(100);

/// A body of which nothing comes for so long gives way where there is no room,
const STALLED: Duration = Duration::from_secs(1);
/// and one of which fewer bytes a second come.
const SLOW: usize = 16 << 10;

/// What bytes are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// A body that is not whole yet.
    Body,
    /// All that is made of a body until it is answered.
    Work,
}

/// So many bytes, and who has them.
#[derive(Debug)]
pub struct Budget {
    most: usize,
    used: AtomicUsize,
    /// How many wait for room.
    waiting: AtomicUsize,
    freed: Notify,
    /// Told to those who have room, when others have none,
    needed: Notify,
    /// which was so many ms after the beginning.
    told: AtomicU64,
    began: Instant,
}

/// Bytes of the budget, until they are dropped.
#[derive(Debug)]
pub struct Share {
    of: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// All of it is free.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            used: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            freed: Notify::new(),
            needed: Notify::new(),
            told: AtomicU64::new(0),
            began: Instant::now(),
        })
    }

    /// How many bytes are used.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// A share of no bytes yet.
    pub fn share(self: &Arc<Self>) -> Share {
        Share { of: Arc::clone(self), bytes: 0 }
    }

    /// When somebody finds no room.
    pub(crate) fn needed(&self) -> Notified<'_> {
        self.needed.notified()
    }

    /// How much may be used by all, for somebody to get more for this, who has so much then.
    fn most_for(&self, what: For, has: usize) -> usize {
        let small = match what {
            For::Body => SMALL,
            For::Work => LITTLE,
        };
        match what {
            _ if has <= small.min(self.most / 64) => self.most,
            For::Body => self.most / 8 * 3,
            For::Work => self.most / 8 * 7,
        }
    }

    fn try_take(&self, more: usize, most: usize) -> bool {
        let taken = |used: usize| used.checked_add(more).filter(|used| *used <= most);
        self.used.try_update(Ordering::AcqRel, Ordering::Relaxed, taken).is_ok()
    }

    /// Has those give way who can: at most once in a while, as they are many.
    fn call(&self) {
        let now = self.began.elapsed().as_millis() as u64;
        let told = self.told.load(Ordering::Relaxed);
        let again = AGAIN.as_millis() as u64;
        let due = told == 0 || now.saturating_sub(told) >= again;
        let ours = |_| due.then_some(now.max(1));
        if due && self.told.try_update(Ordering::Relaxed, Ordering::Relaxed, ours).is_ok() {
            self.needed.notify_waiters();
        }
    }
}

impl Share {
    /// Takes more, if there is room. Who would need more than there can be gets it where nobody else has much.
    pub fn try_grow(&mut self, more: usize, what: For) -> bool {
        let most = self.of.most_for(what, self.bytes.saturating_add(more));
        let more = more.min(most.saturating_sub(self.bytes));
        let taken = more == 0 || self.of.try_take(more, most);
        self.bytes += if taken { more } else { 0 };
        taken
    }

    /// Takes more, as soon as there is room.
    ///
    /// # Errors
    /// 503 where there is none for a second.
    pub async fn grow(&mut self, more: usize, what: For) -> Result<(), Problem> {
        if self.try_grow(more, what) {
            return Ok(());
        }
        let of = Arc::clone(&self.of);
        let _waits = Waits::new(&of);
        let until = Instant::now() + PATIENCE;
        loop {
            let mut freed = std::pin::pin!(of.freed.notified());
            freed.as_mut().enable();
            if self.try_grow(more, what) {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(Problem::busy());
            }
            of.call();
            // Whether something was freed or not, it is looked again.
            let _ = tokio::time::timeout(AGAIN, freed).await;
        }
    }

    /// How many bytes it has.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.of.used.fetch_sub(self.bytes, Ordering::AcqRel);
            if self.of.waiting.load(Ordering::Acquire) > 0 {
                self.of.freed.notify_waiters();
            }
        }
    }
}

struct Waits<'b>(&'b Budget);

impl<'b> Waits<'b> {
    fn new(of: &'b Budget) -> Self {
        of.waiting.fetch_add(1, Ordering::AcqRel);
        Self(of)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How a body comes in.
#[derive(Debug)]
pub(crate) struct Coming {
    began: Instant,
    last: Instant,
    bytes: usize,
}

impl Coming {
    pub(crate) fn new(now: Instant) -> Self {
        Self { began: now, last: now, bytes: 0 }
    }

    /// So many bytes of it came.
    pub(crate) fn more(&mut self, bytes: usize, now: Instant) {
        self.last = now;
        self.bytes += bytes;
    }

    /// Whether it is to give way.
    pub(crate) fn is_slow(&self, now: Instant) -> bool {
        let long = now.saturating_duration_since(self.began);
        let due = long.as_secs_f64() * SLOW as f64;
        now.saturating_duration_since(self.last) >= STALLED
            || long >= STALLED && (self.bytes as f64) < due
    }

    /// Waits for something, unless it has to give way meanwhile.
    pub(crate) async fn wait<F: Future>(&self, of: &Budget, next: F) -> Result<F::Output, Problem> {
        let mut next = std::pin::pin!(next);
        loop {
            tokio::select! {
                biased;
                next = &mut next => return Ok(next),
                () = of.needed() => if self.is_slow(Instant::now()) {
                    return Err(Problem::busy());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: usize = 1 << 20;

    #[test]
    fn bodies_leave_room_for_work_and_large_ones_for_small_ones() {
        let budget = Budget::new(64 * MB);
        let mut bodies = budget.share();
        assert!(bodies.try_grow(24 * MB, For::Body));
        assert!(!budget.share().try_grow(MB, For::Body), "three eighths are used");
        let mut work = budget.share();
        assert!(work.try_grow(32 * MB, For::Work));
        assert!(!budget.share().try_grow(2 * MB, For::Work), "seven eighths are used");
        let mut small = budget.share();
        assert!(small.try_grow(SMALL, For::Body) && small.try_grow(LITTLE - SMALL, For::Work));
        assert_eq!(budget.used(), 56 * MB + LITTLE);
        drop((bodies, work, small));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn who_needs_more_than_there_is_gets_it_alone() {
        let budget = Budget::new(64 * MB);
        let mut all = budget.share();
        assert!(all.try_grow(1000 * MB, For::Work));
        assert_eq!((all.bytes(), budget.used()), (56 * MB, 56 * MB));
        assert!(!budget.share().try_grow(1000 * MB, For::Work));
        drop(all);
        let mut other = budget.share();
        assert!(other.try_grow(MB, For::Work));
        assert!(!budget.share().try_grow(1000 * MB, For::Work), "another has some");
    }

    #[test]
    fn what_stalls_or_drips_gives_way_and_what_comes_does_not() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let mut quick = Coming::new(began);
        quick.more(4 * MB, at(100));
        assert!(!quick.is_slow(at(1099)) && quick.is_slow(at(1100)), "nothing came for a second");
        let mut drips = Coming::new(began);
        for ms in (100..=1000).step_by(100) {
            drips.more(100, at(ms));
        }
        assert!(!drips.is_slow(at(999)) && drips.is_slow(at(1001)));
        let mut slow = Coming::new(began);
        for ms in (100..=60_000).step_by(100) {
            slow.more(SLOW / 10 + 1, at(ms));
            assert!(!slow.is_slow(at(ms)), "{ms}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_room_calls_waits_and_comes_again() {
        let budget = Budget::new(64 * MB);
        let mut body = budget.share();
        assert!(body.try_grow(24 * MB, For::Body));
        let of = Arc::clone(&budget);
        let stalled = tokio::spawn(async move {
            let coming = Coming::new(Instant::now() - 2 * STALLED);
            let gave = coming.wait(&of, std::future::pending::<()>()).await;
            drop(body);
            gave
        });
        tokio::task::yield_now().await;
        let mut next = budget.share();
        next.grow(MB, For::Body).await.expect("the stalled one has given way");
        assert_eq!(stalled.await.unwrap().unwrap_err().status().as_u16(), 503);
        assert_eq!(budget.used(), MB);
        // And where nobody gives way, it is no.
        assert!(next.try_grow(23 * MB, For::Body));
        let problem = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.share().grow(MB, For::Body).await }
        });
        // The patience is by the clock of the machine.
        tokio::time::resume();
        assert_eq!(problem.await.unwrap().unwrap_err().status().as_u16(), 503);
    }
}
