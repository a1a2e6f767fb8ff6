//! The package, made of the project itself with the handler of this build.

use std::{collections::BTreeMap, fs, io::Cursor, path::Path, process::Command};

use switchboard::package::{Fault, HANDLER, Sources, check, lay_out, zipped};
use tempfile::TempDir;
use zip::ZipArchive;

/// What a handler of this build is and one for Azure is not: it asks for this machine's C library, and holds what finds faults in it.
fn is_of_this_build(fault: &Fault) -> bool {
    matches!(fault, Fault::Glibc(..) | Fault::TooLarge(..))
}

/// What makes a package wrong.
type Spoil = Box<dyn FnOnce(&Path)>;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The project's package, in a folder that is gone after the test.
fn packaged() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let flows = project().join("flows");
    let handler = Path::new(env!("CARGO_BIN_EXE_handler"));
    lay_out(&Sources { project: project(), flows: &flows, handler }, &folder.path().join("dist")).unwrap();
    folder
}

/// A package with one thing wrong, and what is found.
fn faults(spoil: impl FnOnce(&Path)) -> Vec<String> {
    let folder = packaged();
    let dist = folder.path().join("dist");
    // The handler of this build is large and is looked at by another test.
    fs::write(dist.join(HANDLER), "").unwrap();
    spoil(&dist);
    let is_empty_handler = |fault: &Fault| matches!(fault, Fault::Handler(_));
    let found = check(&dist).into_iter().filter(|fault| !is_empty_handler(fault));
    found.map(|fault| fault.to_string().replace(&format!("{}/", dist.display()), "")).collect()
}

#[test]
fn a_package_of_the_project_has_no_fault() {
    let folder = packaged();
    let faults: Vec<_> = check(&folder.path().join("dist")).into_iter().filter(|fault| !is_of_this_build(fault)).collect();
    assert_eq!(faults, []);
}

#[test]
fn a_package_made_twice_is_the_same_bytes() {
    let (one, other) = (packaged(), packaged());
    assert!(zipped(&one.path().join("dist")).unwrap() == zipped(&other.path().join("dist")).unwrap());
}

#[test]
fn a_package_takes_the_place_of_the_last_one_and_of_nothing_else() {
    let folder = packaged();
    let dist = folder.path().join("dist");
    fs::create_dir(dist.join("old_function")).unwrap();
    let flows = project().join("flows");
    let sources = Sources { project: project(), flows: &flows, handler: Path::new(env!("CARGO_BIN_EXE_handler")) };
    lay_out(&sources, &dist).unwrap();
    assert!(!dist.join("old_function").exists());
    fs::remove_file(dist.join("host.json")).unwrap();
    assert!(lay_out(&sources, &dist).unwrap_err().to_string().contains("holds what is no package"));
    assert!(dist.join(HANDLER).exists());
}

/// Entry by entry: its name, and whether it can be executed.
#[test]
fn the_archive_holds_what_azure_needs_and_one_program() {
    let folder = packaged();
    let mut archive = ZipArchive::new(Cursor::new(zipped(&folder.path().join("dist")).unwrap())).unwrap();
    let entries: BTreeMap<String, u32> = (0..archive.len())
        .map(|at| {
            let entry = archive.by_index(at).unwrap();
            (entry.name().unwrap().into_owned(), entry.unix_mode().unwrap() & 0o777)
        })
        .collect();
    for needed in ["host.json", "notifications/function.json", "wake/function.json", "flows/first_call/flow.toml"] {
        assert!(entries.contains_key(needed), "{needed} is missing");
    }
    assert!(entries.keys().any(|name| name.starts_with("flows/first_call/prompts/") && name.ends_with(".wav")));
    let not_needed = [".funcignore", "flows/flow.schema.json", "flows/first_call/README.md"];
    assert!(not_needed.iter().all(|name| !entries.contains_key(*name)));
    let executable: Vec<_> = entries.iter().filter(|(_, mode)| **mode & 0o111 != 0).map(|(name, _)| name.as_str()).collect();
    assert_eq!(executable, [HANDLER]);
}

#[test]
fn what_would_show_only_in_azure_is_found_before() {
    let function = |name: &'static str, from: &'static str, to: &'static str| {
        move |dist: &Path| {
            let file = dist.join(name);
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.contains(from), "{name}: {text}");
            fs::write(file, text.replace(from, to)).unwrap();
        }
    };
    let cases: Vec<(Spoil, &str)> = vec![
        (Box::new(|dist| fs::remove_dir_all(dist.join("wake")).unwrap()), "wake/function.json cannot be read"),
        (Box::new(function("wake/function.json", "\"wake\"", "\"alarm\"")), "wake/function.json: must have this binding alone"),
        (Box::new(function("call_ended/function.json", "AzureWebJobsStorage", "Queues")), "call_ended/function.json: must have"),
        (Box::new(function("health/function.json", "\"health\"", "\"status\"")), "must have a route that begins with health"),
        (Box::new(function("calls/function.json", "\"function\"", "\"anonymous\"")), "must have the authLevel function"),
        (Box::new(function("host.json", "\"handler\"", "\"./handler\"")), "defaultExecutablePath must be \"handler\""),
        (Box::new(function("host.json", "\"base64\"", "\"none\"")), "messageEncoding must be \"base64\""),
        (Box::new(|dist| fs::write(dist.join("local.settings.json"), "{}").unwrap()), "local.settings.json does not belong here"),
        (Box::new(|dist| fs::write(dist.join("wake/run.sh"), "").unwrap()), "wake/run.sh does not belong here"),
        (Box::new(|dist| fs::write(dist.join("flows/first_call/prompts/welcome.wav"), "ID3").unwrap()), "welcome.wav"),
        (Box::new(|dist| fs::remove_dir_all(dist.join("flows")).unwrap()), "the flows cannot be read"),
    ];
    assert_eq!(faults(|_| ()), Vec::<String>::new());
    for (spoil, said) in cases {
        let found = faults(spoil);
        assert!(found.len() == 1 && found[0].contains(said), "{said}: {found:?}");
    }
}

#[test]
fn a_handler_of_another_machine_is_told() {
    let folder = packaged();
    let dist = folder.path().join("dist");
    fs::write(dist.join(HANDLER), b"\xcf\xfa\xed\xfe an executable of another system").unwrap();
    assert!(check(&dist).iter().any(|fault| fault.to_string().contains("is no program for Linux on x86-64")));
}

#[test]
fn where_tools_are_missing_the_line_that_installs_them_is_told() {
    let output = Command::new(env!("CARGO_BIN_EXE_switchboard")).arg("package").env_clear().output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), told.lines().count()), (Some(2), 1), "{told}");
    assert!(told.trim_end().ends_with("pip install cargo-zigbuild ziglang"), "{told}");
}
