//! A notice as an Adaptive Card, in the form that a Teams workflow takes.
//!
//! Texts stand in text runs, which know no Markdown, so that no name becomes a link; mentions would need entities,
//! and the card has none.

use serde_json::{Value, json};

use super::notice::{Item, Notice, Tone};
use crate::reconciler::standing::Level;

/// The message.
pub(super) fn message(notice: &Notice) -> Value {
    let mut body = vec![rich(json!([run(&notice.title(), "bolder", "default")]))];
    for item in &notice.items {
        body.push(rich(json!([
            run(&format!("{}: ", item.mark()), "bolder", color(item)),
            run(&item.what, "bolder", "default"),
        ])));
        for line in item.lines() {
            body.push(rich(json!([run(&line, "default", "default")])));
        }
    }
    for line in [notice.instance.as_str(), &notice.now(), &notice.look()] {
        if !line.is_empty() {
            body.push(rich(json!([{ "type": "TextRun", "text": line, "isSubtle": true }])));
        }
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "msteams": { "width": "Full" },
                "body": body,
            },
        }],
    })
}

fn rich(runs: Value) -> Value {
    json!({ "type": "RichTextBlock", "inlines": runs })
}

fn run(text: &str, weight: &str, color: &str) -> Value {
    json!({ "type": "TextRun", "text": text, "weight": weight, "color": color })
}

/// The colour beside the word; the word says it all.
fn color(item: &Item) -> &'static str {
    match (item.tone, item.level) {
        (Tone::Over, _) => "good",
        (Tone::Began | Tone::Reminder, Level::Bad) => "attention",
        (Tone::Began | Tone::Reminder, Level::Attention | Level::Starting | Level::Good) => "warning",
    }
}

#[cfg(test)]
mod tests {
    use super::message;
    use crate::alerts::tests::{hostile_notice, large_notice};

    #[test]
    fn sec_p5_no_company_name_can_become_a_link_or_a_mention_in_teams() {
        let message = message(&hostile_notice());

        let card = &message["attachments"][0]["content"];
        assert_eq!(message["type"], "message");
        assert!(card["msteams"].get("entities").is_none());
        let blocks = card["body"].as_array().unwrap();
        assert!(blocks.iter().all(|block| block["type"] == "RichTextBlock"));
        assert!(card.to_string().contains("[free](https://evil.example)"));
    }

    #[test]
    fn the_largest_notice_fits_into_what_teams_takes() {
        let message = message(&large_notice()).to_string();

        assert!(message.len() < 28 * 1024, "{}", message.len());
    }
}
