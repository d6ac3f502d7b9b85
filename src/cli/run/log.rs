//! Where the daemon's log goes: one line an event on stderr, which a service manager keeps.

/// Starts logging. One that was started already stays.
pub(super) fn install() {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO);
    // The only error is that a subscriber stands already.
    let _ = subscriber.try_init();
}
