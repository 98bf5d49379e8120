//! Recognises signatures, advertisements of devices and legal notices at the end of a text.
//!
//! The patterns of this folder use `(?:\W|$)` instead of `\b`: on non-ASCII text, one `\b` makes the regex crate fall back to
//! engines that are ten times slower.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// How much of a line is examined, in bytes.
const LONGEST: usize = 400;

/// With more lines below it, `--` is a divider in a text.
const MOST_AFTER_DELIMITER: usize = 25;

/// With more lines below it, «Best regards» is part of a text.
const MOST_AFTER_CLOSING: usize = 20;

/// With more lines below it, a row of dashes is a divider in a text.
const MOST_AFTER_RULE: usize = 8;

/// With more lines below it, a legal notice or an advertisement is part of a text.
const MOST_AFTER_NOTICE: usize = 60;

/// The lines without signature and legal notices; a postscript below a signature stays.
pub fn without_signature<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    split(lines).0
}

/// Divides lines into the author's text and the signature with the legal notices below it. A postscript below a signature
/// belongs to the text.
pub fn split<'a>(lines: &[&'a str]) -> (Vec<&'a str>, Vec<&'a str>) {
    let below = lines_below(lines);
    let Some(start) = (0..lines.len()).find(|at| begins_signature(lines, *at, below[*at])) else {
        return (lines.to_vec(), Vec::new());
    };
    let (mut kept, mut aside) = (lines[..start].to_vec(), lines[start..].to_vec());
    if let Some(content) = content_below(&aside) {
        kept.push("");
        kept.extend(aside.drain(content));
    }
    if let Some(postscript) = aside.iter().position(|line| line.len() <= LONGEST && POSTSCRIPT.is_match(line)) {
        let rest = aside.split_off(postscript);
        let end = (0..rest.len()).find(|at| DEVICE.is_match(prefix(rest[*at])) || is_notice(&rest[*at..]));
        let (text, notice) = rest.split_at(end.unwrap_or(rest.len()));
        kept.push("");
        kept.extend(text);
        aside.extend(notice);
    }
    (kept, aside)
}

/// The paragraphs below a signature's first one that are no part of it: from the first table, list, log or sentence down to a
/// legal notice, a device's advertisement, or the end; `None` where there are none.
fn content_below(signature: &[&str]) -> Option<Range<usize>> {
    let is_blank = |at: usize| signature[at].trim().is_empty();
    // Who writes `--` twice divides a text with it.
    let is_delimiter = |at: usize| DELIMITER.is_match(signature[at].trim());
    let divides = (0..signature.len()).filter(|at| is_delimiter(*at)).nth(1).is_some();
    let is_gap = |at: usize| is_blank(at) || divides && is_delimiter(at);
    let starts = (1..signature.len()).filter(|at| !is_gap(*at) && is_gap(at - 1));
    let paragraph = |at: usize| {
        let end = (at..signature.len()).find(|line| is_gap(*line)).unwrap_or(signature.len());
        &signature[at..end]
    };
    let is_end = |at: &usize| {
        let line = prefix(signature[*at].trim());
        is_notice(&signature[*at..]) || DEVICE.is_match(line) || LIST_FOOTER.is_match(line) || RULE.is_match(line)
    };
    let starts: Vec<usize> = starts.take_while(|at| !is_end(at)).collect();
    let first = *starts.iter().find(|at| is_content(paragraph(**at)))?;
    let end = (first..signature.len()).find(is_end).unwrap_or(signature.len());
    Some(first..end)
}

/// Whether a paragraph says something: it is a table, a list or a log, or holds a sentence.
fn is_content(lines: &[&str]) -> bool {
    let cells = |separator: char| {
        let counts: Vec<usize> = lines.iter().map(|line| line.matches(separator).count()).collect();
        counts.len() > 1 && counts[0] > 0 && counts.iter().all(|count| *count == counts[0])
    };
    let items = lines.iter().filter(|line| ITEM.is_match(line)).count();
    let is_sentence = |line: &&str| {
        let line = line.trim();
        line.ends_with(['.', '!', '?'])
            && line.split_whitespace().count() > 3
            && !line.contains('@')
            && !PHONE.is_match(line)
    };
    [';', '\t', '|'].into_iter().any(cells)
        || items > 1
        || lines.iter().any(|line| LOGGED.is_match(prefix(line)))
        || lines.iter().any(is_sentence)
}

/// Whether a text is nothing but a signature: below words all of it would be one.
pub fn is_signature(text: &str) -> bool {
    let lines: Vec<&str> = ["…", ""].into_iter().chain(text.trim().lines()).collect();
    let (kept, aside) = split(&lines);
    !aside.is_empty() && kept.iter().skip(1).all(|line| line.trim().is_empty())
}

/// For each line, the number of non-blank lines below it.
fn lines_below(lines: &[&str]) -> Vec<usize> {
    let mut below = vec![0; lines.len()];
    for at in (1..lines.len()).rev() {
        below[at - 1] = below[at] + usize::from(!lines[at].trim().is_empty());
    }
    below
}

fn begins_signature(lines: &[&str], at: usize, below: usize) -> bool {
    let line = lines[at].trim();
    if line.is_empty() || below > MOST_AFTER_NOTICE {
        return at > 0 && lines[at - 1].trim().is_empty() && DEVICE.is_match(prefix(line));
    }
    let paragraph = at == 0 || lines[at - 1].trim().is_empty() || RULE.is_match(lines[at - 1].trim());
    if paragraph && (is_notice(&lines[at..]) || LIST_FOOTER.is_match(prefix(line))) {
        return true;
    }
    if line.len() > LONGEST {
        return false;
    }
    let next = lines[at + 1..].iter().map(|line| line.trim()).find(|line| !line.is_empty());
    DELIMITER.is_match(line) && below <= MOST_AFTER_DELIMITER
        || RULE.is_match(line) && below <= MOST_AFTER_RULE && is_contact(&lines[at + 1..])
        || RULE.is_match(line) && at + 1 < lines.len() && is_notice(&lines[at + 1..])
        || NAMED_DELIMITER.is_match(line) && below <= 4
        || CLOSING.is_match(line) && below <= MOST_AFTER_CLOSING && next.is_none_or(is_short)
        || THANKS.is_match(line) && below <= 6 && next.is_some_and(|name| NAME.is_match(name))
        || DEVICE.is_match(line) && (paragraph || below == 0)
        || ADVERTISEMENT.is_match(line) && below == 0
}

/// Whether the paragraph that begins here is a legal notice, judged by its first four lines.
fn is_notice(lines: &[&str]) -> bool {
    let start = lines.iter().take(4).map(|line| line.trim()).take_while(|line| !line.is_empty());
    let start = start.collect::<Vec<_>>().join(" ");
    NOTICE_TITLE.is_match(prefix(&start)) || NOTICE_SENTENCE.is_match(prefix(&start))
}

/// The first [`LONGEST`] bytes of a line, cut between characters.
fn prefix(line: &str) -> &str {
    &line[..line.floor_char_boundary(LONGEST)]
}

fn is_short(line: &str) -> bool {
    line.chars().count() <= 90
}

/// Whether these lines are contact details (a name and short lines, no sentences) or a mailing list's footer.
fn is_contact(lines: &[&str]) -> bool {
    let mut written = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).take(MOST_AFTER_RULE);
    if written.clone().any(|line| line.len() <= LONGEST && LIST_FOOTER.is_match(line)) {
        return true;
    }
    written.clone().next().is_some_and(|line| NAME.is_match(line))
        && written.all(|line| line.chars().count() <= 70 && !line.ends_with(['?', '!', ';']))
}

/// An item of a list.
static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:[0-9]{1,2}[.)]|[-*•–])\s+\S"));
/// A telephone number.
static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9][0-9()\s.-]{6,}[0-9]"));
/// A time or a level at the beginning of a line of a log, or a line of a stack trace.
static LOGGED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*\[?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:|[0-9]{1,2}:[0-9]{2}:[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}[T, ]+[0-9]{1,2}:[0-9]{2}|(?:DEBUG|INFO|WARN|ERROR|FATAL)(?:\W|$)|at [\w.$<>]+\(|[\w.]+(?:Exception|Error)(?:[:\s]|$)|Traceback )",
    )
});

/// The signature delimiter `-- ` (RFC 3676 section 4.3), also without its space, or as a long dash.
static DELIMITER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:--|—|–|― ?|__)$"));
static NAMED_DELIMITER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:--|—) ?\p{Lu}\p{L}+(?: \p{Lu}[\p{L}.]*){0,3}$"));
static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-_=*~—–+]{3,}$"));
static POSTSCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*(?:[Pp]\.?\s?[Pp]?\.?[Ss]\.?|[Пп]\.?\s?[Сс]\.?|[Зз]\.?\s?[Ыы]\.?)(?:\s*[:.,)–—-]|\s+\p{L})")
});
static NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\p{Lu}[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*){0,3}[.!]?$"));

static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    let phrases = [
        r"(?:with )?(?:my |our )?(?:(?:very )?(?:best|kind|kindest|warm|warmest|sincere|many) )?regards|(?:with )?best wishes|all the best|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|respectfully(?: yours)?|cordially|rgds|(?:thanks|thank you|many thanks) (?:and|&) (?:best |kind )?regards",
        r"с (?:глубоким |искренним |большим )?уважением|с (?:наилучшими|добрыми|лучшими|самыми наилучшими) пожеланиями|с почтением|всего (?:самого )?(?:доброго|хорошего|наилучшего)|искренне ваш[а]?|с благодарностью|(?:заранее (?:спасибо|благодарю) и )?с уваж\.?",
        r"з (?:глибокою )?повагою|з найкращими побажаннями|щиро ваш[а]?|з павагай|усього найкращого",
        r"mit (?:freundlichen?|besten?|herzlichen?|lieben?|vielen?|schönen?|sonnigen?) (?:grü(?:ß|ss)en?|gruß|gruss)|(?:freundliche|beste|herzliche|liebe|viele|schöne) grü(?:ß|ss)e|mfg|hochachtungsvoll",
        r"(?:bien |très )?cordialement|bien à vous|(?:sincères |meilleures |mes )?salutations(?: distinguées)?|respectueusement|bonne (?:journée|réception|soirée)",
        r"(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente|atenciosamente|(?:com os )?(?:melhores )?cumprimentos|abraços?",
        r"(?:cordiali|distinti) saluti|cordialmente|saluti",
        r"pozdrawiam(?: serdecznie)?|(?:z )?pozdrowieniami|z poważaniem|z wyrazami szacunku|łączę pozdrowienia",
        r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)|mvg",
        r"(?:med )?(?:venlige?|vennlige?|vänliga?|bästa) (?:hilsen|hilsner|hälsning(?:ar)?)|hilsen|hälsningar|mvh",
        r"ystävällisin terveisin|terveisin|parhain terveisin",
        r"s (?:přátelským |úctou a )?pozdrav(?:em|om)|s úctou|hezký den|üdvözlettel|tisztelettel|saygılarımla|iyi çalışmalar|cu stimă|cu respect|с уважение|поздрави|με εκτίμηση",
        r"此致|敬礼|祝好|顺祝商祺",
    ];
    let more = r"best|br|kr|lg|vg|att|atte";
    let role = r"(?i:ваш|команда|коллектив|отдел|служба|директор|генеральный|главный|ведущий|старший|менеджер|специалист|инженер|your|the|ihre?|votre)(?:[^\w?!][^?!]{0,59})?";
    pattern(&format!(
        r"^[\s*_>]*(?i:{})(?:\s*[,.!;*_~–—-]*(?:\s*\p{{So}})*$|\s*[,.!;–—-]+[\s*_]*(?:\p{{Lu}}[^?!]{{0,60}}|{role})$|\s+\p{{Lu}}[^?!.,]{{1,40}}$)|^[\s*_]*(?:(?i:{more}),|(?i:cheers)[,!]?)(?:\s*\p{{So}})*(?:\s+\p{{Lu}}\p{{L}}+)?$",
        phrases.join("|")
    ))
});

/// Thanks: part of the answer, unless a name follows.
static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:many |best )?thanks(?: again| in advance| a lot)?|thank you(?: very much| so much| in advance)?|thx|(?:большое |заранее )?спасибо(?: большое| заранее)?|(?:заранее )?благодарю|(?:щиро )?дякую|(?:vielen )?dank(?:e)?|danke(?: schön)?|merci(?: d['’]avance| beaucoup)?|(?:muchas )?gracias|obrigad[oa]|grazie(?: mille)?|dziękuję|dzięki|tack|tak|takk|kiitos|děkuji|díky|bedankt|dank je),$",
    )
});

/// Lines that phones and mail clients add: «Sent from my iPhone».
static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    let sent = r"sent (?:from|via|with|using|on)|отправлено (?:с|со|из|от|через|при помощи|с помощью)|послано (?:с|из)|написано (?:с|в|из)(?: помощью)?|создано (?:в|из|с помощью)|отослано (?:с|из)|надіслано (?:з|із|через)|відправлено (?:з|із)|адпраўлена (?:з|са)|(?:von .{0,20} )?gesendet(?: von| mit| über| aus)?|diese nachricht wurde von|von meinem|envoyé (?:de|depuis|à partir|avec)|enviado (?:desde|de|do|da|a partir|con|com|mediante|via)|inviato (?:da|dal|con|tramite)|wysłan[eoy] (?:z|ze|przez|za pomocą)|verzonden (?:vanaf|van|met|via|vanuit)|verstuurd (?:vanaf|vanuit|met)|sendt (?:fra|via|med)|skickat (?:från|med)|lähetetty (?:.{0,20})?|odesláno (?:z|ze)|odoslané (?:z|zo)|küldve|elküldve|trimis de pe|изпратено от|从我的|發自我的|发自我的|my .{0,20}から送信|[\w-]+から送信|나의 .{0,20}에서 보냄";
    let devices = r"iphone|ipad|ipod|android|samsung|galaxy|huawei|honor|xiaomi|redmi|poco|realme|oppo|oneplus|pixel|nokia|sony|htc|lg(?:\W|$)|lenovo|motorola|blackberry|windows|outlook|yahoo|proton|tutanota|typeapp|bluemail|aquamail|k-9|k9|fairemail|thunderbird|mymail|mail\.ru|почт[ыае]|yandex|яндекс|gmail|gmx|web\.de|t-online|telekom|orange|spark|nine|airmail|newton|mailbird|mail (?:for|app)|мобильн\S*|mobile|mobil\S*|smartphone|smartfon\S*|handy|phone|телефон\S*|смартфон\S*|планшет\S*|tablet|telefon\S*|téléphone|teléfono|móvil|portable|мобільн\S*|пристрою|устройства|device|app(?:\W|$)|приложени\S*|zoho|front|superhuman|workspace|hey(?:\W|$)|メール|手机|스마트폰";
    pattern(&format!(
        r"(?i)^[\s*_>\[(\u{{200b}}-\u{{200f}}\u{{2060}}-\u{{2064}}]*(?:(?:{sent})[^\w,.:;][^,.:;]{{0,39}}(?:{devices}).{{0,80}}|(?:{sent})(?:{devices}).{{0,60}}|(?:get|download|получить|отримати|obtenez|holen sie sich|laden sie|descargar|scarica|скачать|загрузить|завантажити|pobierz|hent|hämta) .{{0,30}}outlook .{{0,12}}(?:ios|android).{{0,60}}|(?:get|download|скачать) (?:bluemail|typeapp|mymail|почту mail\S*) .{{0,40}}|(?:простите за краткость|пожалуйста, извините|please excuse my brevity|bitte entschuldigen|veuillez excuser).{{0,80}}|发自我的.{{0,30}}|.{{0,20}}から送信)[\s*_\])]*$"
    ))
});

/// An advertisement of an unlisted device or mail client; counts only as the last line.
static ADVERTISEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:sent (?:from|via|with)|отправлено (?:с|из|через)|gesendet (?:von|mit|über)|envoyé (?:de|depuis)|enviado (?:desde|de)|inviato da|wysłano z) (?:my |моего |meinem |mon |mi )?\p{Lu}[^.?!]{0,50}(?:[<(\[]\S+[>)\]])?\.?$",
    )
});

/// Titles of legal notices, and the marks of virus scanners.
static NOTICE_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s*_>]*(?:(?:confidentiality|confidential|legal|privacy|important) (?:notice|note|statement|disclaimer)\s*(?:[:.–—-]|$)|confidential:|(?:legal )?disclaimer\s*(?:[:.–—-]|$)|notice: (?:this|the) |(?:please )?(?:consider|think of|think about) the environment|please do not print this|уведомление о конфиденциальности|(?:внимание[!:.]? )?конфиденциальн\S+(?: информация)?\s*[:!.]|vertraulichkeitshinweis|haftungsausschluss\s*(?:[:.–—-]|$)|aviso (?:legal|de confidencialidad)\s*(?:[:.–—-]|$)|virus-free(?:\W|$)|no virus found in this|без вирусов\.|virenfrei\.|sin virus\.|garanti sans virus)",
    )
});

/// First sentences of legal notices: a typical beginning together with a typical legal term.
static NOTICE_SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    let begins = "this (?:e-?mail|message|communication|transmission|electronic)|the (?:information|contents?) (?:contained |transmitted )?(?:in|of|by) this|if you (?:are not the intended|have received this|received this)|(?:данное|это|настоящее|содержание данного|содержимое) (?:электронное )?(?:сообщени|письм)|информация, содержащаяся в|(?:це|дане|цей) (?:електронн\\S+ )?(?:повідомлення|лист)|diese (?:e-?mail|nachricht)|der inhalt dieser|die in dieser|ce (?:message|courriel|mail|e-mail)|les informations contenues|(?:este|la información contenida en este) (?:mensaje|correo|e-?mail)|esta (?:mensagem|comunicación)|questo messaggio|le informazioni contenute|(?:ta|niniejsza) wiadomość|treść tej wiadomości|dit (?:bericht|e-?mail)|denne e-?mail|detta e-?post";
    let marks = "confidential|privileged|intended (?:only|solely|exclusively|recipient|for the)|exclusive use|scanned for virus|checked for virus|конфиденциальн|(?:только|исключительно) (?:для |лицам?,? |тем )?(?:адресат|лиц|получател|указанн|использовани)|предназначен\\S* (?:только|исключительно)|адресован\\S* (?:только|исключительно)|проверено на (?:наличие )?вирус|конфіденційн|виключно|vertraulich|ausschließlich|auf viren geprüft|confidentiel|exclusivement|confidencia|exclusivamente|riservat|confidenzial|poufn|wyłącznie|vertrouwelijk|fortrolig|konfidentiell";
    pattern(&format!(r"(?i)^[\s*_>]*(?:{begins})\w*\W.{{0,299}}(?:{marks})"))
});

/// Footers of mailing lists.
static LIST_FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)mailing list$|(?:^|\W)mailman/listinfo(?:\W|$)|^to unsubscribe (?:from|send|click|,)|you received this message because you are subscribed|^чтобы отписаться|вы получили это сообщение, поскольку",
    )
});

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn what_stands_below_a_signature_and_says_something_is_no_part_of_it() {
        for (below, is_content) in [
            ("Имя;IP\nsrv1;10.0.0.1\nsrv2;10.0.0.2", true),
            ("1. Откройте портал\n2. Нажмите «Войти»", true),
            ("- касса\n- сканер", true),
            ("2026-11-20 10:02:11 ERROR no paper", true),
            ("20.11.2026 09:00:07 ERROR сертификат просрочен", true),
            ("Трассировка:\njava.lang.NullPointerException\n\tat a.b.C.d(C.java:10)", true),
            ("Кстати, ошибка бывает и на второй кассе.", true),
            ("ООО «Пример»\nтел. +7 900 000-00-00", false),
            ("Отправлено с iPhone", false),
            (
                "Данное сообщение предназначено только для адресата и может содержать конфиденциальную информацию.",
                false,
            ),
        ] {
            let text = format!("Не печатает.\n\nС уважением,\nАнна\n\n{below}");
            let (words, signature) = split(&text.lines().collect::<Vec<_>>());
            assert_eq!(words.join("\n").contains(below), is_content, "{words:?}");
            assert_eq!(signature.join("\n").contains(below), !is_content, "{signature:?}");
        }
    }
}
