//! Reads the accounts file: what each row says of its account.

use std::collections::HashSet;
use std::sync::Arc;

use csv::StringRecord;
use foldhash::fast::RandomState;
use jiff::Timestamp;

use super::cell::{self, Refusal as CellRefusal};
use super::columns::{ACCOUNTS, COUNTS, Grammar, Header};
use super::fold::{Row, Sheet, problems};
use super::{Flaw, scan};
use crate::billing::Size;
use crate::problem::{Code, Problem};
use crate::sources::Document;
use crate::sources::assembly::{Entry, Gathered, Refusal};
use crate::sources::places::Places;
use crate::usage::{Account, BackupPlan, Base, Measured, Metric};

/// What an accounts file says.
pub(super) struct Read {
    pub(super) rows: usize,
    pub(super) as_of: Option<Timestamp>,
    pub(super) gathered: Gathered,
}

/// Reads the accounts of a file. `metrics` are the extra columns to read.
pub(super) fn read(document: &Document, metrics: &[Arc<str>]) -> Result<Read, Vec<Problem>> {
    let sheet = Sheet::open(document)?;
    let flaws = flaws(&sheet.header(), metrics);
    if !flaws.is_empty() {
        return Err(problems(&sheet.file, sheet.text, flaws));
    }
    let mut places = Places::new(sheet.file.clone(), sheet.text);
    let mut reader = RowReader::new(&sheet.header(), metrics);
    let cut = (document.manifest.is_none() && !scan::is_closed(sheet.text)).then(|| sheet.rows());
    let mut entries = Vec::with_capacity(sheet.rows());
    let as_of = sheet.walk(|row| {
        let (account, refused) = reader.read(&row);
        let refused = if cut == Some(row.index + 1) { Some(CUT) } else { refused };
        let refusal = refused.map(|refused| Refusal {
            message: refused.message(&sheet.header, row.record),
            hint: refused.refusal.hint.to_owned(),
            place: places.at(sheet.cell(row.index, refused.column.unwrap_or_default())),
        });
        entries.push(Entry { account, row: row.index, refusal });
    })?;
    let mut gathered = Gathered::merge(
        entries,
        |one, other| sheet.same(one, other),
        |row| places.at(sheet.cell(row, reader.account)),
    );
    gathered.problems.extend(missing_metrics(&sheet, metrics));
    Ok(Read { rows: sheet.rows(), as_of, gathered })
}

fn flaws(header: &Header<'_>, metrics: &[Arc<str>]) -> Vec<Flaw> {
    let mut flaws = header.flaws(ACCOUNTS, &["as_of", "account"], metrics);
    let built_in = metrics.iter().filter(|metric| {
        ACCOUNTS.contains(&&***metric) || !matches!(Metric::named(metric), Metric::Named(_))
    });
    flaws.extend(built_in.map(|metric| {
        let message = format!("{metric:?} is always read and cannot be an extra metric");
        Flaw::new(0..0, message, "take it out of the metrics of the source in the settings")
    }));
    flaws
}

fn missing_metrics(sheet: &Sheet<'_>, metrics: &[Arc<str>]) -> Vec<Problem> {
    let header = sheet.header();
    let missing = metrics.iter().filter(|metric| header.find(metric).is_none());
    let told = missing.map(|metric| {
        let message = "the settings name this metric, and the file has no such column: it is unknown";
        let place = Places::new(sheet.file.clone(), sheet.text).at(0..0);
        Problem::warning(Code::UsageFile, &**metric, message)
            .with_hint("column names are exact; correct the export or the metrics of the source")
            .at(place)
    });
    told.collect()
}

/// A cell that rejects its account.
#[derive(Clone, Copy)]
struct Refused {
    /// The cell; `None` when it is the row as a whole.
    column: Option<usize>,
    refusal: CellRefusal,
}

/// The last row of a file that ends without a line break.
const CUT: Refused = Refused { column: None, refusal: cell::CUT };

impl Refused {
    fn message(&self, header: &StringRecord, record: &StringRecord) -> String {
        let what = self.refusal.what;
        match self.column {
            None => what.to_owned(),
            Some(column) => format!("{} {} {what}", &header[column], cell::shown(&record[column])),
        }
    }
}

/// Reads rows: knows where each column stands, and keeps one copy of texts that return.
struct RowReader {
    account: usize,
    name: Option<usize>,
    kind: Option<usize>,
    status: Option<usize>,
    plan: Option<usize>,
    base: [Option<usize>; 2],
    used: [Option<usize>; 2],
    measures: Vec<Measure>,
    known: HashSet<Arc<str>, RandomState>,
    nothing: Arc<str>,
}

/// A column that is one metric.
struct Measure {
    column: usize,
    metric: Metric,
    grammar: Grammar,
}

type Cell<T> = Result<T, Refused>;

impl RowReader {
    fn new(header: &Header<'_>, metrics: &[Arc<str>]) -> Self {
        let counts = COUNTS.into_iter().filter_map(|(metric, name)| {
            Some(Measure { column: header.find(name)?, metric, grammar: Grammar::Count })
        });
        let extra = metrics.iter().filter_map(|name| {
            let metric = Metric::Named(name.clone());
            Some(Measure { column: header.find(name)?, metric, grammar: Grammar::of(name) })
        });
        let mut measures: Vec<Measure> = counts.chain(extra).collect();
        measures.sort_by(|one, other| one.metric.cmp(&other.metric));
        measures.dedup_by(|one, other| one.metric == other.metric);
        Self {
            account: header.find("account").unwrap_or_default(),
            name: header.find("name"),
            kind: header.find("kind"),
            status: header.find("status"),
            plan: header.find("plan"),
            base: ["base_bytes", "base_gb"].map(|name| header.find(name)),
            used: ["used_bytes", "used_gb"].map(|name| header.find(name)),
            measures,
            known: HashSet::default(),
            nothing: "".into(),
        }
    }

    /// The account of a row, and the cell that rejects it. A rejected one keeps its kind and status where known.
    fn read(&mut self, row: &Row<'_>) -> (Account, Option<Refused>) {
        let record = row.record;
        let kind = optional(record, self.kind, cell::kind);
        let status = optional(record, self.status, cell::status);
        let figures = kind.and(status).and_then(|_| Ok((self.backup_plan(record)?, self.metrics(record)?)));
        let (plan, metrics, refused) = match figures {
            Ok((plan, metrics)) => (plan, metrics, None),
            Err(refused) => (None, Vec::new(), Some(refused)),
        };
        let account = Account {
            username: row.account.into(),
            name: self.text(record, self.name),
            kind: kind.ok().flatten().unwrap_or_default(),
            status: status.ok().flatten().unwrap_or_default(),
            plan,
            metrics,
            seats: Vec::new(),
            rejected: None,
        };
        (account, refused)
    }

    fn backup_plan(&mut self, record: &StringRecord) -> Cell<Option<BackupPlan>> {
        let bytes = |cell: &str| cell::base(cell, cell::bytes);
        let gigabytes = |cell: &str| cell::base(cell, cell::gigabytes);
        let base = one_of(record, self.base, [&bytes, &gigabytes])?;
        let name = self.plan.map(|column| &record[column]).filter(|name| !name.is_empty());
        let name = name.map(|name| self.keep(name));
        Ok((name.is_some() || base.is_some())
            .then(|| BackupPlan { name, base: base.unwrap_or(Base::Unknown) }))
    }

    fn metrics(&self, record: &StringRecord) -> Cell<Vec<(Metric, Measured)>> {
        let mut metrics = Vec::with_capacity(self.measures.len() + 1);
        if let Some(size) = one_of(record, self.used, [&cell::bytes, &cell::gigabytes])? {
            metrics.push((Metric::BackupUsage, Measured::Size(size)));
        }
        for Measure { column, metric, grammar } in &self.measures {
            let size = |size: Option<Size>| size.map(Measured::Size);
            let cell = &record[*column];
            let measured = match grammar {
                Grammar::Count => cell::count(cell).map(|count| count.map(Measured::Count)),
                Grammar::Bytes => cell::bytes(cell).map(size),
                Grammar::Gigabytes => cell::gigabytes(cell).map(size),
            };
            if let Some(measured) = measured.map_err(|refusal| refused(*column, refusal))? {
                metrics.push((metric.clone(), measured));
            }
        }
        Ok(metrics)
    }

    fn text(&self, record: &StringRecord, column: Option<usize>) -> Arc<str> {
        match column.map(|column| &record[column]) {
            None | Some("") => self.nothing.clone(),
            Some(text) => text.into(),
        }
    }

    /// The one copy of a text, since thousands of accounts share a few plans.
    fn keep(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let kept: Arc<str> = text.into();
        self.known.insert(kept.clone());
        kept
    }
}

fn refused(column: usize, refusal: CellRefusal) -> Refused {
    Refused { column: Some(column), refusal }
}

/// A column that may be missing as a whole.
fn optional<T: Copy>(
    record: &StringRecord,
    column: Option<usize>,
    read: fn(&str) -> Result<T, CellRefusal>,
) -> Cell<Option<T>> {
    column.map(|column| read(&record[column]).map_err(|refusal| refused(column, refusal))).transpose()
}

type Grammars<'a, T> = [&'a dyn Fn(&str) -> Result<Option<T>, CellRefusal>; 2];

/// A value that stands in bytes or in gigabytes, and not in both.
fn one_of<T>(
    record: &StringRecord,
    columns: [Option<usize>; 2],
    grammars: Grammars<'_, T>,
) -> Cell<Option<T>> {
    let read = |which: usize| -> Cell<Option<T>> {
        let Some(column) = columns[which] else { return Ok(None) };
        grammars[which](&record[column]).map_err(|refusal| refused(column, refusal))
    };
    let [bytes, gigabytes] = [read(0)?, read(1)?];
    if let (Some(_), Some(_), Some(column)) = (&bytes, &gigabytes, columns[1]) {
        let what = "stands beside the same size in bytes";
        return Err(refused(column, CellRefusal { what, hint: "fill one of the two cells" }));
    }
    Ok(bytes.or(gigabytes))
}
