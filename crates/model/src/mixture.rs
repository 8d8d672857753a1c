//! Several states that are all normal, a Gaussian for each.

use crate::Gaussian;

/// The most modes of a mixture: more would no longer tell states from chance.
pub const MAX_MODES: usize = 64;

/// The Gaussians of the states in which a machine is normal, of the same features.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    modes: Vec<Gaussian>,
}

impl Mixture {
    /// A mixture of these modes, one to [`MAX_MODES`].
    ///
    /// # Errors
    /// A sentence, where there are none or too many, or one has another number of features.
    pub fn new(modes: Vec<Gaussian>) -> Result<Self, String> {
        let Some(first) = modes.first() else { return Err("there are no modes".to_owned()) };
        if modes.len() > MAX_MODES {
            return Err(format!("there are {} modes, and {MAX_MODES} at most", modes.len()));
        }
        let expected = first.mean().len();
        match modes.iter().position(|mode| mode.mean().len() != expected) {
            None => Ok(Self { modes }),
            Some(at) => {
                let found = modes[at].mean().len();
                Err(format!("mode {at} has {found} features, mode 0 has {expected}"))
            }
        }
    }

    /// The modes, at least one.
    pub fn modes(&self) -> &[Gaussian] {
        &self.modes
    }

    /// The smallest blocks that the covariances of all modes fall into.
    pub fn blocks(&self) -> Vec<u16> {
        let ends = |mode: &Gaussian| {
            let ends = mode.blocks().iter().scan(0, |end, &size| {
                *end += size;
                Some(*end)
            });
            ends.collect::<Vec<u16>>()
        };
        let (first, others) =
            self.modes.split_first().map_or((Vec::new(), &[][..]), |(one, rest)| (ends(one), rest));
        let others: Vec<Vec<u16>> = others.iter().map(ends).collect();
        let mut before = 0;
        let common = first
            .into_iter()
            .filter(|end| others.iter().all(|ends| ends.binary_search(end).is_ok()));
        common.map(|end| end - std::mem::replace(&mut before, end)).collect()
    }

    /// How many features it takes.
    pub fn features(&self) -> usize {
        self.modes.first().map_or(0, |mode| mode.mean().len())
    }
}
