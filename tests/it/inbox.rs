//! What lists of mail show of our letters: senders, subjects, previews, threads.

use crate::support::{IVANOV, Message, NO_CAPS, OLGA, SentLetter, TWO_STAFFED_DESKS, TestDesk, text_to, to};

const VOUCHED: &str =
    "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org; dkim=pass header.d=example.org";

fn sender(letter: &SentLetter) -> String {
    letter.read().from[0].name.clone()
}

fn first_line(letter: &SentLetter) -> String {
    letter.read().text.lines().next().unwrap_or_default().to_owned()
}

/// Desk OTK, whose server vouches for its senders.
fn desk() -> TestDesk {
    let support = "maildir = \"support\"";
    TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
        .replacing(support, &format!("{support}\nauthserv_id = \"mx.example.org\""))
        .open()
}

#[test]
fn an_engineers_inbox_tells_who_wrote_what_and_what_was_not_sent() {
    let mut desk = desk();
    let (_, notification) = desk.ask("support", &format!("Ольга Орлова <{OLGA}>"), "Отчёт", "Не печатается [done]!");
    assert_eq!(sender(&notification), "OTK-1 Ольга Орлова (заявитель)");
    assert_eq!(notification.read().subject_raw, "[OTK-1] Отчёт", "the subject stays");
    let text = notification.read().text;
    assert!(text.starts_with("▸ Не печатается (done)!\n\n— ответ пишите выше этой строки —\n"), "{text}");
    let html = notification.html();
    assert!(html.find("▸ Не печатается") < html.find("— ответ пишите выше"), "{html}");

    let letters = desk.answers("ivanov", &notification, "[doen]", "Исправили.");
    let explained = to(&letters, IVANOV);
    assert_eq!(sender(&explained), "НЕ ОТПРАВЛЕНО: OTK-1");
    assert!(first_line(&explained).starts_with("▸ НЕ ОТПРАВЛЕНО: "), "{}", first_line(&explained));

    // A customer who takes an engineer's name is not named.
    let (_, notification) = desk.ask("support", "Иванов Иван <ivan@evil.example>", "Пароль", "Пришлите пароль.");
    assert_eq!(sender(&notification), "OTK-2 заявитель");
}

/// Where the letter is not recognised, since the reply names it nowhere, its preheader still reaches nobody.
#[test]
fn no_preheader_reaches_a_customer() {
    let cut = "— ответ пишите выше этой строки —";
    let gmail = "вс, 29 нояб. 2026 г. в 09:00, Поддержка ОТК <support@example.org>:";
    let mut desk = desk();
    let (_, notification) = desk.olga_asks();
    let read = notification.read().text;
    let preheader = read.lines().next().unwrap();
    assert!(preheader.starts_with("▸ Добрый день!"), "{read}");
    for (at, quoted) in [
        format!("{gmail}\n\n{preheader}\n\n{cut}\n\nНовый запрос OTK-1."),
        format!("{gmail}\n> {preheader}\n>\n> {cut}\n>\n> Новый запрос OTK-1."),
        format!("> {preheader}\n> {cut}"),
    ]
    .iter()
    .enumerate()
    {
        let words = format!("Заменили картридж {at}.");
        let message = desk.message(IVANOV, "Re: [OTK-1] Не печатается отчёт", &format!("{words}\n\n{quoted}"));
        desk.skip(120);
        let letters = desk.send(&message.header(VOUCHED));
        assert!(letters.iter().any(|letter| letter.rcpt == OLGA), "{quoted}\n{}", text_to(&letters, IVANOV));
        let answer = text_to(&letters, OLGA);
        assert!(answer.starts_with(&words) && !answer.contains("▸") && !answer.contains("Добрый день"), "{answer}");
    }
    // And where it is: the reply is aligned with it.
    let letters = desk.answers("ivanov", &notification, "", "Заменили и ролик.");
    let answer = text_to(&letters, OLGA);
    assert!(answer.starts_with("Заменили и ролик.\n") && !answer.contains("▸"), "{answer}");
}

/// A stranger's acknowledgement repeats nothing; from an engineer's first answer on the customer's own thread goes on.
#[test]
fn a_customer_keeps_one_thread_under_their_own_subject() {
    let mut desk = desk();
    let first = desk.message(OLGA, "Отчёт не печатается", "Добрый день!");
    let letters = desk.send(&first);
    let (acknowledgement, notification) = (to(&letters, OLGA), to(&letters, IVANOV));
    assert_eq!(acknowledgement.read().subject_raw, "[OTK-1] Ваш запрос зарегистрирован");
    let theirs = desk.written_id(&first);
    assert!(field(&acknowledgement, "In-Reply-To").contains(&theirs));

    let told = to(&desk.answers("ivanov", &notification, "[в план]", ""), OLGA);
    assert_eq!(told.read().subject_raw, "[OTK-1] Ваш запрос зарегистрирован", "no human has written yet");
    let answer = to(&desk.answers("ivanov", &notification, "", "Какой принтер?"), OLGA);
    assert_eq!(answer.read().subject_raw, "Re: Отчёт не печатается [OTK-1]");
    assert!(field(&answer, "In-Reply-To").contains(&theirs), "their own mail, not our letter");
    assert!(
        field(&answer, "References").trim_end().ends_with(&format!("<{theirs}>")),
        "{}",
        field(&answer, "References")
    );

    let reply: Message = desk.reply(OLGA, &answer, "", "HP 1020.");
    let second = desk.written_id(&reply);
    let notification = to(&desk.send(&reply), IVANOV);
    assert_eq!(notification.read().subject_raw, "[OTK-1] Отчёт не печатается", "engineers keep theirs");
    let done = to(&desk.answers("ivanov", &notification, "[done]", "Заменили картридж."), OLGA);
    assert_eq!(done.read().subject_raw, "Re: Отчёт не печатается [OTK-1]");
    assert!(field(&done, "In-Reply-To").contains(&second));
    desk.verify();
}

/// Customers read who answers them, until when, and what their buttons do; the mail that a button opens says nothing of theirs.
#[test]
fn customers_read_who_answers_and_what_buttons_do() {
    let support = "maildir = \"support\"";
    let otk = "name = \"Поддержка ОТК\"";
    let ivanov = "name = \"Иван Иванов\"";
    let mut desk = TestDesk::with(&format!("{TWO_STAFFED_DESKS}{NO_CAPS}"))
        .replacing(support, &format!("{support}\nauthserv_id = \"mx.example.org\""))
        .replacing(
            otk,
            &format!("{otk}\nname_en = \"OTK support\"\nclose_after = \"3 days\"\ncustomers = [\"client.example\"]"),
        )
        .replacing("[desk.OTK.line.1]", "[[desk.OTK.sla]]\nfirst_response = \"4h\"\n\n[desk.OTK.line.1]")
        .replacing(
            ivanov,
            &format!(
                "{ivanov}\npublic_name = \"Ivan Ivanov\"\nsignature = {{ en = \"Ivan\\nOTK\", ru = \"Иван\\nОТК\" }}"
            ),
        )
        .open();
    let asked =
        desk.message(OLGA, "The report is not printed", "Hello, it prints nothing at all, please help us with it.");
    let letters = desk.send(&asked.file("print.log", "text/plain", b"error"));
    let acknowledgement = to(&letters, OLGA);
    let read = acknowledgement.read();
    assert_eq!(
        (sender(&acknowledgement).as_str(), read.subject_raw.as_str()),
        ("OTK support", "Re: The report is not printed [OTK-1]")
    );
    assert!(read.text.contains("We will reply by ") && read.text.contains("\n- print.log (5"), "{}", read.text);

    let letters = desk.answers("ivanov", &to(&letters, IVANOV), "[done]", "It is mended.");
    let answer = to(&letters, OLGA);
    let text = answer.read().text;
    assert_eq!(sender(&answer), "Ivan Ivanov (OTK support)");
    assert!(text.starts_with("It is mended.\n\nIvan\nOTK\n\n———\n"), "{text}");
    assert!(text.contains("If we hear nothing by "), "{text}");
    assert!(text.contains("opens a ready-made e-mail. Please send it"), "{text}");
    assert!(text.contains("&body=I%20confirm"), "{text}");

    // The ready words are ours; what stands beside them counts.
    let key = crate::support::link(&answer, "confirm");
    let but = desk.message(OLGA, &key, "I confirm: the issue is resolved.\nBut the second page is still empty.");
    desk.send(&but);
    assert_eq!(desk.status("OTK-1"), "in_work");
    let again = desk.answers("ivanov", &to(&letters, IVANOV), "[done]", "The second page is mended, too.");
    let key = crate::support::link(&to(&again, OLGA), "confirm");
    let yes = desk.message(OLGA, &key, "I confirm: the issue is resolved.");
    let letters = desk.send(&yes);
    assert_eq!(desk.status("OTK-1"), "confirmed");
    drop(letters);
    desk.verify();
}

fn field(letter: &SentLetter, name: &str) -> String {
    let header = letter.read().headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).cloned();
    header.map(|header| header.value).unwrap_or_default()
}
