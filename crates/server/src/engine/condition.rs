//! What may be wrong with a device, and since when.

use judder_history::AlertId;
use judder_model::CLEARED_AFTER;

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The machine does not vibrate as it did.
    Anomaly,
    /// Scores are too high in the long run.
    Drift,
    /// Gravity points elsewhere than at the baseline.
    Remounted,
    /// Nothing comes any more.
    Silent,
    /// The sample rate is another one.
    Rate,
    /// An axis reads the same all the time.
    Stuck,
    /// Recordings do not fit the model.
    Unfit,
    /// Gravity has the length of another unit, or of another range of the sensor.
    Unit,
    /// Two boards send under one name, or one counts anew without saying so.
    Conflict,
    /// Nothing of it is judged any more, and no other alert says why.
    Unjudged,
    /// Of the server itself: nothing can be kept.
    Disk,
    /// Of the server itself: its clock was set.
    Clock,
    /// Of the server itself: nobody is told anything by an outlet.
    Outlet,
    /// Of the server itself: the history is damaged.
    History,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Anomaly,
        Self::Drift,
        Self::Remounted,
        Self::Silent,
        Self::Rate,
        Self::Stuck,
        Self::Unfit,
        Self::Unit,
        Self::Conflict,
        Self::Unjudged,
        Self::Disk,
        Self::Clock,
        Self::Outlet,
        Self::History,
    ];

    /// Its name, as on the page and in a webhook.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anomaly => "anomaly",
            Self::Drift => "drift",
            Self::Remounted => "remounted",
            Self::Silent => "silent",
            Self::Rate => "rate",
            Self::Stuck => "stuck",
            Self::Unfit => "unfit",
            Self::Unit => "unit",
            Self::Conflict => "conflict",
            Self::Unjudged => "unjudged",
            Self::Disk => "disk",
            Self::Clock => "clock",
            Self::Outlet => "outlet",
            Self::History => "history",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// How many recordings in a row raise an alert, or clear it. One may be a mishap; what decides over time
    /// by itself, and what is not seen in recordings, counts at once.
    const fn streak(self, clears: bool) -> u8 {
        match self {
            Self::Anomaly if clears => CLEARED_AFTER,
            // Of boards that send in bursts, the next may be long.
            Self::Conflict if clears => 100,
            // One that is judged does not end it.
            Self::Unjudged if clears => 3,
            Self::Anomaly | Self::Silent | Self::Conflict | Self::Unjudged => 1,
            // Of the server, which counts otherwise.
            Self::Disk | Self::Clock | Self::Outlet | Self::History => 1,
            // A mean over many windows wavers about its limit.
            Self::Drift => 30,
            Self::Remounted | Self::Rate | Self::Stuck | Self::Unfit | Self::Unit => 3,
        }
    }
}

/// What is to be told of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Raise,
    Clear(Open),
}

/// An open alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub(super) id: AlertId,
    /// Whether outlets were told of it, or are to be.
    pub(super) told: bool,
}

/// The conditions of a device.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    each: [Condition; Kind::ALL.len()],
}

#[derive(Debug, Clone, Copy, Default)]
struct Condition {
    open: Option<Open>,
    /// Recordings in a row that say otherwise than `open`.
    against: u8,
}

impl Conditions {
    /// Takes what a recording says of a condition; what is to be told, if that is enough to change it.
    pub(super) fn take(&mut self, kind: Kind, holds: bool) -> Option<Turn> {
        let one = &mut self.each[kind as usize];
        if holds == one.open.is_some() {
            one.against = 0;
            return None;
        }
        one.against += 1;
        if one.against < kind.streak(one.open.is_some()) {
            return None;
        }
        one.against = 0;
        match one.open.take() {
            None => Some(Turn::Raise),
            Some(open) => Some(Turn::Clear(open)),
        }
    }

    /// An alert was raised for a condition, now or by an earlier run.
    pub(super) fn opened(&mut self, kind: Kind, open: Open) {
        self.each[kind as usize] = Condition { open: Some(open), against: 0 };
    }

    /// The open alert, if there is one.
    pub(super) fn alert(&self, kind: Kind) -> Option<Open> {
        self.each[kind as usize].open
    }

    /// Outlets are told of the open alert.
    pub(super) fn told(&mut self, kind: Kind) {
        if let Some(open) = &mut self.each[kind as usize].open {
            open.told = true;
        }
    }

    /// Whether there is an open alert.
    pub(super) fn is_open(&self, kind: Kind) -> bool {
        self.each[kind as usize].open.is_some()
    }

    /// Those with an open alert.
    pub(super) fn open(&self) -> impl Iterator<Item = Kind> + '_ {
        Kind::ALL.into_iter().filter(|kind| self.is_open(*kind))
    }

    /// The open alerts.
    pub(super) fn alerts(&self) -> impl Iterator<Item = Open> + '_ {
        self.each.iter().filter_map(|one| one.open)
    }
}
