//! A part of a plan, for `--company` and `--product`.
//!
//! Guards were computed before, over all lines: a filter shows less and lets nothing more pass.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use super::summary::summarize;
use super::{Line, Plan, Show, digest};
use crate::billing::LineKey;

/// Which lines to keep: those that fit everything that is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter<'f> {
    /// The company's identifier, exactly.
    pub company: Option<&'f str>,
    /// The product's identifier, exactly.
    pub product: Option<&'f str>,
}

/// No line fits the filter. It is never read as "all lines".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no line of the plan fits the filter")]
pub struct NothingMatches;

impl Plan<'_> {
    /// The lines that fit, with their own summary and digest. Problems concern the tenant and stay.
    ///
    /// # Errors
    ///
    /// When a filter is given and no line fits it.
    pub fn filtered(mut self, filter: &Filter<'_>) -> Result<Self, NothingMatches> {
        if *filter == Filter::default() {
            return Ok(self);
        }
        self.lines.retain(|line| {
            filter.company.is_none_or(|company| line.company.identifier == company)
                && filter.product.is_none_or(|product| line.product.identifier == product)
        });
        if self.lines.is_empty() {
            return Err(NothingMatches);
        }
        let kept: HashSet<LineKey, FixedState> = self.lines.iter().map(Line::key).collect();
        self.observations.retain(|seen| kept.contains(&seen.key));
        self.summary = summarize(&self.lines, &self.problems);
        self.digest = digest(&self, Show::Changes);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, NothingMatches};
    use crate::plan::world::{World, held};
    use crate::problem::Code;

    fn world() -> World {
        let names: Vec<String> = (0..11).map(|number| format!("c{number:02}")).collect();
        names.iter().fold(World::in_step(), |world, name| world.line(name, "BKP-GB", "10", "8.9"))
    }

    #[test]
    fn guards_count_what_the_filter_leaves_out() {
        let world = world();

        let plan = world.plan().filtered(&Filter { company: Some("c01"), product: None }).unwrap();

        assert_eq!(held(&plan, "c01", "BKP-GB"), [Code::RunLines]);
        assert_eq!((plan.lines.len(), plan.summary.hold), (1, 1));
    }

    #[test]
    fn k4_a_filter_that_fits_nothing_is_an_error_and_not_all_lines() {
        let world = world();

        let plan = world.plan().filtered(&Filter { company: Some("C01"), product: None });

        assert_eq!(plan, Err(NothingMatches));
    }

    #[test]
    fn a_part_has_its_own_digest() {
        let world = world();

        let filter = Filter { company: Some("c01"), product: Some("BKP-GB") };
        let part = world.plan().filtered(&filter).unwrap();

        assert_ne!(part.digest, world.plan().digest);
        assert_eq!(world.plan().filtered(&Filter::default()).unwrap(), world.plan());
    }
}
