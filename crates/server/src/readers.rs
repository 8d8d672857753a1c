//! Reading the history for those who ask, beside the engine that writes it.

use std::sync::{Arc, Mutex, PoisonError};

use judder_history::{History, HistoryError, Reader};
use tokio::sync::Semaphore;

use crate::engine::DamageSeen;
use crate::problem::Problem;

/// So many read at a time; the others wait.
const AT_A_TIME: usize = 3;

/// Connections to the history, lent to one question after the other.
#[derive(Debug)]
pub(crate) struct Readers {
    free: Mutex<Vec<Reader>>,
    room: Semaphore,
    damage: Arc<DamageSeen>,
}

impl Readers {
    /// Opens them.
    pub(crate) fn new(
        history: &History,
        damage: &Arc<DamageSeen>,
    ) -> Result<Arc<Self>, HistoryError> {
        let free = (0..AT_A_TIME).map(|_| history.reader()).collect::<Result<_, _>>()?;
        let (free, room) = (Mutex::new(free), Semaphore::new(AT_A_TIME));
        Ok(Arc::new(Self { free, room, damage: Arc::clone(damage) }))
    }

    /// Reads something.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Reader) -> Result<T, HistoryError> + Send + 'static,
    ) -> Result<T, Problem> {
        let _room = self.room.acquire().await.map_err(|_| Problem::stopping())?;
        let readers = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let free = || readers.free.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever has room has a reader.
            let reader = free().pop()?;
            let answer = question(&reader);
            free().push(reader);
            Some(answer)
        });
        match asked.await {
            Ok(Some(Ok(answer))) => Ok(answer),
            Ok(Some(Err(error))) => {
                self.damage.look(&error);
                tracing::error!(%error, "the history could not be read");
                Err(Problem::unread())
            }
            _ => Err(Problem::unread()),
        }
    }
}
