//! All keys that a configuration file may have, by table.

/// All tables with their keys. `NAME` and `NUMBER` are chosen by the operator; the empty name is the top of the file.
pub const SECTIONS: [(&str, &[&str]); 20] = [
    ("", TOP),
    ("desk.NAME", DESK),
    ("desk.NAME.line.NUMBER", LINE),
    ("desk.NAME.team.NAME", TEAM),
    ("desk.NAME.status.NAME", STATUS),
    ("desk.NAME.rule", RULE),
    ("desk.NAME.require", REQUIRE),
    ("desk.NAME.environment.NAME", ENVIRONMENT),
    ("desk.NAME.calendar", CALENDAR),
    ("desk.NAME.sla", SLA),
    ("desk.NAME.contract.NAME", CONTRACT),
    ("desk.NAME.contract.NAME.sla", SLA),
    ("desk.NAME.plain_words", PLAIN_WORDS),
    ("desk.NAME.texts", TEXTS),
    ("engineer.NAME", ENGINEER),
    ("mailbox.NAME", MAILBOX),
    ("transport.NAME", TRANSPORT),
    ("retry", RETRY),
    ("limits", LIMITS),
    ("metrics", METRICS),
];

pub(super) const TOP: &[&str] =
    &["state_dir", "desk", "engineer", "mailbox", "transport", "retry", "limits", "metrics"];

pub(super) const DESK: &[&str] = &[
    "name",
    "address",
    "aliases",
    "language",
    "transport",
    "form_senders",
    "own_lists",
    "customers",
    "blocked",
    "spam_headers",
    "grace",
    "after_close",
    "plus_addresses",
    "assignment",
    "urgent_problems",
    "close_after",
    "closing_notice",
    "remind_after",
    "forget_after",
    "digest",
    "without_contract",
    "calendar",
    "sla",
    "contract",
    "line",
    "team",
    "status",
    "rule",
    "require",
    "environment",
    "plain_words",
    "texts",
];

pub(super) const LINE: &[&str] = &["members"];

pub(super) const TEAM: &[&str] = &["words", "members", "address", "tell_requester"];

pub(super) const STATUS: &[&str] = &["phase", "label", "words", "tells"];

pub(super) const RULE: &[&str] = &["words", "kind", "priority", "line", "team", "assignee"];

pub(super) const REQUIRE: &[&str] = &["what", "kinds"];

pub(super) const ENVIRONMENT: &[&str] = &["words"];

pub(super) const CALENDAR: &[&str] = &[
    "zone",
    "hours",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "holidays",
    "working_days",
];

pub(super) const CONTRACT: &[&str] = &["customers", "sla"];

pub(super) const SLA: &[&str] = &["kind", "priority", "first_response", "resolution"];

pub(super) const PLAIN_WORDS: &[&str] = &["confirm", "disagree", "withdraw", "thanks"];

/// The names of `TextName` in both languages; a test compares the two.
pub(super) const TEXTS: &[&str] = &[
    "acknowledgement_ru",
    "acknowledgement_en",
    "done_ru",
    "done_en",
    "need_info_ru",
    "need_info_en",
    "closed_ru",
    "closed_en",
    "closing_soon_ru",
    "closing_soon_en",
    "signature_ru",
    "signature_en",
];

pub(super) const LABEL: &[&str] = &["ru", "en"];

pub(super) const ENGINEER: &[&str] = &["name", "address", "aliases", "words", "language", "desks"];

pub(super) const MAILBOX: &[&str] = &[
    "desk",
    "maildir",
    "pipe",
    "host",
    "port",
    "tls",
    "ca_file",
    "user",
    "password_file",
    "password_env",
    "password_credential",
    "folder",
    "idle",
    "poll",
    "after",
    "start",
    "older",
    "automatic",
    "max_message",
    "internal",
    "authserv_id",
];

pub(super) const TRANSPORT: &[&str] = &[
    "folder",
    "host",
    "port",
    "tls",
    "ca_file",
    "user",
    "password_file",
    "password_env",
    "password_credential",
    "hello",
];

pub(super) const RETRY: &[&str] = &["first", "longest", "give_up", "unsure"];

pub(super) const LIMITS: &[&str] =
    &["sender_ten_minutes", "sender_hour", "sender_day", "sender_subject_day", "domain_hour", "all_hour"];

pub(super) const METRICS: &[&str] = &["listen"];

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
