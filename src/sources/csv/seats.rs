//! Reads the seats file: what each account bought of each service, and what of it is in use.

use std::sync::Arc;

use csv::StringRecord;
use jiff::Timestamp;

use super::columns::{Header, SEATS};
use super::fold::{Row, Sheet, problems};
use super::{Flaw, cell, scan};
use crate::problem::{Code, Place, Problem};
use crate::sources::Document;
use crate::sources::assembly::{Refusal, Remarks, SeatsOf};
use crate::sources::places::Places;
use crate::usage::Seat;

/// What a seats file says.
pub(super) struct Read<'a> {
    pub(super) rows: usize,
    pub(super) as_of: Option<Timestamp>,
    /// The seats, sorted by account.
    pub(super) seats: Vec<SeatsOf>,
    pub(super) problems: Vec<Problem>,
    pub(super) finder: Finder<'a>,
}

/// Finds rows again, to name them in problems.
pub(super) struct Finder<'a> {
    sheet: Sheet<'a>,
    places: Places<'a>,
    columns: Columns,
}

#[derive(Clone, Copy)]
struct Columns {
    account: usize,
    service: usize,
    option: usize,
    unique_id: Option<usize>,
    used: Option<usize>,
    bought: Option<usize>,
}

/// One row of the file.
struct SeatRow {
    account: Arc<str>,
    seat: Seat,
    row: usize,
    refusal: Option<Refusal>,
}

/// Reads the seats of a file.
pub(super) fn read(document: &Document) -> Result<Read<'_>, Vec<Problem>> {
    let sheet = Sheet::open(document)?;
    let flaws = flaws(&sheet.header());
    if !flaws.is_empty() {
        return Err(problems(&sheet.file, sheet.text, flaws));
    }
    let columns = Columns::of(&sheet.header());
    let mut places = Places::new(sheet.file.clone(), sheet.text);
    let cut = (document.manifest.is_none() && !scan::is_closed(sheet.text)).then(|| sheet.rows());
    let mut rows: Vec<SeatRow> = Vec::with_capacity(sheet.rows());
    let as_of = sheet.walk(|row| {
        let (seat, refused) = columns.seat(row.record);
        let refused = if cut == Some(row.index + 1) { Some(CUT) } else { refused };
        let refusal = refused.map(|refused| refusal(&sheet, &mut places, &row, refused));
        let account = match rows.last() {
            Some(last) if *last.account == *row.account => last.account.clone(),
            Some(_) | None => row.account.into(),
        };
        rows.push(SeatRow { account, seat, row: row.index, refusal });
    })?;
    let count = sheet.rows();
    let mut finder = Finder { sheet, places, columns };
    let (seats, problems) = finder.group(rows);
    Ok(Read { rows: count, as_of, seats, problems, finder })
}

fn flaws(header: &Header<'_>) -> Vec<Flaw> {
    let mut flaws = header.flaws(SEATS, &["as_of", "account", "service", "option"], &[]);
    if flaws.is_empty() && header.find("used").is_none() && header.find("bought").is_none() {
        let message = "the header has neither a column used nor a column bought";
        flaws.push(Flaw::new(0..0, message, "without either the seats are unknown"));
    }
    flaws
}

type Refused = (Option<usize>, cell::Refusal);

/// The last row of a file that ends without a line break.
const CUT: Refused = (None, cell::CUT);

fn refusal(sheet: &Sheet<'_>, places: &mut Places<'_>, row: &Row<'_>, refused: Refused) -> Refusal {
    let (column, refusal) = refused;
    let message = match column {
        None => format!("seats: {}", refusal.what),
        Some(column) => {
            let cell = cell::shown(&row.record[column]);
            format!("seats: {} {cell} {}", &sheet.header[column], refusal.what)
        }
    };
    let place = places.at(sheet.cell(row.index, column.unwrap_or_default()));
    Refusal { message, hint: refusal.hint.to_owned(), place }
}

impl Columns {
    fn of(header: &Header<'_>) -> Self {
        let required = |name| header.find(name).unwrap_or_default();
        Self {
            account: required("account"),
            service: required("service"),
            option: required("option"),
            unique_id: header.find("unique_id"),
            used: header.find("used"),
            bought: header.find("bought"),
        }
    }

    fn seat(&self, record: &StringRecord) -> (Seat, Option<Refused>) {
        let count = |column: Option<usize>| match column {
            None => Ok(None),
            Some(column) => cell::count(&record[column]).map_err(|refusal| (Some(column), refusal)),
        };
        let named = |column: usize| {
            let refusal =
                cell::Refusal { what: "names nothing", hint: "every seat row names service and option" };
            if record[column].is_empty() { Err((Some(column), refusal)) } else { Ok(()) }
        };
        let (used, bought) = (count(self.used), count(self.bought));
        let refused = named(self.service).and(named(self.option)).err().or(used.err()).or(bought.err());
        let unique_id = self.unique_id.map(|column| &record[column]).filter(|id| !id.is_empty());
        let seat = Seat {
            service: record[self.service].into(),
            option: record[self.option].into(),
            unique_id: unique_id.map(Into::into),
            used: used.ok().flatten(),
            bought: bought.ok().flatten(),
        };
        (seat, refused)
    }
}

impl Finder<'_> {
    /// Where a row names its account.
    pub(super) fn account(&mut self, row: usize) -> Place {
        self.places.at(self.sheet.cell(row, self.columns.account))
    }

    /// One entry an account; purchases that stand there twice are merged when they say the same.
    fn group(&mut self, mut rows: Vec<SeatRow>) -> (Vec<SeatsOf>, Vec<Problem>) {
        rows.sort_by(|one, other| {
            (&one.account, identity(one), one.row).cmp(&(&other.account, identity(other), other.row))
        });
        let mut double = Remarks::default();
        let mut accounts = Vec::new();
        for group in rows.chunk_by_mut(|one, other| one.account == other.account) {
            let mut account = SeatsOf {
                account: group[0].account.clone(),
                seats: Vec::new(),
                row: group[0].row,
                refusal: None,
            };
            for purchase in group.chunk_by_mut(|one, other| identity(one) == identity(other)) {
                let refusal = self.purchase(purchase, &mut double);
                account.refusal = account.refusal.or(refusal);
                account.seats.push(purchase[0].seat.clone());
            }
            accounts.push(account);
        }
        let mut problems = Vec::new();
        double.finish(&mut problems, "seat rows stand there twice as well");
        (accounts, problems)
    }

    /// Why the rows of one purchase cannot be used.
    fn purchase(&mut self, rows: &mut [SeatRow], double: &mut Remarks) -> Option<Refusal> {
        let (first, others) = rows.split_first_mut()?;
        if let Some(other) = others.iter().find(|other| !self.sheet.same(first.row, other.row)) {
            return Some(self.differing(&first.seat, other.row));
        }
        if let Some(other) = others.first() {
            double.tell(|| duplicate(&first.account, self.account(other.row)));
        }
        first.refusal.take()
    }

    fn differing(&mut self, seat: &Seat, row: usize) -> Refusal {
        Refusal {
            message: format!("seats: two rows for {:?} of {:?} differ", seat.option, seat.service),
            hint: "one row a purchase; the same option bought twice needs a unique_id each".to_owned(),
            place: self.account(row),
        }
    }
}

/// What tells one purchase of an account from another.
fn identity(row: &SeatRow) -> (&str, &str, Option<&str>) {
    (&row.seat.service, &row.seat.option, row.seat.unique_id.as_deref())
}

fn duplicate(account: &str, place: Place) -> Problem {
    Problem::warning(
        Code::DuplicateUsage,
        account,
        "the same seat row stands there again; it was counted once",
    )
    .with_hint("one row a purchase is enough; the same option bought twice needs a unique_id each")
    .at(place)
}
