//! What is said before lettre takes over: the greeting, and STARTTLS.

use crate::net::{NetError, PreLogin, Stream};

/// Negotiates STARTTLS (RFC 3207). Fails if the server sent anything after its 220: it could have been injected.
pub(super) async fn start_tls(mut prelogin: PreLogin<'_>, hello: &str) -> Result<Stream, NetError> {
    prelogin.write_line(&format!("EHLO {hello}")).await?;
    let offered = reply(&mut prelogin).await?;
    expect(&prelogin, &offered, "250")?;
    let keyword =
        |line: &String| line.get(4..).unwrap_or_default().split(' ').next().unwrap_or_default().to_ascii_uppercase();
    if !offered.iter().any(|line| keyword(line) == "STARTTLS") {
        return Err(prelogin.no_tls("the server does not offer STARTTLS, or someone in between removes it"));
    }
    prelogin.write_line("STARTTLS").await?;
    let ready = reply(&mut prelogin).await?;
    if !ready[0].starts_with("220") {
        return Err(prelogin.no_tls(&format!("STARTTLS refused: {}", ready.join(" "))));
    }
    prelogin.finish()
}

/// Reads the rest of the greeting, whose first line is this; it must be 220.
pub(super) async fn greeting(prelogin: &mut PreLogin<'_>, first: String) -> Result<(), NetError> {
    let mut lines = vec![first];
    while lines.last().is_some_and(|line| line.as_bytes().get(3) == Some(&b'-')) && lines.len() < 100 {
        lines.push(prelogin.read_line().await?);
    }
    expect(prelogin, &lines, "220")
}

/// Reads one reply (RFC 5321 4.2.1): 1 to 100 lines.
async fn reply(prelogin: &mut PreLogin<'_>) -> Result<Vec<String>, NetError> {
    let mut lines = Vec::new();
    while lines.len() < 100 {
        let line = prelogin.read_line().await?;
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(lines);
        }
    }
    Err(prelogin.broken("the reply has too many lines"))
}

fn expect(prelogin: &PreLogin<'_>, reply: &[String], code: &str) -> Result<(), NetError> {
    if reply.iter().all(|line| line.starts_with(code)) { Ok(()) } else { Err(prelogin.broken(&reply.join(" "))) }
}
