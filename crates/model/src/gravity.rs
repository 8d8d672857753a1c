//! Which axes see gravity: what a mean must be like to be that.

use judder_core::{GravityAxes, Unit};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::{SerializeSeq, Serializer};

/// The units by name in which gravity may read.
const NAMED: [Unit; 3] = [Unit::G, Unit::METRES_PER_SECOND_SQUARED, Unit::MILLI_G];

/// How far from its nominal value gravity may read, as a share: offset and scale errors of cheap
/// sensors.
const TOLERANCE: f64 = 0.15;

/// So many of the windows, as a share, read gravity as long as most do.
const ALIKE: f64 = 0.9;

/// Powers of two that are counts a g: of 8 bits at ±2 g up to 16 bits at ±2 g.
const COUNTS: std::ops::RangeInclusive<i32> = 6..=14;

/// In which unit readings are, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReadingUnit {
    /// 1 g reads as this.
    Gravity(f64),
    /// It is not known. Whether the readings are whole numbers, as raw counts are.
    Unknown {
        /// Whether they are.
        whole: bool,
    },
}

impl ReadingUnit {
    /// Whether gravity may be as long as this.
    fn may_be(self, length: f64) -> bool {
        let near = |nominal: f64| (length - nominal).abs() <= TOLERANCE * nominal;
        match self {
            Self::Gravity(length) => near(length),
            Self::Unknown { whole } => {
                NAMED.map(Unit::per_g).into_iter().any(near)
                    || whole && COUNTS.map(|power| 2f64.powi(power)).any(near)
            }
        }
    }
}

/// The axes whose mean is gravity, by the means of normal windows, a row of as many numbers as there
/// are axes for each: three axes of which the mean has gravity's length, and keeps it in nine of ten
/// windows whichever way it points. Of more than three axes neighbours are looked at first, as three
/// columns of a sensor stand side by side.
pub fn gravity_axes(means: &[&[f64]], unit: ReadingUnit) -> GravityAxes {
    let axes = means.first().map_or(0, |mean| mean.len());
    if axes == 3 {
        let all = off(means, [0, 1, 2], unit).map(|_| GravityAxes::All);
        return all.unwrap_or(GravityAxes::Unseen);
    }
    let small = |three: [usize; 3]| three.map(|axis| axis as u8);
    let side_by_side = |first: &usize| off(means, [*first, first + 1, first + 2], unit).is_some();
    let firsts = (0..axes).step_by(3).chain((0..axes).filter(|first| first % 3 > 0));
    let mut firsts = firsts.filter(|first| first + 3 <= axes);
    if let Some(first) = firsts.find(side_by_side) {
        return GravityAxes::Three(small([first, first + 1, first + 2]));
    }
    let every = (0..axes).flat_map(|a| (a + 1..axes).map(move |b| (a, b)));
    let every = every.flat_map(|(a, b)| (b + 1..axes).map(move |c| [a, b, c]));
    every
        .filter_map(|three| Some((three, off(means, three, unit)?)))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map_or(GravityAxes::Unseen, |(three, _)| GravityAxes::Three(small(three)))
}

/// How far the lengths of the means of three axes are from each other, as a share, where they are
/// those of gravity.
fn off(means: &[&[f64]], three: [usize; 3], unit: ReadingUnit) -> Option<f64> {
    let length = |mean: &&[f64]| -> f64 {
        three.iter().map(|&axis| mean.get(axis).map_or(0.0, |x| x * x)).sum::<f64>().sqrt()
    };
    let mut lengths: Vec<f64> = means.iter().map(length).collect();
    lengths.sort_by(f64::total_cmp);
    let middle = *lengths.get(lengths.len() / 2)?;
    if !unit.may_be(middle) {
        return None;
    }
    let far = |length: &f64| (length - middle).abs() / middle;
    let alike = lengths.iter().filter(|length| far(length) <= TOLERANCE).count();
    let mean = lengths.iter().map(far).sum::<f64>() / lengths.len() as f64;
    (alike as f64 >= ALIKE * lengths.len() as f64).then_some(mean)
}

const UNSEEN: &str = "unseen";

pub(crate) fn is_all(axes: &GravityAxes) -> bool {
    *axes == GravityAxes::All
}

/// Nothing stands there where all axes see gravity.
pub(crate) fn serialize<S: Serializer>(axes: &GravityAxes, to: S) -> Result<S::Ok, S::Error> {
    match axes {
        GravityAxes::All => to.serialize_none(),
        GravityAxes::Unseen => to.serialize_str(UNSEEN),
        GravityAxes::Three(three) => {
            let mut list = to.serialize_seq(Some(three.len()))?;
            three.iter().try_for_each(|axis| list.serialize_element(axis))?;
            list.end()
        }
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<GravityAxes, D::Error> {
    struct Axes;
    impl<'de> Visitor<'de> for Axes {
        type Value = GravityAxes;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("\"unseen\", or the three axes that see gravity, counted from 0")
        }

        fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
            match word {
                UNSEEN => Ok(GravityAxes::Unseen),
                _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
            }
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(GravityAxes::All)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut three = [0; 3];
            for (at, axis) in three.iter_mut().enumerate() {
                let lacks = || de::Error::invalid_length(at, &self);
                *axis = list.next_element()?.ok_or_else(lacks)?;
            }
            match list.next_element::<u8>()? {
                None => Ok(GravityAxes::Three(three)),
                Some(_) => Err(de::Error::invalid_length(4, &self)),
            }
        }
    }
    from.deserialize_any(Axes)
}
