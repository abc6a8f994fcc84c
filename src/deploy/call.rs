//! One call to the service: tried again when it got lost, waited for when the service asks for fewer calls.
//!
//! The SDK's own retries are off: they know no `Retry-After`, say nothing while they wait, and repeat what must not be
//! done twice.

use std::future::Future;
use std::time::Duration;

use aws_sdk_apigateway::config::http::HttpResponse;
use aws_sdk_apigateway::error::{ProvideErrorMetadata, SdkError};

use super::{Connection, DeployError};

/// Whether a call may be sent again when nobody knows whether it was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Twice is the same as once.
    Freely,
    /// Twice would make two of something; only what was certainly not carried out is sent again.
    Never,
}

/// How often a service that asks for fewer calls is waited for.
const MAX_WAITS: usize = 12;

/// How long at most, in all.
const MAX_WAITED: Duration = Duration::from_secs(180);

/// The longest single wait that a `Retry-After` is obeyed for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Makes a call until it is answered, or there is no hope that it will be.
///
/// # Errors
/// The last failure, with the names of the call and of what it was about.
pub(super) async fn call<T, E, F, A>(
    connection: &Connection,
    name: &'static str,
    subject: &str,
    repeat: Repeat,
    mut attempt: A,
) -> Result<T, DeployError>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let (mut waits, mut waited, mut lost) = (0, Duration::ZERO, 0);
    loop {
        let error = match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let asked = retry_after(&error);
        let failure = DeployError::of(name, subject, &connection.endpoint, error);
        if failure.is_throttled() {
            let pause = asked.unwrap_or_else(|| usual_wait(waits)).min(LONGEST_WAIT);
            if waits >= MAX_WAITS || waited + pause > MAX_WAITED {
                return Err(failure);
            }
            waits += 1;
            waited += pause;
            let seconds = pause.as_secs_f64();
            connection.tell("Waiting", &format!("{seconds} s: the service asks for fewer calls ({name} on {subject})"));
            tokio::time::sleep(pause).await;
            continue;
        }
        let again = failure.is_transient() && repeat == Repeat::Freely;
        if !again || lost >= connection.patience.attempts {
            return Err(failure);
        }
        tokio::time::sleep(connection.patience.pause(lost)).await;
        lost += 1;
    }
}

/// How long a lost call is tried for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    attempts: u32,
    first: Duration,
}

impl Patience {
    /// What is on this machine answers at once or is not there.
    pub(super) const NEAR: Self = Self { attempts: 3, first: Duration::from_millis(100) };
    /// Across the internet a call is tried for half a minute.
    pub(super) const FAR: Self = Self { attempts: 5, first: Duration::from_millis(500) };

    fn pause(self, lost: u32) -> Duration {
        self.first.saturating_mul(2_u32.saturating_pow(lost)).min(Duration::from_secs(10))
    }
}

/// AWS allows some of these calls once in several seconds (`limits.md`), and does not always say how long to wait.
fn usual_wait(waits: usize) -> Duration {
    Duration::from_secs([1, 2, 4].get(waits).copied().unwrap_or(5))
}

/// Returns how long the service asks to be left alone. Dates, the header's other form, are not used by AWS.
fn retry_after<E>(error: &SdkError<E, HttpResponse>) -> Option<Duration> {
    let value = error.raw_response()?.headers().get("retry-after")?;
    value.trim().parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0).map(Duration::from_secs_f64)
}
