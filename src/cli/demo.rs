//! `demo`.

use std::process::ExitCode;

use super::Globals;

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Args {}

/// Shows what maildesk does.
pub fn run(_globals: &Globals, _args: &Args) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
