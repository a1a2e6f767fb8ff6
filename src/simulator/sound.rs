//! A downloaded prompt: whether the platform can play it, and what it is.

use std::io::Cursor;

use bytes::Bytes;
use data_encoding::HEXLOWER;
use hound::WavReader;
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use super::{voice::FORMAT, wire::Fetched};

/// The platform's subcode for a file it cannot play.
pub(crate) const BAD_FORMAT: u32 = 8535;
/// The platform's subcode for a file it cannot get.
pub(crate) const DOWNLOAD_FAILED: u32 = 8536;

/// A prompt that can be played.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sound {
    pub(crate) sha256: String,
    pub(crate) length: SignedDuration,
    pub(crate) is_silence: bool,
}

impl Sound {
    /// What a download brought; the error is the platform's subcode.
    pub(crate) fn read(fetched: &Fetched) -> Result<Self, u32> {
        match fetched {
            Fetched::File { bytes, is_wav_type: true } => Self::parse(bytes).ok_or(BAD_FORMAT),
            Fetched::File { .. } => Err(BAD_FORMAT),
            Fetched::Failed(_) => Err(DOWNLOAD_FAILED),
        }
    }

    fn parse(bytes: &Bytes) -> Option<Self> {
        let mut reader = WavReader::new(Cursor::new(bytes)).ok()?;
        if reader.spec() != FORMAT {
            return None;
        }
        let samples = i64::from(reader.duration());
        let mut is_silence = true;
        for sample in reader.samples::<i16>() {
            is_silence &= sample.ok()? == 0;
        }
        Some(Self {
            sha256: HEXLOWER.encode(&Sha256::digest(bytes)),
            length: SignedDuration::from_millis(samples * 1000 / i64::from(FORMAT.sample_rate)),
            is_silence,
        })
    }
}

#[cfg(test)]
mod tests {
    use hound::{WavSpec, WavWriter};

    use super::*;
    use crate::simulator::voice;

    fn file(bytes: impl Into<Bytes>) -> Fetched {
        Fetched::File { bytes: bytes.into(), is_wav_type: true }
    }

    fn of_format(spec: WavSpec) -> Fetched {
        let mut out = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut out, spec).unwrap();
        (0..800).for_each(|_| writer.write_sample(0_i16).unwrap());
        writer.finalize().unwrap();
        file(out.into_inner())
    }

    #[test]
    fn a_good_file_has_its_true_length_and_silence_is_heard_as_silence() {
        let second = SignedDuration::from_secs(1);
        let silent = Sound::read(&file(voice::wav(1, second, &[]))).unwrap();
        assert_eq!((silent.length, silent.is_silence), (second, true));
        let spoken = Sound::read(&file(voice::wav(1, second, &[(SignedDuration::ZERO, second)]))).unwrap();
        assert!(!spoken.is_silence);
        assert_eq!(spoken.sha256.len(), 64);
    }

    #[test]
    fn only_mono_16_bit_16_khz_is_played() {
        assert!(Sound::read(&of_format(FORMAT)).is_ok());
        for spec in [
            WavSpec { channels: 2, ..FORMAT },
            WavSpec { sample_rate: 8_000, ..FORMAT },
            WavSpec { bits_per_sample: 24, ..FORMAT },
        ] {
            assert_eq!(Sound::read(&of_format(spec)), Err(BAD_FORMAT));
        }
    }

    #[test]
    fn what_is_no_whole_wav_file_is_not_played() {
        let whole = voice::wav(1, SignedDuration::from_secs(1), &[]);
        assert_eq!(Sound::read(&file(whole.slice(..1_000))), Err(BAD_FORMAT));
        assert_eq!(Sound::read(&file(&b"ID3"[..])), Err(BAD_FORMAT));
        let as_text = Fetched::File { bytes: whole, is_wav_type: false };
        assert_eq!(Sound::read(&as_text), Err(BAD_FORMAT));
        assert_eq!(Sound::read(&Fetched::Failed(403)), Err(DOWNLOAD_FAILED));
    }
}
