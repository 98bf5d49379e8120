//! Where the account's own folders are (RFC 2342): some servers want all of them below INBOX, or below another name.

use super::Mailbox;
use super::session::Session;
use crate::source::{SourceError, folder_name};

/// What the names of the account's own folders begin with. None: with nothing, or the server does not say.
pub(super) async fn own_prefix(session: &mut Session) -> Result<Option<String>, SourceError> {
    match session.run_quietly("NAMESPACE", "").await {
        Ok(()) => Ok(session.take_namespace().and_then(|answer| first_prefix(&answer))),
        Err(SourceError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The first prefix of the personal namespaces of an answer such as `(("INBOX." ".")) NIL NIL`; None: it is empty.
fn first_prefix(answer: &str) -> Option<String> {
    let quoted = answer.strip_prefix("((")?.trim_start().strip_prefix('"')?;
    let prefix = quoted.split('"').next()?;
    (!prefix.is_empty() && !prefix.contains('\\')).then(|| folder_name::decode(prefix))
}

impl Mailbox {
    /// The name of a folder below the namespace of the account. None: it has none, or the name begins with it.
    pub(super) fn in_namespace(&self, folder: &str) -> Option<String> {
        let prefix = self.prefix.as_ref()?;
        let is_below = folder.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        (!is_below && !folder.eq_ignore_ascii_case("INBOX")).then(|| format!("{prefix}{folder}"))
    }

    /// Creates a folder, below the namespace where the server refuses it elsewhere, and returns its name. Refused where it
    /// exists already.
    pub(super) async fn create(&mut self, folder: &str) -> Result<String, SourceError> {
        match self.session.run_quietly("CREATE", &folder_name::quoted(folder)).await {
            Ok(()) => Ok(folder.to_owned()),
            Err(refusal @ SourceError::Refused { .. }) => {
                let Some(name) = self.in_namespace(folder) else { return Err(refusal) };
                self.session.run_quietly("CREATE", &folder_name::quoted(&name)).await?;
                Ok(name)
            }
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_prefix;

    #[test]
    fn the_prefix_of_ones_own_folders() {
        for (answer, prefix) in [
            (r#"(("INBOX." ".")) (("user." ".")) (("" "."))"#, Some("INBOX.")),
            (r#"(("" "/")) NIL NIL"#, None),
            (r#"(("Mail/" "/")("INBOX." ".")) NIL NIL"#, Some("Mail/")),
            (r#"NIL NIL (("" "."))"#, None),
            ("((", None),
        ] {
            assert_eq!(first_prefix(answer).as_deref(), prefix, "{answer}");
        }
    }
}
