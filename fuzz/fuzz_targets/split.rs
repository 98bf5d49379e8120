//! Any tree of MIME parts, damaged anyhow: each part's words are read, or are in a file that can be taken out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use maildesk::mail::parse;

fuzz_target!(|bytes: &[u8]| {
    let mut choices = bytes.iter().copied();
    let mut built = Built { raw: b"From: a@customer.example\r\nSubject: x\r\n".to_vec(), words: Vec::new() };
    built.multipart(&mut choices, 0, "");
    let incoming = parse::parse(&built.raw);
    let files: Vec<Vec<u8>> =
        incoming.attachments.iter().map(|file| parse::attachment(&built.raw, file.part).expect("a file")).collect();
    for word in &built.words {
        let is_in_file = || files.iter().any(|file| String::from_utf8_lossy(file).contains(word.as_str()));
        assert!(incoming.text.contains(word.as_str()) || is_in_file(), "{word} is lost");
    }
});

struct Built {
    raw: Vec<u8>,
    words: Vec<String>,
}

impl Built {
    /// Writes a multipart. Each choice makes a part or ends the multipart; the higher bits of the first say what is broken.
    fn multipart(&mut self, choices: &mut impl Iterator<Item = u8>, depth: u32, around: &str) {
        let Some(first) = choices.next() else { return self.part("text/plain") };
        let subtype = ["mixed", "related", "parallel", "x-unknown"][usize::from(first & 3)];
        let own = match first >> 2 & 3 {
            0 if !around.is_empty() => around.to_owned(),
            1 if !around.is_empty() => format!("{around}2"),
            _ => format!("=_{}", self.words.len()),
        };
        self.write(&format!("Content-Type: multipart/{subtype}; boundary=\"{own}\"\r\n\r\n"));
        while let Some(choice) = choices.next() {
            self.write(&format!("--{own}\r\n"));
            match choice & 7 {
                0 => self.part("text/html"),
                1 => self.part("application/octet-stream; name=a.bin"),
                2 => self.part("message/rfc822"),
                3 if depth < 6 => self.multipart(choices, depth + 1, &own),
                4 => break,
                _ => self.part("text/plain"),
            }
            // A gateway's footer, a line end lost, or a piece of binary.
            match choice >> 3 & 7 {
                0 => self.write("\r\n"),
                1 => self.raw.extend([choice, 0xff, b'\n']),
                _ => {}
            }
        }
        if first & 0x10 == 0 {
            self.write(&format!("--{own}--\r\n"));
        }
    }

    fn part(&mut self, media_type: &str) {
        let word = format!("word{}x", self.words.len());
        self.write(&format!("Content-Type: {media_type}\r\n\r\nNote: {word}\r\n"));
        self.words.push(word);
    }

    fn write(&mut self, text: &str) {
        self.raw.extend_from_slice(text.as_bytes());
    }
}
