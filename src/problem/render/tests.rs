//! What a person sees of problems.

use super::{write_problem_lines, write_problems};
use crate::problem::{Code, Color, Place, Problem, Span, Texts};

const TEXT: &str = "\
source: intronis
intronis_backup_plan:
  - plan: Gold Monthly
    level: gold
    usage_value: totall
";

fn at(line: u32, column: u32, word: &str) -> Place {
    let start = TEXT.find(word).unwrap();
    let span = Span::from(start..start + word.len());
    Place { file: "mappings/backup.yaml".into(), line, column, span }
}

fn problems() -> Vec<Problem> {
    vec![
        Problem::note(Code::RowShadowed, "", "2 rows are for every plan"),
        Problem::warning(Code::UnknownLevel, "gold", "no cross-reference has level \"gold\"")
            .with_hint("did you mean Gold? levels are case-sensitive")
            .at(at(4, 12, "gold")),
        Problem::error(Code::InvalidValue, "usage_value", "\"totall\" is neither total nor additional")
            .with_hint("write total")
            .at(at(5, 18, "totall")),
    ]
}

fn shown(problems: &[Problem], texts: &Texts<'_>, color: Color) -> String {
    let mut out = Vec::new();
    write_problems(problems, texts, color, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn texts() -> Texts<'static> {
    Texts::from_iter([("mappings/backup.yaml", TEXT)])
}

#[test]
fn a_problem_shows_its_place_and_what_to_write_instead_errors_first() {
    insta::assert_snapshot!(shown(&problems(), &texts(), Color::Never), @r#"
    error[invalid_value]: usage_value: "totall" is neither total nor additional
     --> mappings/backup.yaml:5:18
      |
    5 |     usage_value: totall
      |                  ^^^^^^
      |
      = help: write total

    warning[unknown_level]: no cross-reference has level "gold"
     --> mappings/backup.yaml:4:12
      |
    4 |     level: gold
      |            ^^^^
      |
      = help: did you mean Gold? levels are case-sensitive

    note[row_shadowed]: 2 rows are for every plan

    1 error, 1 warning, 1 note
    "#);
}

#[test]
fn without_the_text_the_place_is_named() {
    let text = shown(&problems()[1..2], &Texts::default(), Color::Never);

    assert!(text.contains("--> mappings/backup.yaml:4:12\n"), "{text}");
}

#[test]
fn the_column_of_a_wide_or_combined_letter_is_the_one_of_the_place() {
    let text = "level: Gö\u{308}ld 株 x\n";
    let start = text.find('x').unwrap();
    let place = Place { file: "a.yaml".into(), line: 1, column: 16, span: Span::from(start..start + 1) };
    let problem = Problem::error(Code::InvalidValue, "", "no").at(place);

    let shown = shown(&[problem], &Texts::from_iter([("a.yaml", text)]), Color::Never);

    assert!(shown.contains("--> a.yaml:1:16\n"), "{shown}");
}

#[test]
fn one_problem_a_line_for_editors() {
    let mut out = Vec::new();
    write_problem_lines(&problems(), &mut out).unwrap();

    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    mappings/backup.yaml:5:18: error[invalid_value]: usage_value: "totall" is neither total nor additional (write total)
    mappings/backup.yaml:4:12: warning[unknown_level]: no cross-reference has level "gold" (did you mean Gold? levels are case-sensitive)
    note[row_shadowed]: 2 rows are for every plan
    "#);
}

#[test]
fn a_flood_ends_in_a_count() {
    let flood: Vec<_> =
        (0..250).map(|index| Problem::error(Code::UnknownKey, "", format!("key {index}"))).collect();

    let text = shown(&flood, &Texts::default(), Color::Never);

    assert_eq!(text.matches("error[unknown_key]").count(), 100);
    assert!(text.ends_with("250 errors; 150 of them not shown\n"));
}

#[test]
fn nothing_to_tell_is_silence() {
    assert_eq!(shown(&[], &texts(), Color::Never), "");
}

#[test]
fn nothing_that_was_read_can_steer_the_terminal() {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\r";
    let text = format!("key: {evil}value\n");
    let place = Place { file: format!("a{evil}.yaml").into(), line: 1, column: 1, span: Span::from(0..3) };
    let file = place.file.clone();
    let problem = Problem::error(Code::UnknownKey, evil, format!("no {evil}")).with_hint(evil).at(place);
    let texts = Texts::from_iter([(&*file, text.as_str())]);

    let text = shown(std::slice::from_ref(&problem), &texts, Color::Never);
    let mut lines = Vec::new();
    write_problem_lines(&[problem], &mut lines).unwrap();

    for text in [text, String::from_utf8(lines).unwrap()] {
        let steers = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
        assert!(!text.contains(steers), "{text:?}");
    }
}

#[test]
fn colour_only_adds() {
    let coloured = shown(&problems(), &texts(), Color::Always);

    let mut pieces = coloured.split('\u{1b}');
    let first = pieces.next().unwrap().to_owned();
    let plain = pieces.fold(first, |plain, piece| plain + piece.split_once('m').unwrap().1);
    assert_ne!(coloured, plain);
    assert_eq!(plain, shown(&problems(), &texts(), Color::Never));
}

#[test]
fn a_line_with_a_secret_is_repeated_by_no_problem() {
    let text = "source: intronis\nnote: hunter22-hunter22 level: gold\nlevel: gold\n";
    let place = |line, column, span: std::ops::Range<usize>| Place {
        file: "a.yaml".into(),
        line,
        column,
        span: Span::from(span),
    };
    let problems = [
        Problem::error(Code::SecretInFile, "", "this looks like a secret").at(place(2, 7, 23..40)),
        Problem::error(Code::UnknownKey, "note", "the key is not known here").at(place(2, 1, 17..21)),
        Problem::error(Code::UnknownLevel, "gold", "no such level").at(place(3, 8, 57..61)),
    ];

    let said = shown(&problems, &Texts::from_iter([("a.yaml", text)]), Color::Always);

    assert!(!said.contains("hunter22"), "{said}");
    assert!(said.contains("a.yaml:2:7") && said.contains("a.yaml:2:1"), "{said}");
    assert!(said.contains("level: gold"), "other lines are shown: {said}");
}

#[test]
fn a_secret_of_many_lines_hides_them_all() {
    let text = "key: |\n  -----BEGIN PRIVATE KEY-----\n  hunter22\nlevel: gold\n";
    let place = |line, span: std::ops::Range<usize>| Place {
        file: "a.yaml".into(),
        line,
        column: 1,
        span: Span::from(span),
    };
    let problems = [
        Problem::error(Code::SecretInFile, "", "this looks like a secret").at(place(1, 5..49)),
        Problem::error(Code::HiddenCharacter, "", "a hidden character").at(place(3, 40..41)),
    ];

    let said = shown(&problems, &Texts::from_iter([("a.yaml", text)]), Color::Never);

    assert!(!said.contains("hunter22") && !said.contains("BEGIN"), "{said}");
}
