//! Bounces without RFC 3464, in the shapes of many mail servers, and messages of people that only resemble them.

use super::{Notice, from_free_form};

/// Who sent a notice.
#[derive(Clone, Copy)]
enum Origin {
    /// An address, such as mailer-daemon's.
    Address(&'static str),
    /// A person's address with a server's name.
    Named(&'static str, &'static str),
    /// Any address with `Return-Path: <>`.
    NullPath(&'static str),
    /// Any address with `Auto-Submitted: auto-replied`.
    Automatic(&'static str),
    /// Exim with `X-Failed-Recipients`.
    Failed(&'static str),
}

use Origin::{Address, Automatic, Failed, Named, NullPath};

fn notice<'a>(from: Origin, subject: &'a str, text: &'a str) -> Notice<'a> {
    let plain = Notice { subject, text, ..Notice::default() };
    match from {
        Address(address) => Notice { address, ..plain },
        Named(name, address) => Notice { name, address, ..plain },
        NullPath(address) => Notice { address, has_null_path: true, ..plain },
        Automatic(address) => Notice { address, is_auto_submitted: true, ..plain },
        Failed(recipients) => Notice { address: "admin@mx.example", failed_recipients: recipients, ..plain },
    }
}

const DAEMON: Origin = Address("MAILER-DAEMON@mx.example");

/// Program, sender, subject, text, and the first recipient with action and status.
const SHAPES: &[(&str, Origin, &str, &str, &str)] = &[
    (
        "OpenSMTPD",
        DAEMON,
        "Delivery status notification: error",
        "Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\nAn error has occurred while attempting to deliver a message for\nthe following list of recipients:\n\nanna@customer.example: 550 5.1.1 No such user\n\nBelow is a copy of the original message:\n\nMessage-ID: <l1@desk.example>\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "OpenSMTPD, delay",
        DAEMON,
        "Delivery status notification: delay",
        "Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\nA message is delayed for more than 4 hours for the following\nlist of recipients:\n\nanna@customer.example: Connection timeout\n\nPlease note that this is only a temporary failure report.\n",
        "anna@customer.example Delayed ",
    ),
    (
        "sendmail 8.6",
        DAEMON,
        "Returned mail: User unknown",
        "The original message was received at Mon, 13 May 1996 10:00:00 +0300\nfrom desk.example\n\n   ----- The following addresses had delivery problems -----\n<anna@customer.example>  (unrecoverable error)\n\n   ----- Transcript of session follows -----\n... while talking to mx.customer.example.:\n>>> RCPT To:<anna@customer.example>\n<<< 550 User unknown\n550 <anna@customer.example>... User unknown\n\n   ----- Original message follows -----\n\nMessage-Id: <l1@desk.example>\n",
        "anna@customer.example Failed ",
    ),
    (
        "sendmail 5",
        DAEMON,
        "Returned mail: Host unknown",
        "   ----- Transcript of session follows -----\n550 anna@customer.example... Host unknown\n\n   ----- Unsent message follows -----\nReceived: by desk.example\nMessage-Id: <l1@desk.example>\n",
        "anna@customer.example Failed ",
    ),
    (
        "sendmail, warning",
        DAEMON,
        "Warning: could not send message for past 4 hours",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Mon, 13 May 1996 10:00:00 +0300\n\n   ----- The following addresses had transient non-fatal errors -----\n<anna@customer.example>\n\n   ----- Transcript of session follows -----\n<anna@customer.example>... Deferred: Connection timed out\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
        "anna@customer.example Delayed ",
    ),
    (
        "sendmail, no subject known",
        DAEMON,
        "Returned mail: see transcript for details",
        "   ----- The following addresses had permanent fatal errors -----\n<anna@customer.example>\n    (reason: 550 5.7.1 Blocked)\n",
        "anna@customer.example Failed 5.7.1",
    ),
    (
        "Exim 1",
        Address("Mailer-Daemon@mx.example"),
        "Mail failure",
        "A message that you sent could not be delivered to all of its recipients. The\nfollowing address(es) failed:\n\n  anna@customer.example:\n    unknown local-part \"anna\" in domain \"customer.example\"\n\n------ This is a copy of your message, including all the headers. ------\n\nMessage-Id: <l1@desk.example>\n",
        "anna@customer.example Failed ",
    ),
    (
        "Exim 3, delayed",
        Address("Mailer-Daemon@mx.example"),
        "Message delivery delayed",
        "This message was created automatically by mail delivery software (Exim).\nA message that you sent has not yet been delivered to all its recipients\nafter more than 24 hours on the queue on mx.example.\n\nThe address to which the message has not yet been delivered is:\n\n  anna@customer.example\n",
        "anna@customer.example Delayed ",
    ),
    (
        "Exim with its header only",
        Failed("anna@customer.example, b@customer.example"),
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n",
        "anna@customer.example Failed ",
    ),
    (
        "Exim in German",
        Address("Mailer-Daemon@mx.example"),
        "Zustellung der Nachricht fehlgeschlagen: Nachricht geht zurück",
        "Diese Nachricht wurde automatisch vom Mailserver erzeugt.\n\nEine von Ihnen gesendete Nachricht konnte an einen oder mehrere Empfänger\nnicht zugestellt werden:\n\n  anna@customer.example\n    550 Unknown user\n\n------ Dies ist eine Kopie der Nachricht ------\nMessage-Id: <l1@desk.example>\n",
        "anna@customer.example Failed 5.0.0",
    ),
    (
        "Exim in Russian",
        Address("Mailer-Daemon@mx.example"),
        "Ошибка при доставке: сообщение возвращено отправителю",
        "Это письмо создано автоматически почтовой программой.\n\nВаше сообщение не удалось доставить следующим получателям:\n\n  anna@customer.example\n    550 no such user\n",
        "anna@customer.example Failed 5.0.0",
    ),
    (
        "Exim in French",
        Address("Mailer-Daemon@mx.example"),
        "Échec de livraison : retour du message à l'expéditeur",
        "Un message que vous avez envoyé n'a pas pu être remis :\n\n  anna@customer.example\n    550 inconnu\n",
        "anna@customer.example Failed 5.0.0",
    ),
    (
        "Exchange 2003",
        Named("System Administrator", "postmaster@customer.example"),
        "Undeliverable: Printer",
        "Your message\n\n  To:      anna@customer.example\n  Subject: Printer\n  Sent:    Mon, 13 May 2024 10:00:00 +0300\n\ndid not reach the following recipient(s):\n\nanna@customer.example on Mon, 13 May 2024 10:00:05 +0300\n    The e-mail account does not exist at the organization this message was sent to.\n    <mx.customer.example #5.1.1>\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "Exchange 5.5",
        Named("System Administrator", "postmaster@customer.example"),
        "Undeliverable: Printer",
        "Your message did not reach some or all of the intended recipients.\n\nThe following recipient(s) could not be reached:\n\n'anna@customer.example' on 13.05.2024 10:00\n    MSEXCH:IMS:Org:Site:SERVER 3550 (000B09B6) 550 5.1.1 unknown\n",
        "anna@customer.example Failed ",
    ),
    (
        "Exchange 2003 in Russian",
        Named("Системный администратор", "postmaster@customer.example"),
        "Недоставляемое: Принтер",
        "Сообщение не достигло некоторых или всех получателей.\n\nСледующие получатели не могут быть найдены:\n\nanna@customer.example, 13.05.2024 10:00\n    Учётной записи не существует. <mx.customer.example #5.1.1>\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "X.400 gateway",
        Named("X.400 Gateway", "gateway@adm.example"),
        "Non-Delivery Report",
        "This report relates to a message you sent with the following header fields:\n\n  Message-id: <l1@desk.example>\n\nYour message was not delivered to the following recipients:\n\n  Recipient name: anna@customer.example\n  Reason code: Unable to transfer\n  Diagnostic code: Unrecognized recipient\n",
        "anna@customer.example Failed ",
    ),
    (
        "X.400, PMDF",
        Address("postmaster@adm.example"),
        "Delivery Notification: Delivery has failed",
        "This report relates to a message you sent. Your message cannot be delivered to the following recipients:\n\n  Recipient address: anna@customer.example\n  Reason: unknown local part\n",
        "anna@customer.example Failed ",
    ),
    (
        "Apache James",
        Address("postmaster@james.example"),
        "[BOUNCE]",
        "Hi. This is the James mail server at james.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\nFailed recipient(s):\nanna@customer.example\n\nError message:\n550 5.1.1 User unknown\n",
        "anna@customer.example Failed ",
    ),
    (
        "Trend Micro InterScan",
        Address("mailer-daemon@scan.example"),
        "Mail Delivery Failed!",
        "The message you sent to the following recipients could not be delivered.\n\nSent >>> RCPT TO:<anna@customer.example>\nReceived <<< 550 5.1.1 user unknown\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "Verizon",
        Address("post_master@vtext.example"),
        "Undeliverable Message",
        "Error: Invalid user address (5551234567@vtext.example)\nMessage could not be delivered to mobile.\n",
        "5551234567@vtext.example Failed ",
    ),
    (
        "KDDI",
        Named("Mail Administrator", "Postmaster@ezweb.example"),
        "Mail System Error - Returned Mail",
        "Your mail sent on: Thu, 29 Apr 2010 11:04:47 +0900\n    Could not be delivered to: <anna@ezweb.example>\n    As their mailbox is full.\n",
        "anna@ezweb.example Failed ",
    ),
    (
        "au",
        Named("Mail Administrator", "Postmaster@au.example"),
        "Mail System Error - Returned Mail",
        "Each of the following recipients was rejected by a remote mail server.\n\nRecipient: <anna@au.example>\n>>> RCPT TO:<anna@au.example>\n<<< 550 <anna@au.example>: User unknown\n",
        "anna@au.example Failed 5.0.0",
    ),
    (
        "fml",
        Automatic("office-admin@lists.example"),
        "NOT MEMBER article from desk@desk.example (office ML)",
        "Hi, I am the fml ML manager for the ML <office@lists.example>.\n\nYour mail is REJECTED since you are not a member.\n",
        "office@lists.example Failed ",
    ),
    (
        "Lotus Domino",
        Address("postmaster@notes.example"),
        "DELIVERY FAILURE: User anna not listed in Domino Directory",
        "Your message\n\n  Subject: Printer\n\nwas not delivered to:\n\n  anna@customer.example\n\nbecause:\n\n  User anna not listed in Domino Directory\n",
        "anna@customer.example Failed ",
    ),
    (
        "Novell GroupWise",
        DAEMON,
        "Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n\tanna@customer.example (550 unknown)\n",
        "anna@customer.example Failed ",
    ),
    (
        "IMail",
        Address("postmaster@imail.example"),
        "Undeliverable Mail",
        "Unknown user: anna@customer.example\n\nRCPT TO generated following response:\n550 unknown\n",
        "anna@customer.example Failed ",
    ),
    (
        "Courier",
        DAEMON,
        "NOTICE: mail delivery status.",
        "This is a delivery status notification from mx.example.\n\n                      UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<anna@customer.example>:\n    mx.customer.example [192.0.2.1]:\n <<< 550 5.1.1 unknown\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "Postfix, old",
        DAEMON,
        "Undelivered Mail Returned to Sender",
        "This is the Postfix program at host mx.example.\n\nI'm sorry to have to inform you that the message returned\nbelow could not be delivered to one or more destinations.\n\n<anna@customer.example>: unknown user: \"anna\"\n",
        "anna@customer.example Failed ",
    ),
    (
        "hMailServer",
        DAEMON,
        "Message undeliverable: Printer",
        "Your message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 13 May 2024\n\nThe following recipient(s) could not be reached:\n\nanna@customer.example\n   Error Type: SMTP\n   550 Unknown user\n",
        "anna@customer.example Failed 5.0.0",
    ),
    (
        "MDaemon",
        Address("MDaemon@md.example"),
        "Permanent Delivery Failure",
        "The attached message had PERMANENT fatal delivery errors!\n\nFailed address: <anna@customer.example>\n",
        "anna@customer.example Failed ",
    ),
    (
        "Mercury/32",
        Address("postmaster@mercury.example"),
        "Postmaster Notify: Delivery Failure.",
        "The following message could not be delivered:\n\n  User anna@customer.example not known at this site.\n",
        "anna@customer.example Failed ",
    ),
    (
        "CommuniGate Pro",
        Address("MAILER-DAEMON@cgp.example"),
        "Undeliverable mail: Printer",
        "Failed to deliver to 'anna@customer.example'\nmodule reports:\n account is full (quota exceeded)\n",
        "anna@customer.example Failed ",
    ),
    (
        "Yahoo",
        Address("MAILER-DAEMON@yahoo.example"),
        "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<anna@customer.example>:\nRemote host said: 550 5.1.1 unknown [RCPT_TO]\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "Gmail",
        Address("mailer-daemon@googlemail.example"),
        "Delivery Status Notification (Failure)",
        "** Address not found **\n\nYour message wasn't delivered to anna@customer.example because the address couldn't be found.\n",
        "anna@customer.example Failed ",
    ),
    (
        "Amazon SES",
        Address("MAILER-DAEMON@amazonses.example"),
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\nanna@customer.example\n",
        "anna@customer.example Failed ",
    ),
    (
        "MailMarshal",
        NullPath("mailmarshal@gate.example"),
        "Undeliverable Mail: \"Printer\"",
        "Your message:\n   Subject: Printer\n   To:      anna@customer.example\nCould not be delivered because of\n   550 5.1.1 unknown\n",
        "anna@customer.example Failed ",
    ),
    (
        "a gateway without a sender",
        Address(""),
        "Mail delivery failed",
        "Your message could not be delivered to anna@customer.example: mailbox full\n",
        "anna@customer.example Failed ",
    ),
    (
        "a Russian gateway",
        NullPath("robot@gate.example"),
        "Письмо не доставлено",
        "Ваше письмо не может быть доставлено получателю anna@customer.example: ящик не найден\n",
        "anna@customer.example Failed ",
    ),
    (
        "a Russian gateway, delayed",
        Automatic("robot@gate.example"),
        "Задержка доставки письма",
        "Письмо для <anna@customer.example> пока не доставлено, попытки доставки будут продолжены.\n",
        "anna@customer.example Delayed ",
    ),
    (
        "Italian",
        DAEMON,
        "Mancata consegna",
        "Il messaggio non è stato recapitato a:\n\nanna@customer.example\n550 sconosciuto\n",
        "anna@customer.example Failed ",
    ),
    (
        "Spanish",
        DAEMON,
        "No se pudo entregar el mensaje",
        "El mensaje no pudo ser entregado:\n\n<anna@customer.example>: 550 5.1.1 desconocido\n",
        "anna@customer.example Failed 5.1.1",
    ),
    (
        "Polish",
        DAEMON,
        "Nie można dostarczyć wiadomości",
        "Wiadomość nie została dostarczona:\n\nanna@customer.example\n",
        "anna@customer.example Failed ",
    ),
    (
        "Chinese",
        Address("postmaster@qq.example"),
        "系统退信/Systems bounce",
        "很抱歉您发送的邮件被退回\n\n收件人 <anna@customer.example> 不存在，无法投递\n",
        "anna@customer.example Failed ",
    ),
    (
        "Japanese",
        DAEMON,
        "配信エラー",
        "お届けできませんでした:\n<anna@customer.example> 550 5.1.1\n",
        "anna@customer.example Failed 5.1.1",
    ),
    ("a subject alone", DAEMON, "Returned mail", "See the attachment.\n", " Failed "),
];

#[test]
fn bounces_of_many_shapes_are_known() {
    let mut wrong = Vec::new();
    for &(program, from, subject, text, expected) in SHAPES {
        let report = from_free_form(&notice(from, subject, text));
        let first = report.as_ref().and_then(|report| report.recipients.first());
        let told = first.map(|r| format!("{} {:?} {}", r.address, r.action, r.status)).unwrap_or_default();
        if !told.starts_with(expected) {
            wrong.push(format!("{program}: {told:?}, not {expected:?}"));
        }
    }
    assert!(SHAPES.len() >= 40 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn words_of_people_are_no_bounce() {
    let bounce = "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered:\n\n  boris@customer.example\n    550 unknown user\n";
    let plea = format!("Помогите, письмо не доходит!\n\n{bounce}");
    for (from, subject, text) in [
        (Address("anna@customer.example"), "Mail delivery failed: returning message to sender", bounce),
        (Address("anna@customer.example"), "Fwd: Undelivered Mail Returned to Sender", &plea),
        (Address("anna@customer.example"), "Undelivered Mail Returned to Sender", &plea),
        (
            Address("anna@customer.example"),
            "Письмо не доставлено",
            "Письмо не доставлено на boris@customer.example, что делать?",
        ),
        (Named("Anna Berg", "anna@customer.example"), "Не доставлено: счёт", &plea),
        (
            Automatic("anna@customer.example"),
            "Автоответ: в отпуске",
            "Я в отпуске, письмо не доставлено. Пишите на boris@customer.example",
        ),
        (
            NullPath("anna@customer.example"),
            "Out of office",
            "Your message was not delivered to me yet. Write to boris@customer.example",
        ),
        (Address("postmaster@customer.example"), "Delivery report for May", "All fine here, see the numbers below."),
        (Address("postmaster@customer.example"), "Quota", "Mailbox anna@customer.example uses 10 MB."),
        (DAEMON, "Virus found", "Your message to anna@customer.example contained a virus."),
    ] {
        assert_eq!(from_free_form(&notice(from, subject, text)), None, "{subject}");
    }
}
