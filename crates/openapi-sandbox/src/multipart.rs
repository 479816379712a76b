//! The parts of a multipart body ([RFC 7578](https://www.rfc-editor.org/rfc/rfc7578), [RFC 2046, 5.1.1](https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1)).

/// A part of a form.
pub(crate) struct Part<'a> {
    /// The name of its field.
    pub(crate) name: String,
    /// Its media type, if it says one.
    pub(crate) media_type: Option<String>,
    pub(crate) content: &'a [u8],
}

/// The parts of `body`.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn parts<'a>(media_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, String> {
    let boundary = parameter(media_type, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or("the media type of the body has no boundary")?;
    let delimiter = format!("\r\n--{boundary}");
    let first = &delimiter.as_bytes()[2..];
    // What stands before the first delimiter is ignored.
    let mut rest =
        if body.starts_with(first) { Some(&body[first.len()..]) } else { after(body, delimiter.as_bytes()).1 };
    let mut parts = Vec::new();
    loop {
        let at = rest.ok_or("the body ends without its last boundary")?;
        if at.starts_with(b"--") {
            return Ok(parts);
        }
        // White space may follow the delimiter.
        let (_, part) = after(at, b"\r\n");
        let (part, next) = after(part.ok_or("a line is cut")?, delimiter.as_bytes());
        parts.push(read(part)?);
        rest = next;
    }
}

/// What stands before `separator`, and what after it, if it is there.
fn after<'a>(bytes: &'a [u8], separator: &[u8]) -> (&'a [u8], Option<&'a [u8]>) {
    match bytes.windows(separator.len()).position(|window| window == separator) {
        Some(at) => (&bytes[..at], Some(&bytes[at + separator.len()..])),
        None => (bytes, None),
    }
}

/// Reads what stands between two boundaries.
fn read(part: &[u8]) -> Result<Part<'_>, String> {
    let (head, content) = match part.strip_prefix(b"\r\n") {
        Some(content) => (&[][..], Some(content)),
        None => after(part, b"\r\n\r\n"),
    };
    let content = content.ok_or("a part has no end of its headers")?;
    let head = std::str::from_utf8(head).map_err(|_| "the headers of a part are no UTF-8")?;
    let header = |wanted: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition").unwrap_or_default();
    let name = parameter(&disposition, "name").filter(|_| disposition.to_ascii_lowercase().starts_with("form-data"));
    let name = name.ok_or("a part has no `Content-Disposition: form-data` with a name")?;
    Ok(Part { name, media_type: header("content-type"), content })
}

/// The parameter `wanted` of a header's value. In a quoted text, browsers write `%22`, `%0D` and `%0A`.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value;
    while let Some((_, parameters)) = rest.split_once(';') {
        let (name, value) = parameters.split_once('=')?;
        let (text, next) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(text.trim().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"b\"";

    #[test]
    fn parts_are_read_with_names_media_types_and_bytes() {
        let body = b"preamble\r\n--b \r\ncontent-disposition: form-data; filename=\"x;name=y\"; name=\"a%22b\"\r\n\
            Content-Type: image/png\r\n\r\n\x89\r\n-\xff\r\n--b\r\nContent-Disposition: form-data; name=c\r\n\r\n\r\n--b--\r\n";
        let parts = parts(TYPE, body).expect("a body of two parts");
        let read: Vec<_> = parts.iter().map(|part| (&*part.name, part.media_type.as_deref(), part.content)).collect();
        assert_eq!(read, [("a\"b", Some("image/png"), &b"\x89\r\n-\xff"[..]), ("c", None, b"")]);
        assert!(super::parts(TYPE, b"--b--").is_ok_and(|parts| parts.is_empty()));
    }

    #[test]
    fn what_is_no_multipart_body_is_said() {
        for (media_type, body, wrong) in [
            ("multipart/form-data", "--b--", "boundary"),
            (TYPE, "", "last boundary"),
            (TYPE, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "last boundary"),
            (TYPE, "--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--", "Content-Disposition"),
            (TYPE, "--b\r\nx\r\n--b--", "headers"),
        ] {
            let said = parts(media_type, body.as_bytes()).map(|parts| parts.len()).expect_err(body);
            assert!(said.contains(wrong), "{body:?}: {said}");
        }
    }
}
