use proptest::prelude::{prop_assert, proptest};

use super::read;

fn reply_text(text: &str) -> String {
    read(text, false, &[]).words
}

fn forward_text(text: &str) -> String {
    read(text, true, &[]).words
}

/// Each row: name, text, expected new text.
fn table(rows: &[(&str, &str, &str)]) {
    for (name, text, new) in rows {
        assert_eq!(reply_text(text), *new, "{name}");
    }
}

#[test]
fn attributions_above_marked_quotes() {
    for attribution in [
        "On Mon, May 13, 2024 at 10:11 AM Anna Berg <anna@example.org> wrote:",
        "On 13 May 2024, at 10:11, Anna Berg <anna@example.org> wrote:",
        "On 5/13/24 10:11 AM, Anna Berg wrote:",
        "On Mon, 2024-05-13 at 10:11 +0300, Anna Berg wrote:",
        "On Mon, May 13, 2024 at 10:11 AM Anna Berg from the Very Long Department <\nanna.berg.of.the.long.department@example.org> wrote:",
        "On Mon, May 13, 2024 at 10:11 AM\nAnna Berg <anna@example.org>\nwrote:",
        "Anna Berg wrote:",
        "Вы писали:",
        "Anna Berg <anna@example.org> writes:",
        "пн, 13 мая 2024 г. в 10:11, Анна Берг <anna@example.org>:",
        "13 мая 2024 г., в 10:11, Анна Берг <anna@example.org> написал(а):",
        "13.05.2024 10:11, Анна Берг пишет:",
        "13.05.2024, 10:11, \"Анна Берг\" <anna@example.org>:",
        "Понедельник, 13 мая 2024, 10:11 +03:00 от Анна Берг <anna@example.org>:",
        "13 мая 2024 г. 10:11:12 GMT+03:00, Анна Берг <anna@example.org> пишет:",
        "Вы писали 13 мая 2024 г., 10:11:12:",
        "Анна Берг писал(а) 2024-05-13 10:11:",
        "Am 13.05.24 um 10:11 schrieb Anna Berg:",
        "Am Mo., 13. Mai 2024 um 10:11 Uhr schrieb Anna Berg <anna@example.org>:",
        "Anna Berg <anna@example.org> schrieb am Mo., 13. Mai 2024, 10:11:",
        "Le lun. 13 mai 2024 à 10:11, Anna Berg <anna@example.org> a écrit :",
        "Le 13/05/2024 à 10:11, Anna Berg a écrit :",
        "El lun, 13 may 2024 a las 10:11, Anna Berg (<anna@example.org>) escribió:",
        "W dniu 13.05.2024 o 10:11, Anna Berg pisze:",
        "pon., 13 maj 2024 o 10:11 Anna Berg <anna@example.org> napisał(a):",
        "пн, 13 трав. 2024 р. о 10:11 Анна Берг <anna@example.org> пише:",
        "13.05.24 10:11, Анна Берг пише:",
        "Il giorno lun 13 mag 2024 alle ore 10:11 Anna Berg <anna@example.org> ha scritto:",
        "Em seg., 13 de mai. de 2024 às 10:11, Anna Berg <anna@example.org> escreveu:",
        "Op ma 13 mei 2024 om 10:11 schreef Anna Berg <anna@example.org>:",
        "man. 13. maj 2024 kl. 10.11 skrev Anna Berg <anna@example.org>:",
        "Den mån 13 maj 2024 kl 10:11 skrev Anna Berg <anna@example.org>:",
        "ma 13. toukok. 2024 klo 10.11 Anna Berg (anna@example.org) kirjoitti:",
        "po 13. 5. 2024 v 10:11 odesílatel Anna Berg <anna@example.org> napsal:",
        "Anna Berg <anna@example.org>, 13 May 2024 Pzt, 10:11 tarihinde şunu yazdı:",
        "2024年5月13日(月) 10:11 Anna Berg <anna@example.org>:",
        "Anna Berg <anna@example.org> 于2024年5月13日周一 10:11写道：",
        "Anna Berg rašė 2024-05-13 10:11:",
        "2024년 5월 13일 (월) 오전 10:11, Anna <anna@example.org>님이 작성:",
        "po 13. 5. 2024 o 10:11 Anna Berg <anna@example.org> napísal(a):",
        "Anna Berg <anna@example.org> ezt írta (időpont: 2024. máj. 13., H, 10:11):",
        "\u{202b}בתאריך יום ב׳, 13 במאי 2024 ב-10:11 מאת Anna <anna@example.org>:\u{202c}",
        "ในวันที่ จ. 13 พ.ค. 2024 เวลา 10:11 Anna <anna@example.org> เขียนว่า:",
        "Quoting Anna Berg <anna@example.org>:",
        "2024/5/13 Anna Berg <anna@example.org>",
        "*On Mon 13 May 2024 at 10:11, Anna Berg <anna@example.org> wrote:*",
        "On Mon, 13 May 2024 10:11:12 +0200\nAnna Berg <anna@example.org> wrote:",
    ] {
        let text = format!("Yes, it works.\n\n{attribution}\n\n> Does it work?\n>\n> Anna\n");
        assert_eq!(reply_text(&text), "Yes, it works.", "{attribution}");
        let text = format!("{attribution}\n> Does it work?\n\nYes, it works.\n");
        assert_eq!(reply_text(&text), "Yes, it works.", "{attribution}");
    }
}

#[test]
fn a_question_stays_with_its_answer() {
    table(&[
        (
            "interleaved",
            "On 13 May 2024, at 10:11, Anna <anna@example.org> wrote:\n> Did you restart?\n\nYes.\n\n> Which version?\n\n2.4.\n\n> Bye\n> Anna\n",
            "> Did you restart?\n\nYes.\n\n> Which version?\n\n2.4.",
        ),
        ("a quote of the author's own", "You say\n\n> restart it\n\nbut how?", "You say\n\n> restart it\n\nbut how?"),
        ("what a program says", "Программа пишет:\n> Ошибка 5", "Программа пишет:\n\n> Ошибка 5"),
        ("an announced quote at the end", "The log says:\n> disk full", "The log says:\n\n> disk full"),
        ("nothing but a quote", "> Did you restart?", "> Did you restart?"),
    ]);
}

#[test]
fn outlook_forwards_are_content() {
    let text = "Please have a look.\n\nFrom: Boris <boris@example.net>\nSent: Monday, May 13, 2024 10:11 AM\nTo: Anna <anna@example.org>\nSubject: Printer\n\nIt smokes.";
    assert_eq!(reply_text(text), "Please have a look.");
    assert_eq!(forward_text(text), text);
}

#[test]
fn unmarked_history() {
    for (name, history) in [
        (
            "Outlook, English",
            "From: Anna Berg <anna@example.org>\nSent: Monday, May 13, 2024 10:11 AM\nTo: Desk <desk@example.com>\nSubject: RE: Printer\n\nOld words.",
        ),
        (
            "Outlook, Russian",
            "От: Анна Берг <anna@example.org>\nОтправлено: 13 мая 2024 г. 10:11\nКому: Desk\nТема: RE: Принтер\n\nСтарое.",
        ),
        (
            "Outlook, Russian, with a rule",
            "________________________________\nОт: Анна Берг\nОтправлено: понедельник, 13 мая 2024 г. 10:11\nКому: Desk\nКопия: Борис\nТема: Принтер\n\nСтарое.",
        ),
        (
            "Outlook, old",
            "-----Original Message-----\nFrom: Anna Berg [mailto:anna@example.org]\nSent: Monday, May 13, 2024 10:11 AM\nTo: Desk\nSubject: Printer\n\nOld.",
        ),
        (
            "Outlook, old Russian",
            "-----Исходное сообщение-----\nОт: Анна Берг [mailto:anna@example.org]\nОтправлено: 13 мая 2024 г. 10:11\nКому: Desk\nТема: Принтер\n\nСтарое.",
        ),
        (
            "Outlook, German",
            "Von: Anna Berg <anna@example.org>\nGesendet: Montag, 13. Mai 2024 10:11\nAn: Desk <desk@example.com>\nBetreff: AW: Drucker\n\nAlt.",
        ),
        (
            "Outlook, French",
            "De : Anna Berg <anna@example.org>\nEnvoyé : lundi 13 mai 2024 10:11\nÀ : Desk <desk@example.com>\nObjet : RE: Imprimante\n\nVieux.",
        ),
        (
            "Outlook, Spanish",
            "De: Anna Berg <anna@example.org>\nEnviado el: lunes, 13 de mayo de 2024 10:11\nPara: Desk\nAsunto: RE: Impresora\n\nViejo.",
        ),
        ("Outlook, Polish", "From: Anna Berg\nSent: 13 maja 2024\nTo: Desk\nSubject: x\n\nStare."),
        (
            "Outlook, Polish labels",
            "Od: Anna Berg <anna@example.org>\nWysłano: poniedziałek, 13 maja 2024 10:11\nDo: Desk\nTemat: RE: Drukarka\n\nStare.",
        ),
        (
            "Outlook, Ukrainian",
            "Від: Анна Берг <anna@example.org>\nНадіслано: понеділок, 13 травня 2024 р. 10:11\nКому: Desk\nТема: RE: Принтер\n\nСтаре.",
        ),
        (
            "Outlook on a phone",
            "Get Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: Anna Berg <anna@example.org>\nSent: Monday, May 13, 2024 10:11:12 AM\nTo: Desk <desk@example.com>\nSubject: Printer\n\nOld.",
        ),
        (
            "Outlook on a phone, Russian",
            "Получить Outlook для Android<https://aka.ms/AAb9ysg>\n________________________________\nОт: Анна Берг <anna@example.org>\nОтправлено: понедельник, 13 мая 2024 г., 10:11\nКому: Desk <desk@example.com>\nТема: Принтер\n\nСтарое.",
        ),
        (
            "bold labels",
            "*From:* Anna Berg <anna@example.org>\n*Sent:* Monday, May 13, 2024 10:11 AM\n*To:* Desk\n*Subject:* Printer\n\nOld.",
        ),
        (
            "a folded sender",
            "From: Anna Berg from the Long Department\n<anna.berg@example.org>\nSent: Monday, May 13, 2024\nTo: Desk\nSubject: Printer\n\nOld.",
        ),
        (
            "K-9",
            "-------- Original Message --------\nFrom: Anna Berg <anna@example.org>\nSent: May 13, 2024 10:11:12 AM GMT+03:00\nTo: Desk\nSubject: Printer\n\nOld.",
        ),
        (
            "Samsung, Russian",
            "-------- Исходное сообщение --------\nОт: Анна Берг <anna@example.org>\nДата: 13.05.2024 10:11 (GMT+03:00)\nКому: Desk\nТема: Принтер\n\nСтарое.",
        ),
        (
            "Samsung, German",
            "-------- Ursprüngliche Nachricht --------\nVon: Anna Berg <anna@example.org>\nDatum: 13.05.24 10:11 (GMT+01:00)\nAn: Desk\nBetreff: Drucker\n\nAlt.",
        ),
        (
            "Lotus Notes",
            "-----\"Anna Berg\" <anna@example.org> wrote: -----\nTo: Desk\nFrom: \"Anna Berg\" <anna@example.org>\nDate: 05/13/2024 10:11AM\nSubject: Printer\n\nOld.",
        ),
        (
            "Lotus Notes, a table",
            "From:\tAnna Berg/Moscow/ACME\nTo:\tDesk/ACME@ACME\nDate:\t13.05.2024 10:11\nSubject:\tPrinter\n\nOld.",
        ),
        ("Yandex without marks", "13.05.2024, 10:11, \"Анна Берг\" <anna@example.org>:\n\nСтарое."),
        ("Gmail without marks", "On Mon, May 13, 2024 at 10:11 AM Anna Berg <anna@example.org> wrote:\n\nOld words."),
        ("Apple Mail without marks", "On 13 May 2024, at 10:11, Anna Berg wrote:\n\nOld words."),
        (
            "Gmail, French, folded",
            "Le lun. 13 mai 2024 à 10:11, Anna Berg - ACME <anna@example.org>\na écrit :\n\nVieux.",
        ),
        (
            "Proton",
            "------- Original Message -------\nOn Monday, May 13th, 2024 at 10:11, Anna Berg <anna@example.org> wrote:\n\nOld.",
        ),
        ("Zoho", "---- On Mon, 13 May 2024 10:11:12 +0300 anna@example.org wrote ----\n\nOld."),
        (
            "QQ",
            "------------------ 原始邮件 ------------------\n发件人: \"Anna\" <anna@example.org>;\n发送时间: 2024年5月13日(星期一) 上午10:11\n收件人: \"Desk\";\n主题: Printer\n\n旧",
        ),
        ("our cut line", "— ответ пишите выше этой строки / reply above this line —\n\nСтарое."),
        ("Danish", "-------- Oprindelig besked --------\nFra: A <a@example.org>\nDato: 13.05.2024\nTil: b\nEmne: x"),
        (
            "Italian",
            "Da: Anna Berg <anna@example.org>\nInviato: lunedì 13 maggio 2024 10:11\nA: Desk\nOggetto: R: Stampante\n\nVecchio.",
        ),
        (
            "Portuguese",
            "De: Anna Berg <anna@example.org>\nEnviada em: segunda-feira, 13 de maio de 2024 10:11\nPara: Desk\nAssunto: RES: Impressora\n\nVelho.",
        ),
        (
            "Finnish",
            "Lähettäjä: Anna Berg <anna@example.org>\nLähetetty: maanantai 13. toukokuuta 2024 10.11\nVastaanottaja: Desk\nAihe: VS: Tulostin\n\nVanha.",
        ),
        (
            "Czech",
            "Od: Anna Berg <anna@example.org>\nOdesláno: pondělí 13. května 2024 10:11\nKomu: Desk\nPředmět: RE: Tiskárna\n\nStaré.",
        ),
        (
            "Swedish",
            "Från: Anna Berg <anna@example.org>\nSkickat: den 13 maj 2024 10:11\nTill: Desk\nÄmne: SV: Skrivare\n\nGammalt.",
        ),
        (
            "Dutch",
            "Van: Anna Berg <anna@example.org>\nVerzonden: maandag 13 mei 2024 10:11\nAan: Desk\nOnderwerp: RE: Printer\n\nOud.",
        ),
        (
            "Japanese",
            "差出人: Anna <anna@example.org>\n送信日時: 2024年5月13日 10:11\n宛先: Desk\n件名: RE: プリンター\n\n古い",
        ),
        (
            "Kazakh",
            "Кімнен: Анна Берг <anna@example.org>\nЖіберілді: 13 мамыр 2024 ж. 10:11\nКімге: Desk\nТақырып: RE: Принтер\n\nЕскі.",
        ),
        (
            "Uzbek",
            "Kimdan: Anna Berg <anna@example.org>\nYuborilgan: 13-may 2024 10:11\nKimga: Desk\nMavzu: RE: Printer\n\nEski.",
        ),
        (
            "Belarusian",
            "Ад: Ганна Берг <anna@example.org>\nАдпраўлена: 13 мая 2024 10:11\nКаму: Desk\nТэма: RE: Прынтар\n\nСтарое.",
        ),
        ("Hebrew", "מאת: Anna <anna@example.org>\nנשלח: 13.05.2024 10:11\nאל: Desk\nנושא: RE: מדפסת\n\nישן"),
        (
            "Georgian",
            "გამომგზავნი: Anna <anna@example.org>\nგაგზავნილია: 13.05.2024 10:11\nმიმღები: Desk\nთემა: RE: პრინტერი\n\nძველი",
        ),
        ("Armenian", "Ից՝ Anna <anna@example.org>\nՈւղարկված՝ 13.05.2024 10:11\nՈւմ՝ Desk\nԹեմա՝ RE: տպիչ\n\nհին"),
        (
            "a language that nobody has told us of",
            "Kirjutaja: Anna <anna@example.org>\nSaadetudki: 13.05.2024 10:11\nSaajale: Desk <desk@example.org>\nAsjaks: RE: Printer\n\nVana.",
        ),
    ] {
        assert_eq!(reply_text(&format!("Всё работает.\nСпасибо!\n\n{history}\n")), "Всё работает.\nСпасибо!", "{name}");
    }
}

#[test]
fn signatures() {
    for (name, signature) in [
        ("RFC 3676", "-- \nAnna Berg\nACME"),
        ("a virus scanner's", "---\nЭто сообщение проверено на вирусы антивирусом Avast.\nhttps://www.avast.example"),
        ("a lost blank", "--\nAnna"),
        ("a long dash", "—\nАнна Берг\n+7 900 000-00-00"),
        ("Russian", "С уважением,\nАнна Берг\nведущий специалист\nтел. +7 900 000-00-00"),
        ("Russian, one line", "С уважением, Анна Берг"),
        ("Russian, no comma", "С уважением\nАнна"),
        ("best wishes", "С наилучшими пожеланиями,\nАнна"),
        ("English", "Best regards,\nAnna Berg\nACME Ltd\nanna@example.org | www.example.org"),
        ("English, one line", "Kind regards, Anna"),
        ("English, short", "Regards,\nAnna"),
        ("with thanks", "Thanks and regards,\nAnna"),
        ("thanks as a closing", "Thanks,\nAnna"),
        ("German", "Mit freundlichen Grüßen\n\nAnna Berg"),
        ("German, short", "Viele Grüße\nAnna"),
        ("French", "Cordialement,\nAnna Berg"),
        ("Spanish", "Saludos cordiales,\nAnna"),
        ("Polish", "Pozdrawiam,\nAnna"),
        ("Ukrainian", "З повагою,\nАнна"),
        ("iPhone", "Sent from my iPhone"),
        ("iPhone, Russian", "Отправлено с iPhone"),
        ("iPhone, German", "Von meinem iPhone gesendet"),
        ("iPhone, French", "Envoyé de mon iPhone"),
        ("iPhone, Spanish", "Enviado desde mi iPhone"),
        ("iPhone, Polish", "Wysłane z iPhone'a"),
        ("iPhone, Ukrainian", "Надіслано з iPhone"),
        ("Mail.ru on a phone", "Отправлено из мобильной Почты Mail.ru"),
        ("Yandex on a phone", "Отправлено из мобильной Яндекс.Почты"),
        ("Samsung", "Отправлено с моего Samsung Galaxy"),
        ("K-9", "Sent from my Android device with K-9 Mail. Please excuse my brevity."),
        ("K-9, Russian", "Простите за краткость, создано в K-9 Mail."),
        ("Windows", "Sent from Mail for Windows"),
        ("Windows, Russian", "Отправлено из приложения «Почта» для Windows"),
        ("Outlook", "Get Outlook for Android"),
        ("Yahoo", "Sent from Yahoo Mail on Android"),
        ("The Bat!", "-- \nС уважением,\n Анна                          mailto:anna@example.org"),
        ("a notice", "CONFIDENTIALITY NOTICE: This e-mail is for the addressee only."),
        (
            "a notice, Russian",
            "Настоящее сообщение и любые приложения к нему являются конфиденциальными и предназначены только для адресата.",
        ),
        ("a virus scanner", "Virus-free. www.avast.com"),
        (
            "a list",
            "_______________________________________________\nusers mailing list\nusers@lists.example.org\nhttps://lists.example.org/mailman/listinfo/users",
        ),
        ("two", "Best regards,\nAnna\n\n--\nAnna Berg\nACME\n\nSent from my iPhone"),
        ("a rule", "—————\nAnna Berg\nanna@example.org"),
    ] {
        let text = format!("Добрый день!\n\nОшибка прежняя, журнал приложен.\n\n{signature}\n");
        assert_eq!(reply_text(&text), "Добрый день!\n\nОшибка прежняя, журнал приложен.", "{name}");
        let text =
            format!("Ошибка прежняя.\n\n{signature}\n\nOn 13 May 2024, at 10:11, Boris <b@example.org> wrote:\n> Hm\n");
        assert_eq!(reply_text(&text), "Ошибка прежняя.", "{name}, above a quote");
    }
}

#[test]
fn texts_that_only_resemble_history_and_signatures() {
    for text in [
        "With regards to the payment: it failed.\n\nAs regards the timeline, we wait.",
        "Best practices are in the guide.\nBest of all, it works.",
        "The notification was sent from my iPhone app to all users.\nSent from my desk, is much easier than my mobile phone.",
        "Here is a session:\n\n----\n\n1. one\n2. two\n\n----\n\nThe dashes above are marks.",
        "On your remote host you can run:\n\n   telnet 127.0.0.1 52698\n\nThis should connect.",
        "On 12.05.2024 at 10:00 the service wrote:\nERROR disk full\nPlease help.",
        "Вчера в 10:15 коллега написал:\nне работает печать\nПосмотрите, пожалуйста.",
        "The headers of the lost mail:\n\nFrom: a@example.org\nTo: b@example.org\nDate: Mon, 13 May 2024 10:11:12 +0300\nMessage-ID: <1@example.org>\nSubject: x\n\nWhere is it?",
        "2024-05-13 10:11:12 ERROR a@example.org: no such user\n2024-05-13 10:11:13 INFO done",
        "С уважением отношусь к вашей работе, но ошибка осталась.",
        "Всего хорошего понемногу: сначала журнал, потом снимок.",
        "git commit --amend\n--force does not help",
        "От: поля «От» нет в форме.\nЧто делать?",
        "Session:\n>>> import x\n>>> x.y()\nNameError",
        "Период:\nОт: 01.05.2024\nДо: 13.05.2024\nНе строится отчёт.",
        "СЛУЖЕБНАЯ ЗАПИСКА\n\nОт: Берг А. С.\nКому: Ким П. Р.\nДата: 20.11.2026\nТема: касса\n\nПрошу заменить кассу.",
        "ЗАЯВКА № 7\nОт: berg@client.example\nКому: склад\nТема: лента\n\nЛента, 10 шт.",
        "This message is shown: cannot connect.",
        "Это сообщение появляется при входе.",
        "Новая заявка с сайта\nОт: Иван\nДата: 12.05.2024\nТема: Вход\nТелефон: 000\nСообщение: не могу войти",
        "On 12.05.2024 our client anna@example.com wrote:\nI cannot log in.",
        "Privileged users cannot log in.\n\nConfidential information is shown to all.\n\nNotice the message at the top.",
        "This message appears: virus found in file.\n\nЭто письмо адресовано не нам.\n\nDisclaimer text is wrong on the page.",
        "Шаги:\n-----\n1. открыть https://app.example.org\n2. нажать «Печать»",
        "Codes:\nKR\nBR\nUS",
        "С наилучшими пожеланиями, но ошибка осталась.",
    ] {
        assert_eq!(reply_text(text), text);
    }
}

#[test]
fn the_whole_text_is_kept_if_nothing_would_be_left() {
    for text in [
        "С уважением,\nАнна",
        "Sent from my iPhone",
        "From: Anna <anna@example.org>\nSent: Monday\nTo: Desk\nSubject: Printer\n\nIt smokes.",
        "On 13 May 2024, at 10:11, Anna <anna@example.org> wrote:\n\n> It smokes.",
    ] {
        assert_eq!(reply_text(text), text);
    }
    assert_eq!(reply_text(""), "");
}

#[test]
fn forwarded_messages_are_content() {
    for forwarded in [
        "---------- Forwarded message ---------\nFrom: Boris <b@example.net>\nDate: Mon, May 13, 2024 at 10:11 AM\nSubject: Printer\nTo: Anna <anna@example.org>\n\nIt smokes.\n\n--\nBoris",
        "Begin forwarded message:\n\n> From: Boris <b@example.net>\n> Subject: Printer\n> Date: 13 May 2024\n>\n> It smokes.",
        "-------- Пересылаемое сообщение --------\n13.05.2024, 10:11, \"Борис\" <b@example.net>:\n\nДымит.\n\n-------- Конец пересылаемого сообщения --------",
        "-------- Перенаправленное сообщение --------\nТема: Принтер\nДата: Mon, 13 May 2024 10:11:12 +0300\nОт: Борис <b@example.net>\nКому: Анна\n\nДымит.",
        "-------- Weitergeleitete Nachricht --------\nBetreff: Drucker\nVon: Boris\n\nEr raucht.",
        "---------- Message transféré ---------\nDe : Boris\n\nIl fume.",
    ] {
        let text = format!("Посмотрите, пожалуйста.\n\n{forwarded}");
        assert_eq!(reply_text(&text), text);
    }
}

#[test]
fn a_postscript_stays() {
    let text = "Готово.\n\nС уважением,\nАнна\n\nP.S. Журнал приложен.";
    assert_eq!(reply_text(text), "Готово.\n\nP.S. Журнал приложен.");
}

proptest! {
    #[test]
    fn any_text_has_an_answer_made_of_its_own_lines(
        text in "((>{0,3} ?|--|____|On |От: |From: |Sent: |To: |Re|12.05.2024 10:11|a@b.example|wrote:|Best regards,|С уважением| |\\n|\\n\\n|\\PC){0,6}\\n){0,12}"
    ) {
        for answer in [reply_text(&text), forward_text(&text)] {
            prop_assert!(answer.trim().is_empty() == text.trim().is_empty());
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            prop_assert!(answer.lines().all(|line| line.is_empty() || lines.iter().any(|l| l.contains(line.trim()))));
        }
    }
}
