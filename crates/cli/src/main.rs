//! judder
fn main() {}
