//! Patterns for senders and subjects of automatic mail, in many languages.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// Sender addresses that nobody reads, such as `noreply@`.
pub static UNATTENDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(?:.*[._+-])?(?:no|do[._-]?not|dont|не)[._-]?(?:reply|respond|answer|response)(?:[._+-].*|\d*)|ne[._-]?otvecha\S*|un(?:monitored|attended)|nicht[._-]?antworten|keine?[._-]?antwort|ne[._-]?pas[._-]?repondre|nepasrepondre|no[._-]?responder|nao[._-]?responda|non[._-]?rispondere|mailer[._-]?daemon|postmaster|bounces?|bounces?[+-].*|mail-?daemon|mdaemon|daemon|nobody|listserv|majordomo|mailman|sympa|ezmlm|cron|.+-bounces|owner-.+|.+-owner|autoreply|auto[._-]reply|autoresponder|microsoftexchange[0-9a-f]{20,})@",
    )
});

/// Sender addresses of bounces.
pub static DAEMON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:mail(?:er)?[._-]?daemon|post[._-]?master|microsoftexchange[0-9a-f]{20,}|mail[._-]?(?:delivery[._-]?(?:sub)?)?system|m?daemon|smtp[._-]?daemon|mmdf|bounce-?handler)(?:@|$)",
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
        r"недостав|не доставлено|не удается доставить|не удалось доставить|(?:сообщение|письмо) не (?:было )?доставлено|(?:ошибка|сбой|отказ|задержка)(?: при| в)? доставк|возвра(?:щ[её]нное|т) (?:письм|почт)|доставка (?:задержана|не удалась|невозможна)|уведомление о (?:не ?достав|состоянии достав|статусе достав|задержке достав)|отч[её]т о (?:не ?достав|невозможности)|не вдається доставити|не вдалося доставити|повідомлення не доставлено|доставка (?:сообщения )?(?:отложена|задерживается)|(?:ваше )?(?:письмо|сообщение) (?:было )?(?:отклонен|заблокирован|возвращен)",
        r"e?-?mail kon niet (?:worden )?(?:bezorgd|afgeleverd)|(?:bericht|e-?mail) niet bezorgd",
        r"unzustellbar|nicht zustellbar|nicht zugestellt|zustellung|zustellfehler|übermittlung fehlgeschlagen",
        r"non remis|non délivré|message non (?:remis|délivré|distribu)|echec de|échec de|retour de courrier",
        r"no se puede entregar|no se pudo entregar|no entregado|mensaje no entregado|error de entrega|correo devuelto|mensagem não entregue|não entregue|falha na entrega",
        r"mancat[ao] (?:consegna|recapito)|messaggio non (?:recapit|consegn)|impossibile recapitare",
        r"niedostarcz|nie można dostarczyć|nie dostarczono|zwrot (?:poczty|wiadomości)|nelze doručit|nedoručiteln|onbestelbaar|niet (?:bezorgd|afgeleverd)|kunde inte levereras|teslim edilemedi|iletilemedi",
        r"配信不能|配信エラー|送信エラー|未配信|退信|系统退信|无法投递|未送达|投递失败|반송|배달 실패",
    ];
    pattern(&format!("(?i)^(?:{})", subjects.join("|")))
});

/// Names in From of mail servers and of cron, whatever the address.
pub static DAEMON_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)^\W*(?:(?:internet )?mail delivery (?:sub)?system|mailer[- ]daemon|cron daemon|(?:система|служба|подсистема) доставки (?:почты|сообщений))\W*(?:<|$)|\(cron daemon\)|^\W*system administrator\W*<(?:postmaster)?@"#,
    )
});

/// `X-Mailer` and `User-Agent` of autoresponders, monitoring, jobs and mailings. Help desks are missing: people answer by them.
pub static ROBOT_PROGRAM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:.*\b(?:vacation|auto[- ]?(?:reply|responder?|answer))\b|(?:ms-?)?cron|mailchimp|sendpulse|unisender|getresponse|esputnik|sendsay|mailman|majordomo|sympa|ezmlm|listserv|zabbix|nagios|icinga|prometheus|alertmanager|grafana|jenkins|bugzilla|redmine|logwatch|smartd|monit)\b",
    )
});

/// Subjects of vacation notices, of other desks' acknowledgements and of challenge-response filters.
///
/// The phrase must begin the subject, marks of gateways aside, and end it or be followed by a punctuation mark or a reply prefix:
/// «Re: Automatic reply: …» is a person's answer to a notice, and «Out of office printers» is about printers.
pub static NOTICE_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    // How long somebody is away: « until 12 May», « с 01.12 по 10.12.2026».
    let date = r"(?:\p{L}+ )?\d[\d./-]*(?:st|nd|rd|th)?(?: \p{L}+)?(?: \d{4})?(?: ?г)?";
    let when = format!(
        r"(?:,? \(?(?:until|till|from|since|through|to|between|and|returning|back|back on|до|с|со|по|bis|vom|ab|zum|au|du|jusqu'au|hasta|desde|al|dal|do|od) {date})*"
    );
    let notices = [
        REPLIES.join("|"),
        format!("(?:{}){when}", ABSENCES.join("|")),
        format!("(?:{}){when}{ENDED}", AWAY.join("|")),
        LONGER_ABSENCES.join("|"),
        format!(r"(?:{})[.!]*\s*(?:$|[:\[\](#|–—-].*$)", ACKNOWLEDGEMENTS.join("|")),
        CHALLENGES.join("|"),
    ];
    let gateway = r"(?:\s*(?:\[[^\[\]]{1,24}\]|\{[^{}]{1,24}\}|\*{2,}[^*]{1,24}\*{2,}))*";
    pattern(&format!(
        r#"(?i)^{gateway}[\s\[(<«“„"'*=!_-]*(?:auto:\s*)?(?:{})\s*(?:$|[:：;!.,|)>\]}}（(\[»”"*=_–—-]|{PREFIX})|^{gateway}\s*auto:\s*{PREFIX}"#,
        notices.join("|")
    ))
});

/// A reply or forward prefix.
const PREFIX: &str = r"(?:re|fwd?|на|отв)\s*:";

/// The end of a subject, or the subject of the message that is answered, or an explanation in brackets.
const ENDED: &str = r#"[.!)\]*»”"]*\s*(?:$|\(.*$|[:;–—-]?\s*(?:re|fwd?|на|отв)\s*:.*$)"#;

/// Subjects of vacation notices and read receipts that people also choose for what they ask: they count in answers only. An
/// answer of a person begins with a reply prefix.
pub static ANSWER_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    let notices = [
        r"отпуск|командировка|больничный|(?:я )?в (?:декрете|отъезде)|(?:я )?(?:в отпуске|отсутствую).*|(?:меня )?не будет(?: (?:на месте|в офисе|на работе).*)?|буду отсутствовать.*|[^:?!]{2,60} (?:находится )?в (?:отпуске|командировке).*|відпустка",
        r"vacation|(?:annual|sick|maternity|parental) leave|on holidays?|holidays?|absence|absent|away|(?:i am |i['’]?m )(?:away|on (?:annual |sick )?(?:leave|vacation|holiday)).*|[^:?!]{2,60} is (?:currently )?on (?:annual )?(?:leave|vacation|holiday).*",
        r"urlaub|abwesenheit|ferien|congés?|en congés?|vacaciones|de vacaciones|férias|de férias|ferie|in ferie|urlop|dovolená|semester",
    ];
    let receipts = r"(?:not )?read|(?:не )?проч(?:ита|те)но|прочитане|gelesen|lu|leído|letto|lida|gelezen|przeczytano|return receipt(?: \(displayed\))?|уведомление о прочтении(?: \(отображено\))?";
    pattern(&format!(r#"(?i)^[\s\[(«“"*]*(?:{}){ENDED}|^(?:{receipts})\s*[:–—-]"#, notices.join("|")))
});

/// "Automatic reply" in many languages.
const REPLIES: [&str; 12] = [
    r"auto(?:matic|mated|matisch)?[ -]?(?:e-?mail )?(?:reply|response|answer)(?: message)?(?: (?:from|re)\b.*)?|auto[ -]?respon(?:se|der)|vacation[ -]?(?:auto-?)?(?:reply|notice|message|response|responder)",
    r"авто(?:матический |матичный )?[ -]?ответ(?:чик)?(?: (?:от|на письмо)\b.*)?|автоматическое уведомление об отсутствии|(?:автоматическое )?(?:уведомление|сообщение|оповещение) об отсутствии(?: на рабочем месте| в офисе)?",
    r"автоматична відповідь|автовідповідь|аўтаматычны адказ|автоматты жауап|avtomatik (?:javob|cavab)|ავტომატური პასუხი|ինքնաշխատ պատասխան|автоматичен отговор|аутоматски одговор",
    r"automatische antwort|abwesenheits(?:notiz|nachricht|meldung|assistent)(?: .*)?",
    r"réponse automatique|message d['’]absence|notification d['’]absence|respuesta automática|resposta autom[áà]tica|risposta automatica",
    r"odpowiedź automatyczna|automatyczna odpowiedź|autoodpowiedź",
    r"automatisch antwoord|automatische beantwoording|afwezigheidsbericht",
    r"autosvar|automatiskt svar|automatisk svar|frånvaromeddelande|fraværsmelding|automaattinen vastaus|poissaoloviesti|sjálfvirkt svar",
    r"automatická odpověď|automatická odpoveď|samodejni odgovor|automatski odgovor|automatikus válasz|otomatik yanıt|răspuns automat|αυτόματη απάντηση",
    r"automatinis atsakymas|automātiskā atbilde|automaatvastus|trả lời tự động|balasan otomatis|ตอบกลับอัตโนมัติ",
    r"תשובה אוטומטית|מענה אוטומטי|رد تلقائي|自动(?:回复|答复)|自動(?:回覆|返信|応答)",
    r"자동 ?(?:회신|응답)",
];

/// "Out of office" in many languages; how long may follow.
const ABSENCES: [&str; 9] = [
    r"(?:i am |i['’]?m )?(?:currently |now )?out[ -]of[ -](?:the[ -])?office(?: (?:auto\S*|reply|notification|message|notice|response|today|this week)\b.*)?|(?:i am |i['’]?m )?(?:currently )?away from (?:the |my )?(?:office|desk|e-?mail)",
    r"(?:меня )?нет на (?:рабочем )?месте|вне офиса|отсутствие (?:на (?:рабочем )?месте|в офисе|на работе)",
    r"відсутн(?:ій|я) на робочому місці",
    r"abwesend|(?:derzeit )?nicht im büro|außer haus",
    r"absen(?:ce|t) du bureau|hors du bureau|fuera de (?:la )?oficina|ausente de la oficina|fora do escritório|ausência temporária",
    r"fuori (?:sede|ufficio)|assente dall['’]ufficio|poza biurem|nieobecność w biurze|nieobecny",
    r"afwezig|niet op kantoor|buiten kantoor|frånvaro|ikke på kontoret|ikke til stede|fravær|poissaolo|mimo kancelář|házon kívül|ofis dışında|εκτός γραφείου",
    r"不在(?:通知|中)?|外出|부재 ?중",
    r"מחוץ למשרד|خارج المكتب",
];

/// Where the writer is; how long may follow, and nothing else: «В отпуске не работает VPN» is a request.
const AWAY: [&str; 4] = [
    r"(?:i am |i['’]?m )?(?:currently )?on (?:my )?(?:annual |sick |maternity |parental |paternity )?(?:leave|vacation)|ooo",
    r"(?:я )?(?:сейчас |временно )?(?:нахожусь )?(?:в отпуске|в командировке|на больничном)|(?:меня )?нет (?:в офисе|на работе)|не в офисе",
    r"у відпустці|im urlaub|na urlopie",
    r"[^:?!]{2,60} (?:is (?:currently |now )?out of (?:the )?office|отсутствует на рабочем месте)(?: (?:and will|until|till|from|through|returning|до|с|по)\b[^,?]*)?",
];

/// Sentences about an absence, whatever follows.
const LONGER_ABSENCES: [&str; 5] = [
    r"(?:i am |i['’]?m )(?:currently )?out of (?:the )?office.*",
    r"ooo[ :–—-]+(?:re:|until |till |back |auto).*",
    r"(?:я )?отсутствую (?:на рабочем месте|в офисе|на работе).*",
    r"ich bin (?:derzeit |momentan )?(?:nicht im büro|abwesend|im urlaub).*|je suis (?:actuellement )?absente?.*|estoy fuera de la oficina.*|sono in ferie.*",
    r"jestem (?:na urlopie|nieobecn[ya]).*|nejsem v kanceláři.*",
];

/// What other help desks write when a request has reached them: with "your", or with its number.
const ACKNOWLEDGEMENTS: [&str; 5] = [
    r"request received|(?:new )?ticket received *[:\[–—-].*|support ticket opened",
    r"your (?:request|ticket|message|e-?mail|case|inquiry|enquiry)(?: [\[(#]*\S*\d\S*)? (?:has been |was |is )(?:successfully )?(?:received|registered|created|opened|logged|accepted)",
    r"we(?:['’]ve| have)? received your (?:request|ticket|message|e-?mail|case|inquiry|enquiry)|thank(?:s| you) for contacting [^:?!]{1,40}",
    r"ваш[еа]? (?:обращение|заявка|запрос|письмо|сообщение|тикет|инцидент)(?: (?:№|#|n|номер)? ?\S*\d\S*)?(?: от \S+)?(?: (?:было?|была|успешно))* (?:зарегистрирован[оа]?|принят[оа]?(?: в (?:работу|обработку))?|получен[оа]?|создан[оа]?)",
    r"(?:обращение|заявка|запрос|тикет|инцидент) (?:(?:№|#|n|номер) ?)?\S*\d\S*(?: успешно)? (?:зарегистрирован[оа]?|принят[оа]? в (?:работу|обработку))",
];

/// What challenge-response filters write.
const CHALLENGES: [&str; 4] = [
    r"your (?:e-?mail|message) requires verification.*|(?:please )?(?:verify|confirm) your (?:message|e-?mail)(?: to \S+.*| delivery.*)?|please confirm your (?:message|e-?mail)(?: .*)?",
    r"(?:e-?mail )?sender verification required.*|(?:message|e-?mail) (?:delivery )?confirmation required.*",
    r"подтвердите отправку (?:письма|сообщения).*|требуется подтверждение (?:отправителя|отправки).*",
    r"\[?spamarrest\]?.*",
];
