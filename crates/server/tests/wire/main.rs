//! The server on a real socket, talked to as boards and others talk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod forms;
mod hostile;
mod numbered;
mod room;
mod served;
mod sketch;
