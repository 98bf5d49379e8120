//! What an engineer forwards to the desk becomes a request of whoever wrote it.

use crate::support::{IVANOV, Message, OLGA, PETROVA, TestDesk, recipients, text_to, to};

const BORIS: &str = "boris@buyer.example";

/// The forwards of mail programs, Russian and English: subject, and what stands below the engineer's own words.
const FORWARDS: &[(&str, &str, &str)] = &[
    (
        "Gmail",
        "Fwd: Printer",
        "---------- Forwarded message ---------\nFrom: Boris Stein <boris@buyer.example>\nDate: Thu, Nov 19, 2026 at 9:00 AM\n\
         Subject: Printer\nTo: Иван Иванов <ivanov@example.org>\n\n\nIt smokes.\n",
    ),
    (
        "Gmail in Russian",
        "Fwd: Printer",
        "---------- Forwarded message ---------\nОт: Boris Stein <boris@buyer.example>\nDate: чт, 19 нояб. 2026 г. в 09:00\n\
         Subject: Printer\nTo: <ivanov@example.org>\n\n\nIt smokes.\n",
    ),
    (
        "Outlook",
        "FW: Printer",
        "From: Boris Stein <boris@buyer.example> \nSent: Thursday, November 19, 2026 9:00 AM\nTo: Ivan Ivanov <ivanov@example.org>\n\
         Cc: Sales <sales@buyer.example>\nSubject: Printer\n\nIt smokes.\n",
    ),
    (
        "Outlook in Russian",
        "FW: Printer",
        "From: Boris Stein [mailto:boris@buyer.example] \nSent: Thursday, November 19, 2026 9:00 AM\nTo: Ivan\nSubject: Printer\n\nIt smokes.\n",
    ),
    (
        "Outlook with Russian labels",
        "Fwd: Printer",
        "От: Boris Stein <boris@buyer.example>\nОтправлено: 19 ноября 2026 г. 9:00\nКому: Иванов\nТема: Printer\n\nIt smokes.\n",
    ),
    (
        "Outlook on the web",
        "Fw: Printer",
        "________________________________\nОт: Boris Stein <boris@buyer.example>\nОтправлено: 19 ноября 2026 г. 9:00\n\
         Кому: ivanov@example.org <ivanov@example.org>\nТема: Printer\n\nIt smokes.\n",
    ),
    (
        "Thunderbird",
        "Fwd: Printer",
        "-------- Forwarded Message --------\nSubject: \tPrinter\nDate: \tThu, 19 Nov 2026 09:00:00 +0300\n\
         From: \tBoris Stein <boris@buyer.example>\nTo: \tivanov@example.org\n\n\n\nIt smokes.\n",
    ),
    (
        "Thunderbird in Russian",
        "Fwd: Printer",
        "-------- Перенаправленное сообщение --------\nТема: \tPrinter\nДата: \tThu, 19 Nov 2026 09:00:00 +0300\n\
         От: \tBoris Stein <boris@buyer.example>\nКому: \tivanov@example.org\n\n\n\nIt smokes.\n",
    ),
    (
        "Apple Mail",
        "Fwd: Printer",
        "> Begin forwarded message:\n> \n> From: Boris Stein <boris@buyer.example>\n> Subject: Printer\n\
         > Date: 19 November 2026 at 09:00:00 GMT+3\n> To: ivanov@example.org\n> \n> It smokes.\n",
    ),
    (
        "Apple Mail, the opening above the marks",
        "Fwd: Printer",
        "Begin forwarded message:\n\n> From: Boris Stein <boris@buyer.example>\n> Subject: Printer\n\
         > Date: 19 November 2026 at 09:00:00 GMT+3\n> To: ivanov@example.org\n> \n> It smokes.\n",
    ),
    (
        "Apple Mail in Russian",
        "Fwd: Printer",
        "Начало переадресованного сообщения:\n\nОт: Boris Stein <boris@buyer.example>\nТема: Printer\n\
         Дата: 19 ноября 2026 г. в 09:00:00 GMT+3\nКому: ivanov@example.org\n\nIt smokes.\n",
    ),
    (
        "Yandex",
        "Fwd: Printer",
        "-------- Пересылаемое сообщение --------\n19.11.2026, 09:00, \"Boris Stein\" <boris@buyer.example>:\n\nIt smokes.\n\n\
         -------- Конец пересылаемого сообщения --------\n",
    ),
    (
        "Yandex, later",
        "Fwd: Printer",
        "----------------\nКому: ivanov@example.org (ivanov@example.org);\nТема: Printer;\n19.11.2026, 09:00, \"Boris Stein\" \
         <boris@buyer.example>:\n\nIt smokes.\n",
    ),
    (
        "Mail.ru",
        "Fwd: Printer",
        "-------- Пересылаемое сообщение --------\nОт кого: Boris Stein <boris@buyer.example>\nКому: ivanov@example.org\n\
         Дата: Четверг, 19 ноября 2026, 9:00 +03:00\nТема: Printer\n\nIt smokes.\n",
    ),
    (
        "Mail.ru in English",
        "Fwd: Printer",
        "-------- Forwarded message --------\nFrom: Boris Stein <boris@buyer.example>\nTo: ivanov@example.org\n\
         Date: Thursday, 19 November 2026, 9:00 +03:00\nSubject: Printer\n\nIt smokes.\n",
    ),
];

fn forward(desk: &mut TestDesk, subject: &str, note: &str, below: &str) -> Message {
    desk.message(IVANOV, subject, &format!("{note}\n\n{below}"))
}

fn attached() -> Vec<u8> {
    "From: Boris Stein <boris@buyer.example>\r\nTo: ivanov@example.org\r\nSubject: Printer\r\nDate: Thu, 19 Nov 2026 09:00:00 +0300\r\n\
     Message-ID: <b1@buyer.example>\r\nContent-Type: text/plain\r\n\r\nIt smokes.\r\n"
        .into()
}

#[test]
fn a_forward_of_every_program_is_a_request_of_its_author() {
    for (program, subject, below) in FORWARDS {
        let mut desk = TestDesk::two_desks("0s");
        let message = forward(&mut desk, subject, "Please help him.", below);
        let message = message.file("photo.txt", "text/plain", b"smoke");
        let letters = desk.send_to("internal", &message);
        assert!(
            recipients(&letters).contains(&BORIS),
            "{program}: {:?} {}",
            recipients(&letters),
            desk.last_disposition().2
        );
        let shown = desk.text(&["show", "OTK-1"]);
        assert!(
            shown.contains("Printer") && shown.contains(BORIS) && shown.contains("It smokes."),
            "{program}: {shown}"
        );
        let told = text_to(&letters, BORIS);
        assert!(told.contains("OTK-1") && !told.contains("Please help") && !told.contains("Ivan"), "{program}: {told}");
        desk.verify();
    }
}

#[test]
fn colleagues_see_the_forwarded_mail_its_date_and_the_note_above_it() {
    for (program, subject, below) in FORWARDS {
        let mut desk = TestDesk::two_desks("0s");
        let message = forward(&mut desk, subject, "[line 2]\nPlease help him.", below);
        let letters = desk.send_to("internal", &message.file("photo.txt", "text/plain", b"smoke"));
        let letter = to(&letters, PETROVA);
        let text = letter.read().text;
        for words in ["Please help him.", "It smokes.", "Boris Stein", "2026"] {
            assert!(text.contains(words), "{program}: {words} in {text}");
        }
        assert!(text.contains("19.11.2026") || text.contains("19 ") || text.contains("Nov"), "{program}: {text}");
        assert_eq!(letter.read().attachments.len(), 1);
    }
}

#[test]
fn the_tag_names_the_requester_in_the_subject_or_above_the_forward() {
    for (program, subject, below) in FORWARDS {
        for (subject, note) in [
            (format!("{subject} [for olga@client.example]"), "Please help."),
            ((*subject).to_owned(), "[for olga@client.example]\nPlease help."),
            ((*subject).to_owned(), "[от имени olga@client.example]"),
        ] {
            let mut desk = TestDesk::two_desks("0s");
            let message = forward(&mut desk, &subject, note, below);
            let mut letters = desk.send_to("internal", &message);
            if *program == "Yandex" && subject.contains('[') {
                // It does not repeat the subject, so nobody knows who typed the tag; what the e-mail advises works.
                assert_eq!(recipients(&letters), [IVANOV]);
                assert!(
                    text_to(&letters, IVANOV).contains("отдельной первой строкой"),
                    "{}",
                    text_to(&letters, IVANOV)
                );
                let advised = forward(&mut desk, "Fwd: Printer", "[for olga@client.example]", below);
                letters = desk.send_to("internal", &advised);
            }
            let (told, why) = (recipients(&letters), desk.last_disposition().2);
            assert!(told.len() == 2 && told.contains(&OLGA), "{program}: {told:?} {why}");
            assert!(desk.text(&["show", "OTK-1"]).contains("It smokes."), "{program}");
        }
    }
}

#[test]
fn a_forward_as_attachment_is_read_like_any_other() {
    for (subject, text) in
        [("Fwd: Printer", ""), ("", ""), ("Fwd: Printer", "Please help him."), ("FW: Printer [line 2]", "")]
    {
        let mut desk = TestDesk::two_desks("0s");
        let message = desk.message(IVANOV, subject, text).file("Printer.eml", "message/rfc822", &attached());
        let letters = desk.send_to("internal", &message);
        assert!(
            recipients(&letters).contains(&BORIS),
            "{subject}: {:?} {}",
            recipients(&letters),
            desk.last_disposition().2
        );
        assert!(desk.text(&["show", "OTK-1"]).contains("Printer"));
    }
}

#[test]
fn a_bracket_of_the_customers_own_subject_is_no_tag_of_the_engineer() {
    let mut desk = TestDesk::two_desks("0s");
    let below = "---------- Forwarded message ---------\nFrom: Boris <boris@buyer.example>\nDate: Thu, Nov 19, 2026 at 9:00 AM\n\
                 Subject: Printer [for victim@client.example]\nTo: <ivanov@example.org>\n\nIt smokes. [done]\n";
    let message = forward(&mut desk, "Fwd: Printer [for victim@client.example]", "", below);
    let letters = desk.send_to("internal", &message);
    assert!(!recipients(&letters).contains(&"victim@client.example"), "{:?}", recipients(&letters));
    assert_eq!(desk.status("OTK-1"), "new");
}

#[test]
fn where_nobody_or_several_could_be_meant_the_engineer_is_asked_and_answers_with_the_tag() {
    let nameless =
        "From: Boris Stein\nSent: Thursday, November 19, 2026 9:00 AM\nTo: Ivan\nSubject: Printer\n\nIt smokes.\n";
    let mut desk = TestDesk::two_desks("0s");
    let message = forward(&mut desk, "FW: Printer", "", nameless);
    let letters = desk.send_to("internal", &message);
    assert_eq!(recipients(&letters), [IVANOV]);
    let asked = to(&letters, IVANOV);
    assert!(asked.read().text.contains("[от имени"), "{}", asked.read().text);
    let letters = desk.answers("ivanov", &asked, &format!("[for {BORIS}]"), "");
    assert_eq!(recipients(&letters), [BORIS, IVANOV], "{}", desk.last_disposition().2);
    assert!(desk.text(&["show", "OTK-1"]).contains(BORIS));
    let undone = desk.answers("ivanov", &to(&letters, IVANOV), "[undo]", "");
    assert_eq!(recipients(&undone), [IVANOV]);
    assert!(!desk.text(&["list"]).contains(BORIS));
    desk.verify();

    let mut desk = TestDesk::two_desks("0s");
    let several = desk.message_to(&format!("{BORIS}, {OLGA}"), IVANOV, "Printer", "We look at it.");
    let letters = desk.send_to("internal", &several.header("Cc: support@example.org"));
    assert_eq!(recipients(&letters), [IVANOV]);
    let text = text_to(&letters, IVANOV);
    assert!(text.contains(BORIS) && text.contains(OLGA), "{text}");
}

#[test]
fn a_mail_to_a_customer_with_the_desk_in_copy_is_their_request_and_their_answer_joins_it() {
    let mut desk = TestDesk::two_desks("0s");
    let mail = desk.message_to(BORIS, IVANOV, "Your printer", "We look at it tomorrow.");
    let mail = mail.header("Cc: support@example.org");
    let letters = desk.send_to("internal", &mail);
    assert_eq!(recipients(&letters), [BORIS, IVANOV], "{}", desk.last_disposition().2);
    assert!(!text_to(&letters, BORIS).contains("tomorrow"), "he has got the words");
    assert_eq!(desk.stands("OTK-1"), "in_work, ivanov");
    let reply = desk.message(BORIS, "Re: Your printer", "Thank you, I wait.").answering(&mail_id(&mail));
    let letters = desk.send(&reply);
    assert_eq!(recipients(&letters), [IVANOV]);
    let (disposition, request, _) = desk.last_disposition();
    assert_eq!((disposition.as_str(), request.as_str()), ("appended", "OTK-1"));
}

#[test]
fn the_requester_of_a_request_can_be_changed() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The printer of Boris smokes.");
    let letters = desk.answers("ivanov", &notification, &format!("[for {BORIS}]"), "");
    assert_eq!(recipients(&letters), [BORIS, IVANOV]);
    assert!(text_to(&letters, BORIS).contains("OTK-1"));
    let answered = desk.answers("ivanov", &notification, "", "Mended.");
    assert_eq!(recipients(&answered), [BORIS]);
    let undone = desk.answers("ivanov", &to(&letters, IVANOV), "[undo]", "");
    assert_eq!(recipients(&undone), [IVANOV]);
    assert_eq!(recipients(&desk.answers("ivanov", &notification, "", "Mended.")), [OLGA]);
    desk.verify();
}

#[test]
fn only_a_proven_engineers_forward_is_taken_for_one() {
    let mut desk = TestDesk::two_desks("0s");
    let message = forward(&mut desk, "Fwd: Printer", "", FORWARDS[0].2);
    assert!(!recipients(&desk.send(&message)).contains(&BORIS), "not proven: held");
    let message = desk.message(OLGA, "Fwd: Printer", FORWARDS[0].2);
    assert!(!recipients(&desk.send(&message)).contains(&BORIS), "a customer's is theirs");
}

/// The Message-ID of a message in the making.
fn mail_id(message: &Message) -> String {
    let raw = String::from_utf8(message.raw()).unwrap();
    let line = raw.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
    line.trim_end_matches('>').to_owned()
}
