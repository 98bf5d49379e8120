//! The domains of public mail providers, at which anybody may have an address.

/// The largest public mail providers, in lower case. People at one of them have nothing else in common.
const PUBLIC_DOMAINS: [&str; 72] = [
    "126.com",
    "139.com",
    "163.com",
    "abv.bg",
    "aol.com",
    "bk.ru",
    "bluewin.ch",
    "bol.com.br",
    "comcast.net",
    "fastmail.com",
    "fastmail.fm",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "i.ua",
    "icloud.com",
    "inbox.lv",
    "inbox.ru",
    "internet.ru",
    "laposte.net",
    "libero.it",
    "list.ru",
    "live.com",
    "live.ru",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "narod.ru",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "ovi.com",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "seznam.cz",
    "sina.com",
    "t-online.de",
    "tut.by",
    "tuta.io",
    "tutanota.com",
    "ukr.net",
    "web.de",
    "wp.pl",
    "ya.ru",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yandex.by",
    "yandex.com",
    "yandex.kz",
    "yandex.ru",
];

/// Whether a domain, in lower case, is that of a large public mail provider.
pub fn is_public_domain(domain: &str) -> bool {
    PUBLIC_DOMAINS.binary_search(&domain).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_so_that_it_can_be_searched() {
        assert!(PUBLIC_DOMAINS.is_sorted_by(|a, b| a < b));
        assert!(is_public_domain("gmail.com") && is_public_domain("mail.ru"));
        assert!(!is_public_domain("mail.example") && !is_public_domain("mygmail.com"));
    }
}
