//! Tests of the index on real databases: finding, deleting, catching up, and size.

use super::super::engine::Connection;
use super::super::sql::ToColumn;
use super::super::{Store, Tx, View, schema};
use super::*;
use crate::model::ReceivedId;
use crate::model::samples::number;

/// Stores a request with one message, as filing does.
fn file(connection: &Connection, number: u32, subject: &str, text: &str) {
    let execute = |sql: &str, values: &[&dyn ToColumn]| {
        connection.run("filing", sql, values).unwrap();
    };
    execute(
        "INSERT INTO folder (id, mailbox, owner, moved_to, location) VALUES (1, 'support', 'support', '', 'pipe:')
         ON CONFLICT DO NOTHING",
        &[],
    );
    execute(
        "INSERT INTO received (id, mailbox, folder, validity, uid, state, size, accepted_at, subject)
         VALUES (?1, 'support', 1, 1, ?1, 'handled', 1, 1, ?2)",
        &[&number, &subject],
    );
    execute(
        "INSERT INTO request (id, desk, number, subject, phase, status, priority, language, progress, opened_at, changed_at)
         VALUES (?1, 'OTK', ?1, ?2, 'new', 'new', 'normal', 'ru', '{}', 1, ?1)",
        &[&number, &subject],
    );
    execute(
        "INSERT INTO entry (request, received, at, author, text, visibility)
         VALUES (?1, ?1, 1, 'ivan@example.com', ?2, 'correspondence')",
        &[&number, &text],
    );
}

/// A database in memory, with functions that file and search.
struct Indexed(Connection);

impl Indexed {
    fn new() -> Self {
        let connection = Connection::in_memory();
        schema::migrate(&connection).unwrap();
        Self(connection)
    }

    fn tx(&self) -> Tx<'_> {
        Tx { view: View { connection: &self.0 } }
    }

    fn add(&self, at: u32, subject: &str, text: &str, names: &[&str], log: Option<&str>) {
        file(&self.0, at, subject, text);
        let mut findable = Findable::new(subject, text, names.iter().copied());
        log.into_iter().for_each(|log| findable.add_file(1, log));
        let received = ReceivedId(i64::from(at));
        self.tx().index_later(received).unwrap();
        self.tx().index_fresh(&[(received, findable)]).unwrap();
    }

    fn found(&self, typed: &str) -> Vec<u32> {
        let narrow = Narrow { desk: None, since: None, limit: 100 };
        let found = self.tx().search(&Query::read(typed), narrow).unwrap();
        found.rows.iter().map(|row| row.number.number).collect()
    }
}

#[test]
fn people_find_what_they_mean() {
    for (typed, stored) in
        [("ЁЛКА", "елка"), ("отчёт", "ОТЧЕТ"), ("Каи\u{306}", "кай"), ("ｆｕｌｌ", "FULL"), ("Straße", "STRAßE")]
    {
        assert_eq!(folded(typed), folded(stored));
    }
    assert_ne!(folded("и"), folded("й"));
}

#[test]
fn words_in_any_form_and_parts_of_them_find_requests() {
    let desk = Indexed::new();
    desk.add(1, "Заявка на принтер", "Серийный номер MX-4471/b, не печатает отчёты.", &[], None);
    desk.add(2, "Вопрос", "Две заявки потерялись.", &["Акт сверки.pdf"], None);
    desk.add(3, "Login", "Connections refused", &["server.log"], Some("2026-11-20 09:58:12 ERROR SIGSEGV in mxd-7\n"));
    for (typed, found) in [
        ("заявку", vec![1, 2]),
        ("заявок потеряли", vec![2]),
        ("заявок принтеру", vec![1]),
        ("заявка потерялась", vec![2]),
        ("печатать отчет", vec![1]),
        ("принтер отчёт", vec![1]),
        ("mx-4471/B", vec![1]),
        ("4471", vec![1]),
        ("447", vec![1]),
        ("инте", vec![1]),
        ("X-44", vec![1]),
        ("\"connection refused\"", vec![3]),
        ("\"refused connection\"", vec![]),
        ("акт", vec![2]),
        ("сверка pdf", vec![2]),
        ("sigsegv login", vec![3]),
        ("egv logi", vec![3]),
        ("09:58:12", vec![]),
        ("ab", vec![]),
        ("принтер connection", vec![]),
    ] {
        assert_eq!(desk.found(typed), found, "{typed}");
    }
}

#[test]
fn a_word_in_the_subject_counts_more_than_many_in_texts_and_logs() {
    let desk = Indexed::new();
    desk.add(1, "Вопрос", "Принтер, принтер и ещё раз принтер.", &[], None);
    desk.add(2, "Сервер", "См. файл.", &["a.log"], Some("принтер 1\nпринтер 2\n"));
    desk.add(3, "Принтер", "Не работает.", &[], None);
    (4..20).for_each(|n| desk.add(n, "Другое", "О другом.", &[], None));
    assert_eq!(desk.found("принтер"), [3, 1, 2]);
}

#[test]
fn no_question_is_an_error() {
    let desk = Indexed::new();
    desk.add(1, "Принтер", "NEAR the AND gate", &[], None);
    let long = "слово-\"x\" ".repeat(1_200);
    let endless = "я".repeat(10_000);
    for typed in [
        "\"",
        "\"\"",
        "\"a",
        "*",
        "принт*",
        "NEAR(",
        "NEAR(a b, 2)",
        "a OR b",
        "NOT",
        "AND",
        "a AND",
        "subject:принтер",
        "{subject text}: x",
        "-x",
        "^x",
        "x + y",
        "'; DROP TABLE findable; --",
        "\\",
        "%",
        "_",
        "\0",
        "a\0b",
        "🖨️",
        "👩‍👩‍👧 принтер",
        "\u{202e}x",
        "\u{301}",
        "表が開かない",
        "(((((",
        ")",
        "1e999",
        &long,
        &endless,
    ] {
        desk.found(typed);
    }
    assert_eq!(desk.found("near AND gate"), [1]);
    assert_eq!(desk.found("принтер*"), [1]);
}

#[test]
fn a_request_that_is_taken_out_is_not_found_and_leaves_no_words_behind() {
    let desk = Indexed::new();
    desk.add(1, "Xylophonist", "Квазистационарный zugzwangish", &["wyvernlike.log"], Some("quixotically"));
    (2..200).for_each(|n| desk.add(n, "Принтер", &format!("Слово{n} печатает"), &[], None));
    let words = ["xylophonist", "квазистационарн", "zugzwang", "wyvernlik", "quixot"];
    let stored = |word: &str| {
        let blocks = ["findable_stem_data", "findable_fragment_data"].map(|table| {
            let blocks: Vec<Vec<u8>> =
                desk.0.all("x", &format!("SELECT block FROM {table}"), &[], |r| r.get(0)).unwrap();
            blocks.concat()
        });
        blocks.iter().any(|block| memchr::memmem::find(block, word.as_bytes()).is_some())
    };
    // FTS5 stores only what a word does not share with the one before it.
    let rest = |word: &str, from: usize| word.chars().skip(from).collect::<String>();
    assert!(words.iter().filter(|word| stored(&rest(word, 1))).count() >= 4);
    assert_eq!(desk.found("xylophonist quixotically"), [1]);
    desk.tx().index_request_anew(&number("OTK-1")).unwrap();
    for word in words.iter().copied().chain(["ylophon", "uixotic"]) {
        assert_eq!(desk.found(word), [0; 0], "{word}");
    }
    while desk.tx().compact_index().unwrap() {}
    assert!(words.iter().all(|word| !stored(&rest(word, 2))));
    assert_eq!(desk.found("слово7"), [7]);
    desk.0.batch("x", "INSERT INTO findable_stem (findable_stem) VALUES ('integrity-check')").unwrap();
}

#[tokio::test]
async fn what_is_not_indexed_is_caught_up_with_step_by_step_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maildesk.db");
    let old = schema::open_for_writing(&path).unwrap();
    (1..=10).for_each(|n| file(&old, n, "Принтер", &format!("слово{n}")));
    old.batch("x", "INSERT INTO unindexed (entry) SELECT id FROM entry").unwrap();
    drop(old);
    let found = |store: &Store, typed: &str| {
        let narrow = Narrow { desk: None, since: None, limit: 100 };
        store.read(|view| view.search(&Query::read(typed), narrow)).unwrap().all
    };
    let backlog = |store: &Store| store.read(|view| view.backlog()).unwrap();
    let step = async |store: &Store, limit: u32| {
        let next = store.read(|view| view.unindexed(limit)).unwrap();
        let prepared: Vec<_> = next.into_iter().map(|m| (m.clone(), Findable::new(&m.subject, &m.text, []))).collect();
        let again = prepared.iter().map(|(m, _)| (m.clone(), Findable::new("", "twice", []))).collect::<Vec<_>>();
        store.write(move |tx| tx.catch_up(&prepared)).await.unwrap();
        store.write(move |tx| tx.catch_up(&again)).await.unwrap();
    };
    let store = Store::open(&path).unwrap();
    assert_eq!((backlog(&store), found(&store, "принтер")), (Backlog { left: 10, all: 10 }, 0));
    step(&store, 4).await;
    assert_eq!((backlog(&store), found(&store, "принтер")), (Backlog { left: 6, all: 10 }, 4));
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!((found(&store, "слово10"), found(&store, "слово6")), (1, 0), "the newest first");
    let stale = store.read(|view| view.unindexed(100)).unwrap();
    store.write(|tx| tx.run("erasing", "UPDATE entry SET text = '' WHERE received = 3", &[])).await.unwrap();
    let stale: Vec<_> = stale.into_iter().map(|m| (m.clone(), Findable::new(&m.subject, &m.text, []))).collect();
    store.write(move |tx| tx.catch_up(&stale)).await.unwrap();
    assert_eq!((backlog(&store).left, found(&store, "принтер")), (1, 9));
    assert_eq!(found(&store, "слово3"), 0, "what was erased after it was read");
    step(&store, 100).await;
    assert_eq!((backlog(&store).left, found(&store, "принтер"), found(&store, "слово3")), (0, 10, 0));
    assert_eq!(found(&store, "twice"), 0, "what is done is not done again");
}

#[tokio::test]
async fn words_that_wait_in_memory_are_indexed_once_and_not_those_of_what_was_taken_back_or_erased_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maildesk.db");
    let store = Store::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    (1..=3).for_each(|n| file(&other, n, "Принтер", "слово"));
    let files = store.write(|tx| tx.index_later(ReceivedId(1)));
    let fails = store.write(|tx| {
        tx.index_later(ReceivedId(2))?;
        Err::<(), _>(StoreError::Unexpected("half done".into()))
    });
    let erases = store.write(|tx| {
        tx.index_later(ReceivedId(3))?;
        tx.index_request_anew(&number("OTK-3"))
    });
    let (filed, failed, erased) = tokio::join!(files, fails, erases);
    assert!(filed.is_ok() && failed.is_err() && erased.is_ok());
    let words = |n| (ReceivedId(n), Findable::new("Принтер", "слово", []));
    store.write(move |tx| tx.index_fresh(&[words(1), words(2), words(3)])).await.unwrap();
    store.write(move |tx| tx.index_fresh(&[words(1)])).await.unwrap();
    let narrow = Narrow { desk: None, since: None, limit: 100 };
    let found = store.read(|view| view.search(&Query::read("слова принтеры"), narrow)).unwrap();
    let numbers: Vec<u32> = found.rows.iter().map(|row| row.number.number).collect();
    assert_eq!(numbers, [1], "once");
    let backlog = store.read(|view| view.backlog()).unwrap();
    assert_eq!(backlog, Backlog { left: 1, all: 3 }, "the words that were erased are made anew");
    let indexed: u32 = other.one("x", "SELECT count(*) FROM findable_stem", &[], |r| r.get(0)).unwrap();
    assert_eq!(indexed, 1);
}
