//! What a window was found to be.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

/// What a window was found to be; of two, the larger one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// As the machine always is.
    Normal,
    /// The machine stands still; it is not judged.
    Idle,
    /// Somebody had the sensor in hand; it is not judged.
    Handled,
    /// The sensor sits otherwise than it did; it is not judged.
    Remounted,
    /// It does not fit the model.
    Unfit,
    /// Strange.
    Anomaly,
}

impl Verdict {
    /// All of them, in the order of their numbers in the file, which must never change.
    pub const ALL: [Self; 6] =
        [Self::Normal, Self::Idle, Self::Handled, Self::Remounted, Self::Unfit, Self::Anomaly];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Idle => "idle",
            Self::Handled => "handled",
            Self::Remounted => "remounted",
            Self::Unfit => "unfit",
            Self::Anomaly => "anomaly",
        }
    }

    /// The verdict that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

impl ToSql for Verdict {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((*self as i64).into())
    }
}

impl FromSql for Verdict {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        let verdict = usize::try_from(number).ok().and_then(|at| Self::ALL.get(at).copied());
        verdict.ok_or(FromSqlError::OutOfRange(number))
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    #[test]
    fn numbers_in_the_file_are_the_places_in_the_list() {
        for (at, verdict) in Verdict::ALL.into_iter().enumerate() {
            assert_eq!(verdict as usize, at);
            assert_eq!(Verdict::from_word(verdict.as_str()), Some(verdict));
        }
        assert_eq!(Verdict::from_word("strange"), None);
    }
}
