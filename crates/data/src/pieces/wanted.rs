//! One recording of a file that holds several.

use crate::Source;
use crate::error::{Problem, shown};

/// What a file holds, where one recording of it is wanted.
#[derive(Default)]
pub(super) struct Wanted {
    names: Vec<String>,
    is_there: bool,
}

/// The most names that are listed.
const MOST_NAMES: usize = 12;

impl Wanted {
    pub(super) fn see(&mut self, source: &Source, name: &str) {
        self.is_there |= source.wants(name);
        if source.within().is_some() && self.names.len() <= MOST_NAMES {
            let name = name.trim_start_matches(std::path::MAIN_SEPARATOR);
            let name = if name.is_empty() { "one without a name" } else { name };
            self.names.push(name.to_owned());
        }
    }

    /// What is wrong where the recording that is wanted is not in the file.
    pub(super) fn lacks(&mut self, source: &Source) -> Option<Problem> {
        let name = source.within().filter(|_| !self.is_there)?.to_owned();
        self.is_there = true;
        let found = match self.names.as_mut_slice() {
            [] => "none at all".to_owned(),
            names => {
                let more = if names.len() > MOST_NAMES { ", ..." } else { "" };
                format!("{}{more}", names[..names.len().min(MOST_NAMES)].join(", "))
            }
        };
        Some(Problem::NotWithin { name: shown(&name, 80), found: shown(&found, 400) })
    }
}
