//! The status page of a real tenant: what people and monitors see, in plain HTTP and in a real browser.
//!
//! The tenant has a plan drawn from a simulated ConnectWise, a journal with runs, and names that try to be markup.

mod browser;
mod look;
mod site;
mod tenant;

use std::time::Duration;

use self::site::{CANARIES, Site};

#[test]
fn the_first_page_says_of_every_tenant_how_it_does_and_which_connectwise_it_is() {
    let site = Site::open();

    let page = site.get("/");

    assert_eq!(page.status, 200);
    for told in [
        "1 of 2 tenants to look at",
        "story at ",
        "lines are held",
        "Held",
        "a month",
        "The first pass is under way",
    ] {
        assert!(page.body.contains(told), "{told} is missing:\n{}", page.body);
    }
}

#[test]
fn k3_the_instance_is_named_on_every_page_of_a_tenant() {
    let site = Site::open();

    for path in ["/", "/t/story", &site.line(), &site.run_path(), "/t/fresh"] {
        let page = site.get(path);
        assert_eq!(page.status, 200, "{path}");
        let instance = if path == "/t/fresh" { "fresh at nowhere" } else { &site.instance };
        assert!(page.body.contains(instance), "{path} does not say {instance}:\n{}", page.body);
    }
}

#[test]
fn the_plan_is_a_table_with_held_lines_first_and_the_waiver_that_releases_them() {
    let site = Site::open();

    let page = site.get("/t/story");
    let row =
        |company: &str| page.body.find(company).unwrap_or_else(|| panic!("no {company}:\n{}", page.body));

    assert!(row(">Northwind<") < row(">Fabrikam<"), "held first");
    assert!(!page.body.contains(">InStep<"), "lines in step are not listed unless asked for");
    for told in ["812", "−$365.40", "guard: to_zero", "company: Northwind", "Commit it to the mappings"] {
        assert!(page.body.contains(told), "{told} is missing:\n{}", page.body);
    }
    assert!(site.get("/t/story?kept=1").body.contains(">InStep<"));
    let filtered = site.get("/t/story?company=fabri&unknown=%00&page=99999999999999");
    assert!(filtered.body.contains(">Fabrikam<") && !filtered.body.contains(">Northwind<"));
    assert!(site.get("/t/story?company=nobody").body.contains("No line of such a company"));
}

#[test]
fn a_line_explains_its_number_and_shows_its_history_and_its_picture() {
    let site = Site::open();

    let page = site.get("/t/story/line/Fabrikam/BKP-GB");

    assert_eq!(page.status, 200);
    for told in [
        "How the number comes about",
        "account fabrikam of intronis",
        "mappings/backup.yaml:",
        "<svg class=\"chart\"",
        "Quantity from 280 on ",
        "What was written on this line, newest first",
        &format!("run {}", site.run()),
    ] {
        assert!(page.body.contains(told), "{told} is missing:\n{}", page.body);
    }
}

#[test]
fn a_run_lists_its_writes() {
    let site = Site::open();

    let page = site.get(&site.run_path());

    let run = format!("Run {}", site.run());

    for told in [run.as_str(), "Fabrikam", "280", "300", "applied"] {
        assert!(page.body.contains(told), "{told} is missing:\n{}", page.body);
    }
}

#[test]
fn a_tenant_without_a_plan_has_a_readable_page() {
    let site = Site::open();

    let page = site.get("/t/fresh");

    for told in [
        "There is no plan yet",
        "They come with the first plan",
        "Nothing was written in the last four weeks",
    ] {
        assert!(page.body.contains(told), "{told} is missing:\n{}", page.body);
    }
}

#[test]
fn the_status_for_programs_says_what_the_first_page_says() {
    let site = Site::open();

    let status: serde_json::Value = serde_json::from_str(&site.get("/status.json").body).unwrap();

    assert_eq!(status["format"], "trueup.status/1");
    let story = &status["tenants"][1];
    assert_eq!(story["tenant"], "story");
    assert_eq!(story["health"]["level"], "attention");
    assert_eq!(story["plan"]["hold"], site.held());
    assert!(story["plan"]["held_monthly_delta"].is_string() || story["plan"]["held_monthly_delta"].is_null());
    assert!(story["sources"][0]["as_of"].as_str().unwrap().ends_with('Z'));
    assert_eq!(status["tenants"][0]["plan"], serde_json::Value::Null);
}

#[test]
fn sec_a4_names_that_are_markup_are_shown_as_text() {
    let site = Site::open();

    for path in ["/", "/t/story", "/t/story?kept=1", &site.line(), &site.run_path()] {
        let page = site.get(path).body;
        assert!(!page.contains("<img"), "{path} has markup of a name");
        assert!(!page.contains('\u{202e}'), "{path} lets a name turn the text around");
        assert!(
            !page.contains("<script") && !page.contains("javascript:") && !page.contains(" style="),
            "{path}"
        );
    }
    assert!(site.get("/t/story?kept=1").body.contains("onerror"), "the name is still shown");
    let echoed = site.get("/t/story?company=%22%3E%3Cimg%20src=x%3E").body;
    assert!(!echoed.contains("<img"), "what is asked for is text too");
}

#[test]
fn sec_a6_metrics_name_no_company_and_the_format_is_sound() {
    let site = Site::open();

    let metrics = site.get("/metrics");

    assert_eq!(metrics.status, 200);
    assert!(metrics.head.contains("application/openmetrics-text; version=1.0.0"), "{}", metrics.head);
    for canary in CANARIES {
        assert!(!metrics.body.contains(canary), "{canary} is among the metrics");
    }
    for line in [
        "trueup_lines{tenant=\"story\",state=\"update\"} ",
        "trueup_held_monthly_value{tenant=\"story\",guard=\"to_zero\"} ",
        "trueup_usage_accounts{tenant=\"story\",source=\"intronis\"} ",
        "trueup_suspended{tenant=\"fresh\"} 0",
        "trueup_problems{tenant=\"story\",code=\"",
    ] {
        assert!(metrics.body.contains(line), "{line} is missing:\n{}", metrics.body);
    }
    site::promtool(&metrics.body);
}

#[test]
fn k2_nothing_on_the_page_changes_anything() {
    let site = Site::open();

    for path in [
        "/",
        "/t/story",
        "/t/story/runs/1",
        "/status.json",
        "/metrics",
        "/livez",
        "/t/story/line/Fabrikam/BKP-GB",
        "/style.css",
    ] {
        assert_eq!(site.post(path, "x=1").status, 405, "{path}");
    }
    for path in ["/login", "/logout", "/t/story/apply", "/nowhere"] {
        assert_eq!(site.post(path, "name=a&password=b").status, 404, "{path} without users");
    }
}

#[test]
fn sec_a7_what_is_not_there_says_nothing_and_nothing_else_is_there() {
    let site = Site::open();

    for path in [
        "/debug/pprof",
        "/trace",
        "/t",
        "/t/",
        "/t/nobody",
        "/t/story/",
        "/t/story/runs/x",
        "/t/story/runs/999999",
        "/t/story/line/Nobody/BKP-GB",
        "/t/story/..%2f..",
        "/..%2f..%2fetc/passwd",
        "/trueup.db",
        "/favicon.ico",
    ] {
        let page = site.get(path);
        assert_eq!(page.status, 404, "{path}");
        assert!(!page.body.contains("story") && !page.body.contains("src/"), "{path} says: {}", page.body);
    }
    let stale = site.get("/style.css");
    let tag = stale.header("etag").expect("the style sheet has a tag").to_owned();
    assert_eq!(site.get_with("/style.css", &format!("if-none-match: {tag}\r\n")).status, 304);
}

#[test]
fn health_says_whether_every_tenant_was_looked_at_and_nothing_else() {
    let site = Site::open();

    assert_eq!((site.get("/livez").status, site.get("/livez").body.as_str()), (200, "ok\n"));
    assert_eq!((site.get("/readyz").status, site.get("/readyz").body.as_str()), (503, "not yet\n"));
    site.fresh_had_a_pass();
    assert_eq!((site.get("/readyz").status, site.get("/readyz").body.as_str()), (200, "ok\n"));
}

#[test]
fn sec_a1_without_a_login_a_page_with_users_shows_nothing_but_the_form() {
    let site = Site::with_users();
    let html = "accept: text/html\r\n";

    assert_eq!(site.get_with("/t/story", html).header("location"), Some("/login?to=%2Ft%2Fstory"));
    assert_eq!(site.get_with("/", html).header("location"), Some("/login"));
    for path in ["/status.json", "/t/story", "/", "/t/story/runs/1", "/t/nobody"] {
        let refused = site.get(path);
        assert_eq!((refused.status, refused.body.as_str()), (401, ""), "{path}");
    }
    assert_eq!(site.get("/livez").status, 200);
    assert!(site.get("/login").body.contains("name=\"password\""));
    assert!(!site.get("/login").body.contains("story"));
}

#[test]
fn sec_a1_a_user_logs_in_looks_and_logs_out() {
    let site = Site::with_users();

    let wrong = site.log_in("ada", "wrong", "sec-fetch-site: same-origin\r\n");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    let right = site.log_in("ada", "correct horse", "sec-fetch-site: same-origin\r\n");

    assert_eq!((right.status, right.header("location")), (303, Some("/")));
    let cookie = right.header("set-cookie").expect("a session").to_owned();
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"), "{cookie}");
    let session = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    let page = site.get_with("/t/story", &session);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Log out") && page.body.contains("ada"));
    assert_eq!(
        site.post_with("/logout", "", &format!("{session}sec-fetch-site: same-origin\r\n")).status,
        303
    );
    assert_eq!(site.get_with("/t/story", &session).status, 401);
}

#[test]
fn sec_a1_guessing_is_slowed_down() {
    let site = Site::with_users();
    let guess = || site.log_in("ada", "wrong", "sec-fetch-site: same-origin\r\n").status;
    // On a busy machine a guess takes longer than the first waits, which double.
    let guesses = (0..12).take_while(|_| guess() == 401).count();
    assert!((5..12).contains(&guesses), "{guesses}");

    let locked = site.log_in("ada", "correct horse", "sec-fetch-site: same-origin\r\n");

    assert_eq!(locked.status, 429);
    assert!(locked.header("retry-after").is_some());
}

#[test]
fn sec_a3_a_form_of_another_site_logs_nobody_in_and_nobody_out() {
    let site = Site::with_users();
    let own = "sec-fetch-site: same-origin\r\n";
    let right = site.log_in("ada", "correct horse", own);
    let cookie = right.header("set-cookie").expect("a session").to_owned();
    let session = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());

    for foreign in ["sec-fetch-site: cross-site\r\n", "origin: https://evil.example\r\n", ""] {
        let answer = site.log_in("ada", "correct horse", foreign);
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{foreign:?}");
        assert_eq!(site.post_with("/logout", "", &format!("{session}{foreign}")).status, 403, "{foreign:?}");
    }

    assert_eq!(site.get_with("/logout", &session).status, 405, "a link changes nothing");
    assert_eq!(site.get_with("/t/story", &session).status, 200, "the session stands");
}

#[test]
fn sec_a3_only_a_form_is_taken_for_a_login() {
    let site = Site::with_users();
    let body = r#"{"name":"ada","password":"correct horse"}"#;

    let answer = site.send(
        "POST",
        "/login",
        body,
        "content-type: application/json\r\nsec-fetch-site: same-origin\r\n",
    );

    assert_eq!(answer.status, 415);
}

#[test]
fn sec_a6_metrics_with_a_token_are_for_those_who_show_it() {
    let site = Site::with_token("a token of some length");

    assert_eq!(site.get("/metrics").status, 401);
    assert_eq!(site.get_with("/metrics", "authorization: Bearer wrong\r\n").status, 401);
    assert_eq!(site.get_with("/metrics", "authorization: Bearer a token of some length\r\n").status, 200);
}

#[test]
fn sec_n1_metrics_on_a_listener_of_their_own_are_not_beside_the_page() {
    let site = Site::with_metrics_apart();

    assert_eq!(site.addresses.len(), 2);
    assert_eq!(site.get("/metrics").status, 404);
    assert_eq!(site.at(1).get("/metrics").status, 200);
    assert_eq!(site.at(1).get("/t/story").status, 404);
    assert_eq!(site.at(1).get("/livez").status, 200);
}

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
