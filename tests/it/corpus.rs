//! Every real document there is, loaded and read back.

use std::path::{Path, PathBuf};

use gatewright::openapi::{LoadOptions, load, load_text};
use gatewright::source::{Format, Loader, Origin, Severity, emit};

/// The documents of the corpus that have mistakes, and the line the first is on.
const MALFORMED: [(&str, u32); 6] = [
    ("error_swagger_security-8dcdd3cfd", 10),
    ("test_api_invalid_version.json", 2),
    ("petstorev2-badref.json", 94),
    ("redocly-starter.yaml", 75),
    ("stripe-old.yaml", 20725),
    ("vendor-extensions-test.yaml", 247),
];

#[test]
fn every_document_of_the_corpus_loads_and_reads_back_equal() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("GATEWRIGHT_CORPUS").map_or_else(beside, PathBuf::from);
    let mut seen = 0;
    for folder in ["apigw", "general"] {
        let Ok(files) = std::fs::read_dir(corpus.join(folder)) else { continue };
        for path in files.flatten().map(|e| e.path()) {
            seen += 1;
            let name = path.display().to_string();
            let origin = Origin::File(path);
            let loaded = load(&Loader::default(), &origin, &LoadOptions::default());
            let (document, sources, found) = loaded.expect("it can be read");
            let error = found.iter().find(|d| d.severity == Severity::Error);
            if let Some((_, line)) = MALFORMED.iter().find(|(part, _)| name.contains(part)) {
                let span = error.and_then(|d| d.span).expect("it has an error with a place");
                assert_eq!(sources.locate(span).line, *line, "{name}");
                continue;
            }
            assert!(error.is_none(), "{name}: {error:?}");
            let document = document.expect("a document");
            for (format, extension) in [(Format::Yaml, "yaml"), (Format::Json, "json")] {
                let text = emit(document.root(), format);
                let origin = Origin::Memory(format!("again.{extension}"));
                let (again, _, found) = load_text(&Loader::default(), &origin, text.clone(), &LoadOptions::default());
                assert!(!found.iter().any(|d| d.severity == Severity::Error), "{name}: {found:?}");
                let again = again.expect("it reads back");
                assert!(again.root() == document.root(), "{name} reads back as something else");
                assert!(emit(again.root(), format) == text, "{name}: a bundle of a bundle differs");
            }
        }
    }
    assert!(seen == 0 || seen > 50, "the corpus is there, but nearly empty");
}
