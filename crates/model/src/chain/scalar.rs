//! The operators that are done to each number by itself.

use judder_core::{Activation, Real};

/// An operator of one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Unary {
    Activation(Activation),
    Abs,
    Exp,
    Erf,
    /// 1 - erf(x)
    Erfc,
    Floor,
    Ln,
    Negative,
    Not,
    Reciprocal,
    Sign,
    Sqrt,
    Square,
    /// Between two bounds.
    Clip(f64, f64),
}

/// An operator of two numbers. Truth is 1, falsehood 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,
    Power,
    /// The first, or where that is negative their product.
    LeakyBy,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    And,
    Or,
}

impl Unary {
    pub(crate) fn of(self, x: f64) -> f64 {
        match self {
            Self::Activation(activation) => activation.of(x),
            Self::Abs => x.abs(),
            Self::Exp => Real::exp(x),
            Self::Erf => 1.0 - Real::erfc(x),
            Self::Erfc => Real::erfc(x),
            Self::Floor => x.floor(),
            Self::Ln => Real::ln(x),
            Self::Negative => -x,
            Self::Not => truth(x == 0.0),
            Self::Reciprocal => x.recip(),
            Self::Sign if x == 0.0 => 0.0,
            Self::Sign => x.signum(),
            Self::Sqrt => x.sqrt(),
            Self::Square => x * x,
            Self::Clip(least, most) => x.max(least).min(most),
        }
    }
}

impl Binary {
    pub(crate) fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Maximum => a.max(b),
            Self::Minimum => a.min(b),
            Self::Power => a.powf(b),
            Self::LeakyBy if a < 0.0 => a * b,
            Self::LeakyBy => a,
            Self::Greater => truth(a > b),
            Self::GreaterOrEqual => truth(a >= b),
            Self::Less => truth(a < b),
            Self::LessOrEqual => truth(a <= b),
            Self::And => truth(a != 0.0 && b != 0.0),
            Self::Or => truth(a != 0.0 || b != 0.0),
        }
    }
}

fn truth(is: bool) -> f64 {
    if is { 1.0 } else { 0.0 }
}
