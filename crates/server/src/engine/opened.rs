//! What is said of a history: what of it is gone or damaged, and that it was of an earlier judder.

use judder_history::{Damage, History, Loss};

use super::DamageSeen;
use crate::folder;
use crate::metrics::Metrics;

/// Says it in the log.
pub(super) fn say(history: &History) {
    for (file, aside) in history.put_aside() {
        tracing::warn!(
            file = %file.display(),
            aside = %aside.display(),
            "not all of the file could be read: its end was not written whole, or it is damaged; what could be \
             read is kept, and the file as it was is put aside"
        );
    }
    if let Some(upgraded) = history.upgraded() {
        let (from, to) = (upgraded.from, upgraded.to);
        let file = history.path().display();
        match &upgraded.copy {
            Ok(copy) => tracing::info!(
                %file, from, to, copy = %copy.display(),
                "the history is of a later version now; an earlier judder reads the copy, and not this file: remove the \
                 copy once you do not want to go back"
            ),
            Err(error) => tracing::warn!(
                %file, from, to, %error,
                "the history is of a later version now, which an earlier judder does not read, and it could not be \
                 copied before"
            ),
        }
    }
}

/// Says what was lost before it was opened: in the log, and in an alert.
pub(super) fn say_losses(history: &History, seen: &DamageSeen) {
    for loss in history.losses() {
        let file = history.path().display();
        match loss {
            Loss::Mark => tracing::warn!(%file, "{loss}"),
            _ => {
                tracing::error!(%file, "{loss}");
                seen.say(loss.to_string());
            }
        }
    }
}

/// Says what was found damaged, in the log and in an alert, and counts it.
pub(super) fn say_damages(metrics: &Metrics, seen: &DamageSeen, damages: &[Damage]) {
    metrics.history_damages.inc_by(damages.len() as u64);
    for damage in damages {
        let damage = folder::line(damage);
        seen.say(damage.clone());
        tracing::error!(
            damage,
            "something in the history is not as it was kept; it is not given out. `judder history verify` looks at all \
             of it"
        );
    }
}
