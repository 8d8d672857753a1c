//! One call of each public entry point of judder-core.
//!
//! Whoever adds one to the crate adds it here: what is not called is not proved. Give every
//! argument through [`black_box`] or [`any_slice`], and give every result to [`black_box`], or the
//! optimiser drops the call together with its panics.

use core::hint::black_box;

use judder_core::{
    Activation, Autoencoder, Bands, Decision, Dense, Detector, Drift, FeatureSet, Gates,
    GravityAxes, Key, Learning, Mahalanobis, Mixture, Mounting, Neighbours, Plan, Posture,
    Readings, Real, Score, Step, Unit, Verdict, Watch, Welch, Window, baseline_len, blocks_len,
    cholesky, gravity, invert_lower, learning_len, mad, median, packed_len, whiten, whiten_blocks,
};

/// Calls every entry point; the list of what is proved.
pub(crate) fn call_all() {
    sizes();
    units();
    of_numbers::<f32>(1.0);
    of_numbers::<f64>(1.0);
}

fn sizes() {
    black_box(judder_core::MAX_AXES);
    black_box(packed_len(black_box(3)));
    let set = any_set();
    black_box(set.count(black_box(3)));
    set.families(black_box(3)).for_each(|family| {
        black_box(family);
    });
    set.names(black_box(3)).for_each(|name| {
        black_box(name.band(black_box(200)));
        black_box(name);
    });
    set.features().for_each(|feature| {
        black_box(feature.count(black_box(8)));
        black_box((feature.is_logarithm(), feature.bands()));
    });
    if let Ok(bands) = Bands::new(black_box(8)) {
        black_box((bands.get(), bands.range(black_box(7), black_box(200))));
    }
}

/// A unit of any name, and what is done with it.
fn units() {
    let mut name = *b"counts:16393.44";
    let name = core::str::from_utf8(any_slice(&mut name)).unwrap_or("mg");
    let unit = black_box(name.parse::<Unit>()).unwrap_or(Unit::METRES_PER_SECOND_SQUARED);
    black_box(unit.in_unit(black_box(Unit::MILLI_G), black_box(1.0)));
    black_box(unit.per_g());
    let mut mean = [1.0; 6];
    let reads = gravity(any_slice(&mut mean), black_box(1.0)).unwrap_or(1.0);
    black_box(Unit::of_gravity(reads, black_box(true)));
}

/// A Gaussian of constants, and keys of numbers.
fn of_constants() {
    let (mut mean, mut blocks, mut whitening) = ([1.0; 3], [black_box(2); 2], [1.0; 6]);
    let gaussian = Mahalanobis::constant(
        any_slice(&mut mean),
        any_slice(&mut blocks),
        any_slice(&mut whitening),
    );
    black_box(gaussian.is_ok());
    let [first, last] = [black_box(1.0_f32).key(), black_box(-2.0_f32).size_key()];
    black_box((first.is_before(last), black_box(first).is_within(first, last)));
}

/// A feature set of any name.
fn any_set() -> FeatureSet {
    let mut name = *b"log-mad+correlation";
    let name = core::str::from_utf8(any_slice(&mut name)).unwrap_or("mad");
    black_box(name.parse::<FeatureSet>()).or_else(|_| "mad".parse()).unwrap_or_else(|_| forever())
}

/// An activation of any name, with any parameter.
fn any_activation() -> Activation {
    let mut name = *b"leaky_relu(0.2)";
    let name = core::str::from_utf8(any_slice(&mut name)).unwrap_or("tanh");
    black_box(name.parse::<Activation>()).unwrap_or_else(|_| black_box(Activation::Tanh))
}

/// Instead of a panic, which would not be judder-core's.
fn forever() -> ! {
    loop {
        black_box(());
    }
}

fn of_numbers<T: Real>(one: T) {
    let (mut values, mut keys) = ([one; 48], [T::Key::default(); 48]);
    black_box(median(any_slice(&mut values), any_slice(&mut keys)));
    black_box(mad(any_slice(&mut values), any_slice(&mut keys)));
    black_box(cholesky(any_slice(&mut values), black_box(3)));
    black_box(invert_lower(any_slice(&mut values), black_box(3)));
    black_box(Verdict::of(black_box(one), black_box(one)).as_str());
    black_box(any_activation().as_str());
    black_box(any_activation().parameter());
    black_box(any_activation().of(black_box(one)));
    for kind in Activation::ALL {
        black_box(black_box(kind).of(black_box(one)));
    }
    features(one);
    gaussian(one);
    neighbours(one);
    network(one);
    watch(one);
    learning(one);
}

fn features<T: Real>(one: T) {
    black_box(Welch::<T>::new(black_box(200)));
    let (mut readings, mut keys, mut features) = ([one; 48], [T::Key::default(); 48], [one; 6]);
    let (axes, length) = (black_box(3), black_box(16));
    if let Ok(window) = Readings::new(any_slice(&mut readings), axes, length) {
        black_box(
            any_set().extract(&window, any_slice(&mut keys), any_slice(&mut features)).is_ok(),
        );
    }
}

fn gaussian<T: Real>(one: T) {
    let (mut mean, mut whitening, mut features) = ([one; 6], [one; 21], [one; 6]);
    let Ok(gaussian) = Mahalanobis::new(any_slice(&mut mean), any_slice(&mut whitening)) else {
        return;
    };
    black_box(gaussian.score(any_slice(&mut features)).is_ok());
    let (mut beside, least) = ([[one; 4]; 6], black_box([one; 4]));
    black_box(gaussian.scores_below(any_slice(&mut beside), &least).is_ok());
    detector(one, gaussian);
    let mut blocks = [black_box(2); 3];
    let blocked = Mahalanobis::in_blocks(
        any_slice(&mut mean),
        any_slice(&mut blocks),
        any_slice(&mut whitening),
    );
    let Ok(blocked) = blocked else { return };
    black_box(blocked.score(any_slice(&mut features)).is_ok());
    black_box(blocked.scores_below(any_slice(&mut beside), &least).is_ok());
    of_constants();
    let mut modes = [black_box(blocked); 3];
    let Ok(mixture) = Mixture::new(any_slice(&mut modes)) else { return };
    black_box(mixture.nearest(any_slice(&mut features)).is_ok());
    black_box(mixture.scores(any_slice(&mut beside)).is_ok());
    detector(one, mixture);
}

fn neighbours<T: Real>(one: T) {
    let (mut scale, mut rows) = ([one; 6], [one; 48]);
    let neighbours = Neighbours::new(any_slice(&mut scale), any_slice(&mut rows), black_box(2));
    let Ok(neighbours) = neighbours else { return };
    let (mut beside, mut nearest) = ([[one; 4]; 6], [[one; 4]; 2]);
    black_box(neighbours.scores(any_slice(&mut beside), any_slice(&mut nearest)).is_ok());
    detector(one, neighbours);
}

fn network<T: Real>(one: T) {
    let (mut weights, mut bias, mut scale) = ([one; 36], [one; 6], [one; 6]);
    let (mut features, mut values) = ([one; 6], [one; 24]);
    let layer = Dense::new(any_slice(&mut weights), any_slice(&mut bias), any_activation());
    let Ok(layer) = layer else { return };
    black_box((layer.inputs(), layer.outputs()));
    black_box(layer.run(any_slice(&mut features), any_slice(&mut values)).is_ok());
    let mut layers = [layer; 3];
    let Ok(autoencoder) = Autoencoder::new(any_slice(&mut layers), any_slice(&mut scale)) else {
        return;
    };
    let given = autoencoder.reconstruct(any_slice(&mut features), any_slice(&mut values));
    black_box(given.is_ok());
    detector(one, autoencoder);
}

/// What turns features into a score, by itself and in a detector.
fn detector<T: Real, S: Score<T>>(one: T, scoring: S) {
    let (mut readings, mut keys, mut values) = ([one; 48], [T::Key::default(); 48], [one; 30]);
    let (axes, length, hop) = (black_box(3), black_box(16), black_box(8));
    black_box((scoring.dimension(), scoring.workspace()));
    let mut features = [one; 6];
    black_box((&scoring).score(any_slice(&mut features), any_slice(&mut values)).is_ok());
    let Ok(detector) = Detector::new(any_set(), scoring, black_box(one), axes, length) else {
        return;
    };
    black_box(detector.values());
    let Ok(mut window) = Window::<_, T>::new(any_slice(&mut readings), axes, length, hop) else {
        return;
    };
    window.clear();
    let mut reading = [one; 3];
    if let Ok(Some(full)) = window.push(any_slice(&mut reading)) {
        let judged = detector.judge(&full, any_slice(&mut keys), any_slice(&mut values));
        black_box(judged.is_ok_and(|judged| judged.verdict == Verdict::Anomaly));
    }
}

/// Posture, gates, decision and alarm.
fn watch<T: Real>(one: T) {
    let (mut readings, mut mean) = ([one; 48], [one; 9]);
    let (axes, length) = (black_box(3), black_box(16));
    let Ok(window) = Readings::new(any_slice(&mut readings), axes, length) else { return };
    black_box(Posture::of(&window).is_ok());
    for seen in [GravityAxes::All, GravityAxes::Three(black_box([0, 1, 2])), GravityAxes::Unseen] {
        black_box(black_box(seen).count(axes));
        black_box(Posture::of_axes(&window, black_box(seen)).is_ok());
    }
    let posture = Posture::new(any_slice(&mut mean), black_box(one), black_box(one))
        .and_then(|posture| posture.with_vibration(black_box(one), black_box(one)));
    let Ok(posture) = posture else { return };
    black_box((posture.mean().len(), posture.shift(), posture.activity()));
    black_box((posture.rms(), posture.vibration()));
    let mounting = Mounting::new(any_slice(&mut mean), black_box(one), black_box(one)).ok();
    if let Some(mounting) = &mounting {
        black_box((mounting.direction().len(), mounting.length()));
        black_box((mounting.moved(), mounting.same()));
        black_box(mounting.squared_chord(&posture).is_ok());
        black_box(mounting.orientation(&posture, black_box(true)).is_ok());
    }
    black_box(Gates::<T>::default());
    let mut several = [mounting, mounting].into_iter().flatten();
    let (Some(first), Some(second)) = (several.next(), several.next()) else { return };
    let mut several = [first, second];
    let mountings: &[Mounting<T>] = any_slice(&mut several);
    let Ok(gates) = Gates::new(black_box(Some(one)), black_box(Some(one)), mountings) else {
        return;
    };
    let Ok(gates) = gates.with_strong_above(black_box(one)) else { return };
    black_box((gates.handled(&posture), gates.idle(&posture), gates.strong(&posture)));
    black_box(gates.gravity(&posture, black_box(true)).is_ok());
    let decision = Decision::new(black_box(8), black_box(2), black_box(3), black_box(one));
    let decision = black_box(decision.unwrap_or_default());
    black_box((decision.average(), decision.votes(), decision.of(), decision.clear()));
    let drift = black_box(Drift::new(black_box(one), black_box(64)).ok());
    let Ok(watch) = Watch::new(decision, black_box(one), gates, drift) else { return };
    let mut watch = watch.with_settling(black_box(3));
    // Opaque, so that it is proved for every past.
    let watch = black_box(&mut watch);
    let score = black_box(Ok(one));
    let watched = watch.next(&posture, || score);
    black_box(watched.is_ok_and(|watched| watched.alarm));
    watch.reset();
    black_box(watch);
}

/// Learning on the device, and what it leaves.
fn learning<T: Real>(one: T) {
    let (mut covariance, mut deviations, mut whitening) = ([one; 21], [one; 6], [one; 21]);
    let whitened =
        whiten(any_slice(&mut covariance), any_slice(&mut deviations), any_slice(&mut whitening));
    black_box(whitened.is_ok());
    let mut blocks = [black_box(2); 3];
    let whitened = whiten_blocks(
        any_slice(&mut blocks),
        any_slice(&mut covariance),
        any_slice(&mut deviations),
        any_slice(&mut whitening),
    );
    black_box(whitened.is_ok());
    black_box(blocks_len(any_slice(&mut blocks)));
    black_box((learning_len(black_box(3), black_box(5)), baseline_len::<T>(black_box(3))));
    let Ok(plan) = Plan::new(black_box(10), black_box(400), black_box(0.01)) else { return };
    black_box(plan.kept());
    let mut memory = [one; 64];
    let learning = Learning::<_, T>::new(any_slice(&mut memory), any_set(), black_box(3), plan);
    let Ok(mut learning) = learning else { return };
    // Opaque, so that it is proved for every stage.
    let learning = black_box(&mut learning);
    let (mut features, mut bytes) = ([one; 6], [0_u8; 128]);
    let step = learning.next(any_slice(&mut features));
    black_box(step.is_ok_and(|step| matches!(step, Step::Judged(_))));
    black_box(learning.freeze().is_ok());
    if let Some(learnt) = learning.baseline() {
        black_box((learnt.mean(), learnt.covariance(), learnt.threshold()));
        black_box((learnt.learnt(), learnt.calibrated(), learnt.mahalanobis().is_ok()));
        black_box(learnt.write(black_box(7), any_slice(&mut bytes)).is_ok());
    }
    black_box(learning.load(black_box(7), any_slice(&mut bytes)).is_ok());
    learning.restart();
    black_box(learning);
}

/// A slice of any contents and any length up to `N`.
pub(crate) fn any_slice<T, const N: usize>(values: &mut [T; N]) -> &mut [T] {
    let length = black_box(N);
    black_box(values.as_mut_slice()).get_mut(..length).unwrap_or_default()
}

/// An index that may be out of bounds.
#[cfg(feature = "planted-panic")]
pub(crate) fn planted_panic() {
    black_box(any_slice(&mut [0_u8; 4])[black_box(7_usize)]);
}
