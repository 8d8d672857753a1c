//! The candidates that are compared where none are named.

use judder_core::FeatureSet;

use super::Candidate;
use crate::autoencoder::AutoencoderOptions;
use crate::method::Method;
use crate::options::DEFAULT_FEATURES;
use crate::shrinkage::Shrinkage;

/// Feature sets, those first that are preferred where two are as good.
const SETS: [&str; 8] = [
    DEFAULT_FEATURES,
    "log-cov+diff-log-cov+total-bands:16",
    "log-cov+diff-log-cov",
    "diff-log-cov",
    "log-cov",
    "log-std+correlation",
    "log-mad+correlation",
    "mad",
];

/// The bands of the default alone.
const BANDS: &str = "bands:16";

/// Every feature set with a mixture of Gaussians, and the other detectors with the set that suits
/// them; or, where features are given, every detector with these. The default is the first.
pub fn candidates(features: Option<FeatureSet>) -> Vec<Candidate> {
    let methods = [
        Method::default(),
        Method::Mahalanobis(Shrinkage::default()),
        Method::KMeans(Method::CENTRES),
        Method::Neighbours(Method::NEIGHBOURS),
        Method::Autoencoder(AutoencoderOptions::default()),
    ];
    if let Some(features) = features {
        return methods.map(|method| Candidate { features, method }).into();
    }
    let sets = SETS.map(|set| (set, Method::default()));
    let others = methods.into_iter().skip(1).map(|method| (method.default_features(), method));
    sets.into_iter()
        .chain(others)
        .filter_map(|(set, method)| Some(Candidate { features: set.parse().ok()?, method }))
        .collect()
}

/// The few among which one is chosen where nobody compares: the default, its bands alone, and the nearest neighbours by
/// bands; or, where features are given, the default and the nearest neighbours with these.
pub fn few(features: Option<FeatureSet>) -> Vec<Candidate> {
    let neighbours = Method::Neighbours(Method::NEIGHBOURS);
    let with = |features: FeatureSet, method: Method| Candidate { features, method };
    match (features, DEFAULT_FEATURES.parse(), BANDS.parse::<FeatureSet>()) {
        (Some(features), ..) => vec![with(features, Method::default()), with(features, neighbours)],
        (None, Ok(default), Ok(bands)) => vec![
            with(default, Method::default()),
            with(bands, Method::default()),
            with(bands, neighbours),
        ],
        (None, ..) => Vec::new(),
    }
}
