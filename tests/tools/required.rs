//! Which programs of others a test has to ask: those that TRUEUP_REQUIRE_TOOLS names, with blanks between.
//!
//! Where one is missing that is not named, its test is skipped with a line that says so.

/// Skips what asks a program that is not installed; fails where it has to be asked.
pub fn missing(program: &str) {
    let required = std::env::var("TRUEUP_REQUIRE_TOOLS").unwrap_or_default();
    assert!(!names(&required, program), "{program} is required and not installed");
    println!("skipped: {program} is not installed");
}

fn names(list: &str, program: &str) -> bool {
    list.split_whitespace().any(|name| name == program)
}

#[test]
fn a_program_is_required_by_its_own_name_whatever_else_is_missing() {
    assert!(names("promtool sshd", "sshd"));
    assert!(!names("promtool sshd", "systemd-analyze"));
    assert!(!names("promtool sshd", "prom"));
    assert!(!names("", "sshd"));
}
