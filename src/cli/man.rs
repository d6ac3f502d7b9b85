//! `trueup man DIR`: writes the manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::screen::Screen;
use super::{Exit, Failure};

/// Write the manual pages into a folder, one for each verb
///
/// Example:
///   trueup man ~/.local/share/man/man1
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Man {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(verb: &Man, screen: &Screen) -> Result<Exit, Failure> {
    let mut command = super::command();
    command.build();
    let mut pages = vec![command.clone()];
    pages.extend(command.get_subcommands().filter(|verb| verb.get_name() != "help").cloned());

    fs::create_dir_all(&verb.folder).map_err(|error| cannot_write(&verb.folder, &error))?;
    for page in &pages {
        let name = page.get_display_name().unwrap_or(page.get_name()).to_owned();
        let file = verb.folder.join(format!("{name}.1"));
        let mut text = Vec::new();
        let rendered = clap_mangen::Man::new(page.clone()).render(&mut text);
        rendered.and_then(|()| fs::write(&file, text)).map_err(|error| cannot_write(&file, &error))?;
    }
    screen.say(&format!("Wrote {} manual pages to {}", pages.len(), verb.folder.display()));
    Ok(Exit::Done)
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::caused(Exit::Unexpected, format!("Cannot write {}", path.display()), error)
}
