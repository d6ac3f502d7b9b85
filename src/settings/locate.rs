//! Finds the settings file: `--config`, then `TRUEUP_CONFIG`, then `./trueup.yaml`, then the user's configuration.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::SettingsError;

/// The settings file to use. One that is named is used even where it is missing, so that no other takes its place.
///
/// # Errors
///
/// When none is named and none lies in the usual places.
pub fn locate(config: Option<&Path>) -> Result<PathBuf, SettingsError> {
    locate_in(config, Path::new(""), |name| env::var_os(name))
}

fn locate_in(
    config: Option<&Path>,
    directory: &Path,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<PathBuf, SettingsError> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(named) = config.map(Path::to_owned).or_else(|| variable("TRUEUP_CONFIG")) {
        return Ok(named);
    }
    // A relative place would depend on where the program happens to run, and is to be ignored.
    let home = || variable("HOME").filter(|home| home.is_absolute()).map(|home| home.join(".config"));
    let user = variable("XDG_CONFIG_HOME").filter(|place| place.is_absolute()).or_else(home);
    let here = directory.join("trueup.yaml");
    let tried: Vec<PathBuf> =
        [Some(here), user.map(|user| user.join("trueup/trueup.yaml"))].into_iter().flatten().collect();
    match tried.iter().find(|path| path.exists()) {
        Some(found) => Ok(found.clone()),
        None => Err(SettingsError::Missing { tried }),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::locate_in;
    use crate::settings::SettingsError;

    #[test]
    fn the_first_place_that_has_settings_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for place in ["xdg/trueup", "home/.config/trueup", "here", "nothing"] {
            fs::create_dir_all(root.join(place)).unwrap();
            if place != "nothing" {
                fs::write(root.join(place).join("trueup.yaml"), "").unwrap();
            }
        }
        let find = |config: Option<&str>, here: &str, set: &[(&str, PathBuf)]| {
            let variable = |name: &str| -> Option<OsString> {
                set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone().into_os_string())
            };
            locate_in(config.map(Path::new), &root.join(here), variable)
        };
        let [named, xdg, home] = [
            ("TRUEUP_CONFIG", PathBuf::from("named.yaml")),
            ("XDG_CONFIG_HOME", root.join("xdg")),
            ("HOME", root.join("home")),
        ];
        let all = [named, xdg, home.clone()];

        assert_eq!(find(Some("flag.yaml"), "here", &all).unwrap(), Path::new("flag.yaml"));
        assert_eq!(find(None, "here", &all).unwrap(), Path::new("named.yaml"));
        assert_eq!(find(None, "here", &all[1..]).unwrap(), root.join("here/trueup.yaml"));
        assert_eq!(find(None, "nothing", &all[1..]).unwrap(), root.join("xdg/trueup/trueup.yaml"));
        assert_eq!(find(None, "nothing", &all[2..]).unwrap(), root.join("home/.config/trueup/trueup.yaml"));
        let relative = [("XDG_CONFIG_HOME", PathBuf::from("xdg")), home];
        assert_eq!(find(None, "nothing", &relative).unwrap(), root.join("home/.config/trueup/trueup.yaml"));
        assert!(
            matches!(find(None, "nothing", &[]), Err(SettingsError::Missing { tried }) if tried.len() == 1)
        );
    }
}
