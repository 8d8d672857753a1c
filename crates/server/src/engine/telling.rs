//! Telling people of alerts: outlets read the outbox of the history, and the engine notes what came of it.

use std::collections::HashMap;
use std::sync::Arc;

use super::outbox::Both;
use super::state::State;
use super::{Running, StartError};
use crate::outlet::{Note, Outlet, Pace, Teller};

/// Somebody who is told of alerts.
pub struct Told {
    /// The name of the outlet, of which there is one.
    pub name: String,
    /// `log`, `webhook` or `command`.
    pub kind: &'static str,
    /// The way to them.
    pub outlet: Box<dyn Outlet>,
}

impl Running {
    /// Begins to tell people of alerts; `page` is where the live page is.
    ///
    /// # Errors
    /// Where the history cannot be read or written, or the system has no more threads.
    pub async fn tell(&mut self, all: Vec<Told>, page: Option<&str>) -> Result<(), StartError> {
        self.tell_at(all, page, Pace::default()).await
    }

    /// The same, where what fails is tried again at another pace.
    ///
    /// # Errors
    /// As [`tell`](Self::tell).
    pub async fn tell_at(
        &mut self,
        all: Vec<Told>,
        page: Option<&str>,
        pace: Pace,
    ) -> Result<(), StartError> {
        let kinds: HashMap<String, _> =
            all.iter().map(|told| (told.name.clone(), told.kind)).collect();
        let outlets = self.engine.ask(move |state, _| -> Result<_, StartError> {
            let names: Vec<&str> = all.iter().map(|told| told.name.as_str()).collect();
            state.history.set_outlets(&names)?;
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            state.has_outlets(&names, state.fleet.now());
            state.unwritten.set_outlets(names);
            state.tell_what_was_held(state.fleet.now());
            let outbox = |state: &State| -> Result<_, StartError> {
                let unwritten = Arc::clone(&state.unwritten);
                Ok(Both { reader: state.history.reader()?, unwritten })
            };
            let outlets =
                all.into_iter().map(|Told { name, outlet, .. }| Ok((name, outlet, outbox(state)?)));
            Ok((outlets.collect::<Result<Vec<_>, StartError>>()?, state.fleet.metrics.clone()))
        });
        let Ok(outlets) = outlets.await else { return Ok(()) };
        let (outlets, metrics) = outlets?;
        let engine = self.engine();
        let note = move |outlet: &str, note: Note| {
            let (told, failed) =
                (matches!(note, Note::Told { .. }), matches!(note, Note::GivenUp { .. }));
            engine.now(|state, _| state.note(outlet, note));
            if let Some(kind) = kinds.get(outlet).filter(|_| told || failed) {
                metrics.told(kind, told);
            }
            true
        };
        let teller = Teller::start(outlets, page, pace, note)?;
        let waker = Box::new(teller.waker());
        self.teller = Some(teller);
        // Where the engine has ended there is nothing to tell.
        let set = self.engine.ask(move |state, _| {
            state.waker = Some(waker);
            // What came of the first tellings may have raised or cleared something meanwhile.
            state.wake();
        });
        let _ = set.await;
        Ok(())
    }
}
