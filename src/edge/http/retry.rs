//! Retries of requests.

use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, SystemTime};

use http::HeaderValue;
use http::header;

use super::body::Received;
use super::client::Client;
use super::failure::{Trouble, shown, status_text};
use super::request::{Counters, Request};
use crate::edge::failure::{FailureKind, FetchFailure};
use wheelbase_formats::limits;

impl Client {
    /// Sends a request and reads its response with `read`. Temporary failures are retried.
    ///
    /// # Errors
    ///
    /// The first failure that is not temporary, or the last one after all retries.
    pub(in crate::edge) async fn run<T, F, R>(
        &self,
        request: &Request<'_>,
        read: R,
    ) -> Result<T, FetchFailure>
    where
        R: Fn(Received) -> F,
        F: Future<Output = Result<T, Trouble>>,
    {
        let mut tried = 0;
        loop {
            let outcome = match self.attempt(request).await {
                Ok(received) => match passing_status(request, received).await {
                    Ok(received) => read(received).await,
                    Err(trouble) => Err(trouble),
                },
                Err(trouble) => Err(trouble),
            };
            match outcome {
                Ok(value) => return Ok(value),
                Err(Trouble::Final(failure)) => return Err(failure),
                Err(Trouble::Passing { cause, after }) => {
                    tried += 1;
                    self.pause(request, tried, cause, after).await?;
                }
            }
        }
    }

    /// Waits before the next try; an error if no try is left.
    async fn pause(
        &self,
        request: &Request<'_>,
        tried: u32,
        cause: String,
        after: Option<Duration>,
    ) -> Result<(), FetchFailure> {
        let settings = self.settings();
        let give_up = |cause: String| FetchFailure::at(FailureKind::Unreachable, shown(request.url), cause);
        if tried > settings.retries {
            let times = if tried == 1 { String::new() } else { format!(" (tried {tried} times)") };
            return Err(give_up(format!("{cause}{times}")));
        }
        let after = after.unwrap_or_default();
        if after > settings.retry_after_max {
            return Err(give_up(format!(
                "{cause}; the server requests a pause of {} s; the limit is {} s",
                after.as_secs(),
                settings.retry_after_max.as_secs()
            )));
        }
        let backoff = settings.retry_pause.saturating_mul(1 << (tried - 1).min(10));
        Counters::add(&self.counters.retries, 1);
        tokio::time::sleep(after.max(jittered(backoff))).await;
        Ok(())
    }
}

/// Returns the response, or a temporary failure if a retry may succeed.
async fn passing_status(request: &Request<'_>, mut received: Received) -> Result<Received, Trouble> {
    // What pip retries (500, 502, 503, 520, 527), what uv adds (429, 504), and RFC 9110's 408.
    if !matches!(received.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504 | 520 | 527) {
        return Ok(received);
    }
    let after = received.headers.get(header::RETRY_AFTER).and_then(retry_after);
    let mut cause = format!("the server responds with {}", status_text(received.status));
    if let Some(explain) = request.explain
        && let Ok(page) = received.read(limits::ERROR_PAGE_BYTES).await
        && let Some(explanation) = explain(&page)
    {
        cause.push_str(": ");
        cause.push_str(&explanation);
    }
    Err(Trouble::Passing { cause, after })
}

/// Between three quarters and five quarters of `pause`, so that many clients do not retry at the same time.
fn jittered(pause: Duration) -> Duration {
    // The hash keys of the standard library are random, which saves a dependency.
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    pause.mul_f64(0.75 + 0.5 * (random % 1024) as f64 / 1024.0)
}

/// RFC 9110, section 10.2.3: seconds or a date.
fn retry_after(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    let then = u64::try_from(date.as_second()).ok()?;
    Some(Duration::from_secs(then.saturating_sub(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let parse = |text: &str| retry_after(&HeaderValue::from_str(text).unwrap());
        assert_eq!(parse("120"), Some(Duration::from_secs(120)));
        assert_eq!(parse("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert!(parse("Wed, 21 Oct 2065 07:28:00 GMT").unwrap() > Duration::from_secs(1_000_000));
        assert_eq!(parse("soon"), None);
    }

    #[test]
    fn jitter_stays_near_the_pause() {
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(4));
            assert!(pause >= Duration::from_secs(3) && pause <= Duration::from_secs(5), "{pause:?}");
        }
    }
}
