//! Whom the daemon tells, and what is refused of it.

use super::{GOOD, places, read};
use crate::problem::Code::{InvalidValue, MissingKey, SecretInFile, WrongType};
use crate::settings::SettingsError;
use crate::settings::alerts::{Alert, Channel, Least, MailSecurity};
use crate::settings::secret::Kept;

fn alert(text: &str) -> String {
    format!("{GOOD}alerts: {{ on-call: {{ {text} }} }}\n")
}

fn one(text: &str) -> Alert {
    read(&alert(text)).unwrap_or_else(|problems| panic!("{text}: {problems:#?}")).alerts["on-call"].clone()
}

#[test]
fn every_way_to_somebody_is_read() {
    let slack = one("to: { slack: { url: { env: SLACK_URL } } }");
    assert_eq!((slack.least, &slack.tenants), (Least::Attention, &None));
    let Channel::Slack { url } = slack.to else { panic!("{slack:?}") };
    assert_eq!(url.kept, Kept::Environment("SLACK_URL".to_owned()));

    let teams = one("to: { teams: { url: { file: teams } } }, least: bad, tenants: [example-msp]");
    assert_eq!((teams.least, teams.tenants.as_deref()), (Least::Bad, Some(&["example-msp".into()][..])));
    assert!(matches!(
        one("to: { webhook: { url: { file: a }, secret: { file: b } } }").to,
        Channel::Webhook { .. }
    ));
    for to in [
        "to: { webhook: { url: { file: a }, secret: { file: b }, ca_file: ca.pem } }",
        "to: { mail: { host: smtp.example.com, from: f, to: [t], ca_file: ca.pem } }",
    ] {
        let unreadable = one(to).to.certificate_authority().expect_err("the file is not there");
        assert!(unreadable.message.contains("/etc/trueup/ca.pem"), "{unreadable:?}");
    }
    let tickets = one("to: { tickets: { tenant: example-msp, board: Alerts, company: OurselvesInc } }").to;
    assert!(matches!(tickets, Channel::Tickets { tenant, .. } if &*tenant == "example-msp"));

    let mail = "host: smtp.example.com, from: trueup@msp.example, to: [billing@msp.example]";
    let Channel::Mail(plain) = one(&format!("to: {{ mail: {{ {mail} }} }}")).to else { panic!("no mail") };
    assert_eq!((plain.security, plain.port, plain.credentials), (MailSecurity::StartTls, None, None));
    let with_login =
        format!("to: {{ mail: {{ {mail}, security: tls, port: 465, user: u, password: {{ file: p }} }} }}");
    let Channel::Mail(mail) = one(&with_login).to else { panic!("no mail") };
    assert_eq!((mail.security, mail.port), (MailSecurity::Tls, Some(465)));
    assert_eq!(mail.credentials.map(|(user, _)| user).as_deref(), Some("u"));
}

#[test]
fn what_is_wrong_with_somebody_is_told_at_its_place() {
    for (text, code) in [
        ("to: { slack: { url: \"https://hooks.example/hunter2\" } }", WrongType),
        ("to: { webhook: { url: { file: a }, secret: hunter2 } }", SecretInFile),
        ("to: { webhook: { url: { file: a } } }", MissingKey),
        ("to: { mail: { host: h, from: f, to: [] } }", InvalidValue),
        ("to: { mail: { host: h, from: f, to: [t], user: u } }", InvalidValue),
        ("to: { tickets: { tenant: other, board: b, company: c } }", InvalidValue),
        ("to: { slack: { url: { file: a } } }, tenants: [other]", InvalidValue),
        ("least: bad", MissingKey),
    ] {
        let problems = read(&alert(text)).expect_err(text);

        assert_eq!(places(&problems).len(), 1, "{text}: {problems:#?}");
        assert_eq!((problems[0].code, places(&problems)[0].1), (code, 15), "{text}: {problems:#?}");
        assert!(!format!("{problems:?}").contains("hunter2"), "{text}: {problems:#?}");
        let SettingsError::Invalid { text, .. } = SettingsError::invalid(problems, alert(text).as_bytes())
        else {
            panic!("they are wrong");
        };
        assert!(!text.unwrap_or_default().contains("hunter2"));
    }
}
