//! No word reaches the wrong reader: situations in which somebody might think that it is for somebody else. Each says who reads
//! the last words, «барабан», by a letter of ours.

use crate::support::{IVANOV, NO_CAPS, OLGA, PETROVA, SMIRNOV, SentLetter, TWO_STAFFED_DESKS, TestDesk, VENDOR, to};

const DESK: &str = "support@example.org";
const BOSS: &str = "boss@client.example";
const CHIEF: &str = "chief@house.example";
const SUPPLIER: &str = "sales@supplier.example";
const BORIS: &str = "boris@buyer.example";
const HOME: &str = "ivanov@home.example";
const VOUCHED: &str = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org";
const WORDS: &str = "Тут сломан барабан, других причин нет.";

/// Desk OTK of Ivanov, with two addresses, and, on line 2, Petrova; its server vouches for its senders. People at house.example are
/// colleagues, and client.example is a customer.
fn desk(keys: &str) -> TestDesk {
    let support = "maildir = \"support\"";
    let keys = format!("house = [\"house.example\"]\ncustomers = [\"client.example\"]\n{keys}\n\n[desk.OTK.line.1]");
    TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
        .replacing("\n[desk.OTK.line.1]", &keys)
        .replacing(
            "address = \"ivanov@example.org\"",
            "address = \"ivanov@example.org\"\naliases = [\"ivanov@home.example\"]",
        )
        .replacing(support, &format!("{support}\nauthserv_id = \"mx.example.org\""))
        .leaking_nothing(&[IVANOV, PETROVA, SMIRNOV])
        .open()
}

/// Olga's request, with people in copy.
fn asked(desk: &mut TestDesk, cc: &str) -> SentLetter {
    let message = desk.message(OLGA, "Отчёт", "Отчёт не печатается, помогите.").header(&format!("To: {DESK}"));
    let message = if cc.is_empty() { message } else { message.header(&format!("Cc: {cc}")) };
    to(&desk.send(&message), IVANOV)
}

/// A message about OTK-1 of somebody for whom the server vouches.
fn sent(desk: &mut TestDesk, from: &str, to: &str, cc: &str, subject: &str, words: &str) -> Vec<SentLetter> {
    let message = desk.message(from, subject, words).header(VOUCHED).header(&format!("To: {to}"));
    let message = if cc.is_empty() { message } else { message.header(&format!("Cc: {cc}")) };
    desk.send(&message)
}

/// What somebody answers to a letter of ours, to other people than it would go to by itself.
fn answered_to(
    desk: &mut TestDesk,
    from: &str,
    letter: &SentLetter,
    to: &str,
    cc: &str,
    words: &str,
) -> Vec<SentLetter> {
    let raw = String::from_utf8(desk.reply(from, letter, "", words).raw()).unwrap();
    let own = raw.lines().find(|line| line.starts_with("To: ")).unwrap().to_owned();
    let people = if cc.is_empty() { format!("To: {to}") } else { format!("To: {to}\r\nCc: {cc}") };
    desk.send_raw(raw.replacen(&own, &people, 1).as_bytes())
}

/// Olga's request, about which the supplier is asked with the desk in copy: the id of that mail.
fn supplier_asked(desk: &mut TestDesk) -> String {
    asked(desk, "");
    let question = desk.message(IVANOV, "[OTK-1] Отчёт", "Когда приедете?").header(VOUCHED);
    let question = question.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}"));
    desk.send(&question);
    desk.written_id(&question)
}

/// The same, and the supplier has answered: the id of the answer.
fn supplier_answered(desk: &mut TestDesk) -> String {
    let id = supplier_asked(desk);
    let back = desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", "Во вторник.").answering(&id);
    desk.send(&back);
    desk.written_id(&back)
}

/// The letter by which Olga's request is passed on to the vendor's team.
fn handed_to_vendor(desk: &mut TestDesk) -> SentLetter {
    let told = asked(desk, BOSS);
    to(&desk.answers("ivanov", &told, "[to vendor]", "Посмотрите, пожалуйста."), VENDOR)
}

/// Who reads the words.
fn readers(letters: &[SentLetter]) -> Vec<String> {
    let mut readers: Vec<String> = letters
        .iter()
        .filter(|letter| letter.read().text.contains("барабан"))
        .map(|letter| letter.rcpt.clone())
        .collect();
    readers.sort();
    readers.dedup();
    readers
}

/// What happens, keys of the desk, the story, and who reads the words.
type Situation = (&'static str, &'static str, fn(&mut TestDesk) -> Vec<SentLetter>, &'static [&'static str]);

const SITUATIONS: &[Situation] = &[
    (
        "an answer to the desk with a colleague in copy",
        "",
        |desk| {
            let told = asked(desk, "");
            answered_to(desk, IVANOV, &told, DESK, PETROVA, WORDS)
        },
        &[OLGA],
    ),
    (
        "an answer to a colleague and the desk's address for answers",
        "",
        |desk| {
            let told = asked(desk, "");
            answered_to(desk, IVANOV, &told, PETROVA, DESK, WORDS)
        },
        &[],
    ),
    (
        "an engineer to the own second address with the desk in copy",
        "",
        |desk| {
            asked(desk, "");
            sent(desk, IVANOV, HOME, DESK, "[OTK-1] Отчёт", WORDS)
        },
        &[],
    ),
    (
        "an answer from the second address",
        "",
        |desk| {
            let told = asked(desk, "");
            let answer = desk.reply(HOME, &told, "", WORDS);
            desk.send(&answer)
        },
        &[OLGA],
    ),
    (
        "a colleague in copy of the customer's mail answers all",
        "",
        |desk| {
            asked(desk, CHIEF);
            sent(desk, CHIEF, OLGA, DESK, "Re: [OTK-1] Отчёт", WORDS)
        },
        &[IVANOV],
    ),
    (
        "somebody in copy adds somebody else",
        "",
        |desk| {
            let message = desk
                .message(OLGA, "Отчёт", "Отчёт не печатается, помогите.")
                .header(&format!("To: {DESK}\r\nCc: {BOSS}"));
            let told = to(&desk.send(&message), IVANOV);
            let id = desk.written_id(&message);
            let more = desk.message(BOSS, "Re: Отчёт", "И у меня не печатается.").answering(&id);
            let more = more.header(&format!("To: {DESK}\r\nCc: spy@client.example"));
            desk.send(&more);
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[BOSS, OLGA],
    ),
    (
        "who is in copy no more",
        "",
        |desk| {
            asked(desk, BOSS);
            let acknowledgement = desk.letter_to(OLGA);
            let more = desk.reply(OLGA, &acknowledgement, "", "Уже срочно.");
            let told = to(&desk.send(&more), IVANOV);
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[OLGA],
    ),
    (
        "mailing lists, engineers, teams and desks in copy",
        "copies = \"all\"",
        |desk| {
            let cc = format!(
                "all@lists.other.example, {PETROVA}, {HOME}, {VENDOR}, booking@example.org, noreply@client.example"
            );
            let told = asked(desk, &cc);
            desk.answers("ivanov", &told, "", WORDS)
        },
        &["all@lists.other.example", OLGA],
    ),
    (
        "a third party answers all, the customer among them",
        "",
        |desk| {
            let id = supplier_asked(desk);
            let back = desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", WORDS).answering(&id);
            desk.send(&back.header(&format!("To: {IVANOV}, {OLGA}\r\nCc: {DESK}")))
        },
        &[IVANOV],
    ),
    (
        "a colleague of the third party answers",
        "",
        |desk| {
            let id = supplier_asked(desk);
            let back = desk.message("store@supplier.example", "AW: Отчёт", WORDS).answering(&id);
            desk.send(&back)
        },
        &[IVANOV],
    ),
    (
        "an answer to what tells of a third party's words",
        "",
        |desk| {
            let id = supplier_asked(desk);
            let back =
                desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", "Во вторник, но только с предоплатой.").answering(&id);
            let told = to(&desk.send(&back), IVANOV);
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[],
    ),
    (
        "an engineer's direct answer to the third party's mail, the desk in copy",
        "",
        |desk| {
            let id = supplier_answered(desk);
            let more = desk.message(IVANOV, "Re: [OTK-1] Отчёт", WORDS).header(VOUCHED).answering(&id);
            desk.send(&more.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}")))
        },
        &[],
    ),
    (
        "the same to the desk only, as an answer to the third party's mail",
        "",
        |desk| {
            let id = supplier_answered(desk);
            let more = desk.message(IVANOV, "Re: [OTK-1] Отчёт", WORDS).header(VOUCHED).answering(&id);
            desk.send(&more.header(&format!("To: {DESK}")))
        },
        &[],
    ),
    (
        "a team answers a request that was passed on",
        "",
        |desk| {
            let handed = handed_to_vendor(desk);
            let back = desk.reply(VENDOR, &handed, "", WORDS);
            desk.send(&back.header(&format!("Cc: {OLGA}, {BOSS}")))
        },
        &[IVANOV],
    ),
    (
        "another person of the team answers, to all",
        "",
        |desk| {
            let handed = handed_to_vendor(desk);
            let back = desk.reply("peter@vendor.example", &handed, "[done]", WORDS);
            let letters = desk.send(&back);
            assert_ne!(desk.status("OTK-1"), "done");
            letters
        },
        &[IVANOV],
    ),
    (
        "an answer to what tells of the team's words",
        "",
        |desk| {
            let handed = handed_to_vendor(desk);
            let back = desk.reply(VENDOR, &handed, "", "Нужен номер блока и аванс.");
            let told = to(&desk.send(&back), IVANOV);
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[],
    ),
    (
        "an answer to what tells of words from outside",
        "",
        |desk| {
            asked(desk, "");
            let acknowledgement = desk.letter_to(OLGA);
            let outside = desk.reply("neighbour@other.example", &acknowledgement, "", "Это я ей сломал, не говорите.");
            let told = to(&desk.send(&outside), IVANOV);
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[],
    ),
    (
        "words below a note in the quoted letter",
        "",
        |desk| {
            let told = asked(desk, "");
            desk.answers("ivanov", &told, "[note]", "Она всегда жалуется на всё подряд.");
            let acknowledgement = desk.letter_to(OLGA);
            let more = desk.reply(OLGA, &acknowledgement, "", "Жду ответа весь день.");
            let told = to(&desk.send(&more), IVANOV);
            let text = told.read().text;
            let quoted: String = text
                .lines()
                .map(|line| match line.contains("всегда жалуется") {
                    true => format!("> {line}\n{WORDS}\n"),
                    false => format!("> {line}\n"),
                })
                .collect();
            let answer = desk.reply(IVANOV, &told, "", "").answering(&told.id());
            let raw = String::from_utf8(answer.raw()).unwrap();
            let (head, _) = raw.split_once("\r\n\r\n").unwrap();
            desk.send_raw(format!("{head}\r\n\r\n{}", quoted.replace('\n', "\r\n")).as_bytes())
        },
        &[],
    ),
    (
        "an answer after the requester has changed",
        "copies = \"all\"",
        |desk| {
            let told = asked(desk, BOSS);
            desk.answers("ivanov", &told, &format!("[for {BORIS}]"), "");
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[BORIS],
    ),
    (
        "an answer after that was undone",
        "",
        |desk| {
            let told = asked(desk, BOSS);
            desk.answers("ivanov", &told, &format!("[for {BORIS}]"), "");
            desk.answers("ivanov", &told, "[undo]", "");
            desk.answers("ivanov", &told, "", WORDS)
        },
        &[BOSS, OLGA],
    ),
    (
        "the former requester writes again",
        "",
        |desk| {
            let told = asked(desk, "");
            let acknowledgement = desk.letter_to(OLGA);
            desk.answers("ivanov", &told, &format!("[for {BORIS}]"), "");
            let more = desk.reply(OLGA, &acknowledgement, "", WORDS);
            desk.send(&more)
        },
        &[IVANOV],
    ),
    (
        "an engineer's mail to two customers with the desk in copy",
        "",
        |desk| sent(desk, IVANOV, &format!("{OLGA}, {BORIS}"), DESK, "Принтер", WORDS),
        &[],
    ),
    (
        "a note above a forwarded mail",
        "",
        |desk| {
            let below = format!(
                "---------- Forwarded message ---------\nFrom: Boris <{BORIS}>\nDate: Thu, Nov 19, 2026 at 9:00 AM\nSubject: Printer\nTo: <{IVANOV}>\n\nIt smokes.\n"
            );
            sent(desk, IVANOV, DESK, "", "Fwd: Printer", &format!("{WORDS}\n\n{below}"))
        },
        &[],
    ),
    (
        "a colleague who is no engineer forwards a mail",
        "",
        |desk| {
            let below = format!(
                "---------- Forwarded message ---------\nFrom: Boris <{BORIS}>\nDate: Thu, Nov 19, 2026 at 9:00 AM\nSubject: Printer\nTo: <{CHIEF}>\n\nIt smokes.\n"
            );
            sent(desk, CHIEF, DESK, "", "Fwd: Printer", &format!("{WORDS}\n\n{below}"))
        },
        &[IVANOV],
    ),
    (
        "an engineer forwards our notification to a colleague who answers the desk",
        "",
        |desk| {
            let told = asked(desk, "");
            let forwarded = answered_to(desk, IVANOV, &told, PETROVA, DESK, "Посмотри, кто это писал?");
            assert!(readers(&forwarded).is_empty());
            let answer = desk.reply(PETROVA, &told, "", WORDS).header(VOUCHED);
            desk.send(&answer)
        },
        &[OLGA],
    ),
    (
        "a customer uses the address for an engineer's answers",
        "",
        |desk| {
            let told = asked(desk, "");
            let answer = desk.reply("spy@other.example", &told, "[done]", WORDS);
            let letters = desk.send(&answer);
            assert_eq!(desk.status("OTK-1"), "new");
            letters
        },
        &[IVANOV],
    ),
    (
        "an engineer's name and no proof, to a colleague",
        "",
        |desk| {
            asked(desk, "");
            let message = desk.message(IVANOV, "[OTK-1] Отчёт", WORDS).header(&format!("To: {PETROVA}\r\nCc: {DESK}"));
            desk.send(&message)
        },
        &[IVANOV],
    ),
    (
        "a yes to the question whether an unproven note is theirs",
        "",
        |desk| {
            asked(desk, "");
            let message = desk.message(IVANOV, "[OTK-1] Отчёт", WORDS).header(&format!("To: {PETROVA}\r\nCc: {DESK}"));
            let question = to(&desk.send(&message), IVANOV);
            desk.answers("ivanov", &question, "", "да")
        },
        &[],
    ),
    (
        "an absence note of an engineer",
        "",
        |desk| {
            let told = asked(desk, "");
            let answer = desk.reply(IVANOV, &told, "", "Я в отпуске до 5 декабря, барабан подождёт.");
            desk.send(&answer.header("Auto-Submitted: auto-replied"))
        },
        &[],
    ),
    (
        "words with a request that goes to another desk",
        "",
        |desk| {
            let told = asked(desk, BOSS);
            desk.answers("ivanov", &told, "[desk TRV] [note]", WORDS)
        },
        &[SMIRNOV],
    ),
    (
        "words to whoever it is assigned to",
        "",
        |desk| {
            let told = asked(desk, BOSS);
            desk.answers("ivanov", &told, "[assign petrova] [note]", WORDS)
        },
        &[PETROVA],
    ),
    (
        "a customer of another request answers with this one's number",
        "",
        |desk| {
            asked(desk, "");
            let message = desk.message("carl@other.example", "Re: [OTK-1] Отчёт", WORDS);
            desk.send(&message)
        },
        &[IVANOV],
    ),
    (
        "a copy's reader answers our copy",
        "",
        |desk| {
            let told = asked(desk, BOSS);
            let copies = desk.answers("ivanov", &told, "", "Посмотрим завтра утром.");
            let answer = desk.reply(BOSS, &to(&copies, BOSS), "", WORDS);
            desk.send(&answer)
        },
        &[IVANOV],
    ),
    (
        "a watcher from outside is told of an answer, not of a note",
        "",
        |desk| {
            let told = asked(desk, "");
            desk.answers("ivanov", &told, &format!("[watch {BORIS}]"), "");
            desk.answers("ivanov", &told, "[note]", WORDS)
        },
        &[],
    ),
    (
        "an answer to a request that another one is the duplicate of",
        "",
        |desk| {
            let first = asked(desk, "");
            let (_, second) = desk.ask("support", BORIS, "Принтер", "Ничего не печатает у нас.");
            desk.answers("ivanov", &second, "[duplicate OTK-1]", "");
            desk.answers("ivanov", &first, "[done]", WORDS)
        },
        &[],
    ),
    (
        "a split-off request with the answer",
        "",
        |desk| {
            let told = asked(desk, BOSS);
            desk.answers("ivanov", &told, "[note]", "Она платит вовремя, тянуть нельзя.");
            let acknowledgement = desk.letter_to(OLGA);
            let more = desk.reply(OLGA, &acknowledgement, "", "И ещё: телефон не звонит.");
            let told = to(&desk.send(&more), IVANOV);
            desk.answers("ivanov", &told, "[split]", WORDS)
        },
        &[OLGA],
    ),
];

#[test]
fn nobody_reads_what_is_for_others() {
    let mut wrong = Vec::new();
    for (name, keys, story, expected) in SITUATIONS {
        let mut desk = desk(keys);
        let letters = story(&mut desk);
        let mut readers = readers(&letters);
        // Who wrote them may get them back in a receipt or a question.
        readers.retain(|reader| expected.contains(&reader.as_str()) || reader != IVANOV && reader != PETROVA);
        if readers != *expected {
            let (disposition, _, reasons) = desk.last_disposition();
            wrong.push(format!("{name}: {readers:?}, not {expected:?}: {disposition}: {reasons}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
