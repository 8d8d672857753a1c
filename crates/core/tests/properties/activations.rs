//! What layers do to their sums, against other tools and textbooks.

use judder_core::{Activation, Error, Real};
use proptest::prelude::*;

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

/// From mpmath 1.3 with 60 digits; the parameters are those of `f32`.
#[rustfmt::skip]
const KNOWN: [(Activation, [(f64, f64); 21]); 10] = [
    (Sigmoid, [
        (-1_000.0, 0.0),
        (-100.0, 3.720_075_976_020_836e-44),
        (-87.5, 9.982_350_930_569_248e-39),
        (-30.0, 9.357_622_968_839_299e-14),
        (-5.0, 0.006_692_850_924_284_855_4),
        (-2.5, 0.075_858_180_021_243_55),
        (-1.0, 0.268_941_421_369_995_1),
        (-0.75, 0.320_821_300_824_607),
        (-0.125, 0.468_790_626_626_243_77),
        (-0.000_244_140_625, 0.499_938_964_844_053_15),
        (-9.094_947_017_729_282e-13, 0.499_999_999_999_772_6),
        (9.094_947_017_729_282e-13, 0.500_000_000_000_227_4),
        (0.000_244_140_625, 0.500_061_035_155_946_8),
        (0.125, 0.531_209_373_373_756_3),
        (0.75, 0.679_178_699_175_393),
        (1.0, 0.731_058_578_630_004_9),
        (2.5, 0.924_141_819_978_756_4),
        (5.0, 0.993_307_149_075_715_2),
        (30.0, 0.999_999_999_999_906_4),
        (87.5, 1.0),
        (1_000.0, 1.0),
    ]),
    (LeakyRelu(0.2), [
        (-1_000.0, -200.000_002_980_232_24),
        (-100.0, -20.000_000_298_023_224),
        (-87.5, -17.500_000_260_770_32),
        (-30.0, -6.000_000_089_406_967),
        (-5.0, -1.000_000_014_901_161_2),
        (-2.5, -0.500_000_007_450_580_6),
        (-1.0, -0.200_000_002_980_232_24),
        (-0.75, -0.150_000_002_235_174_18),
        (-0.125, -0.025_000_000_372_529_03),
        (-0.000_244_140_625, -4.882_812_572_759_576e-05),
        (-9.094_947_017_729_282e-13, -1.818_989_430_650_910_8e-13),
        (9.094_947_017_729_282e-13, 9.094_947_017_729_282e-13),
        (0.000_244_140_625, 0.000_244_140_625),
        (0.125, 0.125),
        (0.75, 0.75),
        (1.0, 1.0),
        (2.5, 2.5),
        (5.0, 5.0),
        (30.0, 30.0),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (Elu(1.0), [
        (-1_000.0, -1.0),
        (-100.0, -1.0),
        (-87.5, -1.0),
        (-30.0, -0.999_999_999_999_906_4),
        (-5.0, -0.993_262_053_000_914_5),
        (-2.5, -0.917_915_001_376_101_2),
        (-1.0, -0.632_120_558_828_557_7),
        (-0.75, -0.527_633_447_258_985_3),
        (-0.125, -0.117_503_097_415_404_6),
        (-0.000_244_140_625, -0.000_244_110_825_102_783_48),
        (-9.094_947_017_729_282e-13, -9.094_947_017_725_146e-13),
        (9.094_947_017_729_282e-13, 9.094_947_017_729_282e-13),
        (0.000_244_140_625, 0.000_244_140_625),
        (0.125, 0.125),
        (0.75, 0.75),
        (1.0, 1.0),
        (2.5, 2.5),
        (5.0, 5.0),
        (30.0, 30.0),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (Elu(0.3), [
        (-1_000.0, -0.300_000_011_920_928_96),
        (-100.0, -0.300_000_011_920_928_96),
        (-87.5, -0.300_000_011_920_928_96),
        (-30.0, -0.300_000_011_920_900_87),
        (-5.0, -0.297_978_627_740_880_74),
        (-2.5, -0.275_374_511_355_229_9),
        (-1.0, -0.189_636_175_184_031_59),
        (-0.75, -0.158_290_040_467_576_41),
        (-0.125, -0.035_250_930_625_367_45),
        (-0.000_244_140_625, -7.323_325_044_086_285e-05),
        (-9.094_947_017_729_282e-13, -2.728_484_213_737_761e-13),
        (9.094_947_017_729_282e-13, 9.094_947_017_729_282e-13),
        (0.000_244_140_625, 0.000_244_140_625),
        (0.125, 0.125),
        (0.75, 0.75),
        (1.0, 1.0),
        (2.5, 2.5),
        (5.0, 5.0),
        (30.0, 30.0),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (Selu, [
        (-1_000.0, -1.758_099_340_847_376_8),
        (-100.0, -1.758_099_340_847_376_8),
        (-87.5, -1.758_099_340_847_376_8),
        (-30.0, -1.758_099_340_847_212_3),
        (-5.0, -1.746_253_360_669_620_2),
        (-2.5, -1.613_785_758_873_242_5),
        (-1.0, -1.111_330_737_812_562_8),
        (-0.75, -0.927_632_015_835_051_2),
        (-0.125, -0.206_582_118_113_547_93),
        (-0.000_244_140_625, -0.000_429_171_080_706_912_94),
        (-9.094_947_017_729_282e-13, -1.598_982_035_690_439_5e-12),
        (9.094_947_017_729_282e-13, 9.556_069_811_473_94e-13),
        (0.000_244_140_625, 0.000_256_518_795_741_084_1),
        (0.125, 0.131_337_623_419_435_06),
        (0.75, 0.788_025_740_516_610_3),
        (1.0, 1.050_700_987_355_480_5),
        (2.5, 2.626_752_468_388_701_4),
        (5.0, 5.253_504_936_777_403),
        (30.0, 31.521_029_620_664_414),
        (87.5, 91.936_336_393_604_55),
        (1_000.0, 1_050.700_987_355_480_5),
    ]),
    (Softplus, [
        (-1_000.0, 0.0),
        (-100.0, 3.720_075_976_020_836e-44),
        (-87.5, 9.982_350_930_569_248e-39),
        (-30.0, 9.357_622_968_839_737e-14),
        (-5.0, 0.006_715_348_489_118_068),
        (-2.5, 0.078_889_734_292_549_63),
        (-1.0, 0.313_261_687_518_222_8),
        (-0.75, 0.386_871_006_114_899_94),
        (-0.125, 0.632_599_035_317_169_1),
        (-0.000_244_140_625, 0.693_025_117_698_025_9),
        (-9.094_947_017_729_282e-13, 0.693_147_180_559_490_5),
        (9.094_947_017_729_282e-13, 0.693_147_180_560_4),
        (0.000_244_140_625, 0.693_269_258_323_025_9),
        (0.125, 0.757_599_035_317_169_1),
        (0.75, 1.136_871_006_114_899_9),
        (1.0, 1.313_261_687_518_222_8),
        (2.5, 2.578_889_734_292_549_6),
        (5.0, 5.006_715_348_489_118),
        (30.0, 30.000_000_000_000_092),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (Silu, [
        (-1_000.0, 0.0),
        (-100.0, -3.720_075_976_020_836e-42),
        (-87.5, -8.734_557_064_248_092e-37),
        (-30.0, -2.807_286_890_651_789_6e-12),
        (-5.0, -0.033_464_254_621_424_28),
        (-2.5, -0.189_645_450_053_108_87),
        (-1.0, -0.268_941_421_369_995_1),
        (-0.75, -0.240_615_975_618_455_27),
        (-0.125, -0.058_598_828_328_280_47),
        (-0.000_244_140_625, -0.000_122_055_411_338_880_16),
        (-9.094_947_017_729_282e-13, -4.547_473_508_862_573e-13),
        (9.094_947_017_729_282e-13, 4.547_473_508_866_709e-13),
        (0.000_244_140_625, 0.000_122_085_213_661_119_82),
        (0.125, 0.066_401_171_671_719_54),
        (0.75, 0.509_384_024_381_544_7),
        (1.0, 0.731_058_578_630_004_9),
        (2.5, 2.310_354_549_946_891),
        (5.0, 4.966_535_745_378_576),
        (30.0, 29.999_999_999_997_193),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (Gelu, [
        (-1_000.0, 0.0),
        (-100.0, 0.0),
        (-87.5, 0.0),
        (-30.0, -1.472_014_178_144_456e-196),
        (-5.0, -1.433_257_859_395_969_5e-06),
        (-2.5, -0.015_524_163_314_440_337),
        (-1.0, -0.158_655_253_931_457_05),
        (-0.75, -0.169_970_514_282_651_14),
        (-0.125, -0.056_282_721_896_235_885),
        (-0.000_244_140_625, -0.000_122_046_533_687_327_01),
        (-9.094_947_017_729_282e-13, -4.547_473_508_861_341_4e-13),
        (9.094_947_017_729_282e-13, 4.547_473_508_867_941e-13),
        (0.000_244_140_625, 0.000_122_094_091_312_673),
        (0.125, 0.068_717_278_103_764_12),
        (0.75, 0.580_029_485_717_348_8),
        (1.0, 0.841_344_746_068_542_9),
        (2.5, 2.484_475_836_685_559_7),
        (5.0, 4.999_998_566_742_141),
        (30.0, 30.0),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (GeluTanh, [
        (-1_000.0, 0.0),
        (-100.0, 0.0),
        (-87.5, 0.0),
        (-30.0, 0.0),
        (-5.0, -2.291_796_196_629_506e-07),
        (-2.5, -0.015_084_266_089_998_582),
        (-1.0, -0.158_808_009_391_723_3),
        (-0.75, -0.170_039_444_834_379_7),
        (-0.125, -0.056_282_801_375_776_61),
        (-0.000_244_140_625, -0.000_122_046_533_687_328_18),
        (-9.094_947_017_729_282e-13, -4.547_473_508_861_341_4e-13),
        (9.094_947_017_729_282e-13, 4.547_473_508_867_941e-13),
        (0.000_244_140_625, 0.000_122_094_091_312_671_83),
        (0.125, 0.068_717_198_624_223_39),
        (0.75, 0.579_960_555_165_620_3),
        (1.0, 0.841_191_990_608_276_7),
        (2.5, 2.484_915_733_910_001),
        (5.0, 4.999_999_770_820_381),
        (30.0, 30.0),
        (87.5, 87.5),
        (1_000.0, 1_000.0),
    ]),
    (Tanh, [
        (-1_000.0, -1.0),
        (-100.0, -1.0),
        (-87.5, -1.0),
        (-30.0, -1.0),
        (-5.0, -0.999_909_204_262_595_1),
        (-2.5, -0.986_614_298_151_430_3),
        (-1.0, -0.761_594_155_955_764_9),
        (-0.75, -0.635_148_952_387_287_3),
        (-0.125, -0.124_353_001_771_596_21),
        (-0.000_244_140_625, -0.000_244_140_620_149_361_72),
        (-9.094_947_017_729_282e-13, -9.094_947_017_729_282e-13),
        (9.094_947_017_729_282e-13, 9.094_947_017_729_282e-13),
        (0.000_244_140_625, 0.000_244_140_620_149_361_72),
        (0.125, 0.124_353_001_771_596_21),
        (0.75, 0.635_148_952_387_287_3),
        (1.0, 0.761_594_155_955_764_9),
        (2.5, 0.986_614_298_151_430_3),
        (5.0, 0.999_909_204_262_595_1),
        (30.0, 1.0),
        (87.5, 1.0),
        (1_000.0, 1.0),
    ]),
];

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
