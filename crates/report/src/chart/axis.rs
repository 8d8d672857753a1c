//! An axis: what is measured along it, and where values lie.

use super::Scale;

/// An axis of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What is measured.
    pub name: String,
    /// In which unit; none of a pure number.
    pub unit: String,
    /// Where values lie.
    pub scale: Scale,
}

impl Axis {
    /// An axis of this name, unit and scale.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, scale: Scale) -> Self {
        Self { name: name.into(), unit: unit.into(), scale }
    }

    pub(super) fn title(&self) -> String {
        if self.unit.is_empty() {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.unit)
        }
    }
}
