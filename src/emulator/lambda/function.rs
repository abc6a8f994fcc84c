//! The task that owns one function: its queue and its processes.
//!
//! Everything that happens to the function arrives here as an [`Event`], in one order; nothing else
//! changes its state. An invocation is queued, taken by an idle process or one started for it, and
//! answered exactly once: by the process, by the process's end, or by its time-out.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::config::{DEFAULT_PROCESSES, FunctionConfig};
use super::log::LogStream;
use super::memory::megabytes;
use super::pool::{Invocation, InvokeError, PoolSettings};
use super::process::{self, Exit, Output, ProcessHandle};
use super::runtime_api::Work;

/// Names a process within its function; never used twice.
pub(super) type ProcessId = u64;

/// Invocations that may wait for a process; Lambda would have throttled long before.
const MAX_QUEUE: usize = 10_000;

/// How long a process may take from an answer to asking for more.
const FINISHING: Duration = Duration::from_secs(10);

/// Something that happened to a function.
pub(super) enum Event {
    /// A caller wants an answer.
    Invoke(Box<Call>),
    /// The function has a new version.
    Replace(Arc<FunctionConfig>),
    /// A process asks for work.
    Ready(ProcessId),
    /// A process answered the request of this id.
    Response(ProcessId, Arc<str>, Bytes),
    /// A process answered the request of this id with an error.
    Error(ProcessId, Arc<str>, Bytes),
    /// A process answered the request of this id with more than Lambda takes.
    AnswerTooLarge(ProcessId, Arc<str>),
    /// A process could not initialise.
    InitError(ProcessId, Bytes),
    /// A process ended; the work it was given but did not take comes back.
    Exited(ProcessId, Exit, Option<Work>),
    /// The pool ends, or the function was removed.
    Stop(Option<oneshot::Sender<()>>),
}

/// One invocation and the place its answer goes to.
pub(super) struct Call {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<Invocation, InvokeError>>,
}

struct Running {
    handle: ProcessHandle,
    config: Arc<FunctionConfig>,
    version: u64,
    state: State,
    /// How long initialisation took, until the first REPORT line has said so.
    init: Option<Duration>,
    init_error: Option<Bytes>,
    started: Instant,
}

enum State {
    Starting {
        until: Instant,
    },
    Idle,
    /// It has answered and not yet asked for more.
    Finishing {
        until: Instant,
    },
    Busy {
        call: Box<Call>,
        since: Instant,
        until: Instant,
    },
}

impl State {
    fn finishing() -> Self {
        Self::Finishing { until: Instant::now() + FINISHING }
    }
}

/// A function's task.
pub(super) struct Function {
    name: Arc<str>,
    settings: Arc<PoolSettings>,
    config: Arc<FunctionConfig>,
    version: u64,
    queue: VecDeque<Box<Call>>,
    processes: BTreeMap<ProcessId, Running>,
    next_id: ProcessId,
    events: mpsc::UnboundedSender<Event>,
}

impl Function {
    /// Starts the task of a function and returns where its events go.
    pub(super) fn spawn(
        name: Arc<str>,
        config: Arc<FunctionConfig>,
        settings: Arc<PoolSettings>,
    ) -> mpsc::UnboundedSender<Event> {
        let (events, mut received) = mpsc::unbounded_channel();
        let mut function = Self {
            name,
            settings,
            config,
            version: 1,
            queue: VecDeque::new(),
            processes: BTreeMap::new(),
            next_id: 0,
            events: events.clone(),
        };
        tokio::spawn(async move {
            loop {
                let deadline = function.next_deadline();
                let event = tokio::select! {
                    event = received.recv() => event,
                    () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                        function.expire();
                        continue;
                    }
                };
                match event {
                    None => break,
                    Some(Event::Stop(done)) => {
                        function.stop(&mut received).await;
                        if let Some(done) = done {
                            let _ = done.send(());
                        }
                        break;
                    }
                    Some(event) => function.handle(event),
                }
            }
        });
        events
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Invoke(call) => self.enqueue(call),
            Event::Replace(config) => self.replace(config),
            Event::Ready(id) => self.ready(id),
            Event::Response(id, request, body) => self.answered(id, &request, body, None),
            Event::Error(id, request, body) => self.answered(id, &request, body, Some("Unhandled")),
            Event::AnswerTooLarge(id, request) => {
                let text = "Response payload size exceeded maximum allowed payload size (6291556 bytes).";
                let body = failure("Function.ResponseSizeTooLarge", text);
                self.answered(id, &request, body, Some("Unhandled"));
            }
            Event::InitError(id, body) => {
                if let Some(process) = self.processes.get_mut(&id) {
                    process.init_error = Some(body);
                }
            }
            Event::Exited(id, exit, untaken) => self.exited(id, &exit, untaken.as_ref()),
            Event::Stop(_) => {}
        }
        self.dispatch();
    }

    fn enqueue(&mut self, call: Box<Call>) {
        if let Some(reason) = &self.config.unavailable {
            let output = Output::new(Arc::clone(&self.name), Arc::clone(&self.settings.log));
            output.write(LogStream::Platform, format!("RequestId: {} Error: {reason}", call.work.request_id));
            let _ = call.reply.send(Ok(Invocation {
                payload: failure("Runtime.Unavailable", reason),
                function_error: Some("Unhandled".to_owned()),
                log_tail: call.work.log_tail.then(|| output.tail()),
            }));
            return;
        }
        let busy = self.processes.values().filter(|p| matches!(p.state, State::Busy { .. })).count();
        let full = self.config.concurrency.is_some_and(|limit| busy + self.queue.len() >= limit);
        if full || self.queue.len() >= MAX_QUEUE {
            let _ = call.reply.send(Err(InvokeError::Throttled { function: self.name.to_string() }));
            return;
        }
        self.queue.push_back(call);
    }

    /// Gives the queue to idle processes, and starts as many more as it needs and the limit allows.
    fn dispatch(&mut self) {
        // Nobody waits for these any more.
        self.queue.retain(|call| !call.reply.is_closed());
        let version = self.version;
        for process in self.processes.values_mut() {
            if process.version != version || !matches!(process.state, State::Idle) {
                continue;
            }
            let Some(call) = self.queue.pop_front() else { return };
            if process.handle.work.try_send(call.work.clone()).is_err() {
                // It is ending; its exit is on the way.
                process.state = State::finishing();
                self.queue.push_front(call);
                continue;
            }
            let since = Instant::now();
            process.state = State::Busy { until: since + call.work.timeout, call, since };
        }
        // A process that has just answered asks for more in a moment.
        let soon = |p: &&Running| matches!(p.state, State::Starting { .. } | State::Finishing { .. });
        let starting = self.processes.values().filter(|p| p.version == version).filter(soon).count();
        let limit = self.config.concurrency.unwrap_or(DEFAULT_PROCESSES);
        let current = self.processes.values().filter(|p| p.version == version).count();
        let wanted = self.queue.len().saturating_sub(starting).min(limit.saturating_sub(current));
        for _ in 0..wanted {
            self.start_process();
        }
    }

    fn start_process(&mut self) {
        self.next_id += 1;
        let output = Arc::new(Output::new(Arc::clone(&self.name), Arc::clone(&self.settings.log)));
        let environment = environment(&self.name, &self.config, &self.settings, self.next_id);
        let handle = process::start(self.next_id, Arc::clone(&self.config), environment, output, self.events.clone());
        let started = Instant::now();
        let running = Running {
            handle,
            config: Arc::clone(&self.config),
            version: self.version,
            state: State::Starting { until: started + self.config.init_timeout },
            init: None,
            init_error: None,
            started,
        };
        self.processes.insert(self.next_id, running);
    }

    fn replace(&mut self, config: Arc<FunctionConfig>) {
        self.config = config;
        self.version += 1;
        // Requests in flight finish on the version they began with.
        self.processes.retain(|_, p| matches!(p.state, State::Busy { .. }));
        for call in &mut self.queue {
            call.work.timeout = self.config.timeout;
        }
    }

    fn ready(&mut self, id: ProcessId) {
        let Some(process) = self.processes.get_mut(&id) else { return };
        match process.state {
            State::Starting { .. } => {
                process.init = Some(process.started.elapsed());
                process.state = State::Idle;
            }
            State::Finishing { .. } => process.state = State::Idle,
            // It lost the connection it waited on; the work is still in its channel.
            State::Busy { .. } | State::Idle => {}
        }
    }

    fn answered(&mut self, id: ProcessId, request: &str, body: Bytes, function_error: Option<&str>) {
        let Some(process) = self.processes.get_mut(&id) else { return };
        if !matches!(&process.state, State::Busy { call, .. } if &*call.work.request_id == request) {
            return;
        }
        finish(process, body, function_error);
        if process.version != self.version {
            self.processes.remove(&id);
        }
    }

    fn exited(&mut self, id: ProcessId, exit: &Exit, untaken: Option<&Work>) {
        let Some(mut process) = self.processes.remove(&id) else { return };
        let reason = reason(exit);
        match std::mem::replace(&mut process.state, State::finishing()) {
            State::Starting { .. } => {
                let first = self.queue.front();
                let body = process
                    .init_error
                    .take()
                    .unwrap_or_else(|| start_failure(exit, &process.config, first.map(|call| &*call.work.request_id)));
                let said = format!("INIT_REPORT Status: error Error Type: {}", error_type(&body));
                process.handle.output.write(LogStream::Platform, said);
                // One start was for one invocation; the next one tries again.
                if let Some(call) = self.queue.pop_front() {
                    let _ = call.reply.send(Ok(Invocation {
                        payload: body,
                        function_error: Some("Unhandled".to_owned()),
                        log_tail: call.work.log_tail.then(|| process.handle.output.tail()),
                    }));
                }
            }
            State::Busy { call, .. } if untaken.is_some_and(|w| w.request_id == call.work.request_id) => {
                self.queue.push_front(call);
            }
            State::Busy { call, since, until } => {
                let text = format!("RequestId: {} Error: {reason}", call.work.request_id);
                process.handle.output.write(LogStream::Platform, text.clone());
                process.state = State::Busy { call, since, until };
                finish(&mut process, failure("Runtime.ExitError", &text), Some("Unhandled"));
            }
            State::Idle | State::Finishing { .. } => {}
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let deadline = |p: &Running| match p.state {
            State::Starting { until } | State::Finishing { until } | State::Busy { until, .. } => Some(until),
            State::Idle => None,
        };
        self.processes.values().filter_map(deadline).min()
    }

    /// Ends what is over its time.
    fn expire(&mut self) {
        let now = Instant::now();
        let over = |p: &Running| match p.state {
            State::Starting { until } | State::Finishing { until } | State::Busy { until, .. } => until <= now,
            State::Idle => false,
        };
        let ids: Vec<ProcessId> = self.processes.iter().filter(|(_, p)| over(p)).map(|(id, _)| *id).collect();
        for id in ids {
            let Some(mut process) = self.processes.remove(&id) else { continue };
            match &process.state {
                State::Busy { call, .. } => {
                    let limit = call.work.timeout.as_secs_f64();
                    let text =
                        format!("RequestId: {} Error: Task timed out after {limit:.2} seconds", call.work.request_id);
                    process.handle.output.write(LogStream::Platform, text.clone());
                    finish(&mut process, failure("Sandbox.Timedout", &text), Some("Unhandled"));
                }
                State::Idle | State::Finishing { .. } => {}
                State::Starting { .. } => {
                    let limit = process.config.init_timeout.as_secs_f64();
                    let text = format!("Error: initialisation timed out after {limit:.2} seconds");
                    process.handle.output.write(LogStream::Platform, text.clone());
                    if let Some(call) = self.queue.pop_front() {
                        let _ = call.reply.send(Ok(Invocation {
                            payload: failure("Sandbox.Timedout", &text),
                            function_error: Some("Unhandled".to_owned()),
                            log_tail: call.work.log_tail.then(|| process.handle.output.tail()),
                        }));
                    }
                }
            }
        }
        self.dispatch();
    }

    /// Kills all processes and waits for their end.
    async fn stop(&mut self, received: &mut mpsc::UnboundedReceiver<Event>) {
        self.queue.clear();
        let mut left = self.processes.len();
        self.processes.clear();
        while left > 0 {
            match received.recv().await {
                Some(Event::Exited(..)) => left -= 1,
                Some(Event::Stop(done)) => drop(done),
                Some(_) => {}
                None => break,
            }
        }
    }
}

/// Answers the call that a process is busy with, and writes its last log lines.
fn finish(process: &mut Running, payload: Bytes, function_error: Option<&str>) {
    let State::Busy { call, since, .. } = std::mem::replace(&mut process.state, State::finishing()) else { return };
    let id = &call.work.request_id;
    let taken = since.elapsed().as_secs_f64() * 1000.0;
    let init = process.init.take().map(|d| format!("\tInit Duration: {:.2} ms", d.as_secs_f64() * 1000.0));
    let output = &process.handle.output;
    let used = Some(output.peak_memory()).filter(|peak| *peak > 0);
    let used = used.map(|peak| format!("\tMax Memory Used: {} MB", megabytes(peak)));
    output.write(LogStream::Platform, format!("END RequestId: {id}"));
    output.write(
        LogStream::Platform,
        format!(
            "REPORT RequestId: {id}\tDuration: {taken:.2} ms\tBilled Duration: {:.0} ms\tMemory Size: {} MB{}{}",
            taken.ceil(),
            process.config.memory_mb,
            used.unwrap_or_default(),
            init.unwrap_or_default(),
        ),
    );
    output.end();
    let invocation = Invocation {
        payload,
        function_error: function_error.map(str::to_owned),
        log_tail: call.work.log_tail.then(|| output.tail()),
    };
    // The caller may have stopped waiting.
    let _ = call.reply.send(Ok(invocation));
}

/// Returns the environment that Lambda gives a function, without the address of the Runtime API.
fn environment(
    name: &str,
    config: &FunctionConfig,
    settings: &PoolSettings,
    process: ProcessId,
) -> Vec<(String, String)> {
    let task_root = config.working_dir.as_deref().unwrap_or_else(|| std::path::Path::new("."));
    [
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", config.memory_mb.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", format!("local/[$LATEST]{process}")),
        ("AWS_REGION", settings.region.clone()),
        ("AWS_DEFAULT_REGION", settings.region.clone()),
        ("LAMBDA_TASK_ROOT", task_root.to_string_lossy().into_owned()),
        ("_HANDLER", config.handler.clone()),
        ("TZ", ":UTC".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// Returns an error as Lambda words those that are not the function's own.
fn failure(error_type: &str, message: &str) -> Bytes {
    serde_json::json!({ "errorType": error_type, "errorMessage": message }).to_string().into()
}

fn start_failure(exit: &Exit, config: &FunctionConfig, request_id: Option<&str>) -> Bytes {
    match exit {
        Exit::NotStarted(e) => {
            failure("Runtime.InvalidEntrypoint", &format!("cannot start {}: {e}", config.command.display()))
        }
        _ => {
            let request = request_id.map_or_else(String::new, |id| format!("RequestId: {id} "));
            failure("Runtime.ExitError", &format!("{request}Error: {}", reason(exit)))
        }
    }
}

fn reason(exit: &Exit) -> String {
    match exit {
        Exit::NotStarted(e) => format!("Runtime could not be started: {e}"),
        Exit::Ended(status) if status.success() => "Runtime exited without providing a reason".to_owned(),
        Exit::Ended(status) => {
            format!("Runtime exited with error: {}", status.to_string().replace("status:", "status"))
        }
        Exit::Killed => "Runtime exited with error: signal: killed".to_owned(),
    }
}

fn error_type(body: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let kind = value.as_ref().and_then(|v| v.get("errorType")).and_then(|v| v.as_str());
    kind.unwrap_or("Runtime.Unknown").to_owned()
}
