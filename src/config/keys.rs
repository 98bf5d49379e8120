//! All keys that a configuration file may have, by table.

use std::sync::LazyLock;

/// A table: its name, in which `NAME` and `NUMBER` are chosen by the operator (the empty name is the top of the file), and its
/// keys in the order in which messages list them.
pub type Table = (&'static str, Vec<&'static str>);

/// All tables that have headers.
pub static SECTIONS: LazyLock<Vec<Table>> =
    LazyLock::new(|| KEYS.iter().map(|(table, keys)| (*table, keys.split_whitespace().collect())).collect());

/// The label of a status, a table within a line.
static LABEL: LazyLock<Table> = LazyLock::new(|| ("", vec!["ru", "en"]));

const KEYS: [(&str, &str); 20] = [
    ("", "state_dir desk engineer mailbox transport retry limits metrics"),
    (
        "desk.NAME",
        "name address aliases language transport form_senders own_lists customers blocked spam_headers grace \
         after_close plus_addresses assignment urgent_problems close_after closing_notice remind_after forget_after \
         digest without_contract calendar sla contract line team status rule require environment plain_words texts",
    ),
    ("desk.NAME.line.NUMBER", "members"),
    ("desk.NAME.team.NAME", "words members address tell_requester"),
    ("desk.NAME.status.NAME", "phase label words tells"),
    ("desk.NAME.rule", "words kind priority line team assignee"),
    ("desk.NAME.require", "what kinds"),
    ("desk.NAME.environment.NAME", "words"),
    ("desk.NAME.calendar", "zone hours monday tuesday wednesday thursday friday saturday sunday holidays working_days"),
    ("desk.NAME.sla", "kind priority first_response resolution"),
    ("desk.NAME.contract.NAME", "customers sla"),
    ("desk.NAME.contract.NAME.sla", "kind priority first_response resolution"),
    ("desk.NAME.plain_words", "confirm disagree withdraw thanks"),
    (
        "desk.NAME.texts",
        "acknowledgement_ru acknowledgement_en done_ru done_en need_info_ru need_info_en closed_ru closed_en \
         closing_soon_ru closing_soon_en signature_ru signature_en",
    ),
    ("engineer.NAME", "name address aliases words language desks"),
    (
        "mailbox.NAME",
        "desk maildir pipe host port tls ca_file user password_file password_env password_credential folder idle poll \
         after start older automatic max_message internal authserv_id",
    ),
    ("transport.NAME", "folder host port tls ca_file user password_file password_env password_credential hello"),
    ("retry", "first longest give_up unsure"),
    ("limits", "sender_ten_minutes sender_hour sender_day sender_subject_day domain_hour all_hour"),
    ("metrics", "listen"),
];

/// The kind of the table or tables that a key opens inside another table; the top for no key.
pub(super) fn inside(table: &str, key: &str) -> &'static Table {
    let full = if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") };
    let is_it = |name: &str| name.strip_prefix(&full).is_some_and(|end| ["", ".NAME", ".NUMBER"].contains(&end));
    SECTIONS.iter().find(|(name, _)| is_it(name)).unwrap_or(&LABEL)
}

/// The message about an unknown key in a table whose keys are `known`: the right place, or a similar key.
pub(super) fn remedy(key: &str, known: &[&str]) -> String {
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
        .filter(|(_, keys)| keys.contains(&key))
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
fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(key, candidate);
    let near = known.iter().copied().min_by_key(|candidate| distance(candidate))?;
    (distance(near) <= 1 + near.len() / 5).then_some(near)
}
