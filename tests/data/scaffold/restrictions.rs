//! A test of the project of `restrictions.yaml`: bodies and queries, and what is said of them.

use restrictions::api::models::{Settings, SettingsColor};
use restrictions::api::ops::{open_account, post_form, post_thing, put_file};
use restrictions::api::rt::{Error, Request};

fn pointers(result: Result<(), Error>) -> Vec<String> {
    match result {
        Ok(()) => Vec::new(),
        Err(error) => {
            assert_eq!(error.status, 400, "{error:?}");
            error.violations.into_iter().map(|violation| violation.pointer).collect()
        }
    }
}

fn thing(body: &str, query: &[(&str, &str)]) -> Vec<String> {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request = Request { body: body.into(), query, ..Request::default() };
    pointers(post_thing::Input::decode(&request).map(drop))
}

fn form(media_type: &str, body: &str) -> Result<post_form::Body, Vec<String>> {
    let mut request = Request { body: body.into(), ..Request::default() };
    request.headers.insert("content-type", media_type.parse().expect("a header"));
    match post_form::Input::decode(&request) {
        Ok(input) => Ok(input.body),
        Err(error) => Err(pointers(Err(error))),
    }
}

#[test]
fn bodies_keep_to_what_is_asked() {
    for good in [
        r#"{}"#,
        r#"{"ratio":0.5,"yes":true,"pair":[3,4],"point":{"y":2,"x":1},"named":{"x":2},"mixed":"a","odd":3}"#,
        r#"{"ratio":1,"mixed":1.0,"no_word":"user","outside":0,"strings":{"a":"b"}}"#,
        r#"{"few":{"a":"x"}}"#,
        r#"{"few":{"other":1}}"#,
        r#"{"either":{"b":"x"},"range":{"from":1},"payment":{"kind":"cash"}}"#,
        r#"{"payment":{"kind":"card","card_number":"1234"},"no_legacy":{"b":"x"},"outside":11}"#,
        r#"{"no_legacy":{"a":"x","c":1},"range":{"to":1,"from":2}}"#,
        r#"{"when":"2024-02-29T23:59:59Z","uid":"4F9D3C1E-5C5E-4D6F-8A51-0F6F5F9C2B1A","any":"2024-02-29t00:00:00.123456789012+23:59"}"#,
        r#"{"days":["2024-02-29"],"by_day":{"first":"x","then":"2024-02-29"},"any":3}"#,
    ] {
        assert_eq!(thing(good, &[]), [""; 0], "{good}");
    }
    for (bad, place) in [
        (r#"{"ratio":0.25}"#, "/body/ratio"),
        (r#"{"yes":false}"#, "/body/yes"),
        (r#"{"pair":[1,4]}"#, "/body/pair"),
        (r#"{"point":{"x":1,"y":2,"z":3}}"#, "/body/point"),
        (r#"{"named":{"x":2,"y":3}}"#, "/body/named"),
        (r#"{"mixed":false}"#, "/body/mixed"),
        (r#"{"odd":4}"#, "/body/odd"),
        (r#"{"no_word":"root"}"#, "/body/no_word"),
        (r#"{"few":{}}"#, "/body/few"),
        (r#"{"few":{"a":"x","c":1,"d":2}}"#, "/body/few"),
        (r#"{"either":{"c":"x"}}"#, "/body/either"),
        (r#"{"payment":{"kind":"card"}}"#, "/body/payment/card_number"),
        (r#"{"payment":{"kind":"card","card_number":"12"}}"#, "/body/payment/card_number"),
        (r#"{"payment":{"kind":"cash","card_number":"1234"}}"#, "/body/payment/card_number"),
        (r#"{"no_legacy":{"a":"x"}}"#, "/body/no_legacy/c"),
        (r#"{"no_legacy":{"b":"x","legacy":null}}"#, "/body/no_legacy/legacy"),
        (r#"{"range":{"to":1}}"#, "/body/range/from"),
        (r#"{"outside":5}"#, "/body/outside"),
        (r#"{"strings":{"secret":"x"}}"#, "/body/strings/secret"),
        (r#"{"price":"12,50"}"#, "/body/price"),
        (r#"{"price":"1e3"}"#, "/body/price"),
        (r#"{"price":"1."}"#, "/body/price"),
        (r#"{"day_or_time":"tomorrow"}"#, "/body/day_or_time"),
        (r#"{"day_or_time":"2024-02-30"}"#, "/body/day_or_time"),
        (r#"{"needs":{}}"#, "/body/needs/zz"),
        (r#"{"needs_numbers":{"a":1}}"#, "/body/needs_numbers/zz"),
        (r#"{"big":-1}"#, "/body/big"),
        (r#"{"big":18446744073709551614}"#, "/body/big"),
        (r#"{"large":10000000000000000001}"#, "/body/large"),
        (r#"{"nothing":0}"#, "/body/nothing"),
        (r#"{"a_or_text":{"b":1,"a":2}}"#, "/body/a_or_text"),
        (r#"{"when":"2024-02-29 23:59:59Z"}"#, "/body/when"),
        (r#"{"when":"2024-02-29T23:59:59"}"#, "/body/when"),
        (r#"{"when":"2024-02-29T23:59Z"}"#, "/body/when"),
        (r#"{"when":"2024-02-29T23:59:59.Z"}"#, "/body/when"),
        (r#"{"when":"2024-02-30T23:59:59Z"}"#, "/body/when"),
        (r#"{"when":"2024-02-29T23:59:59+0100"}"#, "/body/when"),
        (r#"{"when":7}"#, "/body/when"),
        (r#"{"uid":"4f9d3c1e5c5e4d6f8a510f6f5f9c2b1a"}"#, "/body/uid"),
        (r#"{"uid":"{4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a}"}"#, "/body/uid"),
        (r#"{"days":["2024-02-29","2024-2-9"]}"#, "/body/days/1"),
        (r#"{"by_day":{"first":"x","then":"02/29/24"}}"#, "/body/by_day/then"),
        (r#"{"any":"2024-02-29"}"#, "/body/any"),
    ] {
        assert_eq!(thing(bad, &[]), [place], "{bad}");
    }
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let message = |body: &str| {
        let request = Request { body: body.into(), ..Request::default() };
        post_thing::Input::decode(&request).expect_err(body).violations.remove(0).message
    };
    assert_eq!(message(r#"{"range":{"to":1}}"#), "is required");
    assert_eq!(message(r#"{"payment":{"kind":"card"}}"#), "is required");
    assert_eq!(message(r#"{"payment":{"kind":"cash","card_number":"1234"}}"#), "must not be given");
    assert_eq!(
        message(r#"{"either":{"c":"x"}}"#),
        "fits none of the alternatives: `/a` is required; or `/b` is required"
    );
}

#[test]
fn no_member_is_lost_where_a_type_has_it() {
    for kept in [
        r#"{"either_of":{"b":"keep me"}}"#,
        r#"{"either_of":{"a":"keep me"}}"#,
        r#"{"either_of":{"b":"one","c":"two"}}"#,
        r#"{"nested":[{"of":{"b":"deep"}},{"of":{"a":"deep"}}]}"#,
        r#"{"a_or_text":{"a":"x","b":"y"}}"#,
        r#"{"short":{"b":"abc"}}"#,
        r#"{"free":null,"also_free":null,"nothing":null}"#,
        r#"{"free":{"a":null},"nothing":null}"#,
        r#"{"price":"-0012.50","day_or_time":"2024-02-29"}"#,
        r#"{"day_or_time":"2024-02-29T01:02:03Z","needs":{"zz":null},"needs_numbers":{"zz":1}}"#,
        r#"{"big":18446744073709551615,"large":10000000000000000000}"#,
    ] {
        let request = Request { body: kept.into(), ..Request::default() };
        let body = post_thing::Input::decode(&request).expect(kept).body;
        let again = serde_json::to_value(&body).expect("JSON");
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(kept).expect("JSON"), "{body:?}");
    }
    // A value of the first by the rules has members that only the second knows.
    let request = Request { body: br#"{"short":{"b":"too long"}}"#.to_vec(), ..Request::default() };
    let body = post_thing::Input::decode(&request).expect("a value of the first").body;
    assert_eq!(serde_json::to_string(&body).expect("JSON"), r#"{"short":{}}"#);
}

#[test]
fn parts_of_forms_are_told_of_as_bodies_are() {
    let file = |parts: &[(&str, &str)]| {
        let part = |(name, text): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let body = parts.iter().map(part).collect::<String>() + "--b--\r\n";
        let mut request = Request { body: body.into(), ..Request::default() };
        request.headers.insert("content-type", "multipart/form-data; boundary=b".parse().expect("a header"));
        put_file::Input::decode(&request).map(drop).map_err(|error| error.detail)
    };
    let is = |parts: &[(&str, &str)], detail: &str| assert_eq!(file(parts), Err(detail.to_owned()));
    assert_eq!(file(&[("meta", r#"{"x":1,"y":[2]}"#), ("file", "x")]), Ok(()));
    is(&[("meta", r#"{"x":1}"#), ("file", "x")], "/body/meta/y: is required");
    is(&[("meta", r#"{"x":1,"y":["a"]}"#), ("file", "x")], "/body/meta/y/0: must be an integer of 64 bits, not the text `a`");
    is(&[("meta", r#"{"x":1,"y":[]}"#), ("list", "[1,true]"), ("file", "x")], "/body/list/1: must be an integer of 64 bits, not `true`");
    is(&[("meta", r#"{"x":1,"y":[]}"#)], "/body/file: is required");
    is(&[("file", "x")], "/body/meta: is required");
}

#[test]
fn a_status_is_one_that_the_document_has() {
    use put_file::Output;
    let settings = Settings::default();
    assert_eq!((settings.color, settings.size, &settings.note), (SettingsColor::Green, 3, &None));
    let status = |output: Output| match output.into_response() {
        Ok(response) => response.status,
        Err(error) => {
            assert!(error.cause.is_some(), "{error:?}");
            error.status
        }
    };
    assert_eq!(status(Output::ClientError { status: 422, body: settings.clone() }), 422);
    assert_eq!(status(Output::ClientError { status: 200, body: settings }), 500);
    assert_eq!(status(Output::Default { status: 418 }), 418);
    assert_eq!(status(Output::Default { status: 99 }), 500);
}

#[test]
fn queries_keep_to_what_is_asked() {
    for good in [("ratio", "1"), ("ratio", "2.25"), ("single", "0.1"), ("sure", "true"), ("word", "ax"), ("when", "2024-02-29T00:00:00Z"), ("days", "2024-02-29"), ("share", "0.5")] {
        assert_eq!(thing("{}", &[good]), [""; 0], "{good:?}");
    }
    for bad in [("ratio", "2"), ("single", "0.3"), ("sure", "false"), ("word", "xa"), ("when", "2024-02-29 00:00:00Z"), ("days", "2024-2-9"), ("uid", "1")] {
        assert_eq!(thing("{}", &[bad]), [format!("/query/{}", bad.0)], "{bad:?}");
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let read = |body: &str| {
        let request = Request { body: body.as_bytes().to_vec(), ..Request::default() };
        post_thing::Input::decode(&request).expect("a request")
    };
    let input = read(r#"{"filled":{}}"#);
    assert_eq!((input.share, input.days.len()), (0.1, 0));
    let filled = input.body.filled.expect("it is there");
    assert_eq!(read(r#"{"filled":{"level":null}}"#).body.filled.expect("it is there").level, None);
    assert_eq!(
        serde_json::to_string(&filled).expect("JSON"),
        r#"{"day":"2024-02-29","when":"2024-02-29T01:02:03.500Z","uid":"4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a","list":[1,2],"none":[],"map":{"a":1},"share":0.1,"level":4,"tool":"auto","any":{"of":["a\u0001",null,2.5,5000000000]},"words":{"a":null,"b":"x"}}"#
    );
}

#[test]
fn forms_keep_to_what_is_asked() {
    let url = "application/x-www-form-urlencoded";
    assert!(form(url, "a=x").is_ok());
    assert_eq!(form(url, "c=x"), Err(vec!["/body".to_owned()]));
    let parts = |fields: &[(&str, &str)]| {
        let part = |(name, text): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        form("multipart/form-data; boundary=b", &(fields.iter().map(part).collect::<String>() + "--b--\r\n"))
    };
    let read = |fields: &[(&str, &str)]| match parts(fields) {
        Ok(post_form::Body::Multipart(form)) => serde_json::to_string(&form).expect("JSON"),
        other => format!("{other:?}"),
    };
    assert_eq!(read(&[("item", "[1, 2]")]), r#"{"item":[1,2]}"#);
    assert_eq!(read(&[("item", "1"), ("item", "2")]), r#"{"item":[1,2]}"#);
    assert_eq!(read(&[("item", "[x")]), r#"{"item":"[x"}"#);
    assert_eq!(read(&[("item", "{}")]), r#"{"item":"{}"}"#);
    assert_eq!(
        read(&[("item", "[]"), ("owner", r#"{"kind":"Company","vat":"7"}"#)]),
        r#"{"item":[],"owner":{"kind":"Company","vat":"7"}}"#
    );
}

#[test]
fn requests_have_what_only_they_must_have() {
    let account = |body: &str| {
        let request = Request { body: body.into(), ..Request::default() };
        pointers(open_account::Input::decode(&request).map(drop))
    };
    let inner = r#"{"name":"b","password":"hunter22"}"#;
    assert_eq!(account(&format!(r#"{{"name":"a","password":"hunter22","parent":{inner}}}"#)), [""; 0]);
    assert_eq!(account(r#"{"name":"a"}"#), ["/body/password"]);
    assert_eq!(account(r#"{"name":"a","password":"short","parent":{"name":"b"}}"#), ["/body/password", "/body/parent/password"]);
}
