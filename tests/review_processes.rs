//! What a review of the processes of desks tried: each of these once told somebody twice, or too early, or what was not meant for
//! him.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use support::{Counter, FIRST, recipients};

const OLGA: &str = "olga@client.example";
const PAVEL: &str = "pavel@factory.example";

#[tokio::test]
async fn a_release_tells_a_requester_of_his_duplicates_once() {
    let mut desk = Counter::open("0s");
    let (_, one) = desk.ask("support", OLGA, "Button", "We need an export button.").await;
    let (_, two) = desk.ask("support", OLGA, "Button again", "We still need an export button.").await;
    let message = desk.reply(FIRST, &two, "[duplicate OTK-1]", "");
    desk.send("support", &message).await;
    let message = desk.reply(FIRST, &one, "[release 2.4.17 2026-12-01]", "");
    desk.send("support", &message).await;
    let out = desk.message(FIRST, "[released 2.4.17]", "");
    let letters = desk.send("internal", &out).await;
    assert_eq!(recipients(&letters), [FIRST, OLGA]);
    assert_eq!(desk.status("OTK-2"), "duplicate");
    desk.verify();
}

#[tokio::test]
async fn an_engineer_of_one_desk_answers_nothing_at_another_by_naming_its_number() {
    let mut desk = Counter::open("0s");
    let (_, one) = desk.ask("support", OLGA, "Login", "Nobody can log in.").await;
    desk.ask("booking", PAVEL, "Hotel", "No hotel for me.").await;
    let message = desk.reply(FIRST, &one, "[kind problem; link TRV-1]", "");
    assert_eq!(recipients(&desk.send("support", &message).await), [FIRST]);
    let message = desk.reply(FIRST, &one, "[kind problem; done]", "The login works again.");
    assert_eq!(recipients(&desk.send("support", &message).await), [FIRST, OLGA]);
    assert_eq!(desk.status("TRV-1"), "new");
}
