//! Stored copies that are known by their dates, by every connection to the same ConnectWise.

use super::far_end::FarEnd;
use super::{
    ConnectWise, ConnectWiseError, Options, Pace, Reply, Scope, WriteAnswer, connected, options, scripted,
};
use crate::billing::{Addition, AdditionId, Agreement, AgreementId};

const NOON: &str = "Wed, 15 Apr 2026 12:00:00 GMT";
const BEFORE: &str = "Wed, 15 Apr 2026 11:59:48 GMT";

/// An addition by its number: 12 is dated at noon, every other twelve seconds before; so are lists, agreements and counts.
async fn far_end(write: u16) -> FarEnd {
    scripted(move |heard| {
        let path = heard.path();
        let id = path.rsplit('/').next().unwrap_or_default();
        let record = format!(
            r#"{{"id":{id},"agreementId":3,"product":{{"id":21,"identifier":"A"}},"quantity":5,"billCustomer":"Billable"}}"#
        );
        match (heard.method.as_str(), id) {
            ("GET", "12") => Reply::json(200, &record).with("Date", NOON),
            ("GET", "count") => Reply::json(200, r#"{"count":0}"#).with("Date", BEFORE),
            ("GET", "11") => Reply::json(200, &record).with("Date", BEFORE),
            ("GET", _) => Reply::json(200, "[]").with("Date", BEFORE),
            (_, _) => Reply::json(write, &record).with("Date", NOON),
        }
    })
    .await
}

async fn addition(connect_wise: &ConnectWise, id: i64) -> Result<Option<Addition>, ConnectWiseError> {
    connect_wise.addition(AgreementId(3), AdditionId(id)).await
}

fn is_too_early<T>(read: &Result<T, ConnectWiseError>) -> bool {
    let said = "seconds before the clock of an earlier answer: a stored copy, or servers whose clocks differ";
    matches!(read, Err(ConnectWiseError::BadAnswer { what, .. }) if what.contains(said))
}

#[tokio::test]
async fn i9_an_answer_dated_before_an_earlier_one_is_nothing_a_write_may_rest_on() {
    let far_end = far_end(500).await;
    let connect_wise = connected(&far_end).await;

    assert!(addition(&connect_wise, 11).await.is_ok());
    assert!(addition(&connect_wise, 12).await.is_ok());

    let read = addition(&connect_wise, 11).await;
    assert!(is_too_early(&read), "{read:?}");
    let additions: Result<Vec<Addition>, _> = connect_wise.additions(AgreementId(3)).await;
    assert!(is_too_early(&additions), "{additions:?}");
    let agreement: Result<Option<Agreement>, _> = connect_wise.agreement(AgreementId(11)).await;
    assert!(is_too_early(&agreement), "{agreement:?}");
}

#[tokio::test]
async fn i9_a_view_is_read_from_servers_whose_clocks_differ_by_seconds() {
    let far_end = far_end(500).await;
    let connect_wise = connected(&far_end).await;
    addition(&connect_wise, 12).await.unwrap();

    connect_wise.read_view(&Scope::default(), &|_| ()).await.unwrap();
}

#[tokio::test]
async fn i9_a_new_connection_for_writing_knows_what_the_one_for_reading_learnt() {
    let far_end = far_end(500).await;
    let pace = Pace::hurried();
    let connect = || ConnectWise::connect(Options { pace: pace.clone(), ..options(&far_end.site()) });
    addition(&connect().await.unwrap(), 12).await.unwrap();

    let read = addition(&connect().await.unwrap(), 11).await;

    assert!(is_too_early(&read), "{read:?}");
    assert!(
        addition(&connected(&far_end).await, 11).await.is_ok(),
        "another ConnectWise has a clock of its own"
    );
}

#[tokio::test]
async fn i9_the_time_is_learnt_from_acknowledged_writes_and_not_from_refused_ones() {
    for (status, is_learnt) in [(200, true), (400, false), (503, false), (302, false)] {
        let far_end = far_end(status).await;
        let connect_wise = connected(&far_end).await;
        let answer = connect_wise.writer().set_quantity(AgreementId(3), AdditionId(11), 5.into()).await;

        let read = addition(&connect_wise, 11).await;

        assert_eq!(is_too_early(&read), is_learnt, "{status}: {read:?}");
        assert_eq!(matches!(answer, WriteAnswer::Refused { .. }), status == 400, "{status}: {answer:?}");
    }
}
