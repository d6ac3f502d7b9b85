//! Doors: which room may name which.

use std::collections::{BTreeMap, BTreeSet};

use super::source::sources;

/// Every room and the rooms it may name. A room that is missing here fails, so that a new one is placed on purpose.
const DOORS: &[(&str, &[&str])] = &[
    ("problem", &[]),
    ("yaml", &["problem"]),
    ("billing", &[]),
    ("usage", &["billing", "problem"]),
    ("mapping", &["billing", "problem", "usage", "yaml"]),
    ("desired", &["billing", "mapping", "problem", "usage"]),
    ("plan", &["billing", "desired", "mapping", "problem", "usage"]),
    ("outbound", &[]),
    ("snapshot", &["outbound", "problem"]),
    ("sources", &["billing", "problem", "usage"]),
    ("connectwise", &["billing", "outbound"]),
    ("journal", &["billing", "outbound", "plan", "usage"]),
    (
        "reconciler",
        &[
            "billing",
            "connectwise",
            "desired",
            "journal",
            "mapping",
            "plan",
            "problem",
            "settings",
            "snapshot",
            "sources",
            "usage",
        ],
    ),
    ("alerts", &["billing", "connectwise", "mapping", "outbound", "plan", "problem", "reconciler"]),
    ("settings", &["outbound", "problem", "snapshot", "yaml"]),
    (
        "cli",
        &[
            "billing",
            "connectwise",
            "journal",
            "mapping",
            "plan",
            "problem",
            "reconciler",
            "settings",
            "simulator",
            "snapshot",
            "sources",
            "usage",
            "alerts",
            "web",
        ],
    ),
    ("web", &["billing", "journal", "mapping", "plan", "problem", "reconciler", "settings", "usage"]),
    ("simulator", &[]),
    ("main", &["cli"]),
    ("lib", &[]),
];

#[test]
fn every_room_has_its_doors() {
    let placed: BTreeSet<&str> = DOORS.iter().map(|(room, _)| *room).collect();

    let rooms: BTreeSet<String> = sources().into_iter().map(|source| source.room).collect();

    let homeless: Vec<&String> = rooms.iter().filter(|room| !placed.contains(room.as_str())).collect();
    assert!(homeless.is_empty(), "rooms without a row in the table of doors: {homeless:?}");
}

#[test]
fn a_room_names_only_the_rooms_behind_its_doors() {
    let doors: BTreeMap<&str, &[&str]> = DOORS.iter().copied().collect();

    let mut broken = Vec::new();
    for source in sources() {
        let allowed = doors.get(source.room.as_str()).copied().unwrap_or_default();
        for (line, code) in source.product_code() {
            for named in named_rooms(code) {
                if named != source.room && doors.contains_key(named) && !allowed.contains(&named) {
                    broken.push(format!("{}:{line} names {named}", source.path));
                }
            }
        }
    }

    assert!(broken.is_empty(), "closed doors were opened:\n{}", broken.join("\n"));
}

#[test]
fn the_writes_to_connectwise_are_named_in_one_place() {
    let mut places = BTreeSet::new();
    for source in sources() {
        for (_, code) in source.product_code() {
            if code.contains(".set_quantity(") || code.contains(".create_inert(") {
                places.insert(source.path.clone());
            }
        }
    }

    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    assert_eq!(places, ["src/reconciler/apply/write.rs"]);
}

#[test]
fn tickets_are_opened_in_one_place() {
    let named = |source: &super::source::Source| {
        source.product_code().any(|(_, code)| code.contains(".open_ticket("))
    };

    let places: Vec<String> = sources().into_iter().filter(named).map(|source| source.path).collect();

    assert_eq!(places, ["src/alerts/ticket.rs"]);
}

/// The rooms that a line of code names as `crate::room` or `trueup::room`.
fn named_rooms(code: &str) -> impl Iterator<Item = &str> {
    code.split("crate::").skip(1).chain(code.split("trueup::").skip(1)).filter_map(|rest| {
        rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .next()
            .filter(|name| !name.is_empty())
    })
}
