//! Decisions on windows that follow each other: how many alarms there are in them, and a threshold from them.

use judder_model::{Model, Rule, Threshold, Watching};

use crate::decisions::Decisions;
use crate::watching::WatchOptions;

/// The decisions of a watch on windows that follow each other, in order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Runs {
    watch: WatchOptions,
    each: Vec<Vec<f64>>,
    /// Decisions of the last run that are on fewer scores than the model averages.
    begun: usize,
    has_ended: bool,
}

impl Runs {
    /// Of windows that are watched like this; there are none yet.
    pub fn new(watching: &Watching) -> Self {
        Self { watch: WatchOptions::of(watching), each: Vec::new(), begun: 0, has_ended: true }
    }

    /// The next window was judged: the score that was decided on, with those before it where scores are averaged.
    pub fn judged(&mut self, score: f64) {
        if std::mem::take(&mut self.has_ended) {
            self.begun = 0;
            self.each.push(Vec::new());
        }
        self.begun += 1;
        // A decision on fewer scores varies more than all that follow.
        if self.begun >= self.watch.average
            && let Some(last) = self.each.last_mut()
        {
            last.push(score);
        }
    }

    /// What comes next does not follow what was judged last: the machine stood still, say.
    pub fn end(&mut self) {
        self.has_ended = true;
    }

    /// How many decisions there are.
    pub fn len(&self) -> usize {
        self.each.iter().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// After how many of the decisions there is an alarm, with this threshold.
    pub fn alarms(&self, threshold: f64) -> usize {
        let alarms = self.decisions().alarms(&self.watch, threshold);
        alarms.into_iter().filter(|alarm| *alarm).count()
    }

    /// The threshold for a model of which these are normal windows that its detector has not seen: by the model's rule
    /// and at its false-alarm rate. Where it was assumed by `chi-squared`, it is measured now, by `conformal`.
    ///
    /// # Errors
    /// A sentence, where the model asks for no rate or there are fewer than two decisions.
    pub fn threshold(&self, model: &Model) -> Result<Threshold, String> {
        let (rule, rate) = asked(model.threshold())?;
        if self.len() < 2 {
            return Err(format!(
                "a threshold takes two or more windows that were judged, and there are {}",
                self.len()
            ));
        }
        let features = model.detector().features();
        self.decisions().threshold((rule, rate), &self.watch, features, model.precision())
    }

    fn decisions(&self) -> Decisions {
        Decisions::of_runs(&self.each)
    }
}

/// The rule and the rate by which a threshold is chosen anew.
///
/// # Errors
/// A sentence, where there is none.
pub(crate) fn asked(limit: &Threshold) -> Result<(Rule, f64), String> {
    let why = match limit.rule {
        Rule::Given(_) => "the threshold of this model is a number that was given",
        Rule::None => "this model has no threshold",
        rule => {
            let rule = if rule == Rule::ChiSquared { Rule::Conformal } else { rule };
            return Ok((rule, limit.false_alarm_rate.unwrap_or(UNUSED)));
        }
    };
    Err(format!(
        "{why}, and no false-alarm rate is asked for: train or import it with --false-alarm-rate and a --threshold \
         rule, and it can be chosen anew"
    ))
}

/// A rate for rules that use none.
const UNUSED: f64 = 0.5;
