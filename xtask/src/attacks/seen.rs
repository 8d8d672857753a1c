//! What was promised and what was seen.

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) attack: String,
    pub(super) promised: String,
    pub(super) seen: String,
}

/// What attacks came to.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) rows: Vec<Row>,
    /// What is not as it was promised.
    pub(super) faults: Vec<String>,
}

impl Seen {
    /// Adds a row, which is printed.
    pub(super) fn row(
        &mut self,
        attack: impl Into<String>,
        promised: impl Into<String>,
        seen: impl Into<String>,
    ) {
        let row = Row { attack: attack.into(), promised: promised.into(), seen: seen.into() };
        println!("{} | {} | {}", row.attack, row.promised, row.seen);
        self.rows.push(row);
    }

    /// Adds something that is not as it was promised, if it is so.
    pub(super) fn fault(&mut self, is: bool, words: impl FnOnce() -> String) {
        if is {
            self.faults.push(words());
        }
    }

    /// Adds what other attacks came to.
    pub(super) fn add(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.faults.extend(other.faults);
    }
}

/// A number with a space between thousands.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = digits[..first].to_owned();
    for three in digits.as_bytes()[first..].chunks(3) {
        if !text.is_empty() {
            text.push(' ');
        }
        text += &String::from_utf8_lossy(three);
    }
    text
}

/// What of acknowledged recordings is lost and what is there twice, in words.
pub(super) fn counted(acknowledged: usize, lost: usize, twice: usize) -> String {
    let [acknowledged, lost, twice] = [acknowledged, lost, twice].map(grouped);
    format!("{acknowledged} acknowledged, {lost} lost, {twice} twice")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_stand_apart() {
        let expected = [(0, "0"), (999, "999"), (1000, "1 000"), (1_234_567, "1 234 567")];
        for (number, text) in expected {
            assert_eq!(grouped(number), text);
        }
    }
}
