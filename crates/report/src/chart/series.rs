//! Who is shown: the states, each with a colour of its own on all charts.

/// The most series that a page shows.
pub const MOST_SERIES: usize = 32;

/// Colours of each kind; see the style sheet.
const COLORS: usize = 6;
/// Colours of series that are known to one chart alone.
const ALONE: usize = 8;

/// A state, as it looks on every chart: normal ones in cold colours and round points, anomalies in warm
/// colours and square points. So they differ for every kind of sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its number on this page.
    pub index: usize,
    /// What it is called.
    pub name: String,
    /// Whether it ought to be an anomaly.
    pub anomaly: bool,
    class: String,
}

impl Series {
    /// The series of a page, given their names and whether they are anomalies.
    pub fn all(states: impl IntoIterator<Item = (String, bool)>) -> Vec<Self> {
        let mut of_kind = [0, 0];
        let one = |(index, (name, anomaly)): (usize, (String, bool))| {
            let count = &mut of_kind[usize::from(anomaly)];
            let class = class(anomaly, *count);
            *count += 1;
            Self { index, name, anomaly, class }
        };
        states.into_iter().enumerate().map(one).collect()
    }

    /// Series of one chart alone, which no legend hides.
    pub fn named<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Vec<Self> {
        let one = |(at, name): (usize, N)| Self {
            index: MOST_SERIES + at,
            name: name.into(),
            anomaly: false,
            class: format!("x{}", at % ALONE),
        };
        names.into_iter().enumerate().map(one).collect()
    }

    /// The axes of a recording, as series of one chart.
    pub fn axes(count: usize) -> Vec<Self> {
        let letters = ["x", "y", "z"];
        let name = |at: usize| match letters.get(at) {
            Some(letter) if count <= letters.len() => format!("axis {letter}"),
            _ => format!("axis {}", at + 1),
        };
        Self::named((0..count).map(name))
    }

    /// Whether it is known to one chart alone.
    pub(super) fn is_alone(&self) -> bool {
        self.index >= MOST_SERIES
    }

    /// Its class in the style sheet: its colour, and from the seventh of a kind on, dashes.
    pub fn class(&self) -> &str {
        &self.class
    }
}

fn class(anomaly: bool, count: usize) -> String {
    let kind = if anomaly { 'a' } else { 'n' };
    let dashes = match count / COLORS {
        0 => "",
        1 => " dash",
        2 => " dot",
        _ => " long",
    };
    format!("{kind}{}{dashes}", count % COLORS)
}

/// Names that say the same in less: without the folder where no two are alike, and without the words that
/// all begin with.
pub fn short_names(paths: &[String]) -> Vec<String> {
    let last = |path: &String| {
        let trimmed = path.trim_end_matches(['/', '\\']);
        trimmed.rsplit(['/', '\\']).next().unwrap_or(trimmed).to_owned()
    };
    let names: Vec<String> = paths.iter().map(last).collect();
    let unique = |names: &[String]| {
        names.iter().enumerate().all(|(at, name)| !name.is_empty() && !names[..at].contains(name))
    };
    let names = if unique(&names) { names } else { paths.to_vec() };
    let [first, others @ ..] = names.as_slice() else { return names };
    let common = first
        .char_indices()
        .filter(|(_, c)| matches!(c, '_' | '-' | ' ' | '/' | '\\'))
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|&end| others.iter().all(|name| name.starts_with(&first[..end])))
        // What is left is a name, not a number.
        .filter(|&end| names.iter().all(|name| name[end..].starts_with(char::is_alphabetic)))
        .last();
    match common.filter(|_| !others.is_empty()) {
        Some(end) => names.iter().map(|name| name[end..].to_owned()).collect(),
        None => names,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(paths: &[&str]) -> Vec<String> {
        short_names(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_lose_what_they_share() {
        assert_eq!(short(&["d/fan_0_low", "d/fan_0_high"]), ["low", "high"]);
        assert_eq!(short(&["d/fan_low", "d/fan_low-moved"]), ["low", "low-moved"]);
        assert_eq!(short(&["a/fan", "b/fan"]), ["a/fan", "b/fan"]);
        assert_eq!(short(&["d/fan_0_low/"]), ["fan_0_low"]);
        assert_eq!(short(&["a_", "a_b"]), ["a_", "a_b"]);
        assert_eq!(short(&["fan_low_0", "fan_low_1"]), ["low_0", "low_1"]);
        assert_eq!(short(&[".", ".."]), [".", ".."]);
        assert!(short(&[]).is_empty());
    }

    #[test]
    fn colours_go_by_kind_and_never_repeat_without_dashes() {
        let states = (0..MOST_SERIES).map(|at| (at.to_string(), at % 3 == 0));
        let series = Series::all(states);
        let mut classes: Vec<&str> = series.iter().map(Series::class).collect();
        assert!(series.iter().all(|one| one.class().starts_with('a') == one.anomaly));
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), MOST_SERIES);
    }
}
