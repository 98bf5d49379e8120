//! Quote marks with the initials of who is quoted (`AB> words`), which The Bat! writes.

use std::sync::LazyLock;

use regex::Regex;

use super::attribution::attribution;
use crate::mail::pattern;

/// So many lines above the first mark an attribution may begin.
const ABOVE: usize = 5;

/// The lines, with plain marks in place of those with initials. They are marks only below an attribution: `SQL>` is a prompt.
pub fn plain(mut lines: Vec<&str>) -> Vec<&str> {
    let Some(first) = lines.iter().position(|line| INITIALS.is_match(line)) else { return lines };
    if (first.saturating_sub(ABOVE)..first).any(|at| attribution(&lines[at..first]).is_some()) {
        for line in &mut lines[first..] {
            if let Some(initials) = INITIALS.captures(line) {
                *line = &line[initials[1].len()..];
            }
        }
    }
    lines
}

static INITIALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\s?\p{Lu}{1,4})>"));

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn initials_are_marks_below_an_attribution() {
        let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
        let read = plain(lines(
            "Вы писали 20 ноября 2026 г., 10:12:33:\n\nСП> Уточните модель.\nСП>> Не печатает.\n\nKyocera",
        ));
        assert_eq!(read[2..], ["> Уточните модель.", ">> Не печатает.", "", "Kyocera"]);
        let session = lines("SQL> select 1 from dual;\n1\nSQL> exit");
        assert_eq!(plain(session.clone()), session);
    }
}
