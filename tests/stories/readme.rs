//! The README shows what the demonstration really prints, and its settings and usage are real.

use std::fs;
use std::path::Path;
use std::process::Command;

const BEGIN: &str = "<!-- demo output: begin -->";
const END: &str = "<!-- demo output: end -->";

#[test]
fn the_readme_shows_what_the_demonstration_prints() {
    let demonstration = Command::new(env!("CARGO_BIN_EXE_trueup")).args(["demo", "--once"]).output().unwrap();
    assert!(demonstration.status.success(), "{}", String::from_utf8_lossy(&demonstration.stderr));
    let printed = String::from_utf8(demonstration.stdout).unwrap();
    remove_workspace(&printed);

    let shown = section(&readme(), BEGIN, END);

    let shown = shown.trim().trim_start_matches("```text").trim_end_matches("```").trim();
    assert_eq!(
        plain(shown),
        plain(printed.trim()),
        "put the output of `trueup demo --once` between the marks of the README"
    );
}

#[test]
fn the_settings_of_the_readme_are_read() {
    for begin in ["```yaml\n# trueup.yaml\n", "```yaml\n# trueup.yaml of a daemon\n"] {
        let yaml = section(&readme(), begin, "```");

        let settings = trueup::settings::parse(&"trueup.yaml".into(), Path::new(""), yaml.as_bytes());

        assert_eq!(settings.map(|settings| settings.tenants.len()), Ok(1));
    }
}

#[test]
fn every_file_that_the_daemon_of_the_readme_names_is_made_and_installed_by_its_commands() {
    let readme = readme();
    let yaml = section(&readme, "```yaml\n# trueup.yaml of a daemon\n", "```");
    let commands: Vec<&str> =
        readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    let commands = commands.concat();

    let in_force = yaml.lines().filter(|line| !line.trim_start().starts_with('#'));
    let files: Vec<&str> = in_force
        .flat_map(|line| line.split("{ file: ").skip(1))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        assert!(
            commands.lines().any(|line| {
                line.split_once("> ")
                    .is_some_and(|(_, target)| target.split_whitespace().next() == Some(file))
            }),
            "nothing makes {file}"
        );
        assert!(file.starts_with("secrets/"), "{file} is not installed");
    }
    for installed in [
        "-m 0600 -o trueup -g trueup secrets/* /etc/trueup/secrets/",
        "-m 0644 usage/intronis.csv /etc/trueup/usage/",
        "-m 0640 -g trueup trueup.yaml /etc/trueup/trueup.yaml",
        "-m 0600 -o trueup -g trueup users.txt /etc/trueup/users.txt",
        "-m 0600 -o trueup -g trueup tls/chain.pem tls/key.pem /etc/trueup/tls/",
    ] {
        assert!(commands.contains(&format!("sudo install {installed}")), "{installed}");
    }
}

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("there is a README")
}

fn section(text: &str, begin: &str, end: &str) -> String {
    let (_, rest) = text.split_once(begin).expect("the section begins");
    rest.split_once(end).expect("the section ends").0.to_owned()
}

/// The text line by line without what differs from run to run: times, commits, ages and the temporary folder.
fn plain(text: &str) -> Vec<String> {
    text.lines().map(|line| line.split_whitespace().map(steady).collect::<Vec<_>>().join(" ")).collect()
}

fn steady(word: &str) -> &str {
    let is_commit = word.len() == 7 && word.chars().all(|letter| letter.is_ascii_hexdigit());
    let is_day = word.len() == 10 && word.matches('-').count() == 2 && word.starts_with("20");
    let is_time = word.ends_with('Z') && word.contains(':');
    let is_folder = word.contains("trueup-demo-");
    if is_commit || is_day || is_time || is_folder { "…" } else { word }
}

/// The demonstration leaves its workspace for the reader; here nobody reads it.
fn remove_workspace(printed: &str) {
    let folder =
        printed.lines().map(str::trim).find(|line| line.contains("trueup-demo-") && Path::new(line).is_dir());
    fs::remove_dir_all(folder.expect("it says where its workspace is")).expect("it can be removed");
}
