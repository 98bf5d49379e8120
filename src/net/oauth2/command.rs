//! Runs the program that prints an access token (`token_command`).

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::TokenError;
use crate::model::Secret;
use crate::net::one_line;

/// How long the program may take: it may itself ask a server.
const LIMIT: Duration = Duration::from_secs(60);

/// How much of its output is read, in bytes.
const MOST: u64 = 65_536;

/// Runs the program and returns the line that it prints.
///
/// Its standard error goes into the error, since programs explain themselves there; its standard output never does.
pub(super) async fn run(command: &[String]) -> Result<Secret, TokenError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(TokenError::Refused("token_command is empty".to_owned()));
    };
    let name = one_line(program);
    let refuse = |why: &str| TokenError::Refused(format!("token_command {name} {why}"));
    let mut process = Command::new(program);
    process.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = timeout(LIMIT, output(process)).await.map_err(|_| {
        let seconds = LIMIT.as_secs();
        TokenError::Unavailable(format!("token_command {name} did not end within {seconds} seconds"))
    })?;
    let output = output.map_err(|error| refuse(&format!("cannot be run: {error}")))?;
    if !output.status.success() {
        let said = one_line(&String::from_utf8_lossy(&output.stderr));
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        return Err(refuse(&format!("failed ({}){said}", output.status)));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let token = printed.trim();
    if token.is_empty() {
        return Err(refuse("printed nothing; it must print an access token as one line"));
    }
    if token.chars().any(|letter| !letter.is_ascii_graphic()) {
        return Err(refuse("printed something else than an access token, which is one line without spaces"));
    }
    Ok(Secret::new(token))
}

async fn output(mut process: Command) -> std::io::Result<Output> {
    let mut child = process.spawn()?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let read_out = async { if let Some(pipe) = out { pipe.take(MOST).read_to_end(&mut stdout).await } else { Ok(0) } };
    let read_err = async { if let Some(pipe) = err { pipe.take(MOST).read_to_end(&mut stderr).await } else { Ok(0) } };
    let (read_out, read_err) = tokio::join!(read_out, read_err);
    read_out?;
    read_err?;
    Ok(Output { status: child.wait().await?, stdout, stderr })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn say(script: &str) -> Result<Secret, TokenError> {
        run(&["/bin/sh".to_owned(), "-c".to_owned(), script.to_owned()]).await
    }

    #[tokio::test]
    async fn a_program_prints_a_token_or_explains_itself() {
        assert_eq!(say("echo tok").await.map(|token| token.expose().to_owned()), Ok("tok".to_owned()));
        for (script, words) in [
            ("echo canary; echo no network >&2; exit 3", "token_command /bin/sh failed (exit status: 3): no network"),
            ("true", "printed nothing"),
            ("echo canary; echo canary", "one line without spaces"),
            ("echo 'canary canary'", "one line without spaces"),
        ] {
            let error = say(script).await.unwrap_err();
            assert!(matches!(&error, TokenError::Refused(text) if text.contains(words)), "{error:?}");
            assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
        }
        let error = run(&["/nowhere/token".to_owned()]).await.unwrap_err();
        assert!(error.to_string().contains("token_command /nowhere/token cannot be run: No such file"), "{error}");
        assert!(run(&[]).await.is_err());
    }

    #[tokio::test]
    async fn a_program_that_says_too_much_does_not_hang() {
        let error = say("head -c 300000 /dev/zero | tr '\\0' 'x'").await;
        assert!(error.is_err() || error.is_ok_and(|token| token.expose().len() <= 65_536));
    }
}
