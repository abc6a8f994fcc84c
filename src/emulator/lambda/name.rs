//! Function names and the ARNs they come in.

use std::fmt;

/// A function as an ARN, a partial ARN or a name refers to it.
///
/// Forms, as Lambda's `FunctionName` parameter takes them: `NAME`, `NAME:QUALIFIER`,
/// `ACCOUNT:function:NAME[:QUALIFIER]`, `function:NAME[:QUALIFIER]`,
/// `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionName {
    /// The name alone.
    pub name: String,
    /// A version or an alias.
    pub qualifier: Option<String>,
}

impl FunctionName {
    /// Returns the function that `text` refers to, or nothing when it refers to none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = match text.strip_prefix("arn:") {
            Some(arn) => {
                let mut parts = arn.splitn(5, ':');
                let (_partition, service) = (parts.next()?, parts.next()?);
                let (_region, _account) = (parts.next()?, parts.next()?);
                if service != "lambda" {
                    return None;
                }
                parts.next()?.strip_prefix("function:")?
            }
            None => match text.split_once(":function:") {
                Some((account, rest)) if account.bytes().all(|b| b.is_ascii_digit()) => rest,
                Some(_) => return None,
                None => text.strip_prefix("function:").unwrap_or(text),
            },
        };
        let (name, qualifier) = match rest.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier)),
            None => (rest, None),
        };
        let legal = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_$.".contains(&b));
        (legal(name) && qualifier.is_none_or(legal))
            .then(|| Self { name: name.to_owned(), qualifier: qualifier.map(str::to_owned) })
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.qualifier.as_deref().map_or(Ok(()), |q| write!(f, ":{q}"))
    }
}

/// Returns the function's ARN within an integration or authorizer URI
/// (`arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`).
///
/// The date and the last segment are taken as they come: API Gateway knows
/// `2015-03-31/…/invocations` and `2021-11-15/…/response-streaming-invocations`.
#[must_use]
pub fn function_arn_of_invocation_uri(uri: &str) -> Option<&str> {
    let (head, path) = uri.split_once(":path/")?;
    if !head.starts_with("arn:") || !head.ends_with(":lambda") {
        return None;
    }
    let (_, rest) = path.trim_start_matches('/').split_once("/functions/")?;
    let (function, last) = rest.rsplit_once('/')?;
    last.ends_with("invocations").then_some(function)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(FunctionName::parse(text).map(|n| n.to_string()).unwrap_or_default(), expected);
    }

    #[test]
    fn every_form_of_a_name_is_understood() {
        check("pets", "pets");
        check("pets:live", "pets:live");
        check("function:pets", "pets");
        check("000000000000:function:pets:3", "pets:3");
        check("arn:aws:lambda:eu-west-1:000000000000:function:pets", "pets");
        check("arn:aws-cn:lambda:cn-north-1:000000000000:function:pets:$LATEST", "pets:$LATEST");
    }

    #[test]
    fn what_is_no_function_is_refused() {
        check("", "");
        check("a/b", "");
        check("pets:", "");
        check("arn:aws:sqs:eu-west-1:000000000000:function:pets", "");
        check("arn:aws:lambda:eu-west-1:000000000000:layer:pets", "");
        check("x:function:pets", "");
    }

    #[test]
    fn the_function_is_found_in_an_integration_uri() {
        let arn = "arn:aws:lambda:eu-west-1:000000000000:function:pets:live";
        let uri = format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        assert_eq!(function_arn_of_invocation_uri(&uri), Some(arn));
        assert_eq!(function_arn_of_invocation_uri("arn:aws:apigateway:eu-west-1:sqs:path/000000000000/queue"), None);
        assert_eq!(function_arn_of_invocation_uri("http://localhost/functions/x/invocations"), None);
    }
}
