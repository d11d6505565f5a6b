//! HTTP/1.1 as far as page servers, probes and small clients need it: heads, and bodies by length or in chunks.

use std::io;

use httparse::{EMPTY_HEADER, Status, parse_chunk_size, parse_headers};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest head that is accepted, in bytes; the same order as nginx's `large_client_header_buffers`.
const LONGEST_HEAD: usize = 32 * 1024;
/// The longest line with a chunk's size that is accepted, in bytes.
const LONGEST_SIZE: usize = 100;

/// The start line and the headers of a request or a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The first line.
    pub start: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The first header with this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The status code, if this is a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.start.strip_prefix("HTTP/").and_then(|rest| rest.split(' ').nth(1)).and_then(|code| code.parse().ok())
    }

    /// Method, target and version, if this is a request.
    #[must_use]
    pub fn request(&self) -> Option<(&str, &str, &str)> {
        let mut words = self.start.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        let plain = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
        (plain && version.starts_with("HTTP/1.") && words.next().is_none()).then_some((method, target, version))
    }
}

/// What a connection sent where a head was expected.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A head, and how many bytes of the buffer it took.
    Head(Head, usize),
    /// Bytes that are not an HTTP head.
    Garbage,
    /// The other side closed before it sent anything more.
    Closed,
}

/// Reads into `buffer` until it begins with a whole head. The buffer may already hold bytes.
///
/// # Errors
/// Whatever the socket says.
pub async fn read_head(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> io::Result<Incoming> {
    loop {
        match head(buffer) {
            Ok(Some((head, end))) => return Ok(Incoming::Head(head, end)),
            Ok(None) => {}
            Err(()) => return Ok(Incoming::Garbage),
        }
        // Every PROXY protocol header has a NUL, and no HTTP head does.
        if buffer.len() > LONGEST_HEAD || buffer.contains(&0) {
            return Ok(Incoming::Garbage);
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(if buffer.is_empty() { Incoming::Closed } else { Incoming::Garbage });
        }
    }
}

/// The length of the body after `head`; `None` if only the end of the connection tells.
#[must_use]
pub fn body_length(head: &Head) -> Option<usize> {
    head.header("content-length").and_then(|length| length.trim().parse().ok())
}

/// Whether the body after `head` comes in chunks.
#[must_use]
pub fn is_chunked(head: &Head) -> bool {
    head.header("transfer-encoding").is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
}

/// Joins the body from the chunks in `bytes` (RFC 9112, 7.1). `Ok(None)` until the last chunk is there. Trailers are
/// dropped.
///
/// # Errors
/// If it is not a chunked body.
pub fn unchunk(mut bytes: &[u8]) -> Result<Option<Vec<u8>>, ()> {
    let mut body = Vec::new();
    loop {
        let (start, size) = match parse_chunk_size(bytes) {
            Ok(Status::Complete(found)) => found,
            Ok(Status::Partial) => return if bytes.len() > LONGEST_SIZE { Err(()) } else { Ok(None) },
            Err(_) => return Err(()),
        };
        let rest = &bytes[start..];
        if size == 0 {
            // Wait for the end of the trailers; usually there are none.
            let ended = rest.starts_with(b"\r\n") || head_end(rest).is_some();
            return Ok(ended.then_some(body));
        }
        let size = usize::try_from(size).map_err(|_| ())?;
        let Some((chunk, after)) = rest.split_at_checked(size) else { return Ok(None) };
        body.extend_from_slice(chunk);
        match after.split_at_checked(2) {
            Some((b"\r\n", next)) => bytes = next,
            Some(_) => return Err(()),
            None => return Ok(None),
        }
    }
}

fn head_end(buffer: &[u8]) -> Option<usize> {
    buffer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The head at the beginning of `bytes`, and its length; `None` while it is incomplete.
///
/// # Errors
/// If it is not a head.
pub fn head(bytes: &[u8]) -> Result<Option<(Head, usize)>, ()> {
    let Some(end) = head_end(bytes) else { return Ok(None) };
    parse(&bytes[..end]).map(|head| Some((head, end))).ok_or(())
}

fn parse(bytes: &[u8]) -> Option<Head> {
    if bytes.contains(&0) {
        return None;
    }
    // Empty lines before the start line are allowed (RFC 9112, 2.2).
    let mut rest = bytes;
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        rest = after;
    }
    let at = rest.windows(2).position(|two| two == b"\r\n")?;
    let start = std::str::from_utf8(&rest[..at]).ok()?.to_owned();
    let fields = &rest[at + 2..];
    let lines = fields.split(|byte| *byte == b'\n').count();
    let mut fields_found = vec![EMPTY_HEADER; lines];
    let Ok(Status::Complete((_, found))) = parse_headers(fields, &mut fields_found) else { return None };
    let text = |value| std::str::from_utf8(value).ok().map(|value| value.trim().to_owned());
    let headers = found.iter().map(|it| Some((it.name.to_owned(), text(it.value)?))).collect::<Option<Vec<_>>>()?;
    Some(Head { start, headers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_head_is_read_whole_and_no_further() {
        let mut buffer = Vec::new();
        let mut wire = b"GET /a HTTP/1.1\r\nHost: x:80\r\n\r\nbody".as_slice();
        let Ok(Incoming::Head(head, end)) = read_head(&mut wire, &mut buffer).await else { panic!("no head") };
        assert_eq!(head.request(), Some(("GET", "/a", "HTTP/1.1")));
        assert_eq!(head.header("HOST"), Some("x:80"));
        assert_eq!(&buffer[end..], b"body");
    }

    #[test]
    fn chunks_become_a_body_once_the_last_is_there() {
        let whole = b"4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n";
        assert_eq!(unchunk(whole), Ok(Some(b"Wikipedia".to_vec())));
        for cut in 0..whole.len() {
            assert_eq!(unchunk(&whole[..cut]), Ok(None), "{cut}");
        }
        assert_eq!(unchunk(b"0\r\nExpires: never\r\n\r\n"), Ok(Some(Vec::new())));
        for bad in [b"x\r\n".as_slice(), b"1\r\nabc\r\n", b"-1\r\n"] {
            assert_eq!(unchunk(bad), Err(()));
        }
    }

    #[tokio::test]
    async fn what_is_not_http_is_told_apart() {
        for (wire, wanted) in [
            (b"\r\n\r\n\0\r\nQUIT\n".as_slice(), Incoming::Garbage),
            (b"".as_slice(), Incoming::Closed),
            (b"half a line".as_slice(), Incoming::Garbage),
        ] {
            let mut source = wire;
            let seen = read_head(&mut source, &mut Vec::new()).await;
            assert_eq!(seen.ok(), Some(wanted), "{wire:?}");
        }
    }
}
