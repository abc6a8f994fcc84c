//! Diagnostics as text: one file per format, none knowing any rule.
