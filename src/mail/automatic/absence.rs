//! Recognises vacation notices and automatic replies without any sign in the header but a subject that people use, too: only
//! together with a text that says the same.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// The longest notice, in characters.
const LONGEST: usize = 1_500;

/// Whether subject and words both say that the writer is away, or that a program answers for them. Whoever asks for help with
/// such things is a person.
pub fn is_notice(subject: &str, words: &str) -> bool {
    let words = words.trim();
    let is_absent = || SUBJECT.is_match(subject) && SAYS_SO.is_match(words);
    let is_acknowledged = || ACKNOWLEDGEMENT.is_match(subject) && ACKNOWLEDGES.is_match(words);
    words.chars().count() <= LONGEST && (is_absent() || is_acknowledged()) && !PLEA.is_match(words)
}

/// Whether words ask for help, so that a subject alone makes them no automatic reply.
pub fn is_plea(words: &str) -> bool {
    words.chars().count() <= LONGEST && STRONG_PLEA.is_match(words) && !SAYS_SO.is_match(words)
}

/// What no automatic reply says.
static STRONG_PLEA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)помогите|подскажите|не работает|не отправля|не приход|почините|исправьте|прошу (?:завести|добавить|исправить|отключить|включить|настроить|проверить|создать|удалить)|please (?:help|fix|repair|disable|enable|configure)|(?:does|do|is)(?:n['’]t| not) (?:work|send|arrive)|not working",
    )
});

/// What names an automatic reply.
const REPLY: &str = r"auto(?:matic|mated)?[ -]?(?:reply|response|answer)|autoreply|auto-?responder|out[ -]of[ -](?:the[ -])?office|ooo|on (?:annual |sick )?(?:vacation|leave|holidays?)|vacation|away|авто(?:матический )?[ -]?ответ(?:чик)?|отсутствие|отсутствую|(?:я )?в (?:отпуске|командировке)|отпуск|вне офиса|нет на месте|нет в офисе|abwesenheit(?:snotiz)?|abwesend|absence|absent|ausente|nieobecność|urlop|urlaub|відпустка|автовідповідь";

/// What begins the subject of an automatic reply, whatever follows.
const LONGER: &str = r"(?:уведомление|сообщение|оповещение) об? (?:отпуске|отсутствии|командировке)|(?:ежегодный |декретный )?отпуск (?:с|до|по)|декретный отпуск|(?:я )?(?:сейчас )?(?:не на (?:рабочем )?месте|в декрете|на больничном|нахожусь в (?:отпуске|командировке))|командировка|больничный|(?:я )?(?:больше|уже) не работаю|(?:сотрудник|работник) (?:уволен|уволился|больше не работает)|on holidays?|i (?:will be|am) (?:currently )?(?:out of|away|on)|(?:currently )?away from|no longer (?:with|at|working)|i (?:no longer work|have left)|(?:this )?(?:mailbox|address|account) is (?:no longer|not) (?:monitored|in use|active)|autom(?:\.|at\w*) (?:antwort|abwesenheit\w*)|мы получили ваше|спасибо за (?:ваше )?(?:обращение|письмо)|thank you for your (?:e-?mail|message)";

/// Subjects of other desks' acknowledgements that people use, too.
static ACKNOWLEDGEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[^\p{L}]*(?:(?:мы )?(?:получили|приняли) ваш[еу]?|спасибо за (?:ваше? )?(?:обращение|письмо|сообщение|заявку)|thank(?:s| you) for (?:your (?:e-?mail|message|inquiry|enquiry|request)|contacting|writing)|ваш[еа]? (?:обращение|заявка|запрос|письмо|сообщение)|(?:обращени[ею]|заявк[аеи]|запрос[уа]?|тикет|инцидент|регистрация (?:обращения|заявки|запроса)|case|ticket|request|incident)\P{L}.*(?:\d|присвоен|создан|зарегистрирован|принят|received|created|opened)|(?:ticket|case|request|заявка|обращение)? ?[#№]?\d)",
    )
});

/// Sentences of acknowledgements.
static ACKNOWLEDGES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)ваш[еа]? (?:письмо|сообщение|обращение|заявка|запрос)[^\n.!?]{0,60} (?:получен|принят|доставлен|зарегистрирован|создан)|(?:зарегистрирован|создан)[оа]? (?:под номером|заявка|обращение)|присвоен (?:регистрационный |входящий |уникальный )?(?:номер|идентификатор)|(?:письмо|сообщение|ответ|уведомление) (?:было )?(?:отправлен|сформирован|создан|сгенерирован)\S* автоматически|не отвечайте на (?:это|данное)|это автоматическ|your (?:request|ticket|message|e-?mail|case|inquiry|enquiry)[^\n.!?]{0,60} (?:has been|was|is) (?:received|registered|created|opened|logged|accepted|assigned)|we (?:have )?received your (?:request|message|e-?mail|inquiry|enquiry)|this is an? auto|do not reply to this",
    )
});

/// It begins or ends the subject, set apart by a mark.
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^[^\p{{L}}]*(?:(?:{REPLY})\b[^\p{{L}}\d]*(?:$|[:;,|(\[–—-])|auto\s*[:(-]|авто\s*[:(-]|(?:{LONGER})(?:$|\P{{L}}))|[(\[|:;,–—-][^\p{{L}}]*(?:{REPLY})[^\p{{L}}\d]*$"
    ))
});

/// Sentences of a notice.
static SAYS_SO: LazyLock<Regex> = LazyLock::new(|| {
    let sentences = [
        r"(?:i am|i['’]m|i will be|i['’]ll be) (?:currently |now |away |still |traveling |travelling |and )*(?:out of (?:the |my )?office|out of town|away|unavailable|on (?:my |a |an |annual |sick |maternity |parental |paternity |business )*(?:leave|vacation|holidays?|trip))",
        r"(?:limited|no|without|intermittent) access to (?:my )?(?:e-?mails?|mail|internet)",
        r"this is an? (?:auto(?:matic(?:ally)?|mated)|auto-?generated)|automatic(?:ally)? (?:generated )?(?:reply|response|message)|(?:has been|was) (?:sent|generated) automatically",
        r"i (?:will|['’]ll) (?:respond|reply|answer|return|be back|get back|read your)|(?:returning|back) (?:in the office )?on (?:\p{L}+ )?\d",
        r"\bя (?:сейчас |временно )*(?:нахожусь |буду )?(?:в (?:отпуске|командировке|отъезде)|на больничном)|(?:нахожусь|буду находиться|ухожу) (?:в (?:ежегодном )?(?:отпуске?|командировке)|на больничном)|(?:^|[.!,] )в (?:отпуске|командировке) (?:до|с|по)\b",
        r"(?:буду |временно )?отсутств(?:ую|овать|ует)\b|меня (?:не будет|нет) (?:на (?:рабочем )?месте|в офисе|на работе|до|с)\b|(?:вернусь|отвечу|выйду на работу)\b",
        r"это (?:автоматическ\S+|авто-?ответ)|(?:письмо|сообщение|ответ|уведомление) (?:было )?(?:отправлен|сформирован|создан|сгенерирован)\S* автоматически|автоматическ\S+ (?:ответ|уведомлени|сообщени)|не отвечайте на (?:это|данное)|ваше (?:письмо|сообщение|обращение) (?:получено|принято|доставлено)",
        r"ограничен\S* доступ к|без доступа к (?:почте|интернету)|(?:по|в) (?:всем )?(?:срочным|неотложным|экстренн\S+) (?:вопросам|случа\S+)|вас(?:| на это время) замещает|замещает меня",
        r"я (?:зараз )?(?:у відпустці|відсутн)|ich bin [^\n]{0,40}(?:nicht im|abwesend|urlaub|außer haus)|je (?:suis|serai) (?:actuellement )?(?:absent|en congé)|estoy (?:fuera|de vacaciones|ausente)|estou (?:ausente|de férias)|sono (?:in ferie|assente|fuori)|jestem (?:na urlopie|nieobecn)|přebývám|jsem na dovolené|nejsem v kanceláři",
    ];
    pattern(&format!("(?im){}", sentences.join("|")))
});

/// What people say who ask for something.
static PLEA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\?|помогите|помощ|подскажите|не работает|не отправля|не приход|не получа|не включа|не отключа|почему|настро(?:ить|йте)|прошу|просьба|исправ|ошибк|does(?:n['’]t| not) (?:work|send|arrive)|not working|how (?:do|can|to)\b|why\b|could you|can you|(?:please|to) (?:help|fix|check|disable|enable|configure)|\berrors?\b",
    )
});

#[cfg(test)]
mod tests {
    use super::{is_notice, is_plea};

    #[test]
    fn subject_and_text_together_make_a_notice() {
        for (subject, words) in [
            ("OOO: Printer", "Hi,\nI am out of the office until December 5 and will reply when I return."),
            ("Printer (Automatic reply)", "Thank you for your message. I’m on vacation with limited access to email."),
            ("Re: Printer [auto-reply]", "This is an automated response. Your message was received."),
            ("Принтер [автоответ]", "Добрый день! Я в отпуске до 5 декабря."),
            ("Re: Принтер (автоматический ответ)", "Это автоматическое уведомление, не отвечайте на это письмо."),
            ("Out of office - Printer", "I will be out of office from 1 to 10 December. For urgent matters call 123."),
            ("Out of Office; Printer!", "I'll be back on Monday 5 December."),
            ("Auto: Printer", "I am currently away and will respond as soon as possible."),
            ("Отсутствие: Принтер", "Буду отсутствовать на рабочем месте с 1 по 10 декабря. Меня замещает Пётр."),
            ("Принтер — отпуск", "Нахожусь в отпуске, отвечу после 10 декабря."),
            ("Re: [OTK-1] Принтер | в командировке", "Я в командировке по 3 декабря."),
            ("Absence: Imprimante", "Je suis absente jusqu'au 5 décembre."),
            ("Abwesenheit: Drucker", "Ich bin bis zum 5. Dezember nicht im Büro."),
            ("Urlop - drukarka", "Jestem na urlopie do 5 grudnia."),
            ("Уведомление об отпуске", "Добрый день! Я в отпуске до 30 ноября."),
            ("Отпуск с 20.11 по 30.11", "Нахожусь в отпуске, меня замещает Пётр."),
            ("Не на месте до понедельника", "Меня нет на рабочем месте, отвечу в понедельник."),
            ("I will be out of the office", "I am out of the office until November 30."),
            ("On holiday until 30 November", "I am on holiday with limited access to e-mail."),
            ("Мы получили ваше письмо", "Ваше письмо получено, ответим в течение дня."),
            ("Заявке присвоен номер 4711", "Ваша заявка принята. Это автоматическое сообщение."),
            ("Обращение #4711 создано", "Ваше обращение «Принтер» зарегистрировано под номером 4711."),
            ("Case 00012345 created: Printer", "Your request has been received. Please do not reply to this message."),
            ("Thank you for your email", "We have received your message and will answer soon."),
        ] {
            assert!(is_notice(subject, words), "{subject} / {words}");
        }
    }

    #[test]
    fn whoever_asks_for_help_is_no_program() {
        for words in [
            "It does not send, please fix",
            "Прошу завести ООО «Ромашка» в справочник",
            "Автоответ не работает, помогите",
        ] {
            assert!(is_plea(words), "{words}");
        }
        for words in ["Я в отпуске до 5 декабря. Если что-то не работает, пишите Петру.", "Back on Monday.", ""]
        {
            assert!(!is_plea(words), "{words}");
        }
    }

    #[test]
    fn people_who_speak_of_such_things_are_people() {
        for (subject, words) in [
            ("Автоответ: не уходит", "Автоответ не работает, помогите. Я в отпуске с понедельника."),
            (
                "Out of office - broken",
                "I am on leave from Monday, but the automatic reply is not working. Please help.",
            ),
            ("Отпуск: расчёт", "Отпускные посчитаны неверно за ноябрь."),
            ("OOO: Ромашка", "Прошу выставить счёт. Я в отпуске, отвечу позже."),
            ("Auto: не заводится", "Автомобиль в гараже 5."),
            ("Отсутствие: пункт меню", "В меню нет пункта «Отсутствие»."),
            ("Принтер", "Я в отпуске до 5 декабря, принтером займётся Пётр."),
            ("Ответ (авто)", "Можно ли отключить автоответ?"),
            ("Re: Принтер [автоответ]", "Спасибо, принтер печатает."),
            ("Vacation", "Three employees have the wrong balance of days."),
            ("Заявка на доступ", "Я в отпуске до 5 декабря, доступ нужен Петрову."),
            ("Ticket 4711", "The printer prints again, thank you."),
            ("Командировка: авансовый отчёт", "Не открывается авансовый отчёт."),
        ] {
            assert!(!is_notice(subject, words), "{subject} / {words}");
        }
    }
}
