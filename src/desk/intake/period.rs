//! Finds when something occurred, in the words of the person who wrote about it.

use std::sync::LazyLock;

use regex::Regex;

use crate::desk::pattern;

use super::text::{beginning, is_no_answer};

/// How many characters of a period are kept.
const LONGEST: usize = 80;

/// Matches a time of day: `12:30` or `12:30:05.123`.
const TIME: &str = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\b)?";
/// Matches a time of day, also with a dot or hyphen, for places where nothing else can be meant.
const LOOSE_TIME: &str = r"(?:[01]?\d|2[0-3])[:.\-][0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b)?";
const HOUR: &str = r"(?:[01]?\d|2[0-3])";
const MONTH: &str = r"(?:январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|сентябр[ья]|октябр[ья]|ноябр[ья]|декабр[ья]|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const WEEKDAY: &str = r"(?:понедельника?|вторника?|сред[уы]|четверга?|пятниц[уы]|суббот[уы]|воскресень[ея]|monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
const PART: &str = r"(?:утром|утра|дн[её]м|вечером|вечера|ночью|в\s+обед|morning|afternoon|evening|night)";

/// Words that stand behind an hour.
const HOURS: &str = r"(?:час(?:а|ов|у|ам)?\b|ч\b|утра|вечера|дня|ночи|[ap]\.?m\b|o.?clock|по\s+мск|мск\b)";

/// Matches sentences about the future, or about when somebody can be reached.
static OTHER_TIMES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)позвон|перезвон|созвон|встреч|график|режим работы|работаем с|на связи|свяжитесь|до конца (?:дня|недели)|мы доступн|буд(?:у|ем) (?:доступн|на)|\b(?:call (?:me|us|back)|available|working hours|office hours|meeting|deadline|reach (?:me|us))\b",
    )
});

/// Matches a line for the period.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)(?:^[ \t]*[-*•]?[ \t]*|[,;.][ \t]+)(?:(?:временной\s+)?период(?:[ \t]+(?:проблемы|возникновения|ошибки|сбоя))?|(?:дата\s+и\s+)?время(?:[ \t]+(?:ошибки|сбоя|возникновения|проблемы|инцидента|события))?|когда(?:[ \t]+(?:возникл[оа]|произош[а-я]+|случил[а-я]+))?|(?:time\s+)?period(?:[ \t]+of[ \t]+the[ \t]+problem)?|time(?:[ \t]+of[ \t]+(?:the[ \t]+)?[a-z]+)?|when|date\s+and\s+time|time\s?frame)(?:[ \t]*\([^)\r\n]*\))?(?:[ \t]*[:=]|[ \t]+[–—])[ \t]*([^\r\n;]+)",
    )
});

/// Matches a day, to be added to a time that stands beside it.
static DAY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)\b{}", day())));

/// Match periods in free text.
static SPOKEN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let day = day();
    let date = date();
    [
        // A timestamp as in logs, or a date and a time.
        r"\b\d{4}[-./]\d{2}[-./]\d{2}[T ,]\s*\d{1,2}:\d{2}(?::\d{2})?".to_owned(),
        format!(r"\b{date}(?:\s*г(?:ода|\.))?,?\s+(?:(?:в|около|примерно(?:\s+в)?|ок\.|at|around|about)\s+)?~?{TIME}"),
        // From one time to another.
        format!(r"\b(?:с|со|от|from|between|между)\s+(?:{day},?\s+)?{LOOSE_TIME}\s*(?:до|по|to|till|until|and|и|-|–|—)\s*(?:{day},?\s+)?(?:в\s+)?{LOOSE_TIME}"),
        format!(r"\b{TIME}\s*(?:-|–|—|to)\s*{TIME}"),
        format!(r"\b(?:с|from|between|между)\s+{HOUR}\s*(?:до|по|to|till|until|and|и|-|–)\s*{HOUR}\s*{HOURS}"),
        format!(r"\b{day},?\s+(?:с|from|between|между)\s+{HOUR}\s*(?:до|по|to|till|until|and|и|-|–)\s*{HOUR}\b"),
        format!(r"\b(?:с|from|between|между)\s+{HOUR}\s*(?:до|по|to|till|until|and|и|-|–)\s*{HOUR}\s+{day}"),
        format!(r"\b(?:с|со|from)\s+{date}\s+(?:до|по|to|till|until)\s+{date}"),
        format!(r"\b(?:с|from)\s+\d{{1,2}}\s+(?:до|по|to|till|until|-|–)\s+\d{{1,2}}\s+{MONTH}"),
        // At, around or since a time.
        format!(r"\b(?:в|около|примерно(?:\s+в)?|приблизительно(?:\s+в)?|где-то\s+в|после|начиная\s+с|с|ок\.|at|around|about|since|after|from|approx\.?)\s+~?{TIME}"),
        format!(r"~\s?{TIME}"),
        format!(r"^\s*{TIME}\s*$"),
        format!(r"\b{day},?\s+(?:(?:в|около|примерно(?:\s+в)?|ок\.|at|around|about)\s+){LOOSE_TIME}\b"),
        r"\b(?:около|примерно(?:\s+в)?)\s+(?:[01]?\d|2[0-3])[.\-][0-5]\d\b".to_owned(),
        format!(r"\b(?:около|примерно(?:\s+в)?|в|с|со|начиная\s+с|после|at|around|about|since|from|after)\s+{HOUR}\s*{HOURS}"),
        format!(r"\b(?:с|со|начиная\s+с(?:о)?)\s+(?:самого\s+)?(?:утра|вечера|ночи|обеда|вчерашнего\s+\w+|сегодняшнего\s+\w+|вчера|сегодня|{WEEKDAY}|\d{{1,2}}(?:-го)?\s+{MONTH}|\d{{1,2}}\.\d{{2}}\.\d{{2,4}})\b"),
        format!(r"\bsince\s+(?:this\s+morning|yesterday|last\s+night|noon|midnight|today|{WEEKDAY}|{date})"),
        r"\b(?:сегодня|вчера|позавчера)\s+(?:с\s+)?(?:утром|утра|дн[её]м|вечером|вечера|ночью|в\s+обед)".to_owned(),
        r"\b(?:this|yesterday)\s+(?:morning|afternoon|evening)|\blast\s+night".to_owned(),
        // Now; or so long ago, or for so long.
        r"\b(?:прямо\s+сейчас|только\s+что|right\s+now|just\s+now)\b".to_owned(),
        r"\bуже\s+(?:(?:\d{1,3}|пару|два|две|три|несколько|второй|третий|вторые|третьи)\s+)?(?:минут|час|полчаса|день\b|дня\b|дней\b|сутки\b|недел)\w*".to_owned(),
        r"\b(?:второй|третий|четв[её]ртый)\s+(?:день|час)\b".to_owned(),
        r"\b(?:(?:\d{1,3}|пару|несколько|пол)\s*)?(?:минуту?ы?|час(?:а|ов)?|полчаса)\s+назад".to_owned(),
        r"\b(?:\d{1,3}|an?|half\s+an|a\s+few|two|three)\s+(?:minutes?|hours?)\s+ago".to_owned(),
        r"\bпоследни[ей]\s+(?:(?:\d{1,3}|два|три|несколько|пару)\s+)?(?:минут|час|полчаса|дня|дней|сутки)\w*".to_owned(),
        r"\b(?:for|in|during|over)\s+the\s+(?:last|past)\s+(?:(?:\d{1,3}|two|three|few|couple\s+of)\s+)?(?:minutes?|hours?|days?)".to_owned(),
    ]
    .iter()
    .map(|spoken| pattern(&format!("(?i){spoken}")))
    .collect()
});

fn date() -> String {
    format!(
        r"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?|\d{{1,2}}(?:-го|st|nd|rd|th)?\s+{MONTH}(?:,?\s+\d{{4}})?|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?)"
    )
}

fn day() -> String {
    let date = date();
    format!(r"(?:(?:{date}|сегодня|вчера|позавчера|today|yesterday|(?:(?:во?|on)\s+)?{WEEKDAY})(?:\s+{PART})?)")
}

/// When something occurred: the value of a line for it, or the words that tell it; `None` where no words do.
pub(super) fn find(text: &str) -> Option<String> {
    let labelled = LABELLED.captures_iter(text).map(|line| line[1].trim().to_owned());
    let values = labelled.map(|value| value.split(". ").next().unwrap_or_default().to_owned());
    values.filter(|value| !is_no_answer(value)).map(kept).next().or_else(|| sentences(text).find_map(spoken))
}

fn kept(words: impl AsRef<str>) -> String {
    let words = words.as_ref().split_whitespace().collect::<Vec<_>>().join(" ");
    beginning(&words, LONGEST).trim_end_matches([',', '.', ' ']).to_owned()
}

/// The words of a sentence that name a period, with the day beside them; `None` where it names none.
fn spoken(sentence: &str) -> Option<String> {
    if OTHER_TIMES.is_match(sentence) {
        return None;
    }
    let found: Vec<_> = SPOKEN.iter().filter_map(|spoken| spoken.find(sentence)).collect();
    let all = || found.iter().copied().chain(DAY.find_iter(sentence));
    let first = found.iter().min_by_key(|found| found.start())?;
    let start = all().map(|found| found.start()).min().unwrap_or(first.start());
    let end = all().map(|found| found.end()).max().unwrap_or(first.end());
    let wide = sentence.get(start..end).filter(|words| words.chars().count() <= LONGEST);
    Some(kept(wide.unwrap_or(first.as_str())))
}

/// The sentences of a text; a full stop within a date or time does not end one.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r']).flat_map(|line| line.split_inclusive(". ").flat_map(|part| part.split(['!', '?', ';'])))
}
