//! A list as it is asked for: filtered, ordered, cut into pages, projected.
//!
//! One way for everything that can be listed, whether the question came as a query or inside a bundle.

use super::column::Column;
use super::errors::Refusal;
use super::filter::{Filter, FilterTexts};
use super::kind::Kind;
use super::options::{DefaultOrder, Options};
use super::order::Order;
use super::paging::{Paging, Place};
use super::projection::Projection;
use super::schema::Schema;
use super::value::Value;

/// The texts of a question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'t> {
    pub(super) filter: FilterTexts<'t>,
    pub(super) order_by: &'t str,
    pub(super) fields: &'t str,
    pub(super) paging: Paging,
}

/// A question that fits the rows it is about.
#[derive(Debug)]
pub(super) struct Listing {
    filter: Filter,
    order: Order,
    paging: Paging,
    default_order: DefaultOrder,
    pub(super) projection: Projection,
}

/// The rows that are answered, and where in the list they stand.
pub(super) struct Page<T> {
    pub(super) rows: Vec<T>,
    pub(super) place: Place,
}

impl Listing {
    /// Reads a question about rows of one schema.
    pub(super) fn read(
        question: Question<'_>,
        schema: Schema,
        kind: Option<Kind>,
        options: &Options,
    ) -> Result<Self, Refusal> {
        let order = Order::read(question.order_by, schema, options.string_comparison)?;
        if matches!(question.paging, Paging::ForwardOnly { .. }) && !order.is_empty() {
            return Err(Refusal::malformed("The orderBy is not allowed with forward-only pagination"));
        }
        Ok(Self {
            filter: Filter::read(question.filter, schema, kind, options)?,
            order,
            paging: question.paging,
            default_order: options.default_order,
            projection: Projection::read(question.fields),
        })
    }

    /// After which id the rows begin.
    pub(super) fn after(&self) -> u32 {
        match self.paging {
            Paging::Navigable { .. } => 0,
            Paging::ForwardOnly { after, .. } => after,
        }
    }

    /// How many rows pass the filter.
    pub(super) fn count<T>(
        &self,
        rows: impl Iterator<Item = T>,
        look: &dyn Fn(&T, &Column) -> Value,
    ) -> usize {
        rows.filter(|row| self.passes(row, look)).count()
    }

    /// Cuts the page out of the rows, which come by id.
    pub(super) fn cut<T>(
        &self,
        rows: impl Iterator<Item = T>,
        id: &dyn Fn(&T) -> u32,
        look: &dyn Fn(&T, &Column) -> Value,
    ) -> Page<T> {
        let passing = rows.filter(|row| self.passes(row, look));
        match self.paging {
            Paging::ForwardOnly { size, .. } => cut_forward(passing, size, id),
            Paging::Navigable { page, size } => {
                let rows = self.ordered(passing.collect(), look);
                let place = Place::Navigable { page, size, rows: rows.len() as u64 };
                let skipped = usize::try_from((page - 1).saturating_mul(size)).unwrap_or(usize::MAX);
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                Page { rows: rows.into_iter().skip(skipped).take(size).collect(), place }
            }
        }
    }

    fn passes<T>(&self, row: &T, look: &dyn Fn(&T, &Column) -> Value) -> bool {
        self.filter.lets_through(&|column| look(row, column))
    }

    fn ordered<T>(&self, mut rows: Vec<T>, look: &dyn Fn(&T, &Column) -> Value) -> Vec<T> {
        if !self.order.is_empty() {
            let keyed = rows.into_iter().map(|row| (self.order.key(&|column| look(&row, column)), row));
            let mut keyed: Vec<(Vec<Value>, T)> = keyed.collect();
            keyed.sort_by(|(left, _), (right, _)| self.order.compare(left, right));
            return keyed.into_iter().map(|(_, row)| row).collect();
        }
        match self.default_order {
            DefaultOrder::Id => rows,
            DefaultOrder::IdDescending => {
                rows.reverse();
                rows
            }
        }
    }
}

fn cut_forward<T>(mut rows: impl Iterator<Item = T>, size: u64, id: &dyn Fn(&T) -> u32) -> Page<T> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let page: Vec<T> = rows.by_ref().take(size).collect();
    let place = match (page.last(), rows.next()) {
        (Some(last), Some(_)) => Place::ForwardMore { last_id: id(last) },
        _ => Place::ForwardEnd,
    };
    Page { rows: page, place }
}
