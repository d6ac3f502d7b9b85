//! Whole views: what is asked for, in how few requests, and what bad parts do to it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::{ConnectWise, ConnectWiseError, FarEnd, Heard, Reply, connected, scripted};
use crate::billing::{AgreementId, View};
use crate::connectwise::{Detour, Progress, Scope};

/// How many agreements of type 5 the instance has, with the numbers 101 and up.
const AGREEMENTS: i64 = 120;

fn agreement(id: i64, kind: i64) -> String {
    format!(
        r#"{{"id":{id},"name":"Backup","type":{{"id":{kind}}},"company":{{"id":7}},"startDate":"2026-01-01T00:00:00Z"}}"#
    )
}

fn addition(id: i64, agreement: i64) -> String {
    format!(
        r#"{{"id":{id},"agreementId":{agreement},"product":{{"id":21,"identifier":"BKP"}},"quantity":1.5,"billCustomer":"Billable"}}"#
    )
}

fn list(records: impl Iterator<Item = String>) -> String {
    format!("[{}]", records.collect::<Vec<_>>().join(","))
}

/// The agreements a bundle asks for, each with its part's number.
fn asked(heard: &Heard) -> Vec<(i64, i64)> {
    let body: serde_json::Value = serde_json::from_str(&heard.body).unwrap();
    let number = |request: &serde_json::Value| {
        (request["sequenceNumber"].as_i64().unwrap(), request["apiRequest"]["parentId"].as_i64().unwrap())
    };
    body["requests"].as_array().unwrap().iter().map(number).collect()
}

/// A good bundle: two additions on each agreement, numbered after it.
fn bundle(heard: &Heard) -> Reply {
    let part = |(number, agreement): (i64, i64)| {
        let entities = list((1..=2).map(|nth| addition(agreement * 10 + nth, agreement)));
        format!(r#"{{"sequenceNumber":{number},"entities":{entities},"success":true,"statusCode":200}}"#)
    };
    let parts: Vec<String> = asked(heard).into_iter().map(part).collect();
    Reply::json(200, &format!(r#"{{"results":[{}]}}"#, parts.join(",")))
}

/// What a sound instance answers.
fn sound(heard: &Heard) -> Reply {
    match heard.path() {
        "company/companies" => Reply::page(
            r#"[{"id":7,"identifier":"acme","name":"Acme","customFields":[{"caption":"echo_username","value":"a"},{"caption":"x","value":"y"}]}]"#,
        ),
        "finance/agreements/types" => Reply::page(r#"[{"id":5,"name":"Managed"},{"id":6,"name":"Other"}]"#),
        "company/managedDevicesIntegrations" => {
            Reply::page(r#"[{"id":2,"name":"Barracuda Intronis"},{"id":3,"name":"Another"}]"#)
        }
        "company/managedDevicesIntegrations/2/crossReferences" => Reply::page(
            r#"[{"id":14,"vendorType":"BackupUsage","vendorLevel":"Gold","agreementType":{"id":5},"product":{"id":21,"identifier":"BKP"}}]"#,
        ),
        "finance/agreements" => Reply::page(&list((101..=100 + AGREEMENTS).map(|id| agreement(id, 5)))),
        "procurement/catalog" => Reply::page(r#"[{"id":21,"identifier":"BKP","price":0.5}]"#),
        "system/bundles" => bundle(heard),
        path => {
            let agreement: i64 = path.split('/').nth(2).unwrap().parse().unwrap();
            Reply::page(&list((1..=2).map(|nth| addition(agreement * 10 + nth, agreement))))
        }
    }
}

fn scope() -> Scope {
    Scope { integrations: BTreeSet::from(["Barracuda Intronis".into()]), ..Scope::default() }
}

async fn view_of(
    connect_wise: &ConnectWise,
    scope: &Scope,
) -> Result<(View, Vec<Progress>), ConnectWiseError> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let view = connect_wise.read_view(scope, &|progress| told.lock().unwrap().push(progress)).await?;
    let told = told.lock().unwrap().clone();
    Ok((view, told))
}

/// What an instance answers that is sound but for what `but` answers. Lists are counted as they are listed.
fn sound_but(heard: &Heard, but: &dyn Fn(&Heard) -> Option<Reply>) -> Reply {
    if let Some(reply) = but(heard) {
        return reply;
    }
    match heard.counted() {
        Some(list) => Reply::count_of(&sound_but(&list, but)),
        None => sound(heard),
    }
}

/// The view of an instance that is sound but for what `but` answers.
async fn view_but(
    but: impl Fn(&Heard) -> Option<Reply> + Send + Sync + 'static,
) -> (FarEnd, Result<(View, Vec<Progress>), ConnectWiseError>) {
    let far_end = scripted(move |heard| sound_but(heard, &but)).await;
    let read = view_of(&connected(&far_end).await, &scope()).await;
    (far_end, read)
}

fn asked_for(far_end: &FarEnd, path: &str) -> usize {
    far_end.heard_below_api().iter().filter(|heard| heard.path() == path).count()
}

#[tokio::test]
async fn a_view_takes_one_request_a_list_one_for_its_count_and_one_for_fifty_agreements() {
    let (far_end, read) = view_but(|_| None).await;

    let (view, told) = read.unwrap();
    assert_eq!(far_end.heard_below_api().len(), 6 * 2 + 3);
    assert_eq!((view.agreements.len(), view.additions.len()), (120, 240));
    assert_eq!((view.companies.len(), view.agreement_types.len(), view.integrations.len()), (1, 2, 2));
    assert_eq!((view.cross_references.len(), view.products.len()), (1, 1));
    assert!(view.incomplete.is_empty());
    assert!(view.additions.is_sorted_by_key(|addition| (addition.agreement, addition.product, addition.id)));
    assert!(told.contains(&Progress::Additions { agreements_done: 120, agreements: 120 }));
}

#[tokio::test]
async fn agreements_and_products_are_filtered_by_number_only() {
    let (far_end, _) = view_but(|_| None).await;

    let condition = |path: &str| {
        let heard = far_end.heard_below_api();
        heard.iter().find(|heard| heard.path() == path).unwrap().parameter("conditions")
    };
    assert_eq!(condition("finance/agreements").as_deref(), Some("type/id in (5)"));
    assert_eq!(condition("procurement/catalog").as_deref(), Some("id in (21)"));
    assert_eq!(condition("company/companies"), None);
}

#[tokio::test]
async fn custom_fields_are_asked_for_only_when_one_is_wanted_and_only_it_is_kept() {
    let far_end = scripted(|heard| sound_but(heard, &|_| None)).await;
    let connect_wise = connected(&far_end).await;
    let wanting = Scope { custom_field: Some("echo_username".into()), ..scope() };

    let (without, _) = view_of(&connect_wise, &scope()).await.unwrap();
    let (with, _) = view_of(&connect_wise, &wanting).await.unwrap();

    let heard = far_end.heard_below_api();
    let fields = heard.iter().filter(|heard| heard.path() == "company/companies");
    let fields: Vec<_> =
        fields.map(|heard| heard.parameter("fields").unwrap().contains("customFields")).collect();
    assert_eq!(fields, [false, true]);
    assert!(without.companies[0].custom_fields.is_empty());
    assert_eq!(&*with.companies[0].custom_fields[0].caption, "echo_username");
    assert_eq!(with.companies[0].custom_fields.len(), 1);
}

#[tokio::test]
async fn names_that_git_declares_are_matched_here_and_never_sent() {
    let far_end = scripted(|heard| sound_but(heard, &|_| None)).await;
    let scope = Scope {
        agreement_types: BTreeSet::from(["Managed".into(), "Nobody's".into()]),
        products: BTreeSet::from(["BKP".into(), "x\" or id > 0 or \"".into()]),
        ..Scope::default()
    };

    let (view, _) = view_of(&connected(&far_end).await, &scope).await.unwrap();

    assert_eq!((view.agreements.len(), view.products.len(), view.cross_references.len()), (120, 1, 0));
    for heard in far_end.heard_below_api() {
        assert!(!heard.target.contains("Nobody") && !heard.target.contains("BKP"), "{}", heard.target);
    }
}

#[tokio::test]
async fn b7_b23_a_failed_part_of_a_bundle_makes_its_agreement_incomplete_and_no_other() {
    let failing = |heard: &Heard| {
        let Reply::Answer { body, .. } = bundle_of(heard)? else { return None };
        let body = String::from_utf8(body).unwrap();
        let start = body.find(r#""sequenceNumber":1,"#).unwrap();
        let broken = body[start..].replacen(
            r#""success":true,"statusCode":200"#,
            r#""success":false,"statusCode":500"#,
            1,
        );
        Some(Reply::json(200, &format!("{}{broken}", &body[..start])))
    };

    let (_, read) = view_but(failing).await;

    let (view, told) = read.unwrap();
    assert_eq!(view.incomplete, BTreeSet::from([AgreementId(101), AgreementId(151), AgreementId(201)]));
    assert_eq!(view.additions.len(), 240 - 6);
    assert_eq!(told.iter().filter(|step| matches!(step, Progress::Incomplete { .. })).count(), 3);
}

fn bundle_of(heard: &Heard) -> Option<Reply> {
    (heard.path() == "system/bundles").then(|| bundle(heard))
}

#[tokio::test]
async fn an_instance_without_bundles_is_read_one_by_one_and_asked_once_only() {
    let refusing = |heard: &Heard| {
        (heard.path() == "system/bundles")
            .then(|| Reply::json(404, r#"{"code":"ConnectWiseApi","message":"no"}"#))
    };
    let far_end = scripted(move |heard| sound_but(heard, &refusing)).await;
    let connect_wise = connected(&far_end).await;

    let (first, told) = view_of(&connect_wise, &scope()).await.unwrap();
    let tried = asked_for(&far_end, "system/bundles");
    let (second, _) = view_of(&connect_wise, &scope()).await.unwrap();

    assert_eq!((first.additions.len(), first.incomplete.len()), (240, 0));
    assert_eq!(first, second);
    assert_eq!(asked_for(&far_end, "system/bundles"), tried);
    assert_eq!(told.iter().filter(|&step| *step == Progress::Detour(Detour::NoBundles)).count(), 1);
    assert_eq!(connect_wise.detours(), BTreeSet::from([Detour::NoBundles]));
}

#[tokio::test]
async fn a_refused_condition_reads_all_and_filters_here() {
    let (far_end, read) = view_but(|heard| {
        let refused =
            Reply::json(400, r#"{"code":"ApiFindCondition","message":"type/id is not recognised"}"#);
        match (heard.path(), heard.parameter("conditions")) {
            ("finance/agreements" | "procurement/catalog", Some(_)) => Some(refused),
            ("finance/agreements", None) => {
                Some(Reply::page(&list((101..=104).map(|id| agreement(id, if id > 102 { 6 } else { 5 })))))
            }
            _ => None,
        }
    })
    .await;

    let (view, _) = read.unwrap();
    let ids: Vec<i64> = view.agreements.iter().map(|agreement| agreement.id.0).collect();
    assert_eq!(ids, [101, 102]);
    assert_eq!(view.products.len(), 1);
    assert_eq!(asked_for(&far_end, "finance/agreements"), 2);
}

#[tokio::test]
async fn b12_additions_beyond_a_thousand_are_followed() {
    let (_, read) = view_but(|heard| match heard.path() {
        "finance/agreements" => Some(Reply::page(&list([agreement(101, 5)].into_iter()))),
        "system/bundles" => {
            let entities = list((1..=1_000).map(|id| addition(id, 101)));
            Some(Reply::json(
                200,
                &format!(r#"{{"results":[{{"sequenceNumber":1,"entities":{entities},"success":true}}]}}"#),
            ))
        }
        "finance/agreements/101/additions/count" => Some(Reply::json(200, r#"{"count":1003}"#)),
        "finance/agreements/101/additions" => {
            assert_eq!(heard.parameter("pageId").as_deref(), Some("1000"));
            Some(Reply::page(&list((1_001..=1_003).map(|id| addition(id, 101)))))
        }
        _ => None,
    })
    .await;

    assert_eq!(read.unwrap().0.additions.len(), 1_003);
}

#[tokio::test]
async fn an_agreement_with_an_unreadable_date_is_incomplete() {
    let (_, read) = view_but(|heard| {
        let odd = agreement(101, 5).replace("2026-01-01T00:00:00Z", "New Year");
        (heard.path() == "finance/agreements")
            .then(|| Reply::page(&list([odd, agreement(102, 5)].into_iter())))
    })
    .await;

    let (view, _) = read.unwrap();
    assert_eq!(view.incomplete, BTreeSet::from([AgreementId(101)]));
    assert_eq!(view.agreements.len(), 2);
    assert_eq!(view.additions.len(), 2);
}

#[tokio::test]
async fn b7_a_bundle_that_keeps_failing_spoils_its_agreements_but_lost_keys_stop_the_read() {
    let answering = |status: u16| {
        view_but(move |heard| {
            let second =
                bundle_of(heard).is_some() && asked(heard).iter().any(|&(_, agreement)| agreement == 151);
            second.then(|| Reply::json(status, r#"{"code":"X","message":"no"}"#))
        })
    };

    let (_, failing) = answering(503).await;
    let (_, revoked) = answering(401).await;

    let (view, _) = failing.unwrap();
    assert_eq!(view.incomplete, (151..=200).map(AgreementId).collect());
    assert_eq!(view.additions.len(), 140);
    assert!(matches!(revoked, Err(ConnectWiseError::Unauthorized { .. })), "{revoked:?}");
}

#[tokio::test]
async fn b7_any_other_list_that_fails_is_an_error_of_the_whole_read() {
    for path in [
        "company/companies",
        "finance/agreements/types",
        "company/managedDevicesIntegrations",
        "company/managedDevicesIntegrations/2/crossReferences",
        "finance/agreements",
        "procurement/catalog",
    ] {
        let (_, read) = view_but(move |heard| (heard.path() == path).then(|| Reply::json(500, ""))).await;

        assert!(matches!(read, Err(ConnectWiseError::Server { .. })), "{path}: {read:?}");
    }
}

/// A view of one agreement with that many additions, of which a bundle brings the first 25 and counts nothing.
async fn view_cut_at_the_usual_page(records: i64) -> (FarEnd, usize) {
    let (far_end, read) = view_but(move |heard| match heard.path() {
        "finance/agreements" => Some(Reply::page(&list([agreement(101, 5)].into_iter()))),
        "system/bundles" => {
            let entities = list((1..=25).map(|id| addition(id, 101)));
            Some(Reply::json(
                200,
                &format!(r#"{{"results":[{{"sequenceNumber":1,"entities":{entities},"success":true}}]}}"#),
            ))
        }
        "finance/agreements/101/additions/count" => {
            Some(Reply::json(200, &format!(r#"{{"count":{records}}}"#)))
        }
        "finance/agreements/101/additions" => {
            assert_eq!(heard.parameter("pageId").as_deref(), Some("25"));
            Some(Reply::page(&list((26..=records).map(|id| addition(id, 101)))))
        }
        _ => None,
    })
    .await;
    (far_end, read.unwrap().0.additions.len())
}

#[tokio::test]
async fn b12_b23_a_bundle_that_shows_25_of_40_is_read_on_and_one_of_25_ends_there() {
    for records in [40, 25] {
        let (far_end, found) = view_cut_at_the_usual_page(records).await;

        assert_eq!(found, usize::try_from(records).unwrap());
        assert_eq!(asked_for(&far_end, "finance/agreements/101/additions"), 1);
    }
}

#[tokio::test]
async fn i5_a_right_that_is_lost_midway_ends_the_reading_without_a_storm() {
    for path in ["finance/agreements/types", "finance/agreements", "procurement/catalog"] {
        let refused = r#"{"code":"Security","message":"no"}"#;
        let (far_end, read) =
            view_but(move |heard| (heard.path() == path).then(|| Reply::json(403, refused))).await;

        assert!(matches!(read, Err(ConnectWiseError::Forbidden { .. })), "{path}: {read:?}");
        assert_eq!(asked_for(&far_end, path), 1, "{path} is not asked for again");
    }
}

#[tokio::test]
async fn no_more_reads_are_under_way_than_allowed() {
    let far_end = scripted(|heard| match heard.path() {
        "system/bundles" => Reply::json(403, r#"{"code":"Security","message":"no"}"#),
        _ => Reply::Slow(Box::new(sound_but(heard, &|_| None))),
    })
    .await;

    view_of(&connected(&far_end).await, &scope()).await.unwrap();

    assert_eq!(far_end.most_at_once(), 4);
}
