//! Tells lines that a mail program or its reader may have made of ours.

use std::collections::HashMap;

/// Shorter lines resemble others by chance, in words.
const FEWEST_WORDS: usize = 3;

/// The lines of texts by their words, so that many lines can be compared with them.
#[derive(Debug, Default)]
pub struct Resemblance {
    /// For each word the numbers of the lines that hold it, ascending.
    holders: HashMap<String, Vec<usize>>,
}

impl Resemblance {
    /// Prepares the lines of these texts.
    pub fn to(texts: &[String]) -> Self {
        let mut resemblance = Self::default();
        for (number, line) in texts.iter().flat_map(|text| text.lines()).enumerate() {
            for word in words(line) {
                let holders = resemblance.holders.entry(word).or_default();
                if holders.last() != Some(&number) {
                    holders.push(number);
                }
            }
        }
        resemblance
    }

    /// Whether most words of a line stand in one line there. Lines of fewer than three words resemble nothing.
    pub fn has(&self, line: &str) -> bool {
        let line: Vec<String> = words(line).collect();
        let mut common: HashMap<usize, usize> = HashMap::new();
        line.len() >= FEWEST_WORDS
            && line.iter().filter_map(|word| self.holders.get(word)).flatten().any(|holder| {
                let common = common.entry(*holder).or_default();
                *common += 1;
                *common * 5 >= line.len() * 3
            })
    }
}

fn words(line: &str) -> impl Iterator<Item = String> {
    line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::Resemblance;

    #[test]
    fn a_changed_line_resembles_ours_and_another_does_not() {
        let ours = Resemblance::to(&["The client is rude, be careful with them.\nStatus: in work".to_owned()]);
        for (line, is_like) in [
            ("The client is rude, be very careful with her.", true),
            ("THE CLIENT IS RUDE", true),
            ("Please restart the printer and try again.", false),
            ("in work", false),
            ("", false),
        ] {
            assert_eq!(ours.has(line), is_like, "{line:?}");
        }
    }
}
