//! The format of the fault file: strict, documented, the same in code and schema.

use crate::simulator::FaultFile;

/// Every fault, as a file writes it.
pub(super) const EVERY: &[&str] = &[
    "{ latency: {} }",
    "{ slowFirstByte: { wait: 2s } }",
    "{ slowBody: {} }",
    "{ landsLate: { by: 2m } }",
    "{ throttle: { perMinute: 60, atOnce: 4, retryAfter: [none, date, '30'] } }",
    "{ tooMany: {} }",
    "{ timedOut: beforeCommit }",
    "{ reset: afterCommit }",
    "{ gateway: {} }",
    "{ status: { status: 418 } }",
    "truncated",
    "empty",
    "noContent",
    "page",
    "nullBody",
    "{ wrongType: {} }",
    "{ redirect: { to: /login } }",
    "notFound",
    "{ releaseMoves: { to: '2026.5' } }",
    "rowInserted",
    "rowDeleted",
    "{ shortPage: { rows: 5 } }",
    "{ countOff: { by: 1 } }",
    "repeatedPage",
    "linkLoops",
    "{ linkElsewhere: { to: 'https://evil.example' } }",
    "linkMissing",
    "{ anotherActor: { does: delete } }",
    "{ staleRead: { within: 3s } }",
    "{ invalidRecord: generic }",
    "writeIgnored",
    "{ storedRounded: { decimals: 2 } }",
    "{ storedAtMost: { quantity: 5 } }",
    "{ storedPlus: { quantity: '0.5' } }",
    "{ otherFieldChanges: { value: 1 } }",
    "otherRecord",
    "emptyDates",
    "extraProperties",
    "additionStatus",
    "{ isCloud: boolean }",
    "forbidden",
    "unauthorized",
    "{ permissionRemoved: { function: Agreements, right: edit } }",
    "keyRevoked",
    "{ age: { by: 1h } }",
    "{ repeatedDate: {} }",
    "{ hugeHeaders: {} }",
    "{ gzipBomb: {} }",
    "endless",
];

fn with(fault: &str) -> FaultFile {
    FaultFile::from_yaml(&format!("faults:\n  - fault: {fault}\n")).unwrap()
}

fn complaint(yaml: &str) -> String {
    FaultFile::from_yaml(yaml).unwrap_err().to_string()
}

#[test]
fn every_fault_of_the_schema_can_be_written_and_does_something() {
    let schema = FaultFile::schema().to_value();
    let choices = schema["$defs"]["Bite"]["oneOf"].as_array().unwrap();
    let named = choices.iter().flat_map(|choice| {
        let required = choice["required"].as_array().into_iter().flatten();
        let constant = std::iter::once(&choice["const"]);
        let several = choice["enum"].as_array().into_iter().flatten();
        required.chain(constant).chain(several).filter_map(|name| name.as_str()).map(str::to_owned)
    });
    let in_schema: std::collections::BTreeSet<String> = named.collect();

    let written = EVERY.iter().map(|fault| with(fault).faults.remove(0).fault);
    let written: std::collections::BTreeSet<String> = written
        .map(|bite| {
            assert!(bite.does_something(), "{bite:?}");
            bite.name().to_owned()
        })
        .collect();

    assert_eq!(written, in_schema);
}

#[test]
fn every_fault_is_called_what_the_file_calls_it_and_survives_being_written_and_read_again() {
    for fault in EVERY {
        let file = with(fault);
        let name = file.faults[0].fault.name();

        assert!(fault.trim_start_matches("{ ").starts_with(name), "{fault} is not called {name}");
        assert_eq!(FaultFile::from_yaml(&serde_yaml::to_string(&file).unwrap()).unwrap(), file);
    }
}

#[test]
fn the_example_of_the_schema_is_a_fault_file() {
    let schema = FaultFile::schema().to_value();
    let description = schema["description"].as_str().unwrap();
    let example = description.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();

    assert_eq!(FaultFile::from_yaml(example).unwrap().faults.len(), 5);
}

#[test]
fn what_no_rule_has_is_refused_with_its_place() {
    let unknown = complaint("faults:\n  - fault: endless\n  - onn: {}\n    fault: endless\n");
    assert!(unknown.contains("faults[1]") && unknown.contains("unknown field `onn`"), "{unknown}");
    assert!(unknown.contains("line 3"), "{unknown}");
    let route = complaint("faults:\n  - on: { route: aditions }\n    fault: endless\n");
    assert!(route.contains("aditions") && route.contains("line 2"), "{route}");
    let fault = complaint("faults:\n  - fault: { latency: { medium: 3s } }\n");
    assert!(fault.contains("medium") && fault.contains("median"), "{fault}");
    let span = complaint("faults:\n  - fault: { slowFirstByte: { wait: 3 } }\n");
    assert!(span.contains("`3` is no span of time: write a whole number and a unit"), "{span}");
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    let second = |rule: &str| complaint(&format!("faults: [{{ fault: endless }}, {{ {rule} }}]"));

    assert_eq!(
        second("when: { probability: 1.5 }, fault: endless"),
        "the fault file is not valid: faults[1].when.probability: 1.5 is no probability: write a number from 0 to 1"
    );
    assert!(second("when: { every: 0 }, fault: endless").contains("faults[1].when.every"));
    assert!(second("when: { between: [20s, 10s] }, fault: endless").contains("20s is not before 10s"));
    assert!(second("fault: { throttle: { perMinute: 0 } }").contains("faults[1].fault.throttle.perMinute"));
    assert!(second("fault: { gateway: { status: 99 } }").contains("99 is no status"));
    assert!(second("fault: { releaseMoves: { to: next } }").contains("as 2026.5"));
}

#[test]
fn an_empty_file_arms_nothing() {
    assert_eq!(FaultFile::from_yaml("").unwrap(), FaultFile::default());
}
