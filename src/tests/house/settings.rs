//! The settings are listed three times, alike: in `src/config`, in `local.settings.example.json` and in the README.

use switchboard::config::{SETTINGS, Setting, Settings};

use super::{read, read_json};

const EXAMPLE: &str = "local.settings.example.json";

/// The README's table, as it should be.
fn table() -> String {
    let in_code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
    let row = |setting: &Setting| format!("| `{}` | {} | {} |\n", setting.name, setting.meaning, in_code(setting.default));
    format!("| setting | meaning | default |\n|---|---|---|\n{}", SETTINGS.iter().map(row).collect::<String>())
}

#[test]
fn the_readme_lists_every_setting() {
    let table = table();
    assert!(read("README.md").contains(&table), "README.md should hold this table:\n\n{table}");
}

#[test]
fn the_example_says_what_every_setting_means() {
    let meaning = read_json(EXAMPLE)["Meaning"].as_object().expect("it has meanings").clone();
    let listed: Vec<_> = meaning.iter().map(|(name, meaning)| (name.as_str(), meaning.as_str().unwrap_or_default())).collect();
    let mut settings: Vec<_> = SETTINGS.iter().map(|setting| (setting.name, setting.meaning)).collect();
    settings.sort_unstable();
    assert_eq!(listed, settings, "{EXAMPLE}");
}

/// It sets what people set. The worker runtime is the host's own; the account by identity is for Azure, and excludes the string.
#[test]
fn the_example_sets_every_setting_that_people_set() {
    let values = read_json(EXAMPLE)["Values"].as_object().expect("it has values").clone();
    let names: Vec<_> = values.keys().map(String::as_str).filter(|name| *name != "FUNCTIONS_WORKER_RUNTIME").collect();
    let is_for_people = |setting: &&Setting| !setting.is_given && !setting.name.contains("__");
    let mut settings: Vec<_> = SETTINGS.iter().filter(is_for_people).map(|setting| setting.name).collect();
    settings.sort_unstable();
    assert_eq!(names, settings, "{EXAMPLE}");
    assert_eq!(values["FUNCTIONS_WORKER_RUNTIME"], "custom");
}

#[test]
fn the_example_is_right_as_it_stands() {
    let values = read_json(EXAMPLE)["Values"].clone();
    let faults = Settings::read(|name| values[name].as_str().map(str::to_owned)).err().unwrap_or_default();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn the_example_shows_each_default_where_there_is_one() {
    let values = read_json(EXAMPLE)["Values"].clone();
    for setting in SETTINGS.iter().filter(|setting| !setting.is_given && !setting.default.is_empty()) {
        assert_eq!(values[setting.name], setting.default, "{EXAMPLE}: {}", setting.name);
    }
}
