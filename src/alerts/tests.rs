//! The alerts over loopback: a real HTTP receiver, a real mail relay, the simulator for tickets. Nobody sleeps.

mod mail;
pub(super) mod receiver;
mod relay;
mod running;

use std::sync::Arc;

use jiff::Timestamp;

use super::notice::{Item, Notice, Tone};
use crate::mapping::Mode;
use crate::reconciler::standing::Phase;
use crate::reconciler::standing::{Commits, Health, Level, RepositoryStanding, Standing, Tally, Trouble};

pub(super) fn time() -> Timestamp {
    "2026-11-22T09:12:00Z".parse().unwrap()
}

/// A name that tries everything: mentions, links, markup, line breaks, headers, escapes.
const HOSTILE: &str = "<!channel> & Sons <@U1> @everyone [free](https://evil.example) *bold* <at>Jo</at>\r\nBcc: a@evil.example\u{1b}[2J\u{202e}";

fn item(what: &str) -> Item {
    Item {
        tone: Tone::Began,
        key: "held:to_zero".to_owned(),
        level: Level::Attention,
        what: what.to_owned(),
        means: "What is held bills what it billed before until somebody decides".to_owned(),
        action: "Run trueup explain".to_owned(),
        details: vec![what.to_owned()],
    }
}

pub(super) fn notice_of(items: Vec<Item>) -> Notice {
    Notice {
        delivery: "0123456789abcdef0123456789abcdef".to_owned(),
        tenant: "example-msp".into(),
        instance: "examplemsp at https://api-na.myconnectwise.net".to_owned(),
        at: time(),
        health: Health { level: Level::Attention, sentence: "1 line is held".to_owned() },
        items,
        page: Some("https://trueup.msp.example/".to_owned()),
    }
}

/// A notice about a company whose name tries everything, as the words make it.
pub(super) fn hostile_notice() -> Notice {
    notice_of(vec![item(&super::words::outside(HOSTILE))])
}

/// As much as a notice can hold.
pub(super) fn large_notice() -> Notice {
    let line =
        |index: usize| Item { details: vec!["\u{1f4be}\"\\".repeat(120); 40], ..item(&format!("{index}")) };
    let items = super::notice::fitting((0..300).map(line).collect());
    notice_of(items)
}

/// A tenant that has just been taken up.
pub(super) fn standing() -> Standing {
    Standing {
        tenant: "example-msp".into(),
        instance: "examplemsp at https://api-na.myconnectwise.net".into(),
        mode: Mode::Apply,
        since: time(),
        suspension: None,
        repository: RepositoryStanding::default(),
        commits: Commits::default(),
        sources: Vec::new(),
        last_pass: None,
        last_success: std::collections::BTreeMap::new(),
        trouble: None,
        planned: None,
        in_doubt: 0,
        next_pass_at: None,
        tally: Tally::default(),
    }
}

/// The same, when passes failed so many times.
pub(super) fn failing(failures: u32) -> Standing {
    let trouble = Trouble {
        phase: Phase::Read,
        code: None,
        message: "ConnectWise cannot be reached: connection refused".into(),
        hint: Some("Check the site, the network and the proxy".into()),
        since: time(),
        failures,
    };
    Standing { trouble: Some(trouble), ..standing() }
}

/// The same after a pass that went well.
pub(super) fn in_step() -> Standing {
    use crate::reconciler::standing::{Pass, PassResult};
    let pass = Pass {
        number: 1,
        causes: Vec::new(),
        began_at: time(),
        ended_at: time(),
        result: PassResult::InStep,
        written: 0,
    };
    Standing { last_pass: Some(pass), ..standing() }
}

#[test]
fn the_largest_notice_is_bounded_and_says_what_is_left_out() {
    let notice = large_notice();

    let last = notice.items.last().unwrap();
    assert!(notice.items.len() <= 12);
    assert!(notice.text().len() < 12 * 1024, "{}", notice.text().len());
    assert!(last.details.last().unwrap().starts_with("Besides, "), "{last:?}");
    let _: Arc<str> = notice.tenant;
}
