//! The words of a column, which most of its rows have in common.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::decode::Words;

/// The longest word that is one, in bytes: what is longer is missing.
const LONGEST: usize = 256;

/// The numbers of the words that were met.
#[derive(Default)]
pub(super) struct Cache(Mutex<Known>);

#[derive(Default)]
pub(super) struct Known {
    words: Words,
    numbers: HashMap<Vec<u8>, f64>,
    last: (Vec<u8>, f64),
    /// Whether there is no room for others.
    is_full: bool,
}

impl Cache {
    pub(super) fn new(words: Words) -> Self {
        Self(Mutex::new(Known { words, last: (Vec::new(), f64::NAN), ..Known::default() }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The number of a word; NaN for what is none.
    pub(super) fn number(&mut self, word: &[u8]) -> f64 {
        if self.last.0 == word && !word.is_empty() {
            return self.last.1;
        }
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => self.new_number(word),
        };
        if word.len() <= LONGEST {
            self.last.0.clear();
            self.last.0.extend_from_slice(word);
            self.last.1 = number;
        }
        number
    }

    fn new_number(&mut self, word: &[u8]) -> f64 {
        let is_word = !self.is_full && word.len() <= LONGEST;
        let Some(text) = is_word.then(|| str::from_utf8(word).ok()).flatten() else {
            return f64::NAN;
        };
        let number = self.words.number(text);
        self.is_full = number.is_nan();
        if !self.is_full {
            self.numbers.insert(word.to_vec(), number);
        }
        number
    }
}
