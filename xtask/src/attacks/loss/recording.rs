//! A recording that says which it is, in its readings and nowhere else.

use super::super::chance::Chance;

/// Readings of each axis.
pub(in crate::attacks) const READINGS: usize = 64;
const AXES: usize = 3;
/// Counts of a g: all readings are whole counts, which every form gives back.
const COUNTS: f64 = 2048.0;
/// Bits of a number that a reading has.
const BITS: u32 = 11;

/// Which recording it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::attacks) struct Which {
    pub(in crate::attacks) board: u16,
    pub(in crate::attacks) number: u64,
}

/// Whom a board says that it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) device: &'a str,
    /// Since when it counts.
    pub(super) start: Option<u32>,
}

impl Which {
    /// Its readings in counts, axis by axis: the first three of the first axis say which it is, the others follow.
    fn counts(self) -> Vec<i16> {
        let mut chance = Chance::new(u64::from(self.board) << 40 ^ self.number);
        let mut counts: Vec<i16> =
            (0..AXES * READINGS).map(|_| chance.below(401) as i16 - 200).collect();
        for count in &mut counts[2 * READINGS..] {
            *count += COUNTS as i16;
        }
        let part = |at: u32| (self.number >> (at * BITS)) as i16 & ((1 << BITS) - 1);
        counts[..3].copy_from_slice(&[self.board as i16, part(0), part(1)]);
        counts
    }

    /// The one that has these readings, axis by axis in g; none where they are not all as they were sent.
    pub(super) fn of(readings: &[f64]) -> Option<Self> {
        let counts: Vec<i16> = readings.iter().map(|g| (g * COUNTS).round() as i16).collect();
        let [board, low, high, ..] = counts.as_slice() else { return None };
        let number = u64::try_from(*low).ok()? | u64::try_from(*high).ok()? << BITS;
        let which = Self { board: u16::try_from(*board).ok()?, number };
        let near = |g: &f64| (g * COUNTS - (g * COUNTS).round()).abs() < 1e-3;
        (readings.iter().all(near) && which.counts() == counts).then_some(which)
    }

    /// The body of a request, in JSON.
    pub(super) fn json(self, known: Option<Known<'_>>) -> Vec<u8> {
        let mut body = String::from("{");
        if let Some(Known { device, start }) = known {
            let number = self.number;
            body += &format!("\"device\":\"{device}\",\"sequence\":{number},\"rate_hz\":200.0,");
            if let Some(start) = start {
                body += &format!("\"start\":{start},");
            }
        }
        let axes: Vec<String> = ["x", "y", "z"]
            .iter()
            .zip(self.counts().chunks(READINGS))
            .map(|(axis, counts)| {
                let readings: Vec<_> =
                    counts.iter().map(|count| (f64::from(*count) / COUNTS).to_string()).collect();
                format!("\"{axis}\":[{}]", readings.join(","))
            })
            .collect();
        format!("{body}{}}}", axes.join(",")).into_bytes()
    }

    /// The same in the binary form.
    pub(super) fn binary(self, Known { device, start }: Known<'_>) -> Vec<u8> {
        let mut body = if start.is_some() { *b"JUD2" } else { *b"JUD1" }.to_vec();
        body.extend([AXES as u8, device.len() as u8, 0, 0]);
        body.extend((READINGS as u32).to_le_bytes());
        body.extend((1.0 / COUNTS as f32).to_le_bytes());
        body.extend(200.0_f64.to_le_bytes());
        body.extend(self.number.to_le_bytes());
        body.extend(0_i64.to_le_bytes());
        if let Some(start) = start {
            body.extend(start.to_le_bytes());
            body.extend([0; 4]);
        }
        body.extend(device.as_bytes());
        let counts = self.counts();
        for reading in 0..READINGS {
            body.extend((0..AXES).flat_map(|axis| counts[axis * READINGS + reading].to_le_bytes()));
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_known_by_its_readings_and_a_changed_one_is_not() {
        let which = Which { board: 999, number: 70_001 };
        let mut readings: Vec<f64> =
            which.counts().iter().map(|count| f64::from(*count) / COUNTS).collect();
        assert_eq!(Which::of(&readings), Some(which));
        readings[100] += 1.0 / COUNTS;
        assert_eq!(Which::of(&readings), None);
        assert_eq!(Which::of(&readings[..64]), None);
    }
}
