//! The keys that a configuration file may have, as the readers ask for them.
//!
//! No list of keys is kept: all readers run once over an imaginary file that has one empty table of each kind, and what they ask
//! for is noted. A reader must therefore ask for every key also where the file has none of them; debug builds check that.

use std::cell::RefCell;
use std::sync::LazyLock;

/// The kind of a table, such as `desk.NAME.line.NUMBER`, in which `NAME` and `NUMBER` are chosen by the operator (empty for the
/// top of the file), and its keys in the order in which they are asked for.
pub type Table = (String, Vec<String>);

/// All kinds of tables, in the order of the keys that open them.
pub static SECTIONS: LazyLock<Vec<Table>> = LazyLock::new(super::asked_keys);

/// What the readers have asked for so far.
pub(super) struct Asked(RefCell<Vec<Table>>);

impl Asked {
    /// The top of the file, of which nothing has been asked.
    pub fn begin() -> Self {
        Self(RefCell::new(vec![Table::default()]))
    }

    /// Notes a kind of table inside a table of the kind `outer`.
    pub fn table(&self, kind: &str, outer: &str) {
        let mut tables = self.0.borrow_mut();
        if !tables.iter().any(|(known, _)| known == kind) {
            let after = tables.iter().rposition(|(known, _)| known.starts_with(outer)).map_or(0, |last| last + 1);
            tables.insert(after, (kind.to_owned(), Vec::new()));
        }
    }

    /// Notes a key of a table.
    pub fn key(&self, kind: &str, key: &str) {
        let mut tables = self.0.borrow_mut();
        let table = tables.iter_mut().find(|(known, _)| known == kind);
        if let Some((_, keys)) = table.filter(|(_, keys)| !keys.iter().any(|known| known == key)) {
            keys.push(key.to_owned());
        }
    }

    /// What was noted.
    pub fn tables(self) -> Vec<Table> {
        self.0.into_inner()
    }
}

/// The keys of a kind of table.
pub(super) fn of(kind: &str) -> &'static [String] {
    SECTIONS.iter().find(|(known, _)| known == kind).map(|(_, keys)| keys.as_slice()).unwrap_or_default()
}

/// The message about an unknown key in a table whose keys are `known`: the right place, or a similar key.
pub(super) fn remedy(key: &str, known: &[String]) -> String {
    if key.starts_with("passw") {
        return "passwords do not belong in this file; name the place of the password with password_file, password_env or \
                password_credential"
            .to_owned();
    }
    if let Some(near) = nearest(key, known).filter(|near| strsim::damerau_levenshtein(key, near) == 1) {
        return format!("unknown key; did you mean \"{near}\"?");
    }
    let elsewhere: Vec<String> = SECTIONS
        .iter()
        .filter(|(_, keys)| keys.iter().any(|known| known == key))
        .map(|(section, _)| if section.is_empty() { place_at_top() } else { format!("in [{section}]") })
        .collect();
    if !elsewhere.is_empty() {
        return format!("unknown key here; it belongs {}", elsewhere.join(" or "));
    }
    match nearest(key, known) {
        Some(near) => format!("unknown key; did you mean \"{near}\"?"),
        None => format!("unknown key; known here: {}", known.join(", ")),
    }
}

fn place_at_top() -> String {
    "at the top of the file, before the first [table]".to_owned()
}

/// The known key that was probably meant; None where none is similar.
fn nearest<'k>(key: &str, known: &'k [String]) -> Option<&'k str> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(key, candidate);
    let near = known.iter().map(String::as_str).min_by_key(|candidate| distance(candidate))?;
    (distance(near) <= 1 + near.len() / 5).then_some(near)
}
