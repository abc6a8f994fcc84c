//! The policies of functions: who may invoke them. A function that was created here is not invoked for a method that
//! its policy does not allow, as in Lambda; one that runs without having been created (`dev`) has no policy.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::emulator::data::wildcard_matches;
use crate::emulator::lambda::FunctionName;
use crate::emulator::store::Store;

use super::Control;
use super::call::{Answer, Call};
use super::constraint::Constraints;
use super::function::{invalid, name_of};
use super::refusal::{Exception, Refusal};

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct AddInput {
    statement_id: Option<String>,
    action: Option<String>,
    principal: Option<String>,
    source_arn: Option<String>,
    source_account: Option<String>,
    #[serde(rename = "PrincipalOrgID")]
    principal_org_id: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    revision_id: Option<String>,
}

/// The condition of a statement that is for function URLs alone.
const VIA_URL: &str = "lambda:InvokedViaFunctionUrl";

#[derive(Default, Serialize, Deserialize)]
struct Policy {
    revision_id: String,
    statements: IndexMap<String, Value>,
}

fn key(name: &FunctionName) -> String {
    format!("functionpolicy/{}/{}", name.name, name.qualifier.as_deref().unwrap_or("$LATEST"))
}

fn arn(control: &Control, name: &FunctionName) -> String {
    control.gateway.functions.arn(&name.to_string())
}

/// Returns whether API Gateway may invoke a function for a source: a method's or an authorizer's ARN in an account.
pub(crate) fn allows(store: &Store, name: &FunctionName, source_arn: &str, account_id: &str) -> bool {
    if !store.contains(&super::function::key(&name.name)) {
        return true;
    }
    let policy: Option<Policy> = store.get(&key(name)).ok().flatten();
    policy.is_some_and(|policy| policy.statements.values().any(|one| covers(one, source_arn, account_id)))
}

/// Returns whether everybody may invoke a function at its own address. The second statement that AWS asks for, of
/// `lambda:InvokeFunction`, is not missed here.
pub(super) fn allows_everybody(store: &Store, name: &FunctionName) -> bool {
    let policy: Option<Policy> = store.get(&key(name)).ok().flatten();
    let opens = |statement: &Value| {
        let action = statement["Action"].as_str().unwrap_or_default();
        let conditions = statement["Condition"].as_object().into_iter().flatten();
        let mut conditions = conditions.filter_map(|(_, members)| members.as_object()).flatten();
        statement["Principal"] == "*"
            && matches!(action, "lambda:InvokeFunctionUrl" | "lambda:*" | "*")
            // What else may be asked of callers is not known of those at an address.
            && conditions.all(|(name, value)| name == "lambda:FunctionUrlAuthType" && value == "NONE")
    };
    policy.is_some_and(|policy| policy.statements.values().any(opens))
}

/// Returns whether a statement lets API Gateway invoke the function for a source.
fn covers(statement: &Value, source_arn: &str, account_id: &str) -> bool {
    let action = statement["Action"].as_str().unwrap_or_default();
    let principal = &statement["Principal"];
    let is_gateway = principal == "*" || principal["Service"] == "apigateway.amazonaws.com";
    let account = &statement["Condition"]["StringEquals"]["AWS:SourceAccount"];
    let source = &statement["Condition"]["ArnLike"]["AWS:SourceArn"];
    is_gateway
        && matches!(action, "lambda:InvokeFunction" | "lambda:*" | "*")
        && account.as_str().is_none_or(|account| account == account_id)
        && source.as_str().is_none_or(|pattern| wildcard_matches(pattern, source_arn))
        && statement["Condition"]["Bool"][VIA_URL] != "true"
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let policy: Option<Policy> = call.control.store.get(&key(&name))?;
    if policy.is_none() {
        call.control.function(&name)?;
    }
    let policy = policy.filter(|policy| !policy.statements.is_empty()).ok_or_else(missing)?;
    let document = json!({
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": policy.statements.values().collect::<Vec<_>>(),
    });
    Ok(Answer::json(json!({ "Policy": document.to_string(), "RevisionId": policy.revision_id })))
}

pub(super) fn add(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: AddInput = call.input()?;
    let name = name_of(call)?;
    let mut constraints = Constraints::new("");
    constraints.required("statementId", input.statement_id.as_ref());
    constraints.required("action", input.action.as_ref());
    constraints.required("principal", input.principal.as_ref());
    input.check(&mut constraints);
    constraints.finish()?;
    let given = |text: &Option<String>| text.clone().unwrap_or_default();
    let (id, action, principal) = (given(&input.statement_id), given(&input.action), given(&input.principal));
    let (id, action, principal) = (&id, &action, &principal);
    match call.control.store.contains(&super::function::key(&name.name)) {
        true => super::function_version::qualified(call.control, &name)?,
        // What runs without having been created has every version.
        false => call.control.function(&name)?,
    };
    if !is_principal(principal) {
        return Err(invalid("The provided principal was invalid. Please check the principal and try again."));
    }
    let statement = statement(&input, id, action, principal, &arn(call.control, &name));
    call.control.write(|tx| {
        let mut policy: Policy = tx.get(&key(&name))?.unwrap_or_default();
        check_revision(input.revision_id.as_deref(), &policy)?;
        if policy.statements.contains_key(id) {
            let message = format!(
                "The statement id ({id}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement."
            );
            return Err(Refusal::new(Exception::ResourceConflict, message).with("Type", "User"));
        }
        policy.statements.insert(id.clone(), statement.clone());
        policy.revision_id = uuid::Uuid::new_v4().to_string();
        Ok(tx.put(&key(&name), &policy)?)
    })?;
    Ok(Answer::json(json!({ "Statement": statement.to_string() })))
}

impl AddInput {
    fn check(&self, constraints: &mut Constraints) {
        if let Some(id) = &self.statement_id {
            let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            constraints.pattern("statementId", id, !id.is_empty() && id.chars().all(legal), "([a-zA-Z0-9-_]+)");
        }
        if let Some(action) = &self.action {
            let is_action = action == "*"
                || action.strip_prefix("lambda:").is_some_and(|name| {
                    name == "*" || (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
                });
            constraints.pattern("action", action, is_action, "(lambda:[*]|lambda:[a-zA-Z]+|[*])");
        }
        if let Some(principal) = &self.principal {
            let legal = !principal.is_empty() && !principal.contains(char::is_whitespace);
            constraints.pattern("principal", principal, legal, r"[^\s]+");
        }
        if let Some(source) = &self.source_arn {
            constraints.pattern("sourceArn", source, is_arn(source), ARN);
        }
        if let Some(account) = &self.source_account {
            constraints.pattern("sourceAccount", account, is_account(account), r"\d{12}");
        }
    }
}

/// The pattern of shape `Arn`.
const ARN: &str =
    r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)";

/// Returns whether a text is an ARN; its region may be one that AWS has not.
fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match parts.as_slice() {
        ["arn", partition, service, region, account, _] => {
            partition.starts_with("aws")
                && !service.is_empty()
                && [partition, service, region].iter().all(|part| word(part))
                && (account.is_empty() || is_account(account))
        }
        _ => false,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether a text names everybody, an account, an ARN or a service. Whether there is such a user or role, which
/// Lambda looks up, is not known here; its words are from reports of users.
fn is_principal(text: &str) -> bool {
    text == "*" || is_account(text) || text.starts_with("arn:") || text.contains('.')
}

fn statement(input: &AddInput, id: &str, action: &str, principal: &str, arn: &str) -> Value {
    let principal = match principal {
        "*" => json!("*"),
        account if is_account(account) => {
            let partition = arn.split(':').nth(1).unwrap_or("aws");
            json!({ "AWS": format!("arn:{partition}:iam::{account}:root") })
        }
        arn if arn.starts_with("arn:") => json!({ "AWS": arn }),
        service => json!({ "Service": service }),
    };
    let mut condition = Map::new();
    if let Some(source) = &input.source_arn {
        condition.insert("ArnLike".to_owned(), json!({ "AWS:SourceArn": source }));
    }
    let mut equals = Map::new();
    if let Some(account) = &input.source_account {
        equals.insert("AWS:SourceAccount".to_owned(), json!(account));
    }
    if let Some(organization) = &input.principal_org_id {
        equals.insert("aws:PrincipalOrgID".to_owned(), json!(organization));
    }
    if let Some(kind) = &input.function_url_auth_type {
        equals.insert("lambda:FunctionUrlAuthType".to_owned(), json!(kind));
    }
    if let Some(via) = input.invoked_via_function_url {
        condition.insert("Bool".to_owned(), json!({ VIA_URL: via.to_string() }));
    }
    if !equals.is_empty() {
        condition.insert("StringEquals".to_owned(), Value::Object(equals));
    }
    let mut statement =
        json!({ "Sid": id, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": arn });
    if let Some(members) = statement.as_object_mut().filter(|_| !condition.is_empty()) {
        members.insert("Condition".to_owned(), Value::Object(condition));
    }
    statement
}

pub(super) fn remove(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = name_of(call)?;
    let id = call.path("statement_id");
    call.control.write(|tx| {
        let policy: Option<Policy> = tx.get(&key(&name))?;
        let mut policy = policy.filter(|policy| !policy.statements.is_empty()).ok_or_else(|| {
            let message = "No policy is associated with the given resource.";
            Refusal::new(Exception::ResourceNotFound, message).with("Type", "User")
        })?;
        check_revision(call.query("RevisionId"), &policy)?;
        policy.statements.shift_remove(id).ok_or_else(|| {
            let message = format!("Statement {id} is not found in resource policy.");
            Refusal::new(Exception::ResourceNotFound, message).with("Type", "User")
        })?;
        policy.revision_id = uuid::Uuid::new_v4().to_string();
        Ok(tx.put(&key(&name), &policy)?)
    })?;
    Ok(Answer::empty())
}

pub(super) fn missing() -> Refusal {
    let message = "The resource you requested does not exist.";
    Refusal::new(Exception::ResourceNotFound, message).with("Type", "User")
}

fn check_revision(wanted: Option<&str>, policy: &Policy) -> Result<(), Refusal> {
    if wanted.is_some_and(|wanted| wanted != policy.revision_id) {
        return Err(super::function_input::stale("the GetPolicy API"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "arn:aws:execute-api:us-east-1:000000000000:api/dev/GET/pets/*";

    #[track_caller]
    fn check(changes: Value, expected: bool) {
        let mut statement = json!({
            "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            statement[name] = value.clone();
        }
        assert_eq!(covers(&statement, SOURCE, "000000000000"), expected, "{statement}");
    }

    #[test]
    fn a_statement_is_for_a_principal_an_action_and_a_source() {
        check(json!({}), true);
        check(json!({"Principal": "*"}), true);
        check(json!({"Principal": {"Service": "s3.amazonaws.com"}}), false);
        check(json!({"Action": "lambda:GetFunction"}), false);
        let from = |source: &str| json!({"Condition": {"ArnLike": {"AWS:SourceArn": source}}});
        check(from("arn:aws:execute-api:us-east-1:000000000000:api/*"), true);
        check(from("arn:aws:execute-api:us-east-1:000000000000:api/*/*/pets/*"), true);
        check(from("arn:aws:execute-api:us-east-1:000000000000:api/*/POST/pets/*"), false);
        check(from("arn:aws:execute-api:us-east-1:000000000000:other/*"), false);
        check(json!({"Condition": {"StringEquals": {"AWS:SourceAccount": "111111111111"}}}), false);
    }

    #[test]
    fn a_function_that_was_not_created_here_asks_for_nothing() {
        let store = Store::open(None).expect("opens");
        let name = FunctionName { name: "f".into(), qualifier: None };
        assert!(allows(&store, &name, SOURCE, "000000000000"));
        store.write(|tx| tx.put("function/f", &json!({}))).expect("written");
        assert!(!allows(&store, &name, SOURCE, "000000000000"));
        let statement = json!({
            "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction",
        });
        let policy = Policy { revision_id: "1".into(), statements: IndexMap::from([("s".to_owned(), statement)]) };
        store.write(|tx| tx.put(&key(&name), &policy)).expect("written");
        assert!(allows(&store, &name, SOURCE, "000000000000"));
    }
}
