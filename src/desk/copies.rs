//! Who gets engineers' answers beside the requester: people in To and Cc of their latest message, as the desk says.

use crate::model::policy::{AddressPattern, Copies, Desk};
use crate::model::{Copied, EmailAddress, Request};

/// How many people get copies at most, whatever the desk says.
const MOST_COPIES: usize = 10;

/// The people in copy to whom the answers in a request go. Only where the requester is known: they have answered a letter of
/// ours, our server vouches for them, or the desk lists their domain. For anybody else their From is a claim, by which strangers
/// would have us write to third parties.
pub fn of_request<'r>(desk: &Desk, request: &'r Request) -> Vec<&'r Copied> {
    let Some(requester) = request.requester() else { return Vec::new() };
    let progress = &request.progress;
    let is_listed = matches!(desk.listed(&requester.email), Some(AddressPattern::Domain(_)));
    if !(requester.proven || progress.is_requester_known || is_listed) {
        return Vec::new();
    }
    let domain = requester.email.domain();
    let is_colleague = |email: &EmailAddress| email.domain() == domain && !desk.is_public(domain);
    let is_chosen = |email: &EmailAddress| match desk.copies {
        Copies::Colleagues => is_colleague(email),
        Copies::All => true,
        Copies::Nobody => false,
    };
    let is_out = |email: &EmailAddress| {
        desk.is_own(email)
            || desk.engineer_at(email).is_some()
            || desk.outside_team_at(email).is_some()
            || desk.blocked.iter().any(|pattern| pattern.matches(email))
            || progress.robots.contains(email)
            || request.participant(email).is_some()
            || request.watchers.contains(email)
    };
    let people = progress.in_copy.iter().filter(|person| is_chosen(&person.email) && !is_out(&person.email));
    people.take(MOST_COPIES).collect()
}

/// How an address takes part in a request whose participant it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRecord {
    /// It gets copies, or an engineer has it watch.
    InCopy,
    /// An engineer has it watch, and it is a colleague's.
    Colleague,
}

/// How an address is on record in a request; `None` where it is not.
pub fn on_record(desk: &Desk, request: &Request, address: &EmailAddress) -> Option<OnRecord> {
    if request.watchers.contains(address) {
        return Some(if desk.is_in_house(address) { OnRecord::Colleague } else { OnRecord::InCopy });
    }
    let is_in_copy = of_request(desk, request).iter().any(|person| person.email == *address);
    is_in_copy.then_some(OnRecord::InCopy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::address;
    use crate::model::{DeskKey, Language, Participant, RequestNumber, Timestamp};

    #[test]
    fn only_people_of_a_known_requesters_own_domain_get_copies() {
        type Set = fn(&mut Desk, &mut Request);
        let proven: Set = |_, request| request.participants[0].proven = true;
        let rows: [(&str, &str, &str, Set, bool); 17] = [
            ("proven", "olga@client.example", "boss@client.example", proven, true),
            ("not known", "olga@client.example", "boss@client.example", |_, _| {}, false),
            (
                "vouched",
                "olga@client.example",
                "boss@client.example",
                |_, r| r.progress.is_requester_known = true,
                true,
            ),
            ("listed domain", "olga@client.example", "boss@client.example", |d, _| list(d, "client.example"), true),
            ("listed address", "olga@client.example", "boss@client.example", list_address, false),
            ("other domain", "olga@client.example", "boss@other.example", proven, false),
            ("domain below", "olga@client.example", "boss@mail.client.example", proven, false),
            ("domain above", "olga@mail.client.example", "boss@client.example", proven, false),
            ("punycode", "olga@пример.example", "boss@xn--e1afmkfd.example", proven, true),
            ("public", "olga@gmail.com", "boss@gmail.com", proven, false),
            (
                "public, by the desk",
                "olga@small.example",
                "boss@small.example",
                |d, r| {
                    d.public_domains = vec!["small.example".into()];
                    r.participants[0].proven = true;
                },
                false,
            ),
            ("nobody", "olga@client.example", "boss@client.example", |d, r| set(d, r, Copies::Nobody), false),
            ("all", "olga@gmail.com", "boss@other.example", |d, r| set(d, r, Copies::All), true),
            ("all, not known", "olga@gmail.com", "boss@other.example", |d, _| d.copies = Copies::All, false),
            (
                "blocked",
                "olga@client.example",
                "boss@client.example",
                |d, r| {
                    d.blocked = vec![AddressPattern::Address(address("boss@client.example"))];
                    r.participants[0].proven = true;
                },
                false,
            ),
            (
                "a robot",
                "olga@client.example",
                "boss@client.example",
                |_, r| {
                    r.progress.robots = vec![address("boss@client.example")];
                    r.participants[0].proven = true;
                },
                false,
            ),
            ("the desk", "olga@client.example", "support@example.org", |d, r| set(d, r, Copies::All), false),
        ];
        for (what, requester, copied, with, expected) in rows {
            let (mut desk, mut request) = at(requester, copied);
            with(&mut desk, &mut request);
            assert_eq!(!of_request(&desk, &request).is_empty(), expected, "{what}");
        }
    }

    #[test]
    fn no_more_than_ten_get_copies() {
        let (mut desk, mut request) = at("olga@client.example", "boss@client.example");
        set(&mut desk, &mut request, Copies::All);
        let people = (0..20).map(|n| Copied { email: address(&format!("p{n}@client.example")), name: String::new() });
        request.progress.in_copy = people.collect();
        assert_eq!(of_request(&desk, &request).len(), MOST_COPIES);
    }

    fn set(desk: &mut Desk, request: &mut Request, copies: Copies) {
        desk.copies = copies;
        request.participants[0].proven = true;
    }

    fn list(desk: &mut Desk, domain: &str) {
        desk.customers = vec![AddressPattern::Domain(domain.to_owned())];
    }

    fn list_address(desk: &mut Desk, request: &mut Request) {
        desk.customers = vec![AddressPattern::Address(request.participants[0].email.clone())];
    }

    fn at(requester: &str, copied: &str) -> (Desk, Request) {
        let key = DeskKey::parse("OTK").unwrap();
        let number = RequestNumber { desk: key.clone(), number: 1 };
        let person = Participant { email: address(requester), name: String::new(), proven: false };
        let mut request = Request::opened(number, String::new(), Language::En, Some(person), Timestamp::default());
        request.progress.in_copy = vec![Copied { email: address(copied), name: String::new() }];
        (Desk::new(key, "Support".into(), address("support@example.org"), "main".into()), request)
    }
}
