//! What API Gateway takes for a resource policy.

use serde_json::Value as Json;

/// API Gateway's words for a policy that is none.
pub const INVALID_POLICY: &str =
    "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.";

/// The versions of IAM's policy language.
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// What each statement has, or says the opposite of, and not both (IAM user guide, grammar of the JSON policy language).
const PARTS: [(&str, &str); 3] = [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")];

/// Returns whether a document is a resource policy: its statements are whole. Whether what they name exists is not
/// looked at.
#[must_use]
pub fn is_resource_policy(policy: &Json) -> bool {
    let statements = match policy.get("Statement") {
        Some(Json::Array(statements)) => statements.as_slice(),
        Some(statement @ Json::Object(_)) => std::slice::from_ref(statement),
        _ => return false,
    };
    let is_known = |version: &Json| version.as_str().is_some_and(|version| VERSIONS.contains(&version));
    policy.get("Version").is_none_or(is_known) && statements.iter().all(is_statement)
}

fn is_statement(statement: &Json) -> bool {
    matches!(statement["Effect"].as_str(), Some("Allow" | "Deny"))
        && PARTS.iter().all(|(part, opposite)| statement.get(part).is_some() != statement.get(opposite).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn statements_are_whole() {
        let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
        let opposite = json!({"Effect": "Deny", "NotPrincipal": "*", "NotAction": "*", "NotResource": "*"});
        for good in
            [json!({"Version": "2012-10-17", "Statement": [statement, opposite]}), json!({"Statement": statement})]
        {
            assert!(is_resource_policy(&good), "{good}");
        }
        let mut without = Vec::new();
        for member in ["Effect", "Principal", "Action", "Resource"] {
            let mut statement = statement.clone();
            statement.as_object_mut().expect("an object").shift_remove(member);
            without.push(json!({"Statement": [statement]}));
        }
        without.extend([
            json!({}),
            json!([]),
            json!({"Statement": "*"}),
            json!({"Statement": [1]}),
            json!({"Version": "2012-10-18", "Statement": [statement]}),
            json!({"Statement": [{"Effect": "X", "Principal": "*", "Action": "*", "Resource": "*"}]}),
        ]);
        for bad in without {
            assert!(!is_resource_policy(&bad), "{bad}");
        }
    }
}
