//! STS: who is asking. Signatures are not checked, so everybody is the account's root.

use super::call::{Answer, Call};
use super::refusal::{Exception, Refusal};

pub(super) fn caller_identity(call: &Call<'_>) -> Result<Answer, Refusal> {
    let body = String::from_utf8_lossy(&call.body);
    let items = super::parse_query(&body);
    let action = items.iter().chain(&call.query).find(|(name, _)| name == "Action").map(|(_, value)| value.as_str());
    if action != Some("GetCallerIdentity") {
        let message = format!("Could not find operation {}", action.unwrap_or("(none)"));
        return Err(Refusal::new(Exception::UnknownOperation, message));
    }
    let account = &call.control.account_id;
    let request_id = uuid::Uuid::new_v4();
    let text = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:root</Arn><UserId>{account}</UserId>\
         <Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    Ok(Answer::raw("text/xml", text))
}
