//! All e-mail to engineers and teams.

use super::*;

pub(super) fn all_news() -> Vec<News> {
    vec![
        News::Opened,
        News::AcknowledgementWaits(jiff::civil::date(2026, 12, 1).at(18, 0, 0, 0)),
        News::NotAcknowledged,
        News::Flood(30),
        News::Alerts(10, AlertNews::Many),
        News::Alerts(11, AlertNews::Again),
        News::Alerts(12, AlertNews::Worse),
        News::Wrote,
        News::FromOutside,
        News::Confirmed,
        News::Disagreed,
        News::Withdrawn,
        News::Answered(name("smirnova")),
        News::Taken(name("smirnova")),
        News::Noted(name("smirnova")),
        News::NotedByColleague("Chief <chief@house.example>".into()),
        News::WithThirdParties(name("smirnova"), vec![address("sales@supplier.example")]),
        News::Assigned(None),
        News::Assigned(Some(name("smirnova"))),
        News::HandedOver { from: "Пётр Орлов".to_owned(), is_yours: true },
        News::HandedOver { from: "Пётр Орлов".to_owned(), is_yours: false },
        News::PassedOn(None),
        News::PassedOn(Some(name("smirnova"))),
        News::MovedFrom(number("TRV-3"), None),
        News::MovedFrom(number("TRV-3"), Some("Мария Смирнова".into())),
        News::FromTeam(name("vendor")),
        News::FromTeamUnproven(name("vendor")),
    ]
}

/// A failed letter for each reason, and complaints.
pub(super) fn failures() -> Vec<News> {
    let technical = || "mail.example.com: no answer in time".to_owned();
    let reasons = [
        FailureReason::Refused { step: "RCPT".into(), reply: "550 5.1.1 no such user".into() },
        FailureReason::Reported("550 5.1.1 no such user\r\nhere".into()),
        FailureReason::Returned,
        FailureReason::TooOld(technical()),
        FailureReason::Unconfirmed,
        FailureReason::TooLarge { size: 27_300_000, limit: 10_485_760 },
        FailureReason::International,
        FailureReason::Malformed("a line is longer than 998 bytes".into()),
        FailureReason::Rewritten(LetterId(7)),
    ];
    let failed = reasons.map(|why| News::LetterFailed(address("olga@example.com"), why));
    failed.into_iter().chain([News::Complained(address("olga@example.com")), News::Silenced]).collect()
}

/// A notification as it reads in plain text.
pub(super) fn notification(to: &ToEngineer<'_>, news: &[News], brought: &Brought<'_>) -> String {
    let (text, blocks) = wording::notification(to, news, brought, &[]);
    [text, blocks_in_plain(&blocks)].join("\n\n").trim_end().to_owned()
}

pub(super) fn notifications(language: Language) -> Vec<(String, String)> {
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
    letters.push(("opened".into(), notification(&to, &[News::Opened, News::Assigned(None)], &first)));
    let below = Brought {
        signature: say(
            language,
            "С уважением,\nОльга Петрова\nтел. 555-01-02",
            "Regards,\nOlga Petrova\nphone 555-01-02",
        ),
        earlier: say(
            language,
            "От: Борис\nОтправлено: 19 ноября 2026 г. 9:00\n\nНа кассе ошибка 136.",
            "From: Boris\nSent: Thursday, November 19, 2026 9:00 AM\n\nThe till says error 136.",
        ),
        ..first
    };
    letters.push(("opened, with more below".into(), notification(&to, &[News::Opened], &below)));
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
    letters.push(("wrote".into(), notification(&to, &[News::Wrote], &wrote)));
    let carried = [Ask::Note, Ask::Priority(Priority::High), Ask::PassOn(Place::Line(2))];
    full.place = Some(Place::Line(2));
    let to = ToEngineer { desk: &desk, request: Some(&full), language };
    let noted = Brought { author: "Мария Смирнова", executed: &carried, ..wrote };
    letters.push(("noted".into(), notification(&to, &[News::Noted(name("smirnova"))], &noted)));
    for status in [Status::InWork, Status::NeedInfo, Status::Planned, Status::Done, Status::Closed] {
        let request = request(&desk, language, status.clone());
        let to = ToEngineer { desk: &desk, request: Some(&request), language };
        letters.push((format!("tags of {status}"), notification(&to, &[News::Confirmed], &Brought::default())));
    }
    let to = ToEngineer { desk: &desk, request: Some(&full), language };
    letters.push(("all news".into(), notification(&to, &all_news(), &Brought::default())));
    letters.push(("failures".into(), notification(&to, &failures(), &Brought::default())));
    letters
}

pub(super) fn handovers(language: Language) -> Vec<(String, String)> {
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

pub(super) fn all_asks() -> Vec<Ask> {
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
        Ask::History,
        Ask::Split,
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

pub(super) fn all_problems() -> Vec<SyntaxError> {
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

pub(super) fn all_rejections() -> Vec<Rejection> {
    let done = || Ask::Status(Status::Done);
    vec![
        Rejection::NotForEngineers(Ask::Requester(RequesterAsk::Confirm)),
        Rejection::NotForEngineers(Ask::Requester(RequesterAsk::Disagree)),
        Rejection::NoRequest(done()),
        Rejection::Conflict(done(), Ask::Status(Status::InWork)),
        Rejection::NotNow(Ask::Reopen, Status::InWork),
        Rejection::NotNow(done(), Status::Closed),
        Rejection::NoWords(Ask::Status(Status::NeedInfo)),
        Rejection::NoSuchRequest(number("OTK-99")),
        Rejection::SameRequest(Ask::Duplicate(number("OTK-7"))),
        Rejection::OwnDuplicate(Ask::Duplicate(number("OTK-7"))),
        Rejection::NothingToSplit,
        Rejection::NothingToUndo,
        Rejection::ChangedSince,
        Rejection::MovedAway(number("TRV-3")),
        Rejection::MovedForGood(number("TRV-3")),
        Rejection::SameDesk(Ask::PassOn(Place::Desk(DeskKey::parse("OTK").unwrap()))),
        Rejection::NobodyWaits(Ask::Released(Version::parse("2.4.17").unwrap())),
        Rejection::NotYet(Ask::Away(None)),
        Rejection::PastDay(Ask::Away(Some(jiff::civil::date(2026, 11, 2)))),
        Rejection::ForeignSubject(done()),
        Rejection::Astray("[Done]".to_owned(), 3),
        Rejection::OtherRequest(number("OTK-99")),
        Rejection::OldButton(Ask::Take),
        Rejection::NotInList(Ask::Undo),
        Rejection::NotListed(number("OTK-99")),
        Rejection::ChangedAbove,
        Rejection::NoLines,
    ]
}

pub(super) fn engineers_letters(language: Language) -> Vec<(String, String)> {
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
        ("receipt, nobody's".into(), wording::whose_request(&to, &[], &[])),
        (
            "receipt, of one of several".into(),
            wording::whose_request(&to, &[Ask::Take], &[address("olga@example.com"), address("ivan@example.com")]),
        ),
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
        (
            "given back, no cut line".into(),
            wording::not_sent(&to, Unclear::NoCutLine, wording::yes_sends(&to, &[]), words),
        ),
        ("given back, encrypted".into(), wording::not_sent(&to, Unclear::Encrypted, None, words)),
        ("given back, below".into(), wording::not_sent(&to, Unclear::BelowCutLine, None, words)),
        ("given back, no clear answer".into(), wording::no_clear_answer(&to, "Ок, Петров уже ответил", Some(words))),
        ("given back, for whom".into(), wording::no_clear_answer(&to, "Ок", None)),
        ("given back, repeated".into(), wording::not_sent_again(&to, words)),
        ("explanation subject, no request".into(), wording::explanation_subject(&nowhere)),
    ];
    let errors = all_problems();
    let subject = "Re: [OTK-7] Не печатается отчёт [done; priority hihg]";
    let one = &errors[errors.len() - 1..];
    let wrong = TagErrors { subject, understood: &done[..1], errors: one, rejections: &[], words };
    letters.push(("explanation".into(), wording::explanation(&to, &wrong, wording::yes_sends(&to, &done[..1]))));
    let rejections = all_rejections();
    let wrong = TagErrors { subject: "[done]", understood: &[], errors: &errors, rejections: &rejections, words: "" };
    letters.push(("explanation, all problems and rejections".into(), wording::explanation(&nowhere, &wrong, None)));
    let not_yours = Unproven::NotYours(Anchor::Request(number("OTK-9")));
    for (title, why) in [
        ("no proof", Unproven::NoProof),
        ("expired", Unproven::Expired(Timestamp::from_unix(1_795_253_400))),
        ("not yours", not_yours),
        ("burnt", Unproven::Burnt),
        ("exposed", Unproven::Exposed(address("mallory@example.net"))),
    ] {
        let first = "Смените пароль: https://evil.example/x или www.evil.example";
        let asks = [Ask::Close, Ask::Watch(Some(address("mallory@example.net")))];
        let message = UnprovenMessage { why: &why, subject: "[OTK-7] Отчёт [close]", asks: &asks, words: first };
        let goes = wording::where_it_goes(&to, Some(&request).filter(|_| title != "no proof"), title == "burnt");
        let (subject, text) = wording::question(&to, &message, &goes, title == "burnt");
        letters.push((format!("question, {title}"), format!("Subject: {subject}\n\n{text}")));
    }
    let at = jiff::civil::date(2026, 11, 20).at(14, 32, 0, 0);
    let answer = (&name("smirnova"), at, "Перезагрузите, пожалуйста.");
    let (number, person) = (RequestNumber::parse("OTK-9").unwrap(), address("pavel@factory.example"));
    let others = [(&number, &person)];
    let words = "Отчёт исправлен.";
    for (title, (subject, text)) in [
        ("own name", wording::in_own_name(&nowhere, "Отчёт [close]", "Пусто.", Some("<all.example.org>"))),
        ("no yes", wording::still_held(&nowhere)),
        ("for whom", wording::for_requester_question(&to, &request, words)),
        ("answered meanwhile", wording::send_anyway_question(&to, &request, Some(answer), &[], words)),
        ("to others, too", wording::send_anyway_question(&to, &request, None, &others, words)),
    ] {
        letters.push((format!("question, {title}"), format!("Subject: {subject}\n\n{text}")));
    }
    let taken = wording::taken_meanwhile(&to, &name("smirnova"), at);
    letters.push(("receipt, taken meanwhile".into(), wording::receipt_with_details(&to, &[], None, &[taken])));
    let left_out = wording::left_out(to.language, "Мария Смирнова\nинженер");
    letters.push((
        "receipt, only a signature".into(),
        wording::receipt_with_details(&to, &[Ask::Take], None, &[left_out]),
    ));
    let readers = ["Мария Смирнова".to_owned(), "sales@supplier.example".to_owned()];
    let told = ["Иван Иванов".to_owned()];
    let third_parties = vec![address("sales@supplier.example")];
    for (title, why) in [
        ("by a tag", Kept::Tagged(Some(5))),
        ("by a tag in the subject", Kept::Tagged(None)),
        ("to colleagues", Kept::ToColleagues),
        ("answers a note", Kept::AnswersNote),
        ("with third parties", Kept::WithThirdParties(third_parties)),
    ] {
        letters.push((format!("kept, {title}"), {
            let kept = wording::kept(language, &request, &why, &readers, &told);
            wording::receipt_with_details(&to, &[], None, &[kept])
        }));
    }
    letters
}

/// What is written because time has passed.
pub(super) fn letters_of_the_clock(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let (day, at) = (jiff::civil::date(2026, 12, 1), jiff::civil::date(2026, 12, 1).at(18, 0, 0, 0));
    let mut letters = Vec::new();
    for (status, told) in [
        (Status::Done, Told::ClosingSoon(day)),
        (Status::Declined, Told::ClosingSoon(day)),
        (Status::Closed, Told::ClosedBySilence(day)),
    ] {
        let request = request(&desk, language, status);
        let to = ToCustomer { language, ..ToCustomer::about(&desk, &request) };
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
        letters.push((format!("reminder, {news:?}"), notification(&to, &news, &Brought::default())));
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
    let about = |id, number| UnsentMessage {
        id: ReceivedId(id),
        at: Timestamp::from_unix(1_795_253_400),
        letter: None,
        due_at: None,
        subject: "Не печатается отчёт [close]".into(),
        request: number,
    };
    let unsent = [about(1, Some(number("OTK-7"))), about(2, None)];
    let (subject, text) = wording::not_sent_list(&to, &[&unsent[0], &unsent[1]]);
    letters.push(("not sent, list".into(), format!("Subject: {subject}\n\n{text}")));
    let question = wording::no_clear_answer(&to, "Ок", None);
    letters.push(("asked again".into(), wording::asked_again(language, &question, at)));
    let taken = [maildesk::model::TakenRequest {
        number: number("OTK-9"),
        subject: "Касса [3]".to_owned(),
        by: name("smirnova"),
        is_answered: true,
        at: Timestamp::from_unix(0),
    }];
    let (subject, text, blocks) = wording::digest(&to, day, &listed, &unsent, &taken, &|_| Vec::new());
    letters.push(("digest".into(), format!("Subject: {subject}\n\n{text}\n\n{}", blocks_in_plain(&blocks))));
    let not_listed = wording::rejection(language, &desk, &Rejection::NotListed(number("OTK-99")));
    let carried = [
        Carried::Done(Box::new(open.clone()), vec![Ask::Take, Ask::Priority(Priority::High)]),
        Carried::Refused(number("OTK-99"), vec![not_listed]),
    ];
    let (subject, text) = wording::digest_receipt(&to, &carried, Some(60), true);
    letters.push(("answer to a digest".into(), format!("Subject: {subject}\n\n{text}")));
    letters
}
