//! Tickets on service boards: as much of them as a program that opens one needs.

use super::{Field, ID, INFORMATION, Schema};
use crate::simulator::kind::Kind;

/// `/service/tickets`. Boards, statuses and priorities are not kept. `initialDescription` is taken and never answered.
pub(super) const TICKET: Schema = &[
    ID,
    Field::short("summary", 100).required(),
    Field::elsewhere("board"),
    Field::elsewhere("status"),
    Field::reference("company", Kind::Company).required(),
    Field::elsewhere("priority"),
    Field::flag("closedFlag"),
    INFORMATION,
];
