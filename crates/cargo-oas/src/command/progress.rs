//! A spinner that shows what the command is doing.

use std::time::Duration;

use indicatif::ProgressBar;

/// Does `work` while a spinner shows `what`.
pub(super) fn during<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    // It is drawn on standard error, and only if that is a terminal.
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let result = work();
    spinner.finish_and_clear();
    result
}
