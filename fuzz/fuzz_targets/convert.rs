#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::openapi::{LoadOptions, load_text};
use reading::source::{Loader, Origin};

fuzz_target!(|text: &str| {
    for head in ["", "swagger: '2.0'\n", "openapi: 3.1.0\n"] {
        let text = format!("{head}{text}");
        let origin = Origin::Memory("fuzz.yaml".into());
        let (_, sources, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        for span in diagnostics.iter().filter_map(|d| d.span) {
            let _ = sources.locate(span);
        }
    }
});
