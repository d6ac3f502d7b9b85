//! SARIF 2.1.0, as code scanning reads it: one rule a code, one result a problem.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Code, Place, Problem, sentence_and_hint, severity_word, write_json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(problems: &[&Problem], out: &mut impl Write) -> io::Result<()> {
    let codes: BTreeSet<Code> = problems.iter().map(|problem| problem.code).collect();
    let rules: Vec<_> = codes.iter().map(|&code| rule(code)).collect();
    let results: Vec<_> = problems.iter().map(|problem| result(problem, &codes)).collect();
    let driver = json!({ "name": "trueup", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    write_json(&json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }), out)
}

fn rule(code: Code) -> Value {
    let page = code.page();
    let help = format!("{}\n\n{}", page.why, page.clear);
    json!({
        "id": code,
        "shortDescription": { "text": page.title },
        "fullDescription": { "text": page.meaning },
        "help": { "text": help, "markdown": help },
    })
}

fn result(problem: &Problem, codes: &BTreeSet<Code>) -> Value {
    let index = codes.iter().position(|&code| code == problem.code);
    json!({
        "ruleId": problem.code,
        "ruleIndex": index,
        "level": severity_word(problem.severity),
        "message": { "text": sentence_and_hint(problem) },
        "locations": problem.place.iter().map(location).collect::<Vec<_>>(),
    })
}

fn location(place: &Place) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&place.file), "uriBaseId": "%SRCROOT%" },
        "region": { "startLine": place.line.max(1), "startColumn": place.column.max(1) },
    } })
}

/// A relative path as a URI: everything but plain characters and slashes is written as `%` and two digits. A colon too,
/// or what stands before it would be a scheme.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::sample::{problems, written};
    use super::{severity_word, uri, write};
    use crate::problem::Severity;

    fn run() -> serde_json::Value {
        let report: serde_json::Value = serde_json::from_str(&written(&problems(), write)).unwrap();
        assert_eq!(report["version"], "2.1.0");
        report["runs"][0].clone()
    }

    #[test]
    fn every_problem_is_a_result_of_its_rule() {
        let run = run();

        for (result, problem) in run["results"].as_array().unwrap().iter().zip(problems()) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], problem.code.as_str());
            assert_eq!(result["ruleId"], problem.code.as_str());
            assert_eq!(result["level"], severity_word(problem.severity));
        }
    }

    #[test]
    fn a_rule_explains_itself() {
        let rule = &run()["tool"]["driver"]["rules"][0];

        assert_eq!(rule["id"], "unmapped_plan");
        assert_eq!(rule["shortDescription"]["text"], "An account's backup plan has no mapping row");
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("```yaml\nsource: intronis\n"));
    }

    #[test]
    fn levels_are_words_that_sarif_knows() {
        let words = [Severity::Error, Severity::Warning, Severity::Note].map(severity_word);

        assert_eq!(words, ["error", "warning", "note"]);
    }

    #[test]
    fn a_place_is_a_line_and_a_column_of_a_relative_uri() {
        let place = &run()["results"][0]["locations"][0]["physicalLocation"];

        assert_eq!(place["artifactLocation"]["uri"], "mappings/a%20b%2Cc%3Ad.yaml");
        assert_eq!(place["region"], serde_json::json!({ "startLine": 3, "startColumn": 5 }));
    }

    #[test]
    fn a_problem_without_a_place_has_no_location() {
        assert_eq!(run()["results"][1]["locations"], serde_json::json!([]));
    }

    #[test]
    fn letters_beyond_ascii_are_spelled_in_a_uri() {
        assert_eq!(uri(r"mappings\kö.yaml"), "mappings/k%C3%B6.yaml");
    }
}
