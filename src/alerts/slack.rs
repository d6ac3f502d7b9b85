//! A notice as a Slack message.
//!
//! Only `plain_text` blocks, so that no name becomes a mention, a link or a font; `&`, `<` and `>` are escaped on top,
//! since Slack reads them everywhere.

use serde_json::{Value, json};

use super::notice::{Item, Notice, cut};

/// Slack takes 150 characters in a heading and 3,000 in a text; escapes make some longer.
const HEADING: usize = 110;
const SECTION: usize = 2_500;

/// The message.
pub(super) fn message(notice: &Notice) -> Value {
    let mut blocks = vec![json!({ "type": "header", "text": plain(&cut(&notice.title(), HEADING), 150) })];
    for item in &notice.items {
        blocks.push(json!({ "type": "section", "text": plain(&section(item), 3_000) }));
    }
    let foot = [notice.instance.as_str(), &notice.now(), &notice.look()].join("\n");
    blocks.push(json!({ "type": "context", "elements": [plain(foot.trim(), 3_000)] }));
    json!({
        "text": escaped(&notice.title(), 3_000),
        "blocks": blocks,
        "parse": "none",
        "link_names": false,
        "mrkdwn": false,
        "unfurl_links": false,
    })
}

fn section(item: &Item) -> String {
    let lines = item.lines();
    let head = format!("{}: {}", item.mark(), item.what);
    cut(&[&[head][..], &lines].concat().join("\n"), SECTION)
}

fn plain(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": escaped(text, most), "emoji": false })
}

/// The text with the three letters that Slack reads escaped, cut so that no escape is cut.
fn escaped(text: &str, most: usize) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = 0;
    for letter in text.chars() {
        let shown = match letter {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => "",
        };
        characters += shown.len().max(1);
        if characters > most {
            break;
        }
        if shown.is_empty() { escaped.push(letter) } else { escaped.push_str(shown) }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escaped, message};
    use crate::alerts::tests::hostile_notice;

    #[test]
    fn sec_p5_no_company_name_can_mention_anybody_or_break_out_in_slack() {
        let message = message(&hostile_notice());

        let json = message.to_string();
        assert!(
            !json.contains("<!channel>") && !json.contains("<@U1>") && !json.contains("mrkdwn\":true"),
            "{json}"
        );
        assert!(json.contains("&lt;!channel&gt; &amp; Sons"), "{json}");
        let kinds = |value: &serde_json::Value| value["text"]["type"].as_str().map(str::to_owned);
        let blocks = message["blocks"].as_array().unwrap();
        assert!(blocks.iter().filter_map(kinds).all(|kind| kind == "plain_text"));
        assert!(blocks.len() <= 50);
    }

    #[test]
    fn an_escape_is_never_cut_in_two() {
        assert_eq!(escaped("ab<<", 6), "ab&lt;");
        assert_eq!(escaped("ab<<", 9), "ab&lt;");
        assert_eq!(escaped("ab<<", 10), "ab&lt;&lt;");
    }
}
