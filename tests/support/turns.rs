//! No more real servers at once than there are cores, however many threads the tests have.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, LazyLock, Mutex, Weak};

struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

static TURNS: LazyLock<Turns> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Turns { free: Mutex::new(cores), given_back: Condvar::new() }
});

thread_local! {
    static OURS: RefCell<Weak<Turn>> = const { RefCell::new(Weak::new()) };
}

/// The right to run servers, given back with the last copy.
#[derive(Debug)]
pub struct Turn(());

/// Waits for a turn. A thread that has one gets the same again, so that a test with two servers cannot wait for itself.
pub fn turn() -> Arc<Turn> {
    if let Some(ours) = OURS.with_borrow(Weak::upgrade) {
        return ours;
    }
    let free = TURNS.free.lock().unwrap();
    *TURNS.given_back.wait_while(free, |free| *free == 0).unwrap() -= 1;
    let turn = Arc::new(Turn(()));
    OURS.set(Arc::downgrade(&turn));
    turn
}

impl Drop for Turn {
    fn drop(&mut self) {
        *TURNS.free.lock().unwrap() += 1;
        TURNS.given_back.notify_one();
    }
}
