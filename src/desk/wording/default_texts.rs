//! The built-in texts as templates, for operators who want to change them.

use crate::model::policy::{Desk, TextName};
use crate::model::{Language, Status};

use super::{acknowledgement, customer};

/// The built-in text with this name, with its fields in braces: what a desk sends where the operator has configured none.
pub fn default_text(desk: &Desk, name: TextName, language: Language) -> String {
    let paragraph = |status| customer::default_status_text(desk, language, &status).unwrap_or_default();
    match name {
        TextName::Acknowledgement => acknowledgement::default_text(language, "{number}", "{files}", "{deadline}"),
        TextName::Done => paragraph(Status::Done),
        TextName::NeedInfo => paragraph(Status::NeedInfo),
        TextName::Closed => paragraph(Status::Closed),
        TextName::ClosingSoon => customer::closing_soon(language, "{number}", "{day}"),
        TextName::Signature => "{desk}\n{address}".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;
    use crate::desk::news::Told;
    use crate::desk::wording::text::pick;
    use crate::desk::wording::{self, Registered, ToCustomer};
    use crate::model::policy::Template;
    use crate::model::{DeskKey, EmailAddress, Request, RequestNumber, Timestamp};

    fn desk() -> Desk {
        let address = EmailAddress::parse("support@example.org").unwrap();
        Desk::new(DeskKey::parse("OTK").unwrap(), "Поддержка".to_owned(), address, "main".to_owned())
    }

    fn letters(desk: &Desk, language: Language) -> Vec<String> {
        let number = RequestNumber::parse("OTK-7").unwrap();
        let at = Timestamp::from_unix(1_795_253_400);
        let mut request = Request::opened(number.clone(), "Печать [срочно]".to_owned(), language, None, at);
        let mut letters = vec![wording::acknowledgement(desk, language, &Registered::new(&number))];
        for status in [Status::Done, Status::NeedInfo, Status::Closed] {
            request.standing = desk.standing(&status);
            let to = ToCustomer { language, ..ToCustomer::about(desk, &request) };
            letters.push(wording::answer(&to, "Слова.", &[Told::Reopened, Told::Stands(status.clone())]));
            letters.push(wording::notice(&to, &[Told::Stands(status)]));
        }
        let to = ToCustomer { language, ..ToCustomer::about(desk, &request) };
        letters.push(wording::notice(&to, &[Told::ClosingSoon(jiff::civil::date(2026, 12, 1))]));
        letters.push(wording::signature(desk, language));
        letters
    }

    /// An operator who copies what `check --texts` prints has changed nothing yet.
    #[test]
    fn the_usual_texts_as_own_texts_give_the_usual_letters() {
        for language in [Language::Ru, Language::En] {
            let mut own = desk();
            for &name in TextName::VARIANTS {
                let default_words = default_text(&own, name, language);
                let template =
                    Template::parse(&default_words, name).unwrap_or_else(|wrong| panic!("{name:?}: {wrong:?}"));
                own.texts.add(name, language, template);
            }
            for (own, default_words) in letters(&own, language).iter().zip(letters(&desk(), language)) {
                // Behind other news our own sentence does not name the number again.
                let status = pick(language, "Запрос OTK-7: ", "Request OTK-7: ");
                let further = pick(language, "Его статус: ", "Its status is ");
                let (head, tail) = own.rsplit_once(status).unwrap_or(("", own));
                assert!(
                    *own == default_words || format!("{head}{further}{tail}") == default_words,
                    "{own}\n\n{default_words}"
                );
            }
        }
    }

    #[test]
    fn own_words_stand_in_letters_and_quote_no_stranger() {
        let mut own = desk();
        for (name, text) in [
            (TextName::Acknowledgement, "«{subject}» ждёт под номером {number}. {desk}"),
            (TextName::Done, "{number} «{subject}»: {status}. Пишите на {address}."),
            (TextName::Signature, "Ваша {desk}"),
        ] {
            own.texts.add(name, Language::Ru, Template::parse(text, name).unwrap());
        }
        let letters = letters(&own, Language::Ru);
        assert_eq!(letters[0], "«Ваш запрос» ждёт под номером OTK-7. Поддержка");
        assert!(
            letters[1].ends_with("OTK-7 «Печать (срочно)»: «Обработано». Пишите на support@example.org."),
            "{}",
            letters[1]
        );
        assert_eq!(letters[8], "Ваша Поддержка");
        let number = RequestNumber::parse("OTK-7").unwrap();
        let known = wording::acknowledgement(
            &own,
            Language::Ru,
            &Registered { quoted: Some("Касса [done]"), ..Registered::new(&number) },
        );
        assert_eq!(known, "«Касса (done)» ждёт под номером OTK-7. Поддержка");
        let english = wording::acknowledgement(&own, Language::En, &Registered::new(&number));
        assert!(english.starts_with("Hello,"), "the other language keeps our words: {english}");
    }
}
