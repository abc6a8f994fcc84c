#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::source::{Format, Sources, emit, yaml};

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    let file = sources.add("fuzz.yaml", "", Format::Yaml);
    let (node, diagnostics) = yaml::parse(file, text);
    let Some(node) = node.filter(|_| diagnostics.is_empty()) else { return };
    let (again, diagnostics) = yaml::parse(file, &emit(&node, Format::Yaml));
    assert!(diagnostics.is_empty());
    assert_eq!(again, Some(node));
});
