//! Reads `[desk.KEY.line.NUMBER]` and `[desk.KEY.team.NAME]`.

use super::engineer::EngineerDirectory;
use super::report::Spot;
use super::section::{Section, bare};
use super::values;
use super::words::DeskWord;
use crate::model::policy::{Line, Team};
use crate::model::{Ask, DeskKey, EmailAddress, Place};

/// Reads the lines of a desk, sorted by number.
pub(super) fn read_lines(
    section: &mut Section<'_, '_>,
    desk: Option<&DeskKey>,
    directory: &EngineerDirectory<'_>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for table in section.some_tables("line", "1") {
        let number = section.name_of(&table, values::line_number);
        let mut table = Section::named(section.reading(), &table);
        let members = directory.members(&mut table, desk, "line");
        lines.extend(number.map(|number| Line { number, members }));
    }
    lines.sort_by_key(|line| line.number);
    lines
}

/// Reads the teams of a desk; their words are added to `words`, the addresses of external teams to `external`.
pub(super) fn read_teams(
    section: &mut Section<'_, '_>,
    desk: Option<&DeskKey>,
    directory: &EngineerDirectory<'_>,
    words: &mut Vec<DeskWord>,
    external: &mut Vec<(EmailAddress, Spot)>,
) -> Vec<Team> {
    let mut teams: Vec<Team> = Vec::new();
    for table in section.some_tables("team", "backend") {
        let name = section.name_of(&table, values::short_name);
        let spot = table.spot.clone();
        let mut table = Section::named(section.reading(), &table);
        let address = table.parsed("address", values::address);
        let is_external = table.has("address");
        external.extend(address.iter().map(|address| (address.clone(), table.spot_of("address"))));
        let tell_requester = table.switch("tell_requester").unwrap_or(false);
        if table.has("tell_requester") && !is_external {
            table.error("tell_requester", "is for external teams; add the team's address, or remove this");
        }
        // An external team need not have engineers of the desk.
        let has_members = table.has("members") || !is_external;
        let members = if has_members { directory.members(&mut table, desk, "team") } else { Vec::new() };
        let further = table.list("words", values::line);
        let Some(name) = name else { continue };
        if teams.iter().any(|other| other.name == name) {
            let problem = format!("is the team {name} again, case does not matter; choose another name");
            section.reading().report.error(&spot, problem);
            continue;
        }
        let ask = Ask::PassOn(Place::Team(name.clone()));
        words.extend(DeskWord::all_of(desk, &ask, (name.to_string(), spot), &further));
        teams.push(Team { name, words: bare(further), members, address, tell_requester });
    }
    teams
}
