//! The page as a person meets it: in a browser, wide and narrow, light and dark, by keyboard.

use serde_json::{Value, json};

use super::browser::Browser;
use super::site::Site;

/// The Tab key.
const TAB: &str = "\u{e004}";

/// A phone that is not new.
const NARROW: u32 = 360;

#[test]
fn sec_a4_a_browser_shows_every_page_without_a_script_an_error_or_another_host() {
    let Some(browser) = Browser::start() else { return };
    let site = Site::open();
    let own = site.url("/");

    let (line, run) = (site.line(), site.run_path());
    let pages = [
        ("overview", "/"),
        ("tenant", "/t/story"),
        ("kept", "/t/story?kept=1"),
        ("fresh", "/t/fresh"),
        ("line", "/t/story/line/Fabrikam/BKP-GB"),
        ("held", "/t/story/line/Northwind/BKP-GB"),
        ("evil", &line),
        ("run", &run),
        ("nothing", "/nowhere"),
    ];
    for (name, path) in pages {
        for (width, scheme) in [(1200, "light"), (1200, "dark"), (NARROW, "light"), (NARROW, "dark")] {
            browser.look(width, scheme);
            browser.open(&site.url(path));
            let widest = browser.run("return document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(widest <= u64::from(width), "{name} is {widest} wide at {width}");
            browser.keep_picture(&format!("{name}-{width}-{scheme}"));
        }
        let loaded = browser.run("return performance.getEntriesByType('resource').map(entry => entry.name)");
        let foreign = |url: &&Value| {
            !url.as_str().unwrap().starts_with(&own) && !url.as_str().unwrap().starts_with("data:")
        };
        let loaded = loaded.as_array().unwrap();
        assert_eq!(loaded.iter().filter(foreign).collect::<Vec<_>>(), Vec::<&Value>::new(), "{name}");
        assert_eq!(
            browser.run("return document.scripts.length + document.images.length"),
            json!(0),
            "{name}"
        );
    }
    let said = browser.console();
    let is_expected = |entry: &&Value| {
        let message = entry["message"].as_str().unwrap_or_default();
        message.contains("/nowhere") && message.contains("404")
    };
    let unexpected: Vec<&Value> = said.iter().filter(|entry| !is_expected(entry)).collect();
    assert_eq!(unexpected, Vec::<&Value>::new());
}

#[test]
fn the_page_can_be_used_by_keyboard_alone() {
    let Some(browser) = Browser::start() else { return };
    let site = Site::open();
    browser.look(1200, "light");
    browser.open(&site.url("/t/story"));

    let mut reached = Vec::new();
    for _ in 0..60 {
        browser.press(TAB);
        let focus = browser.run(
            "const at = document.activeElement; const style = getComputedStyle(at); \
             return [at.tagName, at.textContent.trim().slice(0, 60), at.className, style.outlineStyle]",
        );
        if focus[0] == "BODY" {
            break;
        }
        assert_ne!(focus[3], "none", "{focus} shows no focus");
        reached.push((focus[0].as_str().unwrap().to_owned(), focus[1].as_str().unwrap().to_owned()));
    }

    assert_eq!(reached.first(), Some(&("A".to_owned(), "Skip to the content".to_owned())));
    for wanted in ["SUMMARY", "INPUT", "BUTTON", "A"] {
        assert!(reached.iter().any(|(tag, _)| tag == wanted), "{wanted} is never reached: {reached:?}");
    }
}

#[test]
fn a_browser_logs_in_by_the_form_and_out_again() {
    let Some(browser) = Browser::start() else { return };
    let site = Site::with_users();
    browser.look(NARROW, "light");
    browser.open(&site.url("/t/story"));
    assert_eq!(browser.run("return location.pathname"), json!("/login"));
    browser.keep_picture("login-360-light");

    browser.run(
        "document.getElementById('name').value = 'ada'; \
         document.getElementById('password').value = 'correct horse'; \
         document.querySelector('form.login').submit()",
    );
    browser.open(&site.url("/t/story"));

    assert_eq!(browser.run("return document.querySelector('h1').textContent.trim()"), json!("story"));
    assert_eq!(browser.run("return document.cookie"), json!(""), "no script sees the session");
}
