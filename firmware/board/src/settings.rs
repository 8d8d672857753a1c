//! What is different from board to board, told over a serial line and kept in flash.

use core::net::{Ipv4Addr, SocketAddrV4};

/// Bytes that settings are kept in.
pub const SETTINGS_LEN: usize = 256;

/// What settings in flash begin with.
const MAGIC: [u8; 4] = *b"JDS1";

const NAME: usize = 32;
const PASSWORD: usize = 64;

/// Text of a limited length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Text<const N: usize> {
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Text<N> {
    const EMPTY: Self = Self { bytes: [0; N], length: 0 };

    fn new(text: &str) -> Option<Self> {
        let mut new = Self::EMPTY;
        new.bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        new.length = u8::try_from(text.len()).ok()?;
        Some(new)
    }

    fn get(&self) -> &str {
        let text = self.bytes.get(..self.length.into()).unwrap_or_default();
        core::str::from_utf8(text).unwrap_or_default()
    }
}

/// The settings of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    wifi: Text<NAME>,
    password: Text<PASSWORD>,
    device: Text<64>,
    /// Where recordings are posted to.
    pub server: SocketAddrV4,
    /// Whether recordings are posted at all.
    pub posts: bool,
}

/// What a line said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Something is set: the settings are to be kept.
    Set,
    /// `show`: the settings are to be told.
    Show,
    /// `learn`: what is normal is to be learnt anew.
    Learn,
    /// `forget`: what was learnt is to be forgotten.
    Forget,
}

/// A line that says nothing: what there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong(pub &'static str);

impl Settings {
    /// Of a board that nobody has told anything.
    pub const fn unset() -> Self {
        Self {
            wifi: Text::EMPTY,
            password: Text::EMPTY,
            device: Text::EMPTY,
            server: SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 1337),
            posts: false,
        }
    }

    /// The name of the network; empty where none is set.
    pub fn wifi(&self) -> &str {
        self.wifi.get()
    }

    /// Its password.
    pub fn password(&self) -> &str {
        self.password.get()
    }

    /// What the board is called.
    pub fn device(&self) -> &str {
        match self.device.get() {
            "" => "board",
            name => name,
        }
    }

    /// Whether there is all that posting takes.
    pub fn can_post(&self) -> bool {
        self.posts && !self.wifi().is_empty() && !self.server.ip().is_unspecified()
    }

    /// Takes a line: a word, and what it is set to.
    ///
    /// # Errors
    /// [`Wrong`] that says what may be said; nothing is set then.
    pub fn hear(&mut self, line: &str) -> Result<Heard, Wrong> {
        let line = line.trim_matches(['\r', '\n']);
        let (word, value) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "wifi" => {
                self.wifi = Text::new(value).ok_or(Wrong("the name of a network has 32 bytes"))?;
            }
            "password" => {
                self.password = Text::new(value).ok_or(Wrong("a password has 64 bytes at most"))?;
            }
            "device" => {
                let usable = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
                let is_name = !value.is_empty() && value.bytes().all(usable);
                let name = Text::new(value).filter(|_| is_name);
                self.device = name.ok_or(Wrong("a device has 64 of letters, digits, . _ and -"))?;
            }
            "server" => {
                let server = value.trim().parse();
                self.server =
                    server.map_err(|_| Wrong("server ADDRESS:PORT, as 192.168.1.2:1337"))?;
            }
            "post" => match value.trim() {
                "on" => self.posts = true,
                "off" => self.posts = false,
                _ => return Err(Wrong("post on, or post off")),
            },
            "show" => return Ok(Heard::Show),
            "learn" => return Ok(Heard::Learn),
            "forget" => return Ok(Heard::Forget),
            _ => {
                return Err(Wrong(
                    "wifi NAME, password WORD, device NAME, server ADDRESS:PORT, post on, post off, \
                     show, learn or forget",
                ));
            }
        }
        Ok(Heard::Set)
    }

    /// The settings as they are kept.
    pub fn to_bytes(&self) -> [u8; SETTINGS_LEN] {
        let mut bytes = [0; SETTINGS_LEN];
        let port = self.server.port().to_le_bytes();
        let parts: [&[u8]; 9] = [
            &MAGIC,
            &[self.wifi.length, self.password.length, self.device.length, u8::from(self.posts)],
            &self.server.ip().octets(),
            &port,
            &[0; 2],
            &self.wifi.bytes,
            &self.password.bytes,
            &self.device.bytes,
            &[],
        ];
        let mut at = 0;
        for part in parts {
            let end = at + part.len();
            if let Some(room) = bytes.get_mut(at..end) {
                room.copy_from_slice(part);
            }
            at = end;
        }
        let sum = sum(&bytes).to_le_bytes();
        if let Some(room) = bytes.last_chunk_mut() {
            *room = sum;
        }
        bytes
    }

    /// The settings that were kept; `None` where the bytes are none, or not whole.
    pub fn from_bytes(bytes: &[u8; SETTINGS_LEN]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<16>()?;
        let (wifi, rest) = rest.split_first_chunk::<NAME>()?;
        let (password, rest) = rest.split_first_chunk::<PASSWORD>()?;
        let (device, _) = rest.split_first_chunk::<64>()?;
        let [
            a,
            b,
            c,
            d,
            wifi_length,
            password_length,
            device_length,
            posts,
            i,
            j,
            k,
            l,
            low,
            high,
            ..,
        ] = *head;
        if [a, b, c, d] != MAGIC || bytes.last_chunk() != Some(&sum(bytes).to_le_bytes()) {
            return None;
        }
        Some(Self {
            wifi: Text { bytes: *wifi, length: wifi_length },
            password: Text { bytes: *password, length: password_length },
            device: Text { bytes: *device, length: device_length },
            server: SocketAddrV4::new(Ipv4Addr::new(i, j, k, l), u16::from_le_bytes([low, high])),
            posts: posts != 0,
        })
    }
}

/// FNV-1a of all but the last four bytes.
fn sum(bytes: &[u8; SETTINGS_LEN]) -> u32 {
    let all = bytes.iter().take(SETTINGS_LEN - 4);
    all.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    fn told(lines: &[&str]) -> Settings {
        let mut settings = Settings::unset();
        for line in lines {
            assert_eq!(settings.hear(line), Ok(Heard::Set), "{line}");
        }
        settings
    }

    #[test]
    fn a_board_is_told_all_it_needs_in_five_lines() {
        let settings = told(&[
            "wifi my network",
            "password  two words \r\n",
            "device fan-1",
            "server 192.168.1.2:1337",
            "post on",
        ]);
        assert_eq!((settings.wifi(), settings.password()), ("my network", " two words "));
        assert_eq!(settings.device(), "fan-1");
        assert_eq!(settings.server, SocketAddrV4::new(Ipv4Addr::new(192, 168, 1, 2), 1337));
        assert!(settings.can_post());
        assert!(!told(&["post on", "wifi a"]).can_post());
        assert_eq!(Settings::unset().device(), "board");
    }

    #[test]
    fn what_is_wrong_changes_nothing() {
        let mut settings = told(&["wifi a", "server 1.2.3.4:5"]);
        let before = settings.clone();
        for line in
            ["server 1.2.3.4", "device a b", "device", "post maybe", "", "wifi2 x", "server x:1"]
        {
            assert!(settings.hear(line).is_err(), "{line}");
        }
        assert!(settings.hear(&std::format!("wifi {}", "x".repeat(33))).is_err());
        assert_eq!(settings, before);
    }

    #[test]
    fn they_come_back_whole_or_not_at_all() {
        let settings = told(&["wifi größe", "password p", "device d", "server 9.8.7.6:54321"]);
        let bytes = settings.to_bytes();
        assert_eq!(Settings::from_bytes(&bytes), Some(settings));
        for at in 0..SETTINGS_LEN {
            let mut other = bytes;
            other[at] ^= 0x10;
            assert_eq!(Settings::from_bytes(&other), None, "{at}");
        }
        assert_eq!(Settings::from_bytes(&[0xFF; SETTINGS_LEN]), None);
        assert_eq!(Settings::from_bytes(&[0; SETTINGS_LEN]), None);
    }
}
