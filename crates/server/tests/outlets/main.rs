//! Alerts are told to real sockets and real commands.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod command;
mod desk;
mod receiver;
mod teller;
mod webhook;
