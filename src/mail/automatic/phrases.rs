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
    pattern(
        r"(?i)^(?:mailer?[._-]?daemon|post[._-]?master|microsoftexchange[0-9a-f]{20,}|mail[._-]?(?:delivery[._-]?(?:sub)?)?system|m?daemon|smtp[._-]?daemon|mmdf|bounce-?handler)(?:@|$)",
    )
});

/// Subjects of bounces, as common mail servers write them.
///
/// Only together with another sign that no person sent the message.
pub static BOUNCE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    let subjects = [
        r"undeliver(?:able|ed)\b|delivery (?:status notification|notification|failure|failed|has failed|report|delayed|delay|error|problem|incomplete|unsuccessful|impossible)|mail (?:delivery (?:failed|failure|system|error|problem)|system error|failure|returned|undeliverable|non-?delivery|delayed)",
        r"message (?:undeliverable|delivery failure|delivery error|status - undeliver|delayed|not delivered)|returned (?:e-?mail|mail|to sender)\b|failure notice\b|warning: (?:message|could not send|mail|e-?mail)|delayed (?:mail|delivery)|nondeliverable mail|\[bounce\]|bounced? (?:mail|message)|permanent (?:delivery )?failure|postmaster notify: |notice: mail delivery status|non-?delivery (?:report|receipt|notice|notification)|failed (?:mail|delivery)",
        r"(?:your )?(?:e-?mail|message|mail) (?:could ?not be|was not|cannot be|can't be) (?:deliver|sent)|(?:unable to|could not|couldn't|cannot) deliver|not delivered|user unknown|mailbox full|address not found|error of your mail|not member article|reject(?:ed)?(?: mail)?[ :]",
        r"недостав|не доставлено|не удается доставить|не удалось доставить|(?:сообщение|письмо) не (?:было )?доставлено|(?:ошибка|сбой|отказ|задержка)(?: при| в)? доставк|возвра(?:щ[её]нное|т) (?:письм|почт)|доставка (?:задержана|не удалась|невозможна)|уведомление о (?:не ?достав|состоянии достав|статусе достав|задержке достав)|отч[её]т о (?:не ?достав|невозможности)|не вдається доставити|не вдалося доставити|повідомлення не доставлено",
        r"unzustellbar|nicht zustellbar|nicht zugestellt|zustellung|zustellfehler|übermittlung fehlgeschlagen",
        r"non remis|non délivré|message non (?:remis|délivré|distribu)|echec de|échec de|retour de courrier",
        r"no se puede entregar|no se pudo entregar|no entregado|mensaje no entregado|error de entrega|correo devuelto|mensagem não entregue|não entregue|falha na entrega",
        r"mancat[ao] (?:consegna|recapito)|messaggio non (?:recapit|consegn)|impossibile recapitare",
        r"niedostarcz|nie można dostarczyć|nie dostarczono|zwrot (?:poczty|wiadomości)|nelze doručit|nedoručiteln|onbestelbaar|niet (?:bezorgd|afgeleverd)|kunde inte levereras|teslim edilemedi|iletilemedi",
        r"配信不能|配信エラー|送信エラー|未配信|退信|系统退信|无法投递|未送达|投递失败|반송|배달 실패",
    ];
    pattern(&format!("(?i)^(?:{})", subjects.join("|")))
});

/// Subjects of vacation notices and of challenge-response filters.
///
/// The phrase must begin the subject, and end it or be followed by a punctuation mark: «Re: Automatic reply: …» is a person's
/// answer to a notice, and «Out of office printers» is about printers. In parentheses it may end the subject as well.
pub static NOTICE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    let notices = [
        r"auto(?:matic|mated|matisch)?[ -]?(?:reply|response|answer)(?: (?:from|re)\b.*)?|auto[ -]?respon(?:se|der)|out[ -]of[ -](?:the[ -])?office(?: (?:auto\S*|reply|notification|message|notice|response)\b.*)?|vacation (?:reply|notice|message|response)|i am (?:currently )?out of (?:the )?office.*|away from (?:the )?office|on vacation|i(?:[’']m| am) (?:currently )?(?:out of (?:the )?office|away from (?:the|my) (?:office|desk)|on (?:vacation|holiday|(?:annual |sick |parental |maternity )?leave)).*|on (?:annual|sick|parental|maternity) leave|ooo",
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
    let marked = r"[(\[](?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|автоответ|автоматический ответ)[)\]]\s*$";
    pattern(&format!(
        r#"(?i)^[\s\[(*"'«“#!~<=_-]{{0,6}}(?:{})\s*(?:$|[:：;!.,|)\]（(\[–—*"'»”>~=_…?-])|{marked}"#,
        notices.join("|")
    ))
});
