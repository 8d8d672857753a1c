//! Telling people of alerts: outlets read the outbox of the history, and the engine notes what came of it.

use std::sync::mpsc;

use super::{Engine, Message, Running};
use crate::engine::StartError;
use crate::outlet::{Note, Outlet, Pace, Teller};

impl Running {
    /// Begins to tell people of alerts, by these outlets, each with its name and kind; `page` is where the live
    /// page is.
    ///
    /// # Errors
    /// Where the history cannot be read or written, or the system has no more threads.
    pub async fn tell(
        &self,
        outlets: Vec<(String, &'static str, Box<dyn Outlet>)>,
        page: Option<String>,
    ) -> Result<(), StartError> {
        let engine = self.engine();
        let asked = self.engine().ask(move |state, _| -> Result<(), StartError> {
            let names: Vec<&str> = outlets.iter().map(|(name, ..)| name.as_str()).collect();
            state.history.set_outlets(&names)?;
            let kinds: Vec<_> = outlets.iter().map(|(name, kind, _)| (name.clone(), *kind)).collect();
            let outlets = outlets.into_iter().map(|(name, _, outlet)| {
                Ok((name, outlet, state.history.reader()?))
            });
            let outlets = outlets.collect::<Result<Vec<_>, StartError>>()?;
            drop(kinds);
            let note = move |note| engine.note(note);
            state.told = Some(Teller::start(outlets, page.as_deref(), Pace::default(), note)?);
            Ok(())
        });
        asked.await.unwrap_or(Ok(()))
    }
}

impl Engine {
    /// Notes what came of a telling; whether that is committed.
    fn note(&self, note: Note) -> bool {
        let (answer, answered) = mpsc::channel();
        let ask = Message::Ask(Box::new(move |state, _| {
            let written = state.history.batch().and_then(|mut batch| {
                note.write(&mut batch)?;
                batch.commit()
            });
            if let Err(error) = &written {
                tracing::error!(%error, "what came of telling an alert could not be noted");
            }
            // It waits for this, or the server has ended.
            let _ = answer.send(written.is_ok());
        }));
        self.to.send(ask).is_ok() && answered.recv().unwrap_or(false)
    }
}
