//! The figures of a device as they are drawn: a change of their looks is a change of these files.
//!
//! With `INSTA_UPDATE=always` they are written anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod figures;
mod made;
