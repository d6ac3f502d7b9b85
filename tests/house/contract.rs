//! Every simulator that a test starts is watched: its exchanges are held against the contract with ConnectWise.
//!
//! Looks at each place where one is made, not at files: a file may start one as it should and another one past the watch.
//! Reads formatted source line by line and knows no types.

use std::fs;

use super::source::{collect, repository};

/// Makes a simulator.
const SIMULATOR: &str = concat!("Simulator", "::new(");
/// How a simulator is reached.
const WAYS: [&str; 6] = [".start()", ".start_tls()", ".router()", ".serve(", ".serve_tls(", ".answer("];
/// How one is watched from its first moment.
const WATCHES: [&str; 4] =
    ["contract::start(", "contract::start_tls(", "contract::watched(&", concat!("watch::", "start(")];
/// What watches, and therefore starts what is not watched yet.
const WATCH: &str = "tests/contract/watch.rs";

#[test]
fn every_simulator_in_a_test_is_watched() {
    let mut paths = Vec::new();
    for folder in ["src", "tests"] {
        collect(&repository().join(folder), "rs", &mut paths);
    }

    let (mut unwatched, mut places) = (Vec::new(), 0);
    for path in paths {
        let text = fs::read_to_string(&path).expect("source files are readable UTF-8");
        let name = path.strip_prefix(repository()).expect("it lies below").to_string_lossy().into_owned();
        let tests = test_code(&name, &text);
        if name != WATCH {
            places += tests.matches(SIMULATOR).count();
            unwatched.extend(past_the_watch(tests).iter().map(|function| format!("{name}: {function}")));
        }
    }

    assert!(unwatched.is_empty(), "start them by `contract::start`:\n{}", unwatched.join("\n"));
    assert!(places > 10, "only {places} places were found where a simulator is made");
}

/// The part of a file that is tests.
fn test_code<'t>(name: &str, text: &'t str) -> &'t str {
    if name.starts_with("tests/") || name.contains("/tests/") || name.ends_with("/tests.rs") {
        return text;
    }
    text.find("#[cfg(test)]\nmod ").map_or("", |place| &text[place..])
}

/// A function of a file.
struct Function<'t> {
    name: &'t str,
    signature: String,
    body: String,
}

impl Function<'_> {
    fn reaches(&self) -> bool {
        WAYS.iter().any(|way| self.body.contains(way))
    }

    fn returns(&self, what: &str) -> bool {
        self.signature.split_once("->").is_some_and(|(_, returned)| returned.contains(what))
    }

    /// Whether what it returns can hold a simulator: all but texts can.
    fn keeps(&self) -> bool {
        self.signature.split_once("->").is_some_and(|(_, returned)| returned.trim() != "String")
    }

    /// Whether it makes something, by these words, that is not watched at once.
    fn leaves_unwatched(&self, made_by: &str) -> bool {
        let mut rest = self.body.as_str();
        while let Some((before, after)) = rest.split_once(made_by) {
            let statement = before.rsplit([';', '{', '}']).next().unwrap_or_default();
            let bound =
                statement.split("let ").nth(1).and_then(|binding| binding.split(['=', ':', ' ']).next());
            let by_name = |name: &str| WATCHES.iter().any(|watch| after.contains(&format!("{watch}{name})")));
            let at_once = WATCHES.iter().any(|watch| statement.contains(watch));
            if !at_once && !bound.is_some_and(by_name) {
                return true;
            }
            rest = after;
        }
        false
    }
}

/// The functions that make a simulator which nobody watches, or reach one that was given to them.
fn past_the_watch(text: &str) -> Vec<String> {
    let functions = functions(text);
    let mut found = Vec::new();
    let mut makers = vec![SIMULATOR.to_owned()];
    while let Some(made_by) = makers.pop() {
        for function in functions.iter().filter(|function| function.leaves_unwatched(&made_by)) {
            let maker = format!("{}(", function.name);
            match (function.returns("Simulator"), function.reaches() || function.keeps()) {
                // Who calls it has to watch what comes. One that calls itself is looked at once.
                (true, _) if maker != made_by => makers.push(maker),
                (false, true) => found.push(function.name.to_owned()),
                // It makes one, asks it as a value, and lets it go.
                (true | false, _) => {}
            }
        }
    }
    let given = |function: &&Function<'_>| {
        let parameters = function.signature.split("->").next().unwrap_or_default();
        parameters.contains("Simulator") && function.reaches()
    };
    found.extend(functions.iter().filter(given).map(|function| function.name.to_owned()));
    found
}

/// The functions of formatted code, each up to the brace that stands below its beginning. Comments are left out.
fn functions(text: &str) -> Vec<Function<'_>> {
    let mut found: Vec<Function<'_>> = Vec::new();
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with("//")).peekable();
    while let Some(line) = lines.next() {
        let Some((before, name)) = line.split_once("fn ") else { continue };
        let is_one =
            before.split_whitespace().all(|word| ["pub", "async", "const", "pub(super)"].contains(&word));
        if !is_one {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let mut whole = line.to_owned();
        if !line.ends_with('}') {
            for inner in lines.by_ref().take_while(|inner| *inner != end) {
                whole.push_str(inner);
                whole.push('\n');
            }
        }
        let (signature, body) = whole.split_once('{').unwrap_or((&whole, ""));
        let name = name.split(['(', '<']).next().unwrap_or_default();
        found.push(Function { name, signature: signature.to_owned(), body: body.to_owned() });
    }
    found
}

/// What is found in a file with these functions; `NEW` makes a simulator.
fn found_in(text: &str) -> Vec<String> {
    past_the_watch(&text.replace("NEW", &format!("{SIMULATOR}seed, clock).unwrap()")))
}

#[test]
fn one_that_is_watched_excuses_no_other_in_the_same_file_or_function() {
    let watched = "fn good() -> Watched {\n    contract::start(NEW)\n}\n";
    let named =
        "fn good() {\n    let one = NEW;\n    let _watch = contract::watched(&one);\n    one.answer(x);\n}\n";
    for fine in [watched, named, "fn plain() {\n    let one = NEW;\n    one.log();\n}\n"] {
        assert_eq!(found_in(fine), [""; 0], "{fine}");
    }

    for bad in [
        "fn bad() {\n    NEW.start().unwrap();\n}\n",
        "fn bad() {\n    let one = NEW;\n    let two = NEW;\n    contract::watched(&one);\n    two.answer(x);\n}\n",
        "fn bad() -> Office {\n    Office { simulator: NEW }\n}\n",
        "fn bad(simulator: &Simulator) {\n    simulator.router();\n}\n",
        "    pub async fn bad() {\n        let one = NEW;\n        one.serve(listener, never).await;\n    }\n",
    ] {
        assert_eq!(found_in(&format!("{watched}{bad}")), ["bad"], "{bad}");
        assert_eq!(found_in(&format!("{named}{bad}")), ["bad"], "{bad}");
    }
}

#[test]
fn who_is_given_a_simulator_by_a_function_has_to_watch_it() {
    let maker = "fn make() -> Simulator {\n    NEW\n}\n";
    let good = "fn good() -> Watched {\n    contract::start_tls(make())\n}\n";
    let bad = "fn bad() -> Running {\n    make().start().unwrap()\n}\n";

    assert_eq!(found_in(&format!("{maker}{good}")), [""; 0]);
    assert_eq!(found_in(&format!("{maker}{good}{bad}")), ["bad"]);
}
