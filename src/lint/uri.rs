//! The `uri` of an integration with an AWS service.

/// `arn:PARTITION:apigateway:REGION:SERVICE:path/…` or `…:action/…`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServiceUri<'a> {
    pub(super) service: &'a str,
    /// `path/…` or `action/…`
    pub(super) target: &'a str,
}

impl<'a> ServiceUri<'a> {
    /// Takes a `uri` apart, or says what is wrong with it.
    pub(super) fn parse(uri: &'a str) -> Result<Self, String> {
        let parts = split_colons(uri, 6);
        let [arn, partition, gateway, _region, service, target] = parts.as_slice() else {
            return Err(format!("`{uri}` is not of the form `arn:aws:apigateway:REGION:SERVICE:…`"));
        };
        let variable = |text: &str| text.starts_with("${");
        if *arn != "arn" || !(partition.starts_with("aws") || variable(partition)) {
            return Err(format!("`{uri}` is not an ARN"));
        }
        if *gateway != "apigateway" {
            return Err(format!("the ARN is one of `{gateway}`, and must be one of `apigateway`"));
        }
        if service.is_empty() {
            return Err("the ARN names no service".to_owned());
        }
        if !(target.starts_with("path/") || target.starts_with("action/") || variable(target)) {
            return Err("the ARN must contain `path/` or `action/` after the service".to_owned());
        }
        Ok(Self { service, target })
    }

    /// Returns what is wrong with the function of a `uri` of Lambda, if anything is.
    pub(super) fn lambda_fault(&self) -> Option<String> {
        if self.service != "lambda" {
            return None;
        }
        let path = self.target.strip_prefix("path/")?;
        if path.starts_with("${") {
            return None;
        }
        let Some((version, rest)) = path.trim_start_matches('/').split_once("/functions/") else {
            return Some(format!("`{path}` has no `/functions/`"));
        };
        let ending = match version {
            "2015-03-31" => "/invocations",
            "2021-11-15" => "/response-streaming-invocations",
            _ => return Some(format!("`{version}` is no version of Lambda's API, which is `2015-03-31`")),
        };
        let Some(function) = rest.strip_suffix(ending) else {
            return Some(format!("it does not end in `{ending}`"));
        };
        function_arn_fault(function)
    }
}

/// Returns what is wrong with the ARN of a function, if anything is.
fn function_arn_fault(arn: &str) -> Option<String> {
    // A variable stands for a part that is not known yet, or for the whole.
    if arn.starts_with("${") {
        return None;
    }
    let parts = split_colons(arn, 8);
    let (partition, service, region, account, kind, name) = match parts.as_slice() {
        ["arn", partition, service, region, account, kind, name, ..] => {
            (partition, service, region, account, kind, name)
        }
        ["arn", _, "lambda", rest @ ..] if rest.iter().any(|part| part.starts_with("${")) => return None,
        _ => return Some(format!("`{arn}` is not of the form `arn:aws:lambda:REGION:ACCOUNT:function:NAME`")),
    };
    let variable = |text: &str| text.contains("${") || text.contains("{{");
    if !partition.starts_with("aws") && !variable(partition) {
        return Some(format!("`{partition}` is no partition"));
    }
    if *service != "lambda" || *kind != "function" {
        return Some(format!("`{arn}` is not the ARN of a function"));
    }
    if region.is_empty() {
        return Some("the function's ARN has no region".to_owned());
    }
    if !variable(account) && !is_account(account) {
        return Some(format!("`{account}` is not an account, which has twelve digits"));
    }
    let good = |c: char| c.is_ascii_alphanumeric() || "-_$.".contains(c);
    if !variable(name) && (name.is_empty() || !name.chars().all(good)) {
        return Some(format!("`{name}` is no function name"));
    }
    None
}

/// Returns whether a text is an account, or stands for one that is not told: `XXXXXXXXXXXX`, `ACCOUNT_ID`, `<account>`.
pub(super) fn is_account(text: &str) -> bool {
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let words = ["account", "your", "xxxx"];
    let lower = text.to_ascii_lowercase();
    let is_placeholder = text.contains(['<', '>', '*', '{', '[', '#'])
        || words.iter().any(|word| lower.contains(word))
        || (text.len() > 3 && text.bytes().all(|b| b.is_ascii_uppercase() || b"_-".contains(&b)));
    if is_number { text.len() == 12 } else { is_placeholder }
}

/// Splits at colons that are not within `${…}`, into `limit` parts at most.
fn split_colons(text: &str, limit: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && parts.len() + 1 < limit => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/";

    fn fault(function: &str) -> Option<String> {
        ServiceUri::parse(&format!("{GOOD}{function}")).ok().and_then(|uri| uri.lambda_fault())
    }

    #[test]
    fn functions_are_taken_apart() {
        for good in [
            "arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations",
            "arn:aws:lambda:eu-west-1:123456789012:function:pets:live/invocations",
            "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${stageVariables.f}/invocations",
            "${PetsFunction.Arn}/invocations",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "arn:aws:lambda:eu-west-1:123456789012:function:pets",
            "arn:aws:lambda:eu-west-1:12345:function:pets/invocations",
            "arn:aws:lambda:eu-west-1:123456789012:layer:pets/invocations",
            "arn:aws:lambda::123456789012:function:pets/invocations",
            "pets/invocations",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn other_forms_say_what_is_wrong() {
        assert!(ServiceUri::parse("https://example.com").is_err());
        assert!(ServiceUri::parse("arn:aws:lambda:eu-west-1:123456789012:function:pets").is_err());
        assert!(ServiceUri::parse("arn:aws:apigateway:eu-west-1:sqs:SendMessage").is_err());
        assert!(ServiceUri::parse("arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:action/SendMessage").is_ok());
    }
}
