//! How long a connection may wait for the head of a request: a clock that is seldom set.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use tokio::time;

/// The alarm of one connection.
///
/// `TokioTimer` of `hyper-util` sets one for each request and takes it back, both behind the lock of all timers.
/// This one stays as it is set when a request has come; if it goes off too early for the next, it is set anew.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    set: Arc<Mutex<Option<Set>>>,
}

type Set = Pin<Box<time::Sleep>>;

/// Waits until a time, which is never before that of the wait before.
struct Until {
    deadline: Instant,
    set: Option<Set>,
    /// Where it comes from, and goes.
    alarm: Arc<Mutex<Option<Set>>>,
}

impl Timer for Alarm {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until { deadline, set: None, alarm: Arc::clone(&self.set) })
    }

    fn now(&self) -> Instant {
        time::Instant::now().into_std()
    }
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { deadline, set, alarm } = self.get_mut();
        let deadline = time::Instant::from_std(*deadline);
        let set = set.get_or_insert_with(|| {
            let set = alarm.lock().unwrap_or_else(PoisonError::into_inner).take();
            set.unwrap_or_else(|| Box::pin(time::sleep_until(deadline)))
        });
        while set.as_mut().poll(context).is_ready() {
            if set.deadline() >= deadline {
                return Poll::Ready(());
            }
            set.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

impl Drop for Until {
    fn drop(&mut self) {
        if let Some(set) = self.set.take() {
            *self.alarm.lock().unwrap_or_else(PoisonError::into_inner) = Some(set);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::rt::Timer;
    use tokio::time::{Instant, advance, timeout};

    use super::Alarm;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn each_wait_ends_at_its_own_time_whatever_was_before() {
        let (alarm, began) = (Alarm::default(), Instant::now());
        // Those that are given up leave their alarm to the next.
        for _ in 0..25 {
            let wait = alarm.sleep(10 * SECOND);
            assert!(timeout(SECOND, wait).await.is_err());
            advance(2 * SECOND).await;
        }
        let last = Instant::now();
        alarm.sleep(10 * SECOND).await;
        assert_eq!(last - began, 75 * SECOND);
        assert_eq!(last.elapsed(), 10 * SECOND);
        // The one after an alarm that went off has one as well.
        let last = Instant::now();
        alarm.sleep(10 * SECOND).await;
        assert_eq!(last.elapsed(), 10 * SECOND);
    }
}
