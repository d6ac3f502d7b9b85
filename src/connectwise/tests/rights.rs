//! What is found in a member's rights, by what a far end says of it.

use serde_json::{Value, json};

use super::far_end::{FarEnd, Heard, Reply};
use crate::connectwise::{
    ConnectWise, ConnectWiseError, Flaw, KeyPair, LineWrites, Needs, Options, Rights, TicketUse, WhichKeys,
};

const NEEDS: Needs = Needs { lines: LineWrites::Quantities, tickets: TicketUse::None };

/// A row: the module, the function, and the levels to inquire, add, edit and delete.
fn row(id: u32, module: &str, function: &str, levels: [&str; 4]) -> Value {
    let [inquire, add, edit, delete] = levels;
    json!({
        "id": id, "moduleName": module, "moduleFunctionName": function, "inquireLevel": inquire, "addLevel": add,
        "editLevel": edit, "deleteLevel": delete, "member": { "id": 7, "identifier": "billing-api" },
    })
}

const READS: [&str; 4] = ["All", "None", "None", "None"];
const WRITES: [&str; 4] = ["All", "None", "All", "None"];

/// A member that may do what is needed and nothing else.
fn exact() -> Vec<Value> {
    vec![
        row(1, "Companies", "Company Maintenance", READS),
        row(2, "Finance", "Agreements", WRITES),
        row(3, "Procurement", "Product Catalog", READS),
        row(4, "System", "Table Setup", READS),
    ]
}

/// A ConnectWise whose one member has these rows, in pages of so many.
async fn saying(rows: Vec<Value>, page: usize) -> FarEnd {
    FarEnd::start(move |heard| {
        if heard.target.starts_with("/login/") {
            return company_info();
        }
        let after: u64 = heard.parameter("pageId").map_or(0, |id| id.parse().unwrap());
        let left: Vec<&Value> = rows.iter().filter(|row| row["id"].as_u64().unwrap() > after).collect();
        let shown = &left[..left.len().min(page)];
        let link = if left.len() > page { "<http://x>; rel=\"next\"" } else { "" };
        Reply::json(200, &json!(shown).to_string()).with("Link", link)
    })
    .await
}

#[tokio::test]
async fn i7_a_site_that_answers_for_another_company_is_refused_before_any_key_is_sent() {
    let far_end = FarEnd::start(|_| {
        Reply::json(
            200,
            r#"{"CompanyName":"MSP","CompanyID":"another","Codebase":"v2026_4/","IsCloud":true}"#,
        )
    })
    .await;

    let error = ConnectWise::connect(options(&far_end)).await.unwrap_err();

    assert!(error.to_string().contains("the description of another company, another"), "{error}");
    assert!(far_end.heard().iter().all(|heard| heard.header("authorization").is_none()));
}

#[tokio::test]
async fn sec_o3_an_answer_without_end_is_cut_off_at_its_limit_and_nothing_is_assumed() {
    let mut endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[".to_vec();
    endless.resize((64 << 20) + 1_000, b' ');
    let far_end = FarEnd::start(move |heard| match heard.target.starts_with("/login/") {
        true => company_info(),
        false => Reply::Raw(endless.clone()),
    })
    .await;

    let error = ConnectWise::connect(options(&far_end)).await.unwrap().rights(NEEDS).await.unwrap_err();

    assert!(matches!(error.error, ConnectWiseError::TooLarge { .. }), "{error}");
}

fn company_info() -> Reply {
    Reply::json(
        200,
        r#"{"CompanyName":"MSP","Codebase":"v2026_4/","VersionNumber":"v2026.4","IsCloud":true}"#,
    )
}

fn options(far_end: &FarEnd) -> Options {
    Options::new(far_end.site(), "msp", "client".into(), "public".into(), "private".into())
}

async fn rights(far_end: &FarEnd, needs: Needs) -> Rights {
    ConnectWise::connect(options(far_end)).await.unwrap().rights(needs).await.unwrap()
}

fn said(rights: &Rights, flaw: Flaw) -> Vec<String> {
    rights.findings.iter().filter(|finding| finding.flaw == flaw).map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_member_with_exactly_the_rights_that_are_needed_is_fine() {
    let far_end = saying(exact(), 1_000).await;

    assert_eq!(rights(&far_end, NEEDS).await, Rights::default());
}

#[tokio::test]
async fn a_missing_right_is_named_as_the_roles_page_names_it() {
    let mut rows = exact();
    rows[1] = row(2, "Finance", "Agreements", ["All", "None", "My", "None"]);
    rows[0] = row(1, "Companies", "Company Maintenance", ["None"; 4]);
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, NEEDS).await;

    assert_eq!(
        said(&rights, Flaw::Missing),
        [
            "API member billing-api: Companies > Company Maintenance: Inquire is None, All is needed",
            "API member billing-api: Finance > Agreements: Edit is My, All is needed",
        ]
    );
    assert_eq!(rights.findings.len(), 2);
}

#[tokio::test]
async fn whatever_lets_the_keys_change_more_is_excess_and_reading_more_is_not() {
    let mut rows = exact();
    rows[1] = row(2, "Finance", "Agreements", ["All", "All", "All", "All"]);
    rows.push(row(5, "Service Desk", "Service Tickets", ["All", "None", "None", "None"]));
    rows.push(row(6, "Brand New", "Unheard Of", ["All", "Some", "None", "My"]));
    let far_end = saying(rows, 2).await;

    let rights = rights(&far_end, NEEDS).await;

    assert_eq!(
        said(&rights, Flaw::Excess),
        [
            "API member billing-api: Finance > Agreements: Add is All, None is enough",
            "API member billing-api: Finance > Agreements: Delete is All, None is enough",
            "API member billing-api: Brand New > Unheard Of: Add is Some, None is enough",
            "API member billing-api: Brand New > Unheard Of: Delete is My, None is enough",
        ]
    );
    assert_eq!(rights.findings.len(), 4);
}

#[tokio::test]
async fn what_mappings_and_alerts_ask_for_is_no_excess_but_needed() {
    let mut rows = exact();
    rows.push(row(5, "Service Desk", "Service Tickets", ["All", "All", "None", "None"]));
    let needs = Needs { lines: LineWrites::QuantitiesAndCreates, tickets: TicketUse::Opened };
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, needs).await;

    let missing = "API member billing-api: Finance > Agreements: Add is None, All is needed";
    assert_eq!(said(&rights, Flaw::Missing), [missing]);
    assert_eq!(rights.findings.len(), 1);
}

#[tokio::test]
async fn a_missing_right_bars_the_writes_that_take_it_and_no_others() {
    let needs = Needs { lines: LineWrites::QuantitiesAndCreates, tickets: TicketUse::Opened };
    let barring = async |levels: [&str; 4], writes: LineWrites| {
        let far_end = saying(vec![row(2, "Finance", "Agreements", levels)], 1_000).await;
        let rights = rights(&far_end, needs).await;
        rights.barring(writes).map(ToString::to_string).collect::<Vec<_>>()
    };
    let no_add = ["API member billing-api: Finance > Agreements: Add is None, All is needed"];
    let no_edit = ["API member billing-api: Finance > Agreements: Edit is None, All is needed"];

    assert_eq!(barring(["All", "None", "All", "None"], LineWrites::Quantities).await, Vec::<String>::new());
    assert_eq!(barring(["All", "None", "All", "None"], LineWrites::QuantitiesAndCreates).await, no_add);
    assert_eq!(barring(["All", "All", "None", "None"], LineWrites::Quantities).await, no_edit);
    assert_eq!(barring(["None", "All", "All", "None"], LineWrites::Quantities).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_right_to_open_tickets_that_is_missing_bars_no_write() {
    let mut rows = exact();
    rows.push(row(5, "Service Desk", "Service Tickets", ["None"; 4]));
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, Needs { tickets: TicketUse::Opened, ..NEEDS }).await;

    assert_eq!(said(&rights, Flaw::Missing).len(), 2, "to open tickets and to ask after them");
    assert_eq!(rights.barring(LineWrites::Quantities).next(), None);
}

#[tokio::test]
async fn a_function_of_another_name_or_an_unknown_level_is_unclear_and_not_missing() {
    let mut rows = exact();
    rows[0] = row(1, "Companies", "Accounts", READS);
    rows[3] = row(4, "System", "Table Setup", ["Some", "None", "None", "None"]);
    rows[2] = row(3, "PROCUREMENT", "PRODUCT-CATALOG", READS);
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, NEEDS).await;

    assert_eq!(
        said(&rights, Flaw::Unclear),
        [
            "API member billing-api: Companies > Company Maintenance: Inquire is not said, All is needed",
            "API member billing-api: System > Table Setup: Inquire is Some, All is needed",
        ]
    );
    assert_eq!(rights.findings.len(), 2);
}

#[tokio::test]
async fn a_function_of_another_module_grants_nothing_and_nobody_is_told_to_take_it_away() {
    let mut rows = exact();
    rows[1] = row(2, "Sales", "Agreements", WRITES);
    rows[2] = row(3, "", "Product Catalog", READS);
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, NEEDS).await;

    assert_eq!(
        said(&rights, Flaw::Unclear),
        [
            "API member billing-api: Finance > Agreements: Inquire is not said, All is needed",
            "API member billing-api: Procurement > Product Catalog: Inquire is not said, All is needed",
            "API member billing-api: Finance > Agreements: Edit is not said, All is needed",
        ]
    );
    assert_eq!(rights.findings.len(), 3);
    assert_eq!(rights.barring(LineWrites::Quantities).next(), None);
}

#[tokio::test]
async fn where_a_function_is_in_its_module_one_of_its_name_elsewhere_is_excess() {
    let mut rows = exact();
    rows.push(row(5, "Sales", "Agreements", WRITES));
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, NEEDS).await;

    let excess = "API member billing-api: Sales > Agreements: Edit is All, None is enough";
    assert_eq!(said(&rights, Flaw::Excess), [excess]);
    assert_eq!(rights.findings.len(), 1);
}

#[tokio::test]
async fn a_level_means_the_same_in_any_case() {
    let rows = vec![
        row(1, "Companies", "Company Maintenance", ["all", "none", "NONE", "None"]),
        row(2, "Finance", "Agreements", ["ALL", "none", " all ", "none"]),
        row(3, "Procurement", "Product Catalog", ["All", "", "none", "none"]),
        row(4, "System", "Table Setup", ["my", "none", "none", "none"]),
    ];
    let far_end = saying(rows, 1_000).await;

    let rights = rights(&far_end, NEEDS).await;

    let missing = "API member billing-api: System > Table Setup: Inquire is My, All is needed";
    assert_eq!(said(&rights, Flaw::Missing), [missing]);
    assert_eq!(rights.findings.len(), 1);
}

#[tokio::test]
async fn each_member_is_asked_with_its_own_keys_and_judged_by_its_own_duty() {
    let reader = "Basic bXNwK3B1YmxpYzpwcml2YXRl";
    let far_end = FarEnd::start(move |heard: &Heard| {
        if heard.target.starts_with("/login/") {
            return company_info();
        }
        match heard.header("authorization") == Some(reader) {
            true => Reply::page(&json!(exact()).to_string()),
            false => Reply::page(&json!([row(2, "Finance", "Agreements", READS)]).to_string()),
        }
    })
    .await;
    let write_keys = Some(KeyPair { public_key: "public-2".into(), private_key: "private-2".into() });
    let options = Options { write_keys, ..options(&far_end) };

    let rights = ConnectWise::connect(options).await.unwrap().rights(NEEDS).await.unwrap();

    assert_eq!(
        rights.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "API member billing-api: Finance > Agreements: Edit is None, All is needed",
            "API member billing-api: Finance > Agreements: Edit is All, None is enough",
        ]
    );
    let keys: Vec<bool> = far_end
        .heard_below_api()
        .iter()
        .map(|heard| heard.method == "GET" && heard.header("authorization") == Some(reader))
        .collect();
    assert_eq!(keys, [true, false]);
}

#[tokio::test]
async fn a_connectwise_that_does_not_say_leaves_everything_open() {
    for (status, body) in
        [(404, r#"{"code":"ConnectWiseApi","message":"no such endpoint"}"#), (200, r#"{"a":1}"#)]
    {
        let far_end = FarEnd::start(move |heard| match heard.target.starts_with("/login/") {
            true => company_info(),
            false => Reply::json(status, body),
        })
        .await;

        let error = ConnectWise::connect(options(&far_end)).await.unwrap().rights(NEEDS).await.unwrap_err();

        assert_eq!(error.keys, WhichKeys::Reading);
        assert!(!error.refuses_keys());
        assert!(
            matches!(error.error, ConnectWiseError::NotFound { .. } | ConnectWiseError::BadAnswer { .. }),
            "{error}"
        );
    }
}
