//! Flows that a story brings along, with a sound of its own for every prompt.

use std::{fs, path::Path};

use hound::{SampleFormat, WavSpec, WavWriter};
use switchboard::{flow::wordings, stage::Scene};
use tempfile::TempDir;

/// What Graph plays.
const FORMAT: WavSpec = WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// How long each prompt plays, in samples: two seconds.
const SAMPLES: u32 = 32_000;

/// The flow `told`, in a folder that goes with it.
pub(super) struct Written(TempDir);

impl Written {
    /// Writes the flow and its prompts.
    pub(super) fn flow(text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let prompts = folder.path().join("told/prompts");
        fs::create_dir_all(&prompts).unwrap();
        fs::write(folder.path().join("told/flow.toml"), text).unwrap();
        let wordings = wordings("flow.toml", text).unwrap();
        for (pitch, wording) in (20..).zip(wordings.values()) {
            write_hum(&prompts.join(&wording.file), pitch);
        }
        Self(folder)
    }

    /// Puts it on the stage.
    pub(super) fn take(&self, scene: &mut Scene) {
        scene.flows = self.0.path().to_owned();
        scene.incoming_flow = "default=told".to_owned();
    }
}

fn write_hum(path: &Path, pitch: u32) {
    let mut wav = WavWriter::create(path, FORMAT).unwrap();
    for n in 0..SAMPLES {
        wav.write_sample(i16::try_from(n % pitch).unwrap() * 100).unwrap();
    }
    wav.finalize().unwrap();
}
