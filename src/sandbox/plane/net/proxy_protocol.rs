//! Proxy protocol version 2, as a load balancer sends it and as a web server reads it if its configuration says so.

use std::net::{Ipv4Addr, SocketAddrV4};

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// `PP2_TYPE_AWS` and `PP2_SUBTYPE_AWS_VPCE_ID` (NLB:edit-target-group-attributes).
const TYPE_AWS: u8 = 0xEA;
const SUBTYPE_VPCE_ID: u8 = 0x01;
/// `PP2_TYPE_CRC32C` and `PP2_TYPE_NOOP` of the protocol's specification.
const TYPE_CRC32C: u8 = 0x03;
const TYPE_NOOP: u8 = 0x04;
/// AWS pads what follows the first 16 bytes to this length, as captures show (kubernetes#57250 of a health check,
/// go-proxyproto's tests of a client's connection).
const LENGTH: u16 = 84;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxied {
    /// The client, as the load balancer saw it.
    pub source: SocketAddrV4,
    /// The id of the endpoint that the connection came through.
    pub endpoint: Option<String>,
}

/// Writes the header that AWS puts before a health check: the command LOCAL, and no addresses.
pub fn local() -> Vec<u8> {
    let mut header = SIGNATURE.to_vec();
    header.extend_from_slice(&[0x20, 0x11]);
    padded(header, &[], &[])
}

/// Writes the header that AWS puts before a client's connection.
pub fn encode_for_target(proxied: &Proxied, destination: SocketAddrV4) -> Vec<u8> {
    let plain = encode(proxied, destination);
    // 16 bytes about the header itself, then 12 of addresses and ports.
    let ((start, body), header) = (plain.split_at(28), plain[..14].to_vec());
    padded(header, &start[16..], body)
}

/// Completes a header with a checksum, and with nothing up to AWS's length.
fn padded(mut header: Vec<u8>, addresses: &[u8], tlvs: &[u8]) -> Vec<u8> {
    header.extend_from_slice(&LENGTH.to_be_bytes());
    header.extend_from_slice(addresses);
    header.extend_from_slice(&[TYPE_CRC32C, 0, 4]);
    let at = header.len();
    header.extend_from_slice(&[0; 4]);
    header.extend_from_slice(tlvs);
    let whole = 16 + usize::from(LENGTH);
    let rest = whole.saturating_sub(header.len() + 3);
    header.push(TYPE_NOOP);
    header.extend_from_slice(&u16::try_from(rest).unwrap_or(0).to_be_bytes());
    header.resize(header.len() + rest, 0);
    let checksum = crc32c(&header).to_be_bytes();
    header[at..at + 4].copy_from_slice(&checksum);
    header
}

/// The checksum of the header, with zeros in its own place (RFC 4960, appendix B).
fn crc32c(bytes: &[u8]) -> u32 {
    let byte = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0x82F6_3B78 } else { 0 })
    };
    !bytes.iter().fold(u32::MAX, byte)
}

/// Writes the shortest header of a TCP connection from `source` to `destination`.
pub fn encode(proxied: &Proxied, destination: SocketAddrV4) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend_from_slice(&proxied.source.ip().octets());
    body.extend_from_slice(&destination.ip().octets());
    body.extend_from_slice(&proxied.source.port().to_be_bytes());
    body.extend_from_slice(&destination.port().to_be_bytes());
    if let Some(endpoint) = &proxied.endpoint {
        body.push(TYPE_AWS);
        // An endpoint id has 22 characters, so the length always fits.
        body.extend_from_slice(&u16::try_from(endpoint.len() + 1).unwrap_or(u16::MAX).to_be_bytes());
        body.push(SUBTYPE_VPCE_ID);
        body.extend_from_slice(endpoint.as_bytes());
    }
    let mut header = SIGNATURE.to_vec();
    // Version 2, command PROXY; TCP over IPv4.
    header.extend_from_slice(&[0x21, 0x11]);
    header.extend_from_slice(&u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes());
    header.extend_from_slice(&body);
    header
}

/// What `bytes` start with.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A complete header, and its length.
    Header(Proxied, usize),
    /// A complete header of a connection in the sender's own name, and its length.
    Local(usize),
    /// The beginning of a header.
    More,
    /// Something else.
    Absent,
}

pub fn decode(bytes: &[u8]) -> Decoded {
    let known = bytes.len().min(SIGNATURE.len());
    if bytes[..known] != SIGNATURE[..known] {
        return Decoded::Absent;
    }
    let Some(&[version, family, high, low]) = bytes.get(12..16) else { return Decoded::More };
    let end = 16 + usize::from(u16::from_be_bytes([high, low]));
    let body = bytes.get(16..end);
    match (version, body) {
        (0x20 | 0x21, None) => return Decoded::More,
        // Whatever follows is to be skipped.
        (0x20, Some(_)) => return Decoded::Local(end),
        (0x21, Some(_)) if family == 0x11 => {}
        _ => return Decoded::Absent,
    }
    let Some(body) = body else { return Decoded::More };
    let Some((&[address @ .., _, _, _, _, high, low, _, _], tlvs)) = body.split_first_chunk::<12>() else {
        return Decoded::Absent;
    };
    let address: [u8; 4] = address;
    let source = SocketAddrV4::new(Ipv4Addr::from(address), u16::from_be_bytes([high, low]));
    Decoded::Header(Proxied { source, endpoint: endpoint(tlvs) }, end)
}

fn endpoint(mut tlvs: &[u8]) -> Option<String> {
    while let Some((&[kind, high, low], rest)) = tlvs.split_first_chunk::<3>() {
        let (value, after) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
        if kind == TYPE_AWS {
            let id = value.strip_prefix(&[SUBTYPE_VPCE_ID])?;
            return String::from_utf8(id.to_vec()).ok();
        }
        tlvs = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_is_read() {
        let proxied = Proxied {
            source: SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 5), 40000),
            endpoint: Some("vpce-0123456789abcdef0".to_owned()),
        };
        let mut bytes = encode(&proxied, SocketAddrV4::new(Ipv4Addr::new(10, 0, 1, 10), 80));
        let length = bytes.len();
        assert_eq!(decode(&bytes[..20]), Decoded::More);
        bytes.extend_from_slice(b"GET / HTTP/1.1\r\n");
        assert_eq!(decode(&bytes), Decoded::Header(proxied, length));
        assert_eq!(decode(b"GET / HTTP/1.1"), Decoded::Absent);
    }

    #[test]
    fn headers_are_those_that_aws_sends() {
        // A health check, as captured in kubernetes#57250.
        let header = local();
        assert_eq!(header[..23], *b"\r\n\r\n\0\r\nQUIT\n\x20\x11\0\x54\x03\0\x04\xbc\xe5\x95\x1f");
        assert_eq!((&header[23..26], header.len()), (&[4, 0, 74][..], 100));
        assert!(header[26..].iter().all(|byte| *byte == 0));
        assert_eq!((decode(&header), decode(&header[..99])), (Decoded::Local(100), Decoded::More));
        // A client's connection through an endpoint.
        let destination = SocketAddrV4::new(Ipv4Addr::new(10, 0, 1, 10), 80);
        for endpoint in [None, Some("vpce-08d2bf15fac5001c9".to_owned())] {
            let source = SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 5), 40000);
            let proxied = Proxied { source, endpoint };
            let header = encode_for_target(&proxied, destination);
            assert_eq!(header.len(), 100, "{proxied:?}");
            assert_eq!(decode(&header), Decoded::Header(proxied, 100));
        }
    }
}
