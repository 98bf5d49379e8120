//! The Maildir source on real folders.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::support::{TestDesk, temporary_folder};
use maildesk::model::settings::{After, SourceSettings};
use maildesk::model::{Timestamp, Uid};
use maildesk::source::{SLICE, Source, SourceError};
use maildesk::store::ReceivedState;

fn maildir() -> tempfile::TempDir {
    let folder = temporary_folder();
    for part in ["tmp", "new", "cur"] {
        fs::create_dir(folder.path().join(part)).unwrap();
    }
    folder
}

async fn open(root: &Path) -> Source {
    Source::connect(&SourceSettings::Maildir(root.to_owned())).await.unwrap()
}

async fn uids(source: &mut Source) -> Vec<String> {
    source
        .look(true)
        .await
        .unwrap()
        .expect("a full look always lists")
        .uids
        .into_iter()
        .map(|uid| uid.to_string())
        .collect()
}

fn uid(text: &str) -> Vec<Uid> {
    vec![Uid::Name(text.to_owned())]
}

fn names(folder: PathBuf) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn lists_new_and_cur_in_order_of_delivery_and_never_tmp() {
    let folder = maildir();
    for name in ["new/1000.b.host", "new/999.a.host", "cur/1001.c.host:2,RS", "tmp/998.d.host", "new/.hidden"] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    let mut source = open(folder.path()).await;
    assert_eq!(uids(&mut source).await, ["999.a.host", "1000.b.host", "1001.c.host"]);
    assert_eq!(source.look(false).await.unwrap(), None);
    fs::rename(folder.path().join("new/999.a.host"), folder.path().join("cur/999.a.host:2,S")).unwrap();
    assert_eq!(source.look(false).await.unwrap(), None, "a message read by a human is the same message");
    fs::rename(folder.path().join("tmp/998.d.host"), folder.path().join("new/998.d.host")).unwrap();
    assert_eq!(source.look(false).await.unwrap().unwrap().uids.len(), 4);
}

#[tokio::test]
async fn what_is_no_maildir_is_an_error_with_its_path() {
    let folder = temporary_folder();
    let error = Source::connect(&SourceSettings::Maildir(folder.path().to_owned())).await.unwrap_err();
    assert!(matches!(&error, SourceError::Folder { path, .. } if path.ends_with("/new")), "{error:?}");
}

#[tokio::test]
async fn describes_and_fetches_slices_even_after_another_program_moved_the_file() {
    let folder = maildir();
    let raw: Vec<u8> = (0..SLICE + 1_000).map(|i| (i % 251) as u8).collect();
    let path = folder.path().join("new/1.a");
    fs::write(&path, &raw).unwrap();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_253_400);
    fs::File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    let mut source = open(folder.path()).await;
    uids(&mut source).await;
    fs::rename(&path, folder.path().join("cur/1.a:2,S")).unwrap();
    let asked = [uid("1.a"), uid("2.erased")].concat();
    let described = source.describe(&asked).await.unwrap();
    assert_eq!((described.len(), described[0].size), (1, raw.len() as u64));
    assert_eq!(described[0].received_at, Some(Timestamp::from_unix(1_795_253_400)));
    let mut joined = Vec::new();
    for offset in [0, SLICE, SLICE + 1_000] {
        let mut calls = 0;
        let each = |uid: &Uid, slice: Vec<u8>| {
            assert_eq!(uid.to_string(), "1.a");
            assert!(slice.len() as u64 <= SLICE);
            joined.extend(slice);
            calls += 1;
        };
        source.fetch(&asked, offset, each).await.unwrap();
        assert_eq!(calls, 1, "the message that is gone is left out");
    }
    assert!(joined == raw);
}

#[tokio::test]
async fn sets_flags_once_and_refuses_keywords() {
    let folder = maildir();
    fs::write(folder.path().join("new/1.a"), "x").unwrap();
    fs::write(folder.path().join("cur/2.b:2,T"), "x").unwrap();
    let mut source = open(folder.path()).await;
    uids(&mut source).await;
    let all = [uid("1.a"), uid("2.b"), uid("3.erased")].concat();
    source.mark(&all, &After::Leave, &HashSet::new(), |_| ()).await.unwrap();
    assert_eq!(names(folder.path().join("new")), ["1.a"]);
    for _ in 0..2 {
        source.mark(&all, &After::Flag(r"\Seen".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
        assert_eq!(names(folder.path().join("cur")), ["1.a:2,S", "2.b:2,ST"]);
    }
    let refused = source.mark(&all, &After::Flag("$Done".to_owned()), &HashSet::new(), |_| ()).await;
    assert!(matches!(refused, Err(SourceError::Impossible(_))), "{refused:?}");
    assert_eq!(uids(&mut source).await, ["1.a", "2.b"]);
}

#[tokio::test]
async fn moves_into_a_folder_beside_and_never_out_of_the_maildir() {
    let folder = maildir();
    fs::write(folder.path().join("new/1.a"), "x").unwrap();
    fs::write(folder.path().join("cur/2.b:2,S"), "y").unwrap();
    let mut source = open(folder.path()).await;
    uids(&mut source).await;
    for _ in 0..2 {
        source
            .mark(&[uid("1.a"), uid("2.b")].concat(), &After::Move("Архив/2026".to_owned()), &HashSet::new(), |_| ())
            .await
            .unwrap();
    }
    let archive = folder.path().join(".&BBAEQARFBDgEMg-.2026");
    assert_eq!(names(archive.clone()), ["cur", "maildirfolder", "new", "tmp"]);
    assert_eq!(names(archive.join("cur")), ["1.a:2,", "2.b:2,S"]);
    assert!(uids(&mut source).await.is_empty());
    for name in ["", ".", "..", "../out", "/etc", "a//b", "a\nb", "a\0b"] {
        let refused = source.mark(&uid("1.a"), &After::Move(name.to_owned()), &HashSet::new(), |_| ()).await;
        assert!(matches!(refused, Err(SourceError::Impossible(_))), "{name:?}: {refused:?}");
        let summary = source.describe_server(&After::Move(name.to_owned())).await.unwrap();
        assert!(summary.after_impossible.is_some(), "{name:?}");
    }
}

#[test]
fn a_message_that_never_comes_is_given_up_at_the_third_look_though_the_process_starts_anew_for_each() {
    let mut desk = TestDesk::two_desks("0s");
    let listed = desk.deliver("support", b"");
    fs::remove_file(&listed).unwrap();
    std::os::unix::fs::symlink("nowhere", &listed).unwrap();
    for tries in 1..=4 {
        desk.asks("olga@client.example", "The printer", "It does not print.");
        let counts = desk.reader().view().received_counts().unwrap();
        let given_up = counts.into_iter().any(|count| count == (ReceivedState::Unfetchable, 1));
        assert_eq!(given_up, tries >= 3, "after {tries} looks");
        desk.skip(300);
    }
    assert_eq!(desk.numbers().len(), 4, "other messages are filed meanwhile");
    let database = rusqlite::Connection::open(desk.database()).unwrap();
    let left: i64 = database.query_row("SELECT count(*) FROM suspect", [], |r| r.get(0)).unwrap();
    assert_eq!(left, 0, "what is given up is counted no longer");
}
