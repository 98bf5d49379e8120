//! Every word of a message reaches the engineers who read of it: in the notification, in `show` and in the search.

use crate::support::{IVANOV, SentLetter, TestDesk, text_to};

const ANNA: &str = "anna@client.example";

/// Outlook's block above a quotation without marks.
const OUTLOOK: &str = "От: Поддержка <support@example.org>\nОтправлено: пятница, 20 ноября 2026 г. 10:12\nКому: Анна Берг <anna@client.example>\nТема: [OTK-1] Принтер";

/// The notification that a message of Anna's causes, without the last exchange below it.
fn notified(letters: &[SentLetter]) -> String {
    let text = text_to(letters, IVANOV);
    text.split_once("Перед этим:").map_or(text.clone(), |(above, _)| above.to_owned())
}

/// A desk at which Anna has asked, and our letter to her that asks back.
fn asked() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", ANNA, "Принтер", "Принтер не печатает.");
    let words = "Уточните, пожалуйста:\nВерсия программы:\nНомер кассы:\nНе обновляйте до версии 3.2.";
    let letters = desk.answers("ivanov", &notification, "[уточнение]", words);
    let question = letters.into_iter().find(|letter| letter.rcpt == ANNA).unwrap();
    (desk, question)
}

#[test]
fn an_answer_between_the_lines_of_our_letter_is_read_with_what_it_answers() {
    let (mut desk, question) = asked();
    let quoted = question.read().text.replace("Номер кассы:", "Номер кассы:\nпятая, у окна");
    let text = format!("Добрый день!\n\n{OUTLOOK}\n\n{quoted}");
    let answer = desk.reply(ANNA, &question, "", "").text(&text);
    let told = notified(&desk.send(&answer));
    assert!(told.contains("Добрый день!"), "{told}");
    assert!(told.contains("> Номер кассы:\n\nпятая, у окна"), "{told}");
    for ours in ["Отправлено:", "Не обновляйте до версии", "OTK-1%20withdraw"] {
        assert!(!told.contains(ours), "{ours} in {told}");
    }
}

#[test]
fn a_form_filled_in_and_a_digit_corrected_are_the_customers_words() {
    let (mut desk, question) = asked();
    let filled = question.read().text.replace("Версия программы:", "Версия программы: 3.1").replace("3.2", "3.3");
    let quoted: String = filled.lines().map(|line| format!("> {line}\n")).collect();
    let answer = desk.reply(ANNA, &question, "", "").text(&format!("20.11.2026 10:15, Поддержка пишет:\n{quoted}"));
    let told = notified(&desk.send(&answer));
    assert!(told.contains("> Версия программы: 3.1"), "{told}");
    assert!(told.contains("> Не обновляйте до версии 3.3."), "{told}");
}

#[test]
fn a_quotation_alone_says_nothing() {
    let (mut desk, question) = asked();
    let answer = desk.reply(ANNA, &question, "", "");
    let told = notified(&desk.send(&answer));
    assert!(!told.contains("Уточните, пожалуйста"), "{told}");
    assert_eq!(desk.status("OTK-1"), "need_info", "nothing was answered");
}

#[test]
fn what_a_new_request_quotes_stands_below_a_line() {
    let mut desk = TestDesk::two_desks("0s");
    let memo = "Прошу помочь.\n\nС уважением,\nАнна Берг\nтел. 555-01-02\n\nОт: Борис <boris@client.example>\nОтправлено: 19 ноября 2026 г. 9:00\n\
                Кому: Анна\nТема: RE: Касса\n\nНа кассе ошибка 136, чек не печатается.";
    let (_, notification) = desk.ask("support", ANNA, "RE: Касса", memo);
    let told = notification.read().text;
    let places = [
        "Прошу помочь.",
        "· · ·\nС уважением,",
        "тел. 555-01-02",
        "Более ранняя переписка, как она пришла:",
        "ошибка 136",
    ]
    .map(|words| told.find(words).unwrap_or_else(|| panic!("{words} in {told}")));
    assert!(places.is_sorted(), "{told}");
    let shown = desk.text(&["show", "OTK-1"]);
    assert!(shown.contains("ошибка 136") && shown.contains("тел. 555-01-02"), "{shown}");
    let found = desk.text(&["search", "ошибка 136"]);
    assert!(found.contains("OTK-1"), "{found}");
}

/// Whoever opens a request by answering somebody else's letter: its readers have never had that letter.
#[test]
fn a_letter_of_another_request_is_shown_to_those_who_never_had_it() {
    let (mut desk, question) = asked();
    let forwarded = desk.reply("boris@other.example", &question, "", "И у нас так.");
    let letters = desk.send(&forwarded);
    let told = notified(&letters);
    assert!(told.contains("И у нас так."), "{told}");
}

#[test]
fn an_encrypted_message_is_told_so_to_both_sides() {
    let mut desk = TestDesk::two_desks("0s");
    let raw = std::fs::read_to_string("fixtures/mail/smime-encrypted.eml").unwrap().replace("\r\n", "\n");
    let (header, body) = raw.split_once("\n\n").unwrap();
    let kept: String = header
        .lines()
        .filter(|line| !["From:", "To:", "Subject:"].iter().any(|name| line.starts_with(name)))
        .map(|line| format!("{line}\n"))
        .collect();
    let mail = format!("From: {ANNA}\nTo: support@example.org\nSubject: Касса\n{kept}\n{body}");
    let letters = desk.send_raw(mail.as_bytes());
    let told = notified(&letters);
    assert!(told.contains("Письмо зашифровано, и прочитать его здесь нельзя."), "{told}");
    let acknowledged = text_to(&letters, ANNA);
    assert!(acknowledged.contains("зашифровано") || acknowledged.contains("is encrypted"), "{acknowledged}");
}

/// Our letters to Anna: the question, and the answer to what she wrote then.
fn two_letters() -> (TestDesk, SentLetter, SentLetter) {
    let (mut desk, question) = asked();
    let version = desk.reply(ANNA, &question, "", "Версия 3.1, касса пятая.");
    let notification = desk.send(&version).into_iter().find(|letter| letter.rcpt == IVANOV).unwrap();
    let words = "Обновите драйвер кассы до 5.2.\nПосле этого перезагрузите кассу.\nЖурнал пришлите нам.";
    let answer =
        desk.answers("ivanov", &notification, "", words).into_iter().find(|letter| letter.rcpt == ANNA).unwrap();
    (desk, question, answer)
}

/// Whoever answers an old letter and has later ones below it.
#[test]
fn lines_of_several_letters_of_ours_are_not_the_writers_and_no_word_of_theirs_is_lost() {
    for marks in [["> ", "> > "], ["", ""]] {
        let (mut desk, question, letter) = two_letters();
        let quoted = |letter: &SentLetter, mark: &str| -> String {
            letter.read().text.lines().map(|line| format!("{mark}{line}\n")).collect()
        };
        let (first, second) = (quoted(&letter, marks[0]), quoted(&question, marks[1]));
        let first =
            first.replacen("Обновите драйвер кассы до 5.2.", "Обновите драйвер кассы до 5.2.\n\nобновили вчера\n", 1);
        let second = second.replacen("Номер кассы:", "Номер кассы:\n\nседьмая теперь\n", 1);
        let text = format!("Не помогло, журнал завтра.\n\n{OUTLOOK}\n\n{first}\n{}{OUTLOOK}\n\n{second}", marks[0]);
        let answer = desk.reply(ANNA, &question, "", "").text(&text);
        let told = notified(&desk.send(&answer));
        for typed in ["Не помогло, журнал завтра.", "обновили вчера", "седьмая теперь"]
        {
            assert!(told.contains(typed), "{marks:?}: {typed} in {told}");
        }
        for ours in ["перезагрузите кассу", "Не обновляйте до версии", "Журнал пришлите"]
        {
            assert!(
                !told.lines().any(|line| line.contains(ours) && !line.starts_with('>')),
                "{marks:?}: {ours} in {told}"
            );
        }
        assert!(!told.contains("Более ранняя переписка"), "all of it is ours: {told}");
    }
}

/// Three lines of an earlier message, sent once more without marks, were typed anew.
#[test]
fn whoever_repeats_what_they_wrote_before_is_read() {
    let (mut desk, question) = asked();
    let order = "Лента чековая, 10 шт.\nСканер штрих-кода, 2 шт.\nКабель USB, 5 шт.";
    let first = desk.reply(ANNA, &question, "", order);
    desk.send(&first);
    let again = desk.reply(ANNA, &question, "", &format!("Повторяю заказ:\n{order}"));
    let told = notified(&desk.send(&again));
    for line in order.lines() {
        assert!(told.contains(line), "{line} in {told}");
    }
}

/// Their own message, which they answer, and our letter below it.
#[test]
fn a_message_that_its_writer_quotes_again_is_not_shown_twice() {
    let (mut desk, question) = asked();
    let marked = |text: &str, mark: &str| text.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
    let letter = marked(&question.read().text, "> ");
    let first = format!("Версия 3.1, касса пятая, стоит у окна.\n\n20.11.2026 10:15, Поддержка пишет:\n{letter}");
    let message = desk.reply(ANNA, &question, "", "").text(&first);
    desk.send(&message);
    let text = format!("Забыла: смена вторая.\n\n20.11.2026 11:00, Анна Берг пишет:\n{}", marked(&first, "> "));
    let second = desk.reply(ANNA, &question, "", "").text(&text);
    let told = notified(&desk.send(&second));
    assert!(told.contains("Забыла: смена вторая."), "{told}");
    assert!(!told.contains("стоит у окна") && !told.contains("Более ранняя переписка"), "{told}");
}

/// A colleague of Anna's sends on what we wrote to her, inside of mail of their own.
#[test]
fn our_letter_inside_of_a_colleagues_thread_is_shown_with_it() {
    let (mut desk, _, letter) = two_letters();
    let ours: String = letter.read().text.lines().map(|line| format!("> > {line}\n")).collect();
    let text = format!(
        "Коллеги, у нас то же самое, касса 9.\n\n20.11.2026 12:00, Анна Берг <{ANNA}> пишет:\n> Борис, вот что ответили:\n>\n\
         > 20.11.2026 11:00, Поддержка <support@example.org> пишет:\n{ours}> Попробуй у себя, журнал в папке logs.\n"
    );
    let forwarded = desk.message("boris@client.example", "Fwd: Принтер", &text);
    let told = notified(&desk.send(&forwarded));
    for words in ["касса 9", "Борис, вот что ответили", "Обновите драйвер кассы до 5.2.", "журнал в папке logs"]
    {
        assert!(told.contains(words), "{words} in {told}");
    }
}
