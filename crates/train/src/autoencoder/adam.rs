//! The optimiser.

/// Adam (Kingma and Ba 2015), with the constants that Keras has.
pub(super) struct Adam {
    rate: f64,
    /// The running means of the gradient and of its square.
    first: Vec<f64>,
    second: Vec<f64>,
    /// The powers of the decays so far.
    decayed: (f64, f64),
}

const DECAYS: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-7;

impl Adam {
    pub(super) fn new(parameters: usize, rate: f64) -> Self {
        Self {
            rate,
            first: vec![0.0; parameters],
            second: vec![0.0; parameters],
            decayed: (1.0, 1.0),
        }
    }

    /// One step against the gradient.
    pub(super) fn step(&mut self, parameters: &mut [f64], gradient: &[f64]) {
        self.decayed.0 *= DECAYS.0;
        self.decayed.1 *= DECAYS.1;
        let rate = self.rate * (1.0 - self.decayed.1).sqrt() / (1.0 - self.decayed.0);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((parameter, &slope), (first, second)) in
            parameters.iter_mut().zip(gradient).zip(moments)
        {
            *first += (slope - *first) * (1.0 - DECAYS.0);
            *second += (slope * slope - *second) * (1.0 - DECAYS.1);
            *parameter -= rate * *first / (second.sqrt() + EPSILON);
        }
    }
}
