//! Lines and columns of a text.

use std::sync::OnceLock;

/// How many bytes are gone through one by one for a column.
const BLOCK: usize = 4096;

/// The starts of a text's lines, found when first asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    starts: OnceLock<Vec<u32>>,
    /// How many characters begin before each block of the text: a document may be a single line of megabytes.
    before: OnceLock<Vec<u32>>,
}

impl Lines {
    fn starts(&self, text: &str) -> &[u32] {
        self.starts.get_or_init(|| {
            std::iter::once(0)
                .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1))
                .collect()
        })
    }

    /// Returns the line and column, both from 1 and the column in characters.
    pub(crate) fn line_column(&self, text: &str, offset: usize) -> (u32, u32) {
        let starts = self.starts(text);
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = starts.partition_point(|start| *start as usize <= offset);
        let start = starts[line - 1] as usize;
        let characters = match offset - start {
            0..=BLOCK => count(&text.as_bytes()[start..offset]),
            _ => self.count_before(text, offset) - self.count_before(text, start),
        };
        (line as u32, characters + 1)
    }

    /// Returns how many characters begin before a byte.
    fn count_before(&self, text: &str, offset: usize) -> u32 {
        let before = self.before.get_or_init(|| {
            let blocks = text.as_bytes().chunks(BLOCK);
            let sums = blocks.scan(0, |sum, block| {
                *sum += count(block);
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let block = offset / BLOCK;
        before[block] + count(&text.as_bytes()[block * BLOCK..offset])
    }

    /// Returns the byte at which a line (from 1) begins.
    pub(crate) fn line_start(&self, text: &str, line: u32) -> usize {
        let index = (line as usize).saturating_sub(1);
        self.starts(text).get(index).map_or(text.len(), |start| *start as usize)
    }

    /// Returns a line (from 1) without its line break.
    pub(crate) fn line_text<'a>(&self, text: &'a str, line: u32) -> &'a str {
        let starts = self.starts(text);
        let Some(index) = (line as usize).checked_sub(1).filter(|i| *i < starts.len()) else { return "" };
        let end = starts.get(index + 1).map_or(text.len(), |next| *next as usize);
        text[starts[index] as usize..end].trim_end_matches(['\n', '\r'])
    }
}

/// Returns how many characters begin among the bytes of a text.
fn count(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(byte & 0xC0 != 0x80)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let text = "a\nbé c\r\n";
        let lines = Lines::default();
        assert_eq!(lines.line_column(text, 0), (1, 1));
        assert_eq!(lines.line_column(text, 2), (2, 1));
        assert_eq!(lines.line_column(text, 5), (2, 3));
        assert_eq!(lines.line_column(text, 99), (3, 1));
        assert_eq!(lines.line_text(text, 2), "bé c");
        assert_eq!(lines.line_text(text, 9), "");
    }

    #[test]
    fn columns_of_long_lines_are_counted_in_characters() {
        let text = format!("ab\n{}\nc{}", "é".repeat(3 * BLOCK), "x".repeat(2 * BLOCK));
        let lines = Lines::default();
        for offset in (0..=text.len()).step_by(997) {
            let offset = (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            let column = text[start..offset].chars().count() as u32 + 1;
            assert_eq!(lines.line_column(&text, offset).1, column, "{offset}");
        }
    }
}
