//! Tickets: opened by one request, asked for by another, and never guessed.

use std::time::Duration;

use jiff::Timestamp;

use super::{FarEnd, Reply, connected, impatient, scripted};
use crate::connectwise::{
    ConnectWise, ConnectWiseError, NewTicket, Options, TicketAnswer, TicketDesk, TicketId, TicketState,
};
use crate::contract::{self, Watched};
use crate::simulator::{Clock, Function, Kind, Level, Levels, Role, Running, Seed, Simulator};

const TICKET: NewTicket<'_> = NewTicket {
    board: "Service Desk",
    company: "msp",
    summary: "trueup: 3 lines are held",
    description: "Three lines are held.",
};

fn start() -> Watched {
    let seed = Seed::from_yaml("companies: [{ id: 7, identifier: msp, name: Example MSP }]").unwrap();
    let now: Timestamp = "2026-04-15T12:00:00Z".parse().unwrap();
    contract::start(Simulator::new(seed, Clock::fixed(now)).unwrap())
}

fn may_open_tickets(simulator: &Running) {
    let levels = Levels { inquire: Level::All, add: Level::All, ..Levels::default() };
    let role = Role::default().with(Function::ServiceTickets, levels);
    assert!(simulator.set_role("api", role));
}

async fn desk(simulator: &Running) -> TicketDesk {
    let options = Options::new(simulator.url(), "msp", "client".into(), "public".into(), "private".into());
    let options = Options { retry_pause: Duration::from_millis(1), ..options };
    ConnectWise::connect(options).await.unwrap().ticket_desk()
}

#[tokio::test]
async fn a_ticket_is_opened_and_read_back_until_somebody_closes_it() {
    let simulator = start();
    may_open_tickets(&simulator);
    let desk = desk(&simulator).await;

    let TicketAnswer::Opened(id) = desk.open_ticket(&TICKET).await else { panic!("it was not opened") };

    assert_eq!(desk.state(id).await, Ok(TicketState::Open));
    let number = u32::try_from(id.0).unwrap();
    simulator.by("jo").edit(Kind::Ticket, number, "closedFlag", true).unwrap();
    assert_eq!(desk.state(id).await, Ok(TicketState::Closed));
    assert_eq!(desk.state(TicketId(1)).await, Ok(TicketState::Gone));
    assert_eq!(simulator.records(Kind::Ticket).len(), 1);
}

#[tokio::test]
async fn a_role_without_the_right_opens_no_ticket() {
    let simulator = start();

    let answer = desk(&simulator).await.open_ticket(&TICKET).await;

    assert!(matches!(answer, TicketAnswer::Refused { status: 403, .. }), "{answer:?}");
    assert_eq!(simulator.records(Kind::Ticket), Vec::new());
}

#[tokio::test]
async fn a_company_that_is_not_there_and_a_summary_that_is_too_long() {
    let simulator = start();
    may_open_tickets(&simulator);
    let desk = desk(&simulator).await;

    let unknown = desk.open_ticket(&NewTicket { company: "nobody", ..TICKET }).await;
    let long = desk.open_ticket(&NewTicket { summary: &"ä".repeat(200), ..TICKET }).await;

    assert!(matches!(unknown, TicketAnswer::Refused { status: 400, .. }), "{unknown:?}");
    assert!(matches!(long, TicketAnswer::Opened(_)), "{long:?}");
}

#[tokio::test]
async fn whatever_is_not_surely_refused_or_opened_is_in_doubt_and_not_sent_again() {
    for (status, body) in
        [(500, "{}"), (409, "{}"), (429, "{}"), (200, "{\"id\":5}"), (201, "{}"), (201, "<")]
    {
        let far_end = scripted(move |_| Reply::json(status, body)).await;
        let desk = connected(&far_end).await.ticket_desk();

        let answer = desk.open_ticket(&TICKET).await;

        assert!(matches!(answer, TicketAnswer::InDoubt { .. }), "{status} {body}: {answer:?}");
        assert_eq!(far_end.heard().len(), 2, "{status} {body}");
    }
}

#[tokio::test]
async fn a_ticket_without_an_answer_is_in_doubt() {
    let far_end: FarEnd = scripted(|_| Reply::silence()).await;

    let answer = impatient(&far_end).await.ticket_desk().open_ticket(&TICKET).await;

    assert!(matches!(answer, TicketAnswer::InDoubt { .. }), "{answer:?}");
}

#[tokio::test]
async fn an_answer_about_another_ticket_tells_nothing() {
    let far_end = scripted(|_| Reply::json(200, "{\"id\":6,\"closedFlag\":true}")).await;

    let state = connected(&far_end).await.ticket_desk().state(TicketId(5)).await;

    assert!(matches!(state, Err(ConnectWiseError::BadAnswer { .. })), "{state:?}");
}
