//! JUnit XML: a test case for each operation, failing where a change breaks it.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::terminal::groups;
use crate::diff::{Level, Report};

/// Returns the report as JUnit XML.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut suite = TestSuite::new("gatewright diff");
    for (title, changes) in groups(report) {
        let breaking: Vec<_> = changes.iter().filter(|c| c.level == Level::Error && c.accepted.is_none()).collect();
        let status = match breaking.first() {
            None => TestCaseStatus::success(),
            Some(first) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_type(first.id);
                status.set_message(&first.message);
                let lines: Vec<String> = breaking.iter().map(|c| format!("{}: {}", c.id, c.message)).collect();
                status.set_description(lines.join("\n"));
                status
            }
        };
        suite.add_test_case(TestCase::new(title, status));
    }
    let mut junit = Junit::new("gatewright");
    junit.add_test_suite(suite);
    junit.to_string().unwrap_or_default()
}
