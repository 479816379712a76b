//! Shows what the command is doing, on standard error.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::ProgressBar;

use crate::steps::{Step, Steps};

/// Does `work` while a spinner shows `what`.
pub(super) fn during<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    // It is drawn on standard error, and only if that is a terminal.
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let result = work();
    spinner.finish_and_clear();
    result
}

/// Does `work`, whose steps are shown: on a terminal by a spinner, and elsewhere by a line for each, if `lines` says so.
pub(super) fn stepwise<T>(lines: bool, work: impl FnOnce(Steps<'_>) -> T) -> T {
    let lines = lines && !std::io::stderr().is_terminal();
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(120));
    let mut current = String::new();
    let result = work(&mut |step| {
        let line = match step {
            Step::Begins(what) => {
                spinner.set_message(what.clone());
                current = what;
                &current
            }
            Step::Detail(detail) => {
                spinner.set_message(format!("{current}: {detail}"));
                return;
            }
            Step::Waits(what) => {
                spinner.set_message(format!("{current}: {what}"));
                what
            }
        };
        if lines {
            // If standard error is closed, there is nowhere to report that.
            let _ = writeln!(std::io::stderr(), "{line} …");
        }
    });
    spinner.finish_and_clear();
    result
}
