//! What the layers of a network do to their sums.

use core::fmt;
use core::str::FromStr;

use crate::{Error, Real};

/// 1/√2, by which the error function takes a standard normal number.
const INVERSE_ROOT_2: f64 = core::f64::consts::FRAC_1_SQRT_2;
/// 2 √(2/π), and the weight of the cube, of the approximate GELU.
const GELU_SLOPE: f64 = 1.595_769_121_605_730_8;
const GELU_CUBE: f64 = 0.044_715;
/// The scale and the scale times α of SELU, with which layers keep mean 0 and variance 1.
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_BELOW: f64 = SELU_SCALE * 1.673_263_242_354_377_2;

/// What a layer does to each of its sums.
///
/// Sources: SELU is of Klambauer et al., *Self-Normalizing Neural Networks* (2017); GELU and its
/// approximation of Hendrycks and Gimpel, *Gaussian Error Linear Units* (2016); ELU of Clevert et
/// al., *Fast and Accurate Deep Network Learning by Exponential Linear Units* (2015).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// `linear`: x.
    Linear,
    /// `relu`: x, or 0 where that is negative.
    Relu,
    /// `tanh`: the hyperbolic tangent, between -1 and 1.
    Tanh,
    /// `sigmoid`: 1 / (1 + exp(-x)), between 0 and 1.
    Sigmoid,
    /// `leaky_relu(SLOPE)`: x, or SLOPE · x where x is negative.
    LeakyRelu(f32),
    /// `elu(ALPHA)`: x, or ALPHA · (exp(x) - 1) where x is negative.
    Elu(f32),
    /// `selu`: 1.0507 · x, or 1.0507 · 1.6733 · (exp(x) - 1) where x is negative.
    Selu,
    /// `softplus`: ln(1 + exp(x)).
    Softplus,
    /// `silu`, also called swish: x / (1 + exp(-x)).
    Silu,
    /// `gelu`: x/2 · (1 + erf(x / √2)), which is x/2 · erfc(-x / √2).
    Gelu,
    /// `gelu_tanh`, which approximates `gelu`: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))).
    GeluTanh,
    /// `fake_quant(SCALE,ZERO_POINT)`: the number that the nearest of 256 integers stands for, as
    /// networks of 8 bits have it: SCALE · (q - ZERO_POINT), q from -128 to 127, halves to the even one.
    FakeQuant {
        /// From one integer to the next.
        scale: f32,
        /// The integer that stands for 0.
        zero_point: i8,
    },
}

impl Activation {
    /// One of each kind that networks are trained with, which [`FakeQuant`](Self::FakeQuant) is not;
    /// those with a parameter have a usual one.
    pub const ALL: [Self; 11] = [
        Self::Linear,
        Self::Relu,
        Self::Tanh,
        Self::Sigmoid,
        Self::LeakyRelu(0.2),
        Self::Elu(1.0),
        Self::Selu,
        Self::Softplus,
        Self::Silu,
        Self::Gelu,
        Self::GeluTanh,
    ];

    /// Its kind, in the word that Keras has for it; [`Display`](fmt::Display) adds the parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::LeakyRelu(_) => "leaky_relu",
            Self::Elu(_) => "elu",
            Self::Selu => "selu",
            Self::Softplus => "softplus",
            Self::Silu => "silu",
            Self::Gelu => "gelu",
            Self::GeluTanh => "gelu_tanh",
            Self::FakeQuant { .. } => "fake_quant",
        }
    }

    /// What its word is followed by, first of all.
    pub const fn parameter(self) -> Option<f32> {
        match self {
            Self::LeakyRelu(parameter) | Self::Elu(parameter) => Some(parameter),
            Self::FakeQuant { scale, .. } => Some(scale),
            _ => None,
        }
    }

    /// Whether its parameter is one that it can have: finite, and a scale above 0.
    pub fn is_valid(self) -> bool {
        match self {
            Self::FakeQuant { scale, .. } => scale.is_normal() && scale > 0.0,
            other => other.parameter().is_none_or(f32::is_finite),
        }
    }

    /// The same kind with another parameter, where it has one.
    const fn with(self, parameter: f32) -> Option<Self> {
        match self {
            Self::LeakyRelu(_) => Some(Self::LeakyRelu(parameter)),
            Self::Elu(_) => Some(Self::Elu(parameter)),
            _ => None,
        }
    }

    /// The activation of a sum, to a few units in the last place also where it is next to 0.
    ///
    /// What is not a number stays that, or an overflow would be scored as if nothing had been. Of
    /// minus infinity `silu`, `gelu` and `gelu_tanh` give what is not a number, as PyTorch's do.
    #[inline]
    pub fn of<T: Real>(self, sum: T) -> T {
        match self {
            Self::Linear => sum,
            Self::Relu if sum < T::ZERO => T::ZERO,
            Self::Relu => sum,
            Self::Tanh => sum.tanh(),
            Self::Sigmoid => sigmoid(sum),
            Self::LeakyRelu(slope) if sum < T::ZERO => T::from_f64(slope.into()) * sum,
            Self::LeakyRelu(_) => sum,
            Self::Elu(alpha) if sum < T::ZERO => T::from_f64(alpha.into()) * sum.exp_m1(),
            Self::Elu(_) => sum,
            Self::Selu if sum < T::ZERO => T::from_f64(SELU_BELOW) * sum.exp_m1(),
            Self::Selu => T::from_f64(SELU_SCALE) * sum,
            Self::Softplus => softplus(sum),
            Self::Silu => sum * sigmoid(sum),
            Self::Gelu => T::HALF * sum * (-sum * T::from_f64(INVERSE_ROOT_2)).erfc(),
            Self::GeluTanh => {
                // (1 + tanh(u)) / 2 is the sigmoid of 2 u, which loses no digits next to 0.
                let cube = T::from_f64(GELU_CUBE) * sum * sum * sum;
                sum * sigmoid(T::from_f64(GELU_SLOPE) * (sum + cube))
            }
            Self::FakeQuant { scale, zero_point } => {
                let scale = T::from_f64(scale.into());
                rounded(sum / scale, zero_point) * scale
            }
        }
    }
}

/// 1 / (1 + exp(-x)), of the exponential of -|x|, which does not overflow.
#[inline]
fn sigmoid<T: Real>(x: T) -> T {
    let u = (-x.abs()).exp();
    let over = T::ONE + u;
    if x < T::ZERO { u / over } else { T::ONE / over }
}

/// The nearest of the whole numbers from -128 to 127 less the zero point, halves to the even one.
#[inline]
fn rounded<T: Real>(x: T, zero_point: i8) -> T {
    let whole = |q: i16| T::from_f64((q - i16::from(zero_point)).into());
    let (least, most) = (whole(-128), whole(127));
    let x = if x < least { least } else { x };
    let x = if x > most { most } else { x };
    // Beside this number whole ones are the nearest that there are.
    (x + T::WHOLE) - T::WHOLE
}

/// ln(1 + exp(x)), of the exponential of -|x|, which does not overflow.
///
/// The logarithm of 1 + u is ln(w) · u / (w - 1) with w that sum as it is rounded (Goldberg, *What
/// Every Computer Scientist Should Know About Floating-Point Arithmetic*, 1991, theorem 4).
#[inline]
fn softplus<T: Real>(x: T) -> T {
    let u = (-x.abs()).exp();
    let w = T::ONE + u;
    let logarithm = if w == T::ONE { u } else { w.ln() * u / (w - T::ONE) };
    if x > T::ZERO { x + logarithm } else { logarithm }
}

/// Its word, and its parameter in brackets: `leaky_relu(0.2)`.
impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (*self, self.parameter()) {
            (Self::FakeQuant { scale, zero_point }, _) => {
                write!(f, "{}({scale},{zero_point})", self.as_str())
            }
            (_, Some(parameter)) => write!(f, "{}({parameter})", self.as_str()),
            (_, None) => f.pad(self.as_str()),
        }
    }
}

impl FromStr for Activation {
    type Err = Error;

    /// Reads what `Display` writes.
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).ok_or(Error::UnknownActivation)
    }
}

fn read(text: &str) -> Option<Activation> {
    let bracket = text.bytes().position(|byte| byte == b'(');
    let word = bracket.map_or(Some(text), |at| text.get(..at))?;
    if word == "fake_quant" {
        return match text.as_bytes().get(bracket?..)? {
            [b'(', numbers @ .., b')'] => fake_quant(numbers),
            _ => None,
        };
    }
    let kind = Activation::ALL.into_iter().find(|one| one.as_str() == word)?;
    match (kind.parameter(), bracket) {
        (None, None) => Some(kind),
        (Some(_), Some(at)) => match text.as_bytes().get(at..)? {
            [b'(', digits @ .., b')'] => kind.with(decimal(digits)?),
            _ => None,
        },
        _ => None,
    }
}

/// `SCALE,ZERO_POINT`
fn fake_quant(text: &[u8]) -> Option<Activation> {
    let comma = text.iter().position(|&byte| byte == b',')?;
    let (scale, zero) = (decimal(text.get(..comma)?)?, decimal(text.get(comma + 1..)?)?);
    // Whole numbers of this size are exact.
    let zero_point = zero as i8;
    let one = Activation::FakeQuant { scale, zero_point };
    (one.is_valid() && f32::from(zero_point) == zero).then_some(one)
}

/// A decimal number as `Display` writes it: a sign, digits, a point and digits. The reader of the
/// standard library is not free of panics.
fn decimal(text: &[u8]) -> Option<f32> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if !(digits.first()?.is_ascii_digit() && digits.last()?.is_ascii_digit()) {
        return None;
    }
    let (mut number, mut power, mut fraction) = (0u64, 0i32, false);
    for &byte in digits {
        match byte {
            b'.' if !fraction => fraction = true,
            // What more digits there are only moves the point: nine tell all numbers apart.
            b'0'..=b'9' if number >= MOST_DIGITS => {
                power = power.saturating_add(i32::from(!fraction));
            }
            b'0'..=b'9' => {
                number = number.saturating_mul(10).saturating_add(u64::from(byte & 15));
                power = power.saturating_sub(i32::from(fraction));
            }
            _ => return None,
        }
    }
    let mut value = number as f64;
    while power != 0 && value != 0.0 && value.is_finite() {
        // Powers up to this one are exact.
        let step = power.clamp(-22, 22);
        let mut ten = 1.0;
        for _ in 0..step.unsigned_abs() {
            ten *= 10.0;
        }
        value = if step < 0 { value / ten } else { value * ten };
        power = power.saturating_sub(step);
    }
    let value = if is_negative { -value } else { value } as f32;
    value.is_finite().then_some(value)
}

/// From here on a number of `decimal` takes no more digits.
const MOST_DIGITS: u64 = 1_000_000_000_000_000;
