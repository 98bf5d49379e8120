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

type Situation = (&'static str, fn() -> (TestDesk, Vec<SentLetter>), &'static [&'static str]);

const SITUATIONS: &[Situation] = &[
    (
        "an answer to the desk with a colleague in copy",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let letters = answered_to(&mut desk, IVANOV, &told, DESK, PETROVA, WORDS);
            (desk, letters)
        },
        &[OLGA],
    ),
    (
        "an answer to a colleague and the desk's address for answers",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let letters = answered_to(&mut desk, IVANOV, &told, PETROVA, DESK, WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "an engineer to the own second address with the desk in copy",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let letters = sent(&mut desk, IVANOV, HOME, DESK, "[OTK-1] Отчёт", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "an answer from the second address",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let answer = desk.reply(HOME, &told, "", WORDS);
            let letters = desk.send(&answer);
            (desk, letters)
        },
        &[OLGA],
    ),
    (
        "a colleague in copy of the customer's mail answers all",
        || {
            let mut desk = desk("");
            asked(&mut desk, CHIEF);
            let letters = sent(&mut desk, CHIEF, OLGA, DESK, "Re: [OTK-1] Отчёт", WORDS);
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "somebody in copy adds somebody else",
        || {
            let mut desk = desk("");
            let message = desk
                .message(OLGA, "Отчёт", "Отчёт не печатается, помогите.")
                .header(&format!("To: {DESK}\r\nCc: {BOSS}"));
            let told = to(&desk.send(&message), IVANOV);
            let id = desk.written_id(&message);
            let more = desk.message(BOSS, "Re: Отчёт", "И у меня не печатается.").answering(&id);
            let more = more.header(&format!("To: {DESK}\r\nCc: spy@client.example"));
            desk.send(&more);
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[BOSS, OLGA],
    ),
    (
        "who is in copy no more",
        || {
            let mut desk = desk("");
            asked(&mut desk, BOSS);
            let acknowledgement = desk.letter_to(OLGA);
            let more = desk.reply(OLGA, &acknowledgement, "", "Уже срочно.");
            let told = to(&desk.send(&more), IVANOV);
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[OLGA],
    ),
    (
        "mailing lists, engineers, teams and desks in copy",
        || {
            let mut desk = desk("copies = \"all\"");
            let cc = format!(
                "all@lists.other.example, {PETROVA}, {HOME}, {VENDOR}, booking@example.org, noreply@client.example"
            );
            let told = asked(&mut desk, &cc);
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &["all@lists.other.example", OLGA],
    ),
    (
        "a third party answers all, the customer among them",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let question = desk.message(IVANOV, "[OTK-1] Отчёт", "Когда приедете?").header(VOUCHED);
            let question = question.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}"));
            desk.send(&question);
            let id = desk.written_id(&question);
            let back = desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", WORDS).answering(&id);
            let letters = desk.send(&back.header(&format!("To: {IVANOV}, {OLGA}\r\nCc: {DESK}")));
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "a colleague of the third party answers",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let question = desk.message(IVANOV, "[OTK-1] Отчёт", "Когда приедете?").header(VOUCHED);
            let question = question.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}"));
            desk.send(&question);
            let id = desk.written_id(&question);
            let back = desk.message("store@supplier.example", "AW: Отчёт", WORDS).answering(&id);
            let letters = desk.send(&back);
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "an answer to what tells of a third party's words",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let question = desk.message(IVANOV, "[OTK-1] Отчёт", "Когда приедете?").header(VOUCHED);
            let question = question.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}"));
            desk.send(&question);
            let id = desk.written_id(&question);
            let back =
                desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", "Во вторник, но только с предоплатой.").answering(&id);
            let told = to(&desk.send(&back), IVANOV);
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "an engineer's direct answer to the third party's mail, the desk in copy",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let question = desk.message(IVANOV, "[OTK-1] Отчёт", "Когда приедете?").header(VOUCHED);
            let question = question.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}"));
            desk.send(&question);
            let id = desk.written_id(&question);
            let back = desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", "Во вторник.").answering(&id);
            desk.send(&back);
            let id = desk.written_id(&back);
            let more = desk.message(IVANOV, "Re: [OTK-1] Отчёт", WORDS).header(VOUCHED).answering(&id);
            let letters = desk.send(&more.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}")));
            (desk, letters)
        },
        &[],
    ),
    (
        "the same to the desk only, as an answer to the third party's mail",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let question = desk.message(IVANOV, "[OTK-1] Отчёт", "Когда приедете?").header(VOUCHED);
            let question = question.header(&format!("To: {SUPPLIER}\r\nCc: {DESK}"));
            desk.send(&question);
            let id = desk.written_id(&question);
            let back = desk.message(SUPPLIER, "Re: [OTK-1] Отчёт", "Во вторник.").answering(&id);
            desk.send(&back);
            let id = desk.written_id(&back);
            let more = desk.message(IVANOV, "Re: [OTK-1] Отчёт", WORDS).header(VOUCHED).answering(&id);
            let letters = desk.send(&more.header(&format!("To: {DESK}")));
            (desk, letters)
        },
        &[],
    ),
    (
        "a team answers a request that was passed on",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            let handed = desk.answers("ivanov", &told, "[to vendor]", "Посмотрите, пожалуйста.");
            let back = desk.reply(VENDOR, &to(&handed, VENDOR), "", WORDS);
            let letters = desk.send(&back.header(&format!("Cc: {OLGA}, {BOSS}")));
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "another person of the team answers, to all",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            let handed = desk.answers("ivanov", &told, "[to vendor]", "Посмотрите, пожалуйста.");
            let back = desk.reply("peter@vendor.example", &to(&handed, VENDOR), "[done]", WORDS);
            let letters = desk.send(&back);
            assert_ne!(desk.status("OTK-1"), "done");
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "an answer to what tells of the team's words",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            let handed = desk.answers("ivanov", &told, "[to vendor]", "Посмотрите, пожалуйста.");
            let back = desk.reply(VENDOR, &to(&handed, VENDOR), "", "Нужен номер блока и аванс.");
            let told = to(&desk.send(&back), IVANOV);
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "an answer to what tells of words from outside",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let acknowledgement = desk.letter_to(OLGA);
            let outside = desk.reply("neighbour@other.example", &acknowledgement, "", "Это я ей сломал, не говорите.");
            let told = to(&desk.send(&outside), IVANOV);
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "words below a note in the quoted letter",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
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
            let letters = desk.send_raw(format!("{head}\r\n\r\n{}", quoted.replace('\n', "\r\n")).as_bytes());
            (desk, letters)
        },
        &[],
    ),
    (
        "an answer after the requester has changed",
        || {
            let mut desk = desk("copies = \"all\"");
            let told = asked(&mut desk, BOSS);
            desk.answers("ivanov", &told, &format!("[for {BORIS}]"), "");
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[BORIS],
    ),
    (
        "an answer after that was undone",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            desk.answers("ivanov", &told, &format!("[for {BORIS}]"), "");
            desk.answers("ivanov", &told, "[undo]", "");
            let letters = desk.answers("ivanov", &told, "", WORDS);
            (desk, letters)
        },
        &[BOSS, OLGA],
    ),
    (
        "the former requester writes again",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let acknowledgement = desk.letter_to(OLGA);
            desk.answers("ivanov", &told, &format!("[for {BORIS}]"), "");
            let more = desk.reply(OLGA, &acknowledgement, "", WORDS);
            let letters = desk.send(&more);
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "an engineer's mail to two customers with the desk in copy",
        || {
            let mut desk = desk("");
            let letters = sent(&mut desk, IVANOV, &format!("{OLGA}, {BORIS}"), DESK, "Принтер", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "a note above a forwarded mail",
        || {
            let mut desk = desk("");
            let below = format!(
                "---------- Forwarded message ---------\nFrom: Boris <{BORIS}>\nDate: Thu, Nov 19, 2026 at 9:00 AM\nSubject: Printer\nTo: <{IVANOV}>\n\nIt smokes.\n"
            );
            let letters = sent(&mut desk, IVANOV, DESK, "", "Fwd: Printer", &format!("{WORDS}\n\n{below}"));
            (desk, letters)
        },
        &[],
    ),
    (
        "a colleague who is no engineer forwards a mail",
        || {
            let mut desk = desk("");
            let below = format!(
                "---------- Forwarded message ---------\nFrom: Boris <{BORIS}>\nDate: Thu, Nov 19, 2026 at 9:00 AM\nSubject: Printer\nTo: <{CHIEF}>\n\nIt smokes.\n"
            );
            let letters = sent(&mut desk, CHIEF, DESK, "", "Fwd: Printer", &format!("{WORDS}\n\n{below}"));
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "an engineer forwards our notification to a colleague who answers the desk",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let forwarded = answered_to(&mut desk, IVANOV, &told, PETROVA, DESK, "Посмотри, кто это писал?");
            assert!(readers(&forwarded).is_empty());
            let answer = desk.reply(PETROVA, &told, "", WORDS).header(VOUCHED);
            let letters = desk.send(&answer);
            (desk, letters)
        },
        &[OLGA],
    ),
    (
        "a customer uses the address for an engineer's answers",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let answer = desk.reply("spy@other.example", &told, "[done]", WORDS);
            let letters = desk.send(&answer);
            assert_eq!(desk.status("OTK-1"), "new");
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "an engineer's name and no proof, to a colleague",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let message = desk.message(IVANOV, "[OTK-1] Отчёт", WORDS).header(&format!("To: {PETROVA}\r\nCc: {DESK}"));
            let letters = desk.send(&message);
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "a yes to the question whether an unproven note is theirs",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let message = desk.message(IVANOV, "[OTK-1] Отчёт", WORDS).header(&format!("To: {PETROVA}\r\nCc: {DESK}"));
            let question = to(&desk.send(&message), IVANOV);
            let letters = desk.answers("ivanov", &question, "", "да");
            (desk, letters)
        },
        &[],
    ),
    (
        "an absence note of an engineer",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            let answer = desk.reply(IVANOV, &told, "", "Я в отпуске до 5 декабря, барабан подождёт.");
            let letters = desk.send(&answer.header("Auto-Submitted: auto-replied"));
            (desk, letters)
        },
        &[],
    ),
    (
        "words with a request that goes to another desk",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            let letters = desk.answers("ivanov", &told, "[desk TRV] [note]", WORDS);
            (desk, letters)
        },
        &[SMIRNOV],
    ),
    (
        "words to whoever it is assigned to",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            let letters = desk.answers("ivanov", &told, "[assign petrova] [note]", WORDS);
            (desk, letters)
        },
        &[PETROVA],
    ),
    (
        "a customer of another request answers with this one's number",
        || {
            let mut desk = desk("");
            asked(&mut desk, "");
            let message = desk.message("carl@other.example", "Re: [OTK-1] Отчёт", WORDS);
            let letters = desk.send(&message);
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "a copy's reader answers our copy",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            let copies = desk.answers("ivanov", &told, "", "Посмотрим завтра утром.");
            let answer = desk.reply(BOSS, &to(&copies, BOSS), "", WORDS);
            let letters = desk.send(&answer);
            (desk, letters)
        },
        &[IVANOV],
    ),
    (
        "a watcher from outside is told of an answer, not of a note",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, "");
            desk.answers("ivanov", &told, &format!("[watch {BORIS}]"), "");
            let letters = desk.answers("ivanov", &told, "[note]", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "an answer to a request that another one is the duplicate of",
        || {
            let mut desk = desk("");
            let first = asked(&mut desk, "");
            let (_, second) = desk.ask("support", BORIS, "Принтер", "Ничего не печатает у нас.");
            desk.answers("ivanov", &second, "[duplicate OTK-1]", "");
            let letters = desk.answers("ivanov", &first, "[done]", WORDS);
            (desk, letters)
        },
        &[],
    ),
    (
        "a split-off request with the answer",
        || {
            let mut desk = desk("");
            let told = asked(&mut desk, BOSS);
            desk.answers("ivanov", &told, "[note]", "Она платит вовремя, тянуть нельзя.");
            let acknowledgement = desk.letter_to(OLGA);
            let more = desk.reply(OLGA, &acknowledgement, "", "И ещё: телефон не звонит.");
            let told = to(&desk.send(&more), IVANOV);
            let letters = desk.answers("ivanov", &told, "[split]", WORDS);
            (desk, letters)
        },
        &[OLGA],
    ),
];

#[test]
fn nobody_reads_what_is_for_others() {
    let mut wrong = Vec::new();
    for (name, story, expected) in SITUATIONS {
        let (desk, letters) = story();
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
