//! The sound of a person on the line: noise with a hum while they speak, silence while they do not.

use std::io::Cursor;

use bytes::Bytes;
use hound::{SampleFormat, WavSpec, WavWriter};
use jiff::SignedDuration;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The one format of the platform: mono, 16 bit, 16 kHz.
pub(crate) const FORMAT: WavSpec =
    WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// A WAV of `length` in which someone speaks during the given spans, counted from its beginning.
pub(crate) fn wav(seed: u64, length: SignedDuration, spoken: &[(SignedDuration, SignedDuration)]) -> Bytes {
    let mut file = Cursor::new(Vec::new());
    // Writing into memory in a format that hound knows cannot fail.
    let mut writer = WavWriter::new(&mut file, FORMAT).expect("the format is a plain one");
    let mut breath = ChaCha8Rng::seed_from_u64(seed);
    let spoken: Vec<_> = spoken.iter().map(|(a, b)| samples(*a)..samples(*b)).collect();
    for n in 0..samples(length) {
        let speaks = spoken.iter().any(|span| span.contains(&n));
        let sample = if speaks { sound(n, &mut breath) } else { 0 };
        writer.write_sample(sample).expect("memory takes it");
    }
    writer.finalize().expect("memory takes it");
    file.into_inner().into()
}

fn samples(length: SignedDuration) -> i128 {
    length.as_millis().max(0) * i128::from(FORMAT.sample_rate) / 1000
}

fn sound(n: i128, breath: &mut ChaCha8Rng) -> i16 {
    let hum = if (n / 50) % 2 == 0 { 3_000 } else { -3_000 };
    hum + breath.random_range(-1_500..=1_500)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_as_long_as_asked_and_loud_only_where_someone_speaks() {
        let second = SignedDuration::from_secs;
        let bytes = wav(7, second(3), &[(second(1), second(2))]);
        let mut reader = hound::WavReader::new(Cursor::new(bytes)).unwrap();
        assert_eq!(reader.spec(), FORMAT);
        let samples: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(samples.len(), 48_000);
        assert!(samples[..16_000].iter().all(|sample| *sample == 0));
        assert!(samples[16_000..32_000].iter().all(|sample| *sample != 0));
        assert!(samples[32_000..].iter().all(|sample| *sample == 0));
    }
}
