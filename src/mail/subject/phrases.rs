//! The phrases of the tag grammar, in English and Russian.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::{Ask, Kind, Priority, RequesterAsk, Status, Vocabulary, skeleton};

/// The most words of a phrase.
pub(super) const MOST_WORDS: usize = 4;

/// What a phrase means.
#[derive(Clone, Debug)]
pub(super) enum PhraseMeaning {
    /// A complete ask, without a value.
    Whole(Ask),
    /// An ask that needs the value after the phrase.
    With(ValueKind),
    /// Ordinary text that resembles a phrase.
    Text,
}

/// The kind of value that follows a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Status,
    Engineer,
    /// A line, desk, engineer or team, whichever the value names.
    Anyone,
    Line,
    Team,
    Desk,
    Kind,
    Priority,
    /// A version, optionally with a date.
    Release,
    /// A version.
    Released,
    OnBehalfOf,
    /// An optional address.
    Watch,
    Unwatch,
    Duplicate,
    Link,
    /// An optional date.
    Away,
}

type Row = (PhraseMeaning, &'static [&'static str], &'static [&'static str]);

static ROWS: &[Row] = &[
    (
        PhraseMeaning::Whole(Ask::Status(Status::Done)),
        &["done", "completed", "resolved", "solved", "fixed"],
        &["готово", "обработано", "решено", "выполнено", "сделано"],
    ),
    (
        PhraseMeaning::Whole(Ask::Status(Status::InWork)),
        &["in work", "in progress", "inprogress", "working"],
        &["в работе", "в работу"],
    ),
    (
        PhraseMeaning::Whole(Ask::Status(Status::NeedInfo)),
        &["need info", "needinfo", "needs info", "more info", "clarify"],
        &["уточнение", "уточнить", "нужно уточнение", "на уточнении", "запрос информации"],
    ),
    (PhraseMeaning::With(ValueKind::Status), &["status"], &["статус"]),
    (PhraseMeaning::Whole(Ask::Close), &["close", "closed"], &["закрыть", "закрыто", "закрыт", "закрыта"]),
    (
        PhraseMeaning::Whole(Ask::Reopen),
        &["reopen", "re open", "reopened"],
        &["переоткрыть", "открыть снова", "вернуть в работу", "возобновить"],
    ),
    (
        PhraseMeaning::With(ValueKind::Engineer),
        &["assign", "assign to", "assigned to", "assignee", "executor"],
        &["исполнитель", "назначить", "назначить на", "назначен"],
    ),
    (
        PhraseMeaning::Whole(Ask::Take),
        &["take", "mine", "i take"],
        &["беру", "беру себе", "беру в работу", "взял", "взяла", "моё"],
    ),
    (
        PhraseMeaning::With(ValueKind::Anyone),
        &["to", "pass to", "pass on to", "hand over to"],
        &["передать", "передать в", "передать на", "передаю", "передаю в", "передаю на"],
    ),
    (
        PhraseMeaning::With(ValueKind::Line),
        &["line", "to line", "pass to line"],
        &["линия", "на линию", "передать на линию", "передаю на линию"],
    ),
    (
        PhraseMeaning::With(ValueKind::Team),
        &["team", "to team", "pass to team"],
        &["команда", "команде", "в команду", "передать команде", "передать в команду"],
    ),
    (
        PhraseMeaning::With(ValueKind::Desk),
        &["desk", "to desk", "pass to desk"],
        &["служба", "в службу", "передать в службу", "передать службе"],
    ),
    (PhraseMeaning::With(ValueKind::Kind), &["kind"], &["вид", "тип"]),
    (PhraseMeaning::With(ValueKind::Priority), &["priority", "prio"], &["приоритет"]),
    (PhraseMeaning::Whole(Ask::Plan), &["plan", "planned", "to plan"], &["план", "в план", "в плане", "запланировано"]),
    (
        PhraseMeaning::With(ValueKind::Release),
        &["release", "in release", "planned for release"],
        &["релиз", "в релиз", "в релизе"],
    ),
    (
        PhraseMeaning::With(ValueKind::Released),
        &["released", "released in", "out in"],
        &["выпущено", "выпущено в", "вышло в", "вышел релиз", "релиз вышел", "вышла версия"],
    ),
    (
        PhraseMeaning::Whole(Ask::Decline),
        &["decline", "declined", "reject", "rejected"],
        &["отклонено", "отклонить", "отклонен", "отклонена"],
    ),
    (
        PhraseMeaning::Whole(Ask::Note),
        &["note", "internal note", "internal"],
        &["заметка", "внутренняя заметка", "внутреннее", "для своих"],
    ),
    (PhraseMeaning::Whole(Ask::Send), &["send"], &["отправить", "клиенту"]),
    (PhraseMeaning::Whole(Ask::OnlyRequester), &["only requester", "no copies"], &["без копий", "только заявителю"]),
    (PhraseMeaning::With(ValueKind::OnBehalfOf), &["for", "on behalf of"], &["от имени", "от лица", "за", "для"]),
    (
        PhraseMeaning::With(ValueKind::Watch),
        &["watch", "watcher", "add watcher"],
        &["наблюдать", "наблюдатель", "следить"],
    ),
    (PhraseMeaning::With(ValueKind::Unwatch), &["unwatch", "remove watcher"], &["не наблюдать", "не следить"]),
    (PhraseMeaning::Whole(Ask::Spam), &["spam"], &["спам"]),
    (PhraseMeaning::With(ValueKind::Duplicate), &["duplicate", "duplicate of", "dup"], &["дубль", "дубликат"]),
    (
        PhraseMeaning::With(ValueKind::Link),
        &["link", "link to", "see also"],
        &["связать", "связать с", "связано с", "связь"],
    ),
    (PhraseMeaning::Whole(Ask::History), &["history", "correspondence"], &["история", "переписка", "вся переписка"]),
    (PhraseMeaning::Whole(Ask::Split), &["split", "split off"], &["разделить", "отделить"]),
    (PhraseMeaning::Whole(Ask::Undo), &["undo"], &["отмена", "отменить"]),
    (
        PhraseMeaning::With(ValueKind::Away),
        &["away", "away until", "away till", "out of office until"],
        &["отсутствую", "отсутствую до", "в отпуске", "в отпуске до", "отпуск до"],
    ),
    (
        PhraseMeaning::Whole(Ask::Back),
        &["back", "i am back", "back at work"],
        &["вернулся", "вернулась", "я вернулся", "я вернулась"],
    ),
    (
        PhraseMeaning::Whole(Ask::Requester(RequesterAsk::Confirm)),
        &["confirm", "confirmed", "i confirm"],
        &["подтверждаю", "подтверждено"],
    ),
    (
        PhraseMeaning::Whole(Ask::Requester(RequesterAsk::Disagree)),
        &["disagree", "i disagree", "not solved", "not resolved"],
        &["не решено", "не согласен", "не согласна", "не помогло"],
    ),
    (
        PhraseMeaning::Whole(Ask::Requester(RequesterAsk::Withdraw)),
        &["withdraw", "i withdraw"],
        &["отзываю", "отзываю заявку", "отзываю запрос", "отозвать"],
    ),
    // Ordinary words one letter away from a phrase, or beginning like one: never reported as typing errors.
    (
        PhraseMeaning::Text,
        &[
            "to do", "line up", "to read", "to sign", "to all", "none", "gone", "span", "plane", "plans", "links",
            "notes", "news", "taken", "black", "pack", "hack",
        ],
        &["рубль", "планы", "клан", "спас", "за работу", "для работы", "для информации", "для сведения"],
    ),
];

/// Phrases that also begin ordinary texts: `[release notes]`, `[note to all]`, `[for review]`, `[план работ]`. If the rest
/// does not resemble a value, the bracket is text, not a syntax error.
const EVERYDAY: &[&str] = &[
    "status",
    "close",
    "closed",
    "fixed",
    "completed",
    "working",
    "more info",
    "take",
    "mine",
    "to",
    "line",
    "to line",
    "team",
    "to team",
    "desk",
    "kind",
    "plan",
    "planned",
    "to plan",
    "release",
    "in release",
    "released",
    "history",
    "correspondence",
    "note",
    "for",
    "watch",
    "spam",
    "link",
    "link to",
    "see also",
    "undo",
    "away",
    "back",
    "confirm",
    "reject",
    "статус",
    "готово",
    "закрыт",
    "закрыта",
    "в работу",
    "уточнение",
    "уточнить",
    "взял",
    "взяла",
    "моё",
    "линия",
    "на линию",
    "команда",
    "команде",
    "в команду",
    "служба",
    "в службу",
    "вид",
    "тип",
    "история",
    "переписка",
    "план",
    "в план",
    "в плане",
    "релиз",
    "в релиз",
    "в релизе",
    "выпущено",
    "заметка",
    "за",
    "для",
    "от лица",
    "от имени",
    "следить",
    "спам",
    "связь",
    "отмена",
    "отменить",
    "в отпуске",
    "исполнитель",
];

/// Words for kinds.
pub(super) const KINDS: &[(Kind, &[&str])] = &[
    (Kind::Incident, &["incident", "инцидент", "сбой"]),
    (Kind::Problem, &["problem", "проблема"]),
    (Kind::ServiceRequest, &["service request", "service", "запрос на обслуживание", "обслуживание", "консультация"]),
    (
        Kind::ChangeRequest,
        &[
            "change request",
            "change",
            "запрос на изменение",
            "изменение",
            "запрос на развитие",
            "развитие",
            "доработка",
        ],
    ),
];

/// Words for priorities, in the grammatical genders that agree with «приоритет», «срочность», and as adverbs.
pub(super) const PRIORITIES: &[(Priority, &[&str])] = &[
    (Priority::Low, &["low", "низкий", "низкая", "низко"]),
    (Priority::Normal, &["normal", "medium", "обычный", "обычная", "средний", "средняя", "нормальный"]),
    (Priority::High, &["high", "высокий", "высокая", "высоко"]),
    (Priority::Critical, &["critical", "urgent", "критический", "критичный", "срочный", "наивысший"]),
];

/// Words that name a priority without saying so. `urgent` and «срочно» stand in too many subjects.
pub(super) const PRIORITIES_ALONE: &[(Priority, &[&str])] =
    &[(Priority::High, &["high", "высокий"]), (Priority::Critical, &["critical", "критический"])];

/// Lines by their ordinal words; numbers need no table.
pub(super) const LINES: &[(u8, &[&str])] = &[
    (1, &["first", "первая", "первую", "первой"]),
    (2, &["second", "вторая", "вторую", "второй"]),
    (3, &["third", "третья", "третью", "третьей"]),
];

/// Nouns beside the number of a line, and ordinal endings of the number: `2-я линия`, `2nd line`.
pub(super) const LINE_NOUNS: &[&str] = &["line", "линия", "линию", "линии"];
pub(super) const ORDINAL_ENDINGS: &[&str] = &["st", "nd", "rd", "th", "я", "ю", "й", "ая", "ую", "ой"];

/// Nouns before the name of a team.
pub(super) const TEAM_NOUNS: &[&str] = &["team", "команда", "команду", "команде"];

/// Prepositions before a date.
pub(super) const DATE_PREPOSITIONS: &[&str] = &["on", "by", "until", "till", "от", "до", "к", "на"];

/// A built-in phrase, or one that the desk configures.
#[derive(Clone, Debug)]
pub(super) struct Phrase<'a> {
    /// Its canonical spelling.
    pub(super) written: &'a str,
    /// The skeletons of its words.
    pub(super) words: Vec<String>,
    pub(super) means: PhraseMeaning,
    /// Whether it also begins ordinary texts ([`EVERYDAY`]).
    pub(super) everyday: bool,
}

/// All phrases of one desk.
pub(super) struct Phrases<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    own: Vec<Phrase<'a>>,
}

impl<'a> Phrases<'a> {
    /// Adds the words of the desk's statuses, which have precedence, to the built-in phrases.
    pub(super) fn of(vocabulary: &'a Vocabulary) -> Self {
        let own = vocabulary.statuses.iter().flat_map(|status| {
            let means = PhraseMeaning::Whole(asked_by(&status.thing));
            status.words.iter().map(move |written| phrase(written, means.clone(), false))
        });
        Self { vocabulary, own: own.collect() }
    }

    /// The phrase with these words, given as skeletons.
    pub(super) fn find(&self, words: &[String]) -> Option<&Phrase<'a>> {
        let own = self.own.iter().find(|phrase| phrase.words == words);
        own.or_else(|| BUILT_IN.get(words))
    }

    /// The meaning of the built-in phrase with these words, given as skeletons.
    pub(super) fn built_in(words: &[String]) -> Option<&'static PhraseMeaning> {
        BUILT_IN.get(words).map(|phrase| &phrase.means)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Phrase<'a>> {
        self.own.iter().chain(BUILT_IN.values())
    }
}

static BUILT_IN: LazyLock<HashMap<Vec<String>, Phrase<'static>>> = LazyLock::new(|| {
    let rows = ROWS.iter().flat_map(|(means, english, russian)| {
        let written = english.iter().chain(*russian);
        written.map(|written| phrase(written, means.clone(), EVERYDAY.contains(written)))
    });
    rows.map(|phrase| (phrase.words.clone(), phrase)).collect()
});

/// The ask that sets this status: that of its built-in phrases, where it has some.
pub(super) fn asked_by(status: &Status) -> Ask {
    match status {
        Status::Closed => Ask::Close,
        Status::Declined => Ask::Decline,
        Status::Planned => Ask::Plan,
        other => Ask::Status(other.clone()),
    }
}

/// Splits a phrase into the skeletons of its words.
pub(super) fn words(written: &str) -> Vec<String> {
    skeleton(written).split([' ', '-', '_']).map(str::to_owned).collect()
}

fn phrase(written: &str, means: PhraseMeaning, everyday: bool) -> Phrase<'_> {
    Phrase { written, words: words(written), means, everyday }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{BUILT_IN, EVERYDAY, MOST_WORDS, ROWS};

    #[test]
    fn no_two_phrases_look_alike() {
        let written: usize = ROWS.iter().map(|(_, english, russian)| english.len() + russian.len()).sum();
        assert_eq!(BUILT_IN.len(), written);
        assert!(BUILT_IN.values().all(|phrase| phrase.words.len() <= MOST_WORDS));
    }

    #[test]
    fn everyday_phrases_are_phrases() {
        let written: HashSet<&str> = BUILT_IN.values().map(|phrase| phrase.written).collect();
        assert_eq!(EVERYDAY.iter().filter(|phrase| !written.contains(*phrase)).collect::<Vec<_>>(), [&""; 0]);
    }
}
