//! Answers that nobody reads.

use std::io::Write;
use std::time::{Duration, Instant};

use judder_server::Limits;

use crate::desk::{Desk, PATIENCE, TOKEN};

/// More than the system holds of what is not read, in answers of 60 kB.
const MANY: usize = 2_000;

/// Who asks on and on and reads nothing holds a connection only so long.
#[test]
fn who_reads_nothing_is_let_go() {
    let mut desk = Desk::bare();
    // The second one is accepted when the first is gone.
    desk.limits = Limits { connections: 1, reading: Duration::from_millis(500), ..desk.limits };
    let served = desk.start();
    let mut deaf = served.connect();
    deaf.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    let request = format!(
        "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    );
    // It may be closed before all is sent.
    let _ = deaf.write_all(request.repeat(MANY).as_bytes());
    let began = Instant::now();
    served.get("/api/v1/fleet").well(200);
    assert!(began.elapsed() < PATIENCE);
    drop(deaf);
}
