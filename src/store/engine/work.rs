//! How much work each statement makes, counted for tests of the dev build. Release builds count nothing.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

/// The work of one statement since counting began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// How often it ran.
    pub runs: u64,
    /// The instructions of the engine's virtual machine that its longest run took: as many on every machine.
    pub most_steps: u64,
    /// How often the engine has compiled it again, beyond the first time.
    pub compiled_again: u64,
}

impl Work {
    /// With the work of other runs.
    pub fn and(self, other: Work) -> Self {
        Self {
            runs: self.runs + other.runs,
            most_steps: self.most_steps.max(other.most_steps),
            compiled_again: self.compiled_again + other.compiled_again,
        }
    }
}

/// The work of each statement, by its text.
pub type Statements = BTreeMap<String, Work>;

type Counted = Arc<Mutex<Statements>>;

static COUNTED: LazyLock<Mutex<HashMap<PathBuf, Counted>>> = LazyLock::new(Mutex::default);

/// Begins to count the work of all statements on connections that are opened on this database from now on.
pub fn count(database: &Path) {
    held(&COUNTED).entry(database.to_owned()).or_default();
}

/// Ends counting on this database, and returns what was counted.
pub fn counted(database: &Path) -> Statements {
    let counted = held(&COUNTED).remove(database);
    counted.map(|counted| std::mem::take(&mut *held(&counted))).unwrap_or_default()
}

/// Where a connection counts; nowhere in release builds, and unless a test asked for it.
pub(super) struct Counter(Option<Counted>);

impl Counter {
    pub(super) fn of(database: &Path) -> Self {
        Self(if cfg!(debug_assertions) { held(&COUNTED).get(database).cloned() } else { None })
    }

    /// Adds a run; `work` tells its steps, and whether the statement was compiled again.
    pub(super) fn add(&self, sql: &str, work: impl FnOnce() -> (i32, i32)) {
        let Some(counted) = &self.0 else { return };
        let (steps, compiled_again) = work();
        let mut statements = held(counted);
        let number = |number| u64::try_from(number).unwrap_or_default();
        let run = Work { runs: 1, most_steps: number(steps), compiled_again: number(compiled_again) };
        let counted = statements.entry(sql.to_owned()).or_default();
        *counted = counted.and(run);
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
