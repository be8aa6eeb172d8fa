//! HTTP answers in a buffer. The benchmark of peers uses this file too.

/// Whether this is an answer to its last byte.
pub fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = find(answer, b"\r\n\r\n") else { return false };
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let lines = head.split("\r\n").filter_map(|line| line.split_once(": "));
    match lines.clone().find(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        Some((_, length)) => answer.len() >= end + 4 + length.parse::<usize>().unwrap(),
        None => answer.ends_with(b"\r\n0\r\n\r\n"),
    }
}

/// Returns the place of `part` in `bytes`.
pub fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
