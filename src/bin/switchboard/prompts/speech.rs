//! A computer's voice, as WAV files that Graph can play.

use std::{
    f64::consts::PI,
    io::{Cursor, Write},
    process::{Command, Stdio},
};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Samples per second that Graph plays: <https://learn.microsoft.com/graph/api/call-playprompt>.
const HZ: u32 = 16_000;

/// Why there is no speech.
#[derive(Debug, thiserror::Error)]
pub(super) enum SpeechError {
    /// The program is not there.
    #[error("espeak-ng cannot be started ({0}); install it, e.g. `apt-get install espeak-ng`, or record the prompts yourself")]
    NotInstalled(#[source] std::io::Error),
    /// It went wrong while running.
    #[error("espeak-ng broke off, {0}")]
    Broken(#[from] std::io::Error),
    /// It refused, e.g. a voice that it does not have.
    #[error("espeak-ng refused: {0}")]
    Refused(String),
    /// What it said is no sound.
    #[error("espeak-ng gave no sound, {0}")]
    NoSound(#[from] hound::Error),
}

/// `text` in a `voice` of espeak-ng, at `speed` words a minute: a mono WAV file of 16-bit samples at 16 kHz.
pub(super) fn speak(text: &str, voice: &str, speed: u16) -> Result<Vec<u8>, SpeechError> {
    let spoken = run_espeak(text, voice, speed)?;
    let mut reader = WavReader::new(spoken.as_slice())?;
    let from = reader.spec().sample_rate;
    // Written to a pipe, the header promises more samples than there are: the end is where they end.
    let samples: Vec<i16> = reader.samples::<i16>().map_while(Result::ok).collect();
    Ok(wav(&resample(&samples, from, HZ))?)
}

fn run_espeak(text: &str, voice: &str, speed: u16) -> Result<Vec<u8>, SpeechError> {
    let mut espeak = Command::new("espeak-ng")
        .args(["--stdin", "--stdout", "-b", "1", "-v", voice, "-s", &speed.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(SpeechError::NotInstalled)?;
    // At most a few kilobytes, less than a pipe takes, so this cannot wait for espeak-ng while that waits for a reader.
    let written = espeak.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes()));
    let output = espeak.wait_with_output()?;
    // A refusal closes the pipe too, and says more.
    if !output.status.success() {
        return Err(SpeechError::Refused(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    written?;
    Ok(output.stdout)
}

/// The same sound with another number of samples per second: each new sample is a sum of the old ones around it, weighed by a sinc
/// under a Hann window, whose cutoff lies below half of the lower rate, so that nothing is mirrored into the sound.
fn resample(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    if from == to {
        return samples.to_vec();
    }
    let step = f64::from(from) / f64::from(to);
    // In cycles per old sample.
    let cutoff = 0.46 * (1.0 / step).min(1.0);
    let reach = 16.0 / cutoff;
    let count = (samples.len() as f64 / step) as usize;
    (0..count).map(|n| weighed_sum(samples, n as f64 * step, cutoff, reach)).collect()
}

fn weighed_sum(samples: &[i16], at: f64, cutoff: f64, reach: f64) -> i16 {
    let first = (at - reach).ceil().max(0.0) as usize;
    let last = ((at + reach) as usize).min(samples.len().saturating_sub(1));
    let sum: f64 = (first..=last).map(|k| f64::from(samples[k]) * weight(at - k as f64, cutoff, reach)).sum();
    // A cast to i16 stays within its limits.
    sum.round() as i16
}

fn weight(distance: f64, cutoff: f64, reach: f64) -> f64 {
    let x = 2.0 * PI * cutoff * distance;
    let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
    let hann = 0.5 + 0.5 * (PI * distance / reach).cos();
    2.0 * cutoff * sinc * hann
}

/// Samples as a file.
pub(super) fn wav(samples: &[i16]) -> Result<Vec<u8>, hound::Error> {
    let spec = WavSpec { channels: 1, sample_rate: HZ, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, spec)?;
    samples.iter().try_for_each(|sample| writer.write_sample(*sample))?;
    writer.finalize()?;
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tenth of a second of a tone.
    fn tone(hz: f64, rate: u32) -> Vec<i16> {
        (0..rate / 10).map(|n| (10_000.0 * (2.0 * PI * hz * f64::from(n) / f64::from(rate)).sin()) as i16).collect()
    }

    /// The loudest difference away from the edges, where sound begins and ends abruptly.
    fn difference(a: &[i16], b: &[i16]) -> i32 {
        a.iter().zip(b).skip(100).take(1_400).map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs()).max().unwrap()
    }

    #[test]
    fn a_voice_sounds_the_same_at_another_rate() {
        for hz in [200.0, 1_000.0, 3_400.0] {
            let resampled = resample(&tone(hz, 22_050), 22_050, HZ);
            assert_eq!(resampled.len(), 1_600);
            assert!(difference(&resampled, &tone(hz, HZ)) < 50, "{hz}: {}", difference(&resampled, &tone(hz, HZ)));
        }
    }

    #[test]
    fn what_the_new_rate_cannot_carry_is_left_out() {
        let resampled = resample(&tone(10_000.0, 22_050), 22_050, HZ);
        assert!(difference(&resampled, &vec![0; 1_600]) < 50);
    }

    #[test]
    fn no_sound_stays_no_sound() {
        assert_eq!(resample(&[], 22_050, HZ), [0_i16; 0]);
    }
}
