use super::*;

fn ring() -> KeyRing {
    KeyRing::generate(&std::array::from_fn(|i| i as u8))
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn desk() -> EmailAddress {
    address("support@example.org")
}

fn name(text: &str) -> ShortName {
    ShortName::parse(text).unwrap()
}

fn engineers() -> [ShortName; 2] {
    [name("petrova"), name("иванов")]
}

fn number_of(text: &str) -> RequestNumber {
    RequestNumber::parse(text).unwrap()
}

fn until() -> Timestamp {
    Timestamp::from_unix(1_795_253_400)
}

fn to(anchor: &str, sequence: u32, audience: Audience) -> Signed {
    let anchor = match anchor.strip_prefix("m-") {
        Some(id) => Anchor::Message(ReceivedId(id.parse().unwrap())),
        None => Anchor::Request(number_of(anchor)),
    };
    Signed { anchor, sequence, audience }
}

fn engineer(who: &str) -> Audience {
    Audience::Engineer { name: name(who), expires: until() }
}

fn everybody() -> Vec<Signed> {
    vec![
        to("OTK-1042", 3, Audience::Correspondent),
        to("OTK-1042", 3, engineer("petrova")),
        to("OTK-1042", 7, engineer("иванов")),
        to("m-57", 1, Audience::Correspondent),
        to("m-57", 1, engineer("иванов")),
    ]
}

fn id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

#[test]
fn signed_texts_verify_in_upper_and_lower_case() {
    for signed in everybody() {
        let (written, reply) =
            (sign(&ring(), &signed, &desk()).unwrap(), reply_address(&ring(), &signed, &desk()).unwrap());
        let local = written.as_str().split('@').next().unwrap();
        assert_eq!(reply.as_str(), format!("support+{local}@example.org"));
        assert_eq!(verify(&ring(), &written, &engineers()), Some(signed.clone()), "{written}");
        assert_eq!(verify(&ring(), &id(&written.as_str().to_uppercase()), &engineers()), Some(signed.clone()));
        assert_eq!(verify_address(&ring(), &reply, &engineers()), Some(signed.clone()), "{reply}");
        assert_eq!(verify_address(&ring(), &address(&reply.as_str().to_uppercase()), &engineers()), Some(signed));
    }
}

#[test]
fn ids_of_earlier_versions_stay_what_they_were() {
    let signed = to("OTK-1042", 3, Audience::Correspondent);
    let written = "otk-1042.3.k1.ca55ffbfedeec350d4e6e16a@example.org";
    assert_eq!(sign(&ring(), &signed, &desk()).unwrap().as_str(), written);
    assert_eq!(verify(&ring(), &id(written), &[]), Some(signed));
}

#[test]
fn a_token_verifies_only_for_its_engineer() {
    let signed = to("OTK-1042", 3, engineer("иванов"));
    let written = sign(&ring(), &signed, &desk()).unwrap();
    assert!(written.as_str().starts_with("otk-1042.3.et"), "{written}");
    assert!(written.as_str().is_ascii());
    for engineers in [vec![], vec![name("petrova")], vec![name("иванова"), name("иван")]] {
        assert_eq!(verify(&ring(), &written, &engineers), None, "{engineers:?}");
    }
}

#[test]
fn nothing_else_verifies() {
    for signed in everybody() {
        let good = sign(&ring(), &signed, &desk()).unwrap();
        let good = good.as_str();
        let (payload, mac) = good.strip_suffix("@example.org").unwrap().rsplit_once('.').unwrap();
        let first = payload.split('.').next().unwrap();
        let swapped = match payload.split('.').collect::<Vec<_>>()[..] {
            [anchor, sequence, _, key] => format!("{anchor}.{sequence}.{key}"),
            [anchor, sequence, key] => format!("{anchor}.{sequence}.e{}.{key}", base36(seconds(until()).unwrap())),
            _ => unreachable!("a signed text has three or four words before its MAC"),
        };
        let mut forged = vec![
            good.replace("1042", "1043").replace("57", "58"),
            good.replace(&format!("{first}."), &format!("{first}.1")),
            good.replace(first, "m-1042"),
            good.replace(first, "otk-57"),
            good.replace("otk-", "otk-0").replace("m-", "m-0"),
            good.replace("otk-", "otk-+").replace("m-", "m--"),
            good.replace("k1", "k2"),
            good.replace("k1", ""),
            good.replace(".k1.", "."),
            good.replace(mac, &"0".repeat(24)),
            good.replace(mac, &mac[..22]),
            good.replace(mac, &mac[..19]),
            good.replace(mac, &format!("{mac}00")),
            good.replace(mac, ""),
            good.replace(mac, "+0000000000000000000000"),
            good.replace(mac, &"z".repeat(19)),
            format!("{swapped}.{mac}@example.org"),
            format!("{first}@example.org"),
            format!(".{good}"),
            good.replace('@', ".@"),
            good.replace('@', ""),
        ];
        if let Some((before, after)) = payload.split_once(".e") {
            forged.push(format!("{before}.e0{after}.{mac}@example.org"));
            forged.push(format!("{before}.f{after}.{mac}@example.org"));
            forged.push(good.replace(".et", ".eu"));
            forged.push(good.replace(".et", ".e-t"));
            forged.push(format!("{before}.e{}.k1.{mac}@example.org", "z".repeat(60)));
        }
        for forged in forged {
            assert_ne!(forged, good);
            assert_eq!(verify(&ring(), &id(&forged), &engineers()), None, "{forged}");
            if let Ok(reply) = EmailAddress::parse(&format!("support+{forged}")) {
                assert_eq!(verify_address(&ring(), &reply, &engineers()), None, "{forged}");
            }
        }
        assert_eq!(verify(&KeyRing::generate(&[7; 40]), &id(good), &engineers()), None);
    }
}

#[test]
fn no_mac_is_good_in_another_role() {
    let mac = |text: &str| text.split('@').next().unwrap().rsplit(['.', '-']).next().unwrap().to_owned();
    let expires = base36(seconds(until()).unwrap());
    let person = address("client@example.com");
    let request = number_of("OTK-1042");
    let personal = personal_address(&ring(), 3, &desk()).unwrap();
    let link = link_key(&ring(), &request, &person, RequesterAsk::Confirm, until());
    let mut macs = vec![mac(personal.as_str()), mac(link.expose())];
    macs.extend(everybody().iter().map(|signed| mac(sign(&ring(), signed, &desk()).unwrap().as_str())));
    let (mut good_ids, mut good_personal, mut good_links) = (0, 0, 0);
    for mac in &macs {
        for payload in ["otk-1042.3", &format!("otk-1042.3.e{expires}"), "m-57.1", "me.3", "me-3.3"] {
            let written = format!("{payload}.k1.{mac}@example.org");
            let reply = address(&format!("support+{written}"));
            good_ids += usize::from(verify(&ring(), &id(&written), &engineers()).is_some());
            good_personal += usize::from(verify_personal(&ring(), &reply).is_some());
            assert_eq!(
                verify(&ring(), &id(&written), &engineers()),
                verify_address(&ring(), &reply, &engineers()),
                "{written}"
            );
        }
        let key = Secret::new(format!("{expires}-k1-{mac}"));
        good_links += usize::from(verify_link(&ring(), &request, &person, RequesterAsk::Confirm, &key).is_some());
    }
    assert_eq!((good_ids, good_personal, good_links), (3, 1, 1), "each of them is good for what it was made for only");
}

#[test]
fn personal_addresses() {
    let good = personal_address(&ring(), 12, &desk()).unwrap();
    assert!(good.as_str().starts_with("support+me.12.k1."), "{good}");
    assert_eq!(verify_personal(&ring(), &good), Some(12));
    assert_eq!(verify_personal(&ring(), &address(&good.as_str().to_uppercase())), Some(12));
    assert_eq!(verify_personal(&KeyRing::generate(&[7; 40]), &good), None);
    for forged in [
        good.as_str().replace("12", "13"),
        good.as_str().replace(".12.", ".012."),
        good.as_str().replace(".12.", ".99999999999."),
        good.as_str().replace("me.", "my."),
        good.as_str().replace("k1", "k2"),
        good.as_str().replace("support+", ""),
        good.as_str().replace('+', "."),
        "support+me@example.org".to_owned(),
        "support@example.org".to_owned(),
    ] {
        assert_eq!(verify_personal(&ring(), &address(&forged)), None, "{forged}");
    }
}

#[test]
fn links_are_for_one_request_requester_and_ask() {
    let (request, person) = (number_of("OTK-1042"), address("client@example.com"));
    let key = link_key(&ring(), &request, &person, RequesterAsk::Confirm, until());
    let good = |text: &str| verify_link(&ring(), &request, &person, RequesterAsk::Confirm, &Secret::new(text));
    assert_eq!(good(key.expose()), Some(until()));
    assert_eq!(good(&key.expose().to_uppercase()), Some(until()));
    let other_request = number_of("OTK-1043");
    let other_person = address("other@example.com");
    assert_eq!(verify_link(&ring(), &other_request, &person, RequesterAsk::Confirm, &key), None);
    assert_eq!(verify_link(&ring(), &request, &other_person, RequesterAsk::Confirm, &key), None);
    assert_eq!(verify_link(&ring(), &request, &person, RequesterAsk::Disagree, &key), None);
    assert_eq!(verify_link(&ring(), &request, &person, RequesterAsk::Withdraw, &key), None);
    assert_eq!(verify_link(&KeyRing::generate(&[7; 40]), &request, &person, RequesterAsk::Confirm, &key), None);
    for forged in [
        key.expose().replacen('t', "u", 1),
        format!("0{}", key.expose()),
        key.expose().replace("k1", "k2"),
        key.expose().replace('-', "."),
        key.expose()[..key.expose().len() - 1].to_owned(),
        format!("{}-k1-{}", "z".repeat(40), "0".repeat(24)),
        "--".to_owned(),
        String::new(),
        "ключ".to_owned(),
    ] {
        assert_eq!(good(&forged), None, "{forged}");
    }
    let long_ago = link_key(&ring(), &request, &person, RequesterAsk::Confirm, Timestamp::from_unix(-5));
    assert_eq!(good(long_ago.expose()), Some(Timestamp::from_unix(0)), "what expired before 1970 has expired");
}

#[test]
fn addresses_stay_within_64_octets() {
    let signed = to("ABCDEFGHIJ-123456", 12, engineer("иванов"));
    for (length, digits) in [(7, Some(24)), (8, Some(19)), (12, Some(19)), (13, None), (40, None), (64, None)] {
        let desk = address(&format!("{}@example.org", "d".repeat(length)));
        let reply = reply_address(&ring(), &signed, &desk);
        let mac = reply.as_ref().map(|reply| reply.local().rsplit('.').next().unwrap().len());
        assert_eq!(mac, digits, "{length}: {reply:?}");
        if let Some(reply) = reply {
            assert!(reply.local().len() <= 64, "{reply}");
            assert_eq!(verify_address(&ring(), &reply, &engineers()), Some(signed.clone()), "{reply}");
        }
    }
    for (length, digits) in [(30, Some(24)), (31, Some(19)), (35, Some(19)), (36, None)] {
        let desk = address(&format!("{}@example.org", "d".repeat(length)));
        let personal = personal_address(&ring(), 12, &desk);
        assert_eq!(personal.as_ref().map(|a| a.local().rsplit('.').next().unwrap().len()), digits, "{length}");
        assert_eq!(personal.and_then(|address| verify_personal(&ring(), &address)), digits.map(|_| 12));
    }
    let tagged = reply_address(&ring(), &everybody()[1], &address("help+otk@example.org")).unwrap();
    assert_eq!(verify_address(&ring(), &tagged, &engineers()), Some(everybody()[1].clone()));
}

#[test]
fn values_that_do_not_fit_are_not_signed() {
    let wide = vec!["d".repeat(60); 4].join(".");
    assert_eq!(sign(&ring(), &everybody()[0], &address(&format!("s@{wide}"))), None);
    let before_1970 = Audience::Engineer { name: name("petrova"), expires: Timestamp::from_unix(-1) };
    assert_eq!(sign(&ring(), &to("OTK-1", 1, before_1970), &desk()), None);
}

#[test]
fn key_files_round_trip_and_keys_never_print() {
    let text = ring().to_text();
    let read = KeyRing::parse(text.expose()).unwrap();
    let written = sign(&ring(), &everybody()[0], &desk()).unwrap();
    assert_eq!(verify(&read, &written, &[]), Some(everybody()[0].clone()));
    let key = text.expose().split_whitespace().last().unwrap();
    assert!(!format!("{read:?} {text:?}").contains(key));
    for broken in ["", "instance a\n", "key k1 00\n", "instance a\nkey k1 zz\n", "instance a\nkey k1\n"] {
        assert!(KeyRing::parse(broken).is_err(), "{broken:?}");
    }
}

#[test]
fn a_new_key_in_front_signs_and_the_old_one_still_verifies() {
    let old = sign(&ring(), &everybody()[1], &desk()).unwrap();
    let (instance, key) =
        ring().to_text().expose().split_once('\n').map(|(i, k)| (i.to_owned(), k.to_owned())).unwrap();
    let rotated = KeyRing::parse(&format!("{instance}\nkey k2 {}\n{key}", "ab".repeat(32))).unwrap();
    assert_eq!(verify(&rotated, &old, &engineers()), Some(everybody()[1].clone()));
    let new = sign(&rotated, &everybody()[1], &desk()).unwrap();
    assert!(new.as_str().contains(".k2."), "{new}");
    assert_eq!(verify(&ring(), &new, &engineers()), None);
}

proptest::proptest! {
    #[test]
    fn no_text_verifies_by_chance_or_breaks_anything(
        text in r"(?s)((otk-1|m-|me|[.+@-]|e|k1|[0-9a-z]{12,24}|99999999999999999999|ё|\PC){0,12}|.{0,80})",
    ) {
        let person = desk();
        for text in [format!("{text}@example.org"), format!("s+{text}@example.org"), text.clone()] {
            if let Ok(id) = MessageId::parse(&text) {
                proptest::prop_assert_eq!(verify(&ring(), &id, &engineers()), None);
            }
            if let Ok(address) = EmailAddress::parse(&text) {
                proptest::prop_assert_eq!(verify_address(&ring(), &address, &engineers()), None);
                proptest::prop_assert_eq!(verify_personal(&ring(), &address), None);
            }
        }
        let key = Secret::new(text);
        let until = verify_link(&ring(), &number_of("OTK-1"), &person, RequesterAsk::Confirm, &key);
        proptest::prop_assert_eq!(until, None);
    }
}
