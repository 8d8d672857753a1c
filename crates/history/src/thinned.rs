//! Thinning points of time so that what stands out stays.

use crate::point::Point;

/// Points that come stretch after stretch and are never more than so many.
///
/// Stretches are the shortest with which they are so few, whatever the points were before: windows, or what windows
/// of shorter stretches were put together to. All of a stretch are together at the end while it lasts, so that none
/// has to be looked for far back.
pub(crate) struct Thinned {
    most: usize,
    points: Vec<Point>,
    /// The length of a stretch is 2 to the power of this in milliseconds; none while all are kept.
    power: Option<u32>,
    /// Whether points of several models become one: there are too many models.
    any_model: bool,
    /// Whether there were more of them than so many, at the power that it began with.
    too_many: bool,
}

impl Thinned {
    /// Of windows, or of what windows of stretches of this power were put together to.
    pub(crate) fn new(most: usize, power: Option<u32>) -> Self {
        Self { most, points: Vec::new(), power, any_model: false, too_many: false }
    }

    pub(crate) fn push(&mut self, point: Point) {
        self.merge(point);
        while self.points.len() > self.most {
            self.coarsen();
        }
    }

    /// Whether there were more points than so many, so that the stretches are longer than those that it began with.
    pub(crate) fn had_too_many(&self) -> bool {
        self.too_many
    }

    /// Puts a point to those of its stretch, verdict and model, or at the end.
    fn merge(&mut self, point: Point) {
        if let Some(power) = self.power {
            let stretch = point.at >> power;
            let mut same = self.points.iter_mut().rev().take_while(|p| p.at >> power == stretch);
            if let Some(same) = same.find(|other| {
                other.verdict == point.verdict && (self.any_model || other.model == point.model)
            }) {
                same.absorb(&point);
                return;
            }
        }
        self.points.push(point);
    }

    /// Makes the stretches longer.
    fn coarsen(&mut self) {
        self.too_many = true;
        self.power = match self.power {
            // The first with which any two become one.
            None => self.points.windows(2).map(|pair| common(pair[0].at, pair[1].at)).min(),
            // All time is one stretch, but for its sign.
            Some(63) => {
                self.any_model = true;
                Some(63)
            }
            Some(power) => Some(power + 1),
        };
        for point in std::mem::take(&mut self.points) {
            self.merge(point);
        }
    }

    /// The points in time order.
    pub(crate) fn points(mut self) -> Vec<Point> {
        self.points.sort_by_key(|point| (point.at, point.recording, point.start));
        self.points
    }
}

/// The power of the shortest stretch that two times are in.
fn common(one: i64, other: i64) -> u32 {
    (i64::BITS - (one ^ other).leading_zeros()).min(63)
}
