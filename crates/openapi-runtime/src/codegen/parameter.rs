//! Parameters on the wire: percent-encoding, and the styles of OpenAPI 3.0.4 (Parameter Object, style), which are those of
//! [RFC 6570](https://www.rfc-editor.org/rfc/rfc6570) where it has them.

use super::tree::Tree;

/// How a path or header parameter is written.
pub trait TextStyle {
    /// The text of `value`, unencoded.
    fn text(self, value: &Tree) -> String;

    /// The encoded text of `value`, which replaces the path parameter `name`.
    fn segment(self, name: &str, value: &Tree) -> String;
}

/// How a query parameter, a cookie or a field of a form is written.
pub trait PairStyle {
    /// Appends the `name=value` pairs that `value` becomes to `query`, encoded.
    fn add(self, query: &mut String, name: &str, value: &Tree);

    /// The names and texts that `value` becomes, unencoded.
    fn pairs(self, name: &str, value: &Tree) -> Vec<(String, String)>;
}

/// How a value is written.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// `a=1&a=2`, and for an object `k=v&l=w`: the default of query parameters.
    FormExploded,
    /// `a=1,2`, and for an object `a=k,v,l,w`.
    Form,
    /// `a=1%202`.
    SpaceDelimited,
    /// `a=1|2`.
    PipeDelimited,
    /// `a[k]=v`, `a[k][]=1&a[k][]=2`, `a[k][0][l]=v`: lists of values have empty brackets, and lists of lists or objects have
    /// indices, as PHP needs them to tell the items apart.
    DeepObject,
    /// As that, with lists as it is said.
    Deep(Nesting),
    /// `a=1&a=2`, and for an object and for lists of them as `DeepObject`: the default of the fields of forms.
    Field,
    /// `1,2`, and for an object `k,v,l,w`: the default of path and header parameters.
    Simple,
    /// `1,2`, and for an object `k=v,l=w`.
    SimpleExploded,
    /// `.1,2`, and for an object `.k,v,l,w`.
    Label,
    /// `.1.2`, and for an object `.k=v.l=w`.
    LabelExploded,
    /// `;a=1,2`, and for an object `;a=k,v,l,w`.
    Matrix,
    /// `;a=1;a=2`, and for an object `;k=v;l=w`.
    MatrixExploded,
    /// As JSON: that of a parameter whose `content` is JSON.
    Json,
    /// Lists as Swagger 2.0 has them (its `collectionFormat`): how the items are kept apart, and those of lists in lists, the
    /// outermost first.
    Lists(&'static [Separator]),
    /// Another style, of which the values keep the characters that URLs reserve (`allowReserved`), but for those that would end
    /// the value: `#`, `&` and `+`.
    Reserved(&'static Style),
    /// The whole query by itself, without a name.
    Whole,
    /// The whole query by itself, as JSON.
    WholeJson,
}

/// How the items of a list in a query are told apart, in the words of npm's qs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// `a[]=1&a[]=2`.
    Brackets,
    /// `a=1&a=2`.
    Repeat,
    /// `a[0]=1&a[1]=2`.
    Indices,
    /// `a[]=1&a[]=2`, and indices for lists of lists or objects.
    Mixed,
}

impl Nesting {
    /// What stands after the name of a list for the item at `index`.
    fn item(self, index: usize, nested: bool) -> String {
        match self {
            Self::Mixed if nested => format!("[{index}]"),
            Self::Indices => format!("[{index}]"),
            Self::Brackets | Self::Mixed => "[]".to_owned(),
            Self::Repeat => String::new(),
        }
    }
}

/// How the items of a list are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `1,2`.
    Comma,
    /// `1 2`.
    Space,
    /// `1`, a tab, and `2`.
    Tab,
    /// `1|2`.
    Pipe,
    /// Each item is a pair of its own.
    Pair,
}

impl Separator {
    fn plain(self) -> &'static str {
        match self {
            Self::Comma | Self::Pair => ",",
            Self::Space => " ",
            Self::Tab => "\t",
            Self::Pipe => "|",
        }
    }

    /// As it stands in a path, which has no bars.
    fn in_path(self) -> &'static str {
        match self {
            Self::Pipe => "%7C",
            other => other.encoded(),
        }
    }

    /// As it stands in a query.
    fn encoded(self) -> &'static str {
        match self {
            Self::Comma | Self::Pair => ",",
            Self::Space => "%20",
            Self::Tab => "%09",
            Self::Pipe => "|",
        }
    }
}

/// The items of `value`, and those of lists in it, each written by `encode` and kept apart as `sign` writes the separators.
fn joined(value: &Tree, separators: &[Separator], sign: fn(Separator) -> &'static str, encode: Encode) -> String {
    let Tree::List(items) = value else { return encode(&value.text()) };
    let (first, rest) = separators.split_first().unwrap_or((&Separator::Comma, &[]));
    let items: Vec<String> = items.iter().map(|value| joined(value, rest, sign, encode)).collect();
    items.join(sign(*first))
}

/// Writes one text: as it is, or encoded.
type Encode = fn(&str) -> String;

/// The members of an object, or the items of a list, or a scalar by itself: `name` and `value` are kept apart by `sign`, and the
/// whole by `separator`.
fn listed(value: &Tree, separator: &str, sign: &str, encode: Encode) -> String {
    let scalar = |value: &Tree| encode(&value.text());
    let texts: Vec<String> = match value {
        Tree::List(items) => items.iter().map(scalar).collect(),
        Tree::Object(members) => {
            members.iter().map(|(key, value)| format!("{}{sign}{}", encode(key), scalar(value))).collect()
        }
        other => return scalar(other),
    };
    texts.join(separator)
}

impl Style {
    fn text_by(self, name: &str, value: &Tree, encode: Encode, sign: fn(Separator) -> &'static str) -> String {
        match self {
            Self::Json | Self::WholeJson => encode(&value.to_string()),
            Self::Lists(separators) => joined(value, separators, sign, encode),
            Self::Reserved(style) => style.text_by(name, value, encode, sign),
            Self::SimpleExploded => listed(value, ",", "=", encode),
            Self::Label => format!(".{}", listed(value, ",", ",", encode)),
            Self::LabelExploded => format!(".{}", listed(value, ".", "=", encode)),
            Self::Matrix | Self::MatrixExploded => {
                let pairs = match (self, value) {
                    (Self::MatrixExploded, Tree::List(items)) => {
                        items.iter().map(|item| (name, encode(&item.text()))).collect()
                    }
                    (Self::MatrixExploded, Tree::Object(members)) => {
                        members.iter().map(|(key, value)| (key.as_str(), encode(&value.text()))).collect()
                    }
                    _ => vec![(name, listed(value, ",", ",", encode))],
                };
                // RFC 6570, 3.2.7: an empty value has no `=`.
                let pair = |(name, value): (&str, String)| match value.as_str() {
                    "" => format!(";{}", encode(name)),
                    value => format!(";{}={value}", encode(name)),
                };
                pairs.into_iter().map(pair).collect()
            }
            _ => listed(value, ",", ",", encode),
        }
    }

    /// The pairs that `value` becomes, their names unencoded. The separators of lists are written by `sign`.
    fn pairs_by(
        self,
        name: &str,
        value: &Tree,
        encode: Encode,
        sign: fn(Separator) -> &'static str,
    ) -> Vec<(String, String)> {
        let one = |text: String| vec![(name.to_owned(), text)];
        let scalar = |value: &Tree| encode(&value.text());
        match (self, value) {
            (Self::Json | Self::WholeJson, json) => one(encode(&json.to_string())),
            (Self::DeepObject, value) => deep(name, value, Nesting::Mixed, encode),
            (Self::Deep(nesting), value) => deep(name, value, nesting, encode),
            (Self::Field, Tree::Object(_)) => deep(name, value, Nesting::Mixed, encode),
            (Self::Field, Tree::List(items)) if items.iter().any(Tree::is_nested) => {
                deep(name, value, Nesting::Mixed, encode)
            }
            (Self::Lists([Separator::Pair, rest @ ..]), Tree::List(items)) => {
                items.iter().map(|item| (name.to_owned(), joined(item, rest, sign, encode))).collect()
            }
            (Self::Lists(separators), list @ Tree::List(_)) => one(joined(list, separators, sign, encode)),
            (Self::FormExploded | Self::Field, Tree::List(items)) => {
                items.iter().map(|item| (name.to_owned(), scalar(item))).collect()
            }
            (Self::FormExploded, Tree::Object(members)) => {
                members.iter().map(|(key, value)| (key.clone(), scalar(value))).collect()
            }
            (style, value) => {
                let separator = sign(match style {
                    Self::SpaceDelimited => Separator::Space,
                    Self::PipeDelimited => Separator::Pipe,
                    _ => Separator::Comma,
                });
                one(listed(value, separator, separator, encode))
            }
        }
    }

    /// The style without what is said of reserved characters, and how its values are encoded.
    fn encoding(self) -> (Self, Encode) {
        match self {
            Self::Reserved(style) => (*style, reserved_kept),
            style => (style, percent_encoded),
        }
    }
}

/// The pairs of a value in brackets.
fn deep(name: &str, value: &Tree, nesting: Nesting, encode: Encode) -> Vec<(String, String)> {
    match value {
        Tree::Object(members) => {
            members.iter().flat_map(|(key, value)| deep(&format!("{name}[{key}]"), value, nesting, encode)).collect()
        }
        Tree::List(items) => {
            let nested = items.iter().any(Tree::is_nested);
            let items = items.iter().enumerate();
            let pairs = items.flat_map(|(index, item)| {
                deep(&format!("{name}{}", nesting.item(index, nested)), item, nesting, encode)
            });
            pairs.collect()
        }
        scalar => vec![(name.to_owned(), encode(&scalar.text()))],
    }
}

impl TextStyle for Style {
    fn text(self, value: &Tree) -> String {
        self.text_by("", value, str::to_owned, Separator::plain)
    }

    fn segment(self, name: &str, value: &Tree) -> String {
        self.text_by(name, value, percent_encoded, Separator::in_path)
    }
}

impl PairStyle for Style {
    fn add(self, query: &mut String, name: &str, value: &Tree) {
        let (style, encode) = self.encoding();
        match style {
            Self::Whole => *query = encode(&value.text()),
            Self::WholeJson => *query = encode(&value.to_string()),
            style => {
                for (name, text) in style.pairs_by(name, value, encode, Separator::encoded) {
                    add_pair(query, &name, &text);
                }
            }
        }
    }

    fn pairs(self, name: &str, value: &Tree) -> Vec<(String, String)> {
        self.encoding().0.pairs_by(name, value, str::to_owned, Separator::plain)
    }
}

/// Appends one pair, of which the value is encoded.
fn add_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(&percent_encoded(name));
    query.push('=');
    query.push_str(value);
}

/// `text`, all but the unreserved characters percent-encoded ([RFC 3986, 2.3]).
///
/// [RFC 3986, 2.3]: https://www.rfc-editor.org/rfc/rfc3986#section-2.3
pub(crate) fn percent_encoded(text: &str) -> String {
    encoded(text, b"-._~")
}

/// `text`, its reserved characters ([RFC 3986, 2.2](https://www.rfc-editor.org/rfc/rfc3986#section-2.2)) and what is
/// percent-encoded already as they are, but for `#`, `&` and `+`, which would end the value or be read as a space.
fn reserved_kept(text: &str) -> String {
    const KEPT: &[u8] = b"-._~:/?[]@!$'()*,;=";
    let is_hex = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut pieces = text.split('%');
    let mut out = encoded(pieces.next().unwrap_or_default(), KEPT);
    for piece in pieces {
        out.push_str(if piece.get(..2).is_some_and(is_hex) { "%" } else { "%25" });
        out.push_str(&encoded(piece, KEPT));
    }
    out
}

/// `text`, all but letters, digits and the characters of `kept` percent-encoded.
fn encoded(text: &str, kept: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(style: Style, value: &Tree) -> String {
        let mut query = String::new();
        style.add(&mut query, "a", value);
        query.replace("%5B", "[").replace("%5D", "]")
    }

    /// The value that `text` is in JSON.
    fn json(text: &str) -> Tree {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn path_styles_are_those_of_rfc_6570() {
        let (empty, one) = (json(r#""""#), json(r#""blue""#));
        let (list, object) = (json(r#"["b,l", "gré", "x"]"#), json(r#"{"R": 100, "G": "2/0"}"#));
        for (style, expected) in [
            (Style::Simple, ["", "blue", "b%2Cl,gr%C3%A9,x", "R,100,G,2%2F0"]),
            (Style::SimpleExploded, ["", "blue", "b%2Cl,gr%C3%A9,x", "R=100,G=2%2F0"]),
            (Style::Label, [".", ".blue", ".b%2Cl,gr%C3%A9,x", ".R,100,G,2%2F0"]),
            (Style::LabelExploded, [".", ".blue", ".b%2Cl.gr%C3%A9.x", ".R=100.G=2%2F0"]),
            (Style::Matrix, [";a", ";a=blue", ";a=b%2Cl,gr%C3%A9,x", ";a=R,100,G,2%2F0"]),
            (Style::MatrixExploded, [";a", ";a=blue", ";a=b%2Cl;a=gr%C3%A9;a=x", ";R=100;G=2%2F0"]),
        ] {
            assert_eq!([&empty, &one, &list, &object].map(|value| style.segment("a", value)), expected, "{style:?}");
        }
    }

    #[test]
    fn objects_and_lists_in_brackets_keep_their_structure() {
        let value = json(r#"{"created": {"gte": 1}, "ids": ["x", "y"], "rows": [{"k": 1, "l": 2}, {"k": 3}]}"#);
        for (style, expected) in [
            (
                Style::DeepObject,
                "a[created][gte]=1&a[ids][]=x&a[ids][]=y&a[rows][0][k]=1&a[rows][0][l]=2&a[rows][1][k]=3",
            ),
            (
                Style::Deep(Nesting::Brackets),
                "a[created][gte]=1&a[ids][]=x&a[ids][]=y&a[rows][][k]=1&a[rows][][l]=2&a[rows][][k]=3",
            ),
            (
                Style::Deep(Nesting::Repeat),
                "a[created][gte]=1&a[ids]=x&a[ids]=y&a[rows][k]=1&a[rows][l]=2&a[rows][k]=3",
            ),
            (
                Style::Deep(Nesting::Indices),
                "a[created][gte]=1&a[ids][0]=x&a[ids][1]=y&a[rows][0][k]=1&a[rows][0][l]=2&a[rows][1][k]=3",
            ),
        ] {
            assert_eq!(query(style, &value), expected);
        }
        assert_eq!(query(Style::DeepObject, &json(r#"["x", "y"]"#)), "a[]=x&a[]=y");
        assert_eq!(query(Style::DeepObject, &json(r#"5"#)), "a=5");
        assert_eq!(query(Style::Field, &json(r#"["x", "y"]"#)), "a=x&a=y");
        assert_eq!(query(Style::Field, &json(r#"{"k": "v"}"#)), "a[k]=v");
        assert_eq!(query(Style::Field, &json(r#"[{"k": "v"}]"#)), "a[0][k]=v");
    }

    #[test]
    fn reserved_characters_stay_where_they_may_but_for_those_that_end_a_value() {
        const STYLE: Style = Style::Reserved(&Style::FormExploded);
        assert_eq!(query(STYLE, &json(r#""/a?b=c:@!$'()*,;""#)), "a=/a?b=c:@!$'()*,;");
        assert_eq!(query(STYLE, &json(r#""a&b#c+d eé""#)), "a=a%26b%23c%2Bd%20e%C3%A9");
        assert_eq!(query(STYLE, &json(r#""100% %2F %2""#)), "a=100%25%20%2F%20%252");
        assert_eq!(query(Style::Reserved(&Style::Form), &json(r#"["/", "b"]"#)), "a=/,b");
    }

    #[test]
    fn members_of_objects_are_kept_apart_as_the_items_of_lists_are() {
        let object = json(r#"{"R": 100, "G": 2}"#);
        assert_eq!(query(Style::SpaceDelimited, &object), "a=R%20100%20G%202");
        assert_eq!(query(Style::PipeDelimited, &object), "a=R|100|G|2");
        assert_eq!(query(Style::Form, &object), "a=R,100,G,2");
    }
}
