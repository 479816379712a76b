//! A spinner that says what is being done; on a terminal only.

use std::time::Duration;

use indicatif::ProgressBar;

/// Does `work` while a spinner says `what`.
pub(super) fn during<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    // It is drawn on standard error, and not at all where that is no terminal.
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let result = work();
    spinner.finish_and_clear();
    result
}
