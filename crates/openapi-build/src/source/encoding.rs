//! Bytes to text: UTF-8, or UTF-16 as some editors save it.

/// Why bytes are no text.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) help: &'static str,
}

/// What files that are not text begin with, and what they are.
const KINDS: [(&[u8], &str); 9] = [
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
];

/// The text that `bytes` are, without a byte order mark.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Failure> {
    if let Some((_, kind)) = KINDS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        let help = if kind.ends_with("archive") { "unpack it first" } else { "fetch the definition itself" };
        return Err(Failure { message: format!("this is {kind}, and no YAML or JSON"), line: 1, column: 1, help });
    }
    if let Some(text) = utf_16(&bytes) {
        return text;
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let column = 1 + String::from_utf8_lossy(&valid[start..]).chars().count();
        Failure { message: "this file is not UTF-8 from here on".into(), line, column, help: "save it as UTF-8" }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The text of `bytes`, if they are UTF-16: they begin with its byte order mark, or every other of the first bytes is zero.
fn utf_16(bytes: &[u8]) -> Option<Result<String, Failure>> {
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => (true, bytes),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => (false, bytes),
        _ => return None,
    };
    let read = if little { u16::from_le_bytes } else { u16::from_be_bytes };
    let mut pairs = rest.chunks_exact(2);
    let units: Vec<u16> = pairs.by_ref().map(|pair| read([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).ok().filter(|_| pairs.remainder().is_empty());
    Some(text.ok_or_else(|| Failure {
        message: "this file is not UTF-16, which it begins as: it may be truncated".into(),
        line: 1,
        column: 1,
        help: "save it as UTF-8",
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let text = "openapi: 3.0.3 # é😀\n";
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in
            [little.clone(), big.clone(), [vec![0xff, 0xfe], little].concat(), [vec![0xfe, 0xff], big].concat()]
        {
            assert_eq!(decode(bytes).ok().as_deref(), Some(text));
        }
        assert!(decode(vec![0xff, 0xfe, b'a']).is_err_and(|failure| failure.message.contains("truncated")));
    }

    #[test]
    fn files_of_other_kinds_are_named() {
        let message = |bytes: &[u8]| decode(bytes.to_vec()).err().map(|failure| failure.message).unwrap_or_default();
        assert!(message(b"\x1f\x8b\x08\0").contains("gzip"));
        assert!(message(b"%PDF-1.7").contains("PDF"));
        assert!(message(b"a: \xff").contains("UTF-8"));
    }
}
