//! All texts that we send, in both languages, for a made-up desk: `fixtures/wording/*.txt`, to be read by people.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it wording` writes them anew; what changed is then to be read in the diff.

use std::fs;
use std::path::Path;

use maildesk::desk::wording::{
    self, Brought, DigestSection, DropReason, Hint, Listed, TagErrors, ToCustomer, ToEngineer, ToTeam,
};
use maildesk::desk::{News, Promise, Rejection, Told, Unproven};
use maildesk::mail::subject::tags;
use maildesk::model::policy::{AfterClose, Desk, Engineer, Line, Needed, StatusWords, Team};
use maildesk::model::{
    Anchor, Answer, Ask, Audience, CUT_LINE, DeskKey, Digest, Draft, EmailAddress, Kind, Language, LetterKind,
    NamedAddress, Participant, Phase, Place, Priority, ReceivedId, Release, Request, RequestNumber, RequesterAsk, Said,
    SentFile, ShortName, Signed, Status, SyntaxError, SyntaxErrorKind, Timestamp, Unclear, Version,
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

fn customers_letters(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let of = |status: Status| request(&desk, language, status);
    let mut letters = Vec::new();
    let words = say(
        language,
        "Ольга, добрый день!\n\nМы поправили шаблон отчёта, попробуйте напечатать ещё раз.\n\nИван",
        "Dear Olga,\n\nwe have mended the template of the report, please print it again.\n\nIvan",
    );
    let url = |ask: RequesterAsk| format!("mailto:support@example.org?subject=[OTK-7 {ask} KEY]");
    let show = |request: &Request, text: String| {
        let to = ToCustomer { desk: &desk, request, language };
        let links = wording::links(&to, &url).into_iter().map(|link| format!("\n→ {}: {}", link.label, link.url));
        format!("{text}\n{}", links.collect::<String>())
    };
    for status in [
        Status::InWork,
        Status::NeedInfo,
        Status::Own(name("vendor")),
        Status::Planned,
        Status::Done,
        Status::Declined,
        Status::Closed,
        Status::Confirmed,
        Status::Withdrawn,
        Status::Spam,
        Status::Duplicate,
    ] {
        let request = of(status.clone());
        let to = ToCustomer { desk: &desk, request: &request, language };
        let told = [Told::Stands(status.clone())];
        letters.push((format!("answer, {status}"), show(&request, wording::answer(&to, words, &told))));
        letters.push((format!("notice, {status}"), show(&request, wording::notice(&to, &told))));
    }
    let mut planned = of(Status::Planned);
    for date in [None, Some(jiff::civil::date(2026, 12, 1))] {
        planned.release = Some(Release { version: Version::parse("2.4.17").unwrap(), date });
        let to = ToCustomer { desk: &desk, request: &planned, language };
        letters.push(("notice, release".into(), wording::notice(&to, &[Told::Stands(Status::Planned)])));
    }
    let open = of(Status::InWork);
    let closed = of(Status::Duplicate);
    let (moved, done) = (of(Status::Transferred), of(Status::Done));
    let version = || Version::parse("2.4.17").unwrap();
    for (title, request, told) in [
        ("same as another of the requester's", &closed, vec![Told::SameAs(Some(number("OTK-3")))]),
        ("same as a stranger's", &closed, vec![Told::SameAs(None)]),
        ("reopened", &open, vec![Told::Reopened]),
        ("reopened and in work", &open, vec![Told::Reopened, Told::Stands(Status::InWork)]),
        ("corrected", &open, vec![Told::Corrected(Status::InWork)]),
        ("moved to another desk", &moved, vec![Told::MovedTo(number("TRV-3"))]),
        ("released", &done, vec![Told::Released(version())]),
        (
            "another day",
            &open,
            vec![Told::Rescheduled(Release { version: version(), date: Some(jiff::civil::date(2026, 12, 20)) })],
        ),
        ("no day any more", &open, vec![Told::Rescheduled(Release { version: version(), date: None })]),
        ("nothing told", &open, vec![]),
    ] {
        let to = ToCustomer { desk: &desk, request, language };
        letters.push((format!("notice, {title}"), show(request, wording::notice(&to, &told))));
    }
    let to = ToCustomer { desk: &desk, request: &open, language };
    letters.push(("answer, nothing told".into(), show(&open, wording::answer(&to, words, &[]))));
    letters.push(("copy".into(), wording::copy(&to, "Ольга Петрова", words)));
    let mut strict = desk.clone();
    strict.after_close = AfterClose::OpenNew;
    let closed = of(Status::Closed);
    let to = ToCustomer { desk: &strict, request: &closed, language };
    letters.push(("notice, closed for good".into(), wording::notice(&to, &[Told::Stands(Status::Closed)])));
    letters.push(("subject".into(), wording::letter_subject(language, &open.number, Some(&open.subject))));
    let all = [Needed::Description, Needed::Screenshot, Needed::Environment, Needed::Period, Needed::Logs];
    for (title, missing, is_without_contract) in [
        ("acknowledgement", &[][..], false),
        ("acknowledgement, one thing missing", &[Needed::Logs], false),
        ("acknowledgement, all missing, no contract", &all, true),
    ] {
        let said = wording::acknowledgement(&desk, language, &open.number, &[], None);
        letters.push((title.into(), wording::with_missing_information(language, said, missing, is_without_contract)));
    }
    letters.push(("subject, unquoted".into(), wording::letter_subject(language, &open.number, None)));
    letters
}

fn all_news() -> Vec<News> {
    vec![
        News::Opened,
        News::Wrote,
        News::FromOutside,
        News::Confirmed,
        News::Disagreed,
        News::Withdrawn,
        News::Answered(name("smirnova")),
        News::Noted(name("smirnova")),
        News::Assigned(None),
        News::Assigned(Some(name("smirnova"))),
        News::PassedOn(None),
        News::PassedOn(Some(name("smirnova"))),
        News::MovedFrom(number("TRV-3"), None),
        News::MovedFrom(number("TRV-3"), Some("Мария Смирнова".into())),
        News::FromTeam(name("vendor")),
        News::FromTeamUnproven(name("vendor")),
        News::LetterFailed(address("olga@example.com"), "550 5.1.1 no such user\r\nhere".into()),
    ]
}

fn notifications(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let words = say(
        language,
        "Здравствуйте!\n\nС утра не печатается отчёт о продажах, в файле снимок экрана.",
        "Hello,\n\nthe sales report has not printed since this morning, a screenshot is attached.",
    );
    let files = [file("снимок.png", 140_000), file("print.log", 1_450_000)];
    let mut letters = Vec::new();
    let fresh = request(&desk, language, Status::New);
    let to = ToEngineer { desk: &desk, request: Some(&fresh), language };
    let first =
        Brought {
            author: "Ольга Петрова", words, files: &files, summary: Some((words, 1)), ..Brought::default()
        };
    letters.push(("subject".into(), wording::notification_subject(&fresh)));
    letters.push(("opened".into(), wording::notification(&to, &[News::Opened, News::Assigned(None)], &first)));
    let mut full = request(&desk, language, Status::Own(name("vendor")));
    full.assignee = Some(name("ivanov"));
    full.place = Some(Place::Line(1));
    full.kind = Some(Kind::Incident);
    full.priority = Priority::High;
    full.release = Some(Release { version: Version::parse("2.4.17").unwrap(), date: None });
    full.linked = vec![number("OTK-3")];
    let to = ToEngineer { desk: &desk, request: Some(&full), language };
    let more = say(language, "Есть новости от поставщика?", "Any news from the vendor?");
    let wrote =
        Brought {
            author: "Ольга Петрова", words: more, left_out: 2, summary: Some((words, 5)), ..Brought::default()
        };
    letters.push(("wrote".into(), wording::notification(&to, &[News::Wrote], &wrote)));
    let carried = [Ask::Note, Ask::Priority(Priority::High), Ask::PassOn(Place::Line(2))];
    full.place = Some(Place::Line(2));
    let to = ToEngineer { desk: &desk, request: Some(&full), language };
    let noted = Brought { author: "Мария Смирнова", executed: &carried, ..wrote };
    letters.push(("noted".into(), wording::notification(&to, &[News::Noted(name("smirnova"))], &noted)));
    for status in [Status::InWork, Status::NeedInfo, Status::Planned, Status::Done, Status::Closed] {
        let request = request(&desk, language, status.clone());
        let to = ToEngineer { desk: &desk, request: Some(&request), language };
        letters
            .push((format!("tags of {status}"), wording::notification(&to, &[News::Confirmed], &Brought::default())));
    }
    let to = ToEngineer { desk: &desk, request: Some(&full), language };
    letters.push(("all news".into(), wording::notification(&to, &all_news(), &Brought::default())));
    letters
}

fn handovers(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let request = request(&desk, language, Status::InWork);
    let at = Timestamp::from_unix(1_795_253_400);
    let said = |by_engineer, ru: &str, en: &str| Said { at, by_engineer, words: say(language, ru, en).to_owned() };
    let correspondence = [
        said(false, "Не печатается отчёт.", "The report does not print."),
        said(true, "Спросим разработчика принтера.", "We ask the maker of the printer."),
    ];
    let words = say(language, "Посмотрите, пожалуйста, журнал.", "Please look at the log.");
    let to = ToTeam { language, request: Some(&request), tells_requester: false };
    let files = [file("print.log", 1_450_000)];
    vec![
        ("handover".into(), wording::handover(&to, &correspondence, words, &files)),
        (
            "handover, the requester named".into(),
            wording::handover(&ToTeam { tells_requester: true, ..to }, &correspondence, "", &[]),
        ),
        ("handover, more words".into(), wording::handover(&to, &[], words, &[])),
    ]
}

fn all_asks() -> Vec<Ask> {
    let release = |date| Ask::Release(Release { version: Version::parse("2.4.17").unwrap(), date });
    let day = jiff::civil::date(2026, 12, 1);
    vec![
        Ask::Status(Status::InWork),
        Ask::Status(Status::NeedInfo),
        Ask::Status(Status::Done),
        Ask::Status(Status::Own(name("vendor"))),
        Ask::Close,
        Ask::Reopen,
        Ask::Assign(name("ivanov")),
        Ask::Take,
        Ask::PassOn(Place::Line(2)),
        Ask::PassOn(Place::Team(name("backend"))),
        Ask::PassOn(Place::Desk(DeskKey::parse("OTK").unwrap())),
        Ask::Kind(Kind::Incident),
        Ask::Kind(Kind::Problem),
        Ask::Kind(Kind::ServiceRequest),
        Ask::Kind(Kind::ChangeRequest),
        Ask::Priority(Priority::Low),
        Ask::Priority(Priority::Normal),
        Ask::Priority(Priority::High),
        Ask::Priority(Priority::Critical),
        Ask::Plan,
        release(None),
        release(Some(day)),
        Ask::Released(Version::parse("2.4.17").unwrap()),
        Ask::Decline,
        Ask::Note,
        Ask::OnBehalfOf(address("olga@example.com")),
        Ask::Watch(None),
        Ask::Watch(Some(address("olga@example.com"))),
        Ask::Unwatch(None),
        Ask::Unwatch(Some(address("olga@example.com"))),
        Ask::Spam,
        Ask::Duplicate(number("OTK-3")),
        Ask::Link(number("OTK-3")),
        Ask::Undo,
        Ask::Away(None),
        Ask::Away(Some(day)),
        Ask::Back,
        Ask::Requester(RequesterAsk::Confirm),
        Ask::Requester(RequesterAsk::Disagree),
        Ask::Requester(RequesterAsk::Withdraw),
    ]
}

fn all_problems() -> Vec<SyntaxError> {
    [
        ("call me", SyntaxErrorKind::UnknownPhrase, None),
        ("готво", SyntaxErrorKind::Misspelt, Some("готово")),
        ("вщту", SyntaxErrorKind::OtherLayout, Some("done")),
        ("done, priority high", SyntaxErrorKind::Commas, Some("done; priority high")),
        ("done", SyntaxErrorKind::NotClosed, Some("[done]")),
        ("OTK-7 done", SyntaxErrorKind::BehindReference, Some("[OTK-7] [done]")),
        ("priority", SyntaxErrorKind::ValueMissing, None),
        ("done thanks", SyntaxErrorKind::ValueUnexpected, None),
        ("watch olga@", SyntaxErrorKind::NoAddress, None),
        ("release soon", SyntaxErrorKind::NoVersion, None),
        ("release 2.4.17 12/01/2026", SyntaxErrorKind::NoDate, None),
        ("duplicate 1001", SyntaxErrorKind::NoRequestNumber, None),
        ("assign ivanv", SyntaxErrorKind::NoEngineer, Some("assign ivanov")),
        ("line 7", SyntaxErrorKind::NoLine, None),
        ("передать в космос", SyntaxErrorKind::NoTeam, None),
        ("desk XYZ", SyntaxErrorKind::NoDesk, None),
        ("status: frozen", SyntaxErrorKind::NoStatus, None),
        ("kind thing", SyntaxErrorKind::NoKind, None),
        ("priority hihg", SyntaxErrorKind::NoPriority, Some("priority high")),
    ]
    .into_iter()
    .map(|(text, problem, nearest)| SyntaxError { text: text.into(), problem, nearest: nearest.map(str::to_owned) })
    .collect()
}

fn all_rejections() -> Vec<Rejection> {
    let done = || Ask::Status(Status::Done);
    vec![
        Rejection::NotForEngineers(Ask::Requester(RequesterAsk::Confirm)),
        Rejection::NotForEngineers(Ask::Requester(RequesterAsk::Disagree)),
        Rejection::NoRequest(done()),
        Rejection::NotInRequest(Ask::OnBehalfOf(address("olga@example.com"))),
        Rejection::Conflict(done(), Ask::Status(Status::InWork)),
        Rejection::NotNow(Ask::Reopen, Status::InWork),
        Rejection::NotNow(done(), Status::Closed),
        Rejection::NoWords(Ask::Status(Status::NeedInfo)),
        Rejection::NoSuchRequest(number("OTK-99")),
        Rejection::SameRequest(Ask::Duplicate(number("OTK-7"))),
        Rejection::OwnDuplicate(Ask::Duplicate(number("OTK-7"))),
        Rejection::NothingToUndo,
        Rejection::ChangedSince,
        Rejection::MovedAway(number("TRV-3")),
        Rejection::MovedForGood(number("TRV-3")),
        Rejection::SameDesk(Ask::PassOn(Place::Desk(DeskKey::parse("OTK").unwrap()))),
        Rejection::NobodyWaits(Ask::Released(Version::parse("2.4.17").unwrap())),
        Rejection::NotYet(Ask::Away(None)),
        Rejection::PastDay(Ask::Away(Some(jiff::civil::date(2026, 11, 2)))),
        Rejection::ForeignSubject(done()),
        Rejection::InHtml(done()),
        Rejection::OtherRequest(number("OTK-99")),
    ]
}

fn engineers_letters(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let mut request = request(&desk, language, Status::Done);
    request.assignee = Some(name("ivanov"));
    let to = ToEngineer { desk: &desk, request: Some(&request), language };
    let nowhere = ToEngineer { request: None, ..to };
    let done = [Ask::Status(Status::Done), Ask::Priority(Priority::High)];
    let words = say(language, "Перезвоните клиенту.\n\nОн ждёт.", "Call the customer back.\n\nThey are waiting.");
    let mut letters = vec![
        ("receipt, with grace".into(), wording::receipt(&to, &done, Some(120))),
        ("receipt, without grace".into(), wording::receipt(&to, &[Ask::Take], None)),
        ("receipt, all asks".into(), wording::receipt(&to, &all_asks(), None)),
        ("away".into(), wording::away(&nowhere, None)),
        ("away until a day".into(), wording::away(&nowhere, Some(jiff::civil::date(2026, 12, 1)))),
        ("back".into(), wording::back(&nowhere)),
        (
            "receipt, of more".into(),
            wording::receipt_with_details(&to, &done[..1], Some(120), &[wording::also_answered(language, 3)]),
        ),
        (
            "receipt, handed over".into(),
            wording::receipt_with_details(
                &to,
                &[Ask::PassOn(Place::Team(name("backend")))],
                None,
                &[wording::handed_over_to(language, &address("helpdesk@vendor.example"))],
            ),
        ),
        ("receipt, moved".into(), wording::moved(&to, &[wording::moved_to(language, &number("TRV-3"))])),
        (
            "subjects, no request".into(),
            format!(
                "{}\n{}",
                wording::released_subject(language, &Version::parse("2.4.17").unwrap()),
                wording::undone_subject(language)
            ),
        ),
        ("undone".into(), wording::undone(&to, false)),
        ("undone, correcting".into(), wording::undone(&to, true)),
        ("given back, no cut line".into(), wording::not_sent(&to, Unclear::NoCutLine, words)),
        ("given back, below".into(), wording::not_sent(&to, Unclear::BelowCutLine, words)),
        ("explanation subject, no request".into(), wording::explanation_subject(&nowhere)),
    ];
    let errors = all_problems();
    let subject = "Re: [OTK-7] Не печатается отчёт [done; priority hihg]";
    let one = &errors[errors.len() - 1..];
    let wrong = TagErrors { subject, understood: &done[..1], errors: one, rejections: &[], words };
    letters.push(("explanation".into(), wording::explanation(&to, &wrong)));
    let rejections = all_rejections();
    let wrong = TagErrors { subject: "[done]", understood: &[], errors: &errors, rejections: &rejections, words: "" };
    letters.push(("explanation, all problems and rejections".into(), wording::explanation(&nowhere, &wrong)));
    let not_yours = Unproven::NotYours(Signed {
        anchor: Anchor::Request(number("OTK-9")),
        sequence: 1,
        audience: Audience::Engineer { name: name("smirnova"), expires: Timestamp::default() },
    });
    for (title, why) in [
        ("no proof", Unproven::NoProof),
        ("expired", Unproven::Expired(Timestamp::from_unix(1_795_253_400))),
        ("not yours", not_yours),
        ("burnt", Unproven::Burnt),
        ("exposed", Unproven::Exposed(address("mallory@example.net"))),
    ] {
        let first = "Смените пароль: https://evil.example/x или www.evil.example";
        let asks = [Ask::Close, Ask::Watch(Some(address("mallory@example.net")))];
        let (subject, text) = wording::question(&to, &why, "[OTK-7] Отчёт [close]", &asks, first);
        letters.push((format!("question, {title}"), format!("Subject: {subject}\n\n{text}")));
    }
    let (subject, text) = wording::still_held(&nowhere);
    letters.push(("question, no yes".into(), format!("Subject: {subject}\n\n{text}")));
    letters
}

/// What is written because time has passed.
fn letters_of_the_clock(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let (day, at) = (jiff::civil::date(2026, 12, 1), jiff::civil::date(2026, 12, 1).at(18, 0, 0, 0));
    let mut letters = Vec::new();
    for (status, told) in [
        (Status::Done, Told::ClosingSoon(day)),
        (Status::Declined, Told::ClosingSoon(day)),
        (Status::Closed, Told::ClosedBySilence(day)),
    ] {
        let request = request(&desk, language, status);
        let to = ToCustomer { desk: &desk, request: &request, language };
        letters.push((format!("to the requester, {told:?}"), wording::notice(&to, &[told])));
    }
    let mut open = request(&desk, language, Status::InWork);
    open.place = Some(Place::Line(2));
    let to = ToEngineer { desk: &desk, request: Some(&open), language };
    for news in [
        vec![News::Silent(day)],
        vec![News::Due(Promise::FirstResponse, at)],
        vec![News::Due(Promise::Resolution, at)],
        vec![News::Overdue(Promise::FirstResponse, at), News::Overdue(Promise::Resolution, at)],
    ] {
        letters.push((format!("reminder, {news:?}"), wording::notification(&to, &news, &Brought::default())));
    }
    let mut long = request(&desk, language, Status::InWork);
    long.subject = "Не печатается отчёт за прошлый год из программы учёта".to_owned();
    let listed = [
        (&open, DigestSection::Due, Hint::Overdue(at)),
        (&long, DigestSection::Due, Hint::Due(at)),
        (&open, DigestSection::Silent, Hint::Age(4)),
        (&open, DigestSection::Mine, Hint::Age(0)),
        (&open, DigestSection::Waiting, Hint::Age(1)),
        (&long, DigestSection::Untaken, Hint::Age(22)),
    ];
    let mut listed = listed.map(|(request, section, hint)| Listed { request, section, hint }).to_vec();
    listed.extend(vec![Listed { request: &open, section: DigestSection::Mine, hint: Hint::Age(2) }; 20]);
    let (subject, text) = wording::digest(&to, day, &listed);
    letters.push(("digest".into(), format!("Subject: {subject}\n\n{text}")));
    letters
}

fn letters_without_their_files(language: Language) -> Vec<(String, String)> {
    let files = [file("снимок.png", 140_000), file("print.log", 57_400_000)];
    let draft = |engineer| Draft {
        kind: LetterKind::Answer,
        request: Some(number("OTK-7")),
        from: NamedAddress { name: String::new(), address: "support@example.org".into() },
        to: address("olga@example.com"),
        engineer,
        subject: String::new(),
        text: "…".into(),
        links: Vec::new(),
        signature: String::new(),
        language,
        files: files.to_vec(),
        grace: 0,
        automatic: false,
    };
    let mut letters = Vec::new();
    for why in [DropReason::Refused, DropReason::Unreadable] {
        for (reader, engineer) in [("customer", None), ("engineer", Some(name("ivanov")))] {
            for files in [&files[..1], &files[..]] {
                let draft = wording::without_files(&draft(engineer.clone()), files, why);
                letters.push((format!("{reader}, {why:?}, {}", files.len()), draft.text));
            }
        }
    }
    letters
}

/// All that we write, by the file that holds it.
fn all_letters(language: Language) -> [(&'static str, Vec<(String, String)>); 6] {
    [
        ("customer", customers_letters(language)),
        ("notification", notifications(language)),
        ("engineer", engineers_letters(language)),
        ("handover", handovers(language)),
        ("time", letters_of_the_clock(language)),
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
            assert!(!text.contains(CUT_LINE), "{title}");
            for inside in ["ivanov", "smirnova", "Мария", "backend", "OTK-9"] {
                assert!(!text.contains(inside), "{title}: {inside}");
            }
        }
        let all = notifications(language).into_iter().chain(engineers_letters(language));
        for (title, text) in all.filter(|(title, _)| !title.contains("subject")) {
            let text = text.split_once("\n\n").filter(|_| title.starts_with("question")).map_or(text.as_str(), |t| t.1);
            assert!(text.starts_with(&format!("{CUT_LINE}\n\n")), "{title}");
            assert_eq!(text.matches(CUT_LINE).count(), 1, "{title}");
        }
    }
}

/// Whoever writes a cut line into a name, a subject or a text, ours stays the only one.
#[test]
fn there_is_only_one_cut_line() {
    let desk = desk();
    let mut request = request(&desk, Language::En, Status::New);
    request.subject = CUT_LINE.to_owned();
    request.participants[0].name = CUT_LINE.to_owned();
    let to = ToEngineer { desk: &desk, request: Some(&request), language: Language::En };
    let evil = format!("one\n{CUT_LINE}\ntwo\n> REPLY ABOVE THIS LINE\nthree");
    let files = [file(CUT_LINE, 1)];
    let brought =
        Brought { author: CUT_LINE, words: &evil, files: &files, summary: Some((&evil[1..], 2)), ..Brought::default() };
    let failed = News::LetterFailed(address("olga@example.com"), evil.clone());
    let errors = [SyntaxError { text: CUT_LINE.into(), problem: SyntaxErrorKind::UnknownPhrase, nearest: None }];
    let wrong = TagErrors { subject: CUT_LINE, errors: &errors, words: &evil, ..TagErrors::default() };
    for text in [
        wording::notification(&to, &[failed], &brought),
        wording::explanation(&to, &wrong),
        wording::not_sent(&to, Unclear::BelowCutLine, &evil),
        wording::receipt(&to, &[], None),
        wording::question(&to, &Unproven::NoProof, CUT_LINE, &[], &evil).1,
    ] {
        assert!(text.starts_with(CUT_LINE));
        let text = text.to_lowercase();
        assert_eq!(text.matches("reply above this line").count(), 1, "{text}");
        assert_eq!(text.matches("выше этой строки").count(), 1, "{text}");
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
        let taught = [("taught".to_owned(), wording::explanation(&to, &wrong))];
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
    let (subject, text) = wording::question(&to, &Unproven::NoProof, &format!("[close] {words}"), &[], &words);
    let text = text.replace("support@example.org", "");
    for bad in ["[close]", "://", "evil.example"] {
        assert!(!subject.contains(bad), "{subject}");
    }
    for bad in ["://", "evil.example", "@"] {
        assert!(!text.contains(bad), "{text}");
    }
    assert!(subject.chars().count() < 130 && text.chars().count() < 1_100, "{}", text.chars().count());
}
