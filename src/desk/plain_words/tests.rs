//! Tables of messages and what they say.

use super::*;

/// The engineers of the desk.
const NAMES: &[&str] = &["Иван Петров", "Sergey Volkov", "Мария Ивановна Лапина"];

/// `text ⇥ what it says`, a line break in the text as `\n`; the traps stand under a heading of their own.
const CASES: &str = include_str!("../../../fixtures/plain_words.tsv");

#[test]
fn every_message_of_the_table_says_what_it_says() {
    let rows: Vec<(&str, &str)> = CASES.lines().filter_map(|line| line.split_once('\t')).collect();
    let said = |text: &str| {
        format!("{:?}", plain_words(&text.replace("\\n", "\n"), &OwnPhrases::default(), NAMES)).to_lowercase()
    };
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(text, means)| said(text) != *means)
        .map(|(text, means)| format!("{text}: {} instead of {means}", said(text)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let traps = CASES.split("# traps").nth(1).unwrap().lines().filter(|line| line.contains('\t'));
    assert!(rows.len() >= 150 && traps.count() >= 60, "{} rows", rows.len());
}

/// Whatever is added to a sure message, it is no surer: not by one of these.
#[test]
fn no_ending_survives_what_turns_or_denies_it() {
    let sure = ["Всё работает", "Можно закрывать", "Уже не нужно", "It works now", "You can close it", "Please cancel"];
    let ends = |text: &str| {
        matches!(plain_words(text, &OwnPhrases::default(), NAMES), PlainWords::Confirm | PlainWords::Withdraw)
    };
    for sure in sure {
        assert!(ends(sure), "{sure}");
        for more in [
            "?",
            ", но",
            " если",
            ", когда",
            " не",
            ", однако",
            ", кроме печати",
            ". Ещё вопрос",
            " but",
            " however",
            " if",
            " when",
            ", завтра",
            " почти",
            ", надеюсь",
            " not",
            ", almost",
            " 👎",
            " :(",
            ". Partially",
            ". Частично",
            "\nЧастично",
            "\nс уважением\nИван\nно",
            " yesterday",
            " вчера",
            " у коллег",
        ] {
            assert!(!ends(&format!("{sure}{more}")), "{sure}{more}");
        }
        for more in ["не ", "Если ", "Надеюсь, ", "Когда ", "Пока ", "Не думаю, что ", "If ", "Hopefully ", "Not sure "]
        {
            assert!(!ends(&format!("{more}{}", sure.to_lowercase())), "{more}{sure}");
        }
    }
}

#[test]
fn phrases_are_written_as_they_are_compared() {
    let all = PHRASES.iter().flat_map(|(_, phrases)| phrases.iter()).chain(GREETINGS).chain(SIGN_OFFS);
    for phrase in all {
        assert!(!phrase.contains('ё') && phrase.to_lowercase() == **phrase, "{phrase}");
        assert!(phrase.split(' ').all(|slot| slot.starts_with('[') == slot.ends_with(']')), "{phrase}");
        assert!(slots(phrase).iter().any(|slot| !slot.optional), "{phrase}");
    }
}
