//! A panic is told like everything else: without secrets, on one line, with what to do about it.

use std::panic::{self, PanicHookInfo};

use super::line::clean;
use crate::cli::screen::Screen;

/// From now on panics are logged where logs are, and said on stderr otherwise.
pub(in crate::cli) fn tell_panics(screen: &Screen) {
    let screen = *screen;
    panic::set_hook(Box::new(move |panicked| tell(panicked, &screen)));
}

fn tell(panicked: &PanicHookInfo<'_>, screen: &Screen) {
    let payload = panicked.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = clean(message.unwrap_or("without a word"));
    let place = panicked.location().map_or_else(String::new, |place| format!(" at {place}"));
    if tracing::enabled!(tracing::Level::ERROR) {
        tracing::error!("A step failed unexpectedly{place}: {message}");
    } else {
        screen.error(&format!("trueup failed unexpectedly{place}: {message}"));
        screen.say(
            "  hint: this is a bug; nothing that was sent is lost, and the next run settles it by reading",
        );
    }
}
