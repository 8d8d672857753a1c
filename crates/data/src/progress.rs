//! What long work says of itself.

/// What long work says of itself while it goes on.
///
/// A closure is one, too: it is called at each step, whatever the phase.
pub trait Progress: Sync {
    /// A phase begins, which takes so many steps; 0 where nobody knows.
    fn begin(&self, phase: &'static str, steps: usize);

    /// A step of it is done, on any thread.
    fn step(&self);
}

impl<F: Fn() + Sync> Progress for F {
    fn begin(&self, _: &'static str, _: usize) {}

    fn step(&self) {
        self();
    }
}
