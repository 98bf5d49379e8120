use super::{Ours, Role, align};

/// A letter of ours, as it is quoted.
const LETTER: &str = "\
Здравствуйте, Анна!

Мы зарегистрировали Ваш запрос под номером OTK-7. Чтобы разобраться, нам нужно знать немного больше.
Версия программы:
Операционная система:
Выберите вариант:
Вариант 1
Вариант 2
Не обновляйте программу до версии 3.2, пока мы не ответим.
> Принтер не печатает.
Отозвать запрос:
<mailto:support@desk.example?subject=%5BOTK-7%20withdraw%20tqrft8-k1-4dd4dd4dd4dd4dd4dd4dd4dd%5D>
Инструкция: https://docs.desk.example/start

--
Поддержка";

/// The lines of a message that are its writer's.
fn typed(message: &str) -> Vec<String> {
    let lines: Vec<&str> = message.lines().collect();
    let roles =
        align(&lines, &[Ours::new(LETTER)]).map_or_else(|| vec![Role::Typed; lines.len()], |aligned| aligned.roles);
    let typed = lines.iter().zip(roles).filter(|(line, role)| *role == Role::Typed && !line.trim().is_empty());
    typed.map(|(line, _)| (*line).to_owned()).collect()
}

fn marked(text: &str) -> String {
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

const OUTLOOK: &str =
    "От: Поддержка <support@desk.example>\nОтправлено: 20 ноября 2026 г. 10:12\nКому: Анна\nТема: [OTK-7] принтер\n\n";
const THUNDERBIRD: &str = "20.11.2026 10:12, Поддержка пишет:\n";

#[test]
fn a_whole_quotation_leaves_what_was_typed() {
    for quoted in [
        format!("{THUNDERBIRD}{}", marked(LETTER)),
        format!("{OUTLOOK}{LETTER}"),
        LETTER.to_owned(),
        marked(&marked(LETTER)),
        // A bare link, and none; one that a gateway has rewritten, and one that is written twice.
        marked(LETTER).replace("<mailto:", "mailto:").replace("%5D>", "%5D"),
        marked(&LETTER.lines().filter(|line| !line.starts_with("<mailto")).collect::<Vec<_>>().join("\n")),
        marked(&LETTER.replace(
            "https://docs.desk.example/start",
            "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fdocs.desk.example%2Fstart&data=05%7C01",
        )),
        marked(&LETTER.replace(
            "https://docs.desk.example/start",
            "https://docs.desk.example/start<https://docs.desk.example/start>",
        )),
        // Wrapped by the mail client, with and without a mark on the rest of a line.
        marked(&LETTER.replace("OTK-7. Чтобы", "OTK-7.\nЧтобы")),
        marked(LETTER).replace("OTK-7. Чтобы", "OTK-7.\nЧтобы"),
        marked(&LETTER.replace("Здравствуйте, Анна!", "*Здравствуйте, Анна!*").replace("- ", "— ")),
        marked(&LETTER.replace(' ', "\u{a0}")),
        marked(&LETTER.replace("\n\n", "\n").replace('\n', "\n\n")),
    ] {
        assert_eq!(typed(&format!("Да\n\n{quoted}")), ["Да"], "{quoted}");
        assert_eq!(typed(&format!("{quoted}\n\nСпасибо, помогло")), ["Спасибо, помогло"], "{quoted}");
        assert!(typed(&quoted).is_empty(), "{quoted}\n→ {:?}", typed(&quoted));
    }
}

#[test]
fn what_is_typed_stays_whatever_it_equals() {
    let between = |line: &str| LETTER.replace("Вариант 2\n", &format!("Вариант 2\n{line}\n"));
    for (message, words) in [
        // Above the quotation everything was typed.
        (format!("Вариант 2\n\n{OUTLOOK}{LETTER}"), vec!["Вариант 2"]),
        (format!("Вариант 2\n{THUNDERBIRD}{}", marked(LETTER)), vec!["Вариант 2"]),
        // A marked quotation cut short, and an answer that equals our next line.
        ("> Выберите вариант:\nВариант 2".to_owned(), vec!["Вариант 2"]),
        ("> Выберите вариант:\n> Вариант 1\n> Вариант 2\nВариант 2".to_owned(), vec!["Вариант 2"]),
        // Between the lines, in either style.
        (between("второй, пожалуйста"), vec!["второй, пожалуйста"]),
        (format!("{OUTLOOK}{}", between("Вариант 1")), vec!["Вариант 1"]),
        (marked(LETTER).replace("> Вариант 2\n", "> Вариант 2\n\n+\n\n"), vec!["+"]),
        // A form filled in, in the quotation.
        (
            format!(
                "{OUTLOOK}{}",
                LETTER.replace("программы:", "программы: 3.1").replace("система:", "система: Windows 11")
            ),
            vec!["Версия программы: 3.1", "Операционная система: Windows 11"],
        ),
        (marked(&LETTER.replace("программы:", "программы: 3.1")), vec!["> Версия программы: 3.1"]),
        // One digit corrected, a word inserted, a word struck out.
        (
            marked(&LETTER.replace("версии 3.2", "версии 3.3")),
            vec!["> Не обновляйте программу до версии 3.3, пока мы не ответим."],
        ),
        (
            marked(&LETTER.replace("Не обновляйте", "Обновляйте")),
            vec!["> Обновляйте программу до версии 3.2, пока мы не ответим."],
        ),
        (
            marked(&LETTER.replace("пока мы не ответим", "пока мы ответим")),
            vec!["> Не обновляйте программу до версии 3.2, пока мы ответим."],
        ),
        (
            format!("{OUTLOOK}{}", LETTER.replace("Не обновляйте", "обновляйте")),
            vec!["обновляйте программу до версии 3.2, пока мы не ответим."],
        ),
        // A word that only begins like ours.
        (marked(&LETTER.replace("Вариант 1\n", "Вари\n")), vec!["> Вари"]),
        // A foreign link.
        (
            marked(&LETTER.replace("docs.desk.example/start", "docs.desk.example/other")),
            vec!["> Инструкция: https://docs.desk.example/other"],
        ),
    ] {
        assert_eq!(typed(&message), words, "{message}");
    }
}

#[test]
fn a_line_that_touches_the_heading_is_typed() {
    for above in
        ["Версия 3.1.42", "It is 10:30 now", "Done on 12.05.2026", "Пишите на anna@example.com, версия 3.1", "tel"]
    {
        for heading in ["On Friday Anna wrote:", "20.11.2026 10:12, Поддержка пишет:", "-----Original Message-----"]
        {
            let read = typed(&format!("Добрый день!\n{above}\n{heading}\n{}", marked(LETTER)));
            assert!(read.contains(&above.to_owned()), "{above} above {heading}: {read:?}");
        }
    }
}

#[test]
fn a_message_that_quotes_something_else_is_not_aligned() {
    for message in ["", "Да", "Вариант 2", "> Совсем другое письмо\n\nОтвет", "Здравствуйте, Анна!\n\nДругое"]
    {
        assert!(align(&message.lines().collect::<Vec<_>>(), &[Ours::new(LETTER)]).is_none(), "{message}");
    }
}

/// What looks like a date with a number or an address may be the beginning of an attribution, or a sentence.
#[test]
fn a_sentence_directly_above_an_attribution_without_a_date_was_typed() {
    let letter = "Hello Anna,\n\nplease install version 2 of the driver.\nThen restart the spooler service.";
    let quoted: Vec<String> = letter.lines().map(|line| format!("> {line}")).collect();
    for sentence in [
        "Version 3 is installed, write to a@b.example if needed",
        "Version 3 at 10:15 failed, please write to petr@customer.example",
        "Ответ: версия 3. Пишет Пётр <petr@customer.example>",
        "On Friday we installed version 3",
        "Am Freitag wurde Version 3 installiert",
    ] {
        for attribution in
            ["Support <support@desk.example> wrote:", "Support Desk wrote:", "support@desk.example schrieb:"]
        {
            let text = format!("{sentence}\n{attribution}\n{}", quoted.join("\n"));
            let reading = crate::mail::quote::read(&text, false, &[super::Ours::new(letter)]);
            assert!(reading.words.contains(sentence), "{sentence} / {attribution}: {reading:?}");
            assert!(!reading.words.contains("version 2"), "{sentence} / {attribution}: {reading:?}");
        }
    }
}

/// Each part of a message is compared with the letter that it quotes; what stands between the lines of one letter is typed.
#[test]
fn several_letters_are_told_from_what_is_typed_around_and_between_them() {
    let question = "Здравствуйте, Анна!\nКакая у Вас версия программы?\nНа каком этаже стоит касса?\nПоддержка";
    let answer = "Обновите драйвер кассы до 5.2.\nПерезагрузите кассу и ждите.\nЖурнал пришлите нам.\nПоддержка";
    let ours = [Ours::new(question), Ours::other(1, answer)];
    let between = "так и сделали, но не помогло";
    for (newer, older) in [(answer, question), (question, answer)] {
        for (mark, deeper) in [("> ", "> > "), ("", "")] {
            let lines = |text: &str, mark: &str| text.lines().map(|line| format!("{mark}{line}\n")).collect::<String>();
            let quoted = |text: &str, mark: &str| {
                lines(&text.replacen('\n', "\n§\n", 1), mark).replace(&format!("{mark}§"), between)
            };
            let message = format!(
                "сделано\n\n{OUTLOOK}{}\n{mark}{OUTLOOK}{}\nдо свидания",
                quoted(newer, mark),
                quoted(older, deeper)
            );
            let lines: Vec<&str> = message.lines().collect();
            let roles = align(&lines, &ours).map(|aligned| aligned.roles).unwrap_or_default();
            let typed = lines.iter().zip(roles).filter(|(line, role)| *role == Role::Typed && !line.trim().is_empty());
            let typed: Vec<&str> = typed.map(|(line, _)| *line).collect();
            assert_eq!(typed, ["сделано", between, between, "до свидания"], "{message}");
        }
    }
    // Lines of another letter without marks or heading were typed anew.
    let again = answer.lines().collect::<Vec<_>>();
    assert_eq!(align(&again, &ours), None);
}
