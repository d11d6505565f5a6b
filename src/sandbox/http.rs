//! Answers one HTTP request: checks the sender and the signature, finds the operation, and writes the answer in its
//! protocol's form.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN};
use hyper::http::uri::Authority;
use hyper::{Method, Request, Response, StatusCode};

use crate::host::net::loopback::is_host;

use super::account::Account;
use super::call::Call;
use super::connection_slots::ConnectionSlot;
use super::control::Control;
use super::fault_plan::FaultKind;
use super::faults::Faults;
use super::ops::Protocol;
use super::outgoing::Outgoing;
use super::wire::{ApiError, Params, Presented, Signed, Xml, is_rest, read_rest, too_far, verify};
use super::world::REGIONS;

/// Bytes of a request's body. The largest real request is an instance's user data, 16 KB before encoding.
const BODY_LIMIT: usize = 256 * 1024;
/// The time a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// What all connections share.
pub struct Front {
    pub control: Control,
    /// In the control plane's order.
    pub accounts: Vec<Account>,
    pub faults: Faults,
}

/// An error, and the protocol in whose form the sender can read it.
struct Refusal {
    protocol: Option<Protocol>,
    error: ApiError,
}

/// The request gets no answer and its connection is closed.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub struct Silence;

/// Why a request gets no normal answer.
enum Trouble {
    Refused(Refusal),
    Silence,
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Answers one request. Every answer carries its request id in a header, where the Rust SDK looks for it.
///
/// # Errors
/// If a fault plan wants no answer, or the connection had to make room for another.
pub async fn answer(
    front: Arc<Front>,
    seat: Arc<ConnectionSlot>,
    outgoing: Outgoing,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Silence> {
    let id = front.control.request_id();
    let is_json = request.headers().contains_key("x-amz-target");
    let mut location = None;
    let (status, kind, body) = match serve(&front, &seat, request).await {
        Ok((Protocol::Quotas, _, json)) => (200, "application/x-amz-json-1.1", json.as_str().to_owned()),
        Ok((protocol, action, xml)) => {
            location = location_of(&action, &xml);
            let status = if location.is_some() { 201 } else { 200 };
            (status, "text/xml;charset=UTF-8", success(protocol, &action, &xml, &id))
        }
        Err(Trouble::Silence) => return Err(Silence),
        Err(Trouble::Refused(Refusal { error, .. })) if is_json => {
            let body = serde_json::json!({ "__type": error.code, "message": error.message });
            (error.status, "application/x-amz-json-1.1", body.to_string())
        }
        Err(Trouble::Refused(Refusal { protocol, error })) => {
            (error.status, "text/xml;charset=UTF-8", failure(protocol, &error, &id))
        }
    };
    let (status, kind, body) = if let Some(body) = outgoing.take(body) {
        (status, kind, body)
    } else {
        // Answers that nobody reads take all the memory that there is for answers.
        let error = ApiError::new("RequestLimitExceeded", "Request limit exceeded.").with_status(503);
        (503, "text/xml;charset=UTF-8", Bytes::from(failure(None, &error, &id)))
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    if let Some(location) = location.and_then(|it| HeaderValue::from_str(&it).ok()) {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}

async fn serve(
    front: &Front,
    seat: &ConnectionSlot,
    request: Request<Incoming>,
) -> Result<(Protocol, String, Xml), Trouble> {
    let refuse = |protocol, error| Refusal { protocol, error };
    // A request to a proxy names the host in its first line too.
    let authority = request.uri().authority().map(Authority::as_str);
    check_sender(request.headers(), authority).map_err(|error| refuse(None, error))?;
    let (head, body) = request.into_parts();
    let body = read_body(body).await.map_err(|error| refuse(None, error))?;
    let path = head.uri.path();
    if !is_rest(path) && (!(head.method == Method::POST || head.method == Method::GET) || path != "/") {
        let text = format!("{} {path}: requests are POST / or GET /", head.method);
        return Err(refuse(None, ApiError::new("InvalidAction", text)).into());
    }
    let query = head.uri.query().unwrap_or_default();
    let form = if head.method == Method::GET { query.as_bytes() } else { &body };
    let headers = read_headers(&head.headers);
    let signed = Signed { method: head.method.as_str(), path, query, headers: &headers, body: &body };
    let (account, presented) =
        authenticate(front, signed, guess(path, form)).map_err(|(protocol, error)| refuse(protocol, error))?;
    let Some(_work) = seat.begin() else { return Err(Trouble::Silence) };
    let Some(protocol) = Protocol::of_service(&presented.service) else {
        let error = ApiError::not_modelled("UnknownOperationException", &format!("the service {}", presented.service));
        return Err(refuse(None, error).into());
    };
    let read = || {
        if is_rest(path) || protocol == Protocol::Route53 {
            if protocol != Protocol::Route53 {
                return Err(ApiError::not_modelled("InvalidAction", &format!("the path {path} of this service")));
            }
            return read_rest(head.method.as_str(), path, query, &body);
        }
        if !REGIONS.contains(&presented.region.as_str()) {
            return Err(ApiError::not_modelled("AuthFailure", &format!("the region {}", presented.region)));
        }
        if protocol == Protocol::Quotas {
            let target = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let Some(action) = target.strip_prefix("ServiceQuotasV20190624.") else {
                return Err(ApiError::not_modelled("UnknownOperationException", &format!("the target {target:?}")));
            };
            return Ok((action.to_owned(), Params::parse_json(action, &body)?));
        }
        let params = Params::parse(form)?;
        let params = if protocol == Protocol::Ec2 { params } else { params.with_members() };
        let action = params.need("Action")?.to_owned();
        let version = params.need("Version")?;
        if version != protocol.version() {
            let text = format!("version {version} of this API, only {}", protocol.version());
            return Err(ApiError::not_modelled("InvalidAction", &text));
        }
        Ok((action, params))
    };
    let (action, params) = read().map_err(|error| refuse(Some(protocol), error))?;
    let fault = front.faults.meet(&action);
    if let Some(error) = fault.and_then(|fault| fault.refusal(protocol, &action)) {
        return Err(refuse(Some(protocol), error).into());
    }
    if let Some(FaultKind::TimeOut(held)) = fault {
        tokio::time::sleep(held).await;
        return Err(Trouble::Silence);
    }
    let unseen = if let Some(FaultKind::NotFound(unseen)) = fault { Some(unseen) } else { None };
    // Route 53 is global; its world is kept in this region.
    let region = if protocol == Protocol::Route53 { "us-east-1" } else { presented.region.as_str() };
    let done = front.control.call(Call { account, region, protocol, action: &action, params, unseen }).await;
    match fault {
        Some(FaultKind::LostReply) => return Err(Trouble::Silence),
        Some(FaultKind::Slow(late)) => tokio::time::sleep(late).await,
        _ => {}
    }
    match done {
        Ok(xml) => Ok((protocol, action, xml)),
        Err(error) => Err(refuse(Some(protocol), error).into()),
    }
}

/// Refuses requests from web pages: a page in the learner's browser must not be able to drive the sandbox. Browsers
/// name the host they were sent to, and send an Origin.
fn check_sender(headers: &HeaderMap, authority: Option<&str>) -> Result<(), ApiError> {
    // Exactly one Host header: with two, another reader might believe the other one.
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    if hosts.next().is_some() || !is_host(host) || authority.is_some_and(|authority| !is_host(authority)) {
        let text = format!("pllab's sandbox answers on loopback names only, not as {host:?}");
        return Err(ApiError::new("AccessDenied", text).with_status(403));
    }
    // Browsers send one of the first two headers with every request of a page. The content types are those that a
    // form can send and no client of the API uses.
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let sign = [ORIGIN.as_str(), "sec-fetch-site"].into_iter().find(|name| headers.contains_key(*name));
    let form = ["text/plain", "multipart/form-data"].into_iter().find(|form| kind.starts_with(form));
    if let Some(sign) = sign.or(form) {
        let text = format!("pllab's sandbox does not answer web pages (the request says {sign})");
        return Err(ApiError::new("AccessDenied", text).with_status(403));
    }
    Ok(())
}

async fn read_body(body: Incoming) -> Result<Bytes, ApiError> {
    let whole = Limited::new(body, BODY_LIMIT).collect();
    match tokio::time::timeout(BODY_TIME, whole).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            let text = format!("The request is longer than {BODY_LIMIT} bytes");
            Err(ApiError::new("RequestEntityTooLarge", text).with_status(413))
        }
        Ok(Err(error)) => Err(ApiError::new("IncompleteBody", error.to_string())),
        Err(_) => Err(ApiError::new("RequestTimeout", "The body did not arrive in time").with_status(408)),
    }
}

fn read_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Finds the account that signed the request. EC2 has one code for everything that can be wrong with credentials.
fn authenticate(
    front: &Front,
    signed: Signed<'_>,
    guessed: Option<Protocol>,
) -> Result<(usize, Presented), (Option<Protocol>, ApiError)> {
    let header = |name: &str| signed.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let Some(authorization) = header("authorization") else {
        let error = ApiError::new("MissingAuthenticationToken", "Request is missing Authentication Token");
        return Err((guessed, error.with_status(403)));
    };
    let Some(presented) = Presented::parse(authorization) else {
        let text = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters";
        return Err((guessed, ApiError::new("IncompleteSignature", text)));
    };
    let protocol = Protocol::of_service(&presented.service).or(guessed);
    let refuse = |code: &str, status: u16, text: &str| {
        let error = if protocol == Some(Protocol::Ec2) {
            let text = format!("AWS was not able to validate the provided access credentials ({text})");
            ApiError::new("AuthFailure", text).with_status(401)
        } else {
            ApiError::new(code, text).with_status(status)
        };
        Err((protocol, error))
    };
    if header("x-amz-security-token").is_some() {
        let text = "The security token included in the request is invalid: pllab's sandbox gives out no session tokens; \
                    unset AWS_SESSION_TOKEN";
        return refuse("InvalidClientTokenId", 403, text);
    }
    let Some(account) = front.accounts.iter().position(|account| account.access_key_id == presented.access_key_id)
    else {
        let text = "The security token included in the request is invalid: no account of pllab's sandbox has this \
                    access key id; keys are new at each start";
        return refuse("InvalidClientTokenId", 403, text);
    };
    match verify(signed, &presented, &front.accounts[account].secret_access_key) {
        Ok(()) => match too_far(signed, front.control.now()) {
            None => Ok((account, presented)),
            // EC2 has a code of its own for an expired request; the others call it a wrong signature.
            Some(_) if protocol == Some(Protocol::Ec2) => {
                Err((protocol, ApiError::new("RequestExpired", "Request has expired.")))
            }
            Some(why) => refuse("SignatureDoesNotMatch", 403, &why),
        },
        Err(why) => {
            let text = format!(
                "The request signature we calculated does not match the signature you provided: {why}. Check your AWS \
                 Secret Access Key and signing method."
            );
            refuse("SignatureDoesNotMatch", 403, &text)
        }
    }
}

/// Guesses the protocol of an unsigned request from its version.
fn guess(path: &str, form: &[u8]) -> Option<Protocol> {
    if is_rest(path) {
        return Some(Protocol::Route53);
    }
    let version = form_urlencoded::parse(form).find(|(name, _)| name == "Version")?.1;
    [Protocol::Ec2, Protocol::Elb, Protocol::Sts].into_iter().find(|protocol| protocol.version() == version)
}

/// The `Location` of a new resource: the one modelled REST operation that makes something returns it in this header.
fn location_of(action: &str, xml: &Xml) -> Option<String> {
    let made =
        (action == "CreateHostedZone").then(|| xml.as_str().split("<Id>").nth(1)?.split('<').next()).flatten()?;
    Some(format!("https://route53.amazonaws.com/2013-04-01{made}"))
}

fn success(protocol: Protocol, action: &str, xml: &Xml, id: &str) -> String {
    let mut body = Xml::new();
    if protocol == Protocol::Ec2 {
        body.leaf("requestId", id).append(xml);
    } else if protocol == Protocol::Route53 {
        body.append(xml);
    } else {
        // The wrapper is written even if it is empty: botocore looks into it.
        body.node(&format!("{action}Result"), |inner| {
            inner.append(xml);
        });
        body.node("ResponseMetadata", |inner| {
            inner.leaf("RequestId", id);
        });
    }
    let namespace = protocol.namespace();
    format!("{XML}<{action}Response xmlns=\"{namespace}\">{}</{action}Response>", body.as_str())
}

fn failure(protocol: Option<Protocol>, error: &ApiError, id: &str) -> String {
    let mut body = Xml::new();
    if protocol == Some(Protocol::Ec2) {
        body.node("Response", |xml| {
            xml.list("Errors", "Error", [error], |xml, error| {
                xml.leaf("Code", &error.code).leaf("Message", &error.message);
            });
            xml.leaf("RequestID", id);
        });
        return format!("{XML}{}", body.as_str());
    }
    body.node("Error", |xml| {
        let at_fault = if error.status < 500 { "Sender" } else { "Receiver" };
        xml.leaf("Type", at_fault).leaf("Code", &error.code).leaf("Message", &error.message);
    });
    body.leaf("RequestId", id);
    let namespace = protocol.unwrap_or(Protocol::Sts).namespace();
    format!("{XML}<ErrorResponse xmlns=\"{namespace}\">{}</ErrorResponse>", body.as_str())
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

#[cfg(test)]
mod tests {
    use super::{ApiError, Protocol, Xml, failure, success};

    #[test]
    fn each_protocol_has_its_envelope() {
        let error = ApiError::new("Code.A", "a < b");
        assert!(failure(Some(Protocol::Ec2), &error, "id").ends_with(
            "<Response><Errors><Error><Code>Code.A</Code><Message>a &lt; b</Message></Error></Errors>\
             <RequestID>id</RequestID></Response>"
        ));
        assert!(failure(Some(Protocol::Elb), &error, "id").contains("<Error><Type>Sender</Type><Code>Code.A</Code>"));
        assert!(
            success(Protocol::Elb, "AddTags", &Xml::new(), "id")
                .contains("<AddTagsResult/><ResponseMetadata><RequestId>id</RequestId></ResponseMetadata>")
        );
        assert!(
            success(Protocol::Ec2, "DeleteVpc", &Xml::done(), "id")
                .contains("<requestId>id</requestId><return>true</return></DeleteVpcResponse>")
        );
    }
}
