//! Patterns of bounces that follow no standard, in the words of many mail servers and languages.

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// Display names of mail servers' own senders.
pub static MACHINE_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:e?-?mail|message|internet mail) delivery (?:sub)?system|mail(?:er)?[- ]?daemon|mail administrator|system administrator|system attendant|microsoft outlook|postmaster|mail system|smtp server|mail transfer agent|mmdf mail system|internet mail service|x\.?400 .{0,20}gateway|системный администратор|служба доставки.{0,20}|(?:под)?система доставки.{0,20}|почтовая система|администратор почты)$",
    )
});

/// The `mailto:` link that Outlook puts after each address.
pub static MAILTO: LazyLock<Regex> = LazyLock::new(|| pattern(r"<?mailto:[^\s>]*>?"));

/// A reply code of SMTP.
pub static SMTP_CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^\d.-])([45]\d\d)(?:[ -]|$)"));

/// Words about a failed delivery; without them a daemon's message is about something else.
pub static FAILURE: LazyLock<Regex> = LazyLock::new(|| {
    let phrases = [
        r"undeliver|not (?:yet )?(?:be |been )?deliver|wasn't (?:able to )?deliver|failed|failure|unable to (?:deliver|send|relay|process)|(?:couldn|can)'t (?:be delivered|deliver)|permanent error|fatal error|delivery error|returned to sender|rejected|delayed|returned mail|returned without",
        r"did not reach|(?:could|can) ?not be (?:reached|sent|accepted|processed)|error has occurred while attempting to deliver|error (?:occurred )?while (?:sending|trying to deliver)|transcript of session|could not send message|still undelivered|user unknown|unknown (?:user|recipient|local part)|no such (?:user|recipient|mailbox)|user not found|mailbox (?:is )?(?:full|unavailable|not found)|not a valid (?:user|mailbox|recipient)|does not exist|has been (?:blocked|returned|bounced)|(?:not|non)[- ]?(?:a )?member|unable to transfer|unrecognized recipient",
        r"не (?:было |удалось |удаётся |удается |может быть |была |были |смогл[аи] )?(?:быть )?(?:доставлен|доставить|отправлен)|невозможно доставить|недоставлен|(?:письмо|сообщение) [^\n]{0,80}(?:отклонено|заблокировано)|доставка [^\n]{0,60}отложена|не удал(?:ось|ась) (?:доставить|доставка)|ошибк[аи] (?:при )?достав|(?:пользователь|адрес(?:ат)?|ящик) не (?:найден|существует)|возвращен[оа]? отправителю|не достигло|не може бути доставлен|не вдалося доставити|не вдається доставити",
        r"unzustellbar|nicht zugestellt|nicht ausgeliefert|nicht zustellen|zustellung fehlgeschlagen",
        r"non (?:remis|délivré)|n'a pas pu être|n'ont pas pu être|impossible de (?:livrer|délivrer|remettre)|échec de (?:la )?(?:remise|livraison|distribution)",
        r"no se (?:pudo|ha podido) entregar|no (?:pudo|ha podido) ser entregado|error (?:de|en la) entrega|não (?:pôde|foi possível|foi) (?:ser )?entreg|falha na entrega",
        r"non è stato (?:possibile )?(?:recapit|consegn)|mancat[oa] (?:recapito|consegna)|impossibile (?:recapitare|consegnare)",
        r"niedostarcz|nie (?:mog|może|zosta|można|udało)\S* (?:\S+ )?(?:być |się )?dostarcz|nedoručiteln|nelze doručit|nepodařilo (?:se )?doručit|nebylo možné doručit",
        r"kon niet (?:worden )?(?:bezorgd|afgeleverd)|onbestelbaar|kunde inte levereras|kunne ikke leveres|ei voitu toimittaa|teslim edilemedi|iletilemedi",
        r"送信できません|配信できません|お届けできません|届けることができません|配送できません|无法投递|无法送达|退信|投递失败|배달할 수 없습니다|전송되지 않았습니다",
    ];
    pattern(&format!("(?i){}", phrases.join("|")))
});

/// Words about a delivery that is tried again.
pub static DELAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdelayed\b|\bwill (?:be retried|continue to (?:be )?(?:try|tried|attempt)|keep trying|be (?:made|attempted) (?:for|until))|still (?:being )?(?:try|retried|undelivered)|warning message only|could not send message for past|delivery attempts will continue|not yet been delivered|deferred: |has not been delivered yet|delivery will be (?:attempted|tried) again|still in (?:the )?queue|задерж|отложен|пока не доставлен|попытки (?:доставки )?(?:будут )?продолж|wird weiterhin versucht|verzögert",
    )
});

/// Words about a letter that has arrived.
pub static DELIVERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)successfully delivered|delivered successfully|успешно доставлен"));

/// Words about a delivery that has ended.
pub static FINAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[^-])\bpermanent|giv(?:en|ing) up|(?:^|[^-n])\bfatal|failed:|have failed|окончательн|unable to be delivered",
    )
});

/// An address at the start of a line.
pub static ADDRESS_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^[\s>*•|-]{0,8}(?:(?i:to|recipients?|failed recipients?|кому|получатель|final recipient|адрес(?:ат)?|user|unknown user|user unknown|user not found|account|address|email|e-mail|rcpt to|recipient name|an|empfänger|destinataire)\s*:\s*)?["'<«>]{0,2}(?:mailto:|smtp:|rfc822;\s?)?([^\s<>"'«»@,;:()]+@[^\s<>"'«»@,;:()]+\.[^\s<>"'«»@,;:().]+)\.?[>"'»<]{0,2},?\s*(?:$|[:;(<\s])"#,
    )
});

/// An address inside of a line.
pub static ADDRESS_IN_WORDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"["'<«(\s:]([^\s<>"'«»@,;:()]+@[^\s<>"'«»@,;:()]+\.[^\s<>"'«»@,;:().]+)"#));

/// The line after which the returned message begins.
pub static RETURNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s>-]*(?:-{2,} ?(?:below this line|this is a copy|original message|unsent message|исходное|the header|returned|message header|dies ist eine kopie|nachricht folgt)|below is a copy of (?:the|your) (?:original )?message|the (?:original )?message (?:header )?follows|original message follows|received: |return-path: |original message headers|diagnostic information for administrators|сведения для администраторов|диагностические сведения|-{5,}.*(?:original message|unsent message|returned message|message header|headers follow|заголовки|исходное|копия|kopie|copie))",
    )
});

/// The Message-ID of a returned message.
pub static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?im)^[\s>|]*message-id:\s*<([^<>\s]{1,250})>"));
