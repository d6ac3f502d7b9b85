//! A site that is upgraded under way: its API is followed, and nothing is taken for gone before that.

use super::{COMPANY_INFO, ConnectWise, ConnectWiseError, FarEnd, Heard, Reply, connected};
use crate::billing::{AdditionId, AgreementId, Quantity};
use crate::connectwise::WriteAnswer;

const NOT_FOUND: &str = r#"{"code":"NotFound","message":"Addition 11 not found"}"#;
const RECORD: &str = r#"{"id":11,"agreementId":3,"product":{"id":21,"identifier":"A"},"quantity":5,"billCustomer":"Billable"}"#;

/// A site whose company info names one code base after the other, the last one for ever, and whose API is at some.
async fn moving(
    named: &'static [&'static str],
    answer: impl Fn(&str, &Heard) -> Reply + Send + Sync + 'static,
) -> FarEnd {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    FarEnd::start(move |heard| {
        if heard.target.starts_with("/login/") {
            let nth = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let codebase = named[nth.min(named.len() - 1)];
            return Reply::json(200, &COMPANY_INFO.replace("v2026_4/", &format!("{codebase}/")));
        }
        let codebase = heard.target.split('/').nth(1).unwrap_or_default();
        answer(codebase, heard)
    })
    .await
}

fn there(at: &str, codebase: &str) -> Reply {
    if codebase == at { Reply::json(200, RECORD) } else { Reply::json(404, NOT_FOUND) }
}

async fn addition(connect_wise: &ConnectWise) -> Result<Option<AdditionId>, ConnectWiseError> {
    let read = connect_wise.addition(AgreementId(3), AdditionId(11)).await;
    read.map(|addition| addition.map(|addition| addition.id))
}

fn looks(far_end: &FarEnd) -> usize {
    far_end.heard().iter().filter(|heard| heard.target.starts_with("/login/")).count()
}

#[tokio::test]
async fn after_an_upgrade_nothing_is_taken_for_gone_before_the_new_place_was_asked() {
    let far_end = moving(&["v2026_4", "v2027_1"], |codebase, _| there("v2027_1", codebase)).await;
    let connect_wise = connected(&far_end).await;

    let (one, other) = tokio::join!(addition(&connect_wise), addition(&connect_wise));

    for read in [one, other, addition(&connect_wise).await] {
        assert_eq!(read, Ok(Some(AdditionId(11))));
    }
}

#[tokio::test]
async fn an_api_that_moves_twice_during_one_read_is_an_error_and_the_next_read_finds_it() {
    let far_end = moving(&["v2026_4", "v2027_1", "v2027_2"], |codebase, _| there("v2027_2", codebase)).await;
    let connect_wise = connected(&far_end).await;

    let first = addition(&connect_wise).await;
    let second = addition(&connect_wise).await;

    assert!(matches!(first, Err(ConnectWiseError::Moved { .. })), "{first:?}");
    assert_eq!(second, Ok(Some(AdditionId(11))));
    assert_eq!((far_end.heard_below_api().len(), looks(&far_end)), (3, 3));
}

#[tokio::test]
async fn an_api_that_moves_without_end_is_not_followed_without_end() {
    let far_end =
        moving(&["v2026_4", "a", "b", "c", "d", "e", "f"], |_, _| Reply::json(404, NOT_FOUND)).await;

    let read = addition(&connected(&far_end).await).await;

    assert!(matches!(read, Err(ConnectWiseError::Moved { .. })), "{read:?}");
    assert_eq!((far_end.heard_below_api().len(), looks(&far_end)), (2, 3));
}

#[tokio::test]
async fn what_is_gone_where_the_api_stays_is_looked_for_once_and_the_place_with_it() {
    let far_end = moving(&["v2026_4"], |_, _| Reply::json(404, NOT_FOUND)).await;

    let read = addition(&connected(&far_end).await).await;

    assert_eq!(read, Ok(None));
    assert_eq!((far_end.heard_below_api().len(), looks(&far_end)), (1, 2));
}

#[tokio::test]
async fn b9_a_gateway_that_cannot_route_is_followed_too_and_otherwise_said_so() {
    let plain = || Reply::json(400, "cannot route: codebase/company invalid").with("X-From", "gateway");
    let moved = moving(&["v2026_4", "v2027_1"], move |codebase, _| match codebase {
        "v2027_1" => Reply::json(200, RECORD),
        _ => plain(),
    });
    let (moved, lost) = (moved.await, moving(&["v2026_4"], move |_, _| plain()).await);

    let followed = addition(&connected(&moved).await).await;
    let lost = addition(&connected(&lost).await).await;

    assert_eq!(followed, Ok(Some(AdditionId(11))));
    assert!(matches!(lost, Err(ConnectWiseError::NotRouted { .. })), "{lost:?}");
}

#[tokio::test]
async fn a_write_to_the_old_place_is_refused_and_the_next_attempt_goes_to_the_new_one() {
    let far_end = moving(&["v2026_4", "v2027_1"], |codebase, _| there("v2027_1", codebase)).await;
    let connect_wise = connected(&far_end).await;
    let writer = connect_wise.writer();
    let set = || writer.set_quantity(AgreementId(3), AdditionId(11), Quantity::from(5));

    let first = set().await;
    let reread = addition(&connect_wise).await;
    let second = set().await;

    assert!(matches!(first, WriteAnswer::Refused { status: 404, .. }), "{first:?}");
    assert_eq!(reread, Ok(Some(AdditionId(11))));
    assert!(matches!(second, WriteAnswer::Acknowledged(_)), "{second:?}");
    let heard = far_end.heard_below_api();
    let patches: Vec<&str> =
        heard.iter().filter(|heard| heard.method == "PATCH").map(|heard| &heard.target[..9]).collect();
    assert_eq!(patches, ["/v2026_4/", "/v2027_1/"], "each attempt is sent once");
}
