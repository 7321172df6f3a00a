//! Tables of text.

use anstyle::Style;

use crate::printer::{DIM, styled};

/// Columns that are as wide as their widest cell, two spaces apart.
#[derive(Debug)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<(String, Style)>>,
}

impl Table {
    pub fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Table {
        Table {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row: cells with their styles.
    pub fn row(&mut self, cells: impl Into<Vec<(String, Style)>>) {
        self.rows.push(cells.into());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, each behind `indent` spaces.
    pub fn lines(&self, indent: usize) -> Vec<String> {
        let header: Vec<(String, Style)> =
            self.header.iter().map(|cell| (cell.clone(), DIM)).collect();
        let rows: Vec<&Vec<(String, Style)>> = std::iter::once(&header).chain(&self.rows).collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|(text, _)| text.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        let line = |row: &&Vec<(String, Style)>| {
            let mut line = " ".repeat(indent);
            let last = row
                .iter()
                .rposition(|(text, _)| !text.is_empty())
                .unwrap_or(0);
            for (column, (text, style)) in row.iter().enumerate().take(last + 1) {
                line.push_str(&styled(*style, text));
                if column < last {
                    let width = widths.get(column).copied().unwrap_or(0);
                    line.push_str(&" ".repeat(width - text.chars().count() + 2));
                }
            }
            line
        };
        rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_end_with_text() {
        let mut table = Table::new(["A", "LONGER", "C"]);
        let cell = |text: &str| (text.to_owned(), Style::new());
        table.row([cell("ähnlich"), cell("x"), cell("end")]);
        table.row([cell("b"), cell("y"), cell("")]);
        let lines: Vec<String> = table
            .lines(1)
            .iter()
            .map(|line| anstream::adapter::strip_str(line).to_string())
            .collect();
        assert_eq!(
            lines,
            [
                " A        LONGER  C",
                " ähnlich  x       end",
                " b        y"
            ]
        );
    }
}
