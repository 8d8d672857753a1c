//! Which attacks are made, and for how long.

use anyhow::{Result, bail};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// With the counts and durations of the documents, which are written anew.
    pub(super) long: bool,
    /// These parts alone; all of them where none is named.
    only: Vec<String>,
}

impl Choice {
    /// Reads `--long` and `--only PART,PART`.
    ///
    /// # Errors
    /// Where a word is another, or a part is none of these.
    pub(super) fn of(words: &[&str], parts: &[&str]) -> Result<Self> {
        let mut choice = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--long" => choice.long = true,
                "--only" => {
                    let named = words.next().map(|parts| parts.split(',')).into_iter().flatten();
                    choice.only.extend(named.map(str::to_owned));
                }
                other => bail!("`{other}` is no option of the attacks: --long, --only PART,PART"),
            }
        }
        match choice.only.iter().find(|part| !parts.contains(&part.as_str())) {
            Some(part) => {
                bail!("`{part}` is no part of the attacks, which are {}", parts.join(", "))
            }
            None => Ok(choice),
        }
    }

    /// The options that this program was started with.
    pub(super) fn of_arguments(parts: &[&str]) -> Result<Self> {
        let words: Vec<String> = std::env::args().collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let options = words.iter().position(|word| word.starts_with("--"));
        Self::of(options.map(|at| &words[at..]).unwrap_or_default(), parts)
    }

    /// Whether a part is asked for.
    pub(super) fn has(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|one| one == part)
    }
}

#[cfg(test)]
mod tests {
    use super::Choice;

    #[test]
    fn parts_are_named_and_others_refused() {
        let of = |words: &[&str]| Choice::of(words, &["kills", "cuts", "disk"]);
        let choice = of(&["--long", "--only", "kills,cuts"]).unwrap();
        assert!(choice.long && choice.has("kills") && choice.has("cuts") && !choice.has("disk"));
        assert!(of(&[]).unwrap().has("disk"));
        for wrong in [&["--only", "kill"][..], &["--short"]] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
    }
}
