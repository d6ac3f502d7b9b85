//! The mapping side of the world: rows and links.

use super::{SOURCE, World, place};
use crate::mapping::{
    Expectation, LineGuards, Link, PlanSelector, Row, SeatCount, Service, Subject, Table, UsageValue,
};

impl World {
    /// A backup row; `(All plans)` is the row for all plans.
    pub(crate) fn add_plan_row(&mut self, plan: &str, usage_value: UsageValue, level: &str) -> &mut Row {
        let plan = if plan == "(All plans)" { PlanSelector::All } else { PlanSelector::Named(plan.into()) };
        self.add_row(Subject::Plan { plan, usage_value, expect: Expectation::default() }, level)
    }

    /// A row of an Essentials option, without a unique id, for used seats.
    pub(crate) fn add_seat_row(&mut self, option: &str, vendor_type: &str, level: &str) -> &mut Row {
        let subject = Subject::Seats {
            service: Service::EssentialsService,
            option: option.into(),
            unique_id: None,
            vendor_type: vendor_type.into(),
            count: SeatCount::Used,
        };
        self.add_row(subject, level)
    }

    /// A metered row for a count, with nothing included.
    pub(crate) fn add_metered_row(&mut self, metric: &str, vendor_type: &str, level: &str) -> &mut Row {
        let subject = Subject::Metered {
            metric: metric.into(),
            vendor_type: vendor_type.into(),
            unit: None,
            included: 0.into(),
        };
        self.add_row(subject, level)
    }

    fn add_row(&mut self, subject: Subject, level: &str) -> &mut Row {
        let place = place(1 + u32::try_from(self.catalog.rows.len()).unwrap());
        self.catalog.rows.push(Row {
            place: place.clone(),
            source: SOURCE.into(),
            table: Table::Integration("Barracuda Intronis".into()),
            subject,
            level: level.into(),
            level_place: place,
            rounding: self.catalog.policy.rounding,
            combine_sum: false,
            guards: LineGuards::default(),
        });
        self.catalog.rows.last_mut().unwrap()
    }

    /// An explicit link.
    pub(crate) fn add_link(&mut self, account: &str, company: &str) -> &mut Link {
        let place = place(100 + u32::try_from(self.catalog.links.len()).unwrap());
        self.catalog.links.push(Link {
            place,
            source: SOURCE.into(),
            account: account.into(),
            company: company.into(),
            agreement: None,
        });
        self.catalog.links.last_mut().unwrap()
    }
}
