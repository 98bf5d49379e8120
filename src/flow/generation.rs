//! Notices when a mail server gives UIDs again under the same UIDVALIDITY, as one does that was restored from a backup: what
//! they name now is other mail than what the ledger knows. Pure.

use crate::model::Uid;
use crate::source::Described;
use crate::store::KnownUid;

/// How many of the highest known UIDs are compared with what the server says of them now.
pub(super) const COMPARED: u32 = 64;

/// The UID from which on the ledger's messages belong to an earlier generation; None: they are those of the server.
///
/// Another date of arrival tells them apart; so does a UIDNEXT that is not above all known UIDs, unless messages of the server
/// stand against it. Sizes tell nothing: some servers state others at each login.
pub(super) fn earlier_from(
    known: &[KnownUid],
    described: &[Described],
    next: Option<u32>,
    highest_listed: Option<u32>,
) -> Option<u32> {
    let differs = |known: &&KnownUid| {
        let now = described.iter().find(|d| d.uid == Uid::Number(known.uid)).and_then(|d| d.received_at);
        matches!((known.arrived_at, now), (Some(before), Some(now)) if before != now)
    };
    let first = known.iter().filter(differs).map(|known| known.uid).min();
    let highest = known.iter().map(|known| known.uid).max()?;
    first.or_else(|| next.filter(|next| *next <= highest && highest_listed.is_none_or(|listed| listed < *next)))
}

/// Whether messages that the ledger knows at another place are those of this folder: the dates of arrival are the same.
pub(super) fn is_same(known: &[KnownUid], described: &[Described]) -> bool {
    let now = |known: &KnownUid| described.iter().find(|d| d.uid == Uid::Number(known.uid));
    let pairs = known.iter().filter_map(|known| Some((known.arrived_at?, now(known)?.received_at?)));
    let mut count = 0;
    pairs.inspect(|_| count += 1).all(|(before, now)| before == now) && count > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn known(all: &[(u32, i64)]) -> Vec<KnownUid> {
        all.iter().map(|&(uid, at)| KnownUid { uid, arrived_at: (at > 0).then(|| Timestamp::from_unix(at)) }).collect()
    }

    fn described(all: &[(u32, i64)]) -> Vec<Described> {
        let one = |&(uid, at): &(u32, i64)| Described {
            uid: Uid::Number(uid),
            size: 1,
            received_at: (at > 0).then(|| Timestamp::from_unix(at)),
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn what_belongs_to_an_earlier_generation() {
        let ledger = known(&[(10, 100), (9, 90), (8, 80), (7, 0)]);
        for (now, next, from) in [
            (&[(7, 70), (8, 80), (9, 90), (10, 100)][..], Some(11), None),
            (&[(8, 80), (9, 95), (10, 101), (11, 110)], Some(12), Some(9)),
            (&[(8, 80)], Some(9), Some(9)),
            (&[], Some(11), None),
            (&[], Some(6), Some(6)),
            (&[(8, 80), (10, 100)], Some(3), None),
            (&[(8, 0), (9, 0)], None, None),
        ] {
            let highest = now.iter().map(|(uid, _)| *uid).max();
            assert_eq!(earlier_from(&ledger, &described(now), next, highest), from, "{now:?} {next:?}");
        }
        assert_eq!(earlier_from(&[], &described(&[(1, 5)]), Some(1), Some(1)), None);
    }

    #[test]
    fn a_folder_is_the_same_where_no_date_differs() {
        let ledger = known(&[(10, 100), (9, 90), (7, 0)]);
        assert!(is_same(&ledger, &described(&[(9, 90), (7, 70), (11, 110)])));
        assert!(!is_same(&ledger, &described(&[(9, 91), (10, 100)])));
        assert!(!is_same(&ledger, &described(&[(7, 70)])), "nothing shows it");
    }
}
