//! `switchboard test`, as an author of flows runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use switchboard::flow::wordings;
use tempfile::TempDir;

/// A flow with two ways out of its menu.
const FLOW: &str = "\
start = \"menu\"
[prompts]
choices = { text = \"To speak to us, press 1.\" }
bye = { text = \"Goodbye.\" }
[steps.menu]
do = \"menu\"
prompt = \"choices\"
keys = { 1 = \"us\" }
no_input = { attempts = 1, then = \"bye\" }
no_match = { attempts = 1, then = \"bye\" }
[steps.us]
do = \"transfer\"
to = { user = \"5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945\" }
failed = \"bye\"
[steps.bye]
do = \"play\"
prompt = \"bye\"
then = \"end\"
[steps.end]
do = \"hang_up\"
";

/// A folder with that flow, and tests of it.
fn flows(tests: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    let desk = dir.path().join("desk");
    fs::create_dir_all(desk.join("prompts")).unwrap();
    fs::create_dir_all(desk.join("tests")).unwrap();
    fs::write(desk.join("flow.toml"), FLOW).unwrap();
    fs::write(desk.join("tests/calls.toml"), tests).unwrap();
    for (name, seconds) in [("choices", 2), ("bye", 1)] {
        write_hum(&desk.join("prompts").join(format!("{name}.wav")), seconds);
    }
    dir
}

fn write_hum(path: &Path, seconds: usize) {
    write_hum_of(path, seconds, 40 * seconds);
}

fn write_hum_of(path: &Path, seconds: usize, period: usize) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..16_000 * seconds {
        wav.write_sample(i16::try_from(n % period).unwrap() * 100).unwrap();
    }
    wav.finalize().unwrap();
}

/// Runs the program from `dir`; its exit code, and what it says.
fn test_in(dir: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    let Output { status, stdout, stderr } = command.arg("test").args(args).current_dir(dir).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn test(tests: &str, args: &[&str]) -> (Option<i32>, String, String) {
    let dir = flows(tests);
    test_in(dir.path(), &[args, &["--flows", "."]].concat())
}

#[test]
fn the_flows_that_are_shipped_pass_their_tests_which_leave_nothing_out() {
    let (code, out, err) = test_in(Path::new(env!("CARGO_MANIFEST_DIR")), &["--coverage", "--format", "json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let outcome: Value = serde_json::from_str(&out).unwrap();
    let tests = outcome["tests"].as_array().unwrap();
    assert!(tests.len() >= 60, "{}", tests.len());
    assert!(tests.iter().all(|test| test["conversation"].as_array().unwrap().len() > 2), "{out}");
    let coverage = outcome["coverage"].as_array().unwrap();
    let flows = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("flows")).unwrap();
    assert_eq!(coverage.len(), flows.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count());
}

/// The language's page.
const PAGE: &str = include_str!("../../docs/call-flow.md");

#[test]
fn the_tests_on_the_page_of_the_language_pass_on_the_flow_that_is_there() {
    let dir = TempDir::new().unwrap();
    let blocks = |fence: &str| PAGE.split(fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect::<String>();
    let (flow, contoso) = (blocks("```toml\n"), dir.path().join("contoso"));
    fs::create_dir_all(contoso.join("tests")).unwrap();
    fs::create_dir_all(dir.path().join("support")).unwrap();
    for (period, wording) in (40..).zip(wordings("flow.toml", &flow).unwrap().into_values()) {
        let path = contoso.join("prompts").join(wording.file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_hum_of(&path, 1, period);
    }
    fs::write(contoso.join("flow.toml"), flow).unwrap();
    fs::write(contoso.join("tests/calls.toml"), blocks("```toml tests\n")).unwrap();
    fs::write(dir.path().join("support/flow.toml"), "start = \"bye\"\n[steps.bye]\ndo = \"hang_up\"\n").unwrap();
    let (code, out, err) = test_in(dir.path(), &["--flows", "."]);
    assert!(code == Some(0) && out.contains("2 passed"), "{out}{err}");
}

#[test]
fn what_differs_is_told_with_the_conversation_that_led_to_it() {
    let (code, out, _) = test(
        "given.people.ada = { id = \"5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945\", declines = \"2s\" }\n\
         [[test]]\nname = \"nobody is there\"\ntalk = [\n    { hears = \"choices\" },\n    { presses = \"1\" },\n    \
         { transfers_to = \"ada\" },\n    { ends = \"transfer\" },\n]\n",
        &[],
    );
    assert_eq!(code, Some(1), "{out}");
    // When things are said is the simulator's affair.
    let without_time = |line: &'_ str| if line.starts_with("   0:") { line[11..].to_owned() } else { line.trim_end().to_owned() };
    let told: Vec<String> = out.lines().skip(2).map(without_time).collect();
    assert!(told.join("\n").starts_with(TOLD), "{out}");
    assert!(out.contains("\n0 passed, 1 failed: 0:06 of calls in "), "{out}");
}

const TOLD: &str = "
FAIL  desk: nobody is there
caller  Caller rings
bot     answers
teams   connects the call
bot     says \"To speak to us, press 1.\" (choices, 2.0 s)
bot     waits 5.0 s for a key
caller  presses 1
bot     passes the call on to ada
teams   ada declines, the call comes back
bot     says \"Goodbye.\" (bye, 1.0 s)

  expected  the call ends, passed on
            ./desk/tests/calls.toml:8:5
  but       bot says \"Goodbye.\" (bye, 1.0 s)
";

#[test]
fn steps_and_ways_that_no_test_takes_are_told() {
    let tests = "[[test]]\nname = \"no key\"\ntalk = [{ hears = \"choices\" }, { silence = \"5s\" }, { hears = \"bye\" }, { ends = \"bot\" }]\n";
    let (code, out, err) = test(tests, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let (code, out, _) = test(tests, &["--coverage"]);
    assert_eq!(code, Some(1));
    let gaps = "desk: 5 of 9 steps and ways are tested\n  no test comes to step us\n  no test takes keys.1 of menu, to us\n  \
                no test takes no_match of menu, to bye\n  no test takes failed of us, to bye\n";
    assert!(out.contains(gaps), "{out}");
}

#[test]
fn what_is_left_must_be_what_the_test_says() {
    let tests = "[[test]]\nname = \"no key\"\ntalk = [{ hears = \"choices\" }, { hangs_up = true }]\n";
    let (code, out, _) = test(&format!("{tests}leaves = {{ recordings = 1 }}\n"), &[]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("expected  1 recordings are kept\n            ./desk/tests/calls.toml:1:1\n  but       0 are\n"),
        "{out}"
    );
    let (code, out, _) = test(&format!("{tests}leaves = {{ variables = {{ pin = \"1\" }} }}\n"), &[]);
    assert_eq!(code, Some(1));
    assert!(out.contains("expected  the variable pin is \"1\"") && out.contains("but       it has no value"), "{out}");
}

#[test]
fn a_test_that_cannot_be_read_is_told_by_test_and_by_check() {
    let dir = flows("[[test]]\nname = \"no key\"\ntalk = [{ heers = \"choices\" }, { hangs_up = true }]\n");
    let finding = "./desk/tests/calls.toml:3:11: the line has no attribute `heers`: did you mean `hears`?\n";
    let (code, out, _) = test_in(dir.path(), &["--flows", "."]);
    assert_eq!((code, out.lines().next()), (Some(1), finding.lines().next()));
    let mut check = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    let checked = check.args(["check", "--flows", "."]).current_dir(dir.path()).output().unwrap();
    assert!(String::from_utf8(checked.stdout).unwrap().contains(finding));
    assert_eq!(checked.status.code(), Some(1));
}

#[test]
fn what_cannot_be_played_ends_with_2() {
    let test_of = |args: &[&str]| test("[[test]]\nname = \"a\"\ntalk = [{ hears = \"choices\" }, { hangs_up = true }]\n", args);
    let (code, _, err) = test_of(&["nobody_knows"]);
    assert_eq!((code, err.contains("there is no flow `nobody_knows`")), (Some(2), true), "{err}");
    let (code, _, err) = test_of(&["--only", "chocolate"]);
    assert_eq!((code, err.contains("there are no such tests")), (Some(2), true), "{err}");
}

/// A flow for calls that the bot places, which may be told that it is all over.
const ALARM: &str = "\
start = \"alarm\"
events = { solved = \"bye\" }
variables.note = \"\"
[prompts]
choices = { text = \"Alarm. Press 1 for a colleague.\" }
bye = { text = \"It is over.\" }
[steps.alarm]
do = \"menu\"
prompt = \"choices\"
keys = { 1 = \"colleague\" }
no_input = { attempts = 1, then = \"end\" }
no_match = { attempts = 1, then = \"end\" }
[steps.colleague]
do = \"invite\"
to = { user = \"5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945\" }
joined = \"stay\"
failed = \"end\"
[steps.stay]
do = \"wait\"
time = \"5m\"
alone = \"end\"
then = \"end\"
[steps.bye]
do = \"play\"
prompt = \"bye\"
then = \"end\"
[steps.end]
do = \"hang_up\"
";

const ALARM_TESTS: &str = "\
[given]
placed = { to = \"ada\" }
people.ada = { id = \"7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761\", answers = \"4s\" }
people.bob = { id = \"5d0c7a3e-91b4-4f28-a6d7-3e8f1c20b945\", answers = \"3s\" }
[[test]]
name = \"a colleague comes, and all is over\"
talk = [
    { rings = \"ada\" }, { hears = \"choices\" }, { presses = \"1\" }, { invites = \"bob\" }, { joins = \"bob\" },
    { silence = \"20s\" }, { told = { event = \"solved\", data = { note = \"by hand\" } } }, { hears = \"bye\" }, { ends = \"bot\" },
]
leaves = { variables = { note = \"by hand\" } }
[[test]]
name = \"nobody takes the call\"
given.people.ada = { id = \"7c5e2a10-93d4-4f6b-a1c8-5e0d3b9f2761\", declines = \"2s\" }
talk = [{ rings = \"ada\" }, { ends = \"not_taken\" }]
";

/// A folder with that flow, and tests of it.
fn alarm(tests: &str) -> TempDir {
    let dir = flows(tests);
    fs::write(dir.path().join("desk/flow.toml"), ALARM).unwrap();
    dir
}

#[test]
fn calls_that_the_bot_places_are_tested_with_whoever_is_rung_brought_in_and_told_what() {
    let dir = alarm(ALARM_TESTS);
    let (_, out, err) = test_in(dir.path(), &["--flows", ".", "--coverage"]);
    assert!(out.contains("2 passed:"), "{out}{err}");
    let untested: Vec<&str> = out.lines().filter(|line| line.contains("no test takes")).map(str::trim).collect();
    assert_eq!(
        untested,
        [
            "no test takes no_input of alarm, to end",
            "no test takes no_match of alarm, to end",
            "no test takes failed of colleague, to end",
            "no test takes alone of stay, to end",
            "no test takes then of stay, to end",
        ]
    );
}
