//! The grammar of tags (crate doc of `mail::subject::tags`): subjects and what each of their brackets is to us.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it tags` writes the answers of `fixtures/tags.tsv` anew; what changed is then to be read
//! in the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use maildesk::mail::subject::tags::{asks_typed, first_line_tags, neutralise, read};
use maildesk::model::{Answer, Ask, Bracket, DeskKey, Named, ShortName, Status, SyntaxError, Vocabulary};
use proptest::prelude::*;

/// The words of a desk with engineers, lines, teams and statuses.
fn vocabulary() -> Vocabulary {
    let name = |name: &str| ShortName::parse(name).expect("a test name");
    let named = |(thing, words): (&str, &[&str])| Named {
        thing: name(thing),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    let own = |(thing, words)| {
        let Named { thing, words } = named((thing, words));
        Named { thing: Status::Own(thing), words }
    };
    Vocabulary {
        desks: ["OTK", "TRV"].map(|key| DeskKey::parse(key).expect("a test key")).to_vec(),
        statuses: vec![
            own(("vendor", &["у поставщика", "at vendor"])),
            own(("testing", &["на проверке", "in testing"])),
            Named { thing: Status::Done, words: vec!["отгружено".to_owned()] },
        ],
        engineers: vec![named(("ivanov", &["иванов", "иванову"])), named(("petrova", &["Петрова"]))],
        teams: vec![named(("backend", &["бэкенд"])), named(("mobile", &["мобильная разработка"]))],
        lines: vec![1, 2, 3],
        is_complete: true,
    }
}

/// An answer in one line.
fn shown(answer: &Answer) -> String {
    let list = |asks: &[Ask]| asks.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    match answer {
        Answer::NotMine => "text".to_owned(),
        Answer::Asks(asks) => format!("asks {}", list(asks)),
        Answer::Reference(number, None) => number.to_string(),
        Answer::Reference(number, Some(keyed)) => format!("{number} {} key {}", keyed.ask, keyed.key.expose()),
        Answer::SyntaxError { asks, errors } => {
            let syntax_error = |SyntaxError { text, problem, nearest }: &SyntaxError| match nearest {
                None => format!("«{text}» {problem:?}"),
                Some(nearest) => format!("«{text}» {problem:?} → «{nearest}»"),
            };
            let line = format!("wrong {}", errors.iter().map(syntax_error).collect::<Vec<_>>().join(" "));
            if asks.is_empty() { line } else { format!("{line} beside {}", list(asks)) }
        }
    }
}

fn all_shown(brackets: &[Bracket]) -> String {
    brackets.iter().map(|bracket| shown(&bracket.answer)).collect::<Vec<_>>().join(" | ")
}

/// `\u{200b}` in a fixture is that character: what nobody sees should be seen in the table.
fn unescaped(subject: &str) -> String {
    let mut parts = subject.split("\\u{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').expect("a closing brace");
        let code = u32::from_str_radix(code, 16).expect("a hexadecimal number");
        text.push(char::from_u32(code).expect("a character"));
        text.push_str(rest);
    }
    text
}

#[test]
fn every_subject_reads_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tags.tsv");
    let table = fs::read_to_string(&path).unwrap();
    let vocabulary = vocabulary();
    let mut rows = 0;
    let mut now = String::new();
    for line in table.lines() {
        if line.starts_with('#') {
            writeln!(now, "{line}").unwrap();
            continue;
        }
        let subject = line.split('\t').next().unwrap();
        writeln!(now, "{subject}\t{}", all_shown(&read(&unescaped(subject), &vocabulary))).unwrap();
        rows += 1;
    }
    assert!(rows >= 200, "{rows} rows");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, now).unwrap();
        return;
    }
    let wrong: Vec<String> = table
        .lines()
        .zip(now.lines())
        .filter(|(golden, read)| golden != read)
        .map(|(golden, read)| format!("{golden}\n  reads {read}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_only_engineers_may_ask_is_text_in_a_requesters_subject() {
    for (subject, answers) in [
        ("[close] help", "text"),
        ("[Release 2.4.17] падает", "text"),
        ("[for victim@example.com] please", "text"),
        ("[план] не открывается", "text"),
        ("[dnoe]", "text"),
        ("[priority hihg]", "text"),
        ("[confirm; close]", "text"),
        ("[confirm]", "asks confirm"),
        ("[не решено]", "asks disagree"),
        ("[kind incident]", "asks kind incident"),
        ("[OTK-1042] [done]", "OTK-1042 | text"),
        ("[OTK-1042 confirm forged]", "OTK-1042 confirm key forged"),
    ] {
        let mut brackets = read(subject, &vocabulary());
        for bracket in &mut brackets {
            bracket.answer = bracket.answer.clone().from_requester();
        }
        assert_eq!(all_shown(&brackets), answers, "{subject}");
    }
}

#[test]
fn only_what_was_typed_counts() {
    for (incoming, answered, answers) in [
        ("Re: [OTK-1042] Printer [done]", "[OTK-1042] Printer", "asks done"),
        ("Re: [OTK-1042] Printer", "[OTK-1042] Printer", ""),
        ("[OTK-1042] Printer", "", "OTK-1042"),
        ("[done]", "", "asks done"),
        ("", "[done]", ""),
        ("Re: [close] help", "[close] help", ""),
        ("Re: [CLOSE] help", "[close] help", ""),
        ("Re: [ close ] help", "[close] help", ""),
        ("Re: [сlоse] help", "[close] help", ""),
        ("Re: [close] help", "［close］ help", ""),
        ("Re: [close] help", "[cl\u{200b}ose] help", ""),
        ("Re: [close] help [close]", "[close] help", "asks close"),
        ("Re: [close] [close] help", "[close] [close] help", ""),
        ("Re: [close] [close] [close] help", "[close] [close] help", "asks close"),
        ("Re: (close) help", "(close) help", ""),
        ("Re: (close) help [close]", "(close) help", "asks close"),
        ("[done] Re: [close] help", "[close] help", "asks done"),
        ("Re: [for victim@example.com] x [note]", "[for victim@example.com] x", "asks note"),
        ("Re: [план] не открывается [в план]", "[план] не открывается", "asks plan"),
        ("Re: [Release 2.4.17] падает", "[Release 2.4.17] падает", ""),
        ("Re: [Release 2.4.17] падает [release 2.4.18]", "[Release 2.4.17] падает", "asks release 2.4.18"),
        ("[EXTERNAL] Re: [OTK-1042] x [done]", "[OTK-1042] x", "text | asks done"),
        ("[EXTERNAL] Re: [EXTERNAL] x [done]", "[EXTERNAL] x", "text | asks done"),
        ("Re: [dnoe] x [done]", "[dnoe] x", "asks done"),
        ("Re: x [dnoe]", "x", "wrong «dnoe» Misspelt → «done»"),
        ("Re: x [done; priority high]", "x [done]", "asks done; priority high"),
        ("Re: x [готово] [done]", "x [готово]", "asks done"),
        ("Re: x [priority: high]", "x [priority high]", "asks priority high"),
        ("Re: x [отклонён]", "x [отклонен]", ""),
        ("Re: x [done", "x [done", ""),
        ("Re: x [done]", "x [done", ""),
        ("Re: [list] [list] x [take]", "[list] x", "text | asks take"),
        ("AW: [OTK-1042] x [TRV-1] [done]", "[OTK-1042] x", "TRV-1 | asks done"),
        ("Re: x [@ivanov]", "x [@petrova]", "asks assign ivanov"),
    ] {
        let typed = asks_typed(incoming, answered, &vocabulary());
        assert_eq!(all_shown(&typed), answers, "{incoming} answers {answered}");
    }
}

#[test]
fn brackets_from_outside_become_round() {
    for (subject, neutral) in [
        ("[close] не работает", "(close) не работает"),
        ("[OTK-1042] x", "(OTK-1042) x"),
        ("［done］ 【done】 〔done〕", "(done) (done) (done)"),
        ("[[done]", "((done)"),
        ("no brackets ⑴ (round) {curly}", "no brackets ⑴ (round) {curly}"),
        ("", ""),
    ] {
        assert_eq!(neutralise(subject), neutral);
    }
}

#[test]
fn tags_alone_on_the_first_line_count() {
    for (text, answers) in [
        ("[done]", "asks done"),
        ("[done]\r\n\r\nIt prints again.", "asks done"),
        ("\n \u{feff}\n [done] [note] \nmore", "asks done | asks note"),
        ("[Готово; приоритет высокий]\nтекст", "asks done; priority high"),
        ("[dnoe]\ntext", "wrong «dnoe» Misspelt → «done»"),
        ("[см. ниже]\ntext", "text"),
        ("[done] thanks", ""),
        ("done [done]", ""),
        ("[done], [note]", ""),
        ("Hello,\n[done]", ""),
        ("> [done]", ""),
        ("> > [done]\nI did not.", ""),
        ("| [done]", ""),
        ("», [done]", ""),
        ("done", ""),
        ("", ""),
        ("\n\n", ""),
    ] {
        let tags: Vec<Bracket> = first_line_tags(text, &vocabulary()).into_iter().map(|tag| tag.bracket).collect();
        assert_eq!(all_shown(&tags), answers, "{text:?}");
    }
}

#[test]
fn an_ask_reads_as_it_is_written() {
    let table = include_str!("../../fixtures/tags.tsv");
    let vocabulary = vocabulary();
    let mut seen = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        for bracket in read(line.split('\t').next().unwrap(), &vocabulary) {
            let Answer::Asks(asks) = bracket.answer else { continue };
            for ask in asks {
                let written = format!("[{ask}]");
                let read: Vec<Answer> = read(&written, &vocabulary).into_iter().map(|b| b.answer).collect();
                assert_eq!(read, [Answer::Asks(vec![ask.clone()])], "{written}");
                seen.push(std::mem::discriminant(&ask));
            }
        }
    }
    seen.sort_by_key(|kind| format!("{kind:?}"));
    seen.dedup();
    assert_eq!(seen.len(), 27, "every ask stands in the table");
}

#[test]
fn without_names_in_the_configuration_any_well_formed_name_is_one() {
    let vocabulary = Vocabulary { desks: vec![DeskKey::parse("OTK").unwrap()], ..Vocabulary::default() };
    for (subject, answers) in [
        ("[assign ivanov]", "asks assign ivanov"),
        ("[@Иванов]", "asks assign иванов"),
        ("[to backend]", "asks team backend"),
        ("[line 9]", "asks line 9"),
        ("[line 10]", "wrong «line 10» NoLine"),
        ("[assign a b]", "wrong «assign a b» NoEngineer"),
        ("[desk TRV]", "wrong «desk TRV» NoDesk"),
        ("[TRV-7]", "text"),
    ] {
        assert_eq!(all_shown(&read(subject, &vocabulary)), answers, "{subject}");
    }
}

#[test]
fn overlong_brackets_and_the_brackets_of_floods_are_text() {
    let vocabulary = vocabulary();
    let answers = |subject: &str| all_shown(&read(subject, &vocabulary));
    assert_eq!(answers(&format!("[{}done]", " ".repeat(240))), "asks done");
    assert_eq!(answers(&format!("[{}done]", " ".repeat(300))), "text");
    assert_eq!(answers(&format!("[{}] [done]", "x".repeat(100_000))), "text | asks done");
    assert_eq!(answers(&format!("{} [done]", "слово ".repeat(50_000))), "asks done");
    let flood = read(&"[dnoe]".repeat(100_000), &vocabulary);
    assert_eq!(flood.len(), 100_000);
    assert_eq!(flood.iter().filter(|bracket| bracket.answer != Answer::NotMine).count(), 50);
    assert_eq!(read(&"[".repeat(100_000), &vocabulary).len(), 1);
    assert_eq!(first_line_tags(&"[done]".repeat(1_000), &vocabulary), []);
}

/// Text in which chance finds brackets, phrases and values.
fn subject_like() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        prop::sample::select(vec![
            "[",
            "]",
            "［",
            "】",
            ";",
            "=",
            ":",
            " ",
            "@",
            "-",
            "OTK-1",
            "ОТК-7",
            "done",
            "готово",
            "need info",
            "assign",
            "ivanov",
            "priority",
            "высокий",
            "release",
            "2.4.17",
            "2026-12-01",
            "for",
            "a@b.example",
            "confirm",
            "KEY",
            "вщту",
            "pfrhsnm",
            "\u{200b}",
            "\u{308}",
            "ß",
            "ﬁ",
            "İ",
            "линия",
            "2-я",
            "не",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn brackets_are_parts_of_the_subject_in_their_order(subject in subject_like()) {
        let mut end = 0;
        for bracket in read(&subject, &vocabulary()) {
            prop_assert!(bracket.at.start >= end);
            prop_assert_eq!(&subject[bracket.at.clone()], &bracket.text);
            end = bracket.at.end;
            if let Answer::SyntaxError { errors, .. } = &bracket.answer {
                prop_assert!(!errors.is_empty());
            }
        }
    }

    #[test]
    fn nothing_is_asked_by_a_neutralised_subject(subject in subject_like()) {
        let neutral = neutralise(&subject);
        prop_assert_eq!(read(&neutral, &vocabulary()), []);
        prop_assert_eq!(neutral.chars().count(), subject.chars().count());
    }

    #[test]
    fn an_answer_without_typing_asks_nothing(subject in subject_like()) {
        prop_assert_eq!(asks_typed(&format!("Re: {subject}"), &subject, &vocabulary()), []);
        let neutral = neutralise(&subject);
        prop_assert_eq!(asks_typed(&format!("Re: {neutral}"), &neutral, &vocabulary()), []);
    }

    #[test]
    fn any_text_has_a_first_line(text in subject_like()) {
        for tag in first_line_tags(&text, &vocabulary()) {
            prop_assert!(text.contains(&tag.bracket.text));
        }
    }
}
