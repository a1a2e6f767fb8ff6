//! `switchboard dial` and its kin, as a developer runs them: the program itself, its words and its exit code.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use switchboard::media::wav;
use tempfile::TempDir;

/// A fresh folder to work in, and the program.
struct Shell(TempDir);

/// What a program said, and how it ended.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Shell {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn write(&self, file: &str, text: &str) -> PathBuf {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn recordings(&self) -> PathBuf {
        self.path("recordings")
    }

    /// Runs the program from the folder of `Cargo.toml`, as after a clone; recordings go into the fresh folder.
    fn dial(&self, args: &[&str]) -> Said {
        run(self.command(args))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = switchboard(&["dial"]);
        command.arg("--recordings").arg(self.recordings()).args(args);
        command
    }

    /// Runs it with a script of the caller.
    fn dial_script(&self, script: &str) -> Said {
        let script = self.write("caller.toml", script);
        self.dial(&["--script", script.to_str().unwrap()])
    }
}

fn switchboard(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn run(mut command: Command) -> Said {
    said(&command.output().unwrap())
}

fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Every WAV file below a folder.
fn waves(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| if path.is_dir() { waves(&path) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|extension| extension == "wav")).collect()
}

#[test]
fn a_first_call_leaves_a_recording_that_can_be_played() {
    let shell = Shell::new();
    let said = shell.dial(&[]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    for line in ["Ada rings", "presses 9", "presses 3", "speaks for 6 s", "the caller hung up", "It went as its script says"] {
        assert!(said.out.contains(line), "{line} is not in\n{}", said.out);
    }
    let waves = waves(&shell.recordings());
    let [file] = waves.as_slice() else { panic!("{waves:?}") };
    assert!(said.out.contains(&file.display().to_string()), "{}", said.out);
    let sound = wav::check(&fs::read(file).unwrap()).unwrap();
    assert!((6_000..9_000).contains(&sound.ms), "{} ms", sound.ms);
}

#[test]
fn a_call_with_mishaps_ends_in_the_same_way_and_tells_of_them() {
    let shell = Shell::new();
    let said = shell.dial(&["--mishaps", "7"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    assert!(said.out.contains("mishap: ") && said.out.contains("It went as its script says"), "{}", said.out);
    assert_eq!(waves(&shell.recordings()).len(), 1);
}

#[test]
fn the_same_seed_makes_the_same_mishaps() {
    let mishaps = |said: Said| -> Vec<String> {
        let lines = said.out.lines().filter_map(|line| line.split_once("mishap: "));
        let mut mishaps: Vec<_> = lines.map(|(_, what)| what.to_owned()).collect();
        mishaps.sort();
        mishaps
    };
    let [one, other] = [Shell::new(), Shell::new()].map(|shell| mishaps(shell.dial(&["--mishaps", "3"])));
    assert_eq!(one, other);
    assert!(!one.is_empty());
}

#[test]
fn the_journal_can_be_read_by_a_program() {
    let said = Shell::new().dial(&["--format", "json"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let entries: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(entries.len() > 10, "{}", said.out);
    assert!(entries.iter().all(|entry| entry["at"].is_string() && entry["kind"].is_string()), "{}", said.out);
    for kind in ["incoming_call", "step", "ended", "keep_recording"] {
        assert!(entries.iter().any(|entry| entry["kind"] == kind), "no {kind} in\n{}", said.out);
    }
}

#[test]
fn a_call_that_does_not_end_as_its_script_says_is_told_in_a_sentence() {
    let hangs_up = "[[does]]\nhears = \"welcome\"\nhangs_up = true\n[ends]\n";
    for (script, why) in [
        (format!("{hangs_up}by = \"bot\""), "line 2 of the script: the call was ended by Caller, not by Bot"),
        (format!("{hangs_up}recordings = 1"), "line 2 of the script: 0 recordings were kept, not 1"),
        (
            "[[does]]\nhears = \"chocolate\"".to_owned(),
            "line 1 of the script: the call ended while the caller waited for \"chocolate\"",
        ),
    ] {
        let said = Shell::new().dial_script(&script);
        assert_eq!(said.code, Some(1), "{}", said.out);
        assert_eq!(said.out.lines().last(), Some(format!("It did not go as it should: {why}.").as_str()));
    }
}

#[test]
fn what_cannot_be_played_says_where_and_ends_with_2() {
    let nowhere = |args: &[&str]| run(switchboard(&[&["dial"], args].concat()));
    let shell = Shell::new();
    for (said, what) in [
        (nowhere(&["--flow", "nobody_knows"]), "nobody_knows"),
        (nowhere(&["--script", "no/such/file.toml"]), "no/such/file.toml: "),
        (nowhere(&["--flows", "no/such/folder"]), "no/such/folder"),
        (shell.dial_script("[[does]]\nhears = \"welcome\"\npreses = \"1\""), "caller.toml: TOML parse error at line 3, column 1"),
        (shell.dial_script("[[does]]\nhears ="), "caller.toml: TOML parse error at line 2"),
    ] {
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{}", said.err);
        assert!(said.err.starts_with("error: ") && said.err.contains(what), "{}", said.err);
    }
}

#[test]
fn a_flow_with_faults_is_not_dialled_and_check_tells_them() {
    let shell = Shell::new();
    let flow = "start = \"hello\"\n[steps.hello]\ndo = \"play\"\nprompt = \"hullo\"\nthen = \"nowhere\"\n";
    shell.write("flows/broken/flow.toml", flow);
    shell.write("flows/broken/dial.toml", "[[does]]\nhears = \"hello\"");
    let flows = shell.path("flows");
    let flows = flows.to_str().unwrap();
    let dialled = shell.dial(&["--flow", "broken", "--flows", flows]);
    assert_eq!(dialled.code, Some(2));
    let checked = run(switchboard(&["check", "--flows", flows]));
    assert_eq!(checked.code, Some(1));
    for finding in ["flow.toml:4:10: ", "flow.toml:5:8: "] {
        assert!(checked.out.contains(finding) && dialled.err.contains(finding), "{}\n{}", checked.out, dialled.err);
    }
}

#[test]
fn the_flows_that_are_shipped_are_checked_in_silence() {
    let said = run(switchboard(&["check"]));
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "", ""));
}

#[test]
fn a_flow_can_be_drawn() {
    let said = run(switchboard(&["graph", "first_call"]));
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    for line in
        ["flowchart TD", "call --> step_welcome", "step_main_menu -->|\"keys.1\"| step_sales", "step_end([\"end: hang_up\"])"]
    {
        assert!(said.out.contains(line), "{line} is not in\n{}", said.out);
    }
}

#[test]
fn an_order_rings_three_people_until_one_takes_it_on_and_a_hook_is_told() {
    let said = Shell::new().dial(&["--flow", "alarm"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    let mut rest = said.out.as_str();
    for line in [
        "stored  the order: for Ada, Grace, Alan",
        "bot     calls Ada",
        "stored  Ada: ended: no answer, owes tell_order",
        "bot     calls Grace",
        "teams   Grace declines",
        "bot     calls Alan",
        "Alan    presses 1",
        "hook    is told switchboard.order.acknowledged by Alan",
        "hook    is told switchboard.order.over: acknowledged",
        "The order is over: acknowledged by Alan after 0:4",
        "  Ada    no answer",
        "  Grace  declined by the one called",
        "  Alan   acknowledged; the bot hung up",
        "Nothing was lost and nothing happened twice.",
    ] {
        let (_, after) = rest.split_once(line).unwrap_or_else(|| panic!("{line} is not next in\n{}", said.out));
        rest = after;
    }
}

#[test]
fn an_order_that_cannot_be_is_told_with_the_member_at_fault() {
    let script = "[order]\nrounds = 11\n[[contacts]]\nuser = \"Ada\"\nbusy = true";
    let shell = Shell::new();
    let script = shell.write("order.toml", script);
    let said = shell.dial(&["--flow", "alarm", "--script", script.to_str().unwrap()]);
    assert_eq!(said.code, Some(2), "{}", said.out);
    assert!(
        said.err.contains("/people/0/user is no object id") && said.err.contains("/rounds is not from 1 to 10"),
        "{}",
        said.err
    );
}

#[test]
fn help_shows_how() {
    for args in [&["dial", "--help"][..], &["check", "--help"]] {
        let said = run(switchboard(args));
        assert_eq!(said.code, Some(0));
        assert!(said.out.contains("Examples:\n  switchboard "), "{}", said.out);
    }
}

/// In real time: the caller hangs up before the menu.
#[test]
fn a_person_at_the_keypad_can_press_keys_and_hang_up() {
    let shell = Shell::new();
    let mut command = shell.command(&["--interactive"]);
    let mut dial = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut keypad = dial.stdin.take().unwrap();
    writeln!(keypad, "1 2\nh").unwrap();
    let said = said(&dial.wait_with_output().unwrap());
    drop(keypad);
    assert!(said.out.contains("You are the caller"), "{}", said.out);
    for line in ["rings", "ends the call"] {
        assert!(said.out.contains(line), "{line} is not in\n{}", said.out);
    }
    assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
}
