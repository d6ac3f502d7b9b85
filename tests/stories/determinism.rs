//! The same inputs give the same plan to the byte, whatever order they come in and whatever machine they are read on.
//!
//! Everything that must not matter is shuffled: files and the order they are made in, rows and columns of usage, records
//! of ConnectWise, time zone, language, line ends. The shuffles are random but the same in every run.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world::World;
use super::world::shop::{Shop, WIDE_GUARDS, seed, usage};

/// When every plan is drawn.
const NOW: &str = "2026-11-22T09:12:00Z";
/// When its usage was measured.
const AS_OF: &str = "2026-11-22T03:00:00Z";
/// When the mappings were committed.
const COMMITTED: i64 = 1_795_300_000;

/// A cut of cards: numbers that look random and are the same in every run.
struct Cards(u64);

impl Cards {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % bound
    }

    fn shuffled<T: Clone>(&mut self, cards: &[T]) -> Vec<T> {
        let mut shuffled = cards.to_vec();
        for last in (1..shuffled.len()).rev() {
            shuffled.swap(last, self.below(last + 1));
        }
        shuffled
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// A tenant with a bit of everything: each strategy, accounts that share a company, and each kind of trouble that names
/// several things.
struct Tenant {
    shop: Shop,
    companies: Vec<String>,
    agreements: Vec<String>,
    files: Vec<(String, String)>,
    accounts: Vec<String>,
    seats: Vec<String>,
}

/// Rows of the mapping files, each a section with its rows.
const ROWS: [(&str, &[&str]); 2] = [
    (
        "intronis_backup_plan",
        &[
            "{ plan: Pro, level: Universal, usage_value: total }",
            "{ plan: Gold, level: Gold, usage_value: total, rounding: { mode: up, decimals: 0 } }",
            "{ plan: 20g Monthly, level: Block20, usage_value: additional }",
            "{ plan: Twice, level: Twice, usage_value: total }",
            "{ plan: Lost, level: universal, usage_value: total }",
        ],
    ),
    (
        "essentials_service",
        &[
            "{ option: Email, level: Ess, type: EssentialsSeats }",
            "{ option: Email, unique_id: '3334', level: Ess-Promo, type: EssentialsSeats, count: bought }",
        ],
    ),
];

fn shop() -> Shop {
    let products = ["BKP-GB", "BKP-LOCAL", "BKP-IMAGE", "BKP-HYPERV", "BKP-OVER", "ESS-STD", "ESS-PROMO"];
    let shop = products.into_iter().fold(Shop::default(), |shop, product| shop.and(product, "1.25"));
    let shop = shop
        .at_level("Universal", "BackupUsage", "BKP-GB")
        .at_level("Gold", "BackupUsage", "BKP-GB")
        .at_level("Gold", "LocalBackup", "BKP-LOCAL")
        .at_level("Gold", "ImageLicensing", "BKP-IMAGE")
        .at_level("Gold", "Hyper-VHostLicensing", "BKP-HYPERV")
        .at_level("Block20", "BackupUsage", "BKP-OVER")
        .at_level("Twice", "BackupUsage", "BKP-GB")
        .at_level("Twice", "BackupUsage", "BKP-OVER")
        .at_level("Ess", "EssentialsSeats", "ESS-STD")
        .at_level("Ess-Promo", "EssentialsSeats", "ESS-PROMO");
    let shop = ["BKP-GB", "BKP-LOCAL", "BKP-IMAGE", "BKP-HYPERV"]
        .into_iter()
        .fold(shop, |shop, product| shop.line("golden", product, "3").line("Golden", product, "1"));
    ["alpha", "bravo", "both", "several", "several", "twice", "lost", "bronze"]
        .into_iter()
        .fold(shop, |shop, name| shop.line(name, "BKP-GB", "9"))
        .line("block", "BKP-OVER", "2")
        .line("mail", "ESS-STD", "4")
        .line("mail", "ESS-PROMO", "4")
        .line("nobody", "BKP-GB", "4")
}

fn tenant() -> Tenant {
    let shop = shop();
    let (mut companies, mut agreements) = shop.companies_and_agreements();
    for id in [201, 202] {
        companies
            .push(format!("{{ id: {id}, identifier: Twin{id}, customFields: {{ echo_username: twin }} }}"));
        agreements.push(format!("{{ id: 6{id}, company: {id}, type: 5, additions: [{{ id: 8{id}, product: BKP-GB, quantity: 2 }}] }}"));
        agreements.push(format!("{{ id: 7{id}, name: Bravo {id}, company: bravo, type: 5 }}"));
    }
    let links = ["hq", "branch"].map(|name| format!("    - {{ account: {name}, company: both }}\n"));
    let gigabytes = |name: &str, plan: &str, count: u64| usage(name, plan, "", &(count << 30).to_string());
    let licences = |name: &str| format!("{name},{name},ACCOUNT,ACTIVE,Gold,,5000000001,4,2,1,3");
    let accounts = vec![
        gigabytes("alpha", "Pro", 10),
        gigabytes("bravo", "Pro", 11),
        gigabytes("hq", "Pro", 6),
        gigabytes("branch", "Pro", 5),
        gigabytes("several", "Pro", 5),
        gigabytes("twin", "Pro", 3),
        gigabytes("twice", "Twice", 3),
        gigabytes("lost", "Lost", 3),
        gigabytes("bronze", "Bronze", 3),
        gigabytes("stranger", "Pro", 3),
        gigabytes("stranger2", "Pro", 3),
        licences("golden"),
        licences("Golden"),
        usage("block", "20g Monthly", "21474836480", "27487790694"),
        "mail,mail,ACCOUNT,ACTIVE,,,,,,,".to_owned(),
        "reseller,reseller,PARTNER,ACTIVE,Pro,,77,0,0,0,0".to_owned(),
    ];
    let seats = vec![
        "mail,Essentials Service,Email,,5,9".to_owned(),
        "mail,Essentials Service,Email,3334,5,9".to_owned(),
    ];
    let files = [
        ("policy.yaml", WIDE_GUARDS.to_owned()),
        ("accounts.yaml", format!("source: intronis\naccounts:\n  link:\n{}", links.concat())),
        ("deeper/backup.yaml", mapping(0, ROWS[0].1)),
        ("deeper/seats.yaml", mapping(1, ROWS[1].1)),
        (
            "pins.yml",
            "pins:\n  - { company: alpha, product: BKP-GB, quantity: 12, reason: flat, until: 2026-12-01 }\n"
                .to_owned(),
        ),
        ("notes.txt", "This is no mapping file\n".to_owned()),
        ("more.txt", "Neither is this\n".to_owned()),
    ]
    .map(|(name, text): (&str, String)| (name.to_owned(), text))
    .to_vec();
    Tenant { shop, companies, agreements, files, accounts, seats }
}

/// A mapping file with these rows of a section.
fn mapping(section: usize, rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("  - {row}\n")).collect();
    format!("source: intronis\nintegration: Barracuda Intronis\n{}:\n{rows}", ROWS[section].0)
}

/// A table with its columns and rows in another order, with columns that nobody asked for, and other line ends.
fn table(header: &str, rows: &[String], cards: &mut Cards) -> String {
    let rows = cards.shuffled(rows).into_iter().map(|row| format!("{AS_OF},{row}"));
    let lines: Vec<String> = std::iter::once(header.to_owned()).chain(rows).collect();
    let width = header.split(',').count();
    let order = cards.shuffled(&(0..width).collect::<Vec<_>>());
    let end = cards.one_of(&["\n", "\r\n"]);
    let mark = cards.one_of(&["", "\u{feff}"]);
    let line = |line: &String| {
        let cells: Vec<&str> = line.split(',').collect();
        order.iter().map(|column| cells[*column]).collect::<Vec<_>>().join(",") + end
    };
    mark.to_owned() + &lines.iter().map(line).collect::<String>()
}

impl Tenant {
    /// The tenant as one machine has it.
    fn dealt(&self, cards: &mut Cards) -> World {
        let order = cards.one_of(&["id", "idDescending"]);
        let seed = seed(
            &cards.shuffled(&self.shop.products),
            &cards.shuffled(&self.shop.cross_references),
            &cards.shuffled(&self.companies),
            &cards.shuffled(&self.agreements),
        );
        let world = World::seeded(&format!("{seed}options: {{ defaultOrder: {order} }}\n"));
        for (name, text) in cards.shuffled(&self.files) {
            world.mapping(&name, &text);
        }
        world.write("usage/intronis.csv", &table(super::world::ACCOUNTS, &self.accounts, cards));
        world.write("usage/seats.csv", &table(super::world::SEATS, &self.seats, cards));
        world.commit_at(COMMITTED, "Bill backup");
        world
    }

    /// The plan that the program draws there, in any time zone and language.
    fn planned(&self, cards: &mut Cards) -> String {
        let world = self.dealt(cards);
        let mut command = world.command(&["plan", "--all", "--format", "json", "--now", NOW]);
        command.env(
            "TZ",
            cards.one_of(&["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", ":bad"]),
        );
        command.env("LANG", cards.one_of(&["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"]));
        command.env("LC_ALL", cards.one_of(&["", "C", "sv_SE.UTF-8"]));
        let output = command.output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a plan is UTF-8")
    }
}

#[test]
fn the_same_inputs_in_any_order_are_the_same_plan_to_the_byte() {
    let tenant = tenant();
    let mut cards = Cards(2026);
    let first = tenant.planned(&mut cards);

    for round in 1..50 {
        let again = tenant.planned(&mut cards);

        assert!(again == first, "round {round} differs:\n{}", difference(&first, &again));
    }

    let plan: Value = serde_json::from_str(&first).expect("a plan is JSON");
    let told = codes(&plan);
    let several =
        ["ambiguous_addition", "ambiguous_agreement", "ambiguous_company", "ambiguous_cross_reference"];
    for code in several.into_iter().chain(["unknown_level", "unlinked_account", "unmapped_plan"]) {
        assert!(told.contains(code), "the plan does not even have {code}, only {told:?}");
    }
}

/// Every code that a plan tells, of problems and of what holds lines.
fn codes(plan: &Value) -> BTreeSet<&str> {
    let held = list(plan, "lines").iter().flat_map(|line| list(line, "reasons"));
    list(plan, "problems").iter().chain(held).filter_map(|told| told["code"].as_str()).collect()
}

fn list<'v>(of: &'v Value, key: &str) -> &'v [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

/// The first place where two texts differ, with what stands around it.
fn difference(left: &str, right: &str) -> String {
    let start = left.find("\"format\"").unwrap_or(0);
    let same = left.bytes().zip(right.bytes()).skip(start).take_while(|(left, right)| left == right).count();
    let at = start + same;
    let around = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(200)..(at + 200).min(text.len())];
        String::from_utf8_lossy(bytes).into_owned()
    };
    format!("{}\n--\n{}", around(left), around(right))
}

#[test]
fn rows_in_any_order_and_in_any_file_are_the_same_plan_but_for_their_places() {
    let mut tenant = tenant();
    tenant.accounts.push("wrong,wrong,ACCOUNT,ACTIVE,Pro,,-1,0,0,0,0".to_owned());
    let mut cards = Cards(11);
    let first = without_places(&tenant.planned(&mut cards));

    for round in 1..15 {
        tenant.files.retain(|(name, _)| !name.starts_with("deeper/"));
        for (section, names) in [["a.yaml", "x/a.yaml"], ["z.yaml", "b/c/z.yml"]].into_iter().enumerate() {
            let rows = cards.shuffled(ROWS[section].1);
            let (here, there) = rows.split_at(cards.below(rows.len() - 1) + 1);
            let names = [format!("deeper/{}", names[0]), format!("deeper/{}", names[1])];
            for (name, rows) in names.into_iter().zip([here, there]) {
                tenant.files.push((name, mapping(section, rows)));
            }
        }
        let again = without_places(&tenant.planned(&mut cards));

        assert!(again == first, "round {round} differs:\n{}", difference(&first, &again));
    }
}

/// The plan without where its rows stand, and without what names or digests that.
fn without_places(plan: &str) -> String {
    let mut plan: Value = serde_json::from_str(plan).expect("a plan is JSON");
    for key in ["commit", "digest"] {
        plan[key] = Value::Null;
    }
    forget(&mut plan);
    serde_json::to_string_pretty(&plan).expect("it is JSON")
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|key, _| key != "mapping" && key != "place");
            object.values_mut().for_each(forget);
        }
        Value::Array(list) => list.iter_mut().for_each(forget),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
