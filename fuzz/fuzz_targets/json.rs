#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::source::{Format, Severity, Sources, json};

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let file = sources.add("fuzz.json", "", Format::Json);
    let (node, diagnostics) = json::parse(file, text);
    assert!(node.is_some() || diagnostics.iter().any(|d| d.severity == Severity::Error));
    if serde_json::from_str::<serde_json::Value>(text).is_ok() {
        assert!(node.is_some());
    }
});
