//! What a supervisor asks: whether the process answers, and whether it knows enough to be looked at.
//!
//! Neither says anything about a tenant, and neither depends on ConnectWise: restarting us would not bring it back.

use axum::extract::State;
use axum::http::StatusCode;

use crate::reconciler::standing::{Board, Phase, Standing};

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// Every tenant had its first look at what lies on this machine, whatever came of it.
pub(super) async fn ready(State(board): State<Board>) -> (StatusCode, &'static str) {
    let standings = board.standings();
    if !standings.is_empty() && standings.iter().all(|standing| has_looked(standing)) {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not yet\n")
    }
}

fn has_looked(standing: &Standing) -> bool {
    standing.last_pass.is_some()
        || standing.trouble.is_some()
        || standing.commits.refused.is_some()
        || standing.last_success.contains_key(&Phase::Mappings)
}
