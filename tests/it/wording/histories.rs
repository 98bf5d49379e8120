//! Earlier messages in e-mails to engineers.

use super::*;
use maildesk::desk::wording::{Extent, history, passed_on_before, shown_history};
use maildesk::mail::compose::blocks_in_plain;
use maildesk::model::{EntryHead, ReceivedId, Timestamp, Visibility};

pub(super) fn histories(language: Language) -> Vec<(String, String)> {
    let desk = desk();
    let request = request(&desk, language, Status::Done);
    let to = ToEngineer { desk: &desk, request: Some(&request), language };
    let head = |id, author: &str, visibility, length| EntryHead {
        received: ReceivedId(id),
        at: Timestamp::from_unix(1_795_253_400 + id * 3_600),
        author: author.to_owned(),
        visibility,
        length,
    };
    let engineer = desk.engineers[0].address.as_str();
    let mut heads = vec![
        head(5, "helpdesk@vendor.example", Visibility::Internal, 40),
        head(4, engineer, Visibility::Internal, 40),
        head(3, "olga@example.com", Visibility::Correspondence, 40),
        head(2, engineer, Visibility::Correspondence, 40),
        head(1, "", Visibility::Correspondence, 0),
    ];
    let words =
        say(language, "Барабан заменили сами.\n> Какая модель?", "They changed the drum.\n> Which model is it?");
    let texts: Vec<(ReceivedId, String)> = (2..=5).map(|id| (ReceivedId(id), words.to_owned())).collect();
    let mut letters = Vec::new();
    let mut add = |name: &str, heads: &[EntryHead], extent| {
        let shown = history(&to, heads, extent).expect("something to show");
        letters.push((name.to_owned(), blocks_in_plain(&shown_history(language, &shown, &texts))));
    };
    add("the last exchange", &heads, Extent::LastExchange);
    add("all of it", &heads, Extent::Whole);
    heads.iter_mut().for_each(|head| head.length = 30_000);
    add("the first of it", &heads, Extent::Whole);
    let many: Vec<EntryHead> = (0..500).map(|_| heads[2].clone()).collect();
    let asked = history(&to, &many, Extent::Asked).expect("something to show");
    letters.push(("the end of what was asked for".to_owned(), asked.end));
    for (answered_by, ends) in [(Some("Мария Смирнова"), false), (Some("Мария Смирнова"), true), (None, true)]
    {
        letters.push((format!("passed on before, {ends}"), passed_on_before(&to, answered_by, ends)));
    }
    letters
}
