//! Adds an entry to a changelog in the format of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).

const UNRELEASED: &str = "## [Unreleased]";
const CHANGED: &str = "### Changed";

/// Adds `entry`, a list item, at the end of the section `Changed` of `[Unreleased]`, and adds these headings where they are
/// missing. Everything else is kept, line endings included.
pub(crate) fn add(changelog: &str, entry: &str) -> String {
    let newline = if changelog.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<&str> = changelog.lines().collect();
    let is = |line: &&str, heading: &str| line.trim().eq_ignore_ascii_case(heading);
    let unreleased = lines.iter().position(|line| is(line, UNRELEASED)).unwrap_or_else(|| {
        let at = lines.iter().position(|line| line.starts_with("## ")).unwrap_or(lines.len());
        insert(&mut lines, at, &[UNRELEASED]);
        at + usize::from(lines[at].is_empty())
    });
    let end_of = |lines: &[&str], start: usize, prefix: &[&str]| {
        let rest = lines[start + 1..].iter().position(|line| prefix.iter().any(|prefix| line.starts_with(prefix)));
        rest.map_or(lines.len(), |rest| start + 1 + rest)
    };
    let end = end_of(&lines, unreleased, &["## ", "["]);
    let changed = lines[unreleased..end].iter().position(|line| is(line, CHANGED)).map(|index| unreleased + index);
    let entry: Vec<&str> = entry.trim_end().lines().collect();
    match changed {
        Some(changed) => {
            let mut at = end_of(&lines, changed, &["## ", "### ", "["]);
            while at > changed + 1 && lines[at - 1].trim().is_empty() {
                at -= 1;
            }
            if at == changed + 1 {
                lines.insert(at, "");
                at += 1;
            }
            lines.splice(at..at, entry);
        }
        None => {
            let mut at = end;
            while at > unreleased + 1 && lines[at - 1].trim().is_empty() {
                at -= 1;
            }
            let mut block = vec!["", CHANGED, ""];
            block.extend(entry);
            lines.splice(at..at, block);
        }
    }
    lines.join(newline) + newline
}

/// Inserts `new` before the line `at`, with empty lines around it.
fn insert<'a>(lines: &mut Vec<&'a str>, at: usize, new: &[&'a str]) {
    let mut block = Vec::new();
    if at > 0 && !lines[at - 1].is_empty() {
        block.push("");
    }
    block.extend(new);
    if at < lines.len() {
        block.push("");
    }
    lines.splice(at..at, block);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_added_where_it_belongs() {
        let table = [
            (
                "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- a\n\n## [1.0.0]\n\n### Changed\n\n- old\n",
                "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- a\n- new\n  more\n\n## [1.0.0]\n\n### Changed\n\n- old\n",
            ),
            (
                "## [Unreleased]\n\n### Added\n\n- a\n\n[link]: x\n",
                "## [Unreleased]\n\n### Added\n\n- a\n\n### Changed\n\n- new\n  more\n\n[link]: x\n",
            ),
            (
                "## [unreleased]\n### Changed\n### Fixed\n- b\n",
                "## [unreleased]\n### Changed\n\n- new\n  more\n### Fixed\n- b\n",
            ),
            (
                "# Changelog\n\nAll.\n\n## [1.0.0]\n",
                "# Changelog\n\nAll.\n\n## [Unreleased]\n\n### Changed\n\n- new\n  more\n\n## [1.0.0]\n",
            ),
            ("# Changelog\n", "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- new\n  more\n"),
            ("", "## [Unreleased]\n\n### Changed\n\n- new\n  more\n"),
        ];
        for (before, after) in table {
            assert_eq!(add(before, "- new\n  more\n"), after);
            assert_eq!(
                add(&before.replace('\n', "\r\n"), "- new\n  more\n"),
                if before.is_empty() { after.to_owned() } else { after.replace('\n', "\r\n") }
            );
        }
    }
}
