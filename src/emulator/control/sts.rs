//! STS: who is asking. Signatures are not checked, so everybody is the account's root.

use super::call::{Answer, Call};
use super::refusal::Refusal;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(super) fn caller_identity(call: &Call<'_>) -> Result<Answer, Refusal> {
    let body = String::from_utf8_lossy(&call.body);
    let items = super::parse_query(&body);
    let item = |wanted: &str| items.iter().chain(&call.query).find(|(name, _)| name == wanted).map(|(_, value)| value);
    let request_id = uuid::Uuid::new_v4();
    let action = item("Action").map_or("", String::as_str);
    if action != "GetCallerIdentity" {
        let version = item("Version").map_or("", String::as_str);
        let message = format!("Could not find operation {} for version {}", escaped(action), escaped(version));
        let text = format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>InvalidAction</Code>\
             <Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        );
        return Ok(Answer { status: Some(400), ..Answer::raw("text/xml", text) });
    }
    let account = &call.control.account_id;
    let text = format!(
        "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:root</Arn><UserId>{account}</UserId>\
         <Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    Ok(Answer::raw("text/xml", text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
