//! Judges links: where they lead, and whether their words say so.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use crate::mail::{escapes, pattern};
use crate::model::{EmailAddress, FormLink};

/// Longer addresses are no links, in bytes.
const LONGEST: usize = 4_096;
/// The most digits of a telephone number; the longest have 15 (ITU E.164), and extensions.
const MOST_DIGITS: usize = 24;

/// Where a link leads.
#[derive(Debug, PartialEq)]
pub enum Target {
    /// To the web, to a mail address, or to a telephone.
    Safe(FormLink),
    /// To a mail address, with a ready subject, text or other field, which is not kept.
    ReadyMail(FormLink),
    /// To a script, or to a file of the reader's own.
    Unsafe,
    /// Into the page itself, or to what no mail program opens.
    Nowhere,
}

/// Reads the address of a link as browsers do (WHATWG URL).
pub fn target(href: &str) -> Target {
    let href = href.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let Some(url) = Some(href).filter(|href| href.len() <= LONGEST).and_then(|href| Url::parse(href).ok()) else {
        return Target::Nowhere;
    };
    let with_raw = |link: FormLink| FormLink { raw: href.to_owned(), ..link };
    let target = match url.scheme() {
        "http" | "https" => web(url),
        "mailto" => mail(&url),
        "tel" => telephone(url.path()),
        "javascript" | "vbscript" | "data" | "file" | "blob" => Target::Unsafe,
        _ => Target::Nowhere,
    };
    match target {
        Target::Safe(link) => Target::Safe(with_raw(link)),
        Target::ReadyMail(link) => Target::ReadyMail(with_raw(link)),
        target => target,
    }
}

fn web(mut url: Url) -> Target {
    let Some(host) = url.host_str().map(str::to_owned) else { return Target::Nowhere };
    // What stands before an @ looks like the host, and is none.
    let misleads = !url.username().is_empty() || url.password().is_some();
    if url.set_username("").and_then(|()| url.set_password(None)).is_err() {
        return Target::Nowhere;
    }
    Target::Safe(FormLink { href: url.into(), host, misleads, raw: String::new() })
}

fn mail(url: &Url) -> Target {
    let path = escapes::percent(url.path().as_bytes());
    let path = String::from_utf8_lossy(&path);
    let first = path.split([',', ';']).next().unwrap_or_default();
    let is_plain =
        |address: &EmailAddress| address.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"@.-_+".contains(&b));
    let Some(address) = EmailAddress::parse(first.trim()).ok().filter(is_plain) else { return Target::Nowhere };
    let link =
        FormLink { href: format!("mailto:{address}"), host: address.to_string(), misleads: false, raw: String::new() };
    if url.query().is_some() { Target::ReadyMail(link) } else { Target::Safe(link) }
}

fn telephone(path: &str) -> Target {
    let plus = if path.starts_with('+') || path.starts_with("%2B") { "+" } else { "" };
    let digits: String = path.trim_start_matches("%2B").chars().filter(char::is_ascii_digit).collect();
    if !(3..=MOST_DIGITS).contains(&digits.len()) {
        return Target::Nowhere;
    }
    let number = format!("{plus}{digits}");
    Target::Safe(FormLink { href: format!("tel:{number}"), host: number, misleads: false, raw: String::new() })
}

/// Whether the words of a link name a host or mail address other than the one it leads to. A host's own subdomains are not
/// others; the name of a file is no host.
pub fn names_another(words: &str, link: &FormLink) -> bool {
    // Invisible characters would hide a name from us, not from its reader.
    let invisible = |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let words: String = words.chars().filter(|c| !invisible(c)).collect();
    if let Some(address) = link.href.strip_prefix("mailto:") {
        let (address, domain) = (address.to_lowercase(), address.rsplit('@').next().unwrap_or_default());
        return ADDRESS.find_iter(&words).any(|named| named.as_str().to_lowercase() != address)
            || HOST.find_iter(&words).any(|named| is_another(named.as_str(), domain));
    }
    let host = if link.href.starts_with("http") { link.host.as_str() } else { "" };
    HOST.find_iter(&words).any(|named| is_another(named.as_str(), host))
}

fn is_another(named: &str, host: &str) -> bool {
    let extension = named.rsplit('.').next().unwrap_or_default().to_lowercase();
    if FILES.contains(&extension.as_str()) {
        return false;
    }
    let bare = |host: &str| host.to_lowercase().trim_start_matches("www.").to_owned();
    let Ok(named) = idna::domain_to_ascii(named) else { return true };
    let (named, host) = (bare(&named), bare(host));
    // In front of an address's @ stands a name with dots.
    named != host && !host.ends_with(&format!(".{named}"))
}

/// Ends of names of files, which are no domains.
const FILES: [&str; 27] = [
    "pdf", "doc", "docx", "xls", "xlsx", "xlsm", "ppt", "pptx", "odt", "ods", "rtf", "txt", "csv", "xml", "json",
    "log", "html", "htm", "js", "exe", "msi", "rar", "png", "jpg", "jpeg", "gif", "eml",
];

/// A host name or an IPv4 address, as it is written in a text.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?[.。．｡])+(?:\p{L}{2,}|xn--[a-z0-9-]+)|\d{1,3}(?:\.\d{1,3}){3}",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{L}\p{N}.+_-]+@(?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,}"));

#[cfg(test)]
mod tests {
    use super::*;

    fn href(link: &str) -> String {
        match target(link) {
            Target::Safe(link) => link.href,
            Target::ReadyMail(link) => format!("ready {}", link.href),
            Target::Unsafe => "unsafe".to_owned(),
            Target::Nowhere => "nowhere".to_owned(),
        }
    }

    #[test]
    fn links_lead_to_the_web_to_mail_and_to_telephones() {
        for (link, leads) in [
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            (" HTTP:\\\\Example.ORG\\a\n", "http://example.org/a"),
            ("ht\ntps://example.org", "https://example.org/"),
            ("https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"),
            ("mailto:anna@example.org", "mailto:anna@example.org"),
            ("MailTo:a@example.org?subject=[OTK-1%20close]", "ready mailto:a@example.org"),
            ("mailto:a%40example.org,b@example.org?body=x", "ready mailto:a@example.org"),
            ("mailto:?subject=x", "nowhere"),
            ("tel:+7 (495) 123-45-67", "tel:+74951234567"),
            ("tel:x", "nowhere"),
            ("#below", "nowhere"),
            ("page.html", "nowhere"),
            ("javascript:alert(1)", "unsafe"),
            ("java\tscript:alert(1)", "unsafe"),
            ("\u{1}javascript:alert(1)", "unsafe"),
            ("data:text/html,x", "unsafe"),
            ("file:///etc/passwd", "unsafe"),
            ("x-apple-data-detectors://0", "nowhere"),
        ] {
            assert_eq!(href(link), leads, "{link}");
        }
    }

    #[test]
    fn words_are_compared_with_the_target() {
        for (words, link, misleads) in [
            ("the page", "https://example.org/", false),
            ("example.org", "https://www.example.org/a", false),
            ("www.example.org/a", "https://docs.example.org", false),
            ("report.pdf", "https://example.org/1", false),
            ("https://bank.example", "https://evil.example/", true),
            ("bank.example", "https://bank.example.evil.example/", true),
            ("ba\u{200b}nk.example", "https://evil.example/", true),
            ("10.0.0.1", "https://evil.example/", true),
            ("x", "https://bank.example@evil.example/", true),
            ("пример.рф", "https://xn--e1afmkfd.xn--p1ai/", false),
            ("npимep.pф", "https://xn--e1afmkfd.xn--p1ai/", true),
            ("a@example.org", "mailto:a@example.org", false),
            ("a@example.org", "mailto:b@example.org", true),
            ("bank.example", "mailto:b@example.org", true),
            ("bank.example", "tel:+74951234567", true),
        ] {
            let Target::Safe(link) = target(link) else { panic!("{link}") };
            assert_eq!(link.misleads || names_another(words, &link), misleads, "{words} {link:?}");
        }
    }
}
