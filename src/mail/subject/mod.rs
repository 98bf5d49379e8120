//! Parses subjects: reply and forward prefixes here; request numbers and the grammar of tags in the submodules.

pub mod body;
mod caller;
mod clash;
mod directives;
mod named;
mod phrases;
mod references;
pub mod tags;
mod values;

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;
use crate::model::{DeskKey, compared, is_invisible};

pub use clash::clash;
pub use named::{bare_numbers, named_number};
pub use references::{references, without_references};

/// The subject without its reply and forward prefixes, in all languages of common mail clients.
pub fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim_matches(is_blank);
    while let Some(found) = PREFIX.find(rest) {
        rest = rest[found.end()..].trim_start_matches(is_blank);
    }
    rest
}

/// Whether the outermost prefix is that of a forward (`Fwd: Re: …`, but not `Re: Fwd: …`).
pub fn is_forward(subject: &str) -> bool {
    FORWARD_PREFIX.is_match(subject.trim_start_matches(is_blank))
}

/// What a subject says that the answered one does not say, fit to be quoted: all of it, without prefixes, references and other
/// brackets. `None` where it is the answered one, shortened or not, or says nothing. Where the answered one is not known, whatever
/// it says counts.
pub fn changed(subject: &str, answered: Option<&str>, keys: &[DeskKey]) -> Option<String> {
    let own = bare(subject, keys);
    let (new, old) = (compared(&own), compared(&bare(answered.unwrap_or_default(), keys)));
    let is_cut_off = new.chars().count() >= SHORTEST_CUT_OFF && old.starts_with(&new);
    (!new.is_empty() && new != old && !is_cut_off).then_some(own)
}

/// A subject without prefixes, references and brackets, such as those of gateways and lists.
fn bare(subject: &str, keys: &[DeskKey]) -> String {
    let text = without_references(without_prefixes(subject), keys);
    let mut kept = String::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    without_prefixes(kept.trim()).to_owned()
}

/// Of a subject, mail programs keep at least so many letters and digits.
const SHORTEST_CUT_OFF: usize = 30;

/// Reply prefixes. Exchange's Russian «HA» occurs in Latin and Cyrillic letters and in mixtures of both.
const REPLY: &str = r"(?i:r[eе]|rép|res|sv|svar|aw|antw|antwort|odp|odg|vá|ynt|yan|rif|vs|bls|atb|отв|ответ|відп|відповідь|адк|на отговор|απ|σχετ|回复|回覆|答复|答覆|回信|返信|회신|답장|השב|תשובה|رد)|R|[HН][AА]";

/// Forward prefixes.
const FORWARD: &str = r"(?i:fwd?|fwrd|forward|wg|wtr|weitergeleitet|tr|transf|rv|enc|reenv|pd|vb|vl|doorst|ilt|i̇lt|trs|továbbítás|přep|пересл|пересыл|перенапр|переадр|пер|препр|πρθ|转发|轉寄|轉發|転送|전달|הועבר|إعادة توجيه)|I|İLT";

/// A counter that some mail clients write instead of repeating the prefix: `Re[2]`, `Re(3)`, `Re^2`, `Re*2`, `Re2`.
const COUNTER: &str = r"(?:\s?[\[(（]\s?\d{1,3}\s?[\])）]|[\^*]\d{1,3}|\d{1,2})?\s{0,3}[:：﹕]";

static PREFIX: LazyLock<Regex> = LazyLock::new(|| prefix(&format!("{REPLY}|{FORWARD}")));
static FORWARD_PREFIX: LazyLock<Regex> = LazyLock::new(|| prefix(FORWARD));

fn prefix(words: &str) -> Regex {
    pattern(&format!(r"\A(?:{words})\.?{COUNTER}"))
}

/// White space or an invisible character.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::{is_forward, without_prefixes};

    #[test]
    fn prefixes_of_all_languages_are_removed() {
        for prefix in [
            "Re:",
            "RE:",
            "re:",
            "Re :",
            "RE[2]:",
            "Re [3]:",
            "Re(2):",
            "Re^2:",
            "Re*4:",
            "Re2:",
            "Rе:",
            "Отв:",
            "ОТВ:",
            "Ответ:",
            "HA:",
            "НА:",
            "HА:",
            "НA:",
            "Пересл:",
            "FW:",
            "Fw:",
            "Fwd:",
            "FWD:",
            "AW:",
            "Aw:",
            "WG:",
            "SV:",
            "Sv:",
            "VS:",
            "RV:",
            "TR:",
            "Odp:",
            "ODP:",
            "PD:",
            "Antw:",
            "Antw.:",
            "Vá:",
            "YNT:",
            "Ynt:",
            "İLT:",
            "ILT:",
            "Rif:",
            "R:",
            "I:",
            "RES:",
            "ENC:",
            "VB:",
            "VL:",
            "回复：",
            "答复:",
            "转发：",
            "返信:",
            "转发:",
            "RE：",
            "ΑΠ:",
            "Відп:",
            "\u{feff}Re:",
            "\u{200e}Re:",
            "Re: Re:",
            "RE: FW: Отв:",
            "Re:Re:Re[3]: AW: WG:",
            "Fwd: 回复：HA:",
        ] {
            assert_eq!(without_prefixes(&format!("{prefix} Принтер не печатает")), "Принтер не печатает", "{prefix}");
            assert_eq!(without_prefixes(&format!("{prefix}Принтер")), "Принтер", "{prefix}");
        }
    }

    #[test]
    fn words_before_a_colon_stay() {
        for subject in [
            "Ошибка: не входит",
            "Note: read me",
            "Ref: 12",
            "Réf : commande",
            "Re",
            "Result: ok",
            "Report: May",
            "На складе: остатки",
            "На: складе",
            "Reinstall: how?",
            "HAL: crash",
            "Trouble: x",
            "Tracker: x",
            "Bug: x",
            "Вопрос: Re: как?",
            "[EXTERNAL] Re: x",
            "[list] Fwd: x",
            "Release 2: x",
            "r: lower",
            "Encoding: x",
            "1С: x",
            "Ответственный: Иванов",
            "Отвал: сеть",
            "Период: май",
            "Пересдача: когда",
            "VSCode: x",
            "AWS: x",
            "PDF: x",
            "10:30",
            "",
            "Re 2 things: x",
            "SVN: x",
            "Forwarder: x",
            "Answer: 42",
            "Rex: dog",
        ] {
            assert_eq!(without_prefixes(subject), subject);
        }
        assert_eq!(without_prefixes("Re: [EXTERNAL] Re: x"), "[EXTERNAL] Re: x");
        assert_eq!(without_prefixes(" Re:  "), "");
    }

    #[test]
    fn the_outermost_prefix_decides_about_forwards() {
        for (subject, forward) in [
            ("FW: x", true),
            ("Fwd: Re: x", true),
            ("WG: x", true),
            ("Пересл: x", true),
            ("转发：x", true),
            ("TR : x", true),
            ("Re: Fwd: x", false),
            ("x", false),
            ("Forwarder: x", false),
            ("HA: x", false),
        ] {
            assert_eq!(is_forward(subject), forward, "{subject}");
        }
    }
}
