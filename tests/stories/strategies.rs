//! Every way to sell backup that the product promises, from a row of YAML to the quantity on the agreement.
//!
//! Lines begin at 0 where they can, so that the change of the bill is the whole bill of a month.

use super::world::World;
use super::world::shop::{Shop, WIDE_GUARDS, usage};

const UNIVERSAL: &str = "plan: (All plans), level: Universal, usage_value: total";

#[test]
fn universal_price_per_gigabyte_bills_what_is_used_at_one_price() {
    let shop = Shop::selling("BKP-GB", "0.50").at_level("Universal", "BackupUsage", "BKP-GB");
    let world = shop.line("acme", "BKP-GB", "0").line("delta", "BKP-GB", "0").open(&[UNIVERSAL]);
    world.accounts(&[&usage("acme", "Pro", "0", "26843545600"), &usage("delta", "Max", "0", "86167781376")]);
    world.commit("Universal price");

    let plan = world.plan();

    assert_eq!(plan.short_and_money("acme", "BKP-GB"), "update 0 -> 25, 12.5 a month");
    assert_eq!(plan.short_and_money("delta", "BKP-GB"), "update 0 -> 80.25, 40.125 a month");
    assert_eq!(plan.0["summary"]["monthly_delta"], "52.625");
    let shown = world.run(&["plan", "--company", "delta"]);
    assert!(shown.stdout.contains("+$40.13"), "{}", shown.stdout);
    world.settle();
    assert_eq!(world.billed(&plan, "acme", "BKP-GB"), "25");
    assert_eq!(world.billed(&plan, "delta", "BKP-GB"), "80.25");
}

fn by_plan() -> Shop {
    Shop::selling("BKP-GB-SILVER", "0.60")
        .and("BKP-GB-GOLD", "0.40")
        .at_level("Silver", "BackupUsage", "BKP-GB-SILVER")
        .at_level("Gold", "BackupUsage", "BKP-GB-GOLD")
}

const BY_PLAN: [&str; 2] =
    ["plan: Silver, level: Silver, usage_value: total", "plan: Gold, level: Gold, usage_value: total"];

#[test]
fn price_per_gigabyte_by_plan_bills_each_plan_as_its_own_product() {
    let shop = by_plan().line("acme", "BKP-GB-SILVER", "0").line("delta", "BKP-GB-GOLD", "0");
    let world = shop.open(&BY_PLAN);
    world.accounts(&[
        &usage("acme", "Silver", "0", "26843545600"),
        &usage("delta", "Gold", "0", "86167781376"),
    ]);
    world.commit("Price by plan");

    let plan = world.plan();

    assert_eq!(plan.short_and_money("acme", "BKP-GB-SILVER"), "update 0 -> 25, 15 a month");
    assert_eq!(plan.short_and_money("delta", "BKP-GB-GOLD"), "update 0 -> 80.25, 32.1 a month");
    world.settle();
    assert_eq!(world.billed(&plan, "acme", "BKP-GB-SILVER"), "25");
    assert_eq!(world.billed(&plan, "delta", "BKP-GB-GOLD"), "80.25");
}

#[test]
fn a_plan_without_a_row_holds_the_lines_of_its_account_and_writes_nothing() {
    let world = by_plan().line("acme", "BKP-GB-SILVER", "7").open(&BY_PLAN);
    world.accounts(&[&usage("acme", "Bronze", "0", "26843545600")]).commit("Price by plan");

    let plan = world.plan();

    assert_eq!(plan.short("acme", "BKP-GB-SILVER"), "hold 7 -> ? unmapped_plan");
    assert!(plan.problem_codes().contains(&"unmapped_plan".to_owned()), "{:?}", plan.problem_codes());
    assert_eq!(world.apply().code, Some(3));
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

/// Moves an account between two plans: one plan raises one line and zeroes the other, the rising one first.
fn moves(from: &str, to: &str) {
    let line = |plan: &str| format!("BKP-GB-{}", plan.to_uppercase());
    let (falling, rising) = (line(from), line(to));
    let world = by_plan().line("acme", &falling, "25").line("acme", &rising, "0").open(&BY_PLAN);
    world.accounts(&[&usage("acme", from, "0", "26843545600")]).commit("Price by plan");
    world.settle();
    assert_eq!(world.write_requests(), Vec::<String>::new());

    world.accounts(&[&usage("acme", to, "0", "26843545600")]);

    let plan = world.plan();
    let rise = plan.line("acme", &rising)["monthly_delta"].as_str().map(str::to_owned);
    assert_eq!(rise.as_deref(), Some(if to == "Gold" { "10" } else { "15" }));
    let fall = plan.line("acme", &falling)["monthly_delta"].as_str().map(str::to_owned);
    assert_eq!(fall.as_deref(), Some(if to == "Gold" { "-15" } else { "-10" }));
    assert_eq!(plan.short("acme", &rising), "update 0 -> 25");
    assert_eq!(plan.short("acme", &falling), "update 25 -> 0");
    world.settle();
    let written: Vec<(u32, String)> = world.writes().iter().map(|write| (write.id, after(write))).collect();
    assert_eq!(written, [(9002, "25".to_owned()), (9001, "0".to_owned())]);
}

fn after(write: &trueup::simulator::Mutation) -> String {
    let quantity = write.after.as_ref().and_then(|after| after.get("quantity")?.number());
    quantity.expect("a written line has a quantity").normalize().to_string()
}

#[test]
fn moving_from_silver_to_gold_raises_gold_and_then_zeroes_silver_in_one_plan() {
    moves("Silver", "Gold");
}

#[test]
fn moving_from_gold_to_silver_raises_silver_and_then_zeroes_gold_in_one_plan() {
    moves("Gold", "Silver");
}

#[test]
fn block_storage_bills_only_what_goes_over_the_plans_base_size() {
    let shop = Shop::selling("BKP-OVER", "0.75").at_level("Block20", "BackupUsage", "BKP-OVER");
    let shop =
        shop.line("under", "BKP-OVER", "3").line("little", "BKP-OVER", "0").line("over", "BKP-OVER", "0");
    let world = shop.open(&["plan: 20g Monthly, level: Block20, usage_value: additional"]);
    let account = |name: &str, used: &str| usage(name, "20g Monthly", "21474836480", used);
    world.accounts(&[
        &account("under", "12884901888"),
        &account("little", "21904333209"),
        &account("over", "26843545600"),
    ]);
    world.commit("Block storage");

    let plan = world.plan();

    assert_eq!(plan.short_and_money("under", "BKP-OVER"), "update 3 -> 0, -2.25 a month");
    assert_eq!(plan.short_and_money("little", "BKP-OVER"), "update 0 -> 0.4, 0.3 a month");
    assert_eq!(plan.short_and_money("over", "BKP-OVER"), "update 0 -> 5, 3.75 a month");
    world.settle();
    assert_eq!(
        ["under", "little", "over"].map(|name| world.billed(&plan, name, "BKP-OVER")),
        ["0", "0.4", "5"]
    );
}

#[test]
fn included_units_stay_in_the_quantity_and_out_of_the_bill() {
    let shop = Shop::selling("BKP-GB", "0.75").at_level("Universal", "BackupUsage", "BKP-GB");
    let shop = shop.line_with("acme", "BKP-GB", "quantity: 0, lessIncluded: 20");
    let world = shop.line_with("small", "BKP-GB", "quantity: 25, lessIncluded: 20").open(&[UNIVERSAL]);
    world.accounts(&[&usage("acme", "Pro", "0", "26843545600"), &usage("small", "Pro", "0", "12884901888")]);
    world.commit("Included units");

    let plan = world.plan();

    assert_eq!(plan.short_and_money("acme", "BKP-GB"), "update 0 -> 25, 3.75 a month");
    assert_eq!(plan.line("acme", "BKP-GB")["addition"]["less_included"], "20");
    assert_eq!(plan.short_and_money("small", "BKP-GB"), "update 25 -> 12, -3.75 a month");
    world.settle();
    assert_eq!(world.billed(&plan, "acme", "BKP-GB"), "25");
    assert_eq!(world.billed(&plan, "small", "BKP-GB"), "12");
}

#[test]
fn licences_are_switched_on_by_the_level_of_one_row() {
    let kinds = [
        ("BackupUsage", "BKP-GB", "0.40", "update 0 -> 25, 10 a month"),
        ("LocalBackup", "BKP-LOCAL", "1.99", "update 0 -> 4, 7.96 a month"),
        ("ImageLicensing", "BKP-IMAGE", "3", "update 0 -> 2, 6 a month"),
        ("Hyper-VHostLicensing", "BKP-HYPERV", "10", "update 0 -> 1, 10 a month"),
        ("VMwareHostLicensing", "BKP-VMWARE", "12", "keep 0 -> 0, 0 a month"),
    ];
    let shop = kinds.iter().fold(Shop::default(), |shop, (kind, product, price, _)| {
        shop.and(product, price).at_level("Gold", kind, product).line("acme", product, "0")
    });
    let world = shop.open(&["plan: Gold, level: Gold, usage_value: total"]);
    world.accounts(&["acme,Acme,ACCOUNT,ACTIVE,Gold,0,26843545600,4,2,1,0"]).commit("Licences");

    let plan = world.plan();

    for (_, product, _, expected) in kinds {
        assert_eq!(plan.short_and_money("acme", product), expected, "{product}");
    }
    world.settle();
    let billed = kinds.map(|(_, product, ..)| world.billed(&plan, "acme", product));
    assert_eq!(billed, ["25", "4", "2", "1", "0"]);
}

/// A tenant that sells seats at 2.00, with 100 used and 120 bought.
fn seats(count: &str) -> World {
    let shop = Shop::selling("ESS-STD", "2").at_level("Ess-Std", "EssentialsSeats", "ESS-STD");
    let world = World::seeded(&shop.line("acme", "ESS-STD", "0").seed());
    world.mapping("policy.yaml", WIDE_GUARDS).mapping(
        "seats.yaml",
        &format!(
            "source: intronis\nintegration: Barracuda Intronis\nessentials_service:\n  \
             - {{ option: Email Security Service, level: Ess-Std, type: EssentialsSeats{count} }}\n"
        ),
    );
    world.accounts(&["acme,Acme,ACCOUNT,ACTIVE,,,,,,,"]);
    world.seats(&["acme,Essentials Service,Email Security Service,,100,120"]).commit("Seats");
    world
}

#[test]
fn seats_bill_those_that_are_used_unless_the_row_says_otherwise() {
    for count in ["", ", count: used"] {
        let world = seats(count);

        let plan = world.plan();

        assert_eq!(plan.short_and_money("acme", "ESS-STD"), "update 0 -> 100, 200 a month");
        world.settle();
        assert_eq!(world.billed(&plan, "acme", "ESS-STD"), "100");
    }
}

#[test]
fn seats_bill_those_that_were_bought_where_the_row_says_so() {
    let world = seats(", count: bought");

    let plan = world.plan();

    assert_eq!(plan.short_and_money("acme", "ESS-STD"), "update 0 -> 120, 240 a month");
    world.settle();
    assert_eq!(world.billed(&plan, "acme", "ESS-STD"), "120");
}
