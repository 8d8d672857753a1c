//! Lines out of bytes that come in any pieces.

/// The longest line that is read, in bytes.
const LONGEST: usize = 1024;

/// Puts lines together. The first one is left out.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    line: Vec<u8>,
    /// Whether the line is whole so far: it began here, and is not too long.
    is_whole: bool,
    too_long: bool,
}

impl Splitter {
    /// Gives each line that ends in these bytes, without its end; None for one that was too long. Blank ones may be
    /// among them, as CR and LF each end one.
    pub(super) fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Option<&[u8]>)) {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
            let (line, after) = rest.split_at(end);
            if self.line.is_empty() && self.is_whole && line.len() <= LONGEST {
                each(Some(line));
            } else {
                self.add(line);
                if self.too_long {
                    each(None);
                } else if self.is_whole {
                    each(Some(&self.line));
                }
            }
            self.line.clear();
            (self.is_whole, self.too_long) = (true, false);
            rest = after.get(1..).unwrap_or_default();
        }
        self.add(rest);
    }

    fn add(&mut self, part: &[u8]) {
        if !self.is_whole {
            return;
        }
        if self.line.len() + part.len() > LONGEST {
            self.line.clear();
            (self.is_whole, self.too_long) = (false, true);
        } else {
            self.line.extend_from_slice(part);
        }
    }
}
