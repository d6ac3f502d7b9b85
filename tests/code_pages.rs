//! Every page explains a code: a file that no code shows would be read by nobody.

use std::collections::BTreeSet;
use std::path::Path;

use trueup::problem::Code;

#[test]
fn every_page_belongs_to_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/problem/pages");

    let files: BTreeSet<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();

    let pages: BTreeSet<_> = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(files, pages);
}
