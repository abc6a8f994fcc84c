//! One process of a function: the child, its Runtime API listener, its output.

use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Duration, MissedTickBehavior, timeout};

use super::config::FunctionConfig;
use super::function::{Event, ProcessId};
use super::log::{LogLine, LogSink, LogStream};
use super::memory::{Usage, megabytes};
use super::runtime_api::{RuntimeApi, Work};

/// The longest line that is kept whole; Lambda's log events end at 256 KB.
const MAX_LINE: usize = 256 * 1024;
/// What `X-Amz-Log-Result` shows of an invocation's log.
const TAIL: usize = 4096;
/// How often the memory of a process that works is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How long the last bytes of a process that ended are waited for.
const DRAIN: Duration = Duration::from_millis(500);

/// How a process ended.
#[derive(Debug)]
pub(super) enum Exit {
    /// It could not be started.
    NotStarted(std::io::Error),
    /// It ended by itself.
    Ended(ExitStatus),
    /// It was killed by the pool.
    Killed,
}

/// The pool's end of a process. Dropping it kills the process.
pub(super) struct ProcessHandle {
    pub(super) work: mpsc::Sender<Work>,
    pub(super) output: Arc<Output>,
    // Closed when dropped: that is the signal.
    _alive: oneshot::Sender<()>,
}

/// Where the output of a process goes, and which invocation it belongs to now.
pub(super) struct Output {
    function: Arc<str>,
    sink: LogSink,
    current: Mutex<Current>,
    /// Whether an invocation is being worked on.
    busy: AtomicBool,
    /// Wakes who looks at the memory.
    begun: Notify,
    /// The most memory that was seen, in bytes.
    peak: AtomicU64,
    /// Whether the log goes with the answer to the invocation.
    is_wanted: AtomicBool,
    /// Ways to those who read what the process writes.
    readers: Mutex<Vec<mpsc::UnboundedSender<oneshot::Sender<()>>>>,
}

#[derive(Default)]
struct Current {
    request_id: Option<Arc<str>>,
    tail: String,
}

impl Output {
    pub(super) fn new(function: Arc<str>, sink: LogSink) -> Self {
        Self {
            function,
            sink,
            current: Mutex::default(),
            busy: AtomicBool::new(false),
            begun: Notify::new(),
            peak: AtomicU64::new(0),
            is_wanted: AtomicBool::new(false),
            readers: Mutex::default(),
        }
    }

    /// Waits until all that the process has written is in the log, if that goes with the answer or in any case: an answer
    /// overtakes it otherwise.
    pub(super) async fn caught_up(&self, in_any_case: bool) {
        if !in_any_case && !self.is_wanted.load(Ordering::Relaxed) {
            return;
        }
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let asked = readers.iter().filter_map(|reader| {
            let (done, is_done) = oneshot::channel();
            reader.send(done).ok().map(|()| is_done)
        });
        let asked: Vec<oneshot::Receiver<()>> = asked.collect();
        // One that has come to the end is gone.
        let _ = timeout(DRAIN, futures_util::future::join_all(asked)).await;
    }

    fn new_reader(&self) -> mpsc::UnboundedReceiver<oneshot::Sender<()>> {
        let (asks, asked) = mpsc::unbounded_channel();
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(asks);
        asked
    }

    /// Attributes what follows to an invocation.
    pub(super) fn begin(&self, request_id: &Arc<str>, is_wanted: bool) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.request_id = Some(Arc::clone(request_id));
        current.tail.clear();
        drop(current);
        self.write(LogStream::Platform, format!("START RequestId: {request_id} Version: $LATEST"));
        self.is_wanted.store(is_wanted, Ordering::Relaxed);
        self.busy.store(true, Ordering::Relaxed);
        self.begun.notify_one();
    }

    /// Says that the invocation is over.
    pub(super) fn end(&self) {
        self.busy.store(false, Ordering::Relaxed);
    }

    /// Returns the most memory that the process was seen to use, in bytes; 0 where that is not known.
    pub(super) fn peak_memory(&self) -> u64 {
        self.peak.load(Ordering::Relaxed)
    }

    /// Writes a line.
    pub(super) fn write(&self, stream: LogStream, text: String) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.tail.push_str(&text);
        current.tail.push('\n');
        if current.tail.len() > TAIL {
            let cut = (current.tail.len() - TAIL..).find(|&i| current.tail.is_char_boundary(i));
            current.tail.drain(..cut.unwrap_or(0));
        }
        let request_id = current.request_id.clone();
        drop(current);
        (self.sink)(LogLine { function: Arc::clone(&self.function), request_id, stream, text });
    }

    /// Returns the end of the log since the last [`Output::begin`].
    pub(super) fn tail(&self) -> String {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).tail.clone()
    }
}

/// Starts a process. Its end arrives as [`Event::Exited`], also when it could not be started.
pub(super) fn start(
    id: ProcessId,
    config: Arc<FunctionConfig>,
    environment: Vec<(String, String)>,
    output: Arc<Output>,
    events: mpsc::UnboundedSender<Event>,
) -> ProcessHandle {
    // One invocation at a time is sent to a process, so the channel never fills.
    let (work_sender, work) = mpsc::channel(1);
    let (alive, killed) = oneshot::channel();
    let api = Arc::new(RuntimeApi {
        process: id,
        work: tokio::sync::Mutex::new(work),
        events: events.clone(),
        output: Arc::clone(&output),
        stream: std::sync::Mutex::default(),
    });
    tokio::spawn(async move {
        let exit = run(&config, environment, &api, killed).await.unwrap_or_else(Exit::NotStarted);
        let mut untaken = None;
        if let Ok(mut work) = api.work.try_lock() {
            work.close();
            untaken = work.try_recv().ok();
        }
        let _ = events.send(Event::Exited(id, exit, untaken));
    });
    ProcessHandle { work: work_sender, output, _alive: alive }
}

async fn run(
    config: &FunctionConfig,
    environment: Vec<(String, String)>,
    api: &Arc<RuntimeApi>,
    mut killed: oneshot::Receiver<()>,
) -> std::io::Result<Exit> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;

    let mut command = Command::new(&config.command);
    command.args(&config.args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.env("AWS_LAMBDA_RUNTIME_API", address.to_string()).envs(environment).envs(&config.env);
    if let Some(folder) = &config.working_dir {
        command.current_dir(folder);
    }
    // A group of its own: what the function starts ends with it, and Ctrl-C reaches the pool first.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let group = ProcessGroup::of(&child);
    let memory = Memory { process: child.id(), limit: config.memory_mb, output: Arc::clone(&api.output) };
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looking = false;

    let mut pumps = JoinSet::new();
    if let Some(stdout) = child.stdout.take() {
        pumps.spawn(pump(stdout, LogStream::Stdout, Arc::clone(&api.output), api.output.new_reader()));
    }
    if let Some(stderr) = child.stderr.take() {
        pumps.spawn(pump(stderr, LogStream::Stderr, Arc::clone(&api.output), api.output.new_reader()));
    }

    let mut connections = JoinSet::new();
    let exit = loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                memory.look();
                let _ = stream.set_nodelay(true);
                let api = Arc::clone(api);
                connections.spawn(async move {
                    let service = service_fn(move |request| { let api = Arc::clone(&api); async move { api.answer(request).await } });
                    // A client that hangs up is no news: its process ends, or asks again.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
            Some(_) = connections.join_next() => {}
            () = api.output.begun.notified(), if !looking => looking = true,
            _ = looks.tick(), if looking => {
                looking = api.output.busy.load(Ordering::Relaxed);
                if memory.look() {
                    break Exit::Killed;
                }
            }
            status = child.wait() => break Exit::Ended(status?),
            _ = &mut killed => break Exit::Killed,
        }
    };
    drop(group);
    if matches!(exit, Exit::Killed) {
        let _ = child.wait().await;
    } else {
        // An answer may have been written just before the process ended; it is in the socket still.
        let _ = timeout(DRAIN, async { while connections.join_next().await.is_some() {} }).await;
    }
    connections.shutdown().await;
    let _ = timeout(DRAIN, async { while pumps.join_next().await.is_some() {} }).await;
    Ok(exit)
}

/// The memory of a process.
struct Memory {
    process: Option<u32>,
    limit: u32,
    output: Arc<Output>,
}

impl Memory {
    /// Looks how much is used; returns whether that is more than the function may.
    fn look(&self) -> bool {
        let Some(usage) = self.process.and_then(Usage::of) else { return false };
        self.output.peak.fetch_max(usage.peak, Ordering::Relaxed);
        let exceeds = usage.exceeds(self.limit);
        if exceeds {
            let used = megabytes(usage.now);
            let text = format!("the function uses {used} MB, more than its memory size of {} MB", self.limit);
            self.output.write(LogStream::Platform, text);
        }
        exceeds
    }
}

/// Reads lines until the end, in bounded memory. Who asks is told when nothing more is there for now.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    stream: LogStream,
    output: Arc<Output>,
    mut asked: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
) {
    let mut pending: Vec<u8> = Vec::new();
    let mut chunk = vec![0; 8192];
    loop {
        let read = tokio::select! {
            biased;
            read = from.read(&mut chunk) => read.unwrap_or(0),
            Some(done) = asked.recv() => {
                if !pending.is_empty() {
                    output.write(stream, line(&pending));
                    pending.clear();
                }
                // Whoever asked may have stopped waiting.
                let _ = done.send(());
                continue;
            }
        };
        let Some(bytes) = chunk.get(..read).filter(|b| !b.is_empty()) else { break };
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            pending.extend_from_slice(piece);
            if pending.ends_with(b"\n") || pending.len() >= MAX_LINE {
                output.write(stream, line(&pending));
                pending.clear();
            }
        }
    }
    if !pending.is_empty() {
        output.write(stream, line(&pending));
    }
}

fn line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.trim_end_matches(['\n', '\r']).to_owned()
}

/// The process and all it started; dropping this ends them.
struct ProcessGroup(Option<u32>);

impl ProcessGroup {
    fn of(child: &Child) -> Self {
        Self(child.id())
    }
}

#[cfg(unix)]
impl Drop for ProcessGroup {
    fn drop(&mut self) {
        let id = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            // An empty group is what is wanted.
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(windows)]
impl Drop for ProcessGroup {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            let mut kill = std::process::Command::new("taskkill");
            kill.args(["/T", "/F", "/PID", &id.to_string()]).stdin(Stdio::null()).stdout(Stdio::null());
            let _ = kill.stderr(Stdio::null()).spawn();
        }
    }
}
