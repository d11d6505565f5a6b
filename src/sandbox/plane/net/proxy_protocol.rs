//! Proxy protocol version 2, as a load balancer sends it and as a web server reads it if its configuration says so.

use std::net::{Ipv4Addr, SocketAddrV4};

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// `PP2_TYPE_AWS` and `PP2_SUBTYPE_AWS_VPCE_ID` (NLB:edit-target-group-attributes).
const TYPE_AWS: u8 = 0xEA;
const SUBTYPE_VPCE_ID: u8 = 0x01;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxied {
    /// The client, as the load balancer saw it.
    pub source: SocketAddrV4,
    /// The id of the endpoint that the connection came through.
    pub endpoint: Option<String>,
}

/// Writes the header of a TCP connection from `source` to `destination`.
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
    if version != 0x21 || family != 0x11 {
        return Decoded::Absent;
    }
    let end = 16 + usize::from(u16::from_be_bytes([high, low]));
    let Some(body) = bytes.get(16..end) else { return Decoded::More };
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
}
