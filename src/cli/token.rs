//! `gatewright token`

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::emulator::data::pool_issuer;
use crate::emulator::jwt::{Claims, DevelopmentIssuer, IssuerError};
use crate::gateway::import::{ImportOptions, SequentialIds, import};
use crate::gateway::{ApiKind, Authorizer, http_api};

use super::document::DocumentArgs;
use super::{CommandError, Cx, Outcome};

/// Signs a token that the embedded gateway accepts in the place of a user pool's or an issuer's.
///
/// With a document, the issuer, audience and kind of the token are those that its authorizer asks for. The signing key
/// is made at the first use and kept beside the gateway's state. Call with it:
/// curl -H "Authorization: $(gatewright token openapi.yaml)" URL
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document with the authorizer.
    spec: Option<String>,
    #[command(flatten)]
    document: DocumentArgs,
    /// The authorizer, where the document has several for tokens: the name of its security scheme.
    #[arg(long, value_name = "NAME", requires = "spec")]
    authorizer: Option<String>,
    /// `iss`: who the token says it is from.
    #[arg(long, value_name = "URL", required_unless_present_any = ["spec", "jwks"])]
    issuer: Option<String>,
    /// `aud`, or in an access token of a user pool `client_id`.
    #[arg(long, value_name = "TEXT")]
    audience: Option<String>,
    /// A scope; can be given several times. With a user pool it makes the token an access token.
    #[arg(long, value_name = "TEXT")]
    scope: Vec<String>,
    /// `sub`: whose token it is.
    #[arg(long, value_name = "TEXT", default_value = "developer")]
    subject: String,
    /// Another claim; the value is JSON, or else text. Can be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = claim)]
    claim: Vec<(String, Value)>,
    /// How long the token is good for, such as `90s`, `15m`, `8h`, `30d`; with a minus it has expired already.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds, allow_hyphen_values = true)]
    expires_in: i64,
    /// The folder of the gateway's state, instead of `.gatewright` beside the configuration.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Prints the public key as a JSON Web Key Set instead, for whoever else verifies the tokens.
    #[arg(long)]
    jwks: bool,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let failed = |error: IssuerError| CommandError::from(error);
    let folder = args.state.clone().unwrap_or_else(|| cx.config.state_folder());
    super::local::keep_out_of_git(Some(&folder));
    let issuer = DevelopmentIssuer::read_or_create(&folder).map_err(failed)?;
    if args.jwks {
        cx.ui.answer(&format!("{:#}\n", issuer.jwks()));
        return Ok(Outcome::Clean);
    }
    let asked = match &args.spec {
        Some(spec) => asked_for(cx, &args, spec)?,
        None => (String::new(), None),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0));
    let token = issuer.sign(&claims(args, asked, now)).map_err(failed)?;
    cx.ui.answer(&format!("{token}\n"));
    Ok(Outcome::Clean)
}

/// Returns the issuer and audience that the document's authorizer asks for.
fn asked_for(cx: &Cx, args: &Args, spec: &str) -> Result<(String, Option<String>), CommandError> {
    let loaded = args.document.load(cx, spec)?;
    let (options, mut ids) = (ImportOptions::default(), SequentialIds::default());
    let mut known = match ApiKind::of(&loaded.document) {
        ApiKind::Rest => {
            let imported = import(&loaded.document, &options, None, &mut ids);
            let imported = imported.map_err(|refusal| CommandError::new(refusal.message))?;
            let all = imported.definition.authorizers.into_values();
            all.filter_map(|a| asked_by(&a).map(|asked| (a.name, asked))).collect::<Vec<_>>()
        }
        ApiKind::Http => {
            let imported = http_api::import(&loaded.document, &options, None, &mut ids);
            let imported = imported.map_err(|refusal| CommandError::new(refusal.message))?;
            let all = imported.definition.authorizers.into_values();
            all.filter_map(|a| {
                let jwt = a.jwt_configuration?;
                let audience = jwt.audience.and_then(|audience| audience.into_iter().next());
                Some((a.name, (jwt.issuer?, audience)))
            })
            .collect()
        }
    };
    known.retain(|(name, _)| args.authorizer.as_ref().is_none_or(|wanted| wanted == name));
    match &known[..] {
        [(_, asked)] => Ok(asked.clone()),
        [] => Err(CommandError::new("the document has no such authorizer for tokens (Cognito user pools or JWT)")
            .with_hint("`--issuer` signs a token without a document")),
        several => {
            let names: Vec<String> = several.iter().map(|(name, _)| format!("`{name}`")).collect();
            Err(CommandError::new(format!("the document has several authorizers for tokens: {}", names.join(", ")))
                .with_hint("choose one with `--authorizer`"))
        }
    }
}

fn asked_by(authorizer: &Authorizer) -> Option<(String, Option<String>)> {
    if let Some(issuer) = authorizer.provider_arns.iter().flatten().find_map(|arn| pool_issuer(arn)) {
        return Some((issuer, None));
    }
    let configuration = authorizer.jwt_configuration.as_ref()?;
    let of = |value: &Value, audiences: &str| {
        let issuer = value.get("issuer")?.as_str()?.to_owned();
        let audience = value.get(audiences).and_then(|a| a.get(0)).and_then(Value::as_str);
        Some((issuer, audience.map(str::to_owned)))
    };
    let several = configuration.get("issuers").and_then(|issuers| of(issuers.get(0)?, "audiences"));
    several.or_else(|| of(configuration, "audience"))
}

fn claims(args: Args, asked: (String, Option<String>), now: i64) -> Claims {
    let issuer = args.issuer.unwrap_or(asked.0);
    let audience = args.audience.or(asked.1);
    let mut claims = Claims::new();
    let mut set = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    set("iss", json!(issuer));
    set("sub", json!(args.subject));
    if issuer.starts_with("https://cognito-idp.") {
        // As a pool's tokens are: what is the audience of one kind is the client of the other.
        let client = audience.unwrap_or_else(|| "development".to_owned());
        let kind =
            if args.scope.is_empty() { ("id", "aud", "cognito:username") } else { ("access", "client_id", "username") };
        set("token_use", json!(kind.0));
        set(kind.1, json!(client));
        set(kind.2, json!(args.subject));
        set("auth_time", json!(now));
    } else if let Some(audience) = audience {
        set("aud", json!(audience));
    }
    if !args.scope.is_empty() {
        set("scope", json!(args.scope.join(" ")));
    }
    set("iat", json!(now.min(now.saturating_add(args.expires_in))));
    set("exp", json!(now.saturating_add(args.expires_in)));
    claims.extend(args.claim);
    claims
}

fn claim(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').filter(|(n, _)| !n.is_empty()).ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| json!(value))))
}

fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || "write it as a number with `s`, `m`, `h` or `d`, such as 15m".to_owned();
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let number = text.get(..text.len() - 1).unwrap_or_default();
    number.parse::<i64>().ok().and_then(|n| n.checked_mul(unit)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_claims_are_read() {
        assert_eq!((seconds("90s"), seconds("2h"), seconds("-1m")), (Ok(90), Ok(7200), Ok(-60)));
        assert!(seconds("1").is_err() && seconds("h").is_err() && seconds("").is_err());
        assert_eq!(claim("groups=[\"a\"]"), Ok(("groups".into(), json!(["a"]))));
        assert_eq!(claim("name=a=b"), Ok(("name".into(), json!("a=b"))));
        assert!(claim("x").is_err());
    }
}
