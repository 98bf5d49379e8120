//! Recognises the heading above a quoted or forwarded message: Outlook's header block, «Original Message», «Forwarded
//! message».

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// Longer lines are no headings, in bytes.
const LONGEST: usize = 300;

/// How far to the right Lotus Notes puts its block.
const COLUMN: &str = "          ";

/// The most lines of a header block.
const BLOCK_LINES: usize = 14;

/// What kind of message follows a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// Quoted history: the message that this one answers.
    Original,
    /// A forwarded message.
    Forwarded,
}

/// The heading that begins on the first of these lines; None: there is none.
pub fn heading(lines: &[&str]) -> Option<Heading> {
    let first = lines.first()?.trim();
    if first.is_empty() || first.len() > LONGEST {
        return None;
    }
    let ruled = is_ruled(first);
    if ruled && FORWARDED.is_match(first) || first.ends_with([':', '：']) && FORWARDED_OPENING.is_match(first) {
        return Some(Heading::Forwarded);
    }
    if ruled && ORIGINAL.is_match(first) || is_cut_line(first) || is_header_block(lines) || is_in_columns(lines) {
        return Some(Heading::Original);
    }
    let below = lines.iter().skip(1).take(3).position(|line| !line.trim().is_empty());
    let block_below = below.is_some_and(|blank| is_header_block(&lines[blank + 1..]));
    (ruled && RULE.is_match(first) && block_below).then_some(Heading::Original)
}

/// Whether the line begins or ends with at least two dashes or similar characters.
fn is_ruled(line: &str) -> bool {
    let dash = |c: &char| matches!(c, '-' | '_' | '=' | '—' | '–' | '~');
    let start = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*' | '|'));
    start.chars().take_while(dash).take(2).count() == 2 || line.chars().rev().take_while(dash).take(2).count() == 2
}

/// A date as memos have it, too.
static PLAIN_DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^[\s>*_|]*(?:date|дата|datum|data|fecha|dato|dátum|tarih|päiväys|күні|sana|tarix)\s?[*_|]*\s?:")
});

/// Whether a time stands in the fields that begin here.
pub fn has_time(lines: &[&str]) -> bool {
    lines.iter().take_while(|line| field(line).is_some()).any(|line| TIME.is_match(line))
}

/// Whether the line is the title of a document, whose fields look like a header block.
pub fn is_title(line: &str) -> bool {
    TITLE.is_match(line)
}

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:(?:служебная|докладная|пояснительная|объяснительная) записка|рапорт|заявка|заявление|заказ|приказ|распоряжение|обращение|memo(?:randum)?|(?:purchase )?order|request form)(?:\P{L}.{0,60})?$",
    )
});

/// Whether the line is nothing but a rule.
pub fn is_rule(line: &str) -> bool {
    RULE.is_match(line)
}

/// Whether the line is a cut line («reply above this line») of maildesk or another help desk.
pub fn is_cut_line(line: &str) -> bool {
    let likely = ["bove this line", "выше", "dieser", "au-dessus"].iter().any(|words| line.contains(words));
    likely && REPLY_ABOVE.is_match(line)
}

/// Whether a header block begins here: fields for the sender and at least two of date, recipient and subject, and with an
/// address, a time or a word such as «Sent» among them, which a memo has not. Pasted technical headers and web forms are not header blocks.
fn is_header_block(lines: &[&str]) -> bool {
    match field(lines[0]) {
        Some(0) if ONE_LINE_BLOCK.is_match(lines[0]) => return true,
        _ if has_shape_of_block(lines) => return true,
        Some(_) => {}
        None => return false,
    }
    let (mut seen, mut is_of_mail) = ([false; 5], false);
    let mut others = 0;
    let mut blanks = 0;
    for line in lines.iter().take(BLOCK_LINES) {
        if line.trim().is_empty() {
            blanks += 1;
        } else if blanks == 0 && line.len() <= LONGEST && FOREIGN.is_match(line) {
            return false;
        } else if let Some(kind) = field(line) {
            if std::mem::replace(&mut seen[kind], true) {
                break;
            }
            is_of_mail |= line.contains('@') || TIME.is_match(line) || kind == 1 && !PLAIN_DATE.is_match(line);
            others = 0;
            blanks = 0;
        } else {
            others += 1;
        }
        if others > 3 || blanks > 1 {
            break;
        }
    }
    let [from, date, to, _, subject] = seen;
    from && is_of_mail && [date, to, subject].iter().filter(|seen| **seen).count() >= 2
}

/// Whether the block of old versions of Lotus Notes begins here: far to the right, with the labels behind their values.
fn is_in_columns(lines: &[&str]) -> bool {
    let is_indented = |line: &&&str| line.trim().is_empty() || line.starts_with(COLUMN);
    let block = || lines.iter().take(BLOCK_LINES).take_while(is_indented);
    lines[0].starts_with(COLUMN) && [&COLUMN_TO, &COLUMN_SUBJECT].iter().all(|label| block().any(|l| label.is_match(l)))
}

/// Whether these lines have the shape of a header block, in whatever language: an address, a date, an address, a subject, each
/// behind a label and a colon, and then a blank line.
fn has_shape_of_block(lines: &[&str]) -> bool {
    let end = lines.iter().take(BLOCK_LINES).position(|line| line.trim().is_empty());
    let block = &lines[..end.unwrap_or(0)];
    let value = |at: usize| LABELLED.captures(block.get(at)?).map(|found| found.extract::<1>().1[0]);
    let is = |at: usize, what: &Regex| value(at).is_some_and(|value| what.is_match(value));
    (4..=6).contains(&block.len())
        && lines[0].contains('@')
        && !block.iter().any(|line| line.len() > LONGEST || FOREIGN.is_match(line))
        && (0..block.len()).all(|at| value(at).is_some())
        && is(0, &ADDRESS)
        && is(1, &DATED)
        && is(2, &ADDRESS)
}

/// The field of a header block on this line: 0 sender, 1 date, 2 recipient, 3 copy, 4 subject. None: no such field.
pub fn field(line: &str) -> Option<usize> {
    let name = line.get(..line.len().min(LONGEST)).unwrap_or(line);
    let found = (name.contains([':', '：', '՝'])).then(|| FIELD.captures(name))??;
    (1..found.len()).find(|group| found.get(*group).is_some()).map(|group| group - 1)
}

/// Names of sender, date, recipient, copy and subject in the header blocks of mail clients.
const FROM: &str = "From|От|От кого|Отправитель|Von|Absender|De|Expéditeur|Remitente|Da|Mittente|Od|Nadawca|Від|Від кого|Ад|Fra|Från|Lähettäjä|Van|Kimden|Gönderen|Feladó|De la|Από|发件人|寄件者|寄件人|差出人|보낸 ?사람|Saatja|No|Nuo|Šalje|Кімнен|Кимден|Кимдан|Kimdan|Kimdən|Аз|Ад каго|מאת|من|Ից|Ումից|გამომგზავნი|გამგზავნი|დან|Ուղարկող|Бастап|Хэнээс|Từ|จาก";
const DATE: &str = "Sent|Date|Message du|Date Sent|Sent on|Отправлено|Отправленные|Дата|Дата отправки|Время|Gesendet|Gesendet am|Datum|Envoyé|Envoyé le|Enviado|Enviado el|Enviado em|Enviada em|Fecha|Data|Inviato|Inviata|Wysłano|Wysłane|Надіслано|Адпраўлена|Sendt|Dato|Skickat|Lähetetty|Päivämäärä|Päiväys|Verzonden|Odesláno|Odoslané|Dátum|Elküldve|Küldve|Küldés ideje|Gönderildi|Gönderilme Tarihi|Gönderme Tarihi|Tarih|Trimis|Изпратено|Ημερομηνία|Στάλθηκε|发送时间|发件时间|寄件日期|传送日期|日期|时间|送信日時|日時|日付|보낸 ?날짜|날짜|Жіберілді|Жіберілген|Күні|Жөнөтүлдү|Юборилган|Yuborilgan|Yuborildi|Sana|Göndərildi|Göndərilib|Tarix|Фиристода шуд|Адпраўлена|Дата адпраўкі|נשלח|תאריך|تاريخ الإرسال|التاريخ|Ուղարկված|Ուղարկվել է|Ամսաթիվ|გაგზავნილია|გაიგზავნა|თარიღი|Жіберілген күні|Išsiųsta|Nosūtīts|Saadetud|Poslato|Poslano|Илгээсэн|Đã gửi|ส่ง";
const TO: &str = "To|Кому|Получатель|Получатели|An|Empfänger|À|A|Destinataire|Para|Destinatario|Do|Komu|Адресат|Til|Till|Vastaanottaja|Aan|Címzett|Kime|Alıcı|Către|До|Προς|收件人|收件者|宛先|받는 ?사람|Da|Кімге|Кимге|Кимга|Kimga|Kimə|Каму|Ба|אל|إلى|Ում|Ստացող|მიმღები|ვის|ადრესატი|Kam|Adressaat|Prima|Хэнд|Tới|ถึง";
const COPY: &str = "Cc|CC|Copie à|Bcc|Копия|Копія|Kopie|Kopia|Kopi|Kopio|DW|Másolatot kap|Bilgi|Κοιν|抄送|副本|Reply-To|Importance|Важность|Wichtigkeit|Attachments|Вложения|Anlagen";
const SUBJECT: &str = "Subject|Тема|Sujet|Betreff|Objet|Asunto|Assunto|Oggetto|Temat|Emne|Ämne|Aihe|Onderwerp|Předmět|Predmet|Tárgy|Konu|Subiect|Относно|Θέμα|主题|主旨|件名|제목|Teema|Tēma|Tema|Тақырып|Тақырыбы|Тэма|Мавзу|Mavzu|Mövzu|Мавзӯъ|נושא|الموضوع|Թեմա|თემა|საგანი|Առարկա|Naslov|Сэдэв|Chủ đề|เรื่อง";

static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"^[\s>*_|]*(?i:({FROM})|({DATE})|({TO})|({COPY})|({SUBJECT}))\s?[*_|]*\s?[:：՝]"))
});

static COLUMN_TO: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"   (?:{TO})\s*$")));
static COLUMN_SUBJECT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"   (?:{SUBJECT})\s*$")));

/// A header block whose lines were joined into one.
static ONE_LINE_BLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^[\s>*_|]*(?:{FROM})\s?[*_]*:.{{1,120}}[\s*_](?:{DATE})\s?[*_]*:.{{1,120}}[\s*_](?:{TO}|{SUBJECT})\s?[*_]*:"
    ))
});

/// Fields that are in no header block: those of pasted technical headers and of web forms.
static FOREIGN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?i:(?:Received|Return-Path|Delivered-To|Message-ID|MIME-Version|DKIM-Signature|Authentication-Results|Content-Type|X-[\w-]+|Сообщение|Текст|Текст (?:сообщения|обращения)|Телефон|Имя|Ваше имя|ФИО|Комментарий|Вопрос|Описание|Организация|Компания|Страница|E-?mail|Phone|Name|Your name|Message|Comments?|Question|Description|Company|Telefon|Nachricht|Firma)\s?:)",
    )
});

/// A label of a header block with its value.
static LABELLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[\s>*_|]*\p{L}[\p{L}\p{M} .'’-]{0,24}\s?[*_]*:[*_]*\s+(\S.*)$"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+-]@[\w.-]+\w"));
static DATED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]{1,2}[:.][0-9]{2}|[0-9]{4}"));

static TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]{1,2}[:.h][0-9]{2}(?:[^0-9.]|$)"));

static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\s>*]*[-_=—–]{5,}[\s*]*$"));

static ORIGINAL: LazyLock<Regex> = LazyLock::new(|| {
    let phrases = "original (?:message|appointment|mail|e-mail|email)|(?:reply|replied|quoted|previous) message|(?:исходное|оригинальное|первоначальное|предыдущее|изначальное) (?:сообщение|письмо)|(?:ursprüngliche|original)[ -]?(?:nachricht|mail)|urspr\\. nachricht|message (?:d['’]origine|original|initial|précédent)|mensaje original|mensagem original|messaggio (?:originale|originario)|(?:oryginalna|pierwotna) wiadomość|wiadomość (?:oryginalna|pierwotna)|(?:вихідне|оригінальне|початкове) повідомлення|(?:зыходнае) паведамленне|oprindelig (?:besked|meddelelse)|opprinnelig (?:melding|beskjed)|(?:ursprungligt|original) ?meddelande|alkuperäinen viesti|oorspronkelijk bericht|původní (?:zpráva|e-mail)|pôvodná správa|eredeti üzenet|or[ij]+inal (?:ileti|mesaj)|özgün ileti|mesaj(?:ul)? original|оригинално съобщение|αρχικό μήνυμα|原始邮件|原始信件|原始郵件|原邮件|元のメッセージ|원본 메[시세]지|izvorna poruka|algne sõnum|originalus laiškas";
    pattern(&format!(
        r"(?i)^[\s>*|]*[-_=—–~]{{2,}}\s*(?:{phrases}).{{0,80}}$|^[\s>*|]*(?:{phrases})\s*[-_=—–~]{{2,}}\s*$"
    ))
});

static FORWARDED: LazyLock<Regex> = LazyLock::new(|| {
    let phrases = "forwarded (?:message|by|e-?mail)|forward(?:ed)? message|(?:пересылаемое|пересланное|перенаправленное|переадресованное|перенаправляемое) (?:сообщение|письмо)|переслано|переадресовано|weitergeleitete nachricht|weitergeleitet von|message (?:transféré|transmis|réexpédié)|mensaje reenviado|reenviado por|mensagem (?:encaminhada|reencaminhada)|messaggio inoltrato|inoltrato da|(?:treść )?przekazan\\w+ wiadomoś\\w+|wiadomość przekazana|(?:переслане|перенаправлене) повідомлення|пераслан\\w+ паведамленне|videresendt (?:besked|melding|meddelelse|e-mail)|vidarebefordrat (?:meddelande|brev)|(?:edelleenlähetetty|välitetty) viesti|doorgestuurd bericht|přeposlan\\w+ zpráva|preposlan\\w+ správa|továbbított üzenet|[iİ]letilen (?:mesaj|ileti)|转发(?:的)?(?:邮件|消息)|轉寄(?:的)?(?:郵件|訊息)|転送(?:された)?メッセージ|전달된 메[시세]지";
    pattern(&format!(r"(?i)^[\s>*|]*[-_=—–~]{{2,}}\s*(?:{phrases}).{{0,120}}$"))
});

/// Apple Mail's heading of a forwarded message, which has no dashes.
static FORWARDED_OPENING: LazyLock<Regex> = LazyLock::new(|| {
    let openings = "begin forwarded message|начало переадресованного сообщения|начало пересылаемого сообщения|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:transféré|réexpédié)|inicio del mensaje reenviado|início da mensagem (?:encaminhada|reencaminhada)|inizio messaggio inoltrato|początek przekazywanej wiadomości|початок листа, що пересилається|begin doorgestuurd bericht|vidarebefordrat brev|videresendt meddelelse|začátek přeposílané zprávy";
    pattern(&format!(r"(?i)^[\s>*]*(?:{openings})\s*[:：]$"))
});

static REPLY_ABOVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:reply|write|respond|answer|type)\b.{0,40}\babove this line|(?:ответ\S*|пишите|писать|ответьте)\b.{0,40}выше (?:этой|данной) (?:строки|линии|черты)|antworten? .{0,30}(?:über|oberhalb) dieser (?:zeile|linie)|répondre? .{0,30}au-dessus de cette ligne",
    )
});
