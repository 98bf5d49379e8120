//! All texts that we send, in both languages, for a made-up desk: `fixtures/wording/*.txt`, to be read by people.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it wording` writes them anew; what changed is then to be read in the diff.

mod customers;
mod engineers;
mod histories;

use customers::{customers_letters, letters_without_their_files};
use engineers::{
    all_asks, all_problems, all_rejections, engineers_letters, handovers, letters_of_the_clock, notification,
    notifications,
};
use histories::histories;
use std::collections::HashSet;
use std::path::Path;
use std::{fs, mem};

use strum::EnumCount;

use maildesk::desk::wording::{
    self, Brought, Carried, DigestSection, DropReason, Hint, Listed, TagErrors, ToCustomer, ToEngineer, ToTeam,
    UnprovenMessage,
};
use maildesk::desk::{AlertNews, Kept, News, Promise, Rejection, Told, Unproven};
use maildesk::mail::compose::blocks_in_plain;
use maildesk::mail::subject::tags;
use maildesk::model::policy::{AfterClose, Desk, Engineer, Line, Needed, PublicSide, StatusWords, Team};
use maildesk::model::{
    Anchor, Answer, Ask, DeskKey, Digest, Draft, EmailAddress, FailureReason, Kind, Language, LetterId, LetterKind,
    NamedAddress, Participant, Phase, Place, Priority, ReceivedId, Release, Request, RequestNumber, RequesterAsk, Said,
    SentFile, ShortName, Status, SyntaxError, SyntaxErrorKind, Timestamp, Unclear, UnsentMessage, Version, cut_line,
};

const BOTH: [Language; 2] = [Language::Ru, Language::En];

fn name(text: &str) -> ShortName {
    ShortName::parse(text).unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn number(text: &str) -> RequestNumber {
    RequestNumber::parse(text).unwrap()
}

fn say<T>(language: Language, ru: T, en: T) -> T {
    match language {
        Language::Ru => ru,
        Language::En => en,
    }
}

fn desk() -> Desk {
    let key = DeskKey::parse("OTK").unwrap();
    let mut desk = Desk::new(key, "Поддержка Ромашки".into(), address("support@example.org"), "out".into());
    let engineer = |short: &str, full: &str| Engineer {
        name: name(short),
        full_name: full.into(),
        address: address(&format!("{short}@example.org")),
        aliases: Vec::new(),
        language: None,
        words: Vec::new(),
        public: PublicSide::default(),
    };
    desk.engineers = vec![engineer("ivanov", "Иван Иванов"), engineer("smirnova", "Мария Смирнова")];
    desk.lines =
        vec![Line { number: 1, members: vec![name("ivanov")] }, Line { number: 2, members: vec![name("smirnova")] }];
    desk.teams = vec![Team {
        name: name("backend"),
        words: Vec::new(),
        members: vec![name("smirnova")],
        address: None,
        tell_requester: false,
    }];
    desk.statuses = vec![StatusWords {
        status: Status::Own(name("vendor")),
        phase: Phase::Waiting,
        label_ru: "У поставщика".into(),
        label_en: "With the vendor".into(),
        words: vec!["у поставщика".into(), "vendor".into()],
        tells: true,
    }];
    desk
}

fn request(desk: &Desk, language: Language, status: Status) -> Request {
    let requester =
        Participant { email: address("olga@example.com"), name: "Ольга Петрова".into(), proven: true };
    let subject = say(language, "Не печатается отчёт [срочно]", "The report does not print [urgent]");
    let at = Timestamp::from_unix(1_795_253_400);
    let mut request = Request::opened(number("OTK-7"), subject.into(), language, Some(requester), at);
    request.standing = desk.standing(&status);
    request
}

fn file(filename: &str, size: u64) -> SentFile {
    SentFile {
        received: ReceivedId(1),
        part: 2,
        filename: filename.into(),
        content_type: "text/plain".into(),
        size,
        sha256: Digest::of(b""),
        inline: false,
    }
}

/// All that we write, by the file that holds it.
fn all_letters(language: Language) -> [(&'static str, Vec<(String, String)>); 7] {
    [
        ("customer", customers_letters(language)),
        ("notification", notifications(language)),
        ("engineer", engineers_letters(language)),
        ("handover", handovers(language)),
        ("time", letters_of_the_clock(language)),
        ("history", histories(language)),
        ("files", letters_without_their_files(language)),
    ]
}

/// What we send is an e-mail and what comes a message; readers are «Вы», with a capital.
#[test]
fn texts_keep_to_the_words_that_were_chosen() {
    let retired: [(Language, &[&str]); 2] = [
        (Language::En, &["letter", "letters", "executor", "stand", "solution", "he", "his", "him"]),
        (Language::Ru, &["вы", "вас", "вам", "вами", "ваш", "ваша", "ваше", "ваши", "вашего", "вашему", "вашим"]),
    ];
    for (language, words) in retired {
        for (title, text) in all_letters(language).into_iter().flat_map(|(_, letters)| letters) {
            let found = text.split(|c: char| !c.is_alphabetic()).find(|word| words.contains(word));
            assert_eq!(found, None, "{title}: {text}");
        }
    }
}

#[test]
fn letters_read_as_they_should() {
    for language in BOTH {
        let tongue = say(language, "ru", "en");
        for (file, letters) in all_letters(language) {
            golden(&format!("{file}.{tongue}.txt"), &letters);
        }
    }
}

fn golden(file: &str, letters: &[(String, String)]) {
    let shown: String = letters.iter().map(|(title, text)| format!("=== {title}\n{text}\n\n\n")).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wording").join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &shown).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), shown, "{file}: read the difference, then UPDATE_GOLDEN=1");
}

#[test]
fn letters_to_engineers_and_to_customers_are_never_taken_for_each_other() {
    for language in BOTH {
        for (title, text) in customers_letters(language) {
            assert!(BOTH.iter().all(|tongue| !text.contains(cut_line(*tongue))), "{title}");
            for inside in ["ivanov", "smirnova", "Мария", "backend", "OTK-9"] {
                assert!(!text.contains(inside), "{title}: {inside}");
            }
        }
        let all = notifications(language).into_iter().chain(engineers_letters(language));
        for (title, text) in all.filter(|(title, _)| !title.contains("subject")) {
            let text = text.split_once("\n\n").filter(|_| title.starts_with("question")).map_or(text.as_str(), |t| t.1);
            let line = cut_line(language);
            assert!(text.starts_with(&format!("{line}\n\n")), "{title}");
            assert_eq!(text.matches(line).count(), 1, "{title}");
        }
    }
}

/// Whoever writes a cut line into a name, a subject or a text, ours stays the only one.
#[test]
fn there_is_only_one_cut_line() {
    let desk = desk();
    let mut request = request(&desk, Language::En, Status::New);
    let both = "— ответ пишите выше этой строки / reply above this line —";
    request.subject = both.to_owned();
    request.participants[0].name = both.to_owned();
    let to = ToEngineer { desk: &desk, request: Some(&request), language: Language::En };
    let evil = format!("one\n{both}\ntwo\n> REPLY ABOVE THIS LINE\nthree");
    let files = [file(both, 1)];
    let brought =
        Brought { author: both, words: &evil, files: &files, summary: Some((&evil[1..], 2)), ..Brought::default() };
    let failed = News::LetterFailed(address("olga@example.com"), FailureReason::Reported(evil.clone()));
    let errors = [SyntaxError { text: both.into(), problem: SyntaxErrorKind::UnknownPhrase, nearest: None }];
    let wrong = TagErrors { subject: both, errors: &errors, words: &evil, ..TagErrors::default() };
    let unproven = UnprovenMessage { why: &Unproven::NoProof, subject: both, asks: &[], words: &evil };
    for text in [
        notification(&to, &[failed], &brought),
        wording::explanation(&to, &wrong, wording::yes_sends(&to, &[])),
        wording::not_sent(&to, Unclear::BelowCutLine, None, &evil),
        wording::receipt(&to, &[], None),
        wording::question(&to, &unproven, &wording::where_it_goes(&to, to.request, false), false).1,
    ] {
        assert!(text.starts_with(cut_line(Language::En)));
        let text = text.to_lowercase();
        assert_eq!(text.matches("reply above this line").count(), 1, "{text}");
        assert!(!text.contains("выше этой строки"), "{text}");
    }
}

#[test]
fn no_rejection_is_left_out() {
    let kinds: HashSet<_> = all_rejections().iter().map(mem::discriminant).collect();
    assert_eq!(kinds.len(), Rejection::COUNT, "`all_rejections` lists each kind");
}

#[test]
fn no_text_has_the_blanks_of_its_source_in_the_middle_of_a_line() {
    for language in BOTH {
        for (title, text) in all_letters(language).into_iter().flat_map(|(_, letters)| letters) {
            // Values stand below each other, behind labels.
            let is_fact =
                |line: &&str| line.split_once(":  ").is_some_and(|(_, rest)| !rest.trim_start().contains("     "));
            let mut lines = text.lines().filter(|line| !line.contains('|') && !is_fact(line));
            let gap = lines.find(|line| line.trim_start().contains("     "));
            assert_eq!(gap, None, "{title}");
        }
    }
}

#[test]
fn every_tag_that_we_write_can_be_typed() {
    let vocabulary = desk().vocabulary(vec![DeskKey::parse("OTK").unwrap()]);
    for language in BOTH {
        for ask in all_asks() {
            let tag = wording::tag(language, &ask);
            let answers: Vec<Answer> = tags::read(&tag, &vocabulary).into_iter().map(|b| b.answer).collect();
            assert_eq!(answers, [Answer::Asks(vec![ask])], "{tag}");
        }
        let wrong: Vec<SyntaxError> = all_problems().into_iter().map(|m| SyntaxError { nearest: None, ..m }).collect();
        let desk = desk();
        let to = ToEngineer { desk: &desk, request: None, language };
        let rejections = all_rejections();
        let wrong = TagErrors { errors: &wrong, rejections: &rejections, ..TagErrors::default() };
        let taught = [("taught".to_owned(), wording::explanation(&to, &wrong, None))];
        for (title, text) in notifications(language).into_iter().chain(taught).filter(|(title, _)| title != "subject") {
            for line in text.lines().filter(|line| line.contains('[')) {
                for bracket in tags::read(line, &vocabulary) {
                    let good = matches!(bracket.answer, Answer::Asks(_) | Answer::Reference(..));
                    assert!(good, "{title}: {}: {:?}", bracket.text, bracket.answer);
                }
            }
        }
    }
}

#[test]
fn brackets_from_outside_become_round_as_the_mail_room_rounds_them() {
    let all: Vec<char> = (char::MIN..=char::MAX).filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let mut request = request(&desk(), Language::En, Status::New);
    // A subject is cut at 200 characters.
    for some in all.chunks(190) {
        request.subject = some.iter().collect();
        let shown = wording::notification_subject(&request);
        assert_eq!(shown, format!("[OTK-7] {}", tags::neutralise(&request.subject)));
    }
}

#[test]
fn a_message_that_may_be_forged_shows_no_link_and_no_tag() {
    let desk = desk();
    let to = ToEngineer { desk: &desk, request: None, language: Language::En };
    let words = "See https://evil.example/[close] or mail me@evil.example. ".repeat(20);
    let subject = format!("[close] {words}");
    let message = UnprovenMessage { why: &Unproven::NoProof, subject: &subject, asks: &[], words: &words };
    let (subject, text) = wording::question(&to, &message, &wording::where_it_goes(&to, to.request, false), true);
    let text = text.replace("support@example.org", "");
    for bad in ["[close]", "://", "evil.example"] {
        assert!(!subject.contains(bad), "{subject}");
    }
    for bad in ["://", "evil.example", "@"] {
        assert!(!text.contains(bad), "{text}");
    }
    assert!(subject.chars().count() < 130 && text.chars().count() < 1_100, "{}", text.chars().count());
}
