//! What is shipped beside the program: a hardened service, an image without a shell, a deployment of one, and alerts that
//! fire when they should.
//!
//! Tools that check their own formats are asked where they are installed. Where one is missing, its check is skipped
//! with a line that says so; where TRUEUP_REQUIRE_TOOLS names it, it fails instead.

#[path = "tools/required.rs"]
mod required;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;
use trueup::cli::Exit;
use trueup::settings;

fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(packaging(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Runs a tool in the folder of what is shipped; nothing where it is not installed.
fn tool(name: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(name).args(arguments).current_dir(packaging("")).output() {
        Ok(output) => Some(output),
        Err(_) => {
            required::missing(name);
            None
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The settings of a unit that are in force, as `Key=value`.
fn unit() -> Vec<(String, String)> {
    let lines = text("trueup.service");
    let settings =
        lines.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    settings.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

#[test]
fn sec_r1_the_service_is_shut_in_as_far_as_it_can_work() {
    let Some(output) =
        tool("systemd-analyze", &["security", "--offline=true", "--no-pager", "trueup.service"])
    else {
        return;
    };

    let said = said(&output);
    let overall = said.split("Overall exposure level for trueup.service: ").nth(1);
    let level = overall.and_then(|rest| rest.split_whitespace().next()).expect("it gives a level");
    let (whole, tenths) = level.split_once('.').expect("it has one decimal");
    assert!((whole, tenths) <= ("2", "0") && whole.len() == 1, "exposure level {level}:\n{said}");
}

#[test]
fn sec_r1_the_service_has_its_own_user_limits_and_no_way_to_more_rights() {
    let unit = unit();
    for (key, value) in [
        ("Type", "notify"),
        ("User", "trueup"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("PrivateTmp", "yes"),
        ("SystemCallFilter", "@system-service"),
        ("UMask", "0077"),
        ("StateDirectoryMode", "0700"),
    ] {
        assert!(unit.contains(&(key.to_owned(), value.to_owned())), "{key}={value} is not there");
    }
    for key in ["MemoryMax", "TasksMax", "WatchdogSec", "RestrictAddressFamilies", "SystemCallErrorNumber"] {
        assert!(unit.iter().any(|(set, value)| set == key && !value.is_empty()), "{key} is not set");
    }
}

#[test]
fn sec_p4_no_core_is_dumped_and_no_page_is_swapped() {
    let unit = unit();
    for (key, value) in [("LimitCORE", "0"), ("MemorySwapMax", "0")] {
        assert!(unit.contains(&(key.to_owned(), value.to_owned())), "{key}={value} is not there");
    }
}

#[test]
fn the_service_is_reloaded_by_the_signal_and_not_started_again_on_what_stays_wrong() {
    let unit = unit();
    for (key, value) in [
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("Restart", "on-failure"),
        ("RestartPreventExitStatus", "4 64"),
        ("SuccessExitStatus", "6"),
    ] {
        assert!(unit.contains(&(key.to_owned(), value.to_owned())), "{key}={value} is not there");
    }
    assert_eq!([Exit::Invalid, Exit::Usage, Exit::Partly].map(Exit::code), [4, 64, 6]);
}

#[test]
fn systemd_understands_every_line_of_the_service() {
    let Some(output) = tool("systemd-analyze", &["verify", "--man=no", "trueup.service"]) else { return };

    let said = said(&output);
    let flaws = said.lines().filter(|line| line.contains("trueup.service"));
    // The program is not installed where the tests run.
    let flaws: Vec<&str> = flaws.filter(|line| !line.contains("is not executable")).collect();
    assert_eq!(flaws, Vec::<&str>::new());
}

#[test]
fn the_service_starts_a_verb_that_there_is() {
    let unit = unit();
    let (_, start) = unit.iter().find(|(key, _)| key == "ExecStart").expect("it starts something");
    let mut words = start.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>();
    words.push("--help".to_owned());

    let output = Command::new(env!("CARGO_BIN_EXE_trueup")).args(&words).output().expect("it starts");

    assert!(output.status.success(), "{words:?}: {}", said(&output));
}

#[test]
fn sec_r1_the_image_holds_the_program_and_no_shell_and_runs_as_nobody() {
    let text = text("Containerfile");
    let (_, image) = text.split_once("FROM scratch\n").expect("the last stage starts from nothing");
    assert!(!image.contains("RUN "), "there is nothing in it that could run");
    assert!(image.contains("USER 65532:65532"), "{image}");
    assert!(image.contains("ENTRYPOINT [\"/usr/bin/trueup\"]"), "{image}");
    assert!(!text.contains("HEALTHCHECK") && !text.contains("ADD "), "{text}");
    assert!(text.contains("cargo build --release --locked"), "{text}");
    let copied =
        text.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--"));
    for line in copied {
        let words: Vec<&str> = line.split_whitespace().collect();
        for source in &words[..words.len() - 1] {
            assert!(packaging("..").join(source).exists(), "{source} is copied and not there");
        }
    }
}

#[test]
fn the_image_is_built_from_every_file_that_the_build_reads() {
    let text = text("Containerfile");
    let mut sources = Vec::new();
    collect(&packaging("../src"), &mut sources);
    for source in sources.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let code = fs::read_to_string(source).expect("it can be read");
        for part in code.split("include_").skip(1).filter_map(|rest| rest.split_once("!(\"")) {
            let Some((path, _)) = part.1.split_once('"') else { continue };
            let file = source.parent().expect("it lies in a folder").join(path);
            let Ok(file) = file.canonicalize() else { continue };
            let root = packaging("..").canonicalize().expect("it is there");
            let below = file.strip_prefix(&root).expect("it lies in the repository");
            let top = below.components().next().expect("it has a name").as_os_str().to_string_lossy();
            assert!(text.contains(&format!("COPY {top} ")), "{} needs {top}", source.display());
        }
    }
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        if entry.path().is_dir() { collect(&entry.path(), into) } else { into.push(entry.path()) }
    }
}

/// The documents of the deployment by their kind.
fn deployment(kind: &str) -> Value {
    let text = text("kubernetes.yaml");
    let documents = serde_yaml::Deserializer::from_str(&text);
    let found = documents.map(|document| Value::deserialize(document).expect("it is YAML"));
    found
        .into_iter()
        .find(|document| document["kind"] == kind)
        .unwrap_or_else(|| panic!("there is no {kind}"))
}

#[test]
fn the_deployment_has_one_daemon_and_ends_it_before_the_next_starts() {
    let deployment = deployment("Deployment");

    assert_eq!(deployment["spec"]["replicas"], 1);
    assert_eq!(deployment["spec"]["strategy"]["type"], "Recreate");
    assert_eq!(self::deployment("PersistentVolumeClaim")["spec"]["accessModes"][0], "ReadWriteOncePod");
}

#[test]
fn sec_r1_the_deployment_runs_as_nobody_with_a_root_that_cannot_be_written() {
    let deployment = deployment("Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];

    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    assert_eq!(pod["automountServiceAccountToken"], false);
    let context = &container["securityContext"];
    assert_eq!(context["readOnlyRootFilesystem"], true);
    assert_eq!(context["allowPrivilegeEscalation"], false);
    assert_eq!(context["capabilities"]["drop"][0], "ALL");
    assert!(container["resources"]["limits"]["memory"].is_string());
    let probes = ["livenessProbe", "readinessProbe"].map(|probe| container[probe]["httpGet"]["path"].clone());
    assert_eq!(probes, ["/livez", "/readyz"]);
    let policy = self::deployment("NetworkPolicy");
    assert_eq!(policy["spec"]["policyTypes"], serde_json::json!(["Ingress", "Egress"]));
}

/// The settings of the deployment, as they are written.
fn deployed() -> String {
    deployment("ConfigMap")["data"]["trueup.yaml"].as_str().expect("it holds the settings").to_owned()
}

#[test]
fn the_settings_of_the_deployment_are_valid_and_what_listens_has_a_port() {
    let read = settings::parse(&Arc::from("trueup.yaml"), Path::new("/etc/trueup"), deployed().as_bytes());

    let settings = read.unwrap_or_else(|problems| panic!("{problems:#?}"));
    let metrics = settings.metrics.and_then(|metrics| metrics.listen).expect("they have a listener");
    let listening = [settings.listen.expect("it listens"), metrics].map(|listen| listen.address.port());
    let ports = |list: &Value, key: &str| -> Vec<Value> {
        list.as_array().expect("they are listed").iter().map(|port| port[key].clone()).collect()
    };
    let container = &deployment("Deployment")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(ports(&container["ports"], "containerPort"), listening);
    assert_eq!(ports(&deployment("Service")["spec"]["ports"], "port"), listening);
    let policy = deployment("NetworkPolicy");
    let let_in = policy["spec"]["ingress"].as_array().expect("somebody is let in");
    let let_in: Vec<Value> = let_in.iter().flat_map(|rule| ports(&rule["ports"], "port")).collect();
    assert_eq!(let_in, listening);
}

#[test]
fn the_secrets_of_the_deployment_lie_in_the_folder_of_credentials_and_its_journal_on_the_volume() {
    let deployment = deployment("Deployment");
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let env = container["env"].as_array().expect("it has variables");
    let credentials = env.iter().find(|variable| variable["name"] == "CREDENTIALS_DIRECTORY");
    let credentials = credentials.and_then(|variable| variable["value"].as_str()).expect("it is set");
    let mounts = container["volumeMounts"].as_array().expect("it has mounts");
    let mounted = |name: &str| {
        mounts.iter().find(|mount| mount["name"] == name).map(|mount| mount["mountPath"].clone())
    };

    // A group may read them there, and that is believed of this folder alone, not of those below it.
    assert_eq!(mounted("secrets"), Some(Value::from(credentials)));
    let text = deployed();
    let words = text.split(|sign: char| sign.is_whitespace() || ",{}".contains(sign));
    let secrets: Vec<&Path> = words.filter(|word| word.starts_with("/run/")).map(Path::new).collect();
    assert!(secrets.len() >= 9, "{secrets:?}");
    let created = self::text("kubernetes.yaml");
    for secret in secrets {
        assert_eq!(secret.parent(), Some(Path::new(credentials)), "{}", secret.display());
        let name = secret.file_name().expect("it has a name").to_string_lossy();
        assert!(
            created.contains(&format!("--from-file={name} "))
                || created.contains(&format!("--from-file={name}\n")),
            "{name}"
        );
    }
    assert!(text.contains("journal: /var/lib/trueup/") && mounted("state") == Some("/var/lib/trueup".into()));
}

#[test]
fn the_alerts_are_rules_that_prometheus_takes() {
    let Some(output) = tool("promtool", &["check", "rules", "trueup.rules.yaml"]) else { return };

    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn each_alert_fires_when_it_should_and_is_silent_when_it_should_be() {
    let Some(output) = tool("promtool", &["test", "rules", "trueup.rules.test.yaml"]) else { return };

    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn each_alert_has_a_test_that_it_fires_and_one_that_it_does_not() {
    let parse = |name: &str| serde_yaml::from_str::<Value>(&text(name)).expect("it is YAML");
    let (rules, tests) = (parse("trueup.rules.yaml"), parse("trueup.rules.test.yaml"));
    let groups = rules["groups"].as_array().expect("it has groups");
    let alerts = groups.iter().flat_map(|group| group["rules"].as_array().expect("a group has rules"));
    for alert in alerts {
        let name = alert["alert"].as_str().expect("it is an alert");
        assert!(
            alert["annotations"]["summary"].is_string() && alert["labels"]["severity"].is_string(),
            "{name}"
        );
        let tests = tests["tests"].as_array().expect("it has tests");
        let expected: Vec<bool> = tests
            .iter()
            .flat_map(|test| test["alert_rule_test"].as_array().expect("a test expects"))
            .filter(|test| test["alertname"] == name)
            .map(|test| test["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty()))
            .collect();
        assert!(expected.contains(&true) && expected.contains(&false), "{name} is tested as {expected:?}");
    }
}

#[test]
fn every_number_that_an_alert_looks_at_is_one_that_the_daemon_gives() {
    let metrics = fs::read_to_string(packaging("../src/web/metrics.rs")).expect("it can be read");
    let rules = text("trueup.rules.yaml");
    let names = rules.split(|sign: char| !sign.is_ascii_lowercase() && sign != '_');
    let names: Vec<&str> = names.filter(|name| name.starts_with("trueup_")).collect();

    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let name = name.strip_suffix("_total").unwrap_or(name);
        assert!(metrics.contains(&format!("\"{name}\"")), "the daemon gives no {name}");
    }
}
