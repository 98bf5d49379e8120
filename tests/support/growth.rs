//! Databases of any size: the rows of a few requests that the program has handled, many times over.

use std::path::Path;
use std::time::Duration;

/// Tables in the order of their references, each with the columns that differ from copy to copy; `:n` is the copy's number.
/// Every other column stays as it is.
const COPIED: &[(&str, &[(&str, &str)])] = &[
    ("raw", &[("id", "id + :n * :raw"), ("sha256", "CAST(:n || hex(sha256) AS BLOB)")]),
    ("raw_chunk", &[("raw", "raw + :n * :raw")]),
    ("request", &[("id", "id + :n * :request"), ("number", "number + :n * :request")]),
    (
        "received",
        &[
            ("id", "id + :n * :received"),
            ("raw", "raw + :n * :raw"),
            ("request", "request + :n * :request"),
            ("uid", "CASE WHEN uid > 0 THEN uid + :n * 100000 ELSE 0 END"),
            ("name", "CASE WHEN name <> '' THEN :n || '-' || name ELSE '' END"),
            ("message_id", ":n || '.' || message_id"),
            ("digest", "CAST(:n || hex(digest) AS BLOB)"),
        ],
    ),
    ("participant", &[("request", "request + :n * :request")]),
    ("gist", &[("request", "request + :n * :request")]),
    ("attachment", &[("received", "received + :n * :received")]),
    ("event", &[("id", "NULL"), ("request", "request + :n * :request"), ("received", "received + :n * :received")]),
    ("entry", &[("id", "NULL"), ("request", "request + :n * :request"), ("received", "received + :n * :received")]),
    (
        "letter",
        &[
            ("id", "id + :n * :letter"),
            ("request", "request + :n * :request"),
            ("cause", "cause + :n * :received"),
            ("message_id", ":n || '.' || message_id"),
            (
                "manifest",
                "json_set(m.manifest, '$.message_id', :n || '.' || m.message_id, '$.request',
                   (SELECT q.desk || '-' || q.number FROM main.request q WHERE q.id = m.request + :n * :request))",
            ),
        ],
    ),
    ("tally", &[("key", ":n || '.' || key")]),
];

/// Makes so many copies of everything in a database that nothing else has open, 1,000 a transaction. `indexed` says whether the
/// copies count as indexed, though no word finds them; otherwise they wait to be indexed.
pub fn multiply(database: &Path, copies: u64, indexed: bool) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -200000")
        .unwrap();
    let most = |table: &str| -> i64 {
        connection.query_row(&format!("SELECT coalesce(max(id), 0) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let strides = ["request", "received", "letter", "raw"].map(|table| (format!(":{table}"), most(table)));
    connection.execute_batch("BEGIN").unwrap();
    for (table, _) in COPIED {
        connection.execute_batch(&format!("CREATE TEMP TABLE model_{table} AS SELECT * FROM main.{table}")).unwrap();
    }
    let last_entry = most("entry");
    let statements: Vec<String> = COPIED.iter().map(|(table, changed)| copying(&connection, table, changed)).collect();
    for first in (1..=copies).step_by(1_000) {
        for statement in &statements {
            let mut said =
                statement.replace(":first", &first.to_string()).replace(":last", &copies.min(first + 999).to_string());
            for (name, stride) in &strides {
                said = said.replace(name, &stride.to_string());
            }
            connection.execute_batch(&said.replace(":n", "k.n")).unwrap();
        }
        connection.execute_batch("COMMIT; BEGIN").unwrap();
    }
    let rest = if indexed {
        "INSERT INTO findable (request, received) SELECT request, received FROM entry WHERE id > :entry;".to_owned()
    } else {
        "INSERT INTO unindexed (entry) SELECT id FROM entry WHERE id > :entry;".to_owned()
    };
    let rest = rest.replace(":entry", &last_entry.to_string());
    connection
        .execute_batch(&format!(
            "{rest}
             UPDATE desk SET last_number = coalesce((SELECT max(number) FROM request WHERE desk = key), last_number);
             UPDATE counter SET value = (SELECT count(*) FROM received) WHERE name = 'received';
             UPDATE counter SET value = (SELECT count(*) FROM letter) WHERE name = 'letter';
             COMMIT"
        ))
        .unwrap();
}

/// The statement that copies a table's rows.
fn copying(connection: &rusqlite::Connection, table: &str, changed: &[(&str, &str)]) -> String {
    let columns = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns: Vec<String> = columns.column_names().map(str::to_owned).collect();
    let value = |name: &String| {
        changed
            .iter()
            .find(|(known, _)| known == name)
            .map_or_else(|| format!("m.{name}"), |(_, value)| (*value).to_owned())
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    format!(
        "INSERT INTO {table} ({}) SELECT {} FROM temp.model_{table} m,
           (WITH RECURSIVE k (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM k WHERE n < :last) SELECT n FROM k) k ORDER BY k.n",
        columns.join(", "),
        values.join(", ")
    )
}
