//! `switchboard prompts render`: lets a computer speak what nobody has recorded.

use std::{error::Error, fs, process::ExitCode};

use switchboard::{
    flow::{Renderings, Wording, hash::sha256_hex, rendering::Origin},
    flows::Folder,
};

use super::{
    Prompt, State, prompts,
    speech::{self, SpeechError},
};
use crate::{
    Ended,
    check::{Chosen, print},
};

/// Have a computer speak the prompts that have no WAV file, and those whose text has changed since.
///
/// Speech comes from espeak-ng, which must be installed. What somebody recorded is never overwritten: a file is replaced only if
/// it is still the one that this command wrote, as prompts/rendered.toml remembers.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  switchboard prompts render\n  switchboard prompts render front_desk --voice en-us --anew")]
pub(crate) struct Args {
    #[command(flatten)]
    chosen: Chosen,
    /// The voice; `espeak-ng --voices` lists them. Prompts in other languages than the first are spoken in the voice of that name.
    #[arg(long, default_value = "en")]
    voice: String,
    /// Words a minute.
    #[arg(long, default_value_t = 160, value_parser = clap::value_parser!(u16).range(80..=450))]
    speed: u16,
    /// Speak those anew too whose text has not changed, e.g. in another voice.
    #[arg(long)]
    anew: bool,
}

pub(crate) fn run(args: &Args) -> Ended {
    let speak = |wording: &Wording| {
        let voice = wording.language.as_ref().unwrap_or(&args.voice);
        speech::speak(&wording.text, voice, args.speed)
    };
    let mut code = ExitCode::SUCCESS;
    for folder in args.chosen.folders()? {
        match prompts(&folder) {
            Ok(prompts) => render(&folder, &prompts, args.anew, speak)?,
            Err(findings) => {
                print(&findings)?;
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn render<F>(folder: &Folder, prompts: &[Prompt], anew: bool, speak: F) -> Result<(), Box<dyn Error>>
where
    F: Fn(&Wording) -> Result<Vec<u8>, SpeechError>,
{
    let mut renderings = folder.renderings().map_err(|finding| finding.to_string())?;
    let before = renderings.clone();
    for prompt in prompts.iter().filter(|prompt| is_due(prompt, anew)) {
        let wave = speak(&prompt.wording)?;
        let path = folder.prompts().join(&prompt.wording.file);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(&path, &wave).map_err(|e| format!("{} cannot be written, {e}", path.display()))?;
        renderings.remember(&prompt.name, &prompt.wording.text, sha256_hex(&wave));
        // At once, so that no file that was written passes for somebody's recording should the next fail.
        remember(folder, &renderings)?;
        println!("{} spoken", path.display());
    }
    renderings.retain(|name| prompts.iter().any(|prompt| prompt.name == name));
    match renderings == before {
        true => Ok(()),
        false => remember(folder, &renderings),
    }
}

fn is_due(prompt: &Prompt, anew: bool) -> bool {
    match prompt.state {
        State::Missing | State::There(Origin::Stale) => true,
        State::There(Origin::Rendered) => anew,
        // Somebody's own work, good or bad.
        State::There(Origin::Recorded) | State::Unplayable(_) => false,
    }
}

fn remember(folder: &Folder, renderings: &Renderings) -> Result<(), Box<dyn Error>> {
    let text = toml::to_string(renderings)?;
    let note = "# Written by `switchboard prompts render`: which text became which file. Not for editing.\n";
    Ok(fs::write(folder.renderings_file(), format!("{note}\n{text}"))?)
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, path::Path};

    use switchboard::flows::folders;
    use tempfile::TempDir;

    use super::*;

    /// A flow that says `texts`, one prompt each, called `p0`, `p1` and so on.
    fn write(dir: &Path, texts: &[&str]) {
        let prompts = texts.iter().enumerate().map(|(n, text)| format!("p{n}.text = \"{text}\"\n"));
        fs::create_dir_all(dir.join("desk")).unwrap();
        fs::write(dir.join("desk/flow.toml"), format!("[prompts]\n{}", prompts.collect::<String>())).unwrap();
    }

    /// Renders with a voice that anyone can tell; what it said.
    fn rendered(dir: &Path, anew: bool) -> Vec<String> {
        let said = RefCell::new(Vec::new());
        let folder = folders(dir).unwrap().remove(0);
        let speak = |wording: &Wording| {
            said.borrow_mut().push(wording.text.clone());
            Ok(speech::wav(&vec![wording.text.len() as i16; 160]).unwrap())
        };
        render(&folder, &prompts(&folder).ok().unwrap(), anew, speak).unwrap();
        said.into_inner()
    }

    fn new_dir() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn only_what_changed_is_spoken_again() {
        let dir = new_dir();
        write(dir.path(), &["Hello.", "Goodbye."]);
        assert_eq!(rendered(dir.path(), false), ["Hello.", "Goodbye."]);
        assert!(rendered(dir.path(), false).is_empty());
        write(dir.path(), &["Hello.", "See you!"]);
        assert_eq!(rendered(dir.path(), false), ["See you!"]);
        assert_eq!(rendered(dir.path(), true), ["Hello.", "See you!"]);
    }

    #[test]
    fn what_somebody_recorded_is_never_overwritten() {
        let dir = new_dir();
        write(dir.path(), &["Hello."]);
        rendered(dir.path(), false);
        let recording = dir.path().join("desk/prompts/p0.wav");
        let own = speech::wav(&[77; 1_600]).unwrap();
        fs::write(&recording, &own).unwrap();
        write(dir.path(), &["Hello, you."]);
        assert!(rendered(dir.path(), true).is_empty());
        assert_eq!(fs::read(&recording).unwrap(), own);
    }

    #[test]
    fn a_prompt_that_is_gone_is_forgotten() {
        let dir = new_dir();
        write(dir.path(), &["Hello.", "Goodbye."]);
        rendered(dir.path(), false);
        write(dir.path(), &["Hello."]);
        rendered(dir.path(), false);
        let known = fs::read_to_string(dir.path().join("desk/prompts/rendered.toml")).unwrap();
        assert!(known.contains("[p0]") && !known.contains("[p1]"), "{known}");
    }
}
