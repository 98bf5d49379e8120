//! Patterns for senders and subjects of automatic mail, in many languages.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// Sender addresses that nobody reads, such as `noreply@`.
pub static UNATTENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:.*[._+-])?(?:no|do[._-]?not|dont|не)[._-]?(?:reply|respond|answer|response)(?:[._+-].*|\d*)|ne[._-]?otvechat\S*|nicht[._-]?antworten|keine?[._-]?antwort|ne[._-]?pas[._-]?repondre|nepasrepondre|no[._-]?responder|nao[._-]?responda|non[._-]?rispondere|mailer[._-]?daemon|postmaster|bounces?|bounces?[+-].*|.+-bounces|owner-.+|.+-owner|autoreply|auto[._-]reply|autoresponder|microsoftexchange[0-9a-f]{20,})@",
    )
});

/// Sender addresses of bounces.
pub static DAEMON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:mailer[._-]?daemon|postmaster|microsoftexchange[0-9a-f]{20,}|mail-daemon|mdaemon)(?:@|$)")
});

/// Subjects of bounces, as common mail servers write them.
pub static BOUNCE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:undeliver(?:able|ed)\b|delivery (?:status notification|failure|has failed|report|delayed)|mail (?:delivery (?:failed|failure|system|error)|system error)|message (?:undeliverable|delivery failure)|returned mail\b|failure notice\b|warning: (?:message|could not send)|delayed mail|nondeliverable mail|недоставлен|не доставлено|не удается доставить|сообщение не доставлено|ошибка доставки|unzustellbar|nicht zustellbar|zustellung|non remis|non délivré|echec de|échec de|no se puede entregar|no entregado|niedostarcz|nie można dostarczyć|не вдається доставити|nelze doručit|onbestelbaar)",
    )
});

/// Subjects of vacation notices and of challenge-response filters.
///
/// The phrase must begin the subject, and end it or be followed by a punctuation mark: «Re: Automatic reply: …» is a person's
/// answer to a notice, and «Out of office printers» is about printers.
pub static NOTICE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
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
