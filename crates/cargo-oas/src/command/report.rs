//! Shows messages to people: miette's graphical report with an excerpt of the file.

use std::fmt;
use std::io::{IsTerminal, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan};
use openapi_build::diagnostic::{Diagnostic, Severity, grouped};

use super::excerpt::Excerpt;

/// Shows messages on standard error.
pub(super) struct Reporter {
    handler: GraphicalReportHandler,
    err: anstream::AutoStream<std::io::Stderr>,
}

impl Reporter {
    /// A reporter with color and box characters on a terminal, and without them elsewhere. It honors `NO_COLOR`.
    pub(super) fn new() -> Self {
        let err = anstream::stderr();
        let (terminal, plain) = (std::io::stderr().is_terminal(), err.current_choice() == anstream::ColorChoice::Never);
        let theme = match (terminal, plain) {
            (true, true) => GraphicalTheme::unicode_nocolor(),
            (true, false) => GraphicalTheme::unicode(),
            (false, true) => GraphicalTheme::none(),
            (false, false) => GraphicalTheme::ascii(),
        };
        let mut handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_context_lines(2);
        if !terminal {
            // A log is searched line by line, so a message must not be wrapped.
            handler = handler.with_wrap_lines(false);
        }
        Self { handler, err }
    }

    /// Shows the messages: `all` of them one by one, or errors and warnings [`grouped`], and the number of notes.
    pub(super) fn show_all(&mut self, diagnostics: &[Diagnostic], all: bool) {
        if all {
            diagnostics.iter().for_each(|diagnostic| self.show(diagnostic));
            return;
        }
        let (notes, mut others): (Vec<Diagnostic>, Vec<Diagnostic>) =
            diagnostics.iter().cloned().partition(|diagnostic| diagnostic.severity == Severity::Note);
        // What stops the command is at the end, where it is read first.
        others.sort_by_key(|diagnostic| diagnostic.severity);
        grouped(&others).iter().for_each(|diagnostic| self.show(diagnostic));
        match notes.len() {
            0 => {}
            1 => self.say("1 note; `cargo oas explain` lists it"),
            count => self.say(&format!("{count} notes; `cargo oas explain` lists them")),
        }
    }

    /// Shows one message.
    pub(super) fn show(&mut self, diagnostic: &Diagnostic) {
        let report = Report::of(diagnostic);
        let mut text = String::new();
        let rendered = self.handler.render_report(&mut text, &report);
        let line = if rendered.is_ok() { text } else { diagnostic.to_string() };
        self.say(line.trim_end());
    }

    /// Writes a line.
    pub(super) fn say(&mut self, line: &str) {
        // If standard error is closed, there is nowhere to report that.
        let _ = writeln!(self.err, "{line}");
    }
}

/// A [`Diagnostic`] in the form that miette takes.
#[derive(Debug)]
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    excerpt: Option<Excerpt>,
}

impl<'a> Report<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        Self { diagnostic, excerpt: diagnostic.position.as_deref().and_then(Excerpt::read) }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An excerpt shows the place; without one, the message has to.
        if let (None, Some(position)) = (&self.excerpt, &self.diagnostic.position) {
            write!(f, "{position}: ")?;
        }
        if let (None, Some(pointer)) = (&self.excerpt, &self.diagnostic.pointer) {
            write!(f, "#{pointer}: ")?;
        }
        f.write_str(&self.diagnostic.message.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}"))
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(format!("{}[{}]", self.diagnostic.severity, self.diagnostic.code)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        let label = self
            .diagnostic
            .pointer
            .as_ref()
            .map_or("here".to_owned(), |pointer| format!("#{}", pointer.replace(char::is_control, "\u{fffd}")));
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(Some(label), excerpt.span()))))
    }
}
