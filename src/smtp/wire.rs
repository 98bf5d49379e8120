//! The form that a message must have on the wire.

/// Checks a message just before it is sent: line breaks that servers read differently allow one message to carry another
/// (SMTP smuggling). `is_international`: MAIL had the parameter SMTPUTF8 (RFC 6531).
pub fn check_wire_form(message: &[u8], is_international: bool) -> Result<(), &'static str> {
    if !message.is_ascii() && !is_international {
        return Err("it is not pure ASCII");
    }
    if std::str::from_utf8(message).is_err() {
        return Err("it is not UTF-8");
    }
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        let content = match line.strip_suffix(b"\r\n") {
            Some(content) => content,
            None if line.ends_with(b"\n") => return Err("a line feed without a carriage return"),
            None => line,
        };
        if content.len() > 998 {
            return Err("a line is longer than 998 bytes");
        }
        if content.iter().any(|byte| matches!(byte, b'\r' | 0)) {
            return Err("a carriage return without a line feed, or a NUL");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_wire_form;

    #[test]
    fn only_unambiguous_line_breaks_pass() {
        let long = format!("{}\r\n", "a".repeat(998));
        for good in ["", "a", "a\r\n", "a\r\n\r\n.\r\nb", &long] {
            assert!(check_wire_form(good.as_bytes(), false).is_ok(), "{good:?}");
        }
        let longer = "a".repeat(999);
        for bad in ["a\n", "a\r\n.\n", "a\rb\r\n", "a\r\r\n", "a\r", "a\0b\r\n", "я\r\n", &longer] {
            assert!(check_wire_form(bad.as_bytes(), false).is_err(), "{bad:?}");
        }
        assert!(check_wire_form("To: почта@example.org\r\n".as_bytes(), true).is_ok());
        assert!(check_wire_form(b"To: \xff@example.org\r\n", true).is_err());
    }
}
