use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;

const FLOW: &str = r#"
start = "hello"
prompts.hello.text = "Hello."
[steps.hello]
do = "play"
prompt = "hello"
then = "bye"
[steps.bye]
do = "hang_up"
"#;

/// A folder of flows, and of whatever else.
struct Flows(TempDir);

impl Flows {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn read(&self) -> Result<Shelf, Vec<Finding>> {
        Shelf::read(self.0.path())
    }

    /// What is found, the paths as seen from the folder.
    fn told(&self) -> Vec<String> {
        let root = format!("{}/", self.0.path().display());
        self.read().unwrap_err().iter().map(|finding| finding.to_string().replace(&root, "")).collect()
    }
}

/// A WAV file of `ms` milliseconds of one value, mono or not.
fn wave(ms: u32, channels: u16, value: i16) -> Vec<u8> {
    let spec = hound::WavSpec { channels, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut file = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    (0..ms * 16 * u32::from(channels)).for_each(|_| writer.write_sample(value).unwrap());
    writer.finalize().unwrap();
    file.into_inner()
}

#[test]
fn the_shelf_gives_flows_by_name_and_sound_by_hash() {
    let hello = wave(1_500, 1, 7);
    let flows = Flows::new().with("reception/flow.toml", FLOW).with("reception/prompts/hello.wav", &hello);
    let shelf = flows.read().unwrap();
    let flow = shelf.flow("reception").unwrap();
    assert_eq!(flow.prompts["hello"].ms, 1_500);
    assert_eq!(shelf.wave(&flow.prompts["hello"].sha256).unwrap(), hello);
    assert_eq!(shelf.flows().count(), 1);
    assert!(shelf.flow("support").is_none());
}

#[test]
fn sound_that_has_changed_since_the_flows_were_read_is_not_handed_out() {
    let flows = Flows::new().with("reception/flow.toml", FLOW).with("reception/prompts/hello.wav", wave(100, 1, 7));
    let shelf = flows.read().unwrap();
    let _changed = flows.with("reception/prompts/hello.wav", wave(100, 1, 8));
    assert!(shelf.wave(&shelf.flow("reception").unwrap().prompts["hello"].sha256).is_none());
}

#[test]
fn sound_that_no_step_plays_is_not_kept() {
    let spare = wave(100, 1, 9);
    let flows = Flows::new()
        .with("reception/flow.toml", FLOW)
        .with("reception/prompts/hello.wav", wave(100, 1, 1))
        .with("reception/prompts/old/spare.wav", &spare);
    assert!(flows.read().unwrap().wave(&crate::flow::hash::sha256_hex(&spare)).is_none());
}

#[test]
fn what_is_no_flow_is_passed_over() {
    let flows = Flows::new()
        .with("reception/flow.toml", FLOW)
        .with("reception/prompts/hello.wav", wave(100, 1, 1))
        .with("notes/readme.txt", "no flow")
        .with("flow.schema.json", "{}");
    assert_eq!(flows.read().unwrap().flows().count(), 1);
}

#[test]
fn faults_of_all_flows_are_told_together() {
    let flows = Flows::new()
        .with("a/flow.toml", FLOW)
        .with("b/flow.toml", FLOW)
        .with("b/prompts/hello.wav", wave(100, 2, 1))
        .with("c/flow.toml", b"\xff");
    let told = flows.told();
    assert_eq!(told[0], "a/flow.toml:3:9: prompts/hello.wav is missing: record it, or run `switchboard prompts render`");
    assert!(told[1].starts_with("b/flow.toml:3:9: prompts/hello.wav is 16000 Hz, stereo, 16 bit, where"), "{}", told[1]);
    assert!(told[1].contains(": run `sox "), "{}", told[1]);
    assert_eq!(told[2], "c/flow.toml:1:1: the file is no UTF-8: make it a text file that the bot may read");
}

#[test]
fn flows_that_go_round_without_a_turn_are_told_and_those_with_one_are_not() {
    let to = |flow: &str| FLOW.replace("do = \"hang_up\"", &format!("do = \"go\"\nflow = \"{flow}\""));
    let silent = to("a").replace("do = \"play\"\nprompt = \"hello\"", "do = \"set\"\nvariables.x = \"1\"");
    let silent = silent.replace("prompts.hello.text = \"Hello.\"", "variables.x = \"\"");
    let flows =
        Flows::new().with("a/flow.toml", to("b")).with("a/prompts/hello.wav", wave(100, 1, 1)).with("b/flow.toml", &silent);
    let cure = "lead out of it, here or there, to a step that waits for the caller";
    assert_eq!(
        flows.told(),
        [
            format!("a/flow.toml:10:8: flow `b` leads back here without giving the caller a turn: {cure}"),
            format!("b/flow.toml:10:8: flow `a` leads back here without giving the caller a turn: {cure}"),
        ]
    );
    let waits =
        silent.replace("do = \"set\"\nvariables.x = \"1\"", "do = \"wait\"\ntime = \"1s\"").replace("variables.x = \"\"", "");
    assert_eq!(flows.with("b/flow.toml", waits).read().unwrap().flows().count(), 2);
}

#[test]
fn a_flow_for_more_than_two_to_which_a_call_between_two_may_come_is_told() {
    let quiet =
        "call = \"group\"\nstart = \"quiet\"\n[steps.quiet]\ndo = \"mute\"\nthen = \"bye\"\n[steps.bye]\ndo = \"hang_up\"\n";
    let begins = |kind: &str, step: &str| {
        format!("{kind}start = \"first\"\n[steps.first]\n{step}\n[steps.on]\ndo = \"go\"\nflow = \"quiet\"\n")
    };
    let at_once = begins("", "do = \"wait\"\ntime = \"1s\"\nthen = \"on\"");
    let joined = begins("", "do = \"wait\"\ntime = \"1s\"\njoined = \"on\"\nthen = \"first\"");
    let of_several = begins("call = \"group\"\n", "do = \"wait\"\ntime = \"1s\"\nthen = \"on\"");
    let flows = || Flows::new().with("quiet/flow.toml", quiet);
    let cure = "go on with it only after `joined` of an `invite`, or say here too what kind of call the flow is for";
    let what = "flow `quiet` is for a call with more than two, and one between two may come to it from here";
    assert_eq!(flows().with("a/flow.toml", at_once).told(), [format!("a/flow.toml:8:8: {what}: {cure}")]);
    assert_eq!(flows().with("a/flow.toml", joined).read().unwrap().flows().count(), 2);
    assert_eq!(flows().with("a/flow.toml", of_several).read().unwrap().flows().count(), 2);
}

#[test]
fn a_folder_without_flows_is_told() {
    assert_eq!(Flows::new().read().unwrap_err()[0].what, "there is no flow");
    let nowhere = Shelf::read(&PathBuf::from("nowhere/at/all")).unwrap_err();
    assert!(nowhere[0].to_string().starts_with("nowhere/at/all:1:1: the flows cannot be read"), "{}", nowhere[0]);
}

#[test]
fn memory_of_renderings_that_cannot_be_read_is_only_a_warning() {
    let flows = Flows::new()
        .with("reception/flow.toml", FLOW)
        .with("reception/prompts/hello.wav", wave(100, 1, 1))
        .with("reception/prompts/rendered.toml", "hello = 5");
    let shelf = flows.read().unwrap();
    assert_eq!(shelf.warnings().len(), 1);
    assert!(shelf.warnings()[0].file.ends_with("rendered.toml"));
}

#[test]
fn the_flows_that_are_shipped_have_no_fault() {
    let shelf = Shelf::read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("flows")).unwrap();
    assert_eq!(shelf.warnings(), []);
}
