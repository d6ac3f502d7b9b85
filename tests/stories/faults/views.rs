//! What a plan makes of answers that tell less than they should: the agreement they are about waits, the others go on.

use trueup::simulator::{Canned, Fault, Match};

use super::{SOURCES, said};
use crate::codes::crowd::{crowd, use_each};
use crate::world::{QUICK_WRITES, World};

/// Three companies whose lines are to change, and whose agreements are read one by one.
fn three() -> World {
    let world = crowd(3, 10, "0.50");
    world.settings(SOURCES, QUICK_WRITES);
    use_each(&world, &[11; 3]);
    world
}

fn addition(quantity: &str, more: &str) -> String {
    format!(
        r#"[{{"id":9001,"agreementId":401,"product":{{"id":31,"identifier":"BKP-GB"}},"quantity":{quantity},"unitPrice":0.5,"billCustomer":"Billable","agreementStatus":"Active"{more}}}]"#
    )
}

/// How an agreement's additions are answered.
enum Answered {
    /// Every time so.
    Always(Fault),
    /// By a page of this body, and no other after it.
    Page(String),
}

/// Answers about the additions of an agreement, and how the plan shows its line then. The first is a good one.
fn answers() -> Vec<(&'static str, Answered, &'static str)> {
    const INCOMPLETE: &str = "hold ? -> 11 view_incomplete";
    let page = |from: &str, into: &str| Answered::Page(addition("10", "").replace(from, into));
    vec![
        ("as it is", page("", ""), "update 10 -> 11"),
        ("b7: a server error", Answered::Always(Fault::StatusBefore(Canned::timed_out())), INCOMPLETE),
        ("b9: a page for people", Answered::Always(Fault::Html), INCOMPLETE),
        ("b9: no body", Answered::Always(Fault::EmptyBody), INCOMPLETE),
        ("b9: half a body", Answered::Always(Fault::TruncatedJson), INCOMPLETE),
        (
            "b13: the same page again and again",
            Answered::Always(Fault::StatusBefore(Canned::new(200, &addition("10", "")))),
            INCOMPLETE,
        ),
        ("b21: a word nobody knows", page("Billable", "BilledLater"), INCOMPLETE),
        (
            "b21: a field nobody knows",
            page("\"quantity\"", "\"newField\":{\"a\":[1]},\"quantity\""),
            "update 10 -> 11",
        ),
        ("b22: a quantity that is no number", page("\"quantity\":10", "\"quantity\":\"1,000\""), INCOMPLETE),
        ("b22: a number of another kind", page("9001", "\"9001x\""), INCOMPLETE),
        ("b22: null is not 0", page("\"quantity\":10", "\"quantity\":null"), "hold ? -> 11 quantity_unknown"),
        (
            "b24: a login page",
            Answered::Always(Fault::StatusBefore(Canned::new(200, "<html>Sign in</html>"))),
            INCOMPLETE,
        ),
    ]
}

/// Answers two passes so.
fn answer(world: &World, answered: Answered) {
    let list = || Match::method("GET").path("/agreements/401/additions");
    match answered {
        Answered::Always(fault) => world.simulator().fail_times(list(), fault, 100),
        Answered::Page(body) => {
            // Lists are counted too; whoever is armed first takes what fits.
            let count = Match::method("GET").path("/agreements/401/additions/count");
            let one = Canned::new(200, r#"{"count":1}"#);
            world.simulator().fail_times(count, Fault::StatusBefore(one), 100);
            for body in [body.as_str(), "[]", body.as_str(), "[]"] {
                world.simulator().fail_next(list(), Fault::StatusBefore(Canned::new(200, body)));
            }
        }
    }
}

#[test]
fn b7_b9_b13_b21_b22_b24_what_cannot_be_read_whole_holds_its_agreement_and_the_others_go_on() {
    for (name, answered, shown) in answers() {
        let world = three();
        // Bundles are refused, so that each agreement is asked for by itself.
        let no_bundles = Canned::new(404, r#"{"code":"NotFound","message":"No such resource"}"#);
        let bundles = Match::method("POST").path("/system/bundles");
        world.simulator().fail_times(bundles, Fault::StatusBefore(no_bundles), 100);
        answer(&world, answered);

        let plan = world.plan();
        let ran = world.apply();

        assert_eq!(plan.short("c1", "BKP-GB"), shown, "{name}");
        for other in ["c0", "c2"] {
            assert_eq!(plan.short(other, "BKP-GB"), "update 10 -> 11", "{name}");
        }
        let (code, held, billed) = if shown.starts_with("hold") { (3, 1, "10") } else { (0, 0, "11") };
        assert_eq!(ran.code, Some(code), "{name}: {}", said(&ran));
        let told = format!("{} written and verified", 3 - held);
        assert!(
            ran.stdout.contains(&told) && ran.stdout.contains(&format!("{held} held")),
            "{name}: {}",
            said(&ran)
        );
        assert_eq!([9000, 9001, 9002].map(|id| world.quantity(id)), ["11", billed, "11"], "{name}");
    }
}

#[test]
fn b24_a_server_that_sends_readers_elsewhere_is_not_followed_and_nothing_is_planned() {
    let world = three();
    world.simulator().fail_times(
        Match::any().path("/finance/"),
        Fault::StatusBefore(Canned::new(302, "")),
        1_000,
    );

    for verb in [&["plan"][..], &["apply", "--yes"]] {
        let ran = world.run(verb);

        assert_eq!(ran.code, Some(5), "{}", said(&ran));
        assert!(ran.stderr.contains("ConnectWise redirects"), "{}", said(&ran));
    }
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn b23_a_part_of_a_bundle_that_fails_or_is_missing_holds_its_agreement_and_no_write_is_bundled() {
    let part = |number: u32| {
        let entity = addition("10", "")
            .replace("9001", &(9000 + number).to_string())
            .replace("401", &(400 + number).to_string());
        format!(
            r#"{{"sequenceNumber":{},"resourceType":"addition","entities":{entity},"count":1,"success":true,"statusCode":200}}"#,
            number + 1
        )
    };
    let failed = r#"{"sequenceNumber":2,"resourceType":"addition","entities":[],"count":0,"success":false,"statusCode":500,"error":{"code":"ConnectWiseApi","message":"a timeout has occured"}}"#;
    for second in [failed, ""] {
        let world = three();
        let parts: Vec<String> =
            [part(0), second.to_owned(), part(2)].into_iter().filter(|part| !part.is_empty()).collect();
        let answer = format!(r#"{{"results":[{}]}}"#, parts.join(","));
        let bundle = Match::method("POST").path("/system/bundles");
        world.simulator().fail_times(bundle, Fault::StatusBefore(Canned::new(200, &answer)), 100);
        world.simulator().fail_times(
            Match::method("GET").path("/agreements/401/additions"),
            Fault::Html,
            100,
        );

        let plan = world.plan();
        let ran = world.apply();

        assert_eq!(plan.short("c1", "BKP-GB"), "hold ? -> 11 view_incomplete");
        assert_eq!(ran.code, Some(3), "{}", said(&ran));
        let writes = world.write_requests();
        assert!(
            writes.iter().all(|write| write.starts_with("PATCH") && write.contains("/additions/")),
            "{writes:?}"
        );
        assert_eq!([9000, 9001, 9002].map(|id| world.quantity(id)), ["11", "10", "11"]);
    }
}

#[test]
fn b5_a_storm_of_throttling_ends_the_pass_says_so_and_writes_nothing() {
    let world = three();
    let storm = Fault::StatusBefore(Canned::throttled(Some("1")));
    world.simulator().fail_times(Match::any().path("/finance/"), storm, 10_000);

    let started = std::time::Instant::now();
    let ran = world.run(&["run", "--once"]);
    let asked = world.simulator().log().iter().filter(|exchange| exchange.status == Some(429)).count();

    assert_eq!(ran.code, Some(5), "{}", said(&ran));
    assert!(
        ran.stderr.contains("the pass failed") && ran.stderr.contains("asks for fewer requests"),
        "{}",
        said(&ran)
    );
    let status = world.status();
    let trouble = status["daemon"]["last_pass"]["trouble"].to_string();
    assert!(trouble.contains("asks for fewer requests"), "{status:#}");
    assert!(asked as u64 <= 6 * (started.elapsed().as_secs() + 1), "no busy loop: {asked}");
    assert_eq!(world.write_requests(), Vec::<String>::new());
    world.simulator().clear_faults();
    assert_eq!(world.apply().code, Some(0));
}
