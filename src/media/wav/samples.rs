//! Where the samples of a WAV file are, and the header of a file that holds as many.

use std::ops::Range;

use super::riff::{self, Format};

/// Bytes before the samples of a file that we write.
const HEADER: u64 = 44;

/// The samples of a WAV file: what they are, and where in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Samples {
    /// What they are. Only samples of one kind can stand in one file.
    pub format: Format,
    /// Where, in bytes.
    pub range: Range<u64>,
}

/// Finds the samples of a WAV file of whatever kind, by its first bytes and its length. `None` if it is no WAV file.
pub fn samples(head: &[u8], file: u64) -> Option<Samples> {
    let layout = Some(head).filter(|head| riff::is_wave(head)).and_then(|head| riff::layout(head).ok())?;
    let start = (layout.data_at as u64).min(file);
    let there = file - start;
    let length = match layout.data_length {
        0 | super::NO_LENGTH => there,
        length => there.min(length.into()),
    };
    Some(Samples { format: layout.format, range: start..start + length })
}

/// The header of a file with so many bytes of samples. `None` where that is more than a WAV file can say.
pub fn header(format: &Format, length: u64) -> Option<[u8; HEADER as usize]> {
    let length = u32::try_from(length).ok().filter(|length| *length < u32::MAX - HEADER as u32)?;
    let mut header = *b"RIFF....WAVEfmt \x10\0\0\0................data....";
    header[4..8].copy_from_slice(&(length + HEADER as u32 - 8).to_le_bytes());
    header[20..36].copy_from_slice(&format.to_bytes());
    header[40..44].copy_from_slice(&length.to_le_bytes());
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{Silence, wav};

    #[test]
    fn a_file_of_two_files_samples_plays_as_long_as_both() {
        let files = [1_500, 700].map(|ms| Silence::new(ms).unwrap().pieces(0..u64::MAX).flatten().collect::<Vec<u8>>());
        let parts = files.each_ref().map(|file| samples(file, file.len() as u64).unwrap());
        let length = parts.iter().map(|part| part.range.end - part.range.start).sum();
        let mut joined = header(&parts[0].format, length).unwrap().to_vec();
        for (file, part) in files.iter().zip(parts) {
            joined.extend_from_slice(&file[part.range.start as usize..part.range.end as usize]);
        }
        assert_eq!(wav::check(&joined), Ok(wav::Wav { ms: 2_200 }));
    }

    #[test]
    fn what_is_cut_off_has_the_samples_that_are_there_and_what_is_no_wav_has_none() {
        let file: Vec<u8> = Silence::new(1_000).unwrap().pieces(0..u64::MAX).flatten().collect();
        assert_eq!(samples(&file[..1_000], 1_000).unwrap().range, 44..1_000);
        assert_eq!(samples(b"ID3", 3), None);
        assert_eq!(header(&samples(&file, file.len() as u64).unwrap().format, u64::from(u32::MAX)), None);
    }
}
