//! Templates as data: `tests/data/vtl/*.vtl`, what they see above a `---` line; snapshots beside them.

use indexmap::IndexMap;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{RenderContext, RequestParameters, Template, TemplateError, Undefined};

/// Renders a template with an event of `body`, `params`, `context` and `stageVariables`.
fn render(event: &Value, source: &str) -> Result<String, TemplateError> {
    let pairs = |value: &Value| {
        let entries = value.as_object().into_iter().flatten().flat_map(|(name, value)| match value {
            Value::Array(values) => values.iter().map(|value| (name.clone(), text(value))).collect(),
            value => vec![(name.clone(), text(value))],
        });
        entries.collect::<Vec<_>>()
    };
    let params = &event["params"];
    let parameters = RequestParameters {
        path: pairs(&params["path"]),
        querystring: pairs(&params["querystring"]),
        header: pairs(&params["header"]),
    };
    let context = event["context"].as_object().cloned().unwrap_or_else(Map::new);
    let stage_variables: IndexMap<String, String> = pairs(&event["stageVariables"]).into_iter().collect();
    let body = event.get("body").map_or_else(String::new, Value::to_string);
    let template = Template::compile(source)?;
    let mut cx = RenderContext::new(body, &parameters, &context, &stage_variables);
    let rendered = template.render(&mut cx)?;
    let mut out = rendered.text;
    for warning in rendered.warnings {
        out.push_str(&format!("\n(warning: {warning})"));
    }
    if !cx.assigned.is_empty() {
        out.push_str(&format!("\n{:?}\n{:?}", cx.assigned.request_override(), cx.assigned.response_override()));
    }
    Ok(out)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn templates_render_as_their_snapshots_say() {
    insta::with_settings!({ snapshot_path => "../../tests/data/vtl", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::glob!("../../tests/data/vtl", "*.vtl", |path| {
            let file = std::fs::read_to_string(path).unwrap();
            let (event, source) = file.split_once("---\n").unwrap();
            let event: Value = serde_json::from_str(event).unwrap();
            let shown = match render(&event, source) {
                Ok(text) => text,
                Err(error) => format!("{:?}: {error}\n| {}", error.kind, error.excerpt),
            };
            let fails = path.file_stem().unwrap().to_string_lossy().starts_with("err_");
            assert_eq!(render(&event, source).is_err(), fails, "{}: {shown}", path.display());
            insta::assert_snapshot!(shown);
        });
    });
}

#[test]
fn an_empty_body_is_an_empty_object() {
    let (parameters, context, variables) = (RequestParameters::default(), Map::new(), IndexMap::new());
    let show = |body: &str, source: &str| {
        let mut cx = RenderContext::new(body.to_owned(), &parameters, &context, &variables);
        Template::compile(source).unwrap().render(&mut cx).unwrap().text
    };
    assert_eq!(show("", "Action=SendMessage&MessageBody=$input.body"), "Action=SendMessage&MessageBody={}");
    assert_eq!(show("raw", "$input.body|$input.body.x|$input.json('$.a')"), "raw||\"\"");
    assert_eq!(show("{\"some\": \"value\"}", "$util.urlEncode($input.body)"), "%7B%22some%22%3A+%22value%22%7D");
}

/// What AWS's own sample answers (`apigw-mappingtemplate-lambda` of its serverless patterns): a template that changes what
/// `$input.path` found changes what `$input.json` prints.
#[test]
fn the_payload_is_shared() {
    let event = serde_json::json!({"body": {"a": 1, "o": {"k": "v"}, "l": [1, {"x": 1}]}});
    let show = |source: &str| render(&event, source).unwrap();
    assert_eq!(show("#set($r = $input.path('$'))#set($r.a = 2)$input.json('$.a')$input.path('$.a')"), "22");
    assert_eq!(
        show("#set($r = $input.path('$.o'))$r.put('n', [])$input.json('$')"),
        r#"{"a":1,"o":{"k":"v","n":[]},"l":[1,{"x":1}]}"#
    );
    assert_eq!(show("#set($l = $input.path('$.l'))#set($l[0] = 9)$input.path('$.l[0]')$input.json('$..x')"), "9[1]");
    assert_eq!(show("#set($m = {})#set($m.a = 2)#set($r = $input.path('$'))$input.json('$.a')"), "1");
    assert_eq!(
        show("$input.path('$.o').remove('k')$input.path('$').o.size()|$input.path('$.none')|$input.path('$.l[7]')"),
        "v0||"
    );
}

#[test]
fn integers_beyond_64_bits_are_big_ones() {
    let show =
        |source: &str| render(&serde_json::json!({"body": {"id": 12_345_678_901_234_567_890_u64}}), source).unwrap();
    assert_eq!(
        show("#set($x = 9223372036854775807)#set($y = $x + 1)$y|#set($z = $y - 1)$z|#if($y > $x && $z == $x)T#end"),
        "9223372036854775808|9223372036854775807|T"
    );
    assert_eq!(show("#set($x = 99999999999999999999)$x|#set($y = $x % 7)$y"), "99999999999999999999|1");
    assert_eq!(
        show("#set($x = $input.path('$.id'))#set($y = $x + 1)$y $x.class.name $input.json('$.id')"),
        "12345678901234567891 java.math.BigInteger 12345678901234567890"
    );
}

#[test]
fn values_know_their_class() {
    let show = |source: &str| render(&serde_json::json!({"body": {"s": "x", "l": [], "o": {}}}), source).unwrap();
    assert_eq!(
        show(
            "$input.path('$.s').class $input.path('$.s').class.name $input.path('$.o').class.simpleName|#set($i = 5)$i.getClass().getName()|#set($i = 5000000000)$i.class"
        ),
        "class java.lang.String java.lang.String LinkedHashMap|java.lang.Integer|class java.lang.Long"
    );
}

#[test]
fn a_block_call_of_no_macro_is_text() {
    let show = |source: &str| render(&Value::Null, source).unwrap();
    assert_eq!(show("#@foo('a')#if(true)b#end\n#end|"), "#@foo('a')#if(true)b#end\n#end|");
    assert_eq!(show("#macro(real)R$bodyContent#end#@real()#@fake()x#end#end|"), "R#@fake()x#end|");
    assert_eq!(show("me@x #@ y #@1 z"), "me@x #@ y #@1 z");
    assert!(Template::compile("#@foo()x").is_err());
}

#[test]
fn a_loop_stops_after_a_thousand_items_and_says_so() {
    let text = render(&Value::Null, "#foreach($i in [1..1500])x#end").unwrap();
    let (loops, warning) = text.split_once('\n').unwrap();
    assert_eq!(loops.len(), 1000);
    assert!(warning.contains("stops after 1000 of 1500"), "{warning}");
}

#[test]
fn references_without_a_value_can_be_shown() {
    let (parameters, context, variables) = (RequestParameters::default(), Map::new(), IndexMap::new());
    let mut cx = RenderContext::new("", &parameters, &context, &variables);
    cx.undefined = Undefined::AsWritten;
    let template = Template::compile("$a $!a ${a.b} #if($a == \"\")T#{else}F#end").unwrap();
    assert_eq!(template.render(&mut cx).unwrap().text, "$a  ${a.b} F");
}

/// Pieces that templates are made of, and that parsers trip over.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "$a",
        "$!b",
        "${a.b}",
        "$a.b(",
        ")",
        "$",
        "#",
        "\\",
        "#if(",
        "#if($a)",
        "#elseif(true)",
        "#else",
        "#end",
        "#set($a = ",
        "#foreach($a in [1..9])",
        "#foreach($x in $a)",
        "#macro(m $a)",
        "#m($b)",
        "#m()",
        "#define($b)",
        "#evaluate(\"$a\")",
        "#evaluate($b)",
        "#break",
        "#stop",
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        "..",
        "1",
        "-1",
        "9223372036854775807",
        " + ",
        " - ",
        " * ",
        " / 0",
        " == ",
        " && ",
        "!",
        ",",
        ":",
        "\n",
        " ",
        "##",
        "#*",
        "*#",
        "#[[",
        "]]#",
        "é",
        "$input.path('$..*')",
        "$input.json('$')",
        "$a.put($b, $a)",
        "$a.add($a)",
        "$a.replaceAll('(a*)*b', '$1')",
        "$context.responseOverride.status",
        "#set($a = [])",
        "#set($b = {})",
        "#set($a = \"$a$a$b\")",
        "$b.put('k', $a)",
        "$a.substring(1, -1)",
        "$a[0]",
        "in",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the template is, compiling and rendering end with a text or an error.
    #[test]
    fn no_template_panics_or_runs_away(source in pieces()) {
        let (parameters, context, variables) = (RequestParameters::default(), Map::new(), IndexMap::new());
        if let Ok(template) = Template::compile(&source) {
            let mut cx = RenderContext::new("{\"a\": [1, {\"b\": \"aaaaaaaaaaaaaaaaaaaaaaaaaac\"}]}", &parameters, &context, &variables);
            cx.limits.steps = 50_000;
            cx.limits.output = 100_000;
            let _ = template.render(&mut cx);
        }
    }

    /// Neither does any text.
    #[test]
    fn no_text_panics(source in ".{0,60}", path in "\\$.{0,20}") {
        let _ = render(&Value::Null, &source);
        let _ = render(&Value::Null, &format!("$input.path(\"{path}\")"));
    }
}
