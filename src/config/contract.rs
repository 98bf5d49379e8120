//! Reads a desk's SLA (`[[desk.KEY.sla]]`) and contracts (`[desk.KEY.contract.NAME]`).

use super::section::{NamedTable, Section};
use super::{calendar, values};
use crate::model::policy::{AddressPattern, Contract, SlaRule};
use crate::model::{Kind, Priority};

/// The kinds of request by name.
pub(super) const KINDS: [(&str, Kind); 4] = [
    ("incident", Kind::Incident),
    ("problem", Kind::Problem),
    ("service request", Kind::ServiceRequest),
    ("change request", Kind::ChangeRequest),
];

/// The priorities by name.
pub(super) const PRIORITIES: [(&str, Priority); 4] =
    [("low", Priority::Low), ("normal", Priority::Normal), ("high", Priority::High), ("critical", Priority::Critical)];

/// Reads the contracts of a desk. A customer may have one contract only.
pub(super) fn read_all(section: &mut Section<'_, '_>) -> Vec<Contract> {
    let mut contracts: Vec<Contract> = Vec::new();
    for table in section.some_tables("contract", "silver") {
        let name = section.name_of(&table, values::line);
        let (customers, sla) = read(&mut Section::named(section.reading(), &table), &contracts);
        contracts.extend(name.map(|name| Contract { name, customers, sla }));
    }
    contracts
}

fn read(section: &mut Section<'_, '_>, earlier: &[Contract]) -> (Vec<AddressPattern>, Vec<SlaRule>) {
    let mut customers = Vec::new();
    for (customer, spot) in section.list("customers", values::pattern) {
        match earlier.iter().find(|contract| contract.customers.contains(&customer)) {
            Some(other) => {
                let problem = format!("is already in the contract {:?}; a customer has one contract", other.name);
                section.reading().report.error(&spot, problem);
            }
            None => customers.push(customer),
        }
    }
    if !section.has("customers") || section.is_empty_list("customers") {
        let remedy = "name the customers of the contract: customers = [\"example.com\", \"ivan@example.net\"]";
        section.error("customers", format!("there are none; {remedy}"));
    }
    (customers, read_sla(section))
}

/// Reads the SLA rules of a desk or contract in order; the first that fits a request counts.
pub(super) fn read_sla(section: &mut Section<'_, '_>) -> Vec<SlaRule> {
    let mut sla: Vec<SlaRule> = Vec::new();
    for table in section.rows("sla") {
        let rule = read_sla_rule(&mut Section::named(section.reading(), &table));
        let covers = |earlier: &&SlaRule| {
            (earlier.kind.is_none() || earlier.kind == rule.kind)
                && (earlier.priority.is_none() || earlier.priority == rule.priority)
        };
        if sla.iter().any(|earlier| covers(&earlier)) {
            unreachable_sla_rule(section, &table);
        }
        sla.push(rule);
    }
    sla
}

fn unreachable_sla_rule(section: &mut Section<'_, '_>, table: &NamedTable<'_>) {
    let problem = "never applies: a rule above it fits all the same requests; put the narrower rule first";
    section.reading().report.error(&table.spot, problem);
}

fn read_sla_rule(section: &mut Section<'_, '_>) -> SlaRule {
    let kind = section.choice("kind", "a kind of request", &KINDS);
    let priority = section.choice("priority", "a priority", &PRIORITIES);
    let first_response = section.quantity("first_response", calendar::span);
    let resolution = section.quantity("resolution", calendar::span);
    if !section.has("first_response") && !section.has("resolution") {
        section.error(
            "first_response",
            "promises nothing; write first_response = \"4 working hours\", or resolution, or both",
        );
    }
    SlaRule { kind, priority, first_response, resolution }
}
