//! All e-mail to customers, and what stands in the place of files.

use maildesk::desk::wording::Registered;
use maildesk::model::Attachment;

use super::*;

pub(super) fn customers_letters(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let of = |status: Status| request(&desk, language, status);
    let mut letters = Vec::new();
    let words = say(
        language,
        "Ольга, добрый день!\n\nМы поправили шаблон отчёта, попробуйте напечатать ещё раз.\n\nИван",
        "Dear Olga,\n\nwe have mended the template of the report, please print it again.\n\nIvan",
    );
    let url =
        |ask: RequesterAsk, body: &str| format!("mailto:support@example.org?subject=[OTK-7 {ask} KEY]&body={body}");
    let show = |request: &Request, text: String| {
        let to = ToCustomer { language, ..ToCustomer::about(&desk, request) };
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
        let to = ToCustomer { language, ..ToCustomer::about(&desk, &request) };
        let told = [Told::Stands(status.clone())];
        letters.push((format!("answer, {status}"), show(&request, wording::answer(&to, words, &told))));
        letters.push((format!("notice, {status}"), show(&request, wording::notice(&to, &told))));
    }
    let mut planned = of(Status::Planned);
    for date in [None, Some(jiff::civil::date(2026, 12, 1))] {
        planned.release = Some(Release { version: Version::parse("2.4.17").unwrap(), date });
        let to = ToCustomer { language, ..ToCustomer::about(&desk, &planned) };
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
        ("link used elsewhere", &done, vec![Told::LinkUsed]),
        ("released", &done, vec![Told::Released(version())]),
        (
            "another day",
            &open,
            vec![Told::Rescheduled(Release { version: version(), date: Some(jiff::civil::date(2026, 12, 20)) })],
        ),
        ("no day any more", &open, vec![Told::Rescheduled(Release { version: version(), date: None })]),
        ("nothing told", &open, vec![]),
    ] {
        let to = ToCustomer { language, ..ToCustomer::about(&desk, request) };
        letters.push((format!("notice, {title}"), show(request, wording::notice(&to, &told))));
    }
    let to = ToCustomer { language, ..ToCustomer::about(&desk, &open) };
    letters.push(("answer, nothing told".into(), show(&open, wording::answer(&to, words, &[]))));
    letters.push(("copy".into(), wording::copy(&to, "Ольга Петрова", words)));
    let mut strict = desk.clone();
    strict.after_close = AfterClose::OpenNew;
    let closed = of(Status::Closed);
    let to = ToCustomer { language, ..ToCustomer::about(&strict, &closed) };
    letters.push(("notice, closed for good".into(), wording::notice(&to, &[Told::Stands(Status::Closed)])));
    letters.push(("subject".into(), wording::letter_subject(language, &open.number, Some(&open.subject))));
    let all = [Needed::Description, Needed::Screenshot, Needed::Environment, Needed::Period, Needed::Logs];
    for (title, missing, is_without_contract) in [
        ("acknowledgement", &[][..], false),
        ("acknowledgement, one thing missing", &[Needed::Logs], false),
        ("acknowledgement, all missing, no contract", &all, true),
    ] {
        let new = Registered::new(&open.number);
        let said = wording::acknowledgement(&desk, language, &new);
        letters.push((title.into(), wording::with_missing_information(language, said, missing, is_without_contract)));
    }
    let files = [attached("снимок.png", 140_000), attached("print [done].log", 57_400_000)];
    let promise = Some(jiff::civil::date(2026, 12, 1).at(12, 0, 0, 0));
    for (title, is_known) in [("stranger", false), ("known customer", true)] {
        let new = Registered { attachments: &files, is_known, promise, ..Registered::new(&open.number) };
        let title = format!("acknowledgement to a {title}, with files and a promise");
        letters.push((title, wording::acknowledgement(&desk, language, &new)));
    }
    let signing = ivanov_for_customers();
    let to = ToCustomer { by: Some(&signing), ..to };
    letters.push(("sender's name".into(), wording::customers_sender(&desk, language, to.by)));
    letters.push(("answer, signed".into(), wording::answer(&to, "Готово.", &[])));
    let done = of(Status::Done);
    let closes_on = Some(jiff::civil::date(2026, 12, 4));
    let to = ToCustomer { language, closes_on, ..ToCustomer::about(&desk, &done) };
    letters.push(("notice, done until silence closes it".into(), wording::notice(&to, &[Told::Stands(Status::Done)])));
    letters.push(("subject, unquoted".into(), wording::letter_subject(language, &open.number, None)));
    letters
}

fn attached(filename: &str, size: u64) -> Attachment {
    Attachment {
        part: 1,
        filename: filename.to_owned(),
        content_type: "application/octet-stream".to_owned(),
        size,
        sha256: Digest::of(b""),
        inline: false,
        is_torn: false,
        is_typed: None,
        content_id: None,
        facts: None,
        verdict: None,
    }
}

/// An engineer whom customers know by name.
fn ivanov_for_customers() -> Engineer {
    let mut engineer = desk().engineers.remove(0);
    engineer.public.name = "Ivan Ivanov".to_owned();
    engineer.public.signature_ru = "Иван Иванов, инженер".to_owned();
    engineer.public.signature_en = "Ivan Ivanov, engineer".to_owned();
    engineer
}

pub(super) fn letters_without_their_files(language: Language) -> Vec<(String, String)> {
    let files = [file("снимок.png", 140_000), file("print.log", 57_400_000)];
    let draft = |engineer| Draft {
        preheader: String::new(),
        blocks: Vec::new(),
        history: None,
        kind: LetterKind::Answer,
        request: Some(number("OTK-7")),
        from: NamedAddress { name: String::new(), address: "support@example.org".into() },
        to: address("olga@example.com"),
        engineer,
        subject: String::new(),
        text: "…".into(),
        formed: Vec::new(),
        links: Vec::new(),
        signature: String::new(),
        language,
        files: files.to_vec(),
        grace: 0,
        automatic: false,
        asks_about: None,
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
