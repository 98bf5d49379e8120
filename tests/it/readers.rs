//! Whom an engineer's words reach: by To and Cc, by what they answer, and by tags.

use crate::support::{
    IVANOV, Message, NO_CAPS, OLGA, PETROVA, SMIRNOV, SentLetter, TWO_STAFFED_DESKS, TestDesk, VENDOR, recipients,
    text_to, to,
};

const BOSS: &str = "boss@house.example";
const SUPPLIER: &str = "sales@supplier.example";
const VOUCHED: &str =
    "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org; dkim=pass header.d=example.org";

/// Desk OTK of Ivanov and, on line 2, Petrova, whose server vouches for its senders; people at house.example are colleagues.
fn desk() -> TestDesk {
    let support = "maildir = \"support\"";
    TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
        .replacing("\n[desk.OTK.line.1]", "house = [\"house.example\"]\n\n[desk.OTK.line.1]")
        .replacing(support, &format!("{support}\nauthserv_id = \"mx.example.org\""))
        .open()
}

/// A proven message of an engineer, to these people, about OTK-1.
fn written(desk: &mut TestDesk, from: &str, to: &str, cc: &str, add: &str, words: &str) -> Message {
    let subject = format!("[OTK-1] Не печатается отчёт {add}");
    let mut message = desk.message(from, subject.trim(), words).header(VOUCHED);
    for (field, people) in [("To", to), ("Cc", cc)] {
        if !people.is_empty() {
            message = message.header(&format!("{field}: {people}"));
        }
    }
    message
}

fn outcome(desk: &TestDesk, letters: &[SentLetter]) -> &'static str {
    let entry = desk.reader().view().entries(&desk.numbers()[0]).unwrap().pop().unwrap();
    let kinds: Vec<String> = letters.iter().map(|letter| desk.kind_of(letter)).collect();
    let is_sent = letters.iter().any(|letter| letter.rcpt == OLGA && letter.read().text.contains("Клиент"));
    match desk.last_disposition().0.as_str() {
        "held" if kinds == ["question"] => "asked",
        "appended" if is_sent && entry.visibility == maildesk::model::Visibility::Correspondence => "sent",
        "appended" if entry.visibility == maildesk::model::Visibility::Correspondence => "filed",
        "appended" if kinds.contains(&"receipt".to_owned()) && !is_sent => "internal",
        _ => "something else",
    }
}

#[test]
fn to_and_cc_say_whom_an_engineers_words_reach() {
    const DESK: &str = "support@example.org";
    let cyrillic = "Босс <boss@HOUSE.example>";
    let rows = [
        (DESK, "", "", "sent"),
        (DESK, PETROVA, "", "sent"),
        (DESK, BOSS, "", "sent"),
        (DESK, SUPPLIER, "", "sent"),
        (OLGA, DESK, "", "filed"),
        ("Ольга <OLGA@Client.Example>", DESK, "", "filed"),
        (DESK, OLGA, "", "filed"),
        (PETROVA, &format!("{DESK}, {OLGA}"), "", "filed"),
        (PETROVA, DESK, "", "internal"),
        (SMIRNOV, DESK, "", "internal"),
        (cyrillic, DESK, "", "internal"),
        (PETROVA, &format!("{BOSS}, {DESK}"), "", "internal"),
        (SUPPLIER, DESK, "", "internal"),
        (VENDOR, DESK, "", "internal"),
        (PETROVA, &format!("{DESK}, {SUPPLIER}"), "", "internal"),
        (SUPPLIER, &format!("{DESK}, {PETROVA}"), "", "internal"),
        (SUPPLIER, "", "", "internal"),
        (&format!("{DESK}, {PETROVA}"), "", "", "asked"),
        (&format!("{SUPPLIER}, {DESK}"), "", "", "asked"),
        (PETROVA, DESK, "[send]", "sent"),
        (SUPPLIER, DESK, "[send]", "sent"),
        (&format!("{DESK}, {PETROVA}"), "", "[send]", "sent"),
        (DESK, PETROVA, "[note]", "internal"),
        (&format!("{DESK}, {PETROVA}"), "", "[note]", "internal"),
        (PETROVA, DESK, "[done]", "asked"),
        (SUPPLIER, DESK, "[need info]", "asked"),
        (PETROVA, DESK, "[in work]", "internal"),
        (PETROVA, DESK, "[priority high]", "internal"),
    ];
    let mut wrong = Vec::new();
    for (to, cc, add, expected) in rows {
        let mut desk = desk();
        desk.olga_asks();
        let message = written(&mut desk, IVANOV, to, cc, add, "Клиент не прав, посмотрите?");
        let letters = desk.send(&message);
        let outcome = outcome(&desk, &letters);
        if outcome != expected {
            wrong.push(format!("To: {to} Cc: {cc} {add}: {outcome}, not {expected} {:?}", desk.last_disposition()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mail_to_a_colleague_is_a_note_whose_receipt_names_its_readers() {
    let mut desk = desk();
    let (_, notification) = desk.olga_asks();
    let answer = Message::reply("a1@example.org", IVANOV, &notification, "", "Клиент не прав, посмотрите?");
    let raw = String::from_utf8(answer.raw()).unwrap();
    let to_desk = raw.lines().find(|line| line.starts_with("To: ")).unwrap().to_owned();
    // An answer to our notification, sent on to a colleague with the desk in copy.
    let raw = raw.replace(&to_desk, &format!("To: {PETROVA}\r\nCc: support@example.org"));
    let letters = desk.send_raw(raw.as_bytes());
    assert_eq!(recipients(&letters), [IVANOV]);
    let receipt = text_to(&letters, IVANOV);
    for part in ["Оставлено для коллег, заявителю (Ольга) не отправлено", "Анна Петрова"]
    {
        assert!(receipt.contains(part), "{part} in\n{receipt}");
    }
    assert_eq!(desk.stands("OTK-1"), "new, nobody");
}

#[test]
fn what_goes_to_third_parties_stays_inside_and_so_do_their_answers() {
    let mut desk = desk();
    let (_, notification) = desk.olga_asks();
    let asked = written(&mut desk, IVANOV, SUPPLIER, "support@example.org", "", "Когда будет новый барабан?");
    let letters = desk.send(&asked);
    assert_eq!(recipients(&letters), [IVANOV]);
    let receipt = text_to(&letters, IVANOV);
    assert!(receipt.contains("третьими лицами") && receipt.contains(SUPPLIER), "{receipt}");

    // The supplier answers to all; nobody writes to them, and no second request is opened.
    let id = desk.written_id(&asked);
    let back = desk.message(SUPPLIER, "Re: [OTK-1] Не печатается отчёт", "Барабан будет во вторник.").answering(&id);
    let letters = desk.send(&back);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(text_to(&letters, IVANOV).contains("Барабан будет во вторник."));
    assert_eq!(desk.numbers().len(), 1);

    // Nothing of it goes to the customer or to a team, and `show` says whom it went to.
    let done = desk.reply(IVANOV, &notification, "[done]", "Заменим во вторник.");
    let answered = text_to(&desk.send(&done), OLGA);
    let handed = desk.reply(IVANOV, &notification, "[to vendor]", "Посмотрите, пожалуйста.");
    let handover = text_to(&desk.send(&handed), VENDOR);
    for text in [answered, handover] {
        assert!(!text.contains("барабан") && !text.contains(SUPPLIER) && !text.contains("Барабан"), "{text}");
    }
    let shown = desk.text(&["show", "OTK-1"]);
    assert!(shown.contains(&format!("third parties added, internal: {SUPPLIER}")), "{shown}");
}

#[test]
fn an_answer_to_a_note_is_a_note() {
    let mut desk = desk();
    let (_, notification) = desk.olga_asks();
    let watch = desk.reply(IVANOV, &notification, "[watch petrova@example.org]", "");
    desk.send(&watch);
    let note = desk.reply(IVANOV, &notification, "[note]", "Клиент не прав.");
    let told = to(&desk.send(&note), PETROVA);
    // An answer to what told of the opening message goes to the customer.
    let sent = desk.reply(IVANOV, &notification, "", "Клиент, мы смотрим.");
    assert!(text_to(&desk.send(&sent), OLGA).contains("мы смотрим"));
    assert!(told.read().text.contains("put [send] on the first line") || told.read().text.contains("[отправить]"));

    let answer = desk.reply(PETROVA, &told, "", "Согласна, Клиент не прав.");
    let letters = desk.send(&answer);
    assert_eq!(recipients(&letters), [IVANOV, PETROVA]);
    assert!(text_to(&letters, PETROVA).contains("это ответ на заметку"), "{}", text_to(&letters, PETROVA));

    // A tag that tells the customer something is asked about, and a yes sends it.
    let done = desk.reply(PETROVA, &told, "[done]", "Клиент, перезагрузите компьютер.");
    let letters = desk.send(&done);
    assert_eq!(recipients(&letters), [PETROVA]);
    assert_eq!(desk.status("OTK-1"), "in_work");
    assert!(text_to(&letters, PETROVA).contains("Ольга"));
    let yes = desk.reply(PETROVA, &letters[0], "", "да");
    let letters = desk.send(&yes);
    desk.pass();
    let all: Vec<SentLetter> = letters;
    assert!(text_to(&all, OLGA).contains("перезагрузите"), "{:?}", recipients(&all));
    assert_eq!(desk.status("OTK-1"), "done");

    // So is [send].
    let sent = desk.reply(PETROVA, &told, "", "[send]\nКлиент, что Вы видите?");
    let letters = desk.send(&sent);
    assert_eq!(recipients(&letters), [PETROVA]);
}

#[test]
fn a_colleagues_answer_to_the_note_itself_is_a_note() {
    let mut desk = desk();
    desk.olga_asks();
    let note = written(&mut desk, IVANOV, PETROVA, "support@example.org", "", "Клиент не прав?");
    desk.send(&note);
    let id = desk.written_id(&note);
    let answer = written(&mut desk, PETROVA, "support@example.org", IVANOV, "", "Клиент прав.").answering(&id);
    let letters = desk.send(&answer);
    assert!(!recipients(&letters).contains(&OLGA), "{:?}", recipients(&letters));
    assert_eq!(outcome(&desk, &letters), "internal");
}

/// Desk OTK, both of whose engineers are told of new requests.
fn crowded() -> TestDesk {
    let line = "[desk.OTK.line.1]\nmembers = [\"ivanov\"]";
    TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
        .replacing(line, "[desk.OTK.line.1]\nmembers = [\"ivanov\", \"petrova\"]")
        .open()
}

#[test]
fn who_answers_after_a_colleague_is_asked_once() {
    let mut desk = crowded();
    let letters = desk.asks(OLGA, "Касса", "Касса ничего не печатает.");
    let (for_ivanov, for_petrova) = (to(&letters, IVANOV), to(&letters, PETROVA));
    desk.skip(60);
    let first = desk.reply(IVANOV, &for_ivanov, "", "Перезагрузите кассу, пожалуйста.");
    let letters = desk.send(&first);
    assert_eq!(recipients(&letters), [OLGA, PETROVA]);
    assert!(text_to(&letters, PETROVA).contains("Иван Иванов отвечает заявителю"), "once");
    desk.skip(60);
    let second = desk.reply(PETROVA, &for_petrova, "", "Какая у Вас касса?");
    let letters = desk.send(&second);
    assert_eq!(recipients(&letters), [PETROVA]);
    let question = text_to(&letters, PETROVA);
    for part in ["Иван Иванов", "> Перезагрузите кассу, пожалуйста.", "> Какая у Вас касса?"]
    {
        assert!(question.contains(part), "{part} in\n{question}");
    }
    let yes = desk.reply(PETROVA, &letters[0], "", "да");
    assert!(text_to(&desk.send(&yes), OLGA).contains("Какая у Вас касса?"));
    // They know now.
    desk.skip(60);
    let third = desk.reply(PETROVA, &for_petrova, "", "И какая сборка?");
    assert!(recipients(&desk.send(&third)).contains(&OLGA));
}

#[test]
fn who_answers_after_a_colleague_has_taken_it_is_told_and_so_is_the_colleague() {
    let mut desk = crowded();
    let letters = desk.asks(OLGA, "Касса", "Касса ничего не печатает.");
    let (for_ivanov, for_petrova) = (to(&letters, IVANOV), to(&letters, PETROVA));
    desk.skip(60);
    let taken = desk.reply(IVANOV, &for_ivanov, "[take]", "");
    let letters = desk.send(&taken);
    assert_eq!(recipients(&letters), [IVANOV, PETROVA]);
    assert!(text_to(&letters, PETROVA).contains("теперь у коллеги: Иван Иванов"));
    let again = desk.reply(IVANOV, &for_ivanov, "[in work]", "");
    assert_eq!(recipients(&desk.send(&again)), [IVANOV], "and only once");
    desk.skip(60);
    let answer = desk.reply(PETROVA, &for_petrova, "", "Какая у Вас касса?");
    let letters = desk.send(&answer);
    assert_eq!(recipients(&letters), [IVANOV, OLGA, PETROVA]);
    assert!(text_to(&letters, PETROVA).contains("взял(а) Иван Иванов"), "{}", text_to(&letters, PETROVA));
}

#[test]
fn where_many_were_told_their_digest_says_who_has_taken_it() {
    let names = ["arseny", "boris", "vera", "galina"];
    let engineers: String = names
        .iter()
        .map(|name| {
            format!("\n[engineer.{name}]\nname = \"{name}\"\naddress = \"{name}@example.org\"\ndesks = [\"OTK\"]\n")
        })
        .collect();
    let line = "[desk.OTK.line.1]\nmembers = [\"ivanov\"]";
    let all = "digest = \"23:00\"\n\n[desk.OTK.line.1]\nmembers = [\"ivanov\", \"petrova\", \"arseny\", \"boris\", \"vera\", \"galina\"]";
    let mut desk = TestDesk::with(&format!("{TWO_STAFFED_DESKS}{engineers}{NO_CAPS}")).replacing(line, all).open();
    let letters = desk.asks(OLGA, "Касса", "Касса ничего не печатает.");
    desk.skip(60);
    let taken = desk.reply(IVANOV, &to(&letters, IVANOV), "[take]", "");
    assert_eq!(recipients(&desk.send(&taken)), [IVANOV], "no letter tells the others");
    let later = desk.hours(72);
    let said = "Взяты или отвечены коллегами: 1\nOTK-1 Касса · Иван Иванов";
    let told = later.iter().filter(|letter| letter.read().text.contains(said)).map(|letter| letter.rcpt.as_str());
    let mut told: Vec<&str> = told.collect();
    told.sort_unstable();
    let others = ["arseny@example.org", "boris@example.org", "galina@example.org", PETROVA, "vera@example.org"];
    assert_eq!(told, others, "each once");
}
