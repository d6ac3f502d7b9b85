//! What every account of a company claims of which line (Resolution 3 to 6).
//!
//! What cannot be resolved becomes a trouble that says which lines it concerns; nothing is guessed.

use crate::billing::{AgreementTypeId, LineKey, ProductId};
use crate::mapping::{Row, Subject};
use crate::problem::{Code, Problem, Reason};
use crate::usage::{Account, AccountStatus};

use super::agreement::fitting;
use super::cell::{Cell, Cells};
use super::counted::Counted;
use super::doubt::Doubt;
use super::expect::base_fails;
use super::ground::Ground;
use super::index::Members;
use super::level::{Entry, Target};
use super::line::{Derivation, LinkedBy, MappingPlace};
use super::link::CompanyIndex;
use super::measure::{self, Measurement};
use super::member::{Member, Standing};
use super::rows::{Switched, plan_name};
use super::trouble::{About, Trouble};
use super::unbilled;

/// What the accounts of one company claim.
pub(super) struct Claims<'g, 'a> {
    pub(super) ground: &'g Ground<'a>,
    pub(super) company: CompanyIndex,
    pub(super) agreements: &'g [(CompanyIndex, &'a crate::billing::Agreement)],
    pub(super) members: &'g [Member<'a>],
    pub(super) cells: Cells<'g, 'a>,
    pub(super) troubles: Vec<Trouble<'a>>,
    /// Lines of skipped and ignored accounts.
    pub(super) left_out: Members<LineKey>,
    /// Some skipped or ignored account cannot be told by its lines: nothing that nobody wants is touched.
    pub(super) leaves_out_all: bool,
    /// Accounts that claim no line.
    pub(super) idle: usize,
    /// Every figure that is counted on some line, in the order of members.
    pub(super) counted: Vec<Counted<'a>>,
}

/// One type of one row of one account.
#[derive(Clone, Copy)]
struct Claim<'c, 'a> {
    member: &'c Member<'a>,
    account: &'a Account,
    row: &'a Row,
    entry: &'c Entry<'a>,
    measurement: Measurement,
}

impl<'g, 'a> Claims<'g, 'a> {
    /// Resolves every account of a company.
    pub(super) fn of(
        ground: &'g Ground<'a>,
        company: CompanyIndex,
        agreements: &'g [(CompanyIndex, &'a crate::billing::Agreement)],
        members: &'g [Member<'a>],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let names = |member: &Member<'a>| member.link.and_then(|link| link.agreement.as_deref());
        let is_named = |name: &str| members.iter().any(|member| names(member) == Some(name));
        let mut claims = Self {
            ground,
            company,
            agreements,
            members,
            cells: Cells::reached(ground, agreements, is_named),
            troubles: Vec::new(),
            left_out: Members::default(),
            leaves_out_all: false,
            idle: 0,
            counted: Vec::new(),
        };
        for member in members {
            claims.add(member, problems);
        }
        claims.doubt_measures();
        claims
    }

    fn add(&mut self, member: &Member<'a>, problems: &mut Vec<Problem>) {
        match (member.standing, member.account) {
            (Standing::Billed, Some(account)) => self.bill(member, account, problems),
            (Standing::LeftOut, Some(account)) => self.leave_out(member, account),
            (Standing::LeftOut, None) => self.leaves_out_all = true,
            (Standing::Cancelled | Standing::Gone, _) | (Standing::Billed, None) => self.idle += 1,
            (Standing::InDoubt(doubt), account) => {
                let rejection = account.and_then(|account| account.rejected.as_ref());
                let source = self.ground.sources[member.source].name;
                let detail = rejection.map_or(source, |rejection| &rejection.message);
                self.trouble(doubt.code(), About::Company, doubt.sentence(member.username, detail));
            }
        }
    }

    fn trouble(&mut self, code: Code, about: About<'a>, message: String) {
        self.troubles.push(Trouble { code, message, about });
    }

    fn bill(&mut self, member: &Member<'a>, account: &'a Account, problems: &mut Vec<Problem>) {
        let rows = &self.ground.sources[member.source].rows;
        let mut claimed = false;
        let of_plan = rows.of_plan(account);
        match of_plan {
            Ok(Some(row)) => claimed |= self.claim_row(member, account, row, problems),
            Ok(None) => {}
            Err(doubt) => {
                let plan = plan_name(account).unwrap_or_default();
                let message = doubt.sentence(member.username, plan);
                problems.push(Problem::warning(doubt.code(), member.username, message.clone()));
                self.trouble(doubt.code(), About::Company, message);
            }
        }
        for row in &rows.others {
            claimed |= self.claim_row(member, account, row, problems);
        }
        self.idle += usize::from(!claimed);
        if let Ok(of_plan) = of_plan {
            unbilled::note(account, of_plan, rows, problems);
        }
    }

    /// Claims what a row switches on; says whether it claims any line.
    fn claim_row(
        &mut self,
        member: &Member<'a>,
        account: &'a Account,
        switched: &'g Switched<'a>,
        problems: &mut Vec<Problem>,
    ) -> bool {
        let row = switched.row;
        let entries = match &switched.entries {
            Ok(entries) => entries,
            Err(problem) => {
                self.level_in_trouble(member, account, row, problem);
                return false;
            }
        };
        let mut claimed = false;
        for entry in entries {
            let measurement = self.measure(account, row, entry);
            let claim = Claim { member, account, row, entry, measurement };
            match &entry.target {
                Target::Line(agreement_type, product, identifier) => {
                    claimed |= self.claim_line(claim, *agreement_type, (*product, identifier), problems);
                }
                Target::Doubtful { code, message, concerns } => {
                    self.doubtful(&claim, *code, message, concerns);
                }
            }
        }
        claimed
    }

    fn measure(&self, account: &Account, row: &Row, entry: &Entry<'_>) -> Measurement {
        let gigabyte = self.ground.inputs.catalog.policy.gigabyte;
        match &row.subject {
            Subject::Plan { usage_value, .. } => {
                measure::of_plan(account, row, *usage_value, entry, gigabyte)
            }
            Subject::Seats { .. } | Subject::Metered { .. } => measure::of_row(account, row, gigabyte),
        }
    }

    /// The level leads nowhere: the share of an explicitly linked account may be missing wherever such shares are
    /// summed, and nothing that nobody wants may go.
    fn level_in_trouble(&mut self, member: &Member<'a>, account: &Account, row: &'a Row, problem: &Problem) {
        let (about, matters) = match &row.subject {
            Subject::Plan { .. } => (About::ShareOfBackup, true),
            Subject::Seats { vendor_type, .. } | Subject::Metered { vendor_type, .. } => {
                let gigabyte = self.ground.inputs.catalog.policy.gigabyte;
                let is_used = measure::of_row(account, row, gigabyte).is_positive();
                (About::ShareOfType(vendor_type), is_used || self.cells.has_addition_of(vendor_type))
            }
        };
        if matters {
            let about = if member.by == LinkedBy::Explicit { about } else { About::Unwanted };
            self.trouble(problem.code, about, problem.message.clone());
        }
    }

    /// The cross-reference is broken or doubtful. A measured zero or an unknown raises no trouble where there is no
    /// addition.
    fn doubtful(
        &mut self,
        claim: &Claim<'_, 'a>,
        code: Code,
        message: &str,
        concerns: &[(Option<AgreementTypeId>, ProductId, &'a str)],
    ) {
        let vendor_type = claim.entry.vendor_type;
        let is_used = claim.measurement.is_positive();
        for (agreement_type, product, _) in concerns {
            if is_used || self.cells.of_product(*agreement_type, *product).any(Cell::may_exist) {
                self.trouble(code, About::Product(*agreement_type, *product), message.to_owned());
            }
        }
        if concerns.is_empty() && (is_used || self.cells.has_addition_of(vendor_type)) {
            let is_explicit = claim.member.by == LinkedBy::Explicit;
            let about = if is_explicit { About::ShareOfType(vendor_type) } else { About::Unwanted };
            self.trouble(code, about, message.to_owned());
        }
    }

    fn claim_line(
        &mut self,
        claim: Claim<'_, 'a>,
        agreement_type: AgreementTypeId,
        product: (ProductId, &'a str),
        problems: &mut Vec<Problem>,
    ) -> bool {
        let named = claim.member.link.and_then(|link| link.agreement.as_deref());
        let mut agreements = fitting(self.agreements, agreement_type, named);
        let (Some(agreement), None) = (agreements.next(), agreements.next()) else {
            self.no_single_agreement(&claim, agreement_type, product.0, problems);
            return false;
        };
        let Some(cell) = self.cells.claimed(agreement, product) else { return false };
        cell.decimals = cell.decimals.max(claim.measurement.decimals);
        if let Some(reason) = base_fails(claim.row, claim.entry, claim.account, self.ground) {
            cell.reasons.push(reason);
        }
        if let Some(doubt) = claim.measurement.doubt {
            let message = doubt.sentence(claim.member.username, claim.entry.vendor_type);
            cell.reasons.push(Reason::new(doubt.code(), message));
            if doubt == Doubt::UnknownBase {
                problems.push(unknown_base(&claim));
            }
        }
        if claim.account.status == AccountStatus::Frozen {
            cell.notes.push(Code::FrozenAccount);
        }
        if cell.derivation.is_empty() {
            // Most lines have one claim, and a vector would make room for four.
            cell.derivation.reserve_exact(1);
        }
        cell.derivation.push(claim.derivation(self.ground));
        let (member, vendor_type, row) = (claim.member, claim.entry.vendor_type, claim.row);
        let counted = Counted { source: member.source, account: member.username, vendor_type, row };
        self.counted.push(counted);
        cell.may_exist() || claim.measurement.is_positive()
    }

    fn no_single_agreement(
        &mut self,
        claim: &Claim<'_, 'a>,
        agreement_type: AgreementTypeId,
        product: ProductId,
        problems: &mut Vec<Problem>,
    ) {
        let on_line = self.cells.of_product(Some(agreement_type), product).any(Cell::may_exist);
        if !on_line && !claim.measurement.is_positive() {
            return;
        }
        let named = claim.member.link.and_then(|link| link.agreement.as_deref());
        let several: Vec<String> = fitting(self.agreements, agreement_type, named)
            .map(|agreement| format!("{} ({})", agreement.name, agreement.id))
            .collect();
        let company = &self.ground.directory.companies[self.company as usize].identifier;
        let type_name = self.ground.type_name(agreement_type);
        let (code, message) = match (&*several, named) {
            ([], None) => {
                (Code::NoAgreement, format!("{company} has no active agreement of type {type_name}"))
            }
            ([], Some(named)) => {
                let message = format!("{company} has no active agreement {named} of type {type_name}");
                (Code::NoAgreement, message)
            }
            ([..], _) => {
                let several = several.join(" and ");
                let message = format!("{company} has several agreements of type {type_name}: {several}");
                (Code::AmbiguousAgreement, message)
            }
        };
        problems.push(Problem::warning(code, &**company, message.clone()));
        self.trouble(code, About::Product(Some(agreement_type), product), message);
    }

    /// The lines that a skipped or ignored account would have. Where that cannot be told, nothing that nobody wants
    /// is touched.
    fn leave_out(&mut self, member: &Member<'a>, account: &'a Account) {
        let rows = &self.ground.sources[member.source].rows;
        let (Ok(of_plan), None) = (rows.of_plan(account), &account.rejected) else {
            self.leaves_out_all = true;
            return;
        };
        let named = member.link.and_then(|link| link.agreement.as_deref());
        for switched in of_plan.into_iter().chain(&rows.others) {
            let Ok(entries) = &switched.entries else {
                self.leaves_out_all = true;
                continue;
            };
            for entry in entries {
                let Target::Line(agreement_type, product, _) = entry.target else {
                    self.leaves_out_all = true;
                    continue;
                };
                let mut fits = false;
                for agreement in fitting(self.agreements, agreement_type, named) {
                    self.left_out.insert(LineKey { agreement: agreement.id, product });
                    fits = true;
                }
                self.leaves_out_all |= named.is_some() && !fits;
            }
        }
    }

    /// A figure in doubt on a line that exists leaves its account unresolved.
    fn doubt_measures(&mut self) {
        for cell in self.cells.all.iter().filter(|cell| cell.may_exist()) {
            for reason in &cell.reasons {
                if reason.code != Code::ExpectationFailed {
                    let (code, message) = (reason.code, reason.message.clone());
                    self.troubles.push(Trouble { code, message, about: About::Told });
                }
            }
        }
    }
}

impl<'a> Claim<'_, 'a> {
    fn derivation(&self, ground: &Ground<'a>) -> Derivation<'a> {
        let Measurement { used_bytes, base_bytes, included, measured, rounded, .. } = self.measurement;
        let (plan, usage_value): (Option<&'a str>, _) = match &self.row.subject {
            Subject::Plan { usage_value, .. } => {
                let is_size = self.entry.metric == crate::usage::Metric::BackupUsage;
                (plan_name(self.account), is_size.then_some(*usage_value))
            }
            Subject::Seats { option, .. } => (Some(option), None),
            Subject::Metered { metric, .. } => (Some(metric), None),
        };
        Derivation {
            account: self.member.username,
            base_bytes,
            cross_reference: self.entry.id,
            included,
            level: &self.row.level,
            link: self.member.by,
            mapping: MappingPlace { file: &self.row.place.file, line: self.row.place.line },
            measured,
            plan,
            rounded,
            source: ground.sources[self.member.source].name,
            vendor_type: self.entry.vendor_type,
            usage_value,
            used_bytes,
            row: Some(self.row),
        }
    }
}

fn unknown_base(claim: &Claim<'_, '_>) -> Problem {
    let subject = plan_name(claim.account).unwrap_or(claim.member.username);
    let message = format!("{subject} has no base plan size, so additional usage cannot be told");
    Problem::warning(Code::UnknownBase, subject, message)
}
