//! `AWS_PROXY` integrations.

use super::serve;
use serde_json::json;

const API: &str = r#"
paths:
  /{proxy+}:
    x-amazon-apigateway-any-method: &function
      parameters: [{name: proxy, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets/invocations
  /hardcoded:
    x-amazon-apigateway-any-method:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets:live/invocations
  /missing:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:cats/invocations
"#;

#[tokio::test]
async fn the_event_is_the_one_that_was_recorded() {
    let server = serve(API).await;
    let line = "POST /proxy-value/api%2Bx/?plus=first+second@example.com&price=10&price=20";
    let headers = [
        "x-MiXeD-cAsE: One Value",
        "authorization: Bearer of-nothing",
        "user-agent: tests",
        "Content-Type: application/json;charset=utf-8",
        "X-Many: 1",
        "X-Many: 2",
    ];
    let answer = server.ask(line, &headers, br#"{"message":"hello"}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.header("x-amzn-trace-id").is_some_and(|t| t.starts_with("Root=1-")));
    let mut event = answer.json();
    for (place, length) in [("requestId", 36), ("extendedRequestId", 16), ("requestTime", 26)] {
        let value = event["requestContext"][place].take();
        assert_eq!(value.as_str().map(str::len), Some(length), "{place}: {value}");
    }
    assert!(event["requestContext"]["requestTimeEpoch"].take().is_i64());
    assert!(event["requestContext"]["resourceId"].take().is_string());
    assert!(event["headers"]["X-Amzn-Trace-Id"].take().is_string());
    let trace = event["multiValueHeaders"]["X-Amzn-Trace-Id"].take();
    assert!(trace.is_array());
    for (place, length) in [("Via", 64), ("X-Amz-Cf-Id", 56)] {
        let value = event["headers"][place].take();
        assert_eq!(value.as_str().map(str::len), Some(length), "{place}: {value}");
        event["multiValueHeaders"][place].take();
    }
    assert_eq!(event["headers"]["X-Forwarded-Port"].take(), server.address.port().to_string());
    event["multiValueHeaders"]["X-Forwarded-Port"].take();
    let expected = json!({
        "resource": "/{proxy+}",
        "path": "/proxy-value/api%2Bx/",
        "httpMethod": "POST",
        "headers": {
            "Host": "api.execute-api.localhost", "x-MiXeD-cAsE": "One Value", "Authorization": "Bearer of-nothing", "User-Agent": "tests",
            "Content-Type": "application/json;charset=utf-8", "X-Many": "2", "X-Amzn-Trace-Id": null,
            "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": null, "X-Forwarded-Proto": "http",
            "CloudFront-Forwarded-Proto": "https", "CloudFront-Is-Desktop-Viewer": "true", "CloudFront-Is-Mobile-Viewer": "false",
            "CloudFront-Is-SmartTV-Viewer": "false", "CloudFront-Is-Tablet-Viewer": "false", "CloudFront-Viewer-ASN": "64512",
            "CloudFront-Viewer-Country": "US", "Via": null, "X-Amz-Cf-Id": null,
        },
        "multiValueHeaders": {
            "Host": ["api.execute-api.localhost"], "x-MiXeD-cAsE": ["One Value"], "Authorization": ["Bearer of-nothing"], "User-Agent": ["tests"],
            "Content-Type": ["application/json;charset=utf-8"], "X-Many": ["1", "2"], "X-Amzn-Trace-Id": null,
            "X-Forwarded-For": ["127.0.0.1"], "X-Forwarded-Port": null, "X-Forwarded-Proto": ["http"],
            "CloudFront-Forwarded-Proto": ["https"], "CloudFront-Is-Desktop-Viewer": ["true"], "CloudFront-Is-Mobile-Viewer": ["false"],
            "CloudFront-Is-SmartTV-Viewer": ["false"], "CloudFront-Is-Tablet-Viewer": ["false"], "CloudFront-Viewer-ASN": ["64512"],
            "CloudFront-Viewer-Country": ["US"], "Via": null, "X-Amz-Cf-Id": null,
        },
        "queryStringParameters": {"plus": "first second@example.com", "price": "20"},
        "multiValueQueryStringParameters": {"plus": ["first second@example.com"], "price": ["10", "20"]},
        "pathParameters": {"proxy": "proxy-value/api%2Bx"},
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "deploymentId": "deploy",
            "domainName": "api.execute-api.localhost", "domainPrefix": "api", "extendedRequestId": null, "httpMethod": "POST",
            "identity": {
                "accessKey": null, "accountId": null, "caller": null, "cognitoAuthenticationProvider": null,
                "cognitoAuthenticationType": null, "cognitoIdentityId": null, "cognitoIdentityPoolId": null,
                "principalOrgId": null, "sourceIp": "127.0.0.1", "user": null, "userAgent": "tests", "userArn": null,
            },
            "path": "/test/proxy-value/api%2Bx/", "protocol": "HTTP/1.1", "requestId": null, "requestTime": null,
            "requestTimeEpoch": null, "resourceId": null, "resourcePath": "/{proxy+}", "stage": "test",
        },
        "body": "{\"message\":\"hello\"}",
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected, "{event:#}");
}

#[tokio::test]
async fn slashes_are_kept_where_aws_keeps_them() {
    let server = serve(API).await;
    let event = server.get("//hardcoded").await.json();
    assert_eq!(event["path"], "/hardcoded");
    assert_eq!(event["requestContext"]["path"], "/test//hardcoded");
    assert_eq!(event["pathParameters"], json!(null));
    assert_eq!(event["body"], json!(null));
    let event = server.get("/a//b").await.json();
    assert_eq!((&event["path"], &event["pathParameters"]["proxy"]), (&json!("/a//b"), &json!("a//b")));
}

#[tokio::test]
async fn answers_that_are_none_are_502() {
    let server = serve(API).await;
    let bad = r#"502 {"message": "Internal server error"}"#;
    for query in ["do=crash", "do=error", "do=garbage", "do=answer&answer=7", "do=answer&answer={%22other%22:1}"] {
        let answer = server.get(&format!("/x?{query}")).await;
        assert_eq!(answer.summary(), bad, "{query}");
        assert_eq!(answer.header("x-amzn-errortype"), Some("InternalServerErrorException"));
    }
    let answer = server
        .get("/x?do=answer&answer={%22statusCode%22:%22201%22,%22headers%22:{%22a%22:true},%22body%22:%22hi%22}")
        .await;
    assert_eq!((answer.summary().as_str(), answer.header("a")), ("201 hi", Some("true")));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn a_function_that_is_not_there_is_500_and_says_so() {
    let server = serve(API).await;
    assert_eq!(server.get("/missing").await.summary(), r#"500 {"message": "Internal server error"}"#);
    assert!(server.log().contains("function:cats` is registered"), "{}", server.log());
}
