//! The chart pieces: drawn once here, used by every page.
//!
//! A chart is SVG, and says everything without a script. The page's script adds what moves: values
//! under the pointer, zoom, and the view of a [`Cloud`].

mod axis;
mod bytes;
mod clock;
mod cloud;
mod figure;
mod frame;
mod heat;
mod lanes;
mod path;
mod plot;
mod room;
mod scale;
mod series;
mod strip;
mod text;
mod thin;
mod ticks;

pub use axis::Axis;
pub(crate) use bytes::json;
pub use cloud::{Cloud, Points};
pub use figure::{Figure, legend};
pub(crate) use heat::shades_key;
pub use heat::{Heat, Levels};
pub use lanes::Lanes;
pub use plot::{Layer, Plot, Reading, Rule, Shape};
pub use scale::{Scale, Tick};
pub use series::{MOST_SERIES, Series, short_names};
pub use strip::{Row, Strip};
pub use thin::{evenly, extremes};
