//! Was this written by a human for us? (RFC 3834)

use std::sync::LazyLock;

use regex::Regex;

use crate::model::{AutomaticSign, Header};

/// Every sign in the header and the type of a message that it is automatic, strongest first.
pub fn signs(headers: &[Header]) -> Vec<AutomaticSign> {
    let mut signs = Vec::new();
    signs.extend(report_type(headers).map(AutomaticSign::Report));
    signs
        .extend(first(headers, "Return-Path").filter(|path| is_null_path(path)).map(|_| AutomaticSign::NullReturnPath));
    signs.extend(values(headers, "Auto-Submitted").filter(|v| is_auto_submitted(v)).map(AutomaticSign::AutoSubmitted));
    signs.extend(
        values(headers, "X-Auto-Response-Suppress")
            .filter(|v| suppresses_replies(v))
            .map(AutomaticSign::ResponseSuppressed),
    );
    signs.extend(
        headers
            .iter()
            .filter(|h| is_robot_header(h))
            .map(|h| AutomaticSign::RobotHeader(h.name.clone(), h.value.clone())),
    );
    for name in ["Precedence", "X-Precedence"] {
        signs.extend(values(headers, name).filter(|v| is_bulk_precedence(v)).map(AutomaticSign::Precedence));
    }
    signs.extend(
        headers
            .iter()
            .filter(|h| named(h, &LIST_HEADERS))
            .map(|h| AutomaticSign::List(h.name.clone(), h.value.clone())),
    );
    signs.extend(senders(headers).find(|a| UNATTENDED.is_match(a)).map(AutomaticSign::UnattendedSender));
    signs.extend(
        first(headers, "Subject").filter(|s| is_notice_subject(s)).map(|s| AutomaticSign::Subject(s.to_owned())),
    );
    signs.extend(first(headers, "Content-Type").and_then(calendar_method).map(AutomaticSign::Calendar));
    if !signs.iter().any(|s| matches!(s, AutomaticSign::Calendar(_))) {
        let class =
            first(headers, "Content-Class").filter(|c| c.eq_ignore_ascii_case("urn:content-classes:calendarmessage"));
        signs.extend(class.map(|_| AutomaticSign::Calendar("invitation".to_owned())));
    }
    signs
}

/// The method of a `text/calendar` part (RFC 5546, RFC 6047 section 2.4) from its Content-Type, in capitals; `None` when
/// the type is another or when the part only publishes data without asking anything of us.
pub fn calendar_method(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    if media_type(&lower) != "text/calendar" {
        return None;
    }
    parameter(&lower, "method").map(|method| method.to_ascii_uppercase())
}

fn values<'a>(headers: &'a [Header], name: &'a str) -> impl Iterator<Item = String> + 'a {
    headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.trim().to_owned())
}

/// The topmost field of this name: the one that the last server wrote.
fn first<'a>(headers: &'a [Header], name: &str) -> Option<&'a str> {
    headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.trim())
}

fn named(header: &Header, names: &[&str]) -> bool {
    names.iter().any(|name| header.name.eq_ignore_ascii_case(name))
}

/// What kind of report the message declares itself to be, or shows itself to be as a bounce without such a declaration.
fn report_type(headers: &[Header]) -> Option<String> {
    let content_type = first(headers, "Content-Type").unwrap_or_default().to_ascii_lowercase();
    let kind = match media_type(&content_type) {
        "multipart/report" => parameter(&content_type, "report-type").unwrap_or_default(),
        "message/delivery-status" | "message/global-delivery-status" => "delivery-status",
        "message/disposition-notification" | "message/global-disposition-notification" => "disposition-notification",
        "message/feedback-report" => "feedback-report",
        _ => {
            let failed = headers.iter().any(|h| h.name.eq_ignore_ascii_case("X-Failed-Recipients"));
            let daemon = senders(headers).any(|a| DAEMON.is_match(&a))
                || first(headers, "Return-Path").is_some_and(is_null_path);
            let bounce = failed || daemon && first(headers, "Subject").is_some_and(|s| BOUNCE_SUBJECT.is_match(s));
            return bounce.then(|| "bounce".to_owned());
        }
    };
    Some(match kind {
        "delivery-status" | "global-delivery-status" => "delivery report".to_owned(),
        "disposition-notification" => "read receipt".to_owned(),
        "feedback-report" => "feedback report".to_owned(),
        "" => "report".to_owned(),
        other => format!("{other} report"),
    })
}

fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// A parameter of a Content-Type in lower case (RFC 2045 section 5.1), without quotes.
fn parameter<'a>(content_type: &'a str, name: &str) -> Option<&'a str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        (key.trim() == name).then(|| value.trim().trim_matches('"'))
    })
}

fn is_null_path(path: &str) -> bool {
    path.strip_prefix('<').and_then(|p| p.strip_suffix('>')).is_some_and(|p| p.trim().is_empty())
}

/// RFC 3834 section 5: anything but `no`, parameters and comments aside.
fn is_auto_submitted(value: &str) -> bool {
    let keyword = value.split([';', '(']).next().unwrap_or_default().trim();
    !keyword.is_empty() && !keyword.eq_ignore_ascii_case("no")
}

/// Outlook puts `DR, RN, NRN` and the like, which only refuse receipts, on what people write.
fn suppresses_replies(value: &str) -> bool {
    value.split([',', ';', ' ']).any(|word| ["all", "oof", "autoreply"].iter().any(|w| word.eq_ignore_ascii_case(w)))
}

fn is_bulk_precedence(value: &str) -> bool {
    ["bulk", "list", "junk", "auto_reply", "auto-reply"].iter().any(|p| value.eq_ignore_ascii_case(p))
}

/// RFC 2369, RFC 2919, and what older list managers write.
const LIST_HEADERS: [&str; 9] = [
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Post",
    "List-Help",
    "List-Subscribe",
    "List-Owner",
    "List-Archive",
    "Mailing-List",
];

/// Fields that autoresponders, loop guards and other request desks put on what they write themselves.
const ROBOT_HEADERS: [&str; 22] = [
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autoreply-From",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Respond",
    "X-Autogenerated",
    "X-Mail-Autoreply",
    "X-Vacation",
    "X-Loop",
    "X-RT-Loop-Prevention",
    "X-OTRS-Loop",
    "X-Roundup-Loop",
    "X-Libredesk-Loop-Prevention",
    "X-JIRA-FingerPrint",
    "X-FC-MachineGenerated",
    "X-Cron-Env",
    "X-Boxtrapper",
    "X-TMDA-Fingerprint",
    "X-Autorespond-Domain",
    "X-Yandex-Autoreply",
    "X-AutoReply-Domain",
];

fn is_robot_header(header: &Header) -> bool {
    let denied = ["no", "false", "0"].iter().any(|v| header.value.trim().eq_ignore_ascii_case(v));
    named(header, &ROBOT_HEADERS) && !denied
}

/// The addresses in From and Sender, in lower case.
fn senders(headers: &[Header]) -> impl Iterator<Item = String> + '_ {
    let fields = headers.iter().filter(|h| named(h, &["From", "Sender"]));
    fields.map(|h| address(&h.value).to_lowercase())
}

/// The address of a one-mailbox field: in angle brackets, or the whole.
fn address(field: &str) -> &str {
    let bracketed = field.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    bracketed.unwrap_or(field).trim()
}

/// Mailboxes whose mail nobody answers.
static UNATTENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:.*[._+-])?(?:no|do[._-]?not|dont|не)[._-]?(?:reply|respond|answer|response)(?:[._+-].*|\d*)|ne[._-]?otvechat\S*|nicht[._-]?antworten|keine?[._-]?antwort|ne[._-]?pas[._-]?repondre|nepasrepondre|no[._-]?responder|nao[._-]?responda|non[._-]?rispondere|mailer[._-]?daemon|postmaster|bounces?|bounces?[+-].*|.+-bounces|owner-.+|.+-owner|autoreply|auto[._-]reply|autoresponder|microsoftexchange[0-9a-f]{20,})@",
    )
});

/// Senders of bounces.
static DAEMON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:mailer[._-]?daemon|postmaster|microsoftexchange[0-9a-f]{20,}|mail-daemon|mdaemon)(?:@|$)")
});

/// Subjects of bounces, as the common servers write them.
static BOUNCE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:undeliver(?:able|ed)\b|delivery (?:status notification|failure|has failed|report|delayed)|mail (?:delivery (?:failed|failure|system|error)|system error)|message (?:undeliverable|delivery failure)|returned mail\b|failure notice\b|warning: (?:message|could not send)|delayed mail|nondeliverable mail|недоставлен|не доставлено|не удается доставить|сообщение не доставлено|ошибка доставки|unzustellbar|nicht zustellbar|zustellung|non remis|non délivré|echec de|échec de|no se puede entregar|no entregado|niedostarcz|nie można dostarczyć|не вдається доставити|nelze doručit|onbestelbaar)",
    )
});

/// Whether the subject is one that only vacation notices, receipts and challenges have.
fn is_notice_subject(subject: &str) -> bool {
    NOTICE_SUBJECT.is_match(subject)
}

/// The phrase must stand at the very start and be all of it, or be followed by a mark: «Re: Automatic reply: …» is a
/// human who answers a notice, and «Out of office printers» is about printers.
static NOTICE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    let notices = [
        r"auto(?:matic|mated|matisch)?[ -]?(?:reply|response|answer)(?: (?:from|re)\b.*)?|auto[ -]?respon(?:se|der)|out[ -]of[ -](?:the[ -])?office(?: (?:auto\S*|reply|notification|message|notice|response)\b.*)?|vacation (?:reply|notice|message|response)|i am (?:currently )?out of (?:the )?office.*|away from (?:the )?office|on vacation",
        r"авто(?:матический )?[ -]?ответ(?:чик)?|автоматическое уведомление об отсутствии|отсутствую (?:на рабочем месте|в офисе).*|нет на (?:рабочем )?месте|вне офиса|я в отпуске.*|в отпуске|уведомление об отсутствии|отсутствие на рабочем месте",
        r"автоматична відповідь|автовідповідь|відсутн(?:ій|я) на робочому місці|у відпустці|аўтаматычны адказ",
        r"automatische antwort|abwesenheits(?:notiz|nachricht|meldung|assistent)(?: .*)?|abwesend|nicht im büro|außer haus",
        r"réponse automatique|absence du bureau|absent du bureau|message d'absence|hors du bureau|notification d'absence",
        r"respuesta automática|fuera de (?:la )?oficina|ausente de la oficina|resposta automática|fora do escritório|ausência temporária",
        r"risposta automatica|fuori (?:sede|ufficio)|assente dall'ufficio",
        r"odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź|poza biurem|nieobecność w biurze|nieobecny",
        r"automatisch antwoord|automatische beantwoording|afwezig(?:heidsbericht)?|niet op kantoor|buiten kantoor",
        r"autosvar|automatiskt svar|automatisk svar|frånvaro(?:meddelande)?|ikke på kontoret|ikke til stede|fravær(?:smelding)?|automaattinen vastaus|poissaolo(?:viesti)?",
        r"automatická odpověď|automatická odpoveď|mimo kancelář|automatikus válasz|házon kívül|otomatik yanıt|ofis dışında|răspuns automat|автоматичен отговор|αυτόματη απάντηση",
        r"自动(?:回复|答复)|自動(?:回覆|返信|応答)|不在(?:通知|中)?|外出|자동 ?(?:회신|응답)|부재 ?중",
        r"your (?:e-?mail|message) requires verification.*|please confirm your (?:message|e-?mail)(?: .*)?|(?:e-?mail )?sender verification required.*|подтвердите отправку (?:письма|сообщения).*|\[?spamarrest\]?.*",
    ];
    pattern(&format!(r"(?i)^\s*(?:\[|\()?(?:{})\s*(?:$|[:：;!.,|)\]（(\[–—-])", notices.join("|")))
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is constant and compiles")
}

#[cfg(test)]
mod tests {
    use super::{calendar_method, signs};
    use crate::model::Header;

    fn header(text: &str) -> Header {
        let (name, value) = text.split_once(": ").expect("a test header");
        Header { name: name.to_owned(), value: value.to_owned() }
    }

    fn told(headers: &[&str]) -> Vec<String> {
        signs(&headers.iter().map(|h| header(h)).collect::<Vec<_>>()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_sign() {
        for (line, sign) in [
            ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", "it is a delivery report"),
            ("Content-Type: Multipart/Report; Report-Type=\"Disposition-Notification\"", "it is a read receipt"),
            ("Content-Type: multipart/report; report-type=feedback-report", "it is a feedback report"),
            ("Content-Type: multipart/report; report-type=tlsrpt", "it is a tlsrpt report"),
            ("Content-Type: multipart/report; boundary=x", "it is a report"),
            ("Content-Type: message/delivery-status", "it is a delivery report"),
            ("X-Failed-Recipients: a@example.org", "it is a bounce"),
            ("Return-Path: <>", "Return-Path: <>"),
            ("Return-Path: < >", "Return-Path: <>"),
            ("Auto-Submitted: auto-replied (vacation)", "Auto-Submitted: auto-replied (vacation)"),
            (
                "auto-submitted: Auto-Generated; owner-email=a@example.org",
                "Auto-Submitted: Auto-Generated; owner-email=a@example.org",
            ),
            ("X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress: All"),
            ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "X-Auto-Response-Suppress: DR, OOF, AutoReply"),
            ("X-Autoreply: yes", "X-Autoreply: yes"),
            ("X-Autorespond: 1", "X-Autorespond: 1"),
            ("X-Loop: list@example.org", "X-Loop: list@example.org"),
            ("X-OTRS-Loop: yes", "X-OTRS-Loop: yes"),
            ("Precedence: bulk", "Precedence: bulk"),
            ("Precedence: List", "Precedence: List"),
            ("X-Precedence: junk", "Precedence: junk"),
            ("Precedence: auto_reply", "Precedence: auto_reply"),
            ("List-Id: News <news.example.org>", "List-Id: News <news.example.org>"),
            ("List-Unsubscribe: <mailto:u@example.org>", "List-Unsubscribe: <mailto:u@example.org>"),
            ("From: Shop <noreply@example.org>", "sent by noreply@example.org"),
            ("From: no-reply+x@example.org", "sent by no-reply+x@example.org"),
            ("From: \"Do not\" <Do-Not-Reply@example.org>", "sent by do-not-reply@example.org"),
            ("From: Jira <jira-noreply@example.org>", "sent by jira-noreply@example.org"),
            ("From: Mail Delivery System <MAILER-DAEMON@example.org>", "sent by mailer-daemon@example.org"),
            ("Sender: postmaster@example.org", "sent by postmaster@example.org"),
            ("From: owner-users@example.org", "sent by owner-users@example.org"),
            ("Content-Type: text/calendar; charset=utf-8; method=REQUEST", "calendar REQUEST"),
            ("Content-class: urn:content-classes:calendarmessage", "calendar invitation"),
        ] {
            assert_eq!(told(&[line]), [sign], "{line}");
        }
    }

    #[test]
    fn vacation_subjects_in_many_languages() {
        for subject in [
            "Automatic reply: Printer",
            "Auto-reply: x",
            "Autoreply",
            "Auto Response: x",
            "Out of Office",
            "Out of office: Re: x",
            "Out of Office AutoReply: x",
            "Out of the office - back on Monday",
            "Vacation reply: x",
            "Автоответ: Принтер",
            "Автоматический ответ: Принтер",
            "Автоответ",
            "Отсутствую на рабочем месте до 12 мая",
            "Автоматична відповідь: x",
            "Automatische Antwort: x",
            "Abwesenheitsnotiz: x",
            "Abwesenheitsnotiz Hans Muster: x",
            "Réponse automatique : x",
            "Absence du bureau: x",
            "Respuesta automática: x",
            "Fuera de la oficina: x",
            "Resposta automática: x",
            "Risposta automatica: x",
            "Odpowiedź automatyczna: x",
            "Autosvar: x",
            "Automatiskt svar: x",
            "Automaattinen vastaus: x",
            "Automatisch antwoord: x",
            "Automatická odpověď: x",
            "Automatikus válasz: x",
            "Otomatik Yanıt: x",
            "自动回复: x",
            "自動返信: x",
            "자동 회신: x",
            "Your email requires verification verify#abc",
            "Please confirm your message",
        ] {
            assert_eq!(told(&[&format!("Subject: {subject}")]), [format!("Subject: {subject}")]);
        }
    }

    #[test]
    fn what_people_write_has_no_sign() {
        for line in [
            "Return-Path: <anna@example.org>",
            "Auto-Submitted: no",
            "Auto-Submitted: No (really)",
            "X-Auto-Response-Suppress: DR, RN, NRN",
            "X-Auto-Response-Suppress: DR, NDR, RN, NRN",
            "Precedence: normal",
            "Precedence: first-class",
            "X-Autoreply: no",
            "From: Noreply Ivan <ivan@example.org>",
            "From: norep@example.org",
            "From: replynow@example.org",
            "From: ivan@noreply.example",
            "Subject: Re: Automatic reply: Printer",
            "Subject: Out of office printers are broken",
            "Subject: Автоответчик не работает",
            "Subject: Vacation planning",
            "Subject: Не приходит автоответ",
            "Subject: Undeliverable mail to partner",
            "Subject: Delivery failure to a@example.org",
            "Subject: В отпуске не работает VPN",
            "Subject: Automatic reply does not work",
            "Content-Type: text/calendar",
            "Content-Type: multipart/mixed; boundary=\"multipart/report\"",
            "X-Mailer: The Bat!",
            "Importance: high",
            "List-Price: 100",
            "Subject: 外出先から接続できない",
            "Subject: On vacation days in the report",
        ] {
            assert_eq!(told(&[line]), [] as [String; 0], "{line}");
        }
    }

    #[test]
    fn bounces_are_known_by_sender_and_subject_together() {
        for subject in [
            "failure notice",
            "Undelivered Mail Returned to Sender",
            "Mail delivery failed: returning message to sender",
            "Delivery Status Notification (Failure)",
            "Недоставленное сообщение",
            "Не доставлено: Принтер",
            "Unzustellbar: x",
            "Warning: message 1abc delayed 24 hours",
        ] {
            let told = told(&["From: <MAILER-DAEMON@mx.example.org>", &format!("Subject: {subject}")]);
            assert_eq!(told, ["it is a bounce", "sent by mailer-daemon@mx.example.org"], "{subject}");
        }
    }

    #[test]
    fn the_strongest_sign_comes_first() {
        let told = told(&[
            "Subject: Automatic reply: x",
            "Precedence: bulk",
            "Auto-Submitted: auto-replied",
            "Return-Path: <>",
        ]);
        assert_eq!(
            told,
            ["Return-Path: <>", "Auto-Submitted: auto-replied", "Precedence: bulk", "Subject: Automatic reply: x"]
        );
    }

    #[test]
    fn calendar_methods() {
        assert_eq!(calendar_method("text/calendar; method=\"reply\"; charset=utf-8").as_deref(), Some("REPLY"));
        assert_eq!(calendar_method("text/calendar"), None);
        assert_eq!(calendar_method("text/plain; method=request"), None);
    }
}
