//! The rows: one for each line, in aligned columns that fit the terminal.
//!
//! When it is narrow the names give way first, then the reason goes on below; a quantity or an amount is always whole.

use std::io::{self, Write};

use super::TextOptions;
use crate::plan::Line;
use crate::plan::words::{Danger, current, danger, dangerous_first, desired, sign, signed_money, why};
use crate::problem::{Color, Tone, cut_middle, pad, printable, width, wrap};

/// Narrower than this a name says nothing any more.
const NARROWEST_NAME: usize = 8;
/// Narrower than this a reason is a column of single words.
const NARROWEST_REASON: usize = 28;
/// Between columns.
const GAP: &str = "   ";
/// The room of a sign, before the names.
const INDENT: &str = "     ";

struct Row {
    sign: char,
    tone: Tone,
    names: [String; 3],
    current: String,
    desired: String,
    money: String,
    why: String,
}

struct Widths {
    names: [usize; 3],
    current: usize,
    desired: usize,
    money: usize,
    why: Reasons,
}

/// Where reasons stand.
enum Reasons {
    /// Behind the row, on one line.
    Beside,
    /// Behind the row, in so many columns.
    Narrow(usize),
    /// Behind the row where they fit in a terminal of so many columns, else below it.
    Below(usize),
}

pub(super) fn write(lines: &[&Line<'_>], options: &TextOptions<'_>, out: &mut impl Write) -> io::Result<()> {
    let sorted = dangerous_first(lines.iter().copied());
    let rows: Vec<_> = sorted.into_iter().map(row).collect();
    let widths = fit(&rows, options.width);
    rows.iter().try_for_each(|row| write_row(row, &widths, options.color, out))
}

fn row(line: &Line<'_>) -> Row {
    let names = [line.company.identifier, line.agreement.name, line.product.identifier];
    let in_step = danger(line) == Danger::Keep && line.current == line.desired;
    Row {
        sign: sign(line),
        tone: tone(line),
        names: names.map(|name| printable(name).into_owned()),
        current: current(line),
        desired: if in_step { String::new() } else { format!("-> {}", desired(line)) },
        money: money(line),
        why: printable(&why(line)).into_owned(),
    }
}

fn money(line: &Line<'_>) -> String {
    match (danger(line), line.monthly_delta) {
        (Danger::Keep, _) => String::new(),
        (_, Some(delta)) => signed_money(delta, '-'),
        (_, None) => "unknown".to_owned(),
    }
}

fn tone(line: &Line<'_>) -> Tone {
    match danger(line) {
        Danger::Held => Tone::Caution,
        Danger::ToZero | Danger::Decrease => Tone::Alarm,
        Danger::HandEdit => Tone::Contested,
        Danger::Create => Tone::Fresh,
        Danger::Increase => Tone::Growth,
        Danger::Keep => Tone::Faint,
    }
}

fn fit(rows: &[Row], columns: Option<usize>) -> Widths {
    let widest = |cell: fn(&Row) -> &str| rows.iter().map(|row| width(cell(row))).max().unwrap_or(0);
    let mut widths = Widths {
        names: [widest(|row| &row.names[0]), widest(|row| &row.names[1]), widest(|row| &row.names[2])],
        current: widest(|row| &row.current),
        desired: widest(|row| &row.desired),
        money: widest(|row| &row.money),
        why: Reasons::Beside,
    };
    let Some(columns) = columns else { return widths };
    let why = widest(|row| &row.why);
    let numbers = widths.before_why() - widths.names.iter().sum::<usize>();
    let least = numbers + widths.names.iter().map(|&name| name.min(NARROWEST_NAME)).sum::<usize>();
    if least + why.min(NARROWEST_REASON) <= columns {
        shrink(&mut widths.names, columns - numbers - why.min(NARROWEST_REASON));
        widths.why = Reasons::Narrow(columns - widths.before_why());
    } else {
        shrink(&mut widths.names, (columns + GAP.len()).saturating_sub(numbers));
        widths.why = Reasons::Below(columns);
    }
    widths
}

/// Takes from the widest names first, as long as a name still says something.
fn shrink(names: &mut [usize; 3], budget: usize) {
    while names.iter().sum::<usize>() > budget {
        let widest = names.iter_mut().max().expect("there are three names");
        if *widest <= NARROWEST_NAME {
            return;
        }
        *widest -= 1;
    }
}

impl Widths {
    /// The columns up to where the reason starts.
    fn before_why(&self) -> usize {
        let Self { names, current, desired, money, why: _ } = self;
        INDENT.len() + names.iter().sum::<usize>() + current + 1 + desired + money + 5 * GAP.len()
    }
}

fn write_row(row: &Row, widths: &Widths, color: Color, out: &mut impl Write) -> io::Result<()> {
    write!(out, "  {}  ", color.paint(row.tone, row.sign))?;
    for (name, &columns) in row.names.iter().zip(&widths.names) {
        write!(out, "{}{GAP}", pad(&cut_middle(name, columns), columns))?;
    }
    let numbers = format!(
        "{} {}{GAP}{}",
        right(&row.current, widths.current),
        pad(&row.desired, widths.desired),
        right(&row.money, widths.money),
    );
    match widths.why {
        _ if row.why.is_empty() => writeln!(out, "{}", color.paint(row.tone, numbers.trim_end())),
        Reasons::Below(columns) if widths.before_why() + width(&row.why) > columns => {
            let columns = columns.saturating_sub(INDENT.len()).max(NARROWEST_REASON);
            let why = wrapped(&row.why, columns, INDENT.len());
            writeln!(out, "{}\n{INDENT}{why}", color.paint(row.tone, numbers))
        }
        Reasons::Beside | Reasons::Below(_) => {
            writeln!(out, "{}{GAP}{}", color.paint(row.tone, numbers), row.why)
        }
        Reasons::Narrow(columns) => {
            let why = wrapped(&row.why, columns, widths.before_why());
            writeln!(out, "{}{GAP}{why}", color.paint(row.tone, numbers))
        }
    }
}

/// The lines of the reason, all but the first moved to the right.
fn wrapped(why: &str, columns: usize, indent: usize) -> String {
    wrap(why, columns).join(&format!("\n{}", " ".repeat(indent)))
}

fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}
