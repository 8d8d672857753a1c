//! What becomes of alerts, to be written down and told.

use std::sync::Arc;

use judder_history::{Alert, AlertId, Batch, HistoryError, Transition, UnixMillis};

/// What became of an alert.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    /// It is raised.
    Raised(Alert, Whom),
    /// It is cleared.
    Cleared(AlertId, UnixMillis, Whom),
    /// What became of it before is told now.
    Told(AlertId, Transition, UnixMillis, Whom),
}

/// Which outlets are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Whom {
    /// None: another alert says it, or says it later.
    Nobody,
    /// All of them.
    #[default]
    All,
    /// All but the one that it is about.
    AllBut(Arc<str>),
}

impl Whom {
    /// All, or none.
    pub(super) fn all(told: bool) -> Self {
        if told { Self::All } else { Self::Nobody }
    }

    /// Whether an outlet is told.
    pub(super) fn has(&self, outlet: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::All => true,
            Self::AllBut(one) => **one != *outlet,
        }
    }

    /// The one that is not told; None where none is.
    fn but(&self) -> Option<Option<&str>> {
        match self {
            Self::Nobody => None,
            Self::All => Some(None),
            Self::AllBut(one) => Some(Some(one)),
        }
    }
}

impl Deed {
    /// Which alert, what is to be told of it, when, and whom.
    pub(super) fn telling(&self) -> (AlertId, Transition, UnixMillis, &Whom) {
        match self {
            Self::Raised(alert, whom) => (alert.id, Transition::Raised, alert.raised_at, whom),
            Self::Cleared(id, at, whom) => (*id, Transition::Cleared, *at, whom),
            Self::Told(id, transition, at, whom) => (*id, *transition, *at, whom),
        }
    }

    /// Writes it.
    pub(super) fn write(&self, batch: &mut Batch<'_>) -> Result<(), HistoryError> {
        let is_news = match self {
            Self::Raised(alert, _) => batch.add_alert(alert).map(|()| true)?,
            Self::Cleared(id, at, _) => batch.clear_untold(*id, *at)?,
            Self::Told(..) => true,
        };
        let (id, transition, at, whom) = self.telling();
        match whom.but() {
            Some(but) if is_news => batch.tell(id, transition, at, but),
            _ => Ok(()),
        }
    }
}
