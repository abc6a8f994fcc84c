//! A JUnit report: one suite for each file, one failed case for each finding.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::one_line;
use crate::source::{Diagnostic, Sources};

/// Returns the report. A file without findings is a suite with one case that passed.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut report = Report::new("gatewright lint");
    for (id, file) in sources.files() {
        let mut suite = TestSuite::new(file.name());
        for diagnostic in diagnostics.iter().filter(|d| d.span.is_some_and(|s| s.file == id)) {
            suite.add_test_case(failed(diagnostic, sources));
        }
        if suite.test_cases.is_empty() {
            suite.add_test_case(TestCase::new("lint", TestCaseStatus::success()));
        }
        report.add_test_suite(suite);
    }
    let mut nowhere = TestSuite::new("gatewright");
    for diagnostic in diagnostics.iter().filter(|d| d.span.is_none()) {
        nowhere.add_test_case(failed(diagnostic, sources));
    }
    if !nowhere.test_cases.is_empty() {
        report.add_test_suite(nowhere);
    }
    report.to_string().unwrap_or_default()
}

fn failed(diagnostic: &Diagnostic, sources: &Sources) -> TestCase {
    let place = diagnostic.span.map(|span| {
        let (line, column) = sources.file(span.file).line_column(span.start as usize);
        format!("{line}:{column}")
    });
    let name = format!("{} {}", diagnostic.code, place.unwrap_or_default());
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(one_line(&diagnostic.message).into_owned());
    status.set_type(diagnostic.severity.as_str());
    if let Some(help) = &diagnostic.help {
        status.set_description(help.as_str());
    }
    TestCase::new(name.trim(), status)
}
