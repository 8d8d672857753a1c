//! How the bytes that a history may have are shared among its files, so that all of them together keep to it.

use crate::place::PAGE;

/// Bytes of the log, at most: half of them are taken over into the file at a time.
const LOG: u64 = 64 << 20;
/// However few bytes there are, a log of so many is needed to write anything.
const LEAST_LOG: u64 = 256 << 10;
/// The log has this share of all.
const LOG_SHARE: u64 = 8;

/// Bytes of entries at which who writes takes them over before anything else is kept.
const TOO_MUCH: u64 = 8 << 20;
/// Where there are few bytes, this share of them.
const PENDING_SHARE: u64 = 16;
const LEAST_PENDING: u64 = 64 << 10;
/// Bytes of entries that are better taken over now than at the next quiet moment: of those that are too much.
const MUCH_SHARE: u64 = 4;
const MUCH: u64 = 2 << 20;

/// Bytes of the reserve, and the share where there are few: as many as one transaction may need.
const RESERVE: u64 = 4 << 20;
const RESERVE_SHARE: u64 = 16;
const LEAST_RESERVE: u64 = 256 << 10;

/// What is left to the tables, whatever else there is beside them.
const LEAST_SHARE: u64 = 4;
/// Where all that there may be is little, nearly all of it is theirs up to so much.
const LEAST_FILE: u64 = 512 << 10;

/// Pages that a recording that goes touches, where each is of another device: of three tables and two indexes.
const PAGES_OF_GONE: usize = 5;

/// How many bytes each file may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allotment {
    bytes: Option<u64>,
    log: u64,
}

impl Allotment {
    /// Of so many bytes for all; None is no limit.
    pub(crate) fn of(bytes: Option<u64>) -> Self {
        let log = bytes.map_or(LOG, |bytes| (bytes / LOG_SHARE).clamp(LEAST_LOG, LOG));
        Self { bytes, log }
    }

    /// The same where the disk has no more than so many bytes left: with a log that is short enough for them.
    pub(crate) fn where_free(self, free: u64) -> Self {
        Self { log: self.log.min(free / 4).max(LEAST_LOG), ..self }
    }

    /// Bytes of the log, at most.
    pub(crate) fn log(self) -> u64 {
        self.log
    }

    /// Pages in the log at which it is taken over into the file, and that one transaction may write.
    pub(crate) fn pages(self) -> usize {
        (self.log / 2 / PAGE.cast_unsigned()) as usize
    }

    /// Recordings or readings that are let go in one transaction.
    pub(crate) fn rows(self) -> usize {
        (self.pages() / PAGES_OF_GONE).clamp(1, 1000)
    }

    /// Bytes of entries at which who writes takes them over before anything else is kept.
    pub(crate) fn too_much(self) -> usize {
        let share = |bytes: u64| (bytes / PENDING_SHARE).clamp(LEAST_PENDING, TOO_MUCH);
        self.bytes.map_or(TOO_MUCH, share) as usize
    }

    /// Bytes of entries that are better taken over now than at the next quiet moment.
    pub(crate) fn much(self) -> usize {
        (self.too_much() as u64 / MUCH_SHARE).min(MUCH) as usize
    }

    /// Bytes that are held back for when the disk is full.
    pub(crate) fn reserve(self) -> u64 {
        self.bytes.map_or(RESERVE, |bytes| (bytes / RESERVE_SHARE).clamp(LEAST_RESERVE, RESERVE))
    }

    /// Whether no less would be left to the tables if there were more beside the history.
    pub(crate) fn is_least(self, beside: u64) -> bool {
        self.bytes.is_some() && self.file(beside) == self.file(u64::MAX)
    }

    /// Bytes of the file with the tables, where there are so many beside the history; None is no limit.
    pub(crate) fn file(self, beside: u64) -> Option<u64> {
        let bytes = self.bytes?;
        let ours = self.log + self.too_much() as u64 + self.reserve();
        let least = (bytes / LEAST_SHARE).max(LEAST_FILE.min(bytes - bytes / LOG_SHARE));
        Some(bytes.saturating_sub(ours).saturating_sub(beside).max(least))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_together_keep_to_the_bytes() {
        for bytes in (2_u64..40).map(|at| at << 20).chain([100 << 20, 4 << 30, 1 << 40]) {
            let one = Allotment::of(Some(bytes));
            let all = one.file(0).unwrap() + one.log() + one.too_much() as u64 + one.reserve();
            assert!(all <= bytes, "{bytes}: {one:?} comes to {all}");
            assert!(one.file(0).unwrap() >= bytes / 2, "{bytes}: {one:?}");
            assert!(one.much() <= one.too_much() && one.rows() >= 1);
            // What is beside it is counted, and never takes all.
            assert_eq!(one.file(0).unwrap() - one.file(bytes / 8).unwrap(), bytes / 8);
            assert_eq!(one.file(10 * bytes).unwrap(), bytes / 4);
            assert!(one.is_least(bytes) && !one.is_least(bytes / 8));
        }
    }

    #[test]
    fn the_fewest_bytes_leave_the_tables_more_than_they_have_anyway() {
        let one = Allotment::of(Some(crate::Retention::LEAST_BYTES));
        assert!(!one.is_least(0) && one.file(0).unwrap() >= crate::Retention::LEAST_BYTES / 2);
    }

    #[test]
    fn where_little_is_free_the_log_is_short() {
        let one = Allotment::of(None);
        assert_eq!((one.file(0), one.log()), (None, 64 << 20));
        assert_eq!(one.where_free(8 << 20).log(), 2 << 20);
        assert_eq!(one.where_free(0).log(), LEAST_LOG);
        assert_eq!(one.where_free(1 << 40), one);
    }
}
