//! The rules that additions have beyond their fields: defaults from the catalogue, dates, quantities.

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};

use super::defaults::fill_one;
use super::derived::{agreement_status, line_status};
use super::errors::{Flaw, FlawCode};
use super::kind::Kind;
use super::moment;
use super::options::{Options, Tolerance};
use super::state::{Record, State};
use super::value::{Object, Value};
use super::zone;

/// What an addition takes from its product when it is created, by the name on the addition and on the product.
const FROM_PRODUCT: &[(&str, &str)] = &[
    ("unitPrice", "price"),
    ("unitCost", "cost"),
    ("description", "description"),
    ("taxableFlag", "taxableFlag"),
    ("specialOrderFlag", "specialOrderFlag"),
    ("invoiceDescription", "customerDescription"),
];
/// What it takes again when its product changes.
const AGAIN_FROM_PRODUCT: &[&str] = &["unitPrice", "unitCost", "description"];

/// How a database rounds.
const HALF_AWAY: RoundingStrategy = RoundingStrategy::MidpointAwayFromZero;

/// Fills in what the creator of an addition has left out.
pub(super) fn fill(state: &State, parent: u32, fields: &mut Object, now: Timestamp) {
    let product = fields.get("product").and_then(Value::id).and_then(|id| state.record(Kind::Product, id));
    if let Some(product) = product {
        for (own, theirs) in FROM_PRODUCT {
            fill_one(fields, own, product.get(theirs).clone());
        }
        fill_one(fields, "uom", product.get("unitOfMeasure").descend(&["name"]).clone());
    }
    let lines = state.records(Kind::Addition, Some(parent), 0);
    let last = lines.filter_map(|line| line.get("sequenceNumber").number()).max().unwrap_or_default();
    fill_one(fields, "lessIncluded", Decimal::ZERO.into());
    fill_one(fields, "taxableFlag", false.into());
    fill_one(fields, "purchaseItemFlag", false.into());
    fill_one(fields, "specialOrderFlag", false.into());
    fill_one(fields, "sequenceNumber", (last + Decimal::ONE).into());
    let today = zone::midnight(zone::now(&state.options, now));
    let first = state.record(Kind::Agreement, parent).map_or(today, |agreement| first_day(agreement, today));
    fill_one(fields, "effectiveDate", first.into());
}

/// The first day from today on that the rules for dates let a line of an agreement begin on. Which one the real server
/// takes where nobody names one is not known.
fn first_day(agreement: &Record, today: Timestamp) -> Timestamp {
    let prorated = agreement.get("prorateFlag").flag() == Some(true);
    let open = next_invoice(agreement).filter(|_| !prorated);
    let limits = [agreement.get("billStartDate").date(), open];
    limits.into_iter().flatten().map(zone::first_midnight).fold(today, Timestamp::max)
}

/// Takes price, cost, description and unit from a changed product, unless they were sent along.
pub(super) fn follow_product(state: &State, before: &Object, fields: &mut Object, sent: &[&str]) {
    let product = fields.get("product").and_then(Value::id);
    if product == before.get("product").and_then(Value::id) {
        return;
    }
    let Some(product) = product.and_then(|id| state.record(Kind::Product, id)) else { return };
    for (own, theirs) in FROM_PRODUCT {
        if AGAIN_FROM_PRODUCT.contains(own) && !sent.contains(own) {
            super::patch::put(fields, own, product.get(theirs).clone());
        }
    }
    if !sent.contains(&"uom") {
        super::patch::put(fields, "uom", product.get("unitOfMeasure").descend(&["name"]).clone());
    }
}

/// Rounds the quantity where the server keeps only so many decimals: a half away from zero, as its database does.
pub(super) fn round(state: &State, fields: &mut Object) {
    let quantity = fields.get("quantity").and_then(Value::number);
    if let (Some(decimals), Some(quantity)) = (state.options.quantity_decimals, quantity) {
        fields.set("quantity", quantity.round_dp_with_strategy(decimals, HALF_AWAY));
    }
}

/// What is wrong with an addition beyond its fields. `before` is what stood there, where something did.
pub(super) fn flaws(
    state: &State,
    parent: u32,
    before: Option<&Record>,
    fields: &Object,
    now: Timestamp,
) -> Vec<Flaw> {
    let now = zone::now(&state.options, now);
    let mut flaws = Vec::new();
    if let Some(agreement) = state.record(Kind::Agreement, parent) {
        flaws.extend(date_flaw(agreement, before, fields));
        flaws.extend(quantity_flaw(&state.options, agreement, before, fields, now));
    }
    flaws.extend(product_flaw(state, fields));
    flaws
}

/// The two known rules for the effective date.
///
/// Whether it lies before the billing start is checked with every change; whether its period was invoiced only when
/// the date is set, else no line could change after its first invoice.
fn date_flaw(agreement: &Record, before: Option<&Record>, fields: &Object) -> Option<Flaw> {
    let effective = fields.get("effectiveDate")?.date()?;
    let flaw = |message: &str| Some(Flaw::new(FlawCode::InvalidField, "effectiveDate", message));
    if agreement.get("billStartDate").date().is_some_and(|start| effective < start) {
        return flaw("The effective date lies before the billing start date of the agreement");
    }
    let set = before.is_none_or(|before| before.get("effectiveDate").date() != Some(effective));
    let prorated = agreement.get("prorateFlag").flag() == Some(true);
    if set && !prorated && next_invoice(agreement).is_some_and(|next| effective < next) {
        return flaw(
            "The effective date lies in a period that has been invoiced. Prorate the addition or use the next \
             invoice date",
        );
    }
    None
}

/// When an agreement is invoiced next. The date is a text; a day or a moment is understood.
pub(super) fn next_invoice(agreement: &Record) -> Option<Timestamp> {
    let text = agreement.get("nextInvoiceDate").as_text()?;
    moment::read(text).or_else(|| moment::read(&format!("{text}T00:00:00Z")))
}

fn product_flaw(state: &State, fields: &Object) -> Option<Flaw> {
    let product = state.record(Kind::Product, fields.get("product")?.id()?)?;
    let bundle = product.get("productClass").as_text() == Some("Bundle");
    let flaw = || {
        Flaw::new(FlawCode::InvalidField, "product", "A product of the class Bundle cannot be an addition")
    };
    bundle.then(flaw)
}

/// The rules on quantities that nobody knows of, as switched.
fn quantity_flaw(
    options: &Options,
    agreement: &Record,
    before: Option<&Record>,
    fields: &Object,
    now: Timestamp,
) -> Option<Flaw> {
    let quantity = fields.get("quantity").and_then(Value::number);
    let unchanged = before.is_some_and(|before| before.get("quantity").number() == quantity);
    if unchanged {
        return None;
    }
    let refused = |tolerance: Tolerance| tolerance == Tolerance::Refused;
    let out_of_range = |message: &str| Some(Flaw::new(FlawCode::OutOfRange, "quantity", message));
    if refused(options.negative_quantity) && quantity.is_some_and(|quantity| quantity < Decimal::ZERO) {
        return out_of_range("The quantity must not be negative");
    }
    if refused(options.zero_quantity) && quantity.is_some_and(|quantity| quantity.is_zero()) {
        return out_of_range("The quantity must not be zero");
    }
    let before = before?;
    let closed = |message: &str| Some(Flaw::new(FlawCode::InvalidField, "quantity", message));
    if refused(options.ended_line_quantity) && has_ended(agreement, before, now) {
        return closed("The addition has been cancelled or has expired");
    }
    if refused(options.invoiced_line_quantity) && is_invoiced(agreement, before, now) {
        return closed("The addition has been invoiced for this period");
    }
    None
}

/// Whether a line is cancelled, or its agreement is or has expired.
fn has_ended(agreement: &Record, line: &Record, now: Timestamp) -> bool {
    let agreement = agreement_status(agreement, now);
    line_status(line, now) == "Cancelled" || matches!(agreement.as_text(), Some("Cancelled" | "Expired"))
}

/// Whether the period that runs has been invoiced with this line on it.
fn is_invoiced(agreement: &Record, line: &Record, now: Timestamp) -> bool {
    let began = line.get("effectiveDate").date().is_none_or(|effective| effective <= now);
    began && next_invoice(agreement).is_some_and(|next| now < next)
}
