//! A request, and what is answered to it.

use std::io::{self, ErrorKind};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest answer that is read.
const LONGEST: usize = 64 << 10;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// Whether another request may follow.
    pub(super) stays: bool,
}

/// Sends a request, and reads the answer to it; `cut` is where the line breaks meanwhile.
///
/// # Errors
/// Where there is no answer, or none that can be read.
pub(super) async fn exchange(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    request: &[u8],
    cut: Option<f64>,
) -> io::Result<Answer> {
    let broken = || io::Error::from(ErrorKind::ConnectionAborted);
    if let Some(share) = cut {
        let sent = ((request.len() as f64 * share) as usize).min(request.len());
        stream.write_all(&request[..sent]).await?;
        if share >= 1.0 {
            // The server has all of it, and answers to nobody.
            stream.flush().await?;
        }
        return Err(broken());
    }
    stream.write_all(request).await?;
    let mut bytes = Vec::with_capacity(256);
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if bytes.len() > LONGEST || stream.read_buf(&mut bytes).await? == 0 {
            return Err(broken());
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let status =
        text.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let header = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(str::trim)
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    if length > LONGEST {
        return Err(broken());
    }
    while bytes.len() < head + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(broken());
        }
    }
    let stays = header("connection") != Some("close");
    Ok(Answer { status, body: bytes[head..head + length].to_vec(), stays })
}
