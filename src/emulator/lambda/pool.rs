//! The face of the functions: register, invoke, replace, remove, stop.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::config::FunctionConfig;
use super::function::{Call, Event, Function};
use super::log::LogSink;
use super::name::FunctionName;
use super::remote;
use super::runtime_api::Work;

/// The most bytes Lambda takes as the payload of a synchronous invocation.
const MAX_PAYLOAD: usize = 6_291_456;

/// What all functions of a pool share.
pub struct PoolSettings {
    /// The account in ARNs.
    pub account_id: String,
    /// The region in ARNs and in the functions' environment.
    pub region: String,
    /// Where invocations of functions that are not registered go, such as `http://127.0.0.1:4566`.
    pub endpoint: Option<String>,
    /// Where the functions' output goes.
    pub log: LogSink,
}

/// How one invocation is made.
#[derive(Clone, Debug, Default)]
pub struct InvokeOptions {
    /// The invocation's id; absent makes one.
    pub request_id: Option<String>,
    /// `X-Amzn-Trace-Id`
    pub trace_id: Option<String>,
    /// What the client says of itself: JSON, which `X-Amz-Client-Context` has in base64.
    pub client_context: Option<String>,
    /// A version or an alias, when the name has none.
    pub qualifier: Option<String>,
    /// Whether the end of the log is wanted.
    pub log_tail: bool,
    /// Takes the parts of an answer that the function streams, as they arrive; its [`Invocation`] is then empty, and
    /// comes when the stream has ended. A function that does not stream leaves it alone.
    pub stream: Option<mpsc::Sender<Bytes>>,
}

impl InvokeOptions {
    /// Returns what `X-Amz-Client-Context` has in base64, which functions get decoded; nothing when it is no JSON.
    #[must_use]
    pub fn decoded_context(header: &str) -> Option<String> {
        let text = String::from_utf8(STANDARD.decode(header).ok()?).ok()?;
        serde_json::from_str::<serde_json::Value>(&text).ok()?;
        // In a header there are no lines; in JSON those are nothing but space.
        Some(text.replace(['\n', '\r'], " "))
    }
}

/// A function's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// What the function returned: its answer, or `{errorType, errorMessage, …}`.
    pub payload: Bytes,
    /// `Unhandled` when the function failed (the header `X-Amz-Function-Error`).
    pub function_error: Option<String>,
    /// The last 4 KB of the invocation's log, when asked for.
    pub log_tail: Option<String>,
}

/// Why there was no answer.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// No such function here, and no endpoint to ask.
    #[error("no function `{function}` is registered, and no endpoint for functions is configured")]
    NotFound {
        /// The name as it was asked for.
        function: String,
    },
    /// The name is none.
    #[error("`{function}` is not the name or ARN of a function")]
    InvalidName {
        /// The text.
        function: String,
    },
    /// The function runs as often as it may.
    #[error("function `{function}` has reached its concurrency")]
    Throttled {
        /// The name.
        function: String,
    },
    /// The payload is larger than Lambda takes.
    #[error("a payload of {bytes} bytes is more than the 6291456 that Lambda takes")]
    PayloadTooLarge {
        /// The payload's size.
        bytes: usize,
    },
    /// The function was removed, or the pool stopped.
    #[error("function `{function}` was stopped")]
    Stopped {
        /// The name.
        function: String,
    },
    /// The configured endpoint did not answer, or refused.
    #[error("the function endpoint {endpoint} failed: {reason}")]
    Endpoint {
        /// The endpoint.
        endpoint: String,
        /// Its status, when it answered.
        status: Option<u16>,
        /// What went wrong.
        reason: String,
    },
}

/// The functions of an emulator. Clones share them; the last one dropped ends all processes.
#[derive(Clone)]
pub struct FunctionPool {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Arc<PoolSettings>,
    functions: RwLock<BTreeMap<String, Registered>>,
    remote: remote::Client,
}

struct Registered {
    config: Arc<FunctionConfig>,
    events: mpsc::UnboundedSender<Event>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let functions = self.functions.get_mut().unwrap_or_else(PoisonError::into_inner);
        for function in functions.values() {
            let _ = function.events.send(Event::Stop(None));
        }
    }
}

impl FunctionPool {
    /// Returns a pool without functions.
    #[must_use]
    pub fn new(settings: PoolSettings) -> Self {
        let shared =
            Shared { settings: Arc::new(settings), functions: RwLock::default(), remote: remote::Client::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Adds a function, or gives it a new version: requests in flight finish on the old one.
    ///
    /// Must be called within a tokio runtime.
    pub fn register(&self, name: &str, config: FunctionConfig) {
        let config = Arc::new(config);
        let mut functions = self.shared.functions.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = functions.get_mut(name) {
            known.config = Arc::clone(&config);
            let _ = known.events.send(Event::Replace(config));
            return;
        }
        let events = Function::spawn(name.into(), Arc::clone(&config), Arc::clone(&self.shared.settings));
        functions.insert(name.to_owned(), Registered { config, events });
    }

    /// Removes a function and ends its processes; returns whether there was one.
    pub fn remove(&self, name: &str) -> bool {
        let removed = self.shared.functions.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        removed.is_some_and(|function| function.events.send(Event::Stop(None)).is_ok())
    }

    /// Returns the functions' names and configurations, sorted by name.
    #[must_use]
    pub fn list(&self) -> Vec<(String, Arc<FunctionConfig>)> {
        let functions = self.shared.functions.read().unwrap_or_else(PoisonError::into_inner);
        functions.iter().map(|(name, f)| (name.clone(), Arc::clone(&f.config))).collect()
    }

    /// Returns the configuration of a function.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<FunctionConfig>> {
        let functions = self.shared.functions.read().unwrap_or_else(PoisonError::into_inner);
        functions.get(name).map(|f| Arc::clone(&f.config))
    }

    /// Returns the ARN of a function of this pool's account and region.
    #[must_use]
    pub fn arn(&self, name: &str) -> String {
        let PoolSettings { region, account_id, .. } = &*self.shared.settings;
        format!("arn:aws:lambda:{region}:{account_id}:function:{name}")
    }

    /// Invokes a function by name, partial ARN or ARN, and waits for its answer.
    ///
    /// A function that fails has answered: see [`Invocation::function_error`].
    ///
    /// # Errors
    /// When there is no such function, or Lambda would have refused the invocation.
    pub async fn invoke(
        &self,
        function: &str,
        payload: Bytes,
        options: InvokeOptions,
    ) -> Result<Invocation, InvokeError> {
        let Some(mut name) = FunctionName::parse(function) else {
            return Err(InvokeError::InvalidName { function: function.to_owned() });
        };
        name.qualifier = name.qualifier.or_else(|| options.qualifier.clone());
        if payload.len() > MAX_PAYLOAD {
            return Err(InvokeError::PayloadTooLarge { bytes: payload.len() });
        }
        let Some((config, events)) = self.registered(&name) else {
            let Some(endpoint) = &self.shared.settings.endpoint else {
                return Err(InvokeError::NotFound { function: function.to_owned() });
            };
            return self.shared.remote.invoke(endpoint, &name, payload, &options).await;
        };
        let arn = if function.starts_with("arn:") { function.to_owned() } else { self.arn(&name.to_string()) };
        let (reply, answer) = oneshot::channel();
        let work = Work {
            request_id: options.request_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()).into(),
            payload,
            function_arn: arn.into(),
            trace_id: options.trace_id,
            client_context: options.client_context,
            timeout: config.timeout,
            stream: options.stream,
            log_tail: options.log_tail,
        };
        let call = Box::new(Call { work, reply });
        let stopped = || InvokeError::Stopped { function: name.name.clone() };
        events.send(Event::Invoke(call)).map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Ends all processes and waits until they have ended. Functions must be registered anew.
    pub async fn stop(&self) {
        let functions = std::mem::take(&mut *self.shared.functions.write().unwrap_or_else(PoisonError::into_inner));
        let mut ending = Vec::new();
        for function in functions.values() {
            let (done, ended) = oneshot::channel();
            if function.events.send(Event::Stop(Some(done))).is_ok() {
                ending.push(ended);
            }
        }
        for ended in ending {
            let _ = ended.await;
        }
    }

    /// A version or alias that is registered by itself comes before the function's own name.
    fn registered(&self, name: &FunctionName) -> Option<(Arc<FunctionConfig>, mpsc::UnboundedSender<Event>)> {
        let functions = self.shared.functions.read().unwrap_or_else(PoisonError::into_inner);
        let qualified = name.qualifier.is_some().then(|| functions.get(&name.to_string())).flatten();
        let function = qualified.or_else(|| functions.get(&name.name))?;
        Some((Arc::clone(&function.config), function.events.clone()))
    }
}
