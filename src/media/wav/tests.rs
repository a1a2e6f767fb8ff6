use hound::{SampleFormat, WavSpec, WavWriter};
use proptest::prelude::*;

use super::*;

const GOOD: WavSpec = WavSpec { channels: 1, sample_rate: HZ, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// A file as `hound` writes it.
fn wav(spec: WavSpec, frames: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    for n in 0..frames * u32::from(spec.channels) {
        match spec.sample_format {
            SampleFormat::Int => writer.write_sample(n as i8).unwrap(),
            SampleFormat::Float => writer.write_sample(0.5_f32).unwrap(),
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

/// A plain file of given numbers in its header.
fn plain(encoding: u16, hz: u32, length: u32, samples: &[u8]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    bytes.extend([encoding.to_le_bytes(), 1_u16.to_le_bytes()].concat());
    bytes.extend([hz.to_le_bytes(), (hz * 2).to_le_bytes()].concat());
    bytes.extend([2_u16.to_le_bytes(), 16_u16.to_le_bytes()].concat());
    bytes.extend(b"data");
    bytes.extend(length.to_le_bytes());
    bytes.extend(samples);
    bytes
}

fn words(bytes: &[u8]) -> String {
    check(bytes).unwrap_err().to_string()
}

#[test]
fn a_file_that_graph_plays_is_known_with_its_length() {
    assert_eq!(check(&wav(GOOD, 24_000)), Ok(Wav { ms: 1500 }));
    assert_eq!(check(&wav(GOOD, 1)), Ok(Wav { ms: 1 }));
}

#[test]
fn chunks_before_and_behind_the_sound_are_passed_over() {
    let mut bytes = wav(GOOD, 16_000);
    bytes.splice(12..12, *b"JUNK\x03\0\0\0abc\0");
    bytes.extend(b"LIST\x04\0\0\0INFO");
    assert_eq!(check(&bytes), Ok(Wav { ms: 1000 }));
}

#[test]
fn the_wrong_shape_is_said_in_words() {
    let stereo = WavSpec { channels: 2, sample_rate: 44_100, ..GOOD };
    assert_eq!(words(&wav(stereo, 10)), "is 44100 Hz, stereo, 16 bit, where 16000 Hz, mono, 16 bit is needed");
    let phone = WavSpec { sample_rate: 8000, bits_per_sample: 8, ..GOOD };
    assert_eq!(words(&wav(phone, 10)), "is 8000 Hz, mono, 8 bit, where 16000 Hz, mono, 16 bit is needed");
}

#[test]
fn encodings_other_than_plain_samples_are_named() {
    for (encoding, name) in [(3, "floating-point"), (6, "A-law"), (7, "mu-law"), (0x11, "ADPCM"), (999, "encoded")] {
        assert_eq!(words(&plain(encoding, HZ, 4, &[0; 4])), format!("holds {name} samples, where plain 16-bit PCM is needed"));
    }
    assert_eq!(words(&plain(0xfffe, HZ, 4, &[0; 4])), "has an extensible WAV header, where a plain one is needed");
    let float = WavSpec { bits_per_sample: 32, sample_format: SampleFormat::Float, ..GOOD };
    assert!(check(&wav(float, 10)).is_err());
}

#[test]
fn files_of_other_kinds_are_named() {
    let files: [(&[u8], &str); 10] = [
        (b"ID3\x04\0\0", "an MP3 file"),
        (&[0xff, 0xfb, 0x90, 0x44], "an MP3 file"),
        (&[0xff, 0xf1, 0x50, 0x80], "an AAC file"),
        (b"OggS\0\x02", "an Ogg file"),
        (b"fLaC\0\0", "a FLAC file"),
        (b"\0\0\0\x20ftypM4A ", "an M4A or MP4 file"),
        (&[0x1a, 0x45, 0xdf, 0xa3, 0x9f], "a WebM file"),
        (b"FORM\0\0\0\0AIFF", "an AIFF file"),
        (b".snd\0\0", "an AU file"),
        (b"RF64\0\0\0\0WAVE", "a RIFX or RF64 file"),
    ];
    for (bytes, name) in files {
        assert_eq!(words(bytes), format!("is {name}, not a WAV file"));
    }
    for nothing in [&b""[..], b"RIFF", b"<html>", b"RIFF\0\0\0\0AVI LIST"] {
        assert_eq!(check(nothing), Err(WavFault::Unknown));
    }
}

#[test]
fn a_file_cut_short_says_after_what_time() {
    let whole = wav(GOOD, 16_000 * 5);
    assert_eq!(words(&whole[..44 + 32 * 3250]), "is cut off after 3.2 s");
    assert_eq!(check(&whole[..40]), Err(WavFault::Empty));
    assert_eq!(check(&whole[..30]), Err(WavFault::NoFormat));
}

#[test]
fn a_file_without_sound_or_length_is_refused() {
    assert_eq!(check(&wav(GOOD, 0)), Err(WavFault::Empty));
    assert_eq!(check(&plain(1, HZ, u32::MAX, &[0; 64])), Err(WavFault::Unfinished));
    assert_eq!(check(&plain(1, HZ, 3, &[0; 4])), Err(WavFault::Contradiction));
}

#[test]
fn ten_minutes_are_the_longest() {
    let longest = LONGEST_MS * BYTES_PER_MS;
    assert_eq!(check(&plain(1, HZ, longest, &vec![0; longest as usize])), Ok(Wav { ms: LONGEST_MS }));
    let longer = check(&plain(1, HZ, longest + 2, &vec![0; longest as usize + 2]));
    assert_eq!(longer, Err(WavFault::TooLong { s: 601 }));
}

#[test]
fn the_length_of_an_odd_recording_is_known_all_the_same() {
    let phone = WavSpec { sample_rate: 8000, ..GOOD };
    let file = wav(phone, 8000);
    assert_eq!(length_ms(&file[..64], file.len() as u64), Some(1000));
    assert_eq!(length_ms(&file, file.len() as u64 / 2 + 22), Some(500));
    let piped = plain(1, HZ, u32::MAX, &[]);
    assert_eq!(length_ms(&piped, piped.len() as u64 + 32_000), Some(1000));
    assert_eq!(length_ms(b"<html>", 1000), None);
    assert_eq!(length_ms(&plain(1, 0, 32, &[]), 1000), None);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = check(&bytes);
        let _ = length_ms(&bytes, bytes.len() as u64);
    }

    #[test]
    fn any_change_of_a_header_is_answered_and_what_passes_is_played(
        at in 0..60_usize, to in any::<[u8; 4]>(), cut in 0..700_usize,
    ) {
        let mut bytes = wav(GOOD, 320);
        bytes[at..at + 4].copy_from_slice(&to);
        bytes.truncate(bytes.len() - cut.min(600));
        let _ = length_ms(&bytes, u64::MAX);
        if let Ok(wav) = check(&bytes) {
            let reader = hound::WavReader::new(&bytes[..]).unwrap();
            prop_assert_eq!(reader.spec(), GOOD);
            prop_assert_eq!(wav.ms, reader.duration().div_ceil(16));
            prop_assert!(reader.into_samples::<i16>().all(|sample| sample.is_ok()));
        }
    }
}
