//! A heat map: values over two axes as shades, as a spectrogram has them.

use maud::{Markup, html};

use super::Axis;
use super::bytes::base64;
use super::frame::{Frame, frame};
use super::path::GRID;
use super::room::{ABOVE_NAME, ABOVE_TICK, BELOW, BOTTOM, LEFT, NAME, RIGHT, TOP, WIDTH, pixel};
use super::text::within;
use super::ticks::{below, beside, left_of};

const HEIGHT: f64 = 120.0;
/// The height of the shades in their key.
const KEY: f64 = 8.0;
/// Shades are told apart well enough, and fewer make a smaller file.
const SHADES: usize = 48;

/// The shades from low to high, in sRGB: darkness to light over hues that stay apart for every kind of
/// sight.
const STOPS: [[f64; 3]; 6] = [
    [16.0, 20.0, 48.0],
    [38.0, 58.0, 120.0],
    [40.0, 112.0, 142.0],
    [58.0, 162.0, 128.0],
    [164.0, 206.0, 94.0],
    [250.0, 236.0, 150.0],
];

/// Values on a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// How many there are along the horizontal axis.
    pub columns: usize,
    /// Column by column, each from the low end of the vertical axis up.
    pub values: Vec<f64>,
}

/// A heat map.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat<'h> {
    /// The figure it stands in, by which it is named.
    pub id: &'h str,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What the shades say.
    pub value: Axis,
    /// The values.
    pub levels: Levels,
}

impl Heat<'_> {
    /// Its SVG, with the picture in it; or what went wrong when that was made.
    ///
    /// # Errors
    /// Where there is nothing to draw.
    pub fn svg(&self) -> Result<Markup, png::EncodingError> {
        let up = beside(&self.y.scale, 4, HEIGHT);
        let left = left_of(&up, LEFT);
        let width = WIDTH - left - RIGHT;
        let across = below(&self.x.scale, 6, left, width);
        let axes = Frame { left, width, height: HEIGHT, x: &self.x, y: &self.y, across, up };
        let picture = base64(&self.png()?);
        let bounds = |axis: &Axis| {
            let log = if axis.scale.is_log() { " log" } else { "" };
            format!("{} {}{log}", axis.scale.low(), axis.scale.high())
        };
        Ok(html! {
            svg viewBox={ "0 0 " (WIDTH) " " (TOP + HEIGHT + BOTTOM) } tabindex="0" role="img"
                aria-labelledby={ (self.id) "-title" } aria-describedby={ (self.id) "-caption" }
                data-box={ (left) " " (TOP) " " (width) " " (HEIGHT) } data-reading="shade"
                data-x=(bounds(&self.x)) data-x-name=(self.x.name) data-x-unit=(self.x.unit)
                data-y=(bounds(&self.y)) data-y-name=(self.y.name) data-y-unit=(self.y.unit)
                data-value=(bounds(&self.value)) data-value-name=(self.value.name)
                data-value-unit=(self.value.unit)
            {
                (frame(axes))
                svg class="plot" x=(left) y=(TOP) width=(width) height=(HEIGHT)
                    viewBox={ "0 0 " (GRID) " " (GRID) } preserveAspectRatio="none"
                {
                    image class="shades" width=(GRID) height=(GRID) preserveAspectRatio="none"
                        href={ "data:image/png;base64," (picture) } {}
                }
            }
        })
    }

    /// The picture: a pixel a value, the low end of the vertical axis below.
    fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let Levels { columns, values } = &self.levels;
        let rows = values.len() / (*columns).max(1);
        let shade = |value: f64| {
            let share = self.value.scale.place(value).clamp(0.0, 1.0);
            // What is not a number is as dark as what is least.
            (share * (SHADES - 1) as f64).round() as u8
        };
        let pixels: Vec<u8> = (0..rows)
            .rev()
            .flat_map(|row| (0..*columns).map(move |column| shade(values[column * rows + row])))
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, *columns as u32, rows as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_palette(shades().concat());
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// What the shades say, for all heat maps with this axis; the page's script reads shades by it.
pub(crate) fn shades_key(value: &Axis) -> Markup {
    let colors: Vec<String> =
        shades().iter().map(|[r, g, b]| format!("{r:02x}{g:02x}{b:02x}")).collect();
    let each = 100.0 / colors.len() as f64;
    let across = WIDTH - LEFT - RIGHT;
    let top = ABOVE_NAME + BELOW + 3.0;
    let labels = top + KEY + ABOVE_TICK;
    html! {
        svg class="shades-key" viewBox={ "0 0 " (WIDTH) " " (labels + BELOW) } role="img"
            aria-label={ "Shades from dark to light: " (value.title()) } data-shades=(colors.join(" "))
        {
            text class="name" x="4" y=(ABOVE_NAME) { (within(&value.title(), NAME, WIDTH - 8.0)) }
            svg x=(LEFT) y=(top) width=(across) height=(KEY) viewBox="0 0 100 1"
                preserveAspectRatio="none"
            {
                @for (at, color) in colors.iter().enumerate() {
                    rect x=(at as f64 * each) width=(each * 1.5) height="1" fill={ "#" (color) } {}
                }
            }
            @for tick in below(&value.scale, 6, LEFT, across) {
                text x=(pixel(tick.middle())) y=(labels) text-anchor="middle" { (tick.label()) }
            }
        }
    }
}

fn shades() -> Vec<[u8; 3]> {
    let between = |at: usize| {
        let place = at as f64 / (SHADES - 1) as f64 * (STOPS.len() - 1) as f64;
        let low = (place as usize).min(STOPS.len() - 2);
        let part = place - low as f64;
        [0, 1, 2]
            .map(|c| (STOPS[low][c] + part * (STOPS[low + 1][c] - STOPS[low][c])).round() as u8)
    };
    (0..SHADES).map(between).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Scale;

    /// Relative luminance by the definition of WCAG 2.
    fn luminance(color: [u8; 3]) -> f64 {
        let [r, g, b] = color.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    #[test]
    fn higher_is_lighter_and_no_shade_stands_twice() {
        let shades = shades();
        assert!(shades.is_sorted_by(|a, b| luminance(*a) < luminance(*b)));
    }

    #[test]
    fn a_picture_shows_what_is_high_above() {
        let values = vec![1.0, 2.0, 3.0, 3.0, 2.0, 1.0];
        let axis = |low, high| Axis::new("a", "", Scale::exact(low, high));
        let heat = Heat {
            id: "h",
            x: axis(0.0, 2.0),
            y: axis(0.0, 3.0),
            value: axis(1.0, 3.0),
            levels: Levels { columns: 2, values },
        };
        let bytes = heat.png().unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::IDENTITY);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let (low, middle, high) = (0, 24, SHADES as u8 - 1);
        assert_eq!(pixels, [high, low, middle, middle, low, high]);
    }
}
