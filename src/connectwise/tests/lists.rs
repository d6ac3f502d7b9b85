//! Lists that change while they are read, that disagree with their count, and servers that page oddly.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{ConnectWiseError, FarEnd, Heard, Reply, connected, scripted};
use crate::billing::{AgreementId, View};
use crate::connectwise::Scope;

fn addition(id: usize, agreement: usize) -> String {
    format!(
        r#"{{"id":{id},"agreementId":{agreement},"product":{{"id":21,"identifier":"A"}},"quantity":5,"billCustomer":"Billable"}}"#
    )
}

fn list(records: impl Iterator<Item = String>) -> String {
    format!("[{}]", records.collect::<Vec<_>>().join(","))
}

fn counted(count: usize) -> Reply {
    Reply::json(200, &format!(r#"{{"count":{count}}}"#))
}

fn more(body: &str) -> Reply {
    Reply::json(200, body).with("Link", r#"<https://evil.example/additions?page=2>; rel="next""#)
}

fn after(heard: &Heard) -> usize {
    heard.parameter("pageId").map_or(0, |after| after.parse().unwrap())
}

async fn numbers(far_end: &FarEnd) -> Result<Vec<i64>, ConnectWiseError> {
    let read = connected(far_end).await.additions(AgreementId(3)).await;
    read.map(|additions| additions.iter().map(|addition| addition.id.0).collect())
}

fn pages_asked(far_end: &FarEnd) -> usize {
    far_end.heard_below_api().iter().filter(|heard| heard.counted().is_none()).count()
}

/// Three additions, of which the list hides the second one in its first readings.
async fn hiding(readings: usize) -> FarEnd {
    let read = AtomicUsize::new(0);
    scripted(move |heard| match heard.counted() {
        Some(_) => counted(3),
        None if read.fetch_add(1, Ordering::SeqCst) < readings => {
            Reply::page(&list([11, 13].into_iter().map(|id| addition(id, 3))))
        }
        None => Reply::page(&list((11..=13).map(|id| addition(id, 3)))),
    })
    .await
}

#[tokio::test]
async fn b12_a_list_that_is_not_as_long_as_counted_is_read_again() {
    for readings in [1, 2] {
        let far_end = hiding(readings).await;

        assert_eq!(numbers(&far_end).await, Ok(vec![11, 12, 13]));
        assert_eq!(pages_asked(&far_end), readings + 1);
    }
}

#[tokio::test]
async fn b12_a_list_that_three_times_is_not_as_long_as_counted_is_no_list() {
    let far_end = hiding(3).await;

    let read = numbers(&far_end).await;

    assert!(matches!(read, Err(ConnectWiseError::Incomplete { listed: 2, counted: 3, .. })), "{read:?}");
    assert_eq!(pages_asked(&far_end), 3);
}

#[tokio::test]
async fn b12_records_that_come_and_go_between_pages_neither_double_nor_hide_others() {
    let asked = AtomicUsize::new(0);
    let far_end = scripted(move |heard| {
        // With every page the lowest record is deleted and one is added at the end.
        let gone = asked.load(Ordering::SeqCst);
        let stands: Vec<usize> = (1 + gone..=20 + gone).collect();
        if heard.counted().is_some() {
            return counted(20);
        }
        asked.fetch_add(1, Ordering::SeqCst);
        let page: Vec<usize> = stands.into_iter().filter(|id| *id > after(heard)).take(5).collect();
        let body = list(page.iter().map(|&id| addition(id, 3)));
        if page.len() < 5 { Reply::page(&body) } else { more(&body) }
    })
    .await;

    let read = numbers(&far_end).await;

    // What stood all the time is there; what nobody can be sure of makes it incomplete, never short.
    match read {
        Ok(numbers) => assert!((6..=20).all(|id| numbers.contains(&id)), "{numbers:?}"),
        Err(error) => assert!(matches!(error, ConnectWiseError::Incomplete { .. }), "{error:?}"),
    }
}

#[tokio::test]
async fn b13_without_any_link_header_a_list_is_read_until_a_page_is_empty() {
    let far_end = scripted(|heard| match heard.counted() {
        Some(_) => counted(4),
        None => Reply::json(200, &list((after(heard) + 1..=4).take(2).map(|id| addition(id, 3)))),
    })
    .await;

    assert_eq!(numbers(&far_end).await, Ok(vec![1, 2, 3, 4]));
    assert_eq!(pages_asked(&far_end), 3);
}

#[tokio::test]
async fn b13_no_address_that_the_server_names_is_followed() {
    let elsewhere = FarEnd::start(|_| Reply::page("[]")).await;
    let link = format!(r#"<{}/additions?pageId=1>; rel="next""#, elsewhere.site());
    let far_end = scripted(move |heard| match (heard.counted(), after(heard)) {
        (Some(_), _) => counted(2),
        (None, 0) => Reply::json(200, &list([1].into_iter().map(|id| addition(id, 3)))).with("Link", &link),
        (None, _) => Reply::page(&list([2].into_iter().map(|id| addition(id, 3)))),
    })
    .await;

    assert_eq!(numbers(&far_end).await, Ok(vec![1, 2]));
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn b13_a_page_longer_than_asked_for_is_refused() {
    let far_end = scripted(|heard| match heard.counted() {
        Some(_) => counted(1_001),
        None => Reply::page(&list((1..=1_001).map(|id| addition(id, 3)))),
    })
    .await;

    let read = numbers(&far_end).await;

    assert!(matches!(read, Err(ConnectWiseError::BadAnswer { .. })), "{read:?}");
}

#[tokio::test]
async fn b12_a_count_that_is_no_number_or_cannot_be_had_leaves_a_list_unproven() {
    for count in [r#"{"count":"3"}"#, r#"{"count":-1}"#, "{}", "3", "[]", "null"] {
        let count = count.to_owned();
        let far_end = scripted(move |heard| match heard.counted() {
            Some(_) => Reply::json(200, &count),
            None => Reply::page(&list((11..=13).map(|id| addition(id, 3)))),
        })
        .await;

        let read = numbers(&far_end).await;

        assert!(matches!(read, Err(ConnectWiseError::BadAnswer { .. })), "{read:?}");
    }
}

/// An instance with two agreements, of which each list but those of `short` is as long as counted.
async fn view(short: &'static str) -> Result<View, ConnectWiseError> {
    let scope = Scope {
        agreement_types: ["Managed".into()].into(),
        products: ["A".into()].into(),
        ..Scope::default()
    };
    let far_end = scripted(move |heard| {
        let body = |path: &str| match path {
            "company/companies" => r#"[{"id":7,"identifier":"acme","name":"Acme"}]"#.to_owned(),
            "finance/agreements/types" => r#"[{"id":5,"name":"Managed"}]"#.to_owned(),
            "company/managedDevicesIntegrations" => "[]".to_owned(),
            "procurement/catalog" => r#"[{"id":21,"identifier":"A","price":1}]"#.to_owned(),
            "finance/agreements" => list(
                [101, 102]
                    .into_iter()
                    .map(|id| format!(r#"{{"id":{id},"name":"B","type":{{"id":5}},"company":{{"id":7}}}}"#)),
            ),
            path => {
                let agreement: usize = path.split('/').nth(2).unwrap().parse().unwrap();
                list((1..=2).map(|nth| addition(agreement * 10 + nth, agreement)))
            }
        };
        if heard.path() == "system/bundles" {
            return Reply::json(404, r#"{"code":"ConnectWiseApi","message":"no"}"#);
        }
        if let Some(list) = heard.counted() {
            let many = serde_json::from_str::<Vec<serde_json::Value>>(&body(list.path())).unwrap().len();
            return counted(many + usize::from(list.path() == short));
        }
        match heard.path() {
            // A page that goes on, though the next one is empty: two pages are counted.
            path if path == short && path.ends_with("/additions") && after(heard) == 0 => more(&body(path)),
            path if path == short && path.ends_with("/additions") => Reply::page("[]"),
            path => Reply::page(&body(path)),
        }
    })
    .await;
    connected(&far_end).await.read_view(&scope, &|_| ()).await
}

#[tokio::test]
async fn b12_additions_that_are_not_as_many_as_counted_spoil_their_agreement_alone() {
    let sound = view("nothing").await.unwrap();
    assert_eq!((sound.incomplete.len(), sound.additions.len()), (0, 4));

    let view = view("finance/agreements/101/additions").await.unwrap();

    assert_eq!(view.incomplete, BTreeSet::from([AgreementId(101)]));
    assert_eq!(view.additions.len(), 2);
}

#[tokio::test]
async fn b12_any_other_list_that_is_not_as_long_as_counted_is_an_error_of_the_whole_read() {
    for short in [
        "company/companies",
        "finance/agreements/types",
        "company/managedDevicesIntegrations",
        "finance/agreements",
        "procurement/catalog",
    ] {
        let read = view(short).await;

        assert!(matches!(read, Err(ConnectWiseError::Incomplete { .. })), "{short}: {read:?}");
    }
}
