//! Tables, for people and for programs.

use std::io::{self, Write, stdout};

use clap::ValueEnum;
use serde::Serialize;

#[derive(clap::Args)]
pub(super) struct Output {
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line each.
    Text,
    /// An array of objects.
    Json,
}

/// Something that is printed as a line of a table.
pub(super) trait Row {
    const TITLES: &'static [&'static str];
    fn cells(&self) -> Vec<String>;
}

impl Output {
    /// Prints rows; nothing at all where there are none.
    pub(super) fn print<R: Row + Serialize>(&self, rows: &[R]) -> io::Result<()> {
        match self.format {
            Format::Json => writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(rows)?),
            Format::Text if rows.is_empty() => Ok(()),
            Format::Text => table(R::TITLES, rows.iter().map(Row::cells).collect()),
        }
    }
}

fn table(titles: &[&str], mut rows: Vec<Vec<String>>) -> io::Result<()> {
    rows.insert(0, titles.iter().map(|&title| title.to_owned()).collect());
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..titles.len()).map(width).collect();
    let mut out = stdout().lock();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{:width$}", plain(cell)));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// A text on one line: what somebody else wrote could move the cursor.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
