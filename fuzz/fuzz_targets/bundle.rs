#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::openapi::{LoadOptions, load_text};
use reading::source::{Format, Loader, Origin, Severity, emit};

fuzz_target!(|text: &str| {
    let load = |text: String| {
        let origin = Origin::Memory("fuzz.yaml".into());
        load_text(&Loader::default(), &origin, text, &LoadOptions::default())
    };
    let (document, _, diagnostics) = load(text.to_owned());
    let Some(document) = document else { return };
    let mut reported = Vec::new();
    let _ = document.dereferenced(&mut reported);
    let _ = document.for_api_gateway(&mut reported);
    let _ = document.without_extensions(&mut reported);
    let _ = document.to_swagger2(&mut reported);
    if diagnostics.iter().all(|d| d.severity != Severity::Error) {
        let once = emit(document.root(), Format::Yaml);
        let (again, _, _) = load(once.clone());
        assert_eq!(again.map(|d| emit(d.root(), Format::Yaml)), Some(once));
    }
});
