//! Short Russian phrases in each charset, declared wrongly or not at all.

use encoding_rs::{Encoding, IBM866, KOI8_R, UTF_8, WINDOWS_1251};

use super::decode;

/// Texts of bodies, subjects and file names, as short as people write them; many begin with a capital that is a sign in
/// another charset.
const PHRASES: &[&str] = &[
    "Здравствуйте",
    "Здравствуйте!",
    "Добрый день!",
    "Доброе утро",
    "Добрый вечер, коллеги",
    "Привет",
    "Касса",
    "Касса не работает",
    "Касса.pdf",
    "Кассовый отчет.pdf",
    "Чек не печатает сервер",
    "Чеки за март.zip",
    "Что нового_332_2020_05_15.rtf",
    "Уточните срок поставки",
    "У нас не работает касса",
    "Здравствуйте! У нас не работает касса, срочно",
    "Компьютер не видит сервер, просьба помочь",
    "Не печатает принтер",
    "Нет доступа",
    "Нет доступа к порталу",
    "Нужна помощь",
    "Ошибка",
    "Ошибка 502",
    "Ошибка при входе",
    "Срочно!",
    "Срочно, не работает почта",
    "Спасибо",
    "Спасибо, всё работает",
    "С уважением, Анна",
    "Ждём ответа",
    "Жду ответа",
    "Жалоба на доставку",
    "Журнал.txt",
    "Заявка",
    "Заявка № 15",
    "Заявка №77 на доступ",
    "Запрос на доступ",
    "Инструкция.docx",
    "Исправьте, пожалуйста",
    "Итоги за ноябрь",
    "Карта не читается",
    "Как подключить принтер?",
    "Когда починят?",
    "Лицензия истекла",
    "Логин не подходит",
    "Монитор не включается",
    "Можно закрывать",
    "Мы ждём счёт",
    "Отчёт за март.xlsx",
    "Отчет",
    "Отсутствует связь",
    "Отказ в доступе",
    "Пароль",
    "Пароль не подходит",
    "Перезвоните мне",
    "Подтверждаю",
    "Пожалуйста, перезвоните",
    "Помогите",
    "Портал недоступен",
    "Почта не приходит",
    "Прошу завести учётную запись",
    "Работает медленно",
    "Расчёт зарплаты",
    "Реквизиты.doc",
    "Сервер не отвечает",
    "Сканер",
    "Скриншот.png",
    "Снимок экрана.png",
    "Счёт",
    "Счёт на оплату",
    "Счет-фактура",
    "Табель",
    "Тест",
    "Терминал завис",
    "Телефон не звонит",
    "Удалите, пожалуйста",
    "Установите программу",
    "Уважаемые коллеги!",
    "Файл не открывается",
    "Фото.jpg",
    "Факс не работает",
    "Хочу сменить пароль",
    "Холодильник сломан",
    "Центральный склад",
    "Цены неверные",
    "Цех 4 без света",
    "Часы спешат",
    "Через час перезвоню",
    "Шаблон договора",
    "Шлюз недоступен",
    "Щит обесточен",
    "Экран погас",
    "Электронная подпись",
    "Это срочно",
    "Юридический отдел",
    "Юля, посмотрите",
    "Я не могу войти",
    "Ярлык пропал",
    "Акт",
    "Акт сверки.pdf",
    "Анна",
    "Анкета.doc",
    "База не открывается",
    "Бланк заказа",
    "Большое спасибо!",
    "В отчёте ошибка",
    "Вход",
    "Вход не работает",
    "Всё хорошо",
    "Где мой заказ?",
    "Главный бухгалтер",
    "График отпусков.xls",
    "Да, верно",
    "Договор №5 от 10.11",
    "Договор «Ромашка»",
    "Елена Петрова",
    "Если можно, сегодня",
    "Ёлка заказана",
    "СРОЧНО",
    "СРОЧНО! НЕ РАБОТАЕТ КАССА",
    "НЕ РАБОТАЕТ ВХОД",
    "ООО «Ромашка»",
    "«Касса» не открывается",
    "Кнопка „Войти“ не нажимается",
    "Не работает… помогите",
    "Ошибка — нет связи",
    "Сбой – с утра",
    "№ договора 12",
    "Цена:\u{a0}500",
    "10\u{a0}000 рублей",
    "ИП Иванов И. И.",
    "Иван Иванов",
    "Кузнецов",
    "Чернышёва Юлия",
    "Щукин Пётр",
    "и ещё вопрос",
    "не работает",
    "не работает касса",
    "помогите пожалуйста",
    "принтер",
    "почему?",
    "ошибка в 1С",
    "выгрузка из 1С:Предприятие",
    "не открывается Excel",
    "Outlook не принимает почту",
    "VPN не подключается",
    "Прошу выдать доступ к CRM",
    "ok, спасибо",
    "1. Касса\n2. Чек\n3. Кнопка",
    "Коллеги,\n\nу нас не работает касса.\n\nС уважением,\nКирилл Чижов",
    "Объём памяти",
    "Подъезд закрыт",
    "Въезд запрещён",
];

fn encoded(text: &str, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let (bytes, _, unmappable) = encoding.encode(text);
    (!unmappable).then(|| bytes.into_owned())
}

#[test]
fn short_phrases_are_read_rightly_whatever_is_declared() {
    let mut wrong = Vec::new();
    for text in PHRASES {
        for encoding in [WINDOWS_1251, KOI8_R, UTF_8, IBM866] {
            let Some(bytes) = encoded(text, encoding) else { continue };
            for declared in [None, Some("utf-8"), Some("us-ascii"), Some("iso-8859-1"), Some(encoding.name())] {
                let read = decode(&bytes, declared);
                if read.text != *text {
                    wrong.push(format!("{} declared {declared:?}: {text} → {}", encoding.name(), read.text));
                }
            }
        }
    }
    assert!(PHRASES.len() >= 150 && wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn abbreviations_and_the_shortest_words_are_windows_1251() {
    for text in ["Да", "ТТН", "УПД", "УПД 5", "КБ.pdf", "Ок"] {
        for declared in [None, Some("utf-8"), Some("us-ascii"), Some("iso-8859-1"), Some("windows-1251")] {
            let bytes = encoded(text, WINDOWS_1251).unwrap_or_default();
            assert_eq!(decode(&bytes, declared).text, text, "declared {declared:?}");
        }
    }
}

#[test]
fn a_reading_that_was_guessed_is_a_defect() {
    for encoding in [WINDOWS_1251, KOI8_R, IBM866] {
        let bytes = encoded("Касса не работает", encoding).unwrap_or_default();
        for declared in [None, Some("utf-8"), Some("iso-8859-1")] {
            assert!(decode(&bytes, declared).defect.is_some(), "{} declared {declared:?}", encoding.name());
        }
    }
}

#[test]
fn windows_1251_is_read_whatever_charset_of_asia_is_declared() {
    for text in PHRASES.iter().filter(|text| text.chars().count() >= 20) {
        let bytes = encoded(text, WINDOWS_1251).unwrap_or_default();
        for declared in ["gb2312", "gbk", "big5", "euc-kr", "shift_jis"] {
            assert_eq!(decode(&bytes, Some(declared)).text, *text, "{declared}");
        }
    }
}

#[test]
fn other_languages_are_not_taken_for_russian() {
    for (text, label) in [
        ("您好，请帮忙处理打印机故障", "gb2312"),
        ("打印机不能用了", "gbk"),
        ("无法登录系统，请协助", "gb18030"),
        ("您好，印表機壞了", "big5"),
        ("프린터가 작동하지 않습니다", "euc-kr"),
        ("プリンタが動きません", "shift_jis"),
        ("お世話になっております。", "euc-jp"),
        ("Drucker geht nicht, bitte Rückruf. Grüße, Jörg Müller", "iso-8859-1"),
        ("Élève très gêné à l'école, où ça ?", "windows-1252"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "windows-1250"),
        ("Καλημέρα, ο εκτυπωτής δεν λειτουργεί", "iso-8859-7"),
        ("שלום, המדפסת לא עובדת", "windows-1255"),
        ("Yazıcı çalışmıyor, lütfen yardım edin", "windows-1254"),
    ] {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(UTF_8);
        assert_eq!(decode(&encoded(text, encoding).unwrap_or_default(), Some(label)).text, text, "{label}");
    }
}

#[test]
fn a_footer_in_another_charset_leaves_the_words_readable() {
    let words = "Добрый день! Не открывается отчёт по складу.\n\n";
    let footer = "-- \nПроверено на вирусы Антивирусом Касперского\n";
    for other in [WINDOWS_1251, KOI8_R, IBM866] {
        let bytes = [words.as_bytes(), &encoded(footer, other).unwrap_or_default()].concat();
        for declared in [None, Some("utf-8"), Some(other.name()), Some("us-ascii")] {
            let read = decode(&bytes, declared);
            assert_eq!(read.text, format!("{words}{footer}"), "{} declared {declared:?}", other.name());
            assert!(read.defect.is_some_and(|defect| defect.contains("line by line")));
        }
    }
}

#[test]
fn japanese_escapes_are_read_whatever_is_declared() {
    for declared in [None, Some("us-ascii"), Some("utf-8"), Some("windows-1251")] {
        let read = decode(b"\x1b$B$3$s$K$A$O\x1b(B, desk", declared);
        assert_eq!(read.text, "こんにちは, desk", "{declared:?}");
    }
    assert_eq!(decode(b"\x1b[31mred\x1b[0m costs $B", None).text, "\u{1b}[31mred\u{1b}[0m costs $B");
}
