//! Every code is explained, and explained in the same order.

use super::{CLEAR, Page, WHY, write_page};
use crate::problem::{Code, Color, width};

fn shown(code: Code, columns: Option<usize>) -> String {
    let mut out = Vec::new();
    write_page(&code.page(), columns, Color::Never, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_page_tells_what_it_means_why_it_exists_and_how_to_clear_it() {
    for &code in Code::ALL {
        let text = code.page_text();
        let Page { title, meaning, why, clear, code: _ } = code.page();

        assert!(text.starts_with("# "), "{code}: a title first");
        assert_eq!((text.matches(WHY).count(), text.matches(CLEAR).count()), (1, 1), "{code}: two sections");
        assert_eq!(text.matches("\n## ").count(), 2, "{code}: no other section");
        for part in [title, meaning, why, clear] {
            assert!(!part.is_empty() && !part.contains("## "), "{code}: {part:?}");
        }
        assert!(width(title) <= 72 && !title.ends_with('.') && !title.contains('!'), "{code}: {title}");
    }
}

#[test]
fn no_two_codes_have_one_title() {
    let mut titles: Vec<_> = Code::ALL.iter().map(|code| code.page().title).collect();
    titles.sort_unstable();
    let all = titles.len();
    titles.dedup();

    assert_eq!(titles.len(), all);
}

#[test]
fn every_yaml_of_a_page_can_be_read() {
    for &code in Code::ALL {
        for (index, block) in code.page_text().split("```").enumerate() {
            let yaml = block.strip_prefix("yaml\n");
            assert_eq!(yaml.is_some(), index % 2 == 1, "{code}: blocks are YAML and closed");
            let read = yaml.map(serde_yaml::from_str::<serde_yaml::Mapping>);
            assert!(
                read.is_none_or(|mapping| mapping.is_ok_and(|mapping| !mapping.is_empty())),
                "{code}: {block}"
            );
        }
    }
}

#[test]
fn the_waivers_of_pages_are_for_the_guard_that_the_page_is_about() {
    let waivable = [
        Code::ToZero,
        Code::LineChange,
        Code::LineMoney,
        Code::Window,
        Code::HandEdit,
        Code::RunLines,
        Code::RunMoney,
        Code::UnitShift,
        Code::ConfigShrink,
        Code::History,
    ];
    for code in waivable {
        assert!(code.page().clear.contains(&format!("  - guard: {code}\n")), "{code}");
    }
    for code in [Code::Sanity, Code::UsageStale, Code::AmbiguousAddition, Code::InDoubt, Code::Diverged] {
        assert!(!code.page().clear.contains("waivers:"), "{code} is cleared by no waiver");
    }
}

#[test]
fn a_page_reads_well_on_a_narrow_terminal() {
    insta::assert_snapshot!(shown(Code::LineChange, Some(72)), @r#"
    line_change  (a hold: what it touches is left as it is)
    A quantity would change by much at once

    The change is more than the limit. A decrease may be 2 units or 20 % of
    the quantity, whichever is more; an increase from above 0 may be 5 units
    or 50 %. Limits are rounded up to a whole unit: 14 may fall by 3.

    Why it exists

    A wrong figure shows itself by its size. The line is left as it is until
    somebody looks.

    How to clear it

    Commit a waiver; with `quantity` it is good for that quantity only:

        waivers:
          - guard: line_change
            company: Contoso
            product: BKP-HYPERV
            quantity: 5
            reason: "hosts consolidated, ticket 48220"
            until: 2026-12-15

    The limits are in the policy, or in a mapping row for its own lines:

        policy:
          guards:
            line_change: { decrease: { floor: 2, percent: 20 }, increase: { floor: 5, percent: 50 } }
    "#);
}

#[test]
fn no_page_is_wider_than_it_is_read_well() {
    for &code in Code::ALL {
        assert!(shown(code, None).lines().all(|line| width(line) <= 110), "{code}");
    }
}
