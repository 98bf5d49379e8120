//! Names of IMAP folders: which are similar, and which are for spam.

use crate::source::ListedFolder;

/// How many folders are listed by name at most.
const MOST_NAMED: usize = 12;

/// Names of spam folders on common servers, for servers that do not mark them.
const JUNK: [&str; 5] = ["junk", "spam", "junk e-mail", "спам", "нежелательная почта"];

/// Whether there is a folder of this name; INBOX is the one whose case does not matter (RFC 3501 5.1).
pub fn has(folders: &[ListedFolder], name: &str) -> bool {
    folders.iter().any(|folder| folder.name == name || is_inbox(name) && is_inbox(&folder.name))
}

fn is_inbox(name: &str) -> bool {
    name.eq_ignore_ascii_case("INBOX")
}

/// Whether a folder is for spam.
pub fn is_junk(folder: &ListedFolder) -> bool {
    folder.is_junk || JUNK.contains(&core(folder, &folder.name).as_str())
}

/// Whether this is the folder `probe`, into which some servers put mail for `+probe` instead of the inbox.
pub fn is_detail(folder: &ListedFolder) -> bool {
    core(folder, &folder.name) == "probe"
}

/// The folder that was probably meant by a name that does not exist; None where no name is similar.
pub fn nearest<'a>(folders: &'a [ListedFolder], wanted: &str) -> Option<&'a str> {
    let distance = |folder: &ListedFolder| strsim::osa_distance(&core(folder, &folder.name), &core(folder, wanted));
    let nearest = folders.iter().min_by_key(|folder| distance(folder))?;
    (distance(nearest) <= wanted.chars().count() / 4).then_some(nearest.name.as_str())
}

/// A name without what differs between servers: case, separator, and whether all folders are below INBOX.
fn core(folder: &ListedFolder, name: &str) -> String {
    let delimiter = folder.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty()).unwrap_or("/");
    let name = name.to_lowercase().replace(delimiter, "/").replace('.', "/");
    name.strip_prefix("inbox/").map(str::to_owned).unwrap_or(name)
}

/// The first names in a list for people, and how many more there are.
pub fn names(folders: &[ListedFolder]) -> String {
    let mut named: Vec<&str> = folders.iter().take(MOST_NAMED).map(|folder| folder.name.as_str()).collect();
    let more = format!("and {} more", folders.len().saturating_sub(MOST_NAMED));
    if folders.len() > MOST_NAMED {
        named.push(&more);
    }
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{has, is_junk, names, nearest};
    use crate::source::ListedFolder;

    fn folders(named: &[&str]) -> Vec<ListedFolder> {
        let folder =
            |name: &&str| ListedFolder { name: (*name).to_owned(), delimiter: Some(".".to_owned()), is_junk: false };
        named.iter().map(folder).collect()
    }

    #[test]
    fn the_nearest_folder_is_found_over_the_habits_of_servers() {
        let there = folders(&["INBOX", "INBOX.Filed", "Обработанные", "INBOX.Spam"]);
        for (wanted, nearest) in [
            ("Filed", Some("INBOX.Filed")),
            ("filed", Some("INBOX.Filed")),
            ("INBOX/Filed", Some("INBOX.Filed")),
            ("Обработаные", Some("Обработанные")),
            ("Archive", None),
            ("", None),
        ] {
            assert_eq!(super::nearest(&there, wanted), nearest, "{wanted}");
        }
        assert_eq!(nearest(&[], "Filed"), None);
        assert!(has(&there, "inbox") && has(&there, "INBOX.Filed") && !has(&there, "Filed"));
        assert!(is_junk(&there[3]) && !is_junk(&there[1]));
    }

    #[test]
    fn not_more_are_named_than_fit() {
        assert_eq!(names(&folders(&["A", "B"])), "A, B");
        let many: Vec<String> = (10..30).map(|n| n.to_string()).collect();
        let many = folders(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(names(&many).ends_with("20, 21, and 8 more"), "{}", names(&many));
    }
}
