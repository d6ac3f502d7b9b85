//! What a comparison sets apart: lines that the commit no longer reaches, and what changes with or without it.

use std::io::{self, Write};

use super::TextOptions;
use crate::plan::words::{anyway, counted, grouped, short_commit};
use crate::plan::{Against, GoneLine};
use crate::problem::{Tone, cut_middle, pad, printable, width};

/// More than this nobody reads; the JSON document has all of them.
const MOST_SHOWN: usize = 100;
/// Wider names are cut in the middle.
const WIDEST_NAME: usize = 32;

pub(super) fn write(
    against: &Against<'_>,
    options: &TextOptions<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    write_gone(&against.gone, options, out)?;
    let base = printable(short_commit(against.commit)).into_owned();
    writeln!(out, "Compared with {base}; with either of them {}.", anyway(&against.anyway, '-'))
}

fn write_gone(gone: &[GoneLine<'_>], options: &TextOptions<'_>, out: &mut impl Write) -> io::Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let one = "line is no longer reached and stays as it is billed";
    let title = counted(gone.len(), one, "lines are no longer reached and stay as they are billed");
    writeln!(out, "{}", options.color.paint(Tone::Strong, title))?;
    let rows: Vec<_> = gone.iter().take(MOST_SHOWN).map(names).collect();
    let columns = [0, 1, 2].map(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0));
    for (row, line) in rows.iter().zip(gone) {
        let cells: Vec<_> = row.iter().zip(columns).map(|(name, columns)| pad(name, columns)).collect();
        let current = line.current.map_or_else(|| "?".to_owned(), |quantity| grouped(quantity.value()));
        writeln!(out, "     {}   {current}", cells.join("   "))?;
    }
    match gone.len() - rows.len() {
        0 => {}
        more => writeln!(out, "  and {more} more, all of them in:  trueup plan --format json")?,
    }
    writeln!(out)
}

fn names(line: &GoneLine<'_>) -> [String; 3] {
    [line.company.identifier, line.agreement.name, line.product.identifier]
        .map(|name| cut_middle(&printable(name), WIDEST_NAME))
}
