//! A recording on its way into the engine, with all that can be known of it by itself.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use judder_core::{Error, GravityAxes, Unit};
use judder_data::Recording;
use judder_history::Packed;
use judder_model::{Misfit, Scored};
use tokio::sync::oneshot;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::{Kind, unit};
use crate::clock::Moment;
use crate::keep::Kept;
use crate::problem::Problem;
use crate::shelf::Loaded;
use crate::wire::Posted;

/// A recording on its way into the engine.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) device: String,
    pub(super) posted: Posted,
    pub(super) at: Moment,
    /// The readings, packed.
    pub(super) readings: Arc<Packed>,
    /// Of the readings, to tell a repeat from another recording with the same number; 0 where the history
    /// keeps none, and nobody asks for it.
    pub(super) digest: u64,
    /// An axis that reads the same all the time.
    pub(super) stuck: Option<usize>,
    /// What the model of the device says, if it has one.
    pub(super) judged: Option<Judged>,
    pub(super) answer: oneshot::Sender<Result<Kept, Problem>>,
}

/// What a model says of a recording.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) by: Arc<Loaded>,
    /// The recording in the unit of the model.
    pub(super) recording: Arc<Recording>,
    pub(super) scored: Result<Vec<Scored>, Misfit>,
}

impl Arrived {
    /// Looks at a recording; this is all that takes time, and it needs nobody else.
    pub(super) fn new(
        device: String,
        posted: Posted,
        at: Moment,
        model: Option<Arc<Loaded>>,
        recorded: bool,
        answer: oneshot::Sender<Result<Kept, Problem>>,
    ) -> Self {
        let gravity = model.as_ref().map_or(GravityAxes::All, |by| by.scorer.gravity());
        let posted = posted.in_g(gravity);
        let recording = &posted.recording;
        let judged = model.map(|by| {
            let differs =
                |unit: &Unit| recording.unit().is_some_and(|from| from.per_g() != unit.per_g());
            let recording = match by.scorer.scale().unit.filter(differs) {
                None => Arc::clone(recording),
                Some(unit) => Arc::new(Recording::clone(recording).in_unit(unit)),
            };
            let scored = by.scorer.score(recording.values(), recording.axes(), recording.rate_hz());
            Judged { by, recording, scored }
        });
        let (readings, digest) = packed(recording, recorded);
        let stuck = stuck(recording);
        Self { device, posted, at, readings, digest, stuck, judged, answer }
    }

    /// Why the model cannot judge the recording, as a condition and in words.
    pub(super) fn misfit(&self) -> Option<(Kind, String)> {
        if let Some(axis) = self.stuck {
            let letter =
                ["x", "y", "z"].get(axis).map_or((axis + 1).to_string(), ToString::to_string);
            let words = format!("axis {letter} reads the same all the time: check the sensor");
            return Some((Kind::Stuck, words));
        }
        let misfit = self.judged.as_ref()?.scored.as_ref().err()?;
        let kind = match misfit {
            Misfit::Rate { .. } => Kind::Rate,
            Misfit::Unit { found, expected, looks } => {
                let named = self.posted.recording.unit().is_some();
                return Some((Kind::Unit, unit::words(*found, *expected, *looks, named)));
            }
            Misfit::Window { error: Error::StuckAxis { .. }, .. } => Kind::Stuck,
            _ => Kind::Unfit,
        };
        Some((kind, format!("the recording {misfit}")))
    }
}

/// What a board without a name is called: by its address.
pub(super) fn named_by(peer: SocketAddr) -> String {
    match peer.ip().to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        // A name has no colons, and begins with a letter or a digit.
        IpAddr::V6(address) => format!("ip6-{}", address.to_string().replace(':', "-")),
    }
}

/// The readings as the history keeps them, and their digest, where it is asked for.
fn packed(recording: &Recording, digested: bool) -> (Arc<Packed>, u64) {
    let readings: Vec<f32> = recording.values().iter().map(|value| *value as f32).collect();
    let digest = match digested {
        true => xxh3_64_with_seed(bytemuck::cast_slice(&readings), recording.axes() as u64),
        false => 0,
    };
    (Arc::new(Packed::new(&readings)), digest)
}

fn stuck(recording: &Recording) -> Option<usize> {
    let same = |axis: &[f64]| axis.len() > 1 && axis.iter().all(|x| *x == axis[0]);
    recording.iter_axes().position(same)
}
