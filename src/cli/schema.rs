//! `trueup schema NAME`: prints the JSON Schema of a document, or the policy with every default written out.

use std::io::{self, Write};

use clap::{Args, ValueEnum};

use super::{Exit, Failure};

/// Print the JSON Schema of a document
///
/// Examples:
///   trueup schema mapping > schemas/mapping.schema.json
///   trueup schema --defaults policy                     every default of the policy, as YAML
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Schema {
    /// The document
    #[arg(value_name = "NAME", required_unless_present = "defaults", conflicts_with = "defaults")]
    name: Option<Name>,
    /// Print defaults as YAML instead of a schema
    #[arg(long, value_name = "SECTION")]
    defaults: Option<Section>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Name {
    /// Mapping files
    Mapping,
    /// The settings, trueup.yaml
    Settings,
    /// Usage as JSON
    Usage,
    /// The plan document
    Plan,
    /// The simulator's seed
    Seed,
    /// The simulator's fault file
    Faults,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Section {
    /// The policy of a tenant
    Policy,
}

pub(super) fn run(verb: &Schema) -> Result<Exit, Failure> {
    let text = match (verb.defaults, verb.name) {
        (Some(Section::Policy), _) => crate::mapping::policy_defaults_yaml(),
        (None, Some(name)) => text(name),
        (None, None) => return Err(Failure::new(Exit::Usage, "Name a document")),
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

/// The schema of a document, as the text of a file.
pub(super) fn text(name: Name) -> String {
    let schema = match name {
        Name::Mapping => crate::mapping::schema(),
        Name::Settings => crate::settings::schema(),
        Name::Usage => crate::sources::schema(),
        Name::Plan => crate::plan::schema(),
        Name::Seed => crate::simulator::Seed::schema(),
        Name::Faults => crate::simulator::FaultFile::schema(),
    };
    format!("{:#}\n", schema.as_value())
}

#[cfg(test)]
mod tests {
    use super::{Name, text};

    #[test]
    fn what_is_printed_is_what_the_repository_holds() {
        let kept = [
            (Name::Mapping, include_str!("../../schemas/mapping.schema.json")),
            (Name::Settings, include_str!("../../schemas/settings.schema.json")),
            (Name::Usage, include_str!("../../schemas/usage.schema.json")),
            (Name::Plan, include_str!("../../schemas/plan.schema.json")),
            (Name::Faults, include_str!("../../schemas/faults.schema.json")),
        ];
        for (name, kept) in kept {
            assert!(text(name) == kept, "run: trueup schema … > schemas/… for {name:?}");
        }
    }
}
