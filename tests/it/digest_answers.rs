//! Answers to a digest: lines that say what is to become of its requests.

use crate::support::{IVANOV, OLGA, PETROVA, SentLetter, TestDesk, recipients, to};

/// Desk OTK with three requests of Olga's that wait for ivanov, and his digest of Monday.
fn with_digest(keys: &str) -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::guarded_with(&format!("digest = \"09:00\"\n{keys}"));
    for _ in 0..3 {
        desk.olga_asks();
    }
    desk.days(3);
    let digest = desk.letter_to(IVANOV);
    assert_eq!(desk.kind_of(&digest), "digest");
    (desk, digest)
}

#[test]
fn the_digest_shows_requests_with_facts_and_buttons() {
    let (_, digest) = with_digest("");
    let (text, html) = (digest.read().text, digest.html());
    assert!(text.contains("OTK-2: Не печатается отчёт"), "{text}");
    assert!(text.contains("Заявитель: | Ольга, olga@client.example"), "{text}");
    assert_eq!(html.matches("<table").count(), 3, "{html}");
    assert_eq!(html.matches("%20take%20e").count(), 3, "{html}");
}

#[test]
fn lines_are_carried_out_each_by_itself_with_one_receipt() {
    let (mut desk, digest) = with_digest("");
    let lines = "[OTK-1 take; priority high]\n[OTK-2 line 2]\n[OTK-3 undo]\n[OTK-9 take]\n\nСпасибо!";
    let answer = desk.reply(IVANOV, &digest, "", lines);
    let letters = desk.send(&answer);
    assert_eq!(desk.assignee("OTK-1"), "ivanov", "{:?}", desk.last_disposition());
    assert_eq!(desk.request("OTK-1").priority.to_string(), "high");
    assert_eq!(desk.request("OTK-2").place.map(|place| place.to_string()).as_deref(), Some("line 2"));
    assert_eq!(desk.assignee("OTK-3"), "nobody");
    assert_eq!(recipients(&letters).iter().filter(|to| **to == IVANOV).count(), 1, "{:?}", recipients(&letters));
    assert!(recipients(&letters).contains(&PETROVA) && !recipients(&letters).contains(&OLGA));
    let receipt = to(&letters, IVANOV).read().text;
    for said in ["OTK-1: ", "OTK-2: ", "OTK-3: ", "OTK-9: ", "Остальной текст Вашего ответа никому не отправлен."]
    {
        assert!(receipt.contains(said), "{said}\n{receipt}");
    }
    // All of it is taken back by one tag.
    let undo = desk.reply(IVANOV, &to(&letters, IVANOV), "[undo]", "");
    desk.send(&undo);
    assert_eq!((desk.assignee("OTK-1").as_str(), desk.request("OTK-2").place), ("nobody", None));
}

#[test]
fn all_lines_about_one_request_are_carried_out_or_none() {
    let (mut desk, digest) = with_digest("");
    let answer = desk.reply(IVANOV, &digest, "", "[OTK-1 take]\n[OTK-1 line 7]\n[OTK-2 @petrova]");
    desk.send(&answer);
    assert_eq!((desk.assignee("OTK-1").as_str(), desk.assignee("OTK-2").as_str()), ("nobody", "petrova"));
}

#[test]
fn the_grace_of_an_end_is_kept() {
    let (mut desk, digest) = with_digest("");
    desk.settings.desks[0].grace = 60;
    let answer = desk.reply(IVANOV, &digest, "", "[OTK-1 done]");
    let letters = desk.send(&answer);
    assert_eq!((desk.status("OTK-1").as_str(), &recipients(&letters)[..]), ("done", &[IVANOV][..]));
    assert!(letters[0].read().text.contains("Заявители получат письма об этом через 1 минуту."));
    assert_eq!(recipients(&desk.later(61)), [OLGA]);
}

#[test]
fn quoted_lines_and_sentences_ask_nothing() {
    let (mut desk, digest) = with_digest("");
    for words in ["> [OTK-1 take]", "Сделайте [OTK-1 take] кто-нибудь", "[OTK-1]", "[take]", "Спасибо!"]
    {
        let answer = desk.reply(IVANOV, &digest, "", words);
        let letters = desk.send(&answer);
        assert_eq!(desk.assignee("OTK-1"), "nobody", "{words}");
        assert_eq!(recipients(&letters), [IVANOV], "{words}");
    }
    assert_eq!(desk.numbers().len(), 3);
}

#[test]
fn nobody_else_answers_a_digest() {
    let (mut desk, digest) = with_digest("");
    let stolen = desk.reply(PETROVA, &digest, "", "[OTK-1 take]");
    desk.send(&stolen);
    assert_eq!((desk.last_disposition().0.as_str(), desk.assignee("OTK-1").as_str()), ("held", "nobody"));
    let (mut desk, digest) = with_digest("");
    let exposed = desk.reply(IVANOV, &digest, "", "[OTK-1 take]").header("Cc: mallory@evil.example");
    desk.send(&exposed);
    assert_eq!((desk.last_disposition().0.as_str(), desk.assignee("OTK-1").as_str()), ("held", "nobody"));
    let again = desk.reply(IVANOV, &digest, "", "[OTK-1 take]");
    desk.send(&again);
    assert_eq!((desk.last_disposition().0.as_str(), desk.assignee("OTK-1").as_str()), ("held", "nobody"));
    let (mut desk, digest) = with_digest("");
    desk.days(31);
    let late = desk.reply(IVANOV, &digest, "", "[OTK-1 take]");
    desk.send(&late);
    assert_eq!((desk.last_disposition().0.as_str(), desk.assignee("OTK-1").as_str()), ("held", "nobody"));
}
