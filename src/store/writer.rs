//! The writer thread, with group commit: a disk does hundreds of commits a second but many thousands of rows, so the jobs that
//! wait share one.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use super::engine::Connection;
use super::{StoreError, Tx, View};

/// How many jobs share a commit at most.
const GROUP: usize = 256;

/// A job that a caller queued, with the way to answer that caller.
trait Job: Send {
    /// Does the work; after an error it is rolled back. Called once more where another job of the transaction failed.
    fn run(&mut self, tx: &Tx<'_>) -> Result<(), StoreError>;
    /// Answers the caller once the transaction is committed, or has failed.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Task<T, F> {
    work: F,
    result: Result<T, StoreError>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: Fn(&Tx<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, tx: &Tx<'_>) -> Result<(), StoreError> {
        self.result = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|panic| Err(StoreError::Panicked(panic_text(panic.as_ref()))));
        self.result.as_ref().map(|_| ()).map_err(StoreError::clone)
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // A caller who stopped waiting needs no answer.
        let _ = self.caller.send(committed.and(self.result));
    }
}

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    /// Starts the thread. It ends when the last handle is dropped and the queue is empty, or after a fatal error.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || serve(&connection, &queue))
            .map_err(|e| StoreError::Library(format!("cannot start the writer thread: {e}")))?;
        Ok(Self { jobs })
    }

    /// Queues the work at once, so that jobs are done in the order of the calls; the future waits for the commit.
    pub(super) fn run<T, F>(&self, work: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: Fn(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let task = Task { work, result: Err(StoreError::Stopped), caller };
        let queued = self.jobs.send(Box::new(task)).map_err(|_| StoreError::Stopped);
        async move {
            queued?;
            answer.await.map_err(|_| StoreError::Stopped)?
        }
    }
}

fn serve(connection: &Connection, queue: &mpsc::Receiver<Box<dyn Job>>) {
    while let Ok(first) = queue.recv() {
        let mut jobs = vec![first];
        let committed = commit_group(connection, &mut jobs, queue);
        let is_fatal = committed.as_ref().is_err_and(StoreError::is_fatal);
        for job in jobs {
            job.answer(committed.clone());
        }
        if is_fatal {
            return;
        }
    }
}

/// Runs one transaction with the first job and those that wait behind it. Where one fails, all are done once more, each in a
/// savepoint of its own: with savepoints on the good path, too, SQLite would copy each page before it is written.
fn commit_group(
    connection: &Connection,
    jobs: &mut Vec<Box<dyn Job>>,
    queue: &mpsc::Receiver<Box<dyn Job>>,
) -> Result<(), StoreError> {
    connection.begin("beginning a transaction")?;
    let done = match run_together(connection, jobs, queue) {
        // A full disk rolls back the whole transaction at once, and with it every job of the group.
        Err(_) if connection.is_in_transaction() => {
            connection.roll_back();
            connection.begin("beginning a transaction")?;
            run_apart(connection, jobs)
        }
        done => done,
    };
    let result = done.and_then(|()| connection.commit("committing a transaction"));
    if result.is_err() {
        connection.roll_back();
    }
    result
}

/// Does the jobs, and those that come meanwhile, until one fails.
fn run_together(
    connection: &Connection,
    jobs: &mut Vec<Box<dyn Job>>,
    queue: &mpsc::Receiver<Box<dyn Job>>,
) -> Result<(), StoreError> {
    let tx = Tx { view: View { connection } };
    let mut next = 0;
    while let Some(job) = jobs.get_mut(next) {
        job.run(&tx)?;
        next += 1;
        if next < GROUP {
            jobs.extend(queue.try_recv());
        }
    }
    Ok(())
}

/// Does each job in a savepoint of its own, so that one that fails takes only itself back.
fn run_apart(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let tx = Tx { view: View { connection } };
    for job in jobs {
        connection.begin_part()?;
        let done = job.run(&tx);
        if !connection.is_in_transaction() {
            return done;
        }
        connection.end_part(done.is_ok())?;
    }
    Ok(())
}

/// The message of a panic.
fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> Writer {
        let connection = Connection::in_memory();
        connection.batch("x", "CREATE TABLE t (n INTEGER NOT NULL UNIQUE) STRICT").unwrap();
        Writer::start(connection).unwrap()
    }

    async fn insert(writer: &Writer, n: i64) -> Result<(), StoreError> {
        writer.run(move |tx| tx.run("inserting", "INSERT INTO t (n) VALUES (?1)", &[&n]).map(|_| ())).await
    }

    async fn count(writer: &Writer) -> i64 {
        writer.run(|tx| tx.one("counting", "SELECT count(*) FROM t", &[], |r| r.get(0))).await.unwrap()
    }

    #[tokio::test]
    async fn a_job_that_fails_or_panics_takes_only_itself_back() {
        let writer = writer();
        insert(&writer, 1).await.unwrap();
        let half_done = writer.run(|tx| {
            tx.run("inserting", "INSERT INTO t (n) VALUES (2)", &[])?;
            Err::<(), _>(StoreError::Unexpected("half done".into()))
        });
        let panicking = writer.run(|tx| -> Result<(), StoreError> {
            tx.run("inserting", "INSERT INTO t (n) VALUES (3)", &[])?;
            panic!("on purpose")
        });
        let (a, b, c) = tokio::join!(half_done, panicking, insert(&writer, 4));
        assert!(a.is_err() && c.is_ok());
        assert_eq!(b.unwrap_err().to_string(), "a fault in the program: on purpose");
        assert_eq!(count(&writer).await, 2, "those beside them are done again");
    }

    #[tokio::test]
    async fn a_full_disk_is_passing_for_all_that_share_the_transaction_and_room_ends_it() {
        let connection = Connection::in_memory();
        let small = "CREATE TABLE t (n INTEGER NOT NULL UNIQUE, b BLOB) STRICT; PRAGMA max_page_count = 8";
        connection.batch("x", small).unwrap();
        let writer = Writer::start(connection).unwrap();
        let large =
            writer.run(|tx| tx.run("inserting", "INSERT INTO t (n, b) VALUES (1, zeroblob(1000000))", &[]).map(|_| ()));
        let (large, beside) = tokio::join!(large, insert(&writer, 2));
        assert!(large.as_ref().is_err_and(StoreError::is_passing), "{large:?}");
        assert!(beside.is_ok() || beside.as_ref().is_err_and(StoreError::is_passing), "{beside:?}");
        insert(&writer, 3).await.unwrap();
    }
}
