//! A webhook: a request to whoever wants to know.

use std::time::Duration;

use ureq::Agent;
use ureq::http::{StatusCode, Uri};

use super::signature::{HEADER, signature};
use super::{Failure, Message, Outlet, Retry};
use crate::clock::now;

/// How long it may take to connect.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tells by posting JSON to a URL.
#[derive(Debug)]
pub struct Webhook {
    agent: Agent,
    url: String,
    secret: Option<Vec<u8>>,
}

/// What is wrong with a webhook's URL. The URL itself is not said: it may hold a secret.
#[derive(Debug, thiserror::Error)]
#[error("a webhook's URL {0}; write it as https://example.org/path")]
pub struct WebhookError(&'static str);

impl Webhook {
    /// Posts to this URL, signed if there is a secret.
    ///
    /// # Errors
    /// Where that is no URL to post to.
    pub fn new(url: &str, secret: Option<&str>) -> Result<Self, WebhookError> {
        Self::with_patience(url, secret, PATIENCE)
    }

    /// The same with another time limit.
    ///
    /// # Errors
    /// Where that is no URL to post to.
    pub fn with_patience(
        url: &str,
        secret: Option<&str>,
        patience: Duration,
    ) -> Result<Self, WebhookError> {
        let parsed: Uri = url.parse().map_err(|_| WebhookError("cannot be read"))?;
        if !matches!(parsed.scheme_str(), Some("http" | "https")) {
            return Err(WebhookError("begins with neither http:// nor https://"));
        }
        if parsed.host().is_none_or(str::is_empty) {
            return Err(WebhookError("names no host"));
        }
        let config = Agent::config_builder()
            .timeout_connect(Some(CONNECTING.min(patience)))
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            // Where it leads is not whom the configuration names.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("judder/", env!("CARGO_PKG_VERSION")));
        let secret = secret.map(|secret| secret.as_bytes().to_owned());
        Ok(Self { agent: config.build().into(), url: url.to_owned(), secret })
    }
}

impl Outlet for Webhook {
    fn tell(&mut self, message: &Message) -> Result<(), Failure> {
        let body = message.to_json();
        let mut request = self.agent.post(&self.url).content_type("application/json");
        if let Some(secret) = &self.secret {
            request = request.header(HEADER, signature(secret, now() / 1000, &body));
        }
        let answer = request
            .send(&body[..])
            .map_err(|error| Failure::later(format!("there was no answer: {error}")))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let asked = answer.headers().get("retry-after").and_then(|after| after.to_str().ok());
        let after = asked.and_then(|after| seconds_to(after, now()));
        Err(refusal(status, after))
    }
}

/// What follows from a status that is not success.
fn refusal(status: StatusCode, after: Option<Duration>) -> Failure {
    let passes = status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    let retry = match after {
        _ if !passes => Retry::Seldom,
        Some(after) => Retry::After(after),
        None => Retry::Later,
    };
    let reason = if status.is_redirection() {
        format!("was answered {}: redirects are not followed", status.as_u16())
    } else {
        format!("was answered {}", status.as_u16())
    };
    Failure { reason, retry }
}

/// How long `Retry-After` asks to wait: seconds, or a date.
fn seconds_to(after: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = after.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(after).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(since.saturating_sub(Duration::from_millis(u64::try_from(now).unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Webhook, seconds_to};

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = 1_445_412_470_000;
        assert_eq!(seconds_to("120", now), Some(Duration::from_secs(120)));
        let date = seconds_to("Wed, 21 Oct 2015 07:28:00 GMT", now);
        assert_eq!(date, Some(Duration::from_secs(10)));
        assert_eq!(seconds_to("Wed, 21 Oct 2015 07:27:00 GMT", now), Some(Duration::ZERO));
        assert_eq!((seconds_to("soon", now), seconds_to("-3", now)), (None, None));
    }

    #[test]
    fn what_is_no_url_is_refused_and_not_repeated() {
        for url in ["", "example.org/hook", "ftp://example.org/secret", "http://", "file:///x"] {
            let says = Webhook::new(url, None).unwrap_err().to_string();
            assert!(!says.contains("secret") && says.contains("write it as https://"), "{says}");
        }
        assert!(Webhook::new("https://example.org/hook?token=x", Some("s")).is_ok());
    }
}
