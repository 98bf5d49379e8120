//! Checks whether a word that a desk configures (for a status, engineer or team) already means something else in tags.

use super::phrases::{PhraseMeaning, Phrases, asked_by, words};
use super::tags::read;
use crate::model::{Answer, Ask, Clash, Place, Status, Vocabulary};

/// The conflict of a configured word, which is part of the vocabulary already, with the grammar of tags. None: every tag that
/// people would write with the word is read as `ask` (a status, an engineer or a team).
pub fn clash(word: &str, ask: &Ask, vocabulary: &Vocabulary) -> Option<Clash> {
    let (meant, tags) = match ask {
        Ask::Status(status @ Status::Own(name)) if name.as_str() == word => (asked_by(status), vec!["status "]),
        Ask::Status(status) => (asked_by(status), vec!["", "status "]),
        Ask::PassOn(Place::Team(_)) => (ask.clone(), vec!["team ", "to "]),
        _ => (ask.clone(), vec!["assign ", "to ", "@"]),
    };
    let misread = |start: &str| {
        let tag = format!("{start}{word}");
        match single_ask(&tag, vocabulary) {
            Some(read) if read == meant => None,
            Some(other) => Some(Clash::Asks(tag, other)),
            None => Some(Clash::NotUnderstood(tag)),
        }
    };
    let shadowed = || matches!(ask, Ask::Status(_)).then(|| shadowed(word, &meant, vocabulary)).flatten();
    tags.into_iter().find_map(misread).or_else(shadowed)
}

/// The built-in phrase that a status's word would hide: words of statuses have precedence.
fn shadowed(word: &str, meant: &Ask, vocabulary: &Vocabulary) -> Option<Clash> {
    let built_in = Vocabulary { statuses: Vec::new(), ..vocabulary.clone() };
    match (single_ask(word, &built_in), Phrases::built_in(&words(word))) {
        (Some(other), _) if other != *meant => Some(Clash::Asks(word.to_owned(), other)),
        (None, Some(PhraseMeaning::With(_))) => Some(Clash::Begins),
        _ => None,
    }
}

/// The ask of a tag that asks exactly one thing.
fn single_ask(tag: &str, vocabulary: &Vocabulary) -> Option<Ask> {
    let brackets = read(&format!("[{tag}]"), vocabulary);
    match brackets.as_slice() {
        [bracket] => match &bracket.answer {
            Answer::Asks(asks) if asks.len() == 1 => asks.first().cloned(),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeskKey, Named, ShortName};

    fn name(text: &str) -> ShortName {
        ShortName::parse(text).expect("a test name")
    }

    fn desk() -> DeskKey {
        DeskKey::parse("OTK").expect("a test key")
    }

    /// The clash of a word for the status `vendor`, the engineer `ivanov` and the team `backend`.
    fn clashes(word: &str) -> [Option<Clash>; 3] {
        let vocabulary = Vocabulary {
            desks: vec![desk()],
            statuses: vec![
                Named { thing: Status::Done, words: vec!["отгружено".to_owned()] },
                Named { thing: Status::Own(name("vendor")), words: Vec::new() },
            ],
            engineers: ["petrov", "ivanov"].map(|n| Named { thing: name(n), words: Vec::new() }).to_vec(),
            teams: ["mobile", "backend"].map(|n| Named { thing: name(n), words: Vec::new() }).to_vec(),
            lines: vec![1],
            ..Vocabulary::default()
        };
        let mut with = [vocabulary.clone(), vocabulary.clone(), vocabulary];
        with[0].statuses[1].words.push(word.to_owned());
        with[1].engineers[1].words.push(word.to_owned());
        with[2].teams[1].words.push(word.to_owned());
        let asks = [
            Ask::Status(Status::Own(name("vendor"))),
            Ask::Assign(name("ivanov")),
            Ask::PassOn(Place::Team(name("backend"))),
        ];
        let mut with = with.iter();
        asks.map(|ask| clash(word, &ask, with.next().expect("three vocabularies")))
    }

    #[test]
    fn unambiguous_words_have_no_clash() {
        for word in ["у поставщика", "at vendor", "Иван Иванов", "план работ", "готов"]
        {
            assert_eq!(clashes(word), [None, None, None], "{word}");
        }
        assert_eq!(clashes("готово").map(|clash| clash.is_some()), [true, false, false], "a person may be called so");
    }

    #[test]
    fn words_with_another_meaning_clash() {
        let asks = |tag: &str, ask: Ask| Some(Clash::Asks(tag.to_owned(), ask));
        let not_understood = |tag: &str| Some(Clash::NotUnderstood(tag.to_owned()));
        assert_eq!(clashes("Готово")[0], asks("Готово", Ask::Status(Status::Done)));
        assert_eq!(clashes("отгружено")[0], asks("отгружено", Ask::Status(Status::Done)));
        assert_eq!(clashes("беру")[0], asks("беру", Ask::Take));
        assert_eq!(clashes("линия")[0], Some(Clash::Begins));
        assert_eq!(clashes("Pеtrov")[1], asks("assign Pеtrov", Ask::Assign(name("petrov"))), "a Cyrillic е");
        assert_eq!(clashes("OTK")[1], asks("to OTK", Ask::PassOn(Place::Desk(desk()))));
        assert_eq!(clashes("petrov")[2], asks("to petrov", Ask::Assign(name("petrov"))));
        assert_eq!(clashes("2-я")[1], not_understood("to 2-я"));
        assert_eq!(clashes("to")[1], not_understood("assign to"));
        for word in ["a;b", "a[b", "a]b", "", "у нашего поставщика в работе", "x!"] {
            assert!(clashes(word).iter().any(Option::is_some), "{word}");
        }
    }

    #[test]
    fn a_built_in_status_may_repeat_its_own_phrases() {
        for (status, word) in [(Status::Done, "обработано"), (Status::Closed, "закрыто"), (Status::Planned, "в плане")]
        {
            let statuses = vec![Named { thing: status.clone(), words: vec![word.to_owned()] }];
            let vocabulary = Vocabulary { statuses, ..Vocabulary::default() };
            assert_eq!(clash(word, &Ask::Status(status), &vocabulary), None, "{word}");
        }
    }
}
