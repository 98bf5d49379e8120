use super::vouched;
use crate::mail::parse::parse;

const ID: &str = "mx.example.org";

/// The `Received` field that the operator's own server adds to a message from outside.
const OURS: &str = "Received: from relay.example.com (relay.example.com [192.0.2.1])\r\n by mx.example.org (Postfix) with ESMTPS id 4V;\r\n Mon, 13 May 2024 10:11:12 +0300\r\n";

/// A `Received` field of another server.
const FOREIGN: &str =
    "Received: from pc (pc [192.0.2.9]) by relay.example.com with ESMTPSA id 7; Mon, 13 May 2024 10:11:10 +0300\r\n";

const FROM: &str = "From: Anna Petrova <anna@example.com>\r\n";

fn words(header: &str) -> Option<String> {
    vouched(&parse(format!("{header}Subject: x\r\n\r\nText\r\n").as_bytes()), ID)
}

const DMARC: Option<&str> = Some("dmarc=pass header.from=example.com");
const DKIM: Option<&str> = Some("dkim=pass header.d=example.com");

#[test]
fn fields_of_the_own_server() {
    for (field, answer) in [
        // Genuine fields.
        ("mx.example.org; dmarc=pass header.from=example.com", DMARC),
        ("mx.example.org; dmarc=pass (p=none dis=none) header.from=example.com", DMARC),
        (
            "mx.example.org;\r\n\tspf=pass smtp.mailfrom=b+x=y@example.com;\r\n\tdmarc=pass (p=reject)\r\n\theader.from=example.com",
            DMARC,
        ),
        ("MX.Example.ORG 1; DMARC=Pass Header.From=Example.COM", DMARC),
        ("mx.example.org; dmarc = pass header.from = example.com", DMARC),
        ("mx.example.org; dmarc/1=pass header.from=example.com", DMARC),
        ("mx.example.org; dmarc=pass policy.dmarc=none header.from=\"example.com\"", DMARC),
        ("mx.example.org (our (inner) server \\) ); dmarc=pass header.from=example.com;", DMARC),
        ("mx.example.org; dkim=pass header.d=example.com header.s=s1 header.b=AbCd+/1=", DKIM),
        ("mx.example.org; dkim=pass (2048-bit key; unprotected) header.i=@example.com header.b=\"x\"", DKIM),
        ("mx.example.org; dkim=pass header.i=anna@example.com", DKIM),
        ("mx.example.org; dkim=fail header.d=example.com; dkim=pass header.d=example.com", DKIM),
        ("mx.example.org; dkim=pass header.d=sender.example.net; dkim=pass header.d=example.com", DKIM),
        ("mx.example.org; dmarc=none header.from=example.com; dkim=pass header.d=example.com", DKIM),
        // Fields that do not authenticate this sender.
        ("mx.example.org; none", None),
        ("mx.example.org", None),
        ("", None),
        ("mx.example.org; spf=pass smtp.mailfrom=example.com", None),
        ("mx.example.org; spf=pass smtp.mailfrom=example.com; iprev=pass; auth=pass smtp.auth=anna@example.com", None),
        ("mx.example.org; dmarc=pass", None),
        ("mx.example.org; dmarc=pass header.from=example.net", None),
        ("mx.example.org; dmarc=pass header.from=sub.example.com", None),
        ("mx.example.org; dmarc=pass header.from=com", None),
        ("mx.example.org; dmarc=pass header.from=example.net header.from=example.com", None),
        ("mx.example.org; dmarc=fail header.from=example.com", None),
        ("mx.example.org; dmarc=bestguesspass header.from=example.com", None),
        ("mx.example.org; dmarc=temperror header.from=example.com; dkim=pass header.d=example.com", None),
        ("mx.example.org; dmarc=fail header.from=example.com; dkim=pass header.d=example.com", None),
        ("mx.example.org; dkim=pass header.d=mail.example.com", None),
        ("mx.example.org; dkim=pass header.d=com", None),
        ("mx.example.org; dkim=pass header.d=notexample.com", None),
        ("mx.example.org; dkim=pass header.d=example.net header.i=@example.com", None),
        ("mx.example.org; dkim=pass header.d=example.com header.d=example.net", None),
        ("mx.example.org; dkim=neutral header.d=example.com", None),
        ("mx.example.org; arc=pass header.d=example.com; x-dmarc=pass header.from=example.com", None),
        // Attacks.
        ("mx.example.org.evil.example; dmarc=pass header.from=example.com", None),
        ("evil-mx.example.org; dmarc=pass header.from=example.com", None),
        ("evil.example mx.example.org; dmarc=pass header.from=example.com", None),
        ("(mx.example.org;) evil.example; dmarc=pass header.from=example.com", None),
        ("mx.example.org; dmarc=fail (dmarc=pass header.from=example.com) header.from=example.com", None),
        ("mx.example.org; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com", None),
        ("mx.example.org; spf=pass smtp.mailfrom=\"x; dmarc=pass header.from=example.com\"@evil.example", None),
        ("mx.example.org; spf=pass smtp.mailfrom=\"x\\\"; dmarc=pass header.from=example.com\"", None),
        ("mx.example.org; spf=pass reason=\"dmarc=pass header.from=example.com\"", None),
        ("mx.example.org; \"dmarc=pass\" header.from=example.com", None),
        ("mx.example.org; spf=pass dmarc=pass header.from=example.com", None),
        ("mx.example.org; spf=pass smtp.mailfrom==?us-ascii?q?x=3B_dmarc=3Dpass_header.from=3Dexample.com?=", None),
        ("mx.example.org; dmarc=pass header.from=example.com (never closed", None),
        ("mx.example.org; dmarc=pass header.from=example.com \"never closed", None),
        ("mx.example.org) ; dmarc=pass header.from=example.com", None),
        ("=?utf-8?q?mx=2Eexample=2Eorg?=; dmarc=pass header.from=example.com", None),
        ("dmarc=pass header.from=example.com", None),
    ] {
        let header = format!("Authentication-Results: {field}\r\n{OURS}{FOREIGN}{FROM}");
        assert_eq!(words(&header).as_deref(), answer, "{field}");
        let below = format!("{OURS}Authentication-Results: {field}\r\n{FOREIGN}{FROM}");
        assert_eq!(words(&below).as_deref(), answer, "below our own line: {field}");
    }
}

#[test]
fn only_the_topmost_own_field_counts() {
    let pass = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\r\n";
    let fail = "Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\r\n";
    let other = "Authentication-Results: relay.example.com; dmarc=pass header.from=example.com\r\n";
    let broken = "Authentication-Results: mx.example.org; dmarc=fail (\r\n";
    let sibling =
        "Received: from mx.example.org by imap3.example.org (LMTP) with ESMTP; Mon, 13 May 2024 10:11:13 +0300\r\n";
    let local = "Received: by 2001:db8::7 with SMTP id 9; Mon, 13 May 2024 10:11:13 +0300\r\n";
    let pipe = "Received: (queue 4711 invoked by uid 89); 13 May 2024 07:11:13 -0000\r\n";
    let comment = "Received: from pc (by mx.example.org) by evil.example; Mon, 13 May 2024 10:11:13 +0300\r\n";
    let suffix = "Received: from pc by mx.example.org.evil.example; Mon, 13 May 2024 10:11:13 +0300\r\n";
    let prefix = "Received: from pc by evil-example.org; Mon, 13 May 2024 10:11:13 +0300\r\n";
    let nobody = "Received: from pc; Mon, 13 May 2024 10:11:13 +0300\r\n";
    let remote = "Received: by mail.evil.example with HTTP; Mon, 13 May 2024 10:11:13 +0300\r\n";
    for (what, header, answer) in [
        ("above all", [pass, OURS, FOREIGN, FROM].concat(), DMARC),
        ("no Received at all", [pass, FROM].concat(), DMARC),
        ("below hops within our domain", [sibling, OURS, pass, FOREIGN, FROM].concat(), DMARC),
        ("below a hop that names no other host", [local, pipe, OURS, pass, FOREIGN, FROM].concat(), DMARC),
        ("below another server's", [other, pass, OURS, FOREIGN, FROM].concat(), DMARC),
        ("below a foreign hop", [OURS, FOREIGN, pass, FROM].concat(), None),
        ("below a foreign hop, behind it ours again", [FOREIGN, OURS, pass, FROM].concat(), None),
        ("at the very end", [OURS, FOREIGN, FROM, pass].concat(), None),
        ("another server's alone", [other, OURS, FROM].concat(), None),
        ("below a refusal", [fail, pass, OURS, FROM].concat(), None),
        ("a refusal below", [pass, fail, OURS, FROM].concat(), DMARC),
        ("below a broken one", [broken, pass, OURS, FROM].concat(), None),
        ("our name in the comment of a hop", [comment, pass, FROM].concat(), None),
        ("our name at the start of a host", [suffix, pass, FROM].concat(), None),
        ("our domain at the end of a host", [prefix, pass, FROM].concat(), None),
        ("a hop from somewhere by nobody", [nobody, pass, FROM].concat(), None),
        ("a hop by another host alone", [remote, pass, FROM].concat(), None),
        ("white space before the colon", [&pass.replace(':', " :"), OURS, FROM].concat(), None),
        ("a tab before the colon", [&pass.replace(':', "\t:"), OURS, FROM].concat(), None),
        ("its name in quotes", [&pass.replace("mx.example.org", "\"mx.example.org\""), OURS, FROM].concat(), None),
        (
            "half of its name in quotes",
            [&pass.replace("mx.example.org", "mx.\"example\".org"), OURS, FROM].concat(),
            None,
        ),
        (
            "a comment before its name",
            [&pass.replace("mx.example.org", "(x) mx.example.org"), OURS, FROM].concat(),
            None,
        ),
        (
            "a comment behind its name",
            [&pass.replace("mx.example.org", "mx.example.org (amavisd)"), OURS, FROM].concat(),
            DMARC,
        ),
        (
            "its name folded",
            [&pass.replace(" mx.example.org;", "\r\n\tmx.example.org;\r\n"), OURS, FROM].concat(),
            DMARC,
        ),
        ("NUL beside its name", [&pass.replace("mx.example.org", "mx.example.org\0"), OURS, FROM].concat(), None),
        (
            "a no-break space beside its name",
            [&pass.replace("mx.example", "\u{a0}mx.example"), OURS, FROM].concat(),
            None,
        ),
        ("behind its name", [&pass.replace("mx.example.org", "mx.example.org\u{a0}"), OURS, FROM].concat(), None),
        ("ESC within it", [&pass.replace("dmarc", "\x1bdmarc"), OURS, FROM].concat(), None),
        ("behind a bare line feed", ["X-Harmless: yes\n", pass, OURS, FROM].concat(), None),
        ("behind one further down", [OURS, "X-Harmless: yes\n", pass, FROM].concat(), None),
        ("with a bare line feed", [&pass.replace(" dmarc", "\n dmarc"), OURS, FROM].concat(), None),
        ("with a bare carriage return", [&pass.replace(" dmarc", "\r dmarc"), OURS, FROM].concat(), None),
        ("all lines without carriage returns", [pass, OURS, FROM].concat().replace('\r', ""), DMARC),
        ("field of a similar name", [&format!("X-{pass}"), OURS, FROM].concat(), None),
        ("field of a forwarder", [&format!("ARC-{pass}"), OURS, FROM].concat(), None),
        ("too long", [&pass.replace("; dmarc", &format!("; x={}; dmarc", "y".repeat(9_000))), FROM].concat(), None),
    ] {
        assert_eq!(words(&header).as_deref(), answer, "{what}");
    }
}

#[test]
fn only_a_single_sender_is_authenticated() {
    let pass = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.com; dkim=pass header.d=example.com\r\n";
    for (from, answer) in [
        ("From: anna@example.com\r\n", DMARC),
        ("From: anna@EXAMPLE.com\r\n", DMARC),
        ("From: \"boss@example.net\" <anna@example.com>\r\n", DMARC),
        ("From: anna@example.com, boris@example.com\r\n", None),
        ("From: anna@example.com\r\nFrom: anna@example.com\r\n", None),
        ("From: anna@example.com\r\nFrom : boss@example.net\r\n", None),
        ("From: anna@example.com\r\nFROM: \r\n", None),
        ("From: \"anna@example.com\" <boss@example.net>\r\n", None),
        ("From: anna@example.com.evil.example\r\n", None),
        ("From: anna@notexample.com\r\n", None),
        ("From: anna\r\n", None),
        ("From: Team: anna@example.com;\r\n", None),
        ("From: <@relay.example:anna@example.com>\r\n", None),
        ("From: anna@example.com (boss@example.net)\r\n", None),
        ("From : anna@example.com\r\n", None),
        ("", None),
    ] {
        assert_eq!(words(&format!("{pass}{OURS}{from}")).as_deref(), answer, "{from}");
    }
}

#[test]
fn signatures_of_domains_above() {
    for (signer, sender, vouches) in [
        ("example.com", "mail.example.com", true),
        ("mail.example.com", "a.mail.example.com", true),
        ("example.co.uk", "shop.example.co.uk", true),
        ("co.uk", "example.co.uk", false),
        ("com.ru", "example.com.ru", false),
        ("com", "example.com", false),
        ("mail.example.com", "example.com", false),
        ("example.com", "mailexample.com", false),
        ("", "example.com", false),
        (".com", "example.com", false),
    ] {
        let header = format!(
            "Authentication-Results: mx.example.org; dkim=pass header.d={signer}\r\n{OURS}From: a@{sender}\r\n"
        );
        assert_eq!(words(&header).is_some(), vouches, "{signer} for {sender}");
    }
}

#[test]
fn an_empty_authserv_id_matches_nothing() {
    let message =
        parse(format!("Authentication-Results: ; dmarc=pass header.from=example.com\r\n{FROM}\r\nText").as_bytes());
    assert_eq!(vouched(&message, ""), None);
}

proptest::proptest! {
    #[test]
    fn nothing_without_a_pass_authenticates(
        field in r#"(?s)(mx.example.org|; |=|\(|\)|"|\\|dmarc|dkim|fail|header.from|example.com|by |from |.){0,30}"#,
    ) {
        use crate::model::{Header, Incoming, NamedAddress};
        let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.to_owned(), is_irregular: false };
        let incoming = Incoming {
            from: vec![NamedAddress { name: String::new(), address: "anna@example.com".to_owned() }],
            headers: vec![
                header("From", "anna@example.com"),
                header("Received", &field),
                header("Authentication-Results", &field),
            ],
            ..Incoming::default()
        };
        proptest::prop_assert!(field.contains("pass") || vouched(&incoming, ID).is_none());
    }
}
