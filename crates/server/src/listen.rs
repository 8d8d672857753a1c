//! Connections: how many, how long, and how they end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

use crate::alarm::Alarm;
use crate::ending::Ending;
use crate::inlet::Inlet;
use crate::keep::Keep;
use crate::limits::Limits;

/// Connections that may wait to be accepted.
const WAITING: u32 = 4096;

/// Bytes that the system holds of what a connection has not read yet.
const UNREAD: u32 = 128 << 10;

/// Headers of a request.
const MOST_HEADERS: usize = 64;

/// Bytes of the head of a request, and of a body that were read and not taken yet: what a connection takes that
/// nothing is known of.
const HEAD: usize = 16 << 10;

/// How long to wait before accepting again where the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Listens on an address, of which an earlier process may still have connections that end.
///
/// # Errors
/// Where the address is not to be had.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv6() { TcpSocket::new_v6()? } else { TcpSocket::new_v4()? };
    socket.set_reuseaddr(true)?;
    // Connections have it from this one; the system would hold megabytes for each that reads nothing.
    socket.set_send_buffer_size(UNREAD)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Answers whoever connects, until `stop` is done; then those being answered are answered to the end.
pub async fn serve<K: Keep>(
    listener: TcpListener,
    inlet: Inlet<K>,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let inlet = Arc::new(inlet);
    let room = Arc::new(Semaphore::new(limits.connections));
    let mut http = http1::Builder::new();
    // The sketch counts lines: nothing is said that it does not expect.
    http.auto_date_header(false)
        .title_case_headers(true)
        .header_read_timeout(limits.head)
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEAD);
    // A small answer goes out in one piece.
    http.writev(false);
    let ending = Ending::new();
    tokio::pin!(stop);
    loop {
        let accepted = async {
            // It is closed with the server alone.
            let permit = Arc::clone(&room).acquire_owned().await.ok()?;
            Some((listener.accept().await, permit))
        };
        let (accepted, permit) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => match accepted {
                Some(accepted) => accepted,
                None => break,
            },
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(_) => {
                tokio::time::sleep(NO_ROOM).await;
                continue;
            }
        };
        // Answers are small, and one waits for each.
        let _ = stream.set_nodelay(true);
        let door = inlet.door();
        let Some(connected) = door.peers.connect(peer.ip()) else {
            door.metrics.connections_refused.count("peer");
            continue;
        };
        door.metrics.connections.inc();
        let metrics = door.metrics();
        // Of this connection alone: those on other cores count at another place.
        let inlet = Arc::new(Arc::clone(&inlet));
        let service = service_fn(move |request| {
            let inlet = Arc::clone(&inlet);
            async move { Ok::<_, std::convert::Infallible>(inlet.answer(request, peer, limits).await) }
        });
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.reading));
        let stream = TokioIo::new(Box::pin(stream));
        let connection =
            ending.watch(http.clone().timer(Alarm::default()).serve_connection(stream, service));
        tokio::spawn(async move {
            // A peer that goes away, or talks nonsense, concerns nobody else.
            let _ = connection.await;
            metrics.connections.dec();
            drop((permit, connected));
        });
    }
    drop(listener);
    inlet.stop();
    let _ = tokio::time::timeout(limits.stopping, ending.end()).await;
}

/// Whether accepting failed for the connection that was to be accepted, and not for others.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
