//! Posting a recording: the request in the binary form, and what an answer means.

/// Bytes before the name of the device in the binary form; with a start number, there are more.
const HEAD: usize = 40;
const START: usize = 8;

/// The longest name of a device.
const LONGEST_NAME: usize = 64;

/// A recording of three axes that is posted to `judder collect` or `judder serve`.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Where the server is, as it stands in the request.
    pub host: &'a str,
    /// What the board is called: letters, digits, `.`, `_` and `-`, 64 at most.
    pub device: &'a str,
    /// The number of the recording, by which the server knows one that is sent again.
    pub sequence: u64,
    /// Drawn each time that the board is switched on, so that the server tells a restart, and two boards of one
    /// name; 0 for a server that knows of no starts, as one of judder 0.1, which answers 400 to a recording that
    /// has one.
    pub start: u32,
    /// Readings in a second, as they were measured; 0 where they were not.
    pub rate_hz: f64,
    /// What a count is worth, in g.
    pub g_of_a_count: f32,
    /// The readings, in counts.
    pub counts: &'a [[i16; 3]],
}

impl Post<'_> {
    /// Writes the whole request, and says how many bytes it is; `None` where there is no room for it, or
    /// the name is none.
    pub fn write(&self, into: &mut [u8]) -> Option<usize> {
        let name = u8::try_from(self.device.len()).ok()?;
        let usable = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
        if !(1..=LONGEST_NAME).contains(&self.device.len()) || !self.device.bytes().all(usable) {
            return None;
        }
        let readings = u32::try_from(self.counts.len()).ok()?;
        let start = if self.start > 0 { START } else { 0 };
        let length = HEAD + start + self.device.len() + 6 * self.counts.len();
        let mut to = Writer { into, at: 0 };
        to.put(b"POST /api/v1/recordings HTTP/1.1\r\nHost: ")?;
        to.put(self.host.as_bytes())?;
        to.put(b"\r\nConnection: close\r\nContent-Type: application/vnd.judder.recording")?;
        to.put(b"\r\nContent-Length: ")?;
        to.whole(length)?;
        to.put(if self.start > 0 { b"\r\n\r\nJUD2" } else { b"\r\n\r\nJUD1" })?;
        to.put(&[3, name, 0, 0])?;
        to.put(&readings.to_le_bytes())?;
        to.put(&self.g_of_a_count.to_le_bytes())?;
        to.put(&self.rate_hz.to_le_bytes())?;
        to.put(&self.sequence.to_le_bytes())?;
        // The board does not know what time it is.
        to.put(&[0; 8])?;
        if self.start > 0 {
            to.put(&self.start.to_le_bytes())?;
            to.put(&[0; 4])?;
        }
        to.put(self.device.as_bytes())?;
        for count in self.counts.iter().flatten() {
            to.put(&count.to_le_bytes())?;
        }
        Some(to.at)
    }
}

struct Writer<'a> {
    into: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.at.checked_add(bytes.len())?;
        self.into.get_mut(self.at..end)?.copy_from_slice(bytes);
        self.at = end;
        Some(())
    }

    fn whole(&mut self, number: usize) -> Option<()> {
        if number >= 10 {
            self.whole(number / 10)?;
        }
        self.put(&[b'0' + (number % 10) as u8])
    }
}

/// What becomes of a recording after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The server keeps it, now or since it was sent before.
    Kept,
    /// The server will never take it.
    Refused,
    /// It is to be sent again, later.
    Again,
}

impl Fate {
    /// By the status of an answer, or that there was none.
    pub fn of(status: Option<u16>) -> Self {
        match status {
            Some(200 | 201) => Self::Kept,
            Some(404 | 405 | 408 | 429) => Self::Again,
            Some(400..=499) => Self::Refused,
            _ => Self::Again,
        }
    }
}

/// The status of an answer by its beginning; `None` where it is none, or not long enough yet.
pub fn status(answer: &[u8]) -> Option<u16> {
    let digits = answer.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    let digit = |sum: u16, c: &u8| c.is_ascii_digit().then(|| 10 * sum + u16::from(c - b'0'));
    digits.iter().try_fold(0, digit).filter(|status| *status >= 100)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    const POST: Post<'_> = Post {
        host: "10.0.0.2:1337",
        device: "fan-1",
        sequence: 0x0102_0304_0506_0708,
        start: 0,
        rate_hz: 200.5,
        g_of_a_count: 1.0 / 2048.0,
        counts: &[[1, -2, 2048], [0, i16::MIN, i16::MAX]],
    };

    #[test]
    fn a_request_is_what_the_server_reads() {
        let mut room = [0; 400];
        let length = POST.write(&mut room).unwrap_or(0);
        let split = room.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(0);
        let (head, body) = (&room[..split], &room[split + 4..length]);
        let head = std::str::from_utf8(head).unwrap_or_default();
        assert!(head.starts_with("POST /api/v1/recordings HTTP/1.1\r\nHost: 10.0.0.2:1337\r\n"));
        assert!(head.ends_with("\r\nContent-Length: 57"), "{head}");
        let mut expected: Vec<u8> = Vec::new();
        expected.extend(b"JUD1\x03\x05\0\0\x02\0\0\0\0\0\0\x3A");
        expected.extend(200.5_f64.to_le_bytes());
        expected.extend(b"\x08\x07\x06\x05\x04\x03\x02\x01\0\0\0\0\0\0\0\0fan-1");
        expected.extend(b"\x01\0\xFE\xFF\0\x08\0\0\0\x80\xFF\x7F");
        assert_eq!(body, expected);
    }

    #[test]
    fn a_start_number_stands_behind_the_head() {
        let (mut room, mut other) = ([0; 400], [0; 400]);
        let length = POST.write(&mut room).unwrap_or(0);
        let with_start = Post { start: 0x0102_0304, ..POST };
        assert_eq!(with_start.write(&mut other), Some(length + 8));
        let body = length - 57;
        let mut expected: Vec<u8> = room[..length].to_vec();
        expected[body + 3] = b'2';
        expected.splice(body + 40..body + 40, *b"\x04\x03\x02\x01\0\0\0\0");
        let head =
            std::string::String::from_utf8_lossy(&expected).replace("Length: 57", "Length: 65");
        assert_eq!(std::string::String::from_utf8_lossy(&other[..length + 8]), head);
    }

    #[test]
    fn nothing_is_half_written() {
        for space in 0..200 {
            let mut room = [0; 200];
            let written = POST.write(&mut room[..space]);
            assert_eq!(written.is_some(), written == Some(space.min(written.unwrap_or(0))));
            assert!(written.is_none() || space >= 57 + 150, "{space}");
        }
        for device in ["", "a b", "größe", "a/b"] {
            assert_eq!(Post { device, ..POST }.write(&mut [0; 400]), None, "{device}");
        }
    }

    #[test]
    fn what_answers_mean() {
        for (answer, expected) in [
            ("HTTP/1.1 201 Created\r\n", Some(201)),
            ("HTTP/1.0 200 OK", Some(200)),
            ("HTTP/1.1 20", None),
            ("HTTP/1.1 2x1", None),
            ("HTTP/1.1 000", None),
            ("SSH-2.0", None),
            ("", None),
        ] {
            assert_eq!(status(answer.as_bytes()), expected, "{answer}");
        }
        for (status, fate) in [
            (Some(200), Fate::Kept),
            (Some(201), Fate::Kept),
            (Some(422), Fate::Refused),
            (Some(404), Fate::Again),
            (Some(429), Fate::Again),
            (Some(503), Fate::Again),
            (None, Fate::Again),
        ] {
            assert_eq!(Fate::of(status), fate, "{status:?}");
        }
    }
}
