//! What a file is, beyond its name and type.

use serde::{Deserialize, Serialize};

/// What was read in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum FileFacts {
    /// A picture: a screenshot, mostly.
    Picture {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// A text with a time on many of its lines.
    Log {
        /// How its text is encoded: the name of the charset in lower case, `utf-8` for plain ASCII.
        encoding: String,
        /// Its lines.
        lines: u64,
        /// The first and the last time, as written.
        first: String,
        /// The last time, as written.
        last: String,
        /// Lines that tell of errors.
        errors: u64,
        /// The first of them.
        first_error: Option<String>,
    },
    /// An archive, listed without unpacking anything.
    Archive {
        /// How many files it holds.
        count: u64,
        /// Their size, unpacked, in bytes, as the archive says.
        unpacked: u64,
        /// The first of them, with their sizes in bytes.
        files: Vec<(String, u64)>,
    },
}

impl FileFacts {
    /// How many pixels a picture has; none where it is something else.
    pub fn pixels(&self) -> u64 {
        match self {
            FileFacts::Picture { width, height } => u64::from(*width) * u64::from(*height),
            FileFacts::Log { .. } | FileFacts::Archive { .. } => 0,
        }
    }
}
