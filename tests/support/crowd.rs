//! Requests that start at the same moment.

use std::{sync::Barrier, thread};

/// Runs `request` in `count` threads that begin together, and returns what each returned, by number.
pub fn at_once<T: Send>(count: usize, request: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(count);
    thread::scope(|scope| {
        let send = |number| {
            let (barrier, request) = (&barrier, &request);
            scope.spawn(move || {
                barrier.wait();
                request(number)
            })
        };
        let threads: Vec<_> = (0..count).map(send).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
