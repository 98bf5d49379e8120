use proptest::prelude::{prop_assert, proptest};

use super::{own_words, scrub, without_tags};
use crate::mail::proof::{KeyRing, link_key, personal_address, reply_address, sign};
use crate::mail::subject::tags::first_line_tags;
use crate::model::{
    Anchor, Audience, EmailAddress, Incoming, ReceivedId, RequestNumber, RequesterAsk, ShortName, Signed, Timestamp,
    Unclear, Vocabulary, Words,
};

fn of_text(text: &str) -> Words {
    own_words(&Incoming { text: text.to_owned(), ..Incoming::default() })
}

#[test]
fn shapes_of_the_cut_line() {
    for (line, is_one) in [
        ("— ответ пишите выше этой строки / reply above this line —", true),
        ("- ответ пишите выше этой строки / reply above this line -", true),
        ("-- Ответ пишите выше этой строки/Reply above this line --", true),
        ("*— ответ пишите выше этой строки / reply above this line —*", true),
        ("ответ пишите выше этой строки / reply above this line", true),
        ("? ответ пишите выше этой строки / reply above this line ?", true),
        ("—\u{a0}ответ пишите выше\u{a0}этой строки / reply above this\u{a0}line\u{a0}—", true),
        ("\u{feff}— ответ пишите выше этой строки / reply above\u{200b} this line —", true),
        ("> > — ответ пишите выше этой строки / reply above this line —\n>", true),
        ("— ответ пишите выше этой строки /\nreply above this line —", true),
        ("— ответ пишите выше этой\nстроки / reply above this\nline —", true),
        ("— ответ пишите выше этой строки / reply above this line — Анна Берг пишет", true),
        ("— ответ пишите выше этой строки —", true),
        ("— reply above this line —", true),
        ("— ответ пишите выше\nэтой строки —", true),
        ("— reply above this line — Anna Berg writes", true),
        ("*— ответ пишите выше этой строки —* Пишет Анна", true),
        ("— reply above this line, please —", false),
        ("reply above this line", false),
        ("ответ пишите выше этой строки", false),
        ("Ответ пишите выше этой строки, иначе не видно", false),
        ("и ответ пишите выше этой строки / reply above this line", false),
        ("— ответ пишите выше этой линии / reply above that line", false),
    ] {
        let found = of_text(&format!("Слова.\n\n{line}")) == Words::Own("Слова.".to_owned());
        assert_eq!(found, is_one, "{line}");
    }
}

/// Where nothing of our letter is recognised, its preheader is not taken for the engineer's words.
#[test]
fn the_preheader_above_the_cut_line_was_typed_by_nobody() {
    let cut = "— reply above this line —";
    let long = "▸ The printer in the hall prints every page twice, and since\nthis morning in blue";
    for (text, words) in [
        (
            format!(
                "Replaced.\n\nOn Sun, Nov 29, 2026 at 9:00 AM Support <support@example.org> wrote:\n\n▸ The printer\n\n{cut}"
            ),
            Some("Replaced."),
        ),
        (
            format!("Replaced.\n\nOn Sun, Nov 29, 2026 at 9:00 AM Support <support@example.org> wrote:\n{long}\n{cut}"),
            Some("Replaced."),
        ),
        (format!("Replaced.\n\n> ▸ The printer\n>\n> {cut}\n> more"), Some("Replaced.")),
        (
            format!(
                "Replaced.\n\nOn Sun, Nov 29, 2026 at 9:00 AM Support <support@example.org> wrote:\n> ? The printer\n> {cut}"
            ),
            Some("Replaced."),
        ),
        (
            format!("From: Support <support@example.org>\nSent: Monday\nTo: a@example.org\nSubject: x\n\n▸ a\n\n{cut}"),
            Some(""),
        ),
        (format!("▸ The printer\n\n{cut}"), Some("")),
        (format!("Replaced.\n▸ The printer\n{cut}"), None),
        (
            format!("Did it help?\n\nOn Sun, Nov 29, 2026 at 9:00 AM Support <support@example.org> wrote:\n{cut}"),
            Some("Did it help?"),
        ),
    ] {
        let expected = words.map_or(Words::Unclear(Unclear::BelowCutLine), |words| Words::Own(words.to_owned()));
        assert_eq!(of_text(&text), expected, "{text}");
    }
}

#[test]
fn a_text_without_quotes_loses_only_its_signature() {
    for (text, words) in [
        ("", ""),
        (" \n\u{a0}\n", ""),
        ("\u{200b}\n\n  Готово.  \n\n\n\nПроверьте.\n", "Готово.\n\nПроверьте."),
        ("Готово.\n\n--\nИван", "Готово."),
        ("--\nИван", ""),
    ] {
        assert_eq!(of_text(text), Words::Own(words.to_owned()), "{text:?}");
    }
}

#[test]
fn tags_of_the_first_line_are_cut() {
    for (text, rest) in [
        ("[done]\nИсправили.", "Исправили."),
        ("[done] [note]\n\nИсправили [не всё].", "Исправили [не всё]."),
        ("  [done; assign ivanov]  ", ""),
        ("Готово [done]\nдальше", "Готово [done]\nдальше"),
        ("Готово", "Готово"),
        ("", ""),
    ] {
        let Words::Own(words) = of_text(text) else { panic!("{text:?} quotes nothing") };
        let brackets = first_line_tags(&words, &Vocabulary::default());
        assert_eq!(without_tags(&words, &brackets), rest, "{text:?}");
    }
}

fn secrets() -> Vec<String> {
    let ring = KeyRing::generate(&std::array::from_fn(|i| i as u8));
    let desk = EmailAddress::parse("support@example.org").unwrap();
    let request = RequestNumber::parse("OTK-1042").unwrap();
    let until = Timestamp::from_unix(1_795_253_400);
    let engineer = Audience::Engineer { name: ShortName::parse("иванов").unwrap(), expires: until };
    let anchors = [Anchor::Request(request.clone()), Anchor::Message(ReceivedId(57))];
    let mut secrets = vec![
        link_key(&ring, &request, &desk, RequesterAsk::Confirm, until).expose().to_owned(),
        personal_address(&ring, 12, &desk).unwrap().to_string(),
        personal_address(&ring, 12, &EmailAddress::parse(&format!("{}@example.org", "d".repeat(33))).unwrap())
            .unwrap()
            .to_string(),
    ];
    for anchor in anchors {
        for audience in [Audience::Correspondent, engineer.clone()] {
            let signed = Signed { anchor: anchor.clone(), sequence: 7, audience };
            secrets.push(sign(&ring, &signed, &desk).unwrap().to_string());
            secrets.push(reply_address(&ring, &signed, &desk).unwrap().to_string());
        }
    }
    secrets
}

#[test]
fn scrubbed_texts_hold_no_secret() {
    for secret in secrets() {
        let mac = secret.split('@').next().unwrap().rsplit(['.', '-']).next().unwrap().to_lowercase();
        let encoded = secret.replace('+', "%2B").replace('@', "%40");
        for text in [
            secret.clone(),
            secret.to_uppercase(),
            format!("<{secret}>"),
            format!("В письме <mailto:{secret}?subject=x> сказано"),
            format!("\"Support\" <{secret}> wrote:"),
            format!("ответ:{secret}, проверьте"),
            format!("mailto:{encoded}?subject=%5BOTK-1042%20confirm%20{encoded}%5D"),
            format!("[OTK-1042 confirm {secret}]"),
            format!("{secret}\n{secret} {secret}"),
        ] {
            let left = scrub(&text).to_lowercase();
            assert!(!left.contains(&mac) && !left.contains(".k1.") && !left.contains("-k1-"), "{text} → {left}");
        }
    }
}

#[test]
fn scrubbed_texts_stay_readable() {
    let key = format!("tov5mo-k1-{}", "0123456789abcdef01234567");
    let token = format!("otk-1042.7.etov5mo.k1.{}", "0123456789abcdef01234567");
    for (text, left) in [
        (format!("[OTK-1042 confirm {key}] готово"), "[OTK-1042 confirm] готово"),
        (format!("[OTK-1042 не решено {key} ]"), "[OTK-1042 не решено]"),
        (format!("%5BOTK-1042%20confirm%20{key}%5D"), "%5BOTK-1042%20confirm%5D"),
        (format!("ключ {key}, вот"), "ключ, вот"),
        (format!("Support <support+{token}@example.org> wrote:"), "Support <support@example.org> wrote:"),
        (format!("id <{token}@example.org>."), "id ."),
        (format!("support+me.12.k1.{}@example.org", "0".repeat(24)), "support@example.org"),
        ("a 550e8400-e29b-41d4-a716-446655440000 b".to_owned(), "a 550e8400-e29b-41d4-a716-446655440000 b"),
        ("order-v2-507f1f77bcf86cd799439011".to_owned(), "order-v2-507f1f77bcf86cd799439011"),
        ("OTK-1042.3 и libfoo-1.2.3.k1.so".to_owned(), "OTK-1042.3 и libfoo-1.2.3.k1.so"),
        ("log-2026.10.app.0123456789abcdef012345678".to_owned(), "log-2026.10.app.0123456789abcdef012345678"),
        ("me.12 и me@example.org".to_owned(), "me.12 и me@example.org"),
    ] {
        assert_eq!(scrub(&text), left, "{text}");
    }
}

proptest! {
    #[test]
    fn own_words_are_part_of_the_text(text in "(?s)(>|— |\n|\r\n|ответ пишите выше этой строки|reply above this line|От: |Sent: |a@b.c|wrote:|[а-я ]|.){0,40}") {
        if let Words::Own(words) = of_text(&text) {
            for word in words.split_whitespace() {
                prop_assert!(text.contains(word));
            }
        }
        scrub(&text);
    }
}
