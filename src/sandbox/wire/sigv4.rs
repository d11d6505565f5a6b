//! AWS Signature Version 4, server side: reads who claims to send a request, and verifies the claim.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

/// The parts of a request that a signature covers.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub method: &'a str,
    /// As sent.
    pub path: &'a str,
    /// As sent, without `?`.
    pub query: &'a str,
    /// Names in lower case, and values.
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

/// How many headers a request may sign. SDKs sign about ten.
const SIGNED_HEADERS: usize = 64;

/// What an `Authorization` header claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    pub access_key_id: String,
    /// The day of the scope, `YYYYMMDD`.
    pub day: String,
    pub region: String,
    pub service: String,
    signed_headers: Vec<String>,
    signature: String,
}

impl Presented {
    /// Reads an `Authorization` header; `None` if it is not a complete Signature Version 4 header.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts =
            header.strip_prefix("AWS4-HMAC-SHA256")?.split(',').map(str::trim).map(|part| part.split_once('='));
        let mut credential = None;
        let mut headers = None;
        let mut signature = None;
        for (name, value) in parts.by_ref().flatten() {
            match name {
                "Credential" => credential = Some(value),
                "SignedHeaders" => headers = Some(value),
                "Signature" => signature = Some(value),
                _ => return None,
            }
        }
        let mut scope = credential?.rsplitn(5, '/');
        if scope.next()? != "aws4_request" {
            return None;
        }
        let service = scope.next()?.to_owned();
        let region = scope.next()?.to_owned();
        let day = scope.next()?.to_owned();
        let access_key_id = scope.next()?.to_owned();
        let signed_headers: Vec<String> = headers?.split(';').take(SIGNED_HEADERS + 1).map(str::to_owned).collect();
        // AWS asks for sorted names [IAM user guide: create a signed request]. A name that is repeated would make us write
        // its value again and again, and before anybody knows who asks.
        if signed_headers.len() > SIGNED_HEADERS || !signed_headers.is_sorted_by(|one, next| one < next) {
            return None;
        }
        Some(Self { access_key_id, day, region, service, signed_headers, signature: signature?.to_owned() })
    }
}

/// How many seconds a request's date may differ from the clock, in either direction [devguide: errors-overview,
/// `RequestExpired`].
///
/// Until then the same bytes are accepted again, as on AWS, which gives a request its minutes and remembers no
/// signatures [IAM user guide: signing and replay]. Remembering them would refuse honest clients: a signature covers
/// the time to the second, so two equal calls in one second, or an SDK's retry in the same second, are the same
/// bytes.
const SKEW: i64 = 15 * 60;

/// If a request's date is too far from `now`, says so in AWS's words [IAM user guide: troubleshoot signed requests].
pub fn too_far(request: Signed<'_>, now: Timestamp) -> Option<String> {
    let date = request.headers.iter().find(|(name, _)| name == "x-amz-date").map(|(_, value)| value.as_str())?;
    let signed = TimeZone::UTC.to_timestamp(DateTime::strptime("%Y%m%dT%H%M%SZ", date).ok()?).ok()?;
    let said = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let limit = |seconds| Timestamp::from_second(now.as_second() + seconds).map(said).unwrap_or_default();
    let skew = now.as_second() - signed.as_second();
    if skew > SKEW {
        Some(format!("Signature expired: {date} is now earlier than {} ({} - 15 min.)", limit(-SKEW), said(now)))
    } else if skew < -SKEW {
        Some(format!("Signature not yet current: {date} is still later than {} ({} + 15 min.)", limit(SKEW), said(now)))
    } else {
        None
    }
}

/// Verifies that `secret` signed `request` as `presented` claims. `Err` says what is wrong, for the message.
pub fn verify(request: Signed<'_>, presented: &Presented, secret: &str) -> Result<(), &'static str> {
    let header = |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let date = header("x-amz-date").ok_or("the request has no X-Amz-Date header")?;
    if DateTime::strptime("%Y%m%dT%H%M%SZ", date).is_err() {
        return Err("X-Amz-Date is not a date such as 20150830T123600Z");
    }
    if !date.starts_with(&presented.day) {
        return Err("the date of the credential scope is not the date of the request");
    }
    if !presented.signed_headers.iter().any(|name| name == "host") {
        return Err("the Host header is not signed");
    }
    let body_sum = hex(&Sha256::digest(request.body));
    if header("x-amz-content-sha256").is_some_and(|said| said != body_sum) {
        return Err("the body is not the one that X-Amz-Content-Sha256 describes");
    }
    let canonical = canonical_request(request, &presented.signed_headers, &body_sum);
    let scope = format!("{}/{}/{}/aws4_request", presented.day, presented.region, presented.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical.as_bytes())));
    let mut key = mac(format!("AWS4{secret}").as_bytes(), presented.day.as_bytes());
    for part in [presented.region.as_str(), presented.service.as_str(), "aws4_request"] {
        key = mac(&key, part.as_bytes());
    }
    let expected = hex(&mac(&key, to_sign.as_bytes()));
    if same(expected.as_bytes(), presented.signature.as_bytes()) { Ok(()) } else { Err("the signature does not match") }
}

fn canonical_request(request: Signed<'_>, signed_headers: &[String], body_sum: &str) -> String {
    let mut query: Vec<(String, String)> = form_urlencoded::parse(request.query.as_bytes())
        .map(|(name, value)| (percent(&name), percent(&value)))
        .collect();
    query.sort();
    let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = String::new();
    for name in signed_headers {
        // A header that is sent twice is signed as one value, joined with commas.
        let values: Vec<String> = request
            .headers
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let _ = writeln!(headers, "{name}:{}", values.join(","));
    }
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{body_sum}",
        request.method,
        request.path,
        query.join("&"),
        signed_headers.join(";")
    )
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares in constant time, so that the time does not reveal where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::{Presented, Signed, verify};

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// AWS's documented example: `ListUsers`, 30 August 2015 [IAM user guide: create a signed request].
    fn example() -> (Presented, Vec<(String, String)>) {
        let presented = Presented::parse(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        )
        .unwrap();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "iam.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ];
        (presented, headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    }

    fn request(headers: &[(String, String)]) -> Signed<'_> {
        Signed { method: "GET", path: "/", query: "Action=ListUsers&Version=2010-05-08", headers, body: b"" }
    }

    #[test]
    fn the_documented_example_is_accepted() {
        let (presented, headers) = example();
        assert_eq!((presented.access_key_id.as_str(), presented.service.as_str()), ("AKIDEXAMPLE", "iam"));
        assert_eq!(verify(request(&headers), &presented, SECRET), Ok(()));
    }

    #[test]
    fn a_date_far_from_the_clock_is_noticed_both_ways() {
        let (_, headers) = example();
        let at = |text: &str| super::too_far(request(&headers), text.parse().unwrap());
        for near in ["2015-08-30T12:36:00Z", "2015-08-30T12:51:00Z", "2015-08-30T12:21:00Z"] {
            assert_eq!(at(near), None, "{near}");
        }
        let expired =
            "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)";
        assert_eq!(at("2015-08-30T12:51:01Z").as_deref(), Some(expired));
        assert!(at("2015-08-30T12:20:59Z").unwrap().starts_with("Signature not yet current: "));
    }

    #[test]
    fn any_change_is_noticed() {
        let (presented, headers) = example();
        assert!(verify(request(&headers), &presented, "another secret").is_err());
        assert!(verify(Signed { body: b"x", ..request(&headers) }, &presented, SECRET).is_err());
        assert!(verify(Signed { query: "Action=ListRoles", ..request(&headers) }, &presented, SECRET).is_err());
        let mut other = headers.clone();
        other[1].1 = "evil.example".to_owned();
        assert!(verify(request(&other), &presented, SECRET).is_err());
    }

    #[test]
    fn only_sorted_names_that_stand_once_are_a_claim() {
        let claim = |names: &str| {
            let credential = "Credential=AKID/20150830/us-east-1/iam/aws4_request";
            Presented::parse(&format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature=00"))
        };
        assert!(claim("host;x-amz-date").is_some());
        let many: Vec<String> = (100..200).map(|number| format!("h{number}")).collect();
        for names in ["host;q;q", "x-amz-date;host", &"q;".repeat(10_000), &many.join(";")] {
            assert_eq!(claim(names), None);
        }
    }

    #[test]
    fn incomplete_headers_are_not_claims() {
        for text in [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256 Credential=a/b/c",
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host",
        ] {
            assert_eq!(Presented::parse(text), None, "{text}");
        }
    }
}
