//! `trueup init`: the first files of a tenant.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::screen::Screen;
use super::{Exit, Failure};

/// Write settings and a first mapping file, asking nothing
///
/// Overwrites nothing. What it cannot know is marked in the files.
///
/// Example:
///   trueup init billing --site https://api-eu.myconnectwise.net --company examplemsp
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Init {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// The ConnectWise API host
    #[arg(long, value_name = "URL", default_value = "https://api-na.myconnectwise.net")]
    site: String,
    /// The ConnectWise login company
    #[arg(long, value_name = "NAME", default_value = "examplemsp")]
    company: String,
}

const SETTINGS: &str = include_str!("init/trueup.yaml");
const MAPPING: &str = include_str!("init/backup.yaml");
const USAGE: &str = "as_of,account,name,kind,status,plan,base_bytes,used_bytes,\
local_backup,image_licenses,hyperv_hosts,vmware_hosts\n";

/// What never goes into the mapping repository.
const GITIGNORE: &str = "\
# The operator's own: settings, keys, usage and the journal
/trueup.yaml
/secrets/
/usage/
/trueup.db*
";

pub(super) fn run(verb: &Init, screen: &Screen) -> Result<Exit, Failure> {
    let settings = SETTINGS.replace("{site}", &verb.site).replace("{company}", &verb.company);
    let file: std::sync::Arc<str> = "trueup.yaml".into();
    if let Err(problems) = crate::settings::parse(&file, Path::new(""), settings.as_bytes()) {
        return Err(Failure::problems(Exit::Usage, "--site or --company cannot be used", problems));
    }
    let files = [
        ("trueup.yaml", settings),
        ("mappings/backup.yaml", MAPPING.to_owned()),
        ("usage/intronis.csv", USAGE.to_owned()),
        ("schemas/mapping.schema.json", super::schema::text(super::schema::Name::Mapping)),
        ("schemas/settings.schema.json", super::schema::text(super::schema::Name::Settings)),
        (".gitignore", GITIGNORE.to_owned()),
    ];
    if let Some((taken, _)) = files.iter().find(|(path, _)| verb.folder.join(path).exists()) {
        return Err(Failure::new(
            Exit::Usage,
            format!("{} exists already", verb.folder.join(taken).display()),
        )
        .with_hint("Nothing was written; name another folder"));
    }
    for (path, text) in &files {
        write(&verb.folder.join(path), text)?;
        screen.say(&format!("Wrote {}", verb.folder.join(path).display()));
    }
    screen.say("Next: put the three keys where trueup.yaml says, export usage, and try");
    screen.say(&format!("  trueup validate {}", verb.folder.join("mappings").display()));
    screen.say(&format!("  trueup plan --config {}", verb.folder.join("trueup.yaml").display()));
    Ok(Exit::Done)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    made.map_err(|error| {
        Failure::caused(Exit::Unexpected, format!("Cannot write {}", path.display()), &error)
    })
}
