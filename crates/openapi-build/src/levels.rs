//! Which findings a user silences, and which ones are to be errors.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `W004` | a code that does not exist is allowed or denied |
//! | `W005` | a code is both allowed and denied |

use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// The word that denies every warning.
pub const WARNINGS: &str = "warnings";

/// Where codes are allowed and denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `--allow` and `--deny`.
    CommandLine,
    /// [`Config::allow`](crate::Config::allow) and [`Config::deny`](crate::Config::deny).
    Config,
    /// `allow` and `deny` in `spec.toml`.
    Manifest,
}

impl Source {
    /// How `code` is denied there.
    fn deny(self, code: &str) -> String {
        match self {
            Self::CommandLine => format!("`--deny {code}`"),
            Self::Config => format!("`Config::deny(\"{code}\")`"),
            Self::Manifest => format!("`deny = [\"{code}\"]` in {}", crate::manifest::FILE_NAME),
        }
    }
}

/// The codes that are allowed, whose findings are silenced, and those that are denied, whose findings are errors.
///
/// A code wins over `warnings`, which denies every warning, wherever either is said. Otherwise the first of several places
/// that name a code decides: the command line or `Config`, the document in `spec.toml`, `spec.toml` itself.
///
/// An error cannot be allowed.
///
/// ```
/// use openapi_build::diagnostic::{Diagnostic, Severity};
/// use openapi_build::levels::{Levels, Source};
///
/// let levels = Levels::new(Source::Config, &["Q005"], &["warnings"])?;
/// let found = vec![Diagnostic::warning("Q005", "silenced"), Diagnostic::warning("Q031", "denied")];
/// let found = levels.judge(found);
/// assert_eq!((found.len(), found[0].code, found[0].severity), (1, "Q031", Severity::Error));
/// # Ok::<(), Diagnostic>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// The layer that wins comes first.
    layers: Vec<Layer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Layer {
    source: Source,
    /// The codes that findings have.
    allow: Vec<&'static str>,
    /// The codes that findings have, each as the user wrote it.
    deny: Vec<(&'static str, String)>,
    /// Whether every warning is denied.
    warnings: bool,
}

impl Levels {
    /// Allows and denies codes.
    ///
    /// # Errors
    ///
    /// `W004` and `W005`, one for each code.
    pub fn new<T: AsRef<str>>(source: Source, allow: &[T], deny: &[T]) -> Result<Self, Diagnostic> {
        let mut layer = Layer { source, allow: Vec::new(), deny: Vec::new(), warnings: false };
        let mut errors = Vec::new();
        for code in allow.iter().map(AsRef::as_ref) {
            match codes::current(code) {
                Some(current) => layer.allow.push(current),
                None if code == WARNINGS => errors.push(
                    Diagnostic::error("W004", "`warnings` can be denied, and not allowed")
                        .help("allow the codes that are expected"),
                ),
                None => errors.push(unknown(code)),
            }
        }
        for code in deny.iter().map(AsRef::as_ref) {
            match codes::current(code) {
                _ if code == WARNINGS => layer.warnings = true,
                Some(current) if layer.allow.contains(&current) => errors.push(
                    Diagnostic::error("W005", format!("`{code}` is both allowed and denied"))
                        .help("remove it from one of the two"),
                ),
                Some(current) => layer.deny.push((current, code.to_owned())),
                None => errors.push(unknown(code)),
            }
        }
        match Diagnostic::several(errors) {
            Some(error) => Err(error),
            None => Ok(Self { layers: vec![layer] }),
        }
    }

    /// Adds `other`, over which this wins.
    #[must_use]
    pub fn over(mut self, other: Self) -> Self {
        self.layers.extend(other.layers);
        self
    }

    /// Leaves out the findings that are allowed, and makes those that are denied errors.
    pub fn judge(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        findings.into_iter().filter_map(|finding| self.judged(finding)).collect()
    }

    pub(crate) fn judged(&self, finding: Diagnostic) -> Option<Diagnostic> {
        let is_error = finding.severity == Severity::Error;
        for layer in &self.layers {
            if layer.allow.contains(&finding.code) {
                return is_error.then(|| not_allowed(finding));
            }
            if let Some((_, written)) = layer.deny.iter().find(|(code, _)| *code == finding.code) {
                return Some(finding.deny(&layer.source.deny(written)));
            }
        }
        match self.layers.iter().find(|layer| layer.warnings) {
            Some(layer) if finding.severity == Severity::Warning => Some(finding.deny(&layer.source.deny(WARNINGS))),
            _ => Some(finding),
        }
    }
}

fn unknown(code: &str) -> Diagnostic {
    let help = match codes::nearest(code) {
        Some(nearest) => format!("`{nearest}` is the nearest code: {}", codes::title(nearest).unwrap_or_default()),
        None => {
            "a code is a capital letter and three digits, as messages show it; `cargo oas explain` lists those of a \
                 document"
                .to_owned()
        }
    };
    Diagnostic::error("W004", format!("there is no code `{code}`")).help(help)
}

/// An error whose code is allowed.
fn not_allowed(mut error: Diagnostic) -> Diagnostic {
    let cannot = format!("{} is allowed, and an error cannot be", error.code);
    if error.help.as_ref().is_none_or(|help| !help.ends_with(&cannot)) {
        error.help = Some(error.help.map_or(cannot.clone(), |help| format!("{help}; {cannot}")));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(source: Source, allow: &[&str], deny: &[&str]) -> Levels {
        Levels::new(source, allow, deny).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The severity of a finding after `levels`; `None` if it is silenced.
    fn severity(levels: &Levels, finding: Diagnostic) -> Option<Severity> {
        levels.judge(vec![finding]).pop().map(|finding| finding.severity)
    }

    #[test]
    fn a_code_wins_over_all_warnings_and_the_first_layer_over_the_next() {
        let warning = || Diagnostic::warning("Q031", "m");
        let denied = Some(Severity::Error);
        let command = |allow: &[&str], deny: &[&str]| levels(Source::CommandLine, allow, deny);
        let manifest = |allow: &[&str], deny: &[&str]| levels(Source::Manifest, allow, deny);
        for (levels, expected) in [
            (Levels::default(), Some(Severity::Warning)),
            (command(&["Q031"], &["warnings"]), None),
            (command(&[], &["warnings"]).over(manifest(&["Q031"], &[])), None),
            (command(&["Q031"], &[]).over(manifest(&[], &["Q031"])), None),
            (command(&[], &["Q031"]).over(manifest(&["Q031"], &[])), denied),
            (command(&["Q005"], &[]).over(manifest(&[], &["warnings"])), denied),
        ] {
            assert_eq!(severity(&levels, warning()), expected, "{levels:?}");
        }
        let note = |levels| severity(&levels, Diagnostic::note("Q003", "m"));
        assert_eq!(note(command(&[], &["warnings"])), Some(Severity::Note), "a note is no warning");
        assert_eq!(note(command(&[], &["Q003"])), denied);
    }

    #[test]
    fn a_denied_finding_says_who_denies_it() {
        let found =
            levels(Source::Manifest, &[], &["V010"]).judge(vec![Diagnostic::warning("Q031", "m").help("do it")]);
        assert_eq!(found[0].to_string(), "error[Q031]: m (help: do it; denied by `deny = [\"V010\"]` in spec.toml)");
        assert!(found[0].is_denied());
        assert_eq!(found[0].found_as(), Severity::Warning);
    }

    #[test]
    fn an_error_stays_and_says_that_it_cannot_be_allowed() {
        let found = levels(Source::Config, &["S005"], &[]).judge(vec![Diagnostic::error("S005", "m")]);
        assert_eq!(found[0].to_string(), "error[S005]: m (help: S005 is allowed, and an error cannot be)");
    }

    #[test]
    fn every_code_that_is_wrong_is_reported() {
        let error = Levels::new(Source::Config, &["Q005", "q31", "warnings"], &["Q005", "V10", "nonsense"]);
        let lines: Vec<String> = error.expect_err("wrong").all().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(lines[0].contains("W004") && lines[0].contains("`q31`") && lines[0].contains("`Q031` is the nearest"));
        assert!(lines[1].contains("`warnings` can be denied"), "{lines:#?}");
        assert!(lines[2].contains("W005") && lines[2].contains("`Q005` is both"), "{lines:#?}");
        assert!(lines[4].contains("a capital letter and three digits"), "{lines:#?}");
        let renamed = Levels::new(Source::Config, &["Q031"], &["V010"]).expect_err("one code by two names");
        assert_eq!(renamed.code, "W005");
    }
}
