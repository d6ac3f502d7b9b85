//! The laws of reading a plan back.

use super::{PlanFile, PlanFileError};
use crate::billing::AgreementId;
use crate::plan::sample::sample_plan;
use crate::plan::world::{World, quantity};
use crate::plan::{Show, Verdict, digest, write_json};

fn written(world: &World, show: Show) -> String {
    let mut bytes = Vec::new();
    write_json(&world.plan(), show, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn world() -> World {
    World::in_step()
        .line("alpha \"quoted\" \u{7f}\u{2028}ü", "BKP-GB", "10", "11")
        .line("beta", "BKP-GB", "12", "0")
        .missing("gamma", "BKP-VM", "3")
}

/// The text with its digest made to fit again, as an attacker would.
fn resealed(text: &str) -> String {
    match PlanFile::parse(text) {
        Err(PlanFileError::Digest { claimed, computed }) => text.replace(&claimed, &computed),
        Ok(_) | Err(_) => text.to_owned(),
    }
}

#[test]
fn a_plan_reads_back_as_it_was_written_whatever_is_listed() {
    let world = world();

    for (show, lines) in [(Show::Changes, 3), (Show::All, 4)] {
        let file = PlanFile::parse(&written(&world, show)).unwrap();

        assert_eq!(
            (file.lines.len(), file.tenant.as_str(), file.planned_at),
            (lines, "example-msp", world.now)
        );
    }
}

#[test]
fn a_plan_with_problems_and_places_reads_back_as_it_was_written() {
    let mut plan = sample_plan();
    for (number, line) in (1..).zip(&mut plan.lines) {
        line.agreement.id = AgreementId(number);
    }
    plan.problems[0].release = Some("waivers: []".to_owned());
    plan.digest = digest(&plan, Show::Changes);
    let mut bytes = Vec::new();
    write_json(&plan, Show::Changes, &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();

    let file = PlanFile::parse(&text).unwrap();

    assert_eq!((file.digest, plan.problems.len()), (plan.digest, 3));
    let sorted: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(format!("{sorted}\n"), text, "every key of the document stands in order");
}

#[test]
fn the_lines_say_from_what_to_what() {
    let file = PlanFile::parse(&written(&world(), Show::Changes)).unwrap();

    let line = &file.lines[0];
    assert_eq!(
        (line.verdict, line.current, line.desired),
        (Verdict::Update, Some(quantity("10")), Some(quantity("11")))
    );
    assert_eq!(file.lines[1].verdict, Verdict::Hold);
    assert_eq!((file.lines[2].verdict, file.lines[2].addition), (Verdict::Create, None));
}

#[test]
fn layout_is_immaterial_and_content_is_not() {
    let text = written(&world(), Show::Changes);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();

    let pretty = serde_json::to_string_pretty(&value).unwrap();

    assert!(PlanFile::parse(&pretty).is_ok());
    let changed = pretty.replacen("\"desired\": \"11\"", "\"desired\": \"12\"", 1);
    assert!(matches!(PlanFile::parse(&changed), Err(PlanFileError::Digest { .. })));
}

#[test]
fn a_key_that_stands_twice_is_refused_before_anything_is_believed() {
    let text =
        written(&world(), Show::Changes).replacen("\"tenant\":", "\"tenant\":\"other\",\"tenant\":", 1);

    let error = PlanFile::parse(&text).unwrap_err();

    assert!(matches!(&error, PlanFileError::Syntax { reason } if reason.contains("stands twice")), "{error}");
}

#[test]
fn another_format_is_refused() {
    let text = written(&world(), Show::Changes).replace("trueup.plan/1", "trueup.plan/2");

    assert_eq!(PlanFile::parse(&text), Err(PlanFileError::Format { found: "trueup.plan/2".to_owned() }));
}

#[test]
fn text_that_is_no_plan_is_refused_without_a_panic() {
    for text in ["", "[]", "{}", "null", "{\"format\":\"trueup.plan/1\"}", "{\"format\":1}", "{} {}"] {
        assert!(PlanFile::parse(text).is_err(), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(PlanFile::parse(&deep), Err(PlanFileError::Syntax { .. })));
}

#[test]
fn two_lines_for_one_addition_are_refused_even_when_the_digest_fits() {
    let text = written(&World::in_step().line("alpha", "BKP-GB", "10", "11"), Show::Changes);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let line = value["lines"][0].to_string();

    let twice = resealed(&text.replacen(&line, &format!("{line},{line}"), 1));

    assert!(matches!(PlanFile::parse(&twice), Err(PlanFileError::DuplicateLine { .. })));
}

#[test]
fn a_write_without_its_addition_or_its_before_is_refused() {
    let text = written(&World::in_step().line("alpha", "BKP-GB", "10", "11"), Show::Changes);

    let blind = resealed(&text.replacen("\"current\":\"10\"", "\"current\":null", 1));

    assert!(matches!(PlanFile::parse(&blind), Err(PlanFileError::Incomplete { missing: "current", .. })));
}

#[test]
fn a_quantity_that_is_no_exact_decimal_is_refused() {
    let text = written(&World::in_step().line("alpha", "BKP-GB", "10", "11"), Show::Changes);

    for wrong in ["\"1e3\"", "11", "\"NaN\"", "\"\""] {
        let changed = resealed(&text.replacen("\"desired\":\"11\"", &format!("\"desired\":{wrong}"), 1));

        assert!(matches!(PlanFile::parse(&changed), Err(PlanFileError::Shape { .. })), "{wrong}");
    }
}
