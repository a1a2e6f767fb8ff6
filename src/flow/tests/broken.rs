//! Flows with a fault: the finding names the place, the fault and the cure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{GOOD, PAIRS, check_text, check_with};
use crate::flow::{Checked, MAX_FILE, MAX_STEPS, Renderings, Source, Unplayable, check, names::list, verb::VERBS};

#[derive(Deserialize)]
struct Faults {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    replace: String,
    by: String,
    says: Vec<String>,
}

fn told(checked: &Checked) -> Vec<String> {
    checked.findings.iter().map(|finding| finding.to_string().replacen("flow.toml:", "", 1)).collect()
}

#[test]
fn every_fault_is_told_with_its_place_and_its_cure() {
    let verbs = list(VERBS.iter().map(|verb| verb.name));
    let turns = list(VERBS.iter().filter(|verb| verb.listens).map(|verb| verb.name));
    let mut wrong = String::new();
    for (good, faults) in PAIRS {
        assert_eq!(told(&check_text(good)), [""; 0]);
        let faults: Faults = toml::from_str(faults).unwrap();
        for Fault { replace, by, says } in faults.fault {
            assert!(good.contains(&replace), "{replace}");
            let told = told(&check_text(&good.replacen(&replace, &by, 1)));
            let says: Vec<String> = says.iter().map(|s| s.replace("{verbs}", &verbs).replace("{turns}", &turns)).collect();
            if told != says {
                wrong += &format!("{by}\n  says {told:#?}\n  not  {says:#?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_faults_are_told_at_once_and_in_order() {
    let text = GOOD
        .replace("text = \"Welcome.\"", "txt = \"Welcome.\"")
        .replace("timeout = \"8s\"", "timeout = \"8h\"")
        .replace("attempts = 2, then", "attempts = 20, than")
        .replace("1 = \"sales\"", "1 = 1, y = \"sales\"")
        .replace("failed = \"voicemail\"", "failed = \"voicmail\"")
        .replace("do = \"hang_up\"", "do = \"hang\"");
    let places: Vec<String> = told(&check_text(&text)).iter().map(|told| told.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(places, ["4:1", "4:13", "18:11", "20:14", "20:17", "21:12", "21:51", "21:55", "27:10", "41:6"]);
}

#[test]
fn a_wav_file_that_is_missing_or_cannot_be_played_is_told_at_its_prompt() {
    let missing = check_with(GOOD, |waves| drop(waves.remove("menu/choices.wav")));
    assert_eq!(told(&missing), ["5:1: prompts/menu/choices.wav is missing: record it, or run `switchboard prompts render`"]);

    let stereo = Unplayable { what: "is stereo".into(), cure: "mix it down".into() };
    let unplayable = check_with(GOOD, |waves| drop(waves.insert("welcome.wav".into(), Err(stereo))));
    assert_eq!(told(&unplayable), ["4:1: prompts/welcome.wav is stereo: mix it down"]);
}

#[test]
fn a_prompt_whose_text_changed_since_a_computer_spoke_it_is_told_as_a_warning() {
    let text = "start = \"hi\"\nprompts.hi.text = \"Hello.\"\n[steps.hi]\ndo = \"play\"\nprompt = \"hi\"\nthen = \"bye\"\n\
                [steps.bye]\ndo = \"hang_up\"\n";
    let spoken = super::wave("Hi.");
    let mut renderings = Renderings::default();
    renderings.remember("hi", "Hi.", spoken.sha256.clone());
    let waves = BTreeMap::from([("hi.wav".to_owned(), Ok(spoken))]);
    let checked = check(&Source {
        name: "hello",
        file: "flow.toml",
        text,
        flows: &BTreeSet::new(),
        waves: &waves,
        renderings: &renderings,
    });
    let expected =
        "2:9: warning: the text of prompt `hi` has changed since a computer spoke it: run `switchboard prompts render`";
    assert_eq!(told(&checked), [expected]);
    assert!(checked.flow.is_some());
}

#[test]
fn a_file_too_long_is_refused_unread() {
    let text = format!("{GOOD}#{}", "x".repeat(MAX_FILE));
    assert_eq!(
        told(&check_text(&text)),
        [format!("1:1: the file has {} bytes: split the flow: 262144 are the most", text.len())]
    );
}

#[test]
fn too_many_steps_are_refused() {
    let steps: String = (0..=MAX_STEPS).map(|n| format!("[steps.s{n}]\ndo = \"hang_up\"\n")).collect();
    let told = told(&check_text(&format!("start = \"s0\"\n{steps}")));
    assert!(told[0].ends_with("the flow has 1001 steps: split it: 1000 are the most"), "{told:?}");
}

#[test]
fn a_folder_whose_name_is_no_name_is_refused() {
    let (waves, renderings) = (BTreeMap::new(), Renderings::default());
    let text = "start = \"bye\"\n[steps.bye]\ndo = \"hang_up\"\n";
    let checked = check(&Source {
        name: "Front Desk",
        file: "flow.toml",
        text,
        flows: &BTreeSet::new(),
        waves: &waves,
        renderings: &renderings,
    });
    assert!(told(&checked)[0].starts_with("1:1: `Front Desk` is no name for a flow"), "{checked:?}");
    assert!(checked.flow.is_none());
}
