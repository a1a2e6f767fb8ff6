//! Gathers findings while a file is checked.

use std::ops::Range;

use super::finding::{Finding, Severity};

/// A part of the file's text, in bytes.
pub(super) type Span = Range<usize>;

/// What has been found so far in one file.
pub(super) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<(Span, Finding)>,
}

impl<'a> Report<'a> {
    /// Nothing found yet in `text`, which is called `file`.
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, found: Vec::new() }
    }

    /// Adds an error.
    pub(super) fn error(&mut self, at: Span, what: impl Into<String>, hint: impl Into<String>) {
        self.add(Severity::Error, at, what.into(), hint.into());
    }

    /// Adds a warning.
    pub(super) fn warning(&mut self, at: Span, what: impl Into<String>, hint: impl Into<String>) {
        self.add(Severity::Warning, at, what.into(), hint.into());
    }

    /// Line and column of the byte at `offset`.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        position(self.text, offset)
    }

    /// How many findings there are so far.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Something lies within `span`.
    pub(super) fn mentions(&self, span: &Span) -> bool {
        self.found.iter().any(|(at, _)| span.start <= at.start && at.end <= span.end)
    }

    /// No call may run.
    pub(super) fn has_errors(&self) -> bool {
        self.found.iter().any(|(_, finding)| finding.is_error())
    }

    /// Everything found, in the file's order.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|(at, _)| at.start);
        self.found.into_iter().map(|(_, finding)| finding).collect()
    }

    /// An error that is not added: whether it is one shows elsewhere.
    pub(super) fn finding(&self, at: Span, what: impl Into<String>, hint: impl Into<String>) -> Finding {
        let (line, column) = position(self.text, at.start);
        Finding { file: self.file.to_owned(), line, column, severity: Severity::Error, what: what.into(), hint: hint.into() }
    }

    fn add(&mut self, severity: Severity, at: Span, what: String, hint: String) {
        let finding = Finding { severity, ..self.finding(at.clone(), what, hint) };
        self.found.push((at, finding));
    }
}

/// Line and column of the byte at `offset`.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_not_bytes() {
        assert_eq!(position("a\nüb", 4), (2, 2));
    }

    #[test]
    fn findings_come_in_the_order_of_the_file() {
        let mut report = Report::new("f", "one\ntwo");
        report.error(4..7, "b", "");
        report.warning(0..3, "a", "");
        let order: Vec<String> = report.into_findings().into_iter().map(|f| f.what).collect();
        assert_eq!(order, ["a", "b"]);
    }
}
