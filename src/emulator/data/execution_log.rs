//! The execution log: the steps of a request, as the console's test shows them.

use std::time::Instant;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::context::RequestContext;
use super::request::Headers;
use super::sigv4::hex;

/// Where a long value is cut.
const MAX_VALUE: usize = 1024;
/// Characters of a secret that are shown.
const MAX_SHOWN: usize = 6;

/// The log of one request, kept only when somebody will read it.
#[derive(Debug, Default)]
pub(crate) struct ExecutionLog {
    lines: Option<String>,
}

impl ExecutionLog {
    /// Returns a log that is kept.
    pub(crate) fn kept(request_id: &str) -> Self {
        Self { lines: Some(format!("Execution log for request {request_id}\n")) }
    }

    /// Returns whether the log is kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.lines.is_some()
    }

    /// Writes a line; `text` is not made when the log is not kept.
    pub(crate) fn line(&mut self, text: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push_str(&Timestamp::now().strftime("%a %b %d %H:%M:%S UTC %Y : ").to_string());
            lines.push_str(&text());
            lines.push('\n');
        }
    }

    /// Writes what an integration gets; of the headers what goes out by itself is not shown.
    pub(crate) fn sent<'a>(
        &mut self,
        address: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: &[u8],
    ) {
        if !self.is_kept() {
            return;
        }
        self.line(|| format!("Endpoint request URI: {address}"));
        let mut headers: Vec<_> = headers.into_iter().filter(|(name, _)| *name != "Content-Length").collect();
        headers.sort_by_key(|(name, _)| OWN_HEADERS.iter().position(|own| own.eq_ignore_ascii_case(name)));
        for (name, _) in headers.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case(API_ID)) {
            *name = API_ID;
        }
        self.line(|| format!("Endpoint request headers: {}", java_map(headers)));
        self.line(|| format!("Endpoint request body after transformations: {}", lossy(body)));
        self.line(|| format!("Sending request to {address}"));
    }

    /// Writes that a function is invoked, with the headers that the integration adds.
    pub(crate) fn invoked(&mut self, function: &str, mut headers: Headers, request: &LambdaRequest<'_>) {
        if !self.is_kept() {
            return;
        }
        request.complete(&mut headers);
        let region = request.region;
        let address = format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{function}/invocations");
        self.sent(&address, headers.iter(), request.payload);
    }

    /// Writes what an integration answered; a body that is streamed is not shown.
    pub(crate) fn received<'a>(
        &mut self,
        status: u16,
        sent: Instant,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: Option<&[u8]>,
    ) {
        if !self.is_kept() {
            return;
        }
        let latency = sent.elapsed().as_millis();
        self.line(|| format!("Received response. Status: {status}, Integration latency: {latency} ms"));
        self.line(|| format!("Endpoint response headers: {}", java_map(headers)));
        if let Some(body) = body {
            self.line(|| format!("Endpoint response body before transformations: {}", lossy(body)));
        }
    }

    /// Writes how a request ended that its integration answered.
    pub(crate) fn answered<'a>(&mut self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.line(|| format!("Method response headers: {}", java_map(headers)));
        self.line(|| "Successfully completed execution".to_owned());
    }

    /// Returns what was written.
    pub(crate) fn into_text(self) -> String {
        self.lines.unwrap_or_default()
    }
}

const API_ID: &str = "x-amzn-apigateway-api-id";

/// The headers that the gateway adds to a request, in the order in which the log shows them behind all others (developer
/// guide, `request-response-data-mappings`, and logs of users).
const OWN_HEADERS: [&str; 12] = [
    "X-Amz-Date",
    API_ID,
    "Accept",
    "User-Agent",
    "Host",
    "X-Amz-Content-Sha256",
    "X-Amzn-Trace-Id",
    "Content-Type",
    "x-amzn-lambda-integration-tag",
    "Authorization",
    "X-Amz-Source-Arn",
    "X-Amz-Security-Token",
];

/// An invocation of a function, as the log tells it: by the request that API Gateway would send to Lambda.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LambdaRequest<'a> {
    pub(crate) region: &'a str,
    pub(crate) api_id: &'a str,
    /// The id of the request that the function is invoked for.
    pub(crate) request_id: &'a str,
    /// The ARN that the function's policy names the method or authorizer by.
    pub(crate) source_arn: &'a str,
    pub(crate) payload: &'a [u8],
}

impl LambdaRequest<'_> {
    /// Adds the headers that such a request has beside those of every integration (logs of users). Nothing is signed
    /// here: the signature and the token stand for the real ones, of which a log shows next to nothing.
    fn complete(&self, headers: &mut Headers) {
        let hash = |bytes: &[u8]| hex(&Sha256::digest(bytes));
        let now = Timestamp::now();
        let (day, time) = (now.strftime("%Y%m%d").to_string(), now.strftime("%Y%m%dT%H%M%SZ").to_string());
        let signature = hash(self.request_id.as_bytes());
        let signed = "accept;host;user-agent;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-source-arn;\
                      x-amzn-apigateway-api-id;x-amzn-lambda-integration-tag;x-amzn-trace-id";
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=ASIA0000000000000000/{day}/{}/lambda/aws4_request, SignedHeaders={signed}, \
             Signature={signature}",
            self.region
        );
        headers.set("X-Amz-Date", time);
        headers.set(API_ID, self.api_id);
        if headers.any_case("accept").is_none() {
            headers.set("Accept", "application/json");
        }
        if headers.any_case("user-agent").is_none() {
            headers.set("User-Agent", format!("AmazonAPIGateway_{}", self.api_id));
        }
        headers.set("Host", format!("lambda.{}.amazonaws.com", self.region));
        headers.set("X-Amz-Content-Sha256", hash(self.payload));
        headers.set("x-amzn-lambda-integration-tag", self.request_id);
        headers.set("Authorization", masked(&authorization));
        headers.set("X-Amz-Source-Arn", self.source_arn);
        headers.set("X-Amz-Security-Token", format!("IQoJb3JpZ2luX2Vj{}", signature.repeat(8)));
    }
}

/// Returns the headers of Lambda's answer (logs of users). `request_id` is that of the invocation; `version` what ran.
pub(crate) fn lambda_answer_headers(
    context: &RequestContext,
    request_id: &str,
    version: &str,
    function_error: Option<&str>,
    payload: &[u8],
) -> Headers {
    let mut headers = Headers::default();
    headers.push("Date", Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    headers.push("Content-Type", "application/json");
    headers.push("Content-Length", payload.len().to_string());
    headers.push("Connection", "keep-alive");
    headers.push("x-amzn-RequestId", request_id);
    if let Some(error) = function_error {
        headers.push("X-Amz-Function-Error", error);
    }
    headers.push("x-amzn-Remapped-Content-Length", "0");
    headers.push("X-Amz-Executed-Version", version);
    headers.push("X-Amzn-Trace-Id", context.answer_trace_id());
    headers
}

/// Prints a map as Java does: `{a=b, c=d}`.
pub(crate) fn java_map<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let entries: Vec<String> = entries.into_iter().map(|(n, v)| format!("{n}={v}")).collect();
    cut(&format!("{{{}}}", entries.join(", ")))
}

/// Returns the text of a body, as much as the log shows of it.
pub(crate) fn lossy(body: &[u8]) -> String {
    // A character has up to four bytes.
    let seen = body.get(..MAX_VALUE * 4 + 4).unwrap_or(body);
    cut(&String::from_utf8_lossy(seen))
}

/// Returns what the log shows of a secret: its end, behind a star for each of the other characters (logs of users).
pub(crate) fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let hidden = length - (length / 2).min(MAX_SHOWN);
    "*".repeat(hidden) + &secret.chars().skip(hidden).collect::<String>()
}

/// Returns text without what is more than the log shows.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{} [TRUNCATED]", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_shown_by_their_ends() {
        for (secret, shown) in [("", ""), ("user", "**er"), ("aaaaaaaaaaaaaa", "********aaaaaa"), ("ü", "*")] {
            assert_eq!(masked(secret), shown);
        }
    }
}
