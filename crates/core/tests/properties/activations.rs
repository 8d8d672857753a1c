//! What layers do to their sums, against other tools and textbooks.

use judder_core::{Activation, Error, Real};
use proptest::prelude::*;

use crate::activation_values::KNOWN;
use crate::tolerance::{Tolerance, precision};

use Activation::{
    Elu, Gelu, GeluTanh, LeakyRelu, Linear, Relu, Selu, Sigmoid, Silu, Softplus, Tanh,
};

/// An activation as the textbooks have it, in `f64`.
pub(crate) fn by_textbook(activation: Activation, x: f64) -> f64 {
    let logistic = |x: f64| 0.5 * (1.0 + (0.5 * x).tanh());
    match activation {
        Linear => x,
        Relu => x.max(0.0),
        Tanh => x.tanh(),
        Sigmoid => logistic(x),
        LeakyRelu(slope) => x.max(0.0) + f64::from(slope) * x.min(0.0),
        Elu(alpha) => x.max(0.0) + f64::from(alpha) * (x.min(0.0).exp() - 1.0),
        Selu => {
            1.050_700_987_355_480_5
                * (x.max(0.0) + 1.673_263_242_354_377_2 * (x.min(0.0).exp() - 1.0))
        }
        Activation::FakeQuant { scale, zero_point } => {
            let (scale, zero) = (f64::from(scale), f64::from(zero_point));
            scale * ((x / scale + zero).round_ties_even().clamp(-128.0, 127.0) - zero)
        }
        Softplus => x.max(0.0) + (-x.abs()).exp().ln_1p(),
        Silu => x * logistic(x),
        Gelu => 0.5 * x * (1.0 + error_function(x / 2f64.sqrt())),
        GeluTanh => {
            let root = (2.0 / core::f64::consts::PI).sqrt();
            0.5 * x * (1.0 + (root * (x + 0.044_715 * x.powi(3))).tanh())
        }
    }
}

/// Abramowitz and Stegun, 7.1.6: all terms have one sign.
fn error_function(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    core::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

/// By how many times its share a rounding of what an activation computes from shows in its value.
fn condition(activation: Activation, x: f64) -> f64 {
    match activation {
        Gelu => 1.0 + x * x,
        GeluTanh => 1.0 + x.abs() * (1.6 + 0.22 * x * x),
        _ => 1.0,
    }
}

fn is_known<T: Real>(activation: Activation, x: f64, expected: f64) {
    let found = activation.of(T::from_f64(x));
    let (epsilon, smallest) = precision::<T>();
    let apart = (found.to_f64() - expected).abs();
    let most =
        3.0 * condition(activation, x) * (epsilon * expected.abs() + smallest * (1.0 + x.abs()));
    assert!(apart <= most, "{activation} of {x} is {expected:e}, not {found}: by {apart:e}");
}

#[test]
fn numbers_that_another_tool_knows() {
    for (activation, numbers) in KNOWN {
        for (x, expected) in numbers {
            is_known::<f32>(activation, x, expected);
            is_known::<f64>(activation, x, expected);
        }
    }
}

/// Digits of tanh from Abramowitz and Stegun, table 4.15.
#[test]
fn tanh_of_known_numbers() {
    for (x, expected) in
        [(0.0, 0.0), (0.5, 0.462_117_157_260_009_76), (1.0, 0.761_594_155_955_764_9)]
    {
        assert!(Tolerance::Close.holds(Tanh.of(x), expected, 0.0), "{x}");
        assert!(Tolerance::Close.holds(Tanh.of(x as f32), expected, 0.0), "{x}");
    }
}

fn ends<T: Real>() {
    let infinite = T::from_f64(f64::INFINITY);
    for one in [Linear, Relu, LeakyRelu(0.2), Elu(1.0), Selu, Softplus, Silu, Gelu, GeluTanh] {
        assert_eq!(one.of(infinite), infinite, "{one}");
    }
    let (one, below) = (T::ONE, T::from_f64(-1.050_700_987_355_480_5 * 1.673_263_242_354_377_2));
    for (activation, least, most) in
        [(Tanh, -one, one), (Sigmoid, T::ZERO, one), (Linear, -infinite, infinite)]
    {
        assert_eq!(activation.of(-infinite), least, "{activation}");
        assert_eq!(activation.of(infinite), most, "{activation}");
    }
    for (activation, least) in [
        (Relu, T::ZERO),
        (LeakyRelu(0.2), -infinite),
        (Elu(1.0), -one),
        (Elu(0.5), -T::HALF),
        (Selu, below),
        (Softplus, T::ZERO),
    ] {
        assert_eq!(activation.of(-infinite), least, "{activation}");
    }
    // 0 times infinity: an overflow shows.
    for activation in [Silu, Gelu, GeluTanh] {
        let found = activation.of(-infinite);
        assert!(found.to_f64().is_nan(), "{activation} of -∞ is {found}");
    }
}

#[test]
fn the_ends_are_the_limits() {
    ends::<f32>();
    ends::<f64>();
}

fn zeros<T: Real>() {
    let bits = |x: T| (x.to_f64()).to_bits();
    for activation in Activation::ALL {
        let (above, below) = (activation.of(T::ZERO), activation.of(-T::ZERO));
        match activation {
            Sigmoid => assert_eq!((above, below), (T::HALF, T::HALF)),
            Softplus => {
                assert!(Tolerance::Close.holds(above, core::f64::consts::LN_2, 0.0), "{above}");
                assert_eq!(above, below);
            }
            _ => {
                assert_eq!(bits(above), 0, "{activation}");
                assert_eq!(bits(below), (-0.0f64).to_bits(), "{activation}");
            }
        }
    }
}

#[test]
fn the_sign_of_zero_is_kept() {
    zeros::<f32>();
    zeros::<f64>();
}

/// Numbers as large and as small as there are, and none is answered by what is not a number.
fn stays_finite<T: Real>(sizes: &[f64]) {
    for &size in sizes {
        for x in [T::from_f64(size), T::from_f64(-size)] {
            for activation in Activation::ALL {
                let found = activation.of(x);
                assert!(!found.to_f64().is_nan(), "{activation} of {x} is {found}");
                let is_selu_of_largest = activation == Selu && size > 1e38;
                assert!(found.is_finite() || is_selu_of_largest, "{activation} of {x} is {found}");
                let (size, largest) = (found.to_f64().abs(), 1.76 * x.to_f64().abs() + 1.0);
                assert!(size <= largest || is_selu_of_largest, "{activation} of {x} is {found}");
            }
        }
    }
}

#[test]
fn nothing_overflows() {
    let singles = [1000.0, 88.8, 104.0, 1e13, 1e20, 1e30, f32::MAX.into(), 1e-38, 1.5e-45];
    stays_finite::<f32>(&singles);
    stays_finite::<f64>(&singles);
    stays_finite::<f64>(&[709.8, 746.0, 1e103, 1e160, 1e300, f64::MAX, 1e-308, 5e-324]);
}

/// An overflow inside a network has to show at its end.
#[test]
fn what_is_not_a_number_stays_that() {
    for activation in Activation::ALL {
        assert!(activation.of(f32::NAN).is_nan(), "{activation}");
        assert!(activation.of(f64::NAN).is_nan(), "{activation}");
    }
}

fn laws<T: Real>(x: T) -> Result<(), TestCaseError> {
    let (wide, close) = (x.to_f64(), Tolerance::Close);
    let tanh = Tanh.of(x);
    prop_assert_eq!(Tanh.of(-x), -tanh);
    prop_assert!(tanh.abs() <= T::ONE && (tanh * x >= T::ZERO), "{}", tanh);
    prop_assert!(close.holds(tanh, wide.tanh(), 0.0), "tanh {x} = {tanh}");
    let relu = Relu.of(x);
    prop_assert_eq!(relu, if x > T::ZERO { x } else { T::ZERO });
    prop_assert_eq!(relu + -Relu.of(-x), x);
    prop_assert_eq!(Relu.of(relu), relu);
    prop_assert_eq!(Linear.of(x), x);
    let sum = Sigmoid.of(x).to_f64() + Sigmoid.of(-x).to_f64();
    prop_assert!(close.holds(T::from_f64(sum), 1.0, 0.0), "sigmoids of ±{x} make {sum}");
    for one in Activation::ALL {
        let (found, expected) = (one.of(x), by_textbook(one, wide));
        // Formulas of the textbook round next to 0, and forget what overflows.
        let scale = wide.abs() + 1.0;
        let overflows = wide.abs() > 1e30;
        prop_assert!(
            overflows || close.holds(found, expected, scale),
            "{one} of {x} is {found} for {expected}"
        );
    }
    // Those that come from a gate lose no more than the gate lets through.
    for gated in [Silu, Gelu, GeluTanh] {
        let apart = gated.of(x).to_f64() - gated.of(-x).to_f64();
        prop_assert!(close.holds(T::from_f64(apart), wide, 0.0), "{gated} of ±{x}: {apart}");
    }
    let apart = Softplus.of(x).to_f64() - Softplus.of(-x).to_f64();
    prop_assert!(close.holds(T::from_f64(apart), wide, 1.0), "softplus of ±{x}: {apart}");
    Ok(())
}

proptest! {
    #[test]
    fn activations_keep_their_laws(
        x in prop_oneof![-12.0f32..12.0, -1e-3f32..1e-3, prop::num::f32::NORMAL],
        wide in prop_oneof![-25.0f64..25.0, -1e-6f64..1e-6, prop::num::f64::NORMAL],
    ) {
        laws(x)?;
        laws(wide)?;
        laws(f64::from(x))?;
        // The two types are two approximations of one number.
        for activation in Activation::ALL {
            let (narrow, double) = (activation.of(x), activation.of(f64::from(x)));
            let scale = condition(activation, x.into()).min(1e6) * double.abs();
            let overflows = double.abs() > f32::MAX.into();
            prop_assert!(
                overflows || Tolerance::Close.holds(narrow, double, scale.max(f64::from(x).abs() * 1e-4)),
                "{activation}: {narrow} and {double}"
            );
        }
    }

    #[test]
    fn words_and_parameters_are_read_back(parameter in prop::num::f32::ANY) {
        for one in [LeakyRelu(parameter), Elu(parameter)] {
            let read = one.to_string().parse();
            let expected = if parameter.is_finite() { Ok(one) } else { Err(Error::UnknownActivation) };
            prop_assert_eq!(read, expected);
        }
    }
}

#[test]
fn activations_go_by_their_names() {
    let written = Activation::ALL.map(|one| one.to_string());
    let expected = [
        "linear",
        "relu",
        "tanh",
        "sigmoid",
        "leaky_relu(0.2)",
        "elu(1)",
        "selu",
        "softplus",
        "silu",
        "gelu",
        "gelu_tanh",
    ];
    assert_eq!(written, expected);
    for (one, written) in Activation::ALL.into_iter().zip(expected) {
        assert_eq!(written.parse(), Ok(one));
        assert_eq!(written.split('(').next(), Some(one.as_str()));
        if one.parameter().is_none() {
            assert_eq!(format!("{one:>12}"), format!("{written:>12}"));
        }
    }
    assert_eq!("leaky_relu(0.01)".parse(), Ok(LeakyRelu(0.01)));
    assert_eq!("elu(-0.0025)".parse(), Ok(Elu(-0.0025)));
    assert_eq!("elu(00000000000000000000000000001.50000000000000000000)".parse(), Ok(Elu(1.5)));
    for name in [
        "",
        "Relu",
        "relu ",
        "tan",
        "swish",
        "leaky_relu",
        "leaky_relu()",
        "leaky_relu(0.2",
        "elu(one)",
        "elu(1) ",
        "elu(1))",
        "elu((1)",
        "elu(.5)",
        "elu(5.)",
        "elu(1.2.3)",
        "elu(+1)",
        "elu(-)",
        "elu(1e3)",
        "elu(4²)",
        "elu(400000000000000000000000000000000000000)",
        "elu(1)ü",
        "ü(1)",
        "elu(inf)",
        "elu(nan)",
        "tanh()",
        "tanh(1)",
        "relu(6)",
        "(1)",
        ")",
    ] {
        assert_eq!(name.parse::<Activation>(), Err(Error::UnknownActivation), "{name}");
    }
    let said = Error::UnknownActivation.to_string();
    assert!(Activation::ALL.iter().all(|one| said.contains(one.as_str())), "{said}");
}

/// Of `numpy.rint`, which rounds halves to the even one, as TensorFlow Lite's interpreter does.
#[test]
fn numbers_of_8_bits_are_rounded_and_kept_within_their_range() {
    let half = Activation::FakeQuant { scale: 0.5, zero_point: 3 };
    for (x, expected) in [
        (0.0, 0.0),
        (0.25, 0.0),
        (0.75, 1.0),
        (-0.25, 0.0),
        (-0.75, -1.0),
        (0.26, 0.5),
        (1.24, 1.0),
        (1.25, 1.0),
        (61.9, 62.0),
        (62.4, 62.0),
        (1e30, 62.0),
        (f64::INFINITY, 62.0),
        (-65.4, -65.5),
        (-66.0, -65.5),
        (-1e30, -65.5),
    ] {
        assert_eq!(half.of(x), expected, "{x}");
        assert_eq!(half.of(x as f32), expected as f32, "{x}");
    }
    assert!(half.of(f32::NAN).is_nan() && half.of(f64::NAN).is_nan());
    let words = "fake_quant(0.5,3)";
    assert_eq!((half.to_string().as_str(), words.parse()), (words, Ok(half)));
    for wrong in [
        "fake_quant",
        "fake_quant(0.5)",
        "fake_quant(0,3)",
        "fake_quant(-1,3)",
        "fake_quant(nan,3)",
        "fake_quant(0.5,128)",
        "fake_quant(inf,0)",
    ] {
        assert_eq!(wrong.parse::<Activation>(), Err(Error::UnknownActivation), "{wrong}");
    }
}
