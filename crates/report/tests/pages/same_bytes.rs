//! Equal recordings give an equal page.

use crate::made::{Made, explored};

#[test]
fn whatever_the_threads_and_when_asked_again() {
    let made = Made::new();
    let still = made.fan("still", "low", 12, 128);
    let quick = made.fan("quick", "medium", 11, 128);
    let coin = made.fan("coin", "low+coin", 13, 128);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| explored(&[&still, &quick], &[&coin]).unwrap())
    };
    let first = on(1);
    for threads in [1, 2, 5] {
        assert!(on(threads) == first, "{threads} threads");
    }
}
