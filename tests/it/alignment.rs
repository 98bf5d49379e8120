//! Answers to our letters as mail programs really quote them: every word that their writers typed is read, and nothing of ours.

use maildesk::mail::compose::quotable;
use maildesk::mail::html::to_text;
use maildesk::mail::quote::{Ours, read};
use maildesk::model::{Block, Draft, EmailAddress, Fact, Language, LetterKind, Link, NamedAddress, RequestNumber};

use rustix::time::{ClockId, clock_gettime};

use crate::support::Random;

/// The line above which engineers write.
const CUT_LINE: &str = "— ответ пишите выше этой строки —";

/// How a mail program quotes.
struct Habit {
    name: &'static str,
    /// What it writes above the quotation.
    heading: &'static str,
    /// Its mark on each line; empty where it writes none.
    mark: &'static str,
    /// Where it wraps quoted lines, in characters.
    width: usize,
    /// Which text of the letter it quotes: the plain one, or that of the HTML.
    quotes_html: bool,
    /// What else it does to the quoted text.
    alters: fn(String) -> String,
}

fn same(text: String) -> String {
    text
}

/// An empty line behind every line, as Outlook's paragraphs become.
fn spaced(text: String) -> String {
    text.lines().map(|line| format!("{line}\n\n")).collect()
}

/// Links through the gateway that checks them.
fn rewritten(text: String) -> String {
    text.replace("https://", "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2F")
        .replace("start", "start&data=05%7C02")
}

/// Links behind their own text.
fn doubled(text: String) -> String {
    text.replace("https://docs.example.org/start", "https://docs.example.org/start <https://docs.example.org/start>")
}

fn no_break_spaces(text: String) -> String {
    text.replace("  ", " \u{a0}")
}

fn bold_first_line(text: String) -> String {
    let (first, rest) = text.split_once('\n').unwrap();
    format!("*{first}*\n{rest}")
}

const WIDE: usize = usize::MAX;

const OUTLOOK_RU: &str = "От: Поддержка <support@example.org>\nОтправлено: пятница, 20 ноября 2026 г. 10:12\nКому: Анна Берг <anna@example.com>\nТема: [OTK-7] Принтер";
const OUTLOOK_EN: &str = "From: Support <support@example.org>\nSent: Friday, November 20, 2026 10:12 AM\nTo: Anna Berg <anna@example.com>\nSubject: [OTK-7] Printer";
const OUTLOOK_DE: &str = "Von: Support <support@example.org>\nGesendet: Freitag, 20. November 2026 10:12\nAn: Anna Berg <anna@example.com>\nBetreff: [OTK-7] Drucker";

const HABITS: [Habit; 24] = [
    Habit { name: "Outlook ru", heading: OUTLOOK_RU, mark: "", width: WIDE, quotes_html: true, alters: spaced },
    Habit { name: "Outlook en", heading: OUTLOOK_EN, mark: "", width: WIDE, quotes_html: true, alters: same },
    Habit { name: "Outlook de", heading: OUTLOOK_DE, mark: "", width: WIDE, quotes_html: false, alters: rewritten },
    Habit {
        name: "Outlook web",
        heading: "________________________________\nОт: Поддержка <support@example.org>\nОтправлено: 20 ноября 2026 г. 10:12:05\nКому: Анна Берг\nТема: [OTK-7] Принтер",
        mark: "",
        width: WIDE,
        quotes_html: true,
        alters: rewritten,
    },
    Habit {
        name: "new Outlook",
        heading: "*From:* Support <support@example.org>\n*Date:* Friday, 20 November 2026 at 10:12\n*To:* Anna Berg\n*Subject:* [OTK-7] Printer",
        mark: "",
        width: WIDE,
        quotes_html: true,
        alters: bold_first_line,
    },
    Habit { name: "Outlook with >", heading: OUTLOOK_EN, mark: "> ", width: WIDE, quotes_html: false, alters: same },
    Habit {
        name: "iPhone",
        heading: "> 20 нояб. 2026 г., в 10:12, Поддержка <support@example.org> написал(а):\n>",
        mark: "> ",
        width: WIDE,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "Gmail en",
        heading: "On Fri, Nov 20, 2026 at 10:12 AM Support <support@example.org> wrote:\n",
        mark: "> ",
        width: 72,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "Gmail ru",
        heading: "пт, 20 нояб. 2026 г. в 10:12, Поддержка <support@example.org>:\n",
        mark: "> ",
        width: 72,
        quotes_html: true,
        alters: doubled,
    },
    Habit {
        name: "Gmail on a phone",
        heading: "пт, 20 нояб. 2026 г. в 10:12, Поддержка <support@example.org>:",
        mark: "> ",
        width: WIDE,
        quotes_html: true,
        alters: no_break_spaces,
    },
    Habit {
        name: "Yandex",
        heading: "20.11.2026, 10:12, \"Поддержка\" <support@example.org>:",
        mark: "",
        width: WIDE,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "Mail.ru",
        heading: ">Пятница, 20 ноября 2026, 10:12 +03:00 от Поддержка <support@example.org>:\n>",
        mark: ">",
        width: WIDE,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "The Bat!",
        heading: "Вы писали 20 ноября 2026 г., 10:12:05:\n",
        mark: "> ",
        width: 70,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Thunderbird",
        heading: "20.11.2026 10:12, Поддержка пишет:",
        mark: "> ",
        width: WIDE,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Thunderbird, wrapped",
        heading: "On 20/11/2026 10:12, Support wrote:",
        mark: "> ",
        width: 72,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "Lotus Notes",
        heading: "От:\tПоддержка <support@example.org>\nКому:\tАнна Берг/ACME@ACME\nДата:\t20.11.2026 10:12\nТема:\t[OTK-7] Принтер\n\n",
        mark: "",
        width: WIDE,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Zimbra",
        heading: "----- Исходное сообщение -----\nОт: \"Поддержка\" <support@example.org>\nКому: \"Анна\" <anna@example.com>\nОтправленные: Пятница, 20 Ноябрь 2026 г 10:12:05\nТема: [OTK-7] Принтер\n",
        mark: "",
        width: WIDE,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "K-9 Mail",
        heading: "20 ноября 2026 г. 10:12:05 GMT+03:00, \"Поддержка\" <support@example.org> пишет:",
        mark: ">",
        width: WIDE,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Evolution",
        heading: "В Пт, 20/11/2026 в 10:12 +0300, Поддержка пишет:",
        mark: "> ",
        width: 72,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "mutt",
        heading: "On Fri, Nov 20, 2026 at 10:12:05AM +0300, Support wrote:",
        mark: "> ",
        width: WIDE,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Roundcube",
        heading: "Поддержка писал(а) 2026-11-20 10:12:",
        mark: "> ",
        width: 72,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Claws Mail",
        heading: "On Fri, 20 Nov 2026 10:12:05 +0300\nSupport <support@example.org> wrote:\n",
        mark: "> ",
        width: WIDE,
        quotes_html: false,
        alters: same,
    },
    Habit {
        name: "Samsung",
        heading: "-------- Исходное сообщение --------\nОт: Поддержка <support@example.org>\nДата: 20.11.2026 10:12 (GMT+03:00)\nКому: anna@example.com\nТема: [OTK-7] Принтер\n",
        mark: "",
        width: WIDE,
        quotes_html: true,
        alters: same,
    },
    Habit {
        name: "Proton",
        heading: "On Friday, November 20th, 2026 at 10:12 AM, Support <support@example.org> wrote:\n",
        mark: "> ",
        width: WIDE,
        quotes_html: true,
        alters: same,
    },
];

fn letters() -> Vec<Draft> {
    let link = |label: &str, ask: &str| Link {
        label: label.to_owned(),
        url: format!("mailto:support@example.org?subject=%5BOTK-7%20{ask}%20tqrft8-k1-4dd4dd4dd4dd4dd4dd4dd4dd%5D"),
    };
    let draft = |language, text: &str, links: Vec<Link>, signature: &str| Draft {
        preheader: String::new(),
        blocks: Vec::new(),
        history: None,
        formed: Vec::new(),
        kind: LetterKind::Answer,
        request: None,
        from: NamedAddress { name: "Support".to_owned(), address: "support@example.org".to_owned() },
        to: EmailAddress::parse("anna@example.com").unwrap(),
        engineer: None,
        subject: "[OTK-7] Printer".to_owned(),
        text: text.to_owned(),
        links,
        signature: signature.to_owned(),
        language,
        files: Vec::new(),
        grace: 0,
        automatic: false,
        asks_about: None,
    };
    let notification = format!(
        "{CUT_LINE}\n\nНовый запрос OTK-7.\n\nПишет Анна Берг <anna@example.com>:\n\nДобрый день! Принтер не печатает с утра.\n\
         > журнал: 10:02 ERROR\nЧто делать?"
    );
    let fact = |label: &str, value: &str| Fact { label: label.to_owned(), value: value.to_owned() };
    let shape = vec![
        Block::Rule,
        Block::Heading("OTK-7: Принтер".to_owned()),
        Block::Facts(
            RequestNumber::parse("OTK-7").unwrap(),
            vec![fact("Заявитель", "Анна Берг, anna@example.com"), fact("Статус", "Зарегистрирован")],
        ),
        Block::Text(
            "Ваш ответ получит заявитель; ответ с тегом [заметка] увидят только инженеры.\n\
             [беру] [в работе] [уточнение] [обработано]"
                .to_owned(),
        ),
        Block::Buttons("Кнопка открывает готовое письмо:".to_owned(), vec![link("Взять", "take")]),
    ];
    vec![
        draft(
            Language::Ru,
            "Здравствуйте!\n\nВаш запрос получен и зарегистрирован под номером OTK-7.\n\nЧтобы мы могли продолжить, ответьте, \
             пожалуйста, на вопросы:\n- Какая у Вас версия программы?\n- Какая операционная система?\n- Что Вы делали перед тем, \
             как появилась ошибка, и можно ли её повторить на другом компьютере?\n\nИнструкция: https://docs.example.org/start",
            vec![link("Отозвать запрос", "withdraw")],
            "Служба поддержки «Пример»\nsupport@example.org",
        ),
        draft(
            Language::En,
            "Good day, Anna,\n\nplease open Settings > Printers, choose the tray by hand, and try again:\n\n    Tray:  2 (A4)\n\n\
             The log says:\n\n> 12:00:01 ERROR no paper in tray 1\n> 12:00:02 WARN  waiting\n\nDo not update to version 3.2 before we \
             have answered, because it changes the format of the reports and they could not be read afterwards.\n\nKind regards\nPyotr",
            vec![link("It works, close the request", "confirm"), link("It does not help", "disagree")],
            "Example support\nsupport@example.org",
        ),
        Draft { blocks: shape, ..draft(Language::Ru, &notification, Vec::new(), "") },
    ]
}

/// Wraps lines at a width, in characters.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split(' ') {
            if !current.is_empty() && current.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut current));
            } else if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines.join("\n")
}

/// The letter, quoted.
fn quoted(habit: &Habit, letter: &Draft) -> Vec<String> {
    let [plain, html] = quotable(letter, &[]);
    let text = (habit.alters)(if habit.quotes_html { html } else { plain });
    wrapped(&text, habit.width).lines().map(|line| format!("{}{line}", habit.mark)).collect()
}

fn words(message: &str, letter: &Draft) -> String {
    let ours: Vec<Ours> = quotable(letter, &[]).iter().map(|text| Ours::new(text)).collect();
    read(message, false, &ours).words
}

#[test]
fn an_answer_above_or_below_any_quotation_is_read_alone() {
    for habit in &HABITS {
        for letter in letters() {
            let quotation = format!("{}\n{}", habit.heading, quoted(habit, &letter).join("\n"));
            for answer in ["Да", "Спасибо, помогло.\n\nНо почему?", "[done]", "3.1.4"] {
                let above = words(&format!("{answer}\n\n{quotation}\n"), &letter);
                assert_eq!(above, answer, "above, {}\n{quotation}", habit.name);
                let below = words(&format!("{quotation}\n\n{answer}\n"), &letter);
                assert_eq!(below, answer, "below, {}\n{quotation}", habit.name);
            }
            assert_eq!(words(&quotation, &letter), "", "alone, {}\n{quotation}", habit.name);
        }
    }
}

/// Words are inserted, changed and struck out in random places; all of it is read, and next to nothing of ours.
#[test]
fn what_is_typed_anywhere_in_a_quotation_is_read() {
    let mut random = Random::new(20_261_128);
    let (mut ours, mut shown) = (0, 0);
    for round in 0..12 {
        for habit in &HABITS {
            for letter in letters() {
                let mut lines: Vec<(String, bool)> =
                    quoted(habit, &letter).into_iter().map(|line| (line, false)).collect();
                for number in 0..1 + random.below(3) {
                    mangle(&mut random, habit, &mut lines, &format!("w{round}x{number}"));
                }
                let text: Vec<&str> = lines.iter().map(|(line, _)| line.as_str()).collect();
                let message = format!("{}\n{}\n", habit.heading, text.join("\n"));
                let read = words(&message, &letter);
                let seen: Vec<String> = read.lines().map(bare).collect();
                let typed: Vec<String> =
                    lines.iter().filter(|(_, is_typed)| *is_typed).map(|(line, _)| bare(line)).collect();
                for line in &typed {
                    assert!(seen.contains(line), "{}: {line:?} is not in\n{read}\nof\n{message}", habit.name);
                }
                let is_question = |line: &&str| line.starts_with('>') || line.trim().is_empty();
                let more = read.lines().filter(|line| !is_question(line) && !typed.contains(&bare(line)));
                shown += more.clone().count();
                ours += lines.len();
                if !habit.mark.is_empty() {
                    assert_eq!(more.collect::<Vec<_>>(), Vec::<&str>::new(), "{}\n{message}", habit.name);
                }
            }
        }
    }
    assert!(shown * 100 <= ours, "{shown} of {ours} lines of ours are shown as the writer's");
}

/// A line without marks, and with single blanks.
fn bare(line: &str) -> String {
    line.trim_start_matches(['>', ' ']).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Inserts a line, or changes or strikes out a word of one that nobody has touched yet.
fn mangle(random: &mut Random, habit: &Habit, lines: &mut Vec<(String, bool)>, word: &str) {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(char::is_alphabetic);
    let places: Vec<usize> = (0..lines.len())
        .filter(|at| !lines[*at].1 && lines[*at].0.split_whitespace().filter(|word| is_word(word)).count() > 3)
        .collect();
    let at = places[random.below(places.len())];
    let mut words: Vec<String> = lines[at].0.split(' ').map(str::to_owned).collect();
    let which = words.iter().rposition(|word| is_word(word)).unwrap();
    match random.below(4) {
        0 => return lines.insert(at + 1, (format!("Ответ {word}"), true)),
        // A line that repeats one of ours: where marks tell what is quoted, it was typed.
        1 if !habit.mark.is_empty() => {
            let copy = lines[at].0.trim_start_matches(['>', ' ']).to_owned();
            return lines.insert(at + 1, (copy, true));
        }
        1 | 2 => words[which] = word.to_owned(),
        _ => drop(words.remove(which)),
    }
    lines[at] = (words.join(" "), true);
}

/// Twice the text is twice the work, not four times: a text that repeats itself is the worst for finding lines in it.
#[test]
fn alignment_is_linear() {
    let took = |lines: usize| {
        let text: String = (0..lines).map(|line| format!("и ещё раз и снова {}\n", line % 7)).collect();
        let message: String = text.lines().map(|line| format!("> {line} да\n> {line}\n")).collect();
        let ours = [Ours::new(&text)];
        // The processor time of this thread: what else the machine does must not count.
        let time = || {
            let time = clock_gettime(ClockId::ThreadCPUTime);
            time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
        };
        (0..3)
            .map(|_| {
                let begun = time();
                read(&message, false, &ours);
                time() - begun
            })
            .min()
            .unwrap()
    };
    let (once, twice) = (took(4_000), took(8_000));
    assert!(twice < once * 3, "{once} µs, twice as much: {twice} µs");
}

#[test]
fn html_of_an_answer_is_aligned_as_it_is_seen() {
    let letter = &letters()[0];
    let html = "<div>Версия 3.1</div><blockquote type=cite><div>Здравствуйте!</div><div>Ваш запрос получен и зарегистрирован под \
                номером OTK-7.</div><div style=\"color:red\">Спасибо, вижу.</div></blockquote>";
    assert_eq!(
        words(&to_text(html), letter),
        "Версия 3.1\n\n> Здравствуйте!\n> Ваш запрос получен и зарегистрирован под номером OTK-7.\n\n> Спасибо, вижу."
    );
}
