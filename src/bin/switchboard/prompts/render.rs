//! `switchboard prompts render`: lets a computer speak what nobody has recorded.

use std::{fs, process::ExitCode};

use switchboard::{
    flow::{Renderings, hash::sha256_hex, rendering::Origin},
    flows::Folder,
};

use super::{Prompt, State, prompts, speech};
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
    /// The voice; `espeak-ng --voices` lists them.
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
    let mut code = ExitCode::SUCCESS;
    for folder in args.chosen.folders()? {
        match prompts(&folder) {
            Ok(prompts) => render(&folder, &prompts, args)?,
            Err(findings) => {
                print(&findings)?;
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn render(folder: &Folder, prompts: &[Prompt], args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let mut renderings = folder.renderings().map_err(|finding| finding.to_string())?;
    for prompt in prompts.iter().filter(|prompt| is_due(prompt, args.anew)) {
        let wave = speech::speak(&prompt.wording.text, &args.voice, args.speed)?;
        let path = folder.prompts().join(&prompt.wording.file);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(&path, &wave).map_err(|e| format!("{} cannot be written, {e}", path.display()))?;
        renderings.remember(&prompt.name, &prompt.wording.text, sha256_hex(&wave));
        remember(folder, &renderings)?;
        println!("{} spoken", path.display());
    }
    let known = renderings.clone();
    renderings.retain(|name| prompts.iter().any(|prompt| prompt.name == name));
    if renderings != known {
        remember(folder, &renderings)?;
    }
    Ok(())
}

fn is_due(prompt: &Prompt, anew: bool) -> bool {
    match prompt.state {
        State::Missing | State::There(Origin::Stale) => true,
        State::There(Origin::Rendered) => anew,
        // Somebody's own work, good or bad.
        State::There(Origin::Recorded) | State::Unplayable(_) => false,
    }
}

fn remember(folder: &Folder, renderings: &Renderings) -> Result<(), Box<dyn std::error::Error>> {
    let text = toml::to_string(renderings)?;
    let note = "# Written by `switchboard prompts render`: which text became which file. Not for editing.\n";
    Ok(fs::write(folder.renderings_file(), format!("{note}\n{text}"))?)
}
