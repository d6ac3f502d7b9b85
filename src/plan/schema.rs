//! The JSON Schema of the plan document, as `trueup schema plan` prints it.
//!
//! Generated from the types that are written. Keys that it does not name may be added: consumers ignore them.

use schemars::Schema;
use schemars::generate::SchemaSettings;

use super::Plan;

/// The JSON Schema of a plan document.
#[must_use]
pub fn schema() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Plan<'static>>()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::schema;
    use crate::plan::sample::sample_plan;
    use crate::plan::world::{World, quantity};
    use crate::plan::{Plan, Show, against, write_json};

    fn document(plan: &Plan<'_>) -> Value {
        let mut bytes = Vec::new();
        write_json(plan, Show::All, &mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn errors(document: &Value) -> Vec<String> {
        let validator = jsonschema::validator_for(schema().as_value()).unwrap();
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn the_schema_in_the_repository_is_that_of_the_type() {
        let text = format!("{:#}\n", schema().as_value());

        assert!(
            include_str!("../../schemas/plan.schema.json") == text,
            "run: trueup schema plan > schemas/plan.schema.json"
        );
    }

    #[test]
    fn plans_fit_the_schema() {
        let moved = World::in_step()
            .line("held", "BKP-GB", "10", "0")
            .line("less", "BKP-GB", "10", "9")
            .missing("none", "BKP-GB", "2.5")
            .usage(|snapshot| snapshot.complete = false);
        let (base, head) = (
            World::in_step(),
            World::in_step().with("acme", "BKP-GB", |spec| {
                spec.desired = Some(quantity("101"));
            }),
        );
        let compared = against(&base.plan(), head.plan());

        for plan in [moved.plan(), sample_plan(), compared] {
            assert_eq!(errors(&document(&plan)), [] as [String; 0]);
        }
    }

    #[test]
    fn the_schema_refuses_numbers_that_are_no_decimal_strings_and_missing_keys() {
        let world = World::in_step();
        let plan = world.plan();
        for (pointer, wrong) in [
            ("/lines/0/current", Value::from(100)),
            ("/lines/0/desired", Value::from("1e2")),
            ("/lines/0/verdict", Value::from("delete")),
            ("/summary/monthly_delta", Value::from(0.5)),
        ] {
            let mut document = document(&plan);
            *document.pointer_mut(pointer).unwrap() = wrong;

            assert_eq!(errors(&document).len(), 1, "{pointer}");
        }
        let mut document = document(&plan);
        document.as_object_mut().unwrap().remove("digest");
        assert_eq!(errors(&document).len(), 1);
    }
}
