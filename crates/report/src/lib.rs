//! Self-contained HTML pages: what recordings look like, and what a model is worth.
//!
//! A page is one file. It asks the network for nothing, shows all its charts without a script, and the
//! script that it brings adds what moves. The same recordings give the same bytes.

pub mod chart;
mod error;
mod explore;
mod judged;
pub mod live;
pub mod number;
mod page;
pub mod serving;
mod spectrum;
mod unit;
mod wording;

pub use error::ReportError;
pub use explore::{ExploreOptions, Explored, explore};
pub use judged::{evaluated, trained};
