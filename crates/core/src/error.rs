//! Why a window has no score, or a detector cannot be built.

use core::fmt;

/// Why a window has no score, or a detector cannot be built.
///
/// Axes and readings are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A reading is infinite or not a number.
    NonFinite {
        /// The axis of the first such reading.
        axis: usize,
        /// Where in the window it stands.
        reading: usize,
    },
    /// Every reading of one axis is the same: a dead or disconnected sensor.
    StuckAxis {
        /// The axis.
        axis: usize,
    },
    /// A window is shorter than [`MIN_LENGTH`](crate::MIN_LENGTH) readings.
    TooShort {
        /// Its length in readings.
        length: usize,
    },
    /// A window has no axes, or more than [`MAX_AXES`](crate::MAX_AXES).
    AxisCount {
        /// How many it has.
        axes: usize,
    },
    /// A slice has another length than its shape says.
    Shape {
        /// The length that was expected.
        expected: usize,
        /// The length that was found.
        found: usize,
    },
    /// A feature of this window is too large or too small for the number type.
    NotRepresentable {
        /// Its place in the feature vector.
        feature: usize,
    },
    /// The score of this window is too large for the number type.
    ScoreNotRepresentable,
    /// A name is not that of a feature.
    UnknownFeature,
    /// A feature of bands does not say how many, or not 1 to [`Bands::MAX`](crate::Bands::MAX) of
    /// them (of octaves, [`Bands::MAX_OCTAVES`](crate::Bands::MAX_OCTAVES)), or another feature is
    /// given a number.
    Bands,
    /// A name is not that of an activation.
    UnknownActivation,
    /// A name is not that of a unit.
    UnknownUnit,
    /// A feature set names nothing, or the same feature twice.
    FeatureSet,
    /// A feature set gives no number for this many axes: `correlation` needs two.
    NoFeatures {
        /// How many axes there are.
        axes: usize,
    },
    /// A matrix is not positive definite: some features do not vary, or vary only together.
    NotPositiveDefinite {
        /// The first row at which that shows.
        row: usize,
    },
    /// A block of a covariance has no features.
    Blocks,
    /// A parameter of a detector is infinite or not a number.
    Parameter,
    /// A hop of 0 readings from one window to the next.
    Hop,
    /// The readings of this window are too large for their mean and spread to be computed.
    PostureNotRepresentable,
    /// A gate's limit, or what a posture is made of, is below 0 or not a finite number.
    Gate,
    /// A mounting has no direction, or its limits are not in order; or there are more than
    /// [`MOST_MOUNTINGS`](crate::MOST_MOUNTINGS).
    Mounting,
    /// A decision averages no scores, or more than [`MOST_SCORES`](crate::MOST_SCORES).
    Average {
        /// How many it was to be.
        count: usize,
    },
    /// An alarm asks for votes that there cannot be.
    Votes {
        /// The votes that raise it.
        votes: usize,
        /// Of so many decisions.
        of: usize,
    },
    /// The share of the threshold at which an alarm is cleared is not above 0 and at most 1.
    Clear,
    /// The mean that shows drift is over fewer than 2 windows, or more than
    /// [`LONGEST_DRIFT`](crate::LONGEST_DRIFT).
    Drift {
        /// How many it was to be.
        over: usize,
    },
    /// A [`Plan`](crate::Plan) learns from too few windows, or its false-alarm rate is none.
    Plan,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NonFinite { axis, reading } => {
                write!(f, "reading {reading} of axis {axis} is not a finite number")
            }
            Self::StuckAxis { axis } => {
                write!(f, "axis {axis} is stuck: all its readings in the window are equal")
            }
            Self::TooShort { length } => write!(
                f,
                "a window of {length} readings is too short: it needs at least {}",
                crate::MIN_LENGTH
            ),
            Self::AxisCount { axes } => {
                write!(f, "{axes} axes: a window has 1 to {} of them", crate::MAX_AXES)
            }
            Self::Shape { expected, found } => {
                write!(f, "{found} numbers where {expected} are needed")
            }
            Self::NotRepresentable { feature } => {
                write!(f, "feature {feature} is too large or too small to be represented")
            }
            Self::ScoreNotRepresentable => f.write_str("the score is too large to be represented"),
            Self::UnknownFeature => f.write_str("not a feature judder knows"),
            Self::Bands => write!(
                f,
                "bands and total-bands are followed by a number from 1 to {}, total-octaves by one \
                 from 1 to {}, as in bands:16, and no other feature is followed by a number",
                crate::Bands::MAX,
                crate::Bands::MAX_OCTAVES
            ),
            Self::UnknownActivation => {
                f.write_str(
                    "not an activation judder knows: linear, relu, tanh, sigmoid, leaky_relu(SLOPE), \
                     elu(ALPHA), selu, softplus, silu, gelu or gelu_tanh",
                )
            }
            Self::UnknownUnit => f.write_str(
                "not a unit judder knows: g, mg, m/s2, or counts:N where N counts are 1 g",
            ),
            Self::FeatureSet => {
                f.write_str("a feature set names at least one feature, and each only once")
            }
            Self::NoFeatures { axes } => {
                write!(f, "the feature set gives no number for {axes} axis: correlation needs two")
            }
            Self::NotPositiveDefinite { row } => write!(
                f,
                "the covariance is not positive definite at row {row}: \
                 a feature does not vary, or follows from the others"
            ),
            Self::Blocks => f.write_str("a block of a covariance has no features"),
            Self::Parameter => f.write_str("a detector's parameter is not a finite number"),
            Self::Hop => f.write_str("the hop from one window to the next is 0 readings"),
            Self::PostureNotRepresentable => {
                f.write_str("the readings are too large for their mean and spread to be computed")
            }
            Self::Gate => f.write_str(
                "a shift, an activity, a vibration or the limit of one is a finite number of 0 or above",
            ),
            Self::Mounting => f.write_str(
                "a mounting has a mean of 1 to 3 axes that is not 0, and limits of squared chords \
                 with 0 <= same <= moved < 4; a model has 8 mountings at most",
            ),
            Self::Average { count } => write!(
                f,
                "a decision cannot average {count} scores: 1 to {} of them",
                crate::MOST_SCORES
            ),
            Self::Votes { votes, of } => write!(
                f,
                "an alarm cannot be raised by {votes} votes of {of} decisions: \
                 at least 1 vote of as many decisions or more, up to {}",
                crate::MOST_SCORES
            ),
            Self::Clear => f.write_str(
                "an alarm is cleared at a share of the threshold that is above 0 and at most 1",
            ),
            Self::Drift { over } => write!(
                f,
                "drift cannot be a mean over {over} windows: 2 to {} of them",
                crate::LONGEST_DRIFT
            ),
            Self::Plan => f.write_str(
                "learning takes at least 10 windows and its threshold at least 2 more, \
                 for a false-alarm rate between 0 and 1",
            ),
        }
    }
}

impl core::error::Error for Error {}
