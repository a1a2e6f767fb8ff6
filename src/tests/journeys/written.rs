//! Flows written for one journey.

use std::{fs, path::Path};

use switchboard::flow::wordings;
use tempfile::TempDir;

/// A folder of these flows, each a name and its `flow.toml`; every prompt is a second of a sound of its own.
pub(crate) fn written(flows: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut pitch = 10;
    for (name, text) in flows {
        let flow = folder.path().join(name);
        fs::create_dir_all(&flow).unwrap();
        fs::write(flow.join("flow.toml"), text).unwrap();
        for wording in wordings(name, text).unwrap().into_values() {
            pitch += 1;
            write_hum(&flow.join("prompts").join(wording.file), pitch);
        }
    }
    folder
}

fn write_hum(path: &Path, pitch: usize) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..16_000_usize {
        wav.write_sample(i16::try_from(n % pitch).unwrap() * 100).unwrap();
    }
    wav.finalize().unwrap();
}
