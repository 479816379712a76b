//! Path templates as definitions have them: OpenAPI's `{name}`, and the forms that come from routers and from URI Templates
//! ([RFC 6570]).
//!
//! [RFC 6570]: https://www.rfc-editor.org/rfc/rfc6570

use std::borrow::Cow;
use std::collections::HashSet;

/// How many bytes of a path are read as a template. No server takes a longer path, and what reads a template may look at
/// its rest at each sign.
const LONGEST: usize = 8 * 1024;

/// For how many braces of a path that have no partner one is looked for: each time, to the end of the path.
const TRIES: usize = 16;

/// How many findings a path has at most: each shows the whole path as its place.
const FINDINGS: usize = 32;

/// How much of a path a finding shows.
const EXCERPT: usize = 120;

/// A path template.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Template {
    /// The scheme and host, where the path is a whole URL.
    pub(crate) origin: Option<String>,
    parts: Vec<Part>,
    /// The names in the expressions for a query (`{?page,size}`).
    pub(crate) query: Vec<String>,
    /// What was read that OpenAPI does not foresee.
    pub(crate) findings: Vec<Finding>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Name { name: String, multi_segment: bool },
}

/// Something in a path that OpenAPI does not foresee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// The path is a whole URL.
    Url(String),
    /// The path does not begin with a slash.
    NoSlash,
    /// White space around the path.
    Space,
    /// A fragment, which only tells operations apart.
    Fragment(String),
    /// An expression in braces that says more than the name.
    Expression { expression: String, names: Vec<String>, multi_segment: bool },
    /// An expression in braces that names parameters of the query.
    Query(String),
    /// A brace without its partner.
    Unbalanced(String),
    /// Braces without a name, and the name that the parameter has instead.
    Unnamed(String),
    /// A backslash, which is sent percent-encoded.
    Backslash,
    /// It has so many bytes that it is not read.
    Long(usize),
}

impl Finding {
    /// Whether something had to be guessed.
    pub(crate) fn is_guess(&self) -> bool {
        !matches!(self, Self::Fragment(_) | Self::Expression { .. } | Self::Query(_))
    }

    /// What was found, and how it is read.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Url(origin) => format!("the path is a URL; what follows `{origin}` is the path there"),
            Self::NoSlash => "the path does not begin with a slash; it is sent with one".into(),
            Self::Space => "the path has white space around it, which is not sent".into(),
            Self::Fragment(fragment) => {
                format!("the fragment `#{}` only tells operations apart, and is not sent", excerpt(fragment))
            }
            Self::Expression { expression, names, multi_segment } => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let slashes = if *multi_segment { "; its value keeps its slashes" } else { "" };
                format!(
                    "`{{{}}}` is read as the parameter {}{slashes}",
                    excerpt(expression),
                    excerpt(&names.join(", "))
                )
            }
            Self::Query(expression) => format!("`{{{}}}` stands for parameters of the query", excerpt(expression)),
            Self::Unbalanced(text) => {
                format!("a brace in `{}` has no partner; it is read as if it had one", excerpt(text))
            }
            Self::Unnamed(name) => format!("braces without a name are read as the parameter `{name}`"),
            Self::Backslash => "a backslash in the path is sent percent-encoded".into(),
            Self::Long(length) => {
                format!("the path has {length} bytes, more than {LONGEST}; no parameters are looked for in it")
            }
        }
    }
}

impl Template {
    /// Reads `path`. `declared` are the names of the path parameters of its operations, in their order.
    pub(crate) fn read(path: &str, declared: &[&str]) -> Self {
        let mut template = Self::default();
        let trimmed = path.trim();
        if trimmed != path {
            template.findings.push(Finding::Space);
        }
        let rest = template.origin(trimmed);
        if rest.len() > LONGEST {
            template.findings.push(Finding::Long(rest.len()));
            template.parts.push(Part::Text(encoded(rest)));
            return template;
        }
        let spare = declared.iter().filter(|name| !rest.contains(&format!("{{{name}}}"))).map(|name| plain_name(name));
        let unnamed = if rest.contains('{') { spare.collect() } else { Vec::new() };
        let mut reader = Reader {
            template,
            text: String::new(),
            declared,
            used: HashSet::new(),
            unnamed: unnamed.into_iter(),
            made: 0,
            tries: TRIES,
        };
        reader.parts(rest);
        reader.finish()
    }

    /// Takes the scheme and host off `path`.
    fn origin<'a>(&mut self, path: &'a str) -> &'a str {
        let lower = path.get(..8).unwrap_or(path).to_ascii_lowercase();
        let Some(scheme) = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme)) else {
            return path;
        };
        let host = &path[scheme.len()..];
        let end = scheme.len() + host.find(['/', '?', '#']).unwrap_or(host.len());
        self.origin = Some(path[..end].to_owned());
        self.findings.push(Finding::Url(path[..end].to_owned()));
        &path[end..]
    }

    /// The names of its parameters, each once.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut seen = HashSet::new();
        let names =
            self.parts.iter().filter_map(|part| if let Part::Name { name, .. } = part { Some(name) } else { None });
        names.filter(|name| seen.insert(*name)).cloned().collect()
    }

    /// The names of the parameters whose values keep their slashes.
    pub(crate) fn multi_segment(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Name { name, multi_segment: true } => Some(name.as_str()),
            _ => None,
        });
        names.filter(|name| seen.insert(*name)).collect()
    }

    /// The template as OpenAPI writes it.
    pub(crate) fn text(&self) -> String {
        self.written(|name| name)
    }

    fn written<'a>(&'a self, named: impl Fn(&'a str) -> &'a str) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Name { name, .. } => {
                    text.push('{');
                    text.push_str(named(name));
                    text.push('}');
                }
            }
        }
        text
    }

    /// Takes the pairs `name={name}` out of the query of the template, for each name that `is_query` knows.
    pub(crate) fn without_pairs(&mut self, is_query: impl Fn(&str) -> bool) {
        while let Some(index) = self.pair(&is_query) {
            let Part::Name { name, .. } = self.parts.remove(index) else { return };
            if let Some(Part::Text(before)) = self.parts.get_mut(index - 1) {
                before.truncate(before.len() - name.len() - 1);
            }
            // Of the signs on both sides of the pair, one is left, and none at the end.
            let rest = match self.parts.get(index) {
                Some(Part::Text(after)) => after.strip_prefix('&').map(str::to_owned),
                _ => None,
            };
            match (rest, self.parts.get_mut(index - 1)) {
                (Some(rest), _) => self.parts[index] = Part::Text(rest),
                (None, Some(Part::Text(before))) => drop(before.pop()),
                _ => {}
            }
        }
    }

    /// The place of a parameter that is the value of a pair of its own name in the query.
    fn pair(&self, is_query: impl Fn(&str) -> bool) -> Option<usize> {
        let mut in_query = false;
        for (index, part) in self.parts.iter().enumerate().skip(1) {
            let Some(Part::Text(before)) = self.parts.get(index - 1) else { continue };
            in_query |= before.contains('?');
            let ends = match self.parts.get(index + 1) {
                Some(Part::Text(after)) => after.starts_with('&'),
                Some(Part::Name { .. }) => false,
                None => true,
            };
            if let Part::Name { name, .. } = part
                && in_query
                && ends
                && is_query(name)
                && before.strip_suffix('=').and_then(|before| before.strip_suffix(name.as_str())).is_some_and(is_start)
            {
                return Some(index);
            }
        }
        None
    }
}

/// `path` without the names of its parameters. Paths for which it is the same differ in nothing else.
pub(crate) fn nameless(path: &str) -> String {
    let fragment = match split_fragment(path) {
        (_, "") => String::new(),
        (_, fragment) => format!("#{fragment}"),
    };
    sent(path) + &fragment
}

/// What is sent of `path`, without the names of its parameters.
pub(crate) fn sent(path: &str) -> String {
    let template = Template::read(path, &[]);
    let text = template.written(|_| "");
    template.origin.unwrap_or_default() + &text
}

/// The name that a parameter called `name`, which may be an expression, has in a template.
pub(crate) fn plain_name(name: &str) -> String {
    Expression::read(name, &[]).names.into_iter().next().unwrap_or_else(|| name.to_owned())
}

/// Splits `path` at the first `#` outside braces.
fn split_fragment(path: &str) -> (&str, &str) {
    if path.len() > LONGEST {
        return (path, "");
    }
    let (mut rest, mut tries) = (path, TRIES);
    while let Some(at) = rest.find(['{', '#']) {
        if rest[at..].starts_with('#') {
            let at = path.len() - rest.len() + at;
            return (&path[..at], &path[at + 1..]);
        }
        rest = &rest[at + 1..];
        rest = closing(rest, &mut tries).map_or(rest, |end| &rest[end + 1..]);
    }
    (path, "")
}

struct Reader<'a> {
    template: Template,
    text: String,
    declared: &'a [&'a str],
    /// The names of the parts so far.
    used: HashSet<String>,
    /// The declared names that the path does not have, for braces without one.
    unnamed: std::vec::IntoIter<String>,
    /// How many names were made for such braces.
    made: usize,
    /// For how many braces more a partner is looked for.
    tries: usize,
}

impl Reader<'_> {
    fn parts(&mut self, path: &str) {
        let (path, fragment) = split_fragment(path);
        if !fragment.is_empty() {
            self.template.findings.push(Finding::Fragment(fragment.to_owned()));
        }
        if !path.is_empty() && !path.starts_with(['/', '?']) {
            self.text.push('/');
            if !path.starts_with("{/") {
                self.template.findings.push(Finding::NoSlash);
            }
        }
        let mut rest = path;
        while let Some(at) = rest.find(['{', '}', '\\']) {
            self.text.push_str(&rest[..at]);
            let (sign, after) = rest[at..].split_at(1);
            rest = match sign {
                "{" => self.opened(after),
                "}" => {
                    self.stray();
                    after
                }
                _ => {
                    self.found(Finding::Backslash);
                    self.text.push_str("%5C");
                    after
                }
            };
        }
        self.text.push_str(rest);
    }

    /// Reads an expression after its opening brace; returns what follows it.
    fn opened<'p>(&mut self, rest: &'p str) -> &'p str {
        if let Some(end) = closing(rest, &mut self.tries) {
            self.expression(&rest[..end]);
            return &rest[end + 1..];
        }
        let end = rest.find(['/', '?', '{']).unwrap_or(rest.len());
        self.unbalanced(format!("{{{}", &rest[..end]));
        self.expression(&rest[..end]);
        &rest[end..]
    }

    /// A closing brace without an opening one: the text before it is the name, if it is one.
    fn stray(&mut self) {
        let start = self.text.rfind('/').map_or(0, |at| at + 1);
        let name = self.text[start..].to_owned();
        let follows = start == 0 && !self.template.parts.is_empty();
        self.unbalanced(format!("{name}}}"));
        if follows || name.is_empty() || !name.chars().all(is_word) {
            self.text.push_str("%7D");
            return;
        }
        self.text.truncate(start);
        self.name(name, false);
    }

    fn expression(&mut self, expression: &str) {
        let read = Expression::read(expression, self.declared);
        match read.operator {
            Some('?' | '&') => {
                self.found(Finding::Query(expression.to_owned()));
                self.template.query.extend(read.names);
                return;
            }
            Some('#') => return self.found(Finding::Fragment(expression.to_owned())),
            _ => {}
        }
        if read.names.is_empty() {
            let name = self.unnamed();
            self.found(Finding::Unnamed(name.clone()));
            return self.name(name, false);
        }
        if read.names != [expression] {
            let (names, multi_segment) = (read.names.clone(), read.multi_segment);
            self.found(Finding::Expression { expression: expression.to_owned(), names, multi_segment });
        }
        for (index, name) in read.names.into_iter().enumerate() {
            match read.operator {
                Some('/') if index == 0 && self.text.ends_with('/') => {}
                Some(sign @ ('/' | '.')) => self.text.push(sign),
                Some(';') => {
                    self.text.push(';');
                    self.text.push_str(&name);
                    self.text.push('=');
                }
                _ if index > 0 => self.text.push(','),
                _ => {}
            }
            self.name(name, read.multi_segment);
        }
    }

    /// The name of a parameter whose braces are empty: the first declared one that the path does not name.
    fn unnamed(&mut self) -> String {
        let made = std::iter::from_fn(|| {
            self.made += 1;
            Some(if self.made == 1 { "parameter".into() } else { format!("parameter{}", self.made) })
        });
        self.unnamed.by_ref().chain(made).find(|name| !self.used.contains(name)).unwrap_or_default()
    }

    fn name(&mut self, name: String, multi_segment: bool) {
        self.end_text();
        self.used.insert(name.clone());
        self.template.parts.push(Part::Name { name, multi_segment });
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.template.parts.push(Part::Text(std::mem::take(&mut self.text)));
        }
    }

    /// Says of the first brace without its partner that it has none.
    fn unbalanced(&mut self, text: String) {
        if !self.template.findings.iter().any(|finding| matches!(finding, Finding::Unbalanced(_))) {
            self.template.findings.push(Finding::Unbalanced(text));
        }
    }

    fn found(&mut self, finding: Finding) {
        if self.template.findings.len() < FINDINGS && !self.template.findings.contains(&finding) {
            self.template.findings.push(finding);
        }
    }

    fn finish(mut self) -> Template {
        self.end_text();
        self.template
    }
}

/// The beginning of `text`.
fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// `path` as a text, in which nothing stands for anything.
fn encoded(path: &str) -> String {
    let signs = [("{", "%7B"), ("}", "%7D"), ("\\", "%5C"), ("#", "%23")];
    signs.iter().fold(path.to_owned(), |path, (sign, encoded)| path.replace(sign, encoded))
}

/// Whether a pair of a query can begin after `before`.
fn is_start(before: &str) -> bool {
    before.ends_with(['?', '&'])
}

/// Where the brace closes that was opened before `rest`. Those of a pattern are balanced, or escaped, or in brackets.
/// Where there is no such place, there is one try less.
fn closing(rest: &str, tries: &mut usize) -> Option<usize> {
    if *tries == 0 {
        return None;
    }
    let (mut depth, mut escaped, mut in_brackets) = (0, false, false);
    for (index, character) in rest.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            '{' => depth += 1,
            '}' if depth == 0 => return Some(index),
            '}' => depth -= 1,
            _ => {}
        }
    }
    *tries -= 1;
    None
}

/// What stands in braces.
struct Expression {
    /// The operator of a URI Template (RFC 6570, 2.2).
    operator: Option<char>,
    names: Vec<String>,
    /// Whether a value keeps its slashes.
    multi_segment: bool,
}

impl Expression {
    fn read(expression: &str, declared: &[&str]) -> Self {
        let mut text = expression.trim();
        // Templates of some tools double their braces.
        while let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            text = inner.trim();
        }
        let is_plain = |text: &str| text.chars().all(|character| is_word(character) || ":=,. ".contains(character));
        if declared.contains(&text) && is_plain(text) && !text.is_empty() {
            return Self { operator: None, names: vec![text.to_owned()], multi_segment: false };
        }
        let operator = text.chars().next().filter(|first| "?&#/;.".contains(*first));
        text = &text[operator.map_or(0, char::len_utf8)..];
        // A router's pattern or default after the name.
        let end = text.find([':', '=']).unwrap_or(text.len());
        let (text, after) = text.split_at(end);
        let resource = after.starts_with('=') && after.contains(['*', '/']);
        let mut read = Self { operator, names: Vec::new(), multi_segment: resource || after == ":path" };
        for name in text.split(',') {
            let bare = name.trim().trim_start_matches(['+', '*']).trim_end_matches(['+', '*', '?']);
            let bare = bare.strip_suffix("...").unwrap_or(bare).trim();
            read.multi_segment |= bare != name.trim() && name.trim().trim_end_matches('?') != bare;
            // These signs would end the name in a template.
            read.names.extend(bare.split(['?', '{', '}']).find(|name| !name.is_empty()).map(str::to_owned));
        }
        read
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || "_-$@~".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template as OpenAPI writes it, the names that keep their slashes, and those of the query.
    fn read(path: &str) -> (String, Vec<String>, Vec<String>) {
        let template = Template::read(path, &[]);
        let multi_segment = template.multi_segment().into_iter().map(str::to_owned).collect();
        (template.text(), multi_segment, template.query)
    }

    #[test]
    fn what_openapi_foresees_is_left_as_it_is() {
        for path in [
            "/",
            "/items/{id}",
            "/a/{b}-{c}/{b}:verb",
            "/Users('{user id}')",
            "/range(start={start},end={end})",
            "/sp ace/é",
            "/a%2Fb",
            "/{v1.2}/~me/@{x-y}",
            "/query?action=list&id={id}",
        ] {
            let template = Template::read(path, &["v1.2"]);
            assert_eq!((template.text().as_str(), template.findings.as_slice()), (path, [].as_slice()));
        }
        assert_eq!(Template::read("/a/{b}/{c}/{b}", &[]).names(), ["b", "c"]);
    }

    #[test]
    fn expressions_of_routers_and_uri_templates_are_names() {
        for (path, text, multi_segment) in [
            ("/a/{id:[0-9]{3}}/b", "/a/{id}/b", ""),
            ("/a/{id:int}", "/a/{id}", ""),
            (r"/a/{id:[^\}/]+}.json", "/a/{id}.json", ""),
            ("/a/{id:[^}]+}.json", "/a/{id}.json", ""),
            ("/a/{id:\\d+#x}", "/a/{id}", ""),
            ("/a/{ id }", "/a/{id}", ""),
            ("/a/{{id}}", "/a/{id}", ""),
            ("/a/{id?}", "/a/{id}", ""),
            ("/a/{id=5}", "/a/{id}", ""),
            ("/a/{path*}", "/a/{path}", "path"),
            ("/a/{*path}", "/a/{path}", "path"),
            ("/a/{**path}", "/a/{path}", "path"),
            ("/a/{path+}", "/a/{path}", "path"),
            ("/a/{path...}", "/a/{path}", "path"),
            ("/a/{path:path}", "/a/{path}", "path"),
            ("/v1/{+name}:cancel", "/v1/{name}:cancel", "name"),
            ("/v1/{name=projects/*/items/*}", "/v1/{name}", "name"),
            ("/a{/b}", "/a/{b}", ""),
            ("/a/{b}{.ext}", "/a/{b}.{ext}", ""),
            ("/a{;b}", "/a;b={b}", ""),
            ("/a/{b,c}", "/a/{b},{c}", ""),
        ] {
            let multi_segment: Vec<String> = multi_segment.split_whitespace().map(str::to_owned).collect();
            assert_eq!(read(path), (text.to_owned(), multi_segment, vec![]), "{path}");
        }
        assert_eq!(read("/a{?page,size*}").0, "/a");
        assert_eq!(read("/a{?page,size*}").2, ["page", "size"]);
        assert_eq!(Template::read("/a/{ns:id}", &["ns:id"]).names(), ["ns:id"], "it is declared as a whole");
        assert_eq!(Template::read("/a/{+id}", &["+id"]).multi_segment(), ["id"]);
    }

    #[test]
    fn what_is_broken_becomes_a_path_that_can_be_sent() {
        for (path, text) in [
            ("/a/{id", "/a/{id}"),
            ("/a/{id/b", "/a/{id}/b"),
            ("/a/{id/{b}", "/a/{id}/{b}"),
            ("/a/id}", "/a/{id}"),
            ("/a/{b}}", "/a/{b}%7D"),
            ("/a/}", "/a/%7D"),
            ("/a/{}", "/a/{parameter}"),
            ("/a/{}/{}", "/a/{parameter}/{parameter2}"),
            ("/{", "/{parameter}"),
            ("/{:[0-9]}", "/{parameter}"),
            ("a/{b}", "/a/{b}"),
            ("{a}/b", "/{a}/b"),
            ("?a=b", "?a=b"),
            ("", ""),
            (" /a ", "/a"),
            ("/a\\b", "/a%5Cb"),
            ("https://api.example.com/v1/{id}", "/v1/{id}"),
            ("HTTP://api.example.com", ""),
            ("/files/{id}#add_shared_link", "/files/{id}"),
            ("/#X-Amz-Target=A.B", "/"),
            ("/a?b=c#d", "/a?b=c"),
        ] {
            assert_eq!(read(path).0, text, "{path}");
        }
        assert_eq!(Template::read("/a/{}/{c}", &["b"]).text(), "/a/{b}/{c}");
        assert_eq!(Template::read("https://a.example/b", &[]).origin.as_deref(), Some("https://a.example"));
    }

    #[test]
    fn a_parameter_of_the_query_is_not_in_the_path() {
        for (path, text) in [
            ("/a?b={b}", "/a"),
            ("/a?x=1&b={b}", "/a?x=1"),
            ("/a?b={b}&x=1", "/a?x=1"),
            ("/a?x=1&b={b}&c={c}&y=2", "/a?x=1&c={c}&y=2"),
            ("/a/b={b}", "/a/b={b}"),
            ("/a?c={b}", "/a?c={b}"),
        ] {
            let mut template = Template::read(path, &[]);
            template.without_pairs(|name| name == "b");
            assert_eq!(template.text(), text, "{path}");
        }
    }

    #[test]
    fn signs_without_end_are_one_finding_in_a_short_text() {
        for signs in ["}", "{[}}", "{", "{}", "{[", "\\", "a}", "{a}{"] {
            for count in [1_000, 100_000] {
                let path = format!("/{}", signs.repeat(count));
                let template = Template::read(&path, &[]);
                let long = template.findings.iter().filter(|finding| finding.message().len() > 400);
                assert_eq!(long.count(), 0, "{signs}");
                assert!(template.findings.len() <= FINDINGS + 1, "{signs}");
                let unbalanced = template.findings.iter().filter(|finding| matches!(finding, Finding::Unbalanced(_)));
                assert!(unbalanced.count() <= 1, "{signs}");
                nameless(&path);
            }
        }
        let path = format!("/{{a}}#{}", "{b}\\".repeat(LONGEST));
        let template = Template::read(&path, &[]);
        assert_eq!(template.findings, [Finding::Long(path.len())]);
        assert!(!template.text().contains(['{', '}', '\\', '#']));
    }

    #[test]
    fn names_in_braces_do_not_count() {
        assert_eq!(nameless("/a/{id}/b/{c}:d"), "/a/{}/b/{}:d");
        assert_eq!(nameless("/a/{id:[0-9]{3}}"), nameless("/a/{name*}"));
        assert_ne!(nameless("/a/{id}"), nameless("/b/{id}"));
        assert_ne!(nameless("/a/{id}#b"), nameless("/a/{id}#c"), "a fragment tells paths apart");
        assert_eq!(nameless("/a/{id}#b"), nameless("/a/{x}#b"));
    }

    /// No text is too odd to be read, and no brace is left that is no parameter's.
    #[test]
    fn every_text_is_a_path() {
        let signs = ["/", "{", "}", "a", "#", "?", ":", "\\", "+", "é", ",", "="];
        let mut paths = vec![String::new()];
        for _ in 0..4 {
            let longer = paths.iter().flat_map(|path| signs.iter().map(move |sign| format!("{path}{sign}")));
            paths = longer.chain(std::iter::once(String::new())).collect();
            for path in &paths {
                let template = Template::read(path, &["a"]);
                let mut text = template.text();
                for name in template.names() {
                    assert!(!name.is_empty() && !name.contains(['{', '}']), "{path}: {name}");
                    text = text.replace(&format!("{{{name}}}"), "");
                }
                assert!(!text.contains(['{', '}', '#']), "{path}: {text}");
                nameless(path);
            }
        }
    }
}
