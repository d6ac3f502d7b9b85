//! Problems and notes below the rows: code, what it is about, the sentence, the hint, the place.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::TextOptions;
use crate::plan::words::{counted, line_name};
use crate::plan::{Line, Plan};
use crate::problem::{Code, Problem, Severity, Tone, cut_middle, pad, printable, width, wrap};

/// More than this nobody reads; the JSON document has all of them.
const MOST_SHOWN: usize = 100;
/// Wider subjects are cut in the middle.
const WIDEST_SUBJECT: usize = 32;
/// Narrower than this a sentence is a column of single words.
const NARROWEST_SENTENCE: usize = 30;

struct Entry {
    code: &'static str,
    subject: String,
    sentence: String,
    place: String,
    /// What clears it, line by line, to be copied.
    release: Vec<String>,
}

/// Writes what there is, and tells whether that was anything.
pub(super) fn write(plan: &Plan<'_>, options: &TextOptions<'_>, out: &mut impl Write) -> io::Result<bool> {
    let (notes, problems): (Vec<_>, Vec<_>) =
        plan.problems.iter().partition(|problem| problem.severity == Severity::Note);
    let problems: Vec<_> = problems.into_iter().map(entry).collect();
    let mut notes: Vec<_> = notes.into_iter().map(entry).collect();
    notes.extend(line_notes(plan));
    write_group(&problems, ["problem", "problems"], options, out)?;
    write_group(&notes, ["note", "notes"], options, out)?;
    Ok(!(problems.is_empty() && notes.is_empty()))
}

fn entry(problem: &Problem) -> Entry {
    let hint = problem.hint.as_ref().map_or_else(String::new, |hint| format!("; {hint}"));
    let place =
        problem.place.as_ref().map_or_else(String::new, |place| format!("{}:{}", place.file, place.line));
    Entry {
        code: problem.code.as_str(),
        subject: cut_middle(&printable(&problem.subject), WIDEST_SUBJECT),
        sentence: printable(&format!("{}{hint}", problem.message)).into_owned(),
        place: printable(&place).into_owned(),
        release: problem.release.iter().flat_map(|yaml| yaml.lines()).map(indented).collect(),
    }
}

fn indented(line: &str) -> String {
    format!("      {}", printable(line))
}

/// The notes that lines carry, one entry a code: a thousand unbillable lines are one thing to know.
fn line_notes(plan: &Plan<'_>) -> Vec<Entry> {
    let mut noted: BTreeMap<Code, Vec<&Line<'_>>> = BTreeMap::new();
    for line in &plan.lines {
        for &note in &line.notes {
            noted.entry(note).or_default().push(line);
        }
    }
    let entry = |(code, lines): (Code, Vec<&Line<'_>>)| {
        let names: Vec<_> = lines.iter().take(3).map(|line| line_name(line, plan)).collect();
        let more = if lines.len() > 3 { format!(" and {} more", lines.len() - 3) } else { String::new() };
        Entry {
            code: code.as_str(),
            subject: counted(lines.len(), "line", "lines"),
            sentence: printable(&format!("{}{more}", names.join(", "))).into_owned(),
            place: String::new(),
            release: Vec::new(),
        }
    };
    noted.into_iter().map(entry).collect()
}

fn write_group(
    entries: &[Entry],
    noun: [&str; 2],
    options: &TextOptions<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let title = counted(entries.len(), noun[0], noun[1]);
    writeln!(out, "{}", options.color.paint(Tone::Strong, title))?;
    let shown = &entries[..entries.len().min(MOST_SHOWN)];
    let widest = |cell: fn(&Entry) -> &str| shown.iter().map(|entry| width(cell(entry))).max().unwrap_or(0);
    let columns = [widest(|entry| entry.code), widest(|entry| &entry.subject), widest_before_place(shown)];
    for entry in shown {
        write_entry(entry, columns, options, out)?;
        entry.release.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    match entries.len() - shown.len() {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more, all of them in:  trueup plan --format json"),
    }
}

/// Places stand in one column behind the sentences that have one.
fn widest_before_place(entries: &[Entry]) -> usize {
    let placed = entries.iter().filter(|entry| !entry.place.is_empty());
    placed.map(|entry| width(&entry.sentence)).max().unwrap_or(0)
}

fn write_entry(
    entry: &Entry,
    [code, subject, sentence]: [usize; 3],
    options: &TextOptions<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let indent = width("  ") + code + 3 + subject + 2;
    let head = format!("   {}  ", pad(&entry.subject, subject));
    write!(out, "  {}{head}", options.color.paint(Tone::Caution, pad(entry.code, code)))?;
    let text = if entry.place.is_empty() {
        entry.sentence.clone()
    } else {
        format!("{}  {}", pad(&entry.sentence, sentence), entry.place)
    };
    let room = options.width.map(|columns| columns.saturating_sub(indent).max(NARROWEST_SENTENCE));
    if room.is_none_or(|room| width(&text) <= room) {
        return writeln!(out, "{text}");
    }
    let mut lines = wrap(&entry.sentence, room.unwrap_or(NARROWEST_SENTENCE));
    lines.extend((!entry.place.is_empty()).then(|| entry.place.clone()));
    writeln!(out, "{}", lines.join(&format!("\n{}", " ".repeat(indent))))
}
