//! The client against a scripted far end over loopback: what is sent, what is not, and what comes of bad answers.

mod bad_answers;
mod copies;
mod far_end;
mod lists;
mod moves;
mod reads;
mod rights;
mod simulated;
mod storms;
mod tickets;
mod views;
mod writes;

use std::time::Duration;

use self::far_end::{FarEnd, Heard, Reply};
use super::{ConnectWise, ConnectWiseError, Options, Pace, Scope, WriteAnswer};
use crate::billing::{AdditionId, AgreementId};

const PUBLIC_KEY: &str = "public-key-canary";
const PRIVATE_KEY: &str = "private-key-canary";
const CLIENT_ID: &str = "client-id-canary";
const COMPANY_INFO: &str =
    r#"{"CompanyName":"Example MSP","Codebase":"v2026_4/","VersionNumber":"v2026.4","IsCloud":"True"}"#;

/// Options for a far end, with pauses too short to notice and all the time a busy machine may need.
fn options(site: &str) -> Options {
    Options {
        retry_pause: Duration::from_millis(1),
        pace: Pace::hurried(),
        ..Options::new(site, "msp", CLIENT_ID.into(), PUBLIC_KEY.into(), PRIVATE_KEY.into())
    }
}

/// A far end that answers company info, and everything else by the script.
async fn scripted(script: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> FarEnd {
    FarEnd::start(move |heard| match heard.target.starts_with("/login/companyinfo/") {
        true => Reply::json(200, COMPANY_INFO),
        false => script(heard),
    })
    .await
}

async fn connected(far_end: &FarEnd) -> ConnectWise {
    ConnectWise::connect(options(&far_end.site())).await.unwrap()
}

/// Connected, but content to wait for a short while only.
async fn impatient(far_end: &FarEnd) -> ConnectWise {
    let request_timeout = Duration::from_millis(400);
    ConnectWise::connect(Options { request_timeout, ..options(&far_end.site()) }).await.unwrap()
}

#[tokio::test]
async fn connecting_finds_the_code_base_without_sending_a_key() {
    let far_end = scripted(|_| Reply::json(500, "")).await;

    let connect_wise = connected(&far_end).await;

    let instance = connect_wise.instance();
    assert_eq!((instance.company_name.as_str(), instance.cloud), ("Example MSP", true));
    let heard = far_end.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].target, "/login/companyinfo/msp");
    assert!(heard[0].header("authorization").is_none() && heard[0].header("clientid").is_none());
    assert_eq!(connect_wise.requests_made(), 1);
}

#[tokio::test]
async fn a_company_that_the_site_does_not_know_is_said_so() {
    let far_end = FarEnd::start(|_| Reply::json(200, "null")).await;

    let error = ConnectWise::connect(options(&far_end.site())).await.unwrap_err();

    assert_eq!(error, ConnectWiseError::UnknownCompany { company: "msp".into() });
}

#[tokio::test]
async fn a_site_that_redirects_is_not_followed() {
    let elsewhere = FarEnd::start(|_| Reply::json(200, COMPANY_INFO)).await;
    let target = elsewhere.site();
    let far_end =
        FarEnd::start(move |_| Reply::json(302, "").with("Location", &format!("{target}/login"))).await;

    let error = ConnectWise::connect(options(&far_end.site())).await.unwrap_err();

    assert!(matches!(error, ConnectWiseError::Redirected { .. }), "{error:?}");
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn a_site_that_nobody_answers_at_is_unreachable() {
    let site = FarEnd::nowhere().await;

    let error = ConnectWise::connect(options(&site)).await.unwrap_err();

    assert!(matches!(error, ConnectWiseError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn reads_and_writes_can_be_left_to_a_task_of_their_own() {
    let far_end = scripted(|_| Reply::json(401, "")).await;
    let connect_wise = connected(&far_end).await;
    let writer = connect_wise.writer();

    let (agreement, addition) = (AgreementId(3), AdditionId(11));
    let read = tokio::spawn(async move { connect_wise.read_view(&Scope::default(), &|_| ()).await });
    let write = tokio::spawn(async move { writer.set_quantity(agreement, addition, 5.into()).await });

    assert!(matches!(read.await.unwrap(), Err(ConnectWiseError::Unauthorized { .. })));
    assert!(matches!(write.await.unwrap(), WriteAnswer::Refused { status: 401, .. }));
}
