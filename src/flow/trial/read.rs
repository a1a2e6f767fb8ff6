//! Reads a file of tests, or says everything that is wrong with it.

use std::collections::BTreeMap;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    begins,
    file::{CallerTable, File, GivenTable, HookAnswer, LeavesTable, NotifiedTable, PersonTable, TestTable},
    line::LineTable,
    model::{Answer, Answering, Caller, Given, Leaves, Notified, Person, Said, Trial},
    sense,
};
use crate::flow::{
    check::parse,
    finding::Finding,
    read::read as read_table,
    report::{Report, Span},
};

/// A file of tests as it lies in a flow's folder.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    /// What findings call the file.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Every prompt that may be heard: its name and its words.
    pub prompts: &'a [(String, String)],
}

/// Reads all tests of a file. A test with a fault is left out; what was found is in the file's order.
pub fn read(script: &Script<'_>) -> (Vec<Trial>, Vec<Finding>) {
    let mut report = Report::new(script.file, script.text);
    let trials = read_all(script, &mut report).unwrap_or_default();
    (trials, report.into_findings())
}

fn read_all(script: &Script<'_>, report: &mut Report<'_>) -> Option<Vec<Trial>> {
    let mut root = parse(script.text, report)?;
    let tests = take_list(&mut root, "test", report);
    let is_empty = tests.is_empty();
    let file: File = read_table(root, "the file", 0..0, report)?;
    if is_empty && !report.has_errors() {
        report.error(0..0, "there is no test", "write `[[test]]` with `name` and `talk`");
    }
    let common = given(&file.given, report);
    let trials = tests.into_iter().filter_map(|test| read_one(test, &common, script, report));
    Some(trials.collect())
}

fn read_one(test: Spanned<DeValue<'_>>, common: &Given, script: &Script<'_>, report: &mut Report<'_>) -> Option<Trial> {
    let at = test.span();
    let mut table = as_table(test, "a test", report)?;
    let lines = take_list(&mut table, "talk", report);
    let before = report.len();
    let read: Option<TestTable> = read_table(table, "the test", at.clone(), report);
    let given = read.as_ref().map_or_else(|| common.clone(), |test| over(common, given(&test.given, report)));
    let told = report.len();
    let talk = talk(lines, &given, script, report);
    // Of a talk with lines missing nothing more can be said.
    if report.len() == told {
        sense::check(&talk, &at, script.prompts, report);
    }
    let test = read.filter(|_| report.len() == before)?;
    let leaves = leaves(test.leaves);
    let talk = talk.into_iter().map(|(_, said)| said).collect();
    Some(Trial { name: test.name, line: report.position(at.start).0, given, talk, leaves })
}

/// The lines of a talk, each with its place.
fn talk(lines: Vec<Spanned<DeValue<'_>>>, given: &Given, script: &Script<'_>, report: &mut Report<'_>) -> Vec<(Span, Said)> {
    let id_of = |name: &str| given.id_of(name).map_or_else(|| name.to_owned(), str::to_owned);
    let mut talk = Vec::new();
    for line in lines {
        let at = line.span();
        let Some(table) = as_table(line, "a line", report) else { continue };
        let Some(read) = read_table::<LineTable>(table, "the line", at.clone(), report) else { continue };
        sense::check_people(&read, given, &at, report);
        let (line, column) = report.position(at.start);
        talk.extend(read.into_lines(&id_of).into_iter().map(|what| (at.clone(), Said { line, column, what })));
    }
    sense::check_heard(&talk, script.prompts, report);
    talk
}

/// What is given in all tests, where this one does not say otherwise.
fn over(common: &Given, own: Given) -> Given {
    let (mut people, mut hooks) = (common.people.clone(), common.hooks.clone());
    people.extend(own.people);
    hooks.extend(own.hooks);
    let mut variables = common.variables.clone();
    variables.extend(own.variables);
    Given {
        caller: own.caller.or_else(|| common.caller.clone()),
        instance: own.instance.or_else(|| common.instance.clone()),
        clock: own.clock.or(common.clock),
        switches: if own.switches.is_empty() { common.switches.clone() } else { own.switches },
        hooks,
        people,
        begins: own.begins.or_else(|| common.begins.clone()),
        variables,
    }
}

fn given(table: &GivenTable, report: &mut Report<'_>) -> Given {
    let people = table.people.iter().map(|(name, person)| (name.clone(), self::person(name, person, report)));
    let people: BTreeMap<String, Person> = people.collect();
    let hooks = table.hooks.iter().map(|(name, hook)| (name.clone(), answer(hook)));
    Given {
        caller: table.caller.as_ref().and_then(|caller| self::caller(caller, report)),
        instance: table.instance.as_ref().map(|id| id.0.clone()),
        clock: table.clock.as_ref().map(|clock| clock.0),
        switches: table.switches.iter().flatten().map(|switch| switch.0.clone()).collect(),
        hooks: hooks.collect(),
        begins: begins::begins(table, &people, report),
        variables: table.variables.clone(),
        people,
    }
}

fn answer(hook: &HookAnswer) -> Answer {
    Answer { status: hook.status.unwrap_or(200), body: hook.answer.clone() }
}

fn leaves(table: LeavesTable) -> Leaves {
    let notified = |table: NotifiedTable| Notified { hook: table.hook, event: table.event, variables: table.variables };
    Leaves {
        recordings: table.recordings.map(|count| count.get().into()),
        variables: table.variables,
        notified: table.notified.map(|all| all.into_iter().map(notified).collect()),
    }
}

fn caller(table: &Spanned<CallerTable>, report: &mut Report<'_>) -> Option<Caller> {
    let CallerTable { user, name, phone } = table.get_ref();
    match (user, name, phone) {
        (Some(id), name, None) => Some(Caller::User { id: id.0.clone(), name: name.clone() }),
        (None, None, Some(number)) => Some(Caller::Phone(number.0.clone())),
        _ => {
            report.error(table.span(), "it is not clear who calls", "give `user`, and perhaps `name`, or `phone`");
            None
        }
    }
}

fn person(name: &str, table: &Spanned<PersonTable>, report: &mut Report<'_>) -> Person {
    let person = table.get_ref();
    let said = [
        person.answers.map(|after| Answering::Answers(after.ms())),
        person.declines.map(|after| Answering::Declines(after.ms())),
        person.ignores.filter(|is| *is).map(|_| Answering::Ignores),
        person.busy.filter(|is| *is).map(|_| Answering::Busy),
        person.unreachable.filter(|is| *is).map(|_| Answering::Unreachable),
    ];
    let mut said = said.into_iter().flatten();
    let does = said.next().filter(|_| said.next().is_none());
    if does.is_none() {
        let hint = "give one of `answers`, `declines`, `ignores = true`, `busy = true` and `unreachable = true`";
        report.error(table.span(), format!("it is not clear what `{name}` does about the call"), hint);
    }
    // Known by name all the same, so that no line that names it is at fault too.
    Person { id: person.id.0.clone(), does: does.unwrap_or(Answering::Ignores) }
}

/// Takes the things of the list `name` out, and leaves it empty.
fn take_list<'i>(table: &mut DeTable<'i>, name: &str, report: &mut Report<'_>) -> Vec<Spanned<DeValue<'i>>> {
    let Some(value) = table.get_mut(name) else { return Vec::new() };
    let span = value.span();
    match std::mem::replace(value.get_mut(), DeValue::Array(Default::default())) {
        DeValue::Array(things) => things.into_iter().collect(),
        _ => {
            report.error(span, format!("`{name}` is no list"), format!("write `{name} = [ … ]`, or `[[{name}]]` for each"));
            Vec::new()
        }
    }
}

fn as_table<'i>(value: Spanned<DeValue<'i>>, thing: &str, report: &mut Report<'_>) -> Option<DeTable<'i>> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) => Some(table),
        _ => {
            report.error(span, format!("{thing} must be a table"), "write `{ hears = \"…\" }` and the like");
            None
        }
    }
}
