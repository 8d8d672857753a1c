//! A model that is ready to run.

use std::sync::{Arc, OnceLock};

use judder_core::Error;
use judder_model::{Model, Rule, SERVED_VOTES, Scorer, Watcher, Watching};

use super::file::{digest, sha256};

/// How models that decide window by window are watched: an alarm by `votes` of the last `of` windows.
///
/// One window in a hundred of a healthy machine is above the threshold of such a model, which is an alarm
/// every two minutes; three of five that are hardly ever come by chance. The threshold stays the model's
/// own, because votes are on single scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deciding {
    /// How many decisions above the threshold raise an alarm,
    pub votes: usize,
    /// among how many.
    pub of: usize,
    /// The share of the threshold below which an alarm is cleared.
    pub clear: f64,
}

impl Default for Deciding {
    fn default() -> Self {
        let (votes, of) = SERVED_VOTES;
        Self { votes, of, clear: 1.0 }
    }
}

/// A model that is ready to run.
#[derive(Debug)]
pub struct Loaded {
    /// What it is called.
    pub name: String,
    /// The model.
    pub model: Arc<Model>,
    /// What scores recordings. Its verdicts are by the model's threshold.
    pub scorer: Arc<Scorer>,
    /// How its windows are watched.
    pub watching: Watching,
    /// The SHA-256 of its file.
    pub sha256: String,
    /// The threshold of a device, in the place of the model's.
    own: Option<f64>,
    fingerprint: OnceLock<String>,
}

impl Loaded {
    pub(super) fn new(name: &str, model: Model, deciding: Deciding) -> Self {
        let Deciding { votes, of, clear } = deciding;
        let watching = model.watching().by_votes(votes, of, clear);
        let (scorer, sha256) = (Arc::new(Scorer::new(&model)), sha256(&model));
        let (name, model) = (name.to_owned(), Arc::new(model));
        Self { name, model, scorer, watching, sha256, own: None, fingerprint: OnceLock::new() }
    }

    /// The same with another threshold.
    pub(super) fn with_threshold(&self, value: f64) -> Self {
        Self {
            name: self.name.clone(),
            model: Arc::clone(&self.model),
            scorer: Arc::clone(&self.scorer),
            watching: self.watching.clone(),
            sha256: self.sha256.clone(),
            own: Some(value),
            fingerprint: self.fingerprint.clone(),
        }
    }

    /// The threshold, where there is one.
    pub fn threshold(&self) -> Option<f64> {
        let threshold = self.model.threshold();
        self.own.or((threshold.rule != Rule::None).then_some(threshold.value))
    }

    /// Whether a score is above it.
    pub(crate) fn is_above(&self, score: f64) -> bool {
        self.threshold().is_some_and(|threshold| score > threshold)
    }

    /// What watches windows that it has scored, having seen nothing yet.
    ///
    /// # Errors
    /// Where a number is not what it can be; a model's own were looked at when it was made.
    pub(crate) fn watcher(&self) -> Result<Watcher, Error> {
        let value = self.own.unwrap_or(self.model.threshold().value);
        Watcher::with_threshold(self.model.precision(), &self.watching, value)
    }

    /// What tells the model from others, whichever version of judder has written its file.
    pub(crate) fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| digest(&self.model.content()))
    }

    /// How many judged windows it takes until a watch has seen as much as it remembers.
    pub(crate) fn memory(&self) -> usize {
        self.watching.average + self.watching.of
    }

    /// How scores become an alarm, in words.
    pub(crate) fn decision(&self) -> String {
        let Watching { average, votes, of, clear, .. } = self.watching;
        let score = match average {
            1 => "scores".to_owned(),
            count => format!("means of {count} scores"),
        };
        let raised = match (votes, of) {
            (1, 1) => format!("each of the {score} above the threshold"),
            _ => format!("{votes} of the last {of} {score} above the threshold"),
        };
        if clear < 1.0 { format!("{raised}, until below {clear} of it") } else { raised }
    }
}
