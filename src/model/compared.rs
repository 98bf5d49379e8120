//! Texts as programs that return, quote or wrap them leave them.

/// A text as it is compared: letters and digits in lower case, which all programs that return or quote a text leave as they are.
pub fn compared(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::compared;

    #[test]
    fn spaces_marks_and_case_do_not_count() {
        assert_eq!(compared("> Не идёт\r\n\tПЕЧАТЬ: 17!"), compared("не идёт печать 17"));
        assert_ne!(compared("case 17"), compared("case 18"));
    }
}
