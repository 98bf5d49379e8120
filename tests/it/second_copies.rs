//! One mail that comes by several ways: nobody hides it by a copy that is taken for a robot's, spam or a forgery.

use crate::support::{IVANOV, Message, OLGA, TestDesk, recipients, to};

/// What lists, filters and our own letters bear.
fn marks(desk: &TestDesk) -> [String; 6] {
    let ours = format!("X-Maildesk-Instance: {}", desk.context().ring.instance());
    let lists = ["List-Id: All <all.client.example>", "Precedence: bulk", "Auto-Submitted: auto-generated"];
    let [list, bulk, generated] = lists.map(str::to_owned);
    [list, bulk, generated, "Auto-Submitted: auto-replied".to_owned(), "X-Spam-Flag: YES".to_owned(), ours]
}

/// A desk that takes no spam.
fn filtered() -> TestDesk {
    TestDesk::guarded_with("spam_headers = [\"X-Spam-Flag: YES\"]\n")
}

/// The same message, with a header line that a transport has added.
fn marked(message: &Message, line: &str) -> Vec<u8> {
    [line.as_bytes(), b"\r\n", &message.raw()].concat()
}

#[test]
fn a_copy_that_looks_automatic_hides_no_request() {
    for at in 0..6 {
        let mut desk = filtered();
        let mark = &marks(&desk)[at];
        let message = desk.message(OLGA, "Не печатается", "Касса не печатает чек.").header("To: support@example.org");
        assert_eq!(
            recipients(&desk.send_raw(&marked(&message, mark))),
            [""; 0],
            "{mark}: {:?}",
            desk.last_disposition()
        );
        let letters = desk.send(&message);
        assert_eq!(recipients(&letters), [IVANOV, OLGA], "{mark}: {:?}", desk.last_disposition());
        assert_eq!((desk.numbers().len(), desk.request("OTK-1").progress.is_filed), (1, false), "{mark}");
        // A third copy by either way has no effect.
        for raw in [message.raw(), marked(&message, mark)] {
            assert_eq!(recipients(&desk.send_raw(&raw)), [""; 0], "{mark}");
            assert!(["duplicate", "ignored"].contains(&desk.last_disposition().0.as_str()), "{mark}");
        }
        let done = desk.reply(IVANOV, &to(&letters, IVANOV), "[done]", "Перезапустите кассу.");
        assert!(recipients(&desk.send(&done)).contains(&OLGA), "{mark}");
    }
}

#[test]
fn a_copy_that_looks_automatic_hides_no_answer() {
    for at in 0..6 {
        let mut desk = filtered();
        let mark = &marks(&desk)[at];
        let (acknowledgement, notification) = desk.olga_asks();
        let more = desk.reply(OLGA, &acknowledgement, "", "Теперь ошибка 5.");
        desk.send_raw(&marked(&more, mark));
        let hidden = desk.entries("OTK-1");
        let told = recipients(&desk.send(&more)).contains(&IVANOV);
        assert!(told || hidden == 2, "{mark}: {:?}", desk.last_disposition());
        let done = desk.reply(IVANOV, &notification, "[done]", "Исправлено.");
        desk.send_raw(&marked(&done, mark));
        desk.send(&done);
        assert_eq!(desk.status("OTK-1"), "done", "{mark}: {:?}", desk.last_disposition());
    }
}

#[test]
fn a_request_that_was_answered_before_its_other_copy_came_is_not_acknowledged_anew() {
    let mut desk = TestDesk::guarded();
    let message = desk.message(OLGA, "Не печатается", "Касса не печатает чек.").header("To: support@example.org");
    desk.send_raw(&marked(&message, "Precedence: list"));
    let taken = desk.message(IVANOV, "[OTK-1] [done]", "Перезапустите кассу.");
    desk.send_to("internal", &taken);
    assert_eq!(desk.status("OTK-1"), "done");
    let letters = desk.send(&message);
    assert!(letters.iter().all(|letter| desk.kind_of(letter) != "acknowledgement"), "{:?}", recipients(&letters));
    assert_eq!(desk.numbers().len(), 1);
}

#[test]
fn an_engineers_mail_that_was_sent_first_without_its_proof_is_carried_out_when_it_comes_with_it() {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let message = desk.message(IVANOV, "[OTK-1] [done]", "Исправлено.").header("To: support@example.org");
    let question = to(&desk.send(&message), IVANOV);
    assert_eq!(desk.last_disposition().0, "held");
    assert!(recipients(&desk.send_to("internal", &message)).contains(&OLGA), "{:?}", desk.last_disposition());
    assert_eq!(desk.status("OTK-1"), "done");
    // The question is settled by that: a yes to it changes nothing.
    let yes = desk.reply(IVANOV, &question, "", "Да");
    assert_eq!(recipients(&desk.send(&yes)), [""; 0], "{:?}", desk.last_disposition());
    assert_eq!(recipients(&desk.send(&message)), [""; 0], "{:?}", desk.last_disposition());
}
