//! Source text with parts that stand only where they are needed, and places to fill in.
//!
//! The lines between `//{ a|b` and `//}` stay where `a` or `b` is needed; `@word@` is replaced.

use std::collections::BTreeSet;
use std::collections::HashMap;

/// What is needed, and what stands in the places.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    pub(crate) needs: BTreeSet<&'static str>,
    pub(crate) places: HashMap<&'static str, String>,
}

impl Filling {
    pub(crate) fn need(&self, what: &str) -> bool {
        self.needs.contains(what)
    }

    pub(crate) fn put(&mut self, place: &'static str, text: impl ToString) {
        let before = self.places.insert(place, text.to_string());
        debug_assert!(before.is_none(), "{place} has two meanings");
    }

    /// The text of a part, filled in.
    pub(crate) fn fill(&self, part: &str) -> String {
        let mut open: Vec<bool> = Vec::new();
        let mut filled = String::new();
        for line in part.lines() {
            let word = line.trim_start();
            if let Some(any) = word.strip_prefix("//{ ") {
                open.push(any.split('|').any(|one| self.need(one)));
            } else if word == "//}" {
                open.pop();
            } else if open.iter().all(|&open| open) {
                filled.push_str(&self.line(line));
                filled.push('\n');
            }
        }
        filled
    }

    fn line(&self, line: &str) -> String {
        let mut filled = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('@') {
            filled.push_str(before);
            match after.split_once('@').map(|(word, after)| (self.places.get(word), after)) {
                Some((Some(text), after)) => {
                    filled.push_str(text);
                    rest = after;
                }
                _ => {
                    filled.push('@');
                    rest = after;
                }
            }
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_needed_and_fills_places() {
        let mut filling = Filling { needs: BTreeSet::from(["b"]), ..Filling::default() };
        filling.put("name", "fan");
        let part =
            "@name@_x a@b\n//{ a|b\nkept\n    //{ c\nleft out\n    //}\n//}\n//{ a\nnot\n//}\nend";
        assert_eq!(filling.fill(part), "fan_x a@b\nkept\nend\n");
    }
}
