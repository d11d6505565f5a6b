//! Requests signed by hand: requests that SDK clients would not send, and raw answers.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// The signer of a request, and the time of the signature.
#[derive(Clone, Debug)]
pub struct Signer {
    pub port: u16,
    pub id: String,
    pub secret: String,
    /// The signing name of the service.
    pub service: &'static str,
    pub at: jiff::Timestamp,
}

impl Signer {
    /// The bytes of a request with this form.
    pub fn request(&self, form: &str) -> Vec<u8> {
        let date = self.at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let (day, service) = (&date[..8], self.service);
        let host = format!("127.0.0.1:{}", self.port);
        let body_sum = hex(&Sha256::digest(form.as_bytes()));
        let canonical = format!("POST\n/\n\nhost:{host}\nx-amz-date:{date}\n\nhost;x-amz-date\n{body_sum}");
        let scope = format!("{day}/ap-northeast-1/{service}/aws4_request");
        let sum = hex(&Sha256::digest(canonical.as_bytes()));
        let key = ["ap-northeast-1", service, "aws4_request", &format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{sum}")]
            .iter()
            .fold(mac(format!("AWS4{}", self.secret).as_bytes(), day), |key, part| mac(&key, part));
        let signature = hex(&key);
        format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nX-Amz-Date: {date}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.id,
            form.len()
        )
        .into_bytes()
    }

    /// The first account of a sandbox that has reported that it is ready.
    pub fn of_ready(ready: &serde_json::Value, service: &'static str) -> Self {
        let string = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
        let url = string(&ready["endpoint_url"]);
        let port = url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let account = &ready["accounts"][0];
        let (id, secret) = (string(&account["access_key_id"]), string(&account["secret_access_key"]));
        Self { port, id, secret, service, at: jiff::Timestamp::now() }
    }

    /// Makes one call; returns the status and the answer's text.
    pub fn call(&self, form: &str) -> (u16, String) {
        let answered = self.try_call(form);
        assert_ne!(answered.0, 0, "no answer to {form}");
        answered
    }

    /// The same if there may be nobody to answer.
    pub fn try_call(&self, form: &str) -> (u16, String) {
        let Ok(mut stream) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], self.port))) else {
            return (0, String::new());
        };
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out can be set");
        let request = String::from_utf8(self.request(form)).expect("it is text");
        let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
        let mut answer = String::new();
        // A connection that ends without an answer is a valid outcome.
        let _ = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
        (answer.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0), answer)
    }
}

fn mac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
