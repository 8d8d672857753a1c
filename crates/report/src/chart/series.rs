//! Who is shown: the states, each with a colour of its own on all charts.

/// The most series that a page shows.
pub const MOST_SERIES: usize = 32;

/// Colours of each kind; see the style sheet.
const COLORS: usize = 6;

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
        .last();
    match common.filter(|_| !others.is_empty()) {
        Some(end) if names.iter().all(|name| name.len() > end) => {
            names.iter().map(|name| name[end..].to_owned()).collect()
        }
        _ => names,
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
