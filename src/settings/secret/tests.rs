//! Reading secrets, and refusing to.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::{Kept, Secret, resolve_in};
use crate::problem::{Code, Place, Span};

fn place() -> Place {
    Place { file: "trueup.yaml".into(), line: 10, column: 20, span: Span::default() }
}

/// What became of a secret: its text, or the code of the problem.
fn resolve(kept: Kept, variable: impl Fn(&str) -> Option<OsString>) -> Result<String, Code> {
    let secret = Secret { kept, place: place() };
    let resolved = resolve_in(&secret, variable);
    resolved.map(|text| text.expose_secret().to_owned()).map_err(|problem| {
        assert_eq!(problem.place, Some(place()));
        assert!(problem.hint.is_some());
        assert!(!format!("{problem:?}").contains("hunter2"));
        problem.code
    })
}

fn from_environment(value: Option<&str>) -> Result<String, Code> {
    let kept = Kept::Environment("TRUEUP_KEY".to_owned());
    resolve(kept, |name| value.filter(|_| name == "TRUEUP_KEY").map(Into::into))
}

fn file_of(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    fs::write(&path, bytes).unwrap();
    #[cfg(unix)]
    set_mode(&path, 0o600);
    (folder, path)
}

#[cfg(unix)]
fn set_mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn from_file(bytes: &[u8]) -> Result<String, Code> {
    let (_folder, path) = file_of(bytes);
    resolve(Kept::File(path), |_| None)
}

#[test]
fn one_closing_line_break_is_cut_and_nothing_else() {
    for (written, secret) in [
        ("hunter2", "hunter2"),
        ("hunter2\n", "hunter2"),
        ("hunter2\r\n", "hunter2"),
        (" hunter2 \n", " hunter2 "),
        ("pass wörd", "pass wörd"),
    ] {
        assert_eq!(from_file(written.as_bytes()).as_deref(), Ok(secret));
        assert_eq!(from_environment(Some(written)).as_deref(), Ok(secret));
    }
}

#[test]
fn what_is_missing_or_empty_is_missing() {
    assert_eq!(from_environment(None), Err(Code::SecretMissing));
    for empty in ["", "\n", "  \n"] {
        assert_eq!(from_environment(Some(empty)), Err(Code::SecretMissing));
        assert_eq!(from_file(empty.as_bytes()), Err(Code::SecretMissing));
    }
    assert_eq!(resolve(Kept::File("/nowhere/key".into()), |_| None), Err(Code::SecretMissing));
}

#[test]
fn what_could_not_stand_in_a_header_is_no_secret() {
    for odd in ["hunter2\nX-Injected: 1", "hunter2\n\n", "hunter2\t", "hunter2\0"] {
        assert_eq!(from_file(odd.as_bytes()), Err(Code::InvalidValue), "{odd:?}");
    }
    assert_eq!(from_file(b"hunter2\xFF"), Err(Code::NotUtf8));
    assert_eq!(from_file(&vec![b'x'; 16 * 1024 + 1]), Err(Code::TooLarge));
    assert_eq!(resolve(Kept::File(std::env::temp_dir()), |_| None), Err(Code::SpecialFile));
}

#[cfg(unix)]
#[test]
fn a_credential_of_the_service_may_be_given_by_a_group_and_by_nothing_else() {
    let (folder, path) = file_of(b"hunter2");
    let credentials = |name: &str| (name == "CREDENTIALS_DIRECTORY").then(|| folder.path().into());
    for (mode, result) in [
        (0o440, Ok("hunter2".to_owned())),
        (0o400, Ok("hunter2".to_owned())),
        (0o460, Err(Code::SecretFileMode)),
        (0o444, Err(Code::SecretFileMode)),
    ] {
        set_mode(&path, mode);

        assert_eq!(resolve(Kept::File(path.clone()), credentials), result, "{mode:o}");
    }
    set_mode(&path, 0o440);
    let elsewhere = |name: &str| (name == "CREDENTIALS_DIRECTORY").then(|| "/elsewhere".into());
    assert_eq!(resolve(Kept::File(path), elsewhere), Err(Code::SecretFileMode));
}

#[cfg(unix)]
#[test]
fn sec_p2_a_file_that_others_may_use_is_refused() {
    let (_folder, path) = file_of(b"hunter2");
    for (mode, result) in [
        (0o600, Ok("hunter2".to_owned())),
        (0o400, Ok("hunter2".to_owned())),
        (0o640, Err(Code::SecretFileMode)),
        (0o604, Err(Code::SecretFileMode)),
        (0o660, Err(Code::SecretFileMode)),
        (0o601, Err(Code::SecretFileMode)),
        (0o644, Err(Code::SecretFileMode)),
    ] {
        set_mode(&path, mode);

        assert_eq!(resolve(Kept::File(path.clone()), |_| None), result, "{mode:o}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_counts_by_the_file_it_points_to() {
    let (folder, path) = file_of(b"hunter2");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();

    assert_eq!(resolve(Kept::File(link.clone()), |_| None), Ok("hunter2".to_owned()));
    set_mode(&path, 0o644);
    assert_eq!(resolve(Kept::File(link), |_| None), Err(Code::SecretFileMode));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;

    let kept = Kept::Environment("TRUEUP_KEY".to_owned());

    assert_eq!(resolve(kept, |_| Some(OsString::from_vec(vec![0xFF]))), Err(Code::NotUtf8));
}

#[test]
fn i8_a_secret_file_that_was_replaced_is_read_anew() {
    let (_folder, path) = file_of(b"hunter2-before");
    let secret = Secret { kept: Kept::File(path.clone()), place: place() };
    let read = || resolve_in(&secret, |_| None).map(|text| text.expose_secret().to_owned());
    assert_eq!(read().as_deref(), Ok("hunter2-before"));

    fs::write(&path, "hunter2-after").unwrap();

    assert_eq!(read().as_deref(), Ok("hunter2-after"));
}
