//! `HTTP_PROXY`: an HTTP backend that gets the request, and answers it, as parameter mappings change them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::backend::{is_hop_by_hop, not_sent, send};
use super::mapping::Scope;
use super::refusal::Refusal;
use super::{Answer, Exchange};
use crate::emulator::data::request::{Headers, percent_decoded};
use crate::gateway::http_api::Integration;
use crate::gateway::http_api::integration::{Mapped, MappingAction, Place};

/// What a query's names and values are encoded for.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same in a path, whose own characters stand.
const PATH: &AsciiSet = &QUERY
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'%');

/// Passes the request on and the answer back.
pub(super) async fn call(exchange: &mut Exchange<'_>, integration: &Integration) -> Result<Answer, Refusal> {
    let outgoing = Outgoing::new(exchange, integration);
    let method = integration.integration_method.as_deref().filter(|m| !m.is_empty() && *m != "ANY");
    let method = method.unwrap_or(&exchange.request.method).to_owned();
    let body = exchange.request.body.clone();
    let (address, headers) = match outgoing.address(exchange, integration) {
        Ok(address) => (address, outgoing.headers),
        Err(advice) => {
            let uri = integration.integration_uri.clone().unwrap_or_default();
            return Ok(not_sent(exchange, &advice, &method, &uri, &outgoing.headers, &body));
        }
    };
    let mut answer = send(exchange, &method, &address, &headers, body).await?;
    map_response(exchange, integration, &mut answer);
    Ok(answer)
}

/// A request on its way out: what the client sent, as the mappings change it.
struct Outgoing {
    headers: Headers,
    /// Names and values, encoded.
    query: Vec<(String, String)>,
    /// What takes the place of the path.
    path: Option<String>,
}

impl Outgoing {
    fn new(exchange: &Exchange<'_>, integration: &Integration) -> Self {
        let mut out = Self { headers: headers(exchange), query: pairs(&exchange.raw_query), path: None };
        let scope = Scope::request(exchange);
        for (key, expression) in integration.request_parameters.iter().flatten() {
            let Some(mapped) = Mapped::parse(key) else { continue };
            let value = match mapped.action {
                MappingAction::Remove => String::new(),
                // What has no value changes nothing.
                MappingAction::Append | MappingAction::Overwrite => match scope.value(expression) {
                    Some(value) => value,
                    None => continue,
                },
            };
            match mapped.place {
                Place::Header(name) => change_header(&mut out.headers, mapped.action, &name, value),
                Place::Query(name) => {
                    if mapped.action != MappingAction::Append {
                        out.query.retain(|(n, _)| percent_decoded(&n.replace('+', " ")) != name);
                    }
                    if mapped.action != MappingAction::Remove {
                        out.query.push((encoded(&name), encoded(&value)));
                    }
                }
                Place::Path => out.path = Some(value),
                Place::StatusCode => {}
            }
        }
        out
    }

    /// Returns where the request goes; what to configure when that is not known.
    fn address(&self, exchange: &Exchange<'_>, integration: &Integration) -> Result<String, String> {
        let uri = exchange.with_stage_variables(integration.integration_uri.as_deref().unwrap_or_default());
        let (base, path, own_query) = if integration.connection_type == "VPC_LINK" {
            // A private backend gets the path of the request, the stage in it.
            (linked(exchange, integration)?, exchange.request.full_path.to_string(), String::new())
        } else {
            let (address, query) = uri.split_once('?').unwrap_or((&uri, ""));
            let (base, path) = split_path(address);
            let mut path = with_path_parameters(path, &exchange.request.path_parameters);
            if exchange.route.is_default() {
                path = format!("{}{}", path.trim_end_matches('/'), exchange.request.path);
            }
            (base.to_owned(), path, with_path_parameters(query, &exchange.request.path_parameters))
        };
        let path = match &self.path {
            Some(path) => utf8_percent_encode(path, PATH).to_string(),
            None => path,
        };
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mut address = format!("{base}{slash}{path}");
        let own = (!own_query.is_empty()).then_some(own_query);
        let query: Vec<String> = own.into_iter().chain(self.query.iter().map(pair)).collect();
        if !query.is_empty() {
            address.push('?');
            address.push_str(&query.join("&"));
        }
        Ok(address)
    }
}

fn pair((name, value): &(String, String)) -> String {
    if value.is_empty() { name.clone() } else { format!("{name}={value}") }
}

/// Returns the configured address of a VPC link.
fn linked(exchange: &Exchange<'_>, integration: &Integration) -> Result<String, String> {
    let id = exchange.with_stage_variables(integration.connection_id.as_deref().unwrap_or_default());
    let endpoints = &exchange.gateway.service_endpoints;
    let endpoint = endpoints.get(&format!("vpc-link/{id}")).or_else(|| endpoints.get("vpc-link"));
    endpoint.map(|e| e.trim_end_matches('/').to_owned()).ok_or_else(|| {
        format!("no address for the VPC link `{id}` is configured: give one with --service-endpoint vpc-link/{id}=URL")
    })
}

/// Returns the headers that the backend gets: the client's, without those about the connection, and who asked for what.
fn headers(exchange: &Exchange<'_>) -> Headers {
    let request = &exchange.request;
    let passed = request.headers.iter().filter(|(name, _)| {
        let name = name.to_ascii_lowercase();
        !is_hop_by_hop(&name)
            && !name.starts_with("x-forwarded-")
            && !matches!(name.as_str(), "host" | "forwarded" | "via" | "expect")
    });
    let mut headers: Headers = passed.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    // Signatures of callers are not for backends.
    if headers.any_case("authorization").is_some_and(|a| a.starts_with("AWS4-HMAC-SHA256")) {
        headers.remove("authorization");
    }
    let by = exchange.gateway.address.ip();
    let forwarded = format!("by={by};for={};host={};proto=http", request.source_ip, request.host);
    headers.push("forwarded", forwarded);
    headers.push("via", "HTTP/1.1 AmazonAPIGateway");
    headers
}

fn change_header(headers: &mut Headers, action: MappingAction, name: &str, value: String) {
    match action {
        MappingAction::Append => headers.push(name, value),
        MappingAction::Overwrite => headers.set(name, value),
        MappingAction::Remove => headers.remove(name),
    }
}

/// Changes an answer as the mappings of its status say.
pub(super) fn map_response(exchange: &Exchange<'_>, integration: &Integration, answer: &mut Answer) {
    let status = answer.status.as_u16().to_string();
    let Some(mappings) = integration.response_parameters.as_ref().and_then(|by_status| by_status.get(&status)) else {
        return;
    };
    let received = answer.headers.clone();
    let scope = Scope::response(exchange, &received, &answer.body);
    for (key, expression) in mappings {
        let Some(mapped) = Mapped::parse(key) else { continue };
        let value = match mapped.action {
            MappingAction::Remove => String::new(),
            MappingAction::Append | MappingAction::Overwrite => match scope.value(expression) {
                Some(value) => value,
                None => continue,
            },
        };
        match mapped.place {
            Place::Header(name) => change_header(&mut answer.headers, mapped.action, &name, value),
            Place::StatusCode => {
                let status = value.trim().parse().ok().and_then(|s| hyper::StatusCode::from_u16(s).ok());
                answer.status = status.unwrap_or(answer.status);
            }
            Place::Query(_) | Place::Path => {}
        }
    }
}

/// Returns an address's scheme and host, and its path.
fn split_path(address: &str) -> (&str, &str) {
    let host = address.find("://").map_or(0, |at| at + 3);
    let rest = address.get(host..).unwrap_or_default();
    address.split_at(rest.find('/').map_or(address.len(), |at| host + at))
}

/// Returns text with `{name}` replaced by the path parameters, which are still encoded.
fn with_path_parameters(text: &str, parameters: &[(String, String)]) -> String {
    parameters.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let items = query.split('&').filter(|item| !item.is_empty());
    items
        .map(|item| {
            let (name, value) = item.split_once('=').unwrap_or((item, ""));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        assert_eq!(split_path("https://e.com:80/a/{b}"), ("https://e.com:80", "/a/{b}"));
        assert_eq!(split_path("https://e.com"), ("https://e.com", ""));
        let parameters = [("b".to_owned(), "x%2Fy".to_owned()), ("proxy".to_owned(), "1/2".to_owned())];
        assert_eq!(with_path_parameters("/a/{b}/{proxy}/{c}", &parameters), "/a/x%2Fy/1/2/{c}");
    }
}
