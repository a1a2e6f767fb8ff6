//! Silence of any length: played behind a menu's prompts it is the time to press a key, and its end says that nobody did.

use std::ops::Range;

use bytes::Bytes;

use super::wav::{BYTES_PER_MS, HZ};

/// Sound that is none, all of it.
static ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];

/// Bytes before the samples.
const HEADER: u64 = 44;

/// A WAV file of silence. It is made as it is sent and is the same each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    ms: u32,
}

impl Silence {
    /// The shortest, in milliseconds.
    pub const SHORTEST_MS: u32 = 100;

    /// The longest, in milliseconds.
    pub const LONGEST_MS: u32 = 120_000;

    /// Silence of so many milliseconds; `None` where that is too short or too long.
    pub fn new(ms: u32) -> Option<Self> {
        (Self::SHORTEST_MS..=Self::LONGEST_MS).contains(&ms).then_some(Self { ms })
    }

    /// How long it lasts, in milliseconds.
    pub fn ms(self) -> u32 {
        self.ms
    }

    /// The file's length in bytes.
    pub fn length(self) -> u64 {
        HEADER + u64::from(self.samples_length())
    }

    /// Some of the file's bytes, piece by piece. What is beyond its end is left out.
    pub fn pieces(self, range: Range<u64>) -> impl Iterator<Item = Bytes> + Send + Sync + 'static {
        let range = range.start.min(self.length())..range.end.min(self.length());
        let header = Bytes::copy_from_slice(&self.header()).slice(clamped(&range));
        let mut left = range.end.saturating_sub(range.start.max(HEADER));
        let zeros = std::iter::from_fn(move || {
            let piece = left.min(ZEROS.len() as u64);
            left -= piece;
            (piece > 0).then(|| Bytes::from_static(&ZEROS[..piece as usize]))
        });
        Some(header).filter(|header| !header.is_empty()).into_iter().chain(zeros)
    }

    fn samples_length(self) -> u32 {
        self.ms * BYTES_PER_MS
    }

    /// <http://soundfile.sapp.org/doc/WaveFormat/>
    fn header(self) -> [u8; HEADER as usize] {
        let samples = self.samples_length();
        let mut header = *b"RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0........\x02\0\x10\0data....";
        header[4..8].copy_from_slice(&(samples + HEADER as u32 - 8).to_le_bytes());
        header[24..28].copy_from_slice(&HZ.to_le_bytes());
        header[28..32].copy_from_slice(&(HZ * 2).to_le_bytes());
        header[40..44].copy_from_slice(&samples.to_le_bytes());
        header
    }
}

/// The part of a range that is within the header.
fn clamped(range: &Range<u64>) -> Range<usize> {
    let start = range.start.min(HEADER);
    start as usize..range.end.clamp(start, HEADER) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::media::{Wav, wav};

    fn bytes(silence: Silence, range: Range<u64>) -> Vec<u8> {
        silence.pieces(range).flatten().collect()
    }

    #[test]
    fn silence_is_a_file_that_graph_plays_for_just_that_long() {
        for ms in [100, 101, 4_999, 120_000] {
            let silence = Silence::new(ms).unwrap();
            let file = bytes(silence, 0..u64::MAX);
            assert_eq!(file.len() as u64, silence.length());
            assert_eq!(wav::check(&file), Ok(Wav { ms }));
            assert!(hound::WavReader::new(&file[..]).unwrap().into_samples::<i16>().all(|sample| sample.unwrap() == 0));
        }
    }

    #[test]
    fn silence_too_short_or_too_long_is_none() {
        assert_eq!([0, 99, 120_001, u32::MAX].map(Silence::new), [None; 4]);
    }

    proptest! {
        #[test]
        fn any_range_is_that_part_of_the_file(ms in 100..2_000_u32, start in 0..70_000_u64, length in 0..70_000_u64) {
            let silence = Silence::new(ms).unwrap();
            let file = bytes(silence, 0..silence.length());
            let expected: Vec<u8> = file.into_iter().skip(start as usize).take(length as usize).collect();
            prop_assert_eq!(bytes(silence, start..start + length), expected);
        }
    }
}
