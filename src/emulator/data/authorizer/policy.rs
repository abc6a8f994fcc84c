//! IAM policies, as far as `execute-api:Invoke` needs them.

use std::net::IpAddr;

use serde_json::Value;

/// What a policy says about an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// An explicit allow, and no deny.
    Allow,
    /// An explicit deny.
    Deny,
    /// Neither.
    Silent,
}

/// What conditions and principals are held against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    /// The ARN of who signed the request; absent for an anonymous caller.
    pub(crate) arn: Option<&'a str>,
    pub(crate) source_ip: IpAddr,
}

/// Evaluates a policy for the invocation of a method's ARN. A deny wins. A condition that is not emulated makes an
/// allow void and lets a deny stand, so that nothing passes that AWS might stop.
pub(crate) fn evaluate(policy: &Value, method_arn: &str, caller: Caller<'_>) -> Decision {
    let mut decision = Decision::Silent;
    for statement in one_or_many(policy.get("Statement")) {
        let denies = statement.get("Effect").and_then(Value::as_str) == Some("Deny");
        let applies = action_matches(statement)
            && resource_matches(statement, method_arn)
            && principal_matches(statement, caller)
            && conditions_hold(statement, caller).unwrap_or(denies);
        if applies && denies {
            return Decision::Deny;
        }
        if applies && statement.get("Effect").and_then(Value::as_str) == Some("Allow") {
            decision = Decision::Allow;
        }
    }
    decision
}

fn one_or_many(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    one_or_many(value).iter().filter_map(Value::as_str)
}

fn action_matches(statement: &Value) -> bool {
    const ACTION: &str = "execute-api:invoke";
    let is_action = |pattern: &str| matches(&pattern.to_ascii_lowercase(), ACTION);
    match statement.get("NotAction") {
        Some(not) => !texts(Some(not)).any(is_action),
        None => texts(statement.get("Action")).any(is_action),
    }
}

fn resource_matches(statement: &Value, method_arn: &str) -> bool {
    let is_resource = |pattern: &str| match pattern.strip_prefix("execute-api:/") {
        // A resource policy may leave out everything up to the API.
        Some(short) => method_arn.split_once('/').is_some_and(|(_, below)| matches(short, below)),
        None => matches(pattern, method_arn),
    };
    match statement.get("NotResource") {
        Some(not) => !texts(Some(not)).any(is_resource),
        None => texts(statement.get("Resource")).any(is_resource),
    }
}

/// An authorizer's policy has no principals: it is about its caller.
fn principal_matches(statement: &Value, caller: Caller<'_>) -> bool {
    let is_caller = |principal: &Value| {
        let named = match principal {
            Value::Object(kinds) => kinds.get("AWS"),
            other => Some(other),
        };
        texts(named).any(|name| {
            name == "*"
                || caller
                    .arn
                    .is_some_and(|arn| name == arn || arn.split(':').nth(4) == Some(name) || is_root_of(name, arn))
        })
    };
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(principal), _) => is_caller(principal),
        (None, Some(not)) => !is_caller(not),
        (None, None) => true,
    }
}

fn is_root_of(name: &str, arn: &str) -> bool {
    name.ends_with(":root") && name.split(':').nth(4) == arn.split(':').nth(4)
}

/// Returns whether all conditions hold; nothing when one is not emulated.
fn conditions_hold(statement: &Value, caller: Caller<'_>) -> Option<bool> {
    let Some(conditions) = statement.get("Condition") else { return Some(true) };
    for (operator, keys) in conditions.as_object()? {
        for (key, wanted) in keys.as_object()? {
            if !key.eq_ignore_ascii_case("aws:SourceIp") {
                return None;
            }
            let within = texts(Some(wanted)).any(|range| contains(range, caller.source_ip));
            let holds = match operator.as_str() {
                "IpAddress" => within,
                "NotIpAddress" => !within,
                _ => return None,
            };
            if !holds {
                return Some(false);
            }
        }
    }
    Some(true)
}

/// Returns whether a range like `10.0.0.0/8` contains an address.
fn contains(range: &str, address: IpAddr) -> bool {
    let (network, length) = range.split_once('/').unwrap_or((range, ""));
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => (u128::from(u32::from(v4)) << 96, 32),
            None => (u128::from(v6), 128),
        },
    };
    let Ok(network) = network.parse::<IpAddr>() else { return false };
    let ((network, width), (address, other_width)) = (bits(network), bits(address));
    let length: u32 = if length.is_empty() { width } else { length.parse().unwrap_or(u32::MAX) };
    if width != other_width || length > width {
        return false;
    }
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
    network & mask == address & mask
}

/// Returns whether a text matches a pattern whose `*` is any text, slashes too, and `?` any character.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to go on after the last `*` when what follows it does not match here.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(b'?') => {
                p += 1;
                t += 1;
            }
            Some(byte) if Some(byte) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, from)) = retry else { return false };
                retry = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:abc/dev/GET/pets/1";

    fn decide(statements: Value) -> Decision {
        let caller = Caller { arn: None, source_ip: IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3)) };
        evaluate(&json!({ "Version": "2012-10-17", "Statement": statements }), ARN, caller)
    }

    #[test]
    fn wildcards_match_across_slashes() {
        assert!(matches("*", ""));
        assert!(matches("arn:*/dev/*", ARN));
        assert!(matches("arn:aws:execute-api:*:*:abc/dev/GET/pets/?", ARN));
        assert!(!matches("arn:aws:execute-api:*:*:abc/dev/POST/*", ARN));
        assert!(!matches("", "a"));
        assert!(matches("a*b*c", "a-b-b-c"));
    }

    #[test]
    fn a_deny_wins_and_silence_is_no_allow() {
        let allow = json!({ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" });
        let deny = json!({ "Effect": "Deny", "Action": ["execute-api:*"], "Resource": ["arn:*/GET/pets/*"] });
        assert_eq!(decide(allow.clone()), Decision::Allow);
        assert_eq!(decide(json!([allow, deny])), Decision::Deny);
        assert_eq!(decide(json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" })), Decision::Silent);
        assert_eq!(decide(json!("no statement")), Decision::Silent);
    }

    #[test]
    fn addresses_are_compared_by_range() {
        let from = |operator: &str, range: &str| {
            decide(json!({
                "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/dev/*",
                "Condition": { operator: { "aws:SourceIp": range } },
            }))
        };
        assert_eq!(from("IpAddress", "10.0.0.0/8"), Decision::Allow);
        assert_eq!(from("IpAddress", "10.1.2.3"), Decision::Allow);
        assert_eq!(from("IpAddress", "192.168.0.0/16"), Decision::Silent);
        assert_eq!(from("NotIpAddress", "192.168.0.0/16"), Decision::Allow);
        assert_eq!(from("StringEquals", "10.0.0.0/8"), Decision::Silent);
    }

    #[test]
    fn an_anonymous_caller_is_not_an_account() {
        let allow = |principal: Value| {
            decide(json!({ "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*" }))
        };
        assert_eq!(allow(json!("*")), Decision::Allow);
        assert_eq!(allow(json!({ "AWS": "*" })), Decision::Allow);
        assert_eq!(allow(json!({ "AWS": "arn:aws:iam::000000000000:root" })), Decision::Silent);
    }
}
