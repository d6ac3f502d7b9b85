//! Every page explains a code: a file that no code shows would be read by nobody.

use std::collections::BTreeSet;
use std::path::Path;

use trueup::mapping::{MappingFile, validate};
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

#[test]
fn every_yaml_of_a_page_is_a_valid_mapping_document() {
    let base = "\
        source: intronis\nintegration: Barracuda Intronis\n\
        intronis_backup_plan:\n  - { plan: Base, level: Base, usage_value: total }\n";
    let now = "2026-11-22T09:12:00Z".parse().unwrap();
    for code in Code::ALL {
        let page = code.page();
        let blocks = page.clear.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next());
        for block in blocks {
            let files = [MappingFile::new("base.yaml", base), MappingFile::new("page.yaml", block)];

            let problems = validate(&files, now);

            assert_eq!(problems, [], "{code}: {block}");
        }
    }
}
