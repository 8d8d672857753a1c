//! What boards do that no chip has to be there for: readings at a fixed rate, recordings that are
//! posted, settings told over a serial line, and watching.
//!
//! What it is used with is the crate that `judder export --to rust` writes.
#![no_std]

mod baseline;
mod button;
mod numbers;
mod post;
mod schedule;
mod settings;

pub use baseline::{Own, Said, tag};
pub use button::Button;
pub use numbers::Numbers;
pub use post::{Fate, Post, status};
pub use schedule::Schedule;
pub use settings::{Heard, SETTINGS_LEN, Settings, Wrong};
