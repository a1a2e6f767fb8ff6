//! Whether a file is one that Graph can play, and how long it plays.
//!
//! Graph plays WAV files of 16-bit samples, mono, 16,000 a second: <https://learn.microsoft.com/graph/api/call-playprompt>. The
//! chunks are read here and not by `hound`, which takes more kinds of files than Graph does and does not tell them apart.

mod kind;
mod riff;
mod samples;
#[cfg(test)]
mod tests;

use self::riff::Layout;
pub use self::{
    kind::Kind,
    riff::Format,
    samples::{Samples, header, samples},
};

/// Samples per second.
pub const HZ: u32 = 16_000;

/// Bytes of sound per millisecond: 16 samples of two bytes.
pub const BYTES_PER_MS: u32 = HZ / 1000 * 2;

/// The longest prompt, in milliseconds: 10 minutes.
pub const LONGEST_MS: u32 = 10 * 60_000;

/// What stands in for the length where a file was written without knowing it.
const NO_LENGTH: u32 = u32::MAX;

/// A file that Graph can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wav {
    /// How long it plays, in milliseconds.
    pub ms: u32,
}

/// Why Graph cannot play a file. The words go after the file's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WavFault {
    /// Something else, by its first bytes.
    #[error("is {0}, not a WAV file")]
    Foreign(Kind),
    /// Nothing that is known.
    #[error("is not a WAV file")]
    Unknown,
    /// The part that says what the samples are is missing, or behind them.
    #[error("does not say what its samples are")]
    NoFormat,
    /// Other than plain samples.
    #[error("holds {0} samples, where plain 16-bit PCM is needed")]
    Encoding(&'static str),
    /// A header that Graph is not known to take.
    #[error("has an extensible WAV header, where a plain one is needed")]
    Extensible,
    /// Plain samples of another kind.
    #[error("is {hz} Hz, {}, {bits} bit, where 16000 Hz, mono, 16 bit is needed", channels_in_words(*.channels))]
    Shape {
        /// Samples per second.
        hz: u32,
        /// Channels.
        channels: u16,
        /// Bits of a sample.
        bits: u16,
    },
    /// The numbers in the header do not belong together.
    #[error("has a header that contradicts itself")]
    Contradiction,
    /// It ends before its sound does.
    #[error("is cut off after {}.{} s", .ms / 1000, .ms % 1000 / 100)]
    CutOff {
        /// What is there, in milliseconds.
        ms: u32,
    },
    /// Its length was never written.
    #[error("does not say how long it is, as if written to a pipe")]
    Unfinished,
    /// No sound at all.
    #[error("holds no sound")]
    Empty,
    /// More than 10 minutes.
    #[error("plays {s} s, more than the {} that a prompt may", LONGEST_MS / 1000)]
    TooLong {
        /// How long it plays, in seconds.
        s: u32,
    },
}

/// Looks whether Graph can play this file.
///
/// # Errors
/// [`WavFault`] says why not, and [`super::mend::lines`] what to do about it.
pub fn check(bytes: &[u8]) -> Result<Wav, WavFault> {
    if !riff::is_wave(bytes) {
        return Err(Kind::of(bytes).map_or(WavFault::Unknown, WavFault::Foreign));
    }
    let layout = riff::layout(bytes)?;
    check_format(&layout)?;
    check_length(&layout, bytes.len())
}

/// How long a WAV file of whatever kind plays, in milliseconds, from its first bytes and its length. Takes what a check refuses,
/// since a recording that is a little odd is still what somebody said. `None` if it is no WAV file.
pub fn length_ms(head: &[u8], file: u64) -> Option<u32> {
    let Samples { format, range } = samples(head, file)?;
    let ms = ((range.end - range.start) * 1000).checked_div(format.bytes_per_second.into())?;
    Some(u32::try_from(ms).unwrap_or(u32::MAX))
}

fn check_format(layout: &Layout) -> Result<(), WavFault> {
    let format = &layout.format;
    match format.encoding {
        riff::PCM => {}
        riff::EXTENSIBLE => return Err(WavFault::Extensible),
        other => return Err(WavFault::Encoding(riff::encoding_name(other))),
    }
    match (format.hz, format.channels, format.bits) {
        (HZ, 1, 16) if format.bytes_per_second == HZ * 2 && format.bytes_per_frame == 2 => Ok(()),
        (HZ, 1, 16) => Err(WavFault::Contradiction),
        (hz, channels, bits) => Err(WavFault::Shape { hz, channels, bits }),
    }
}

fn check_length(layout: &Layout, file: usize) -> Result<Wav, WavFault> {
    let there = u32::try_from(file - layout.data_at).unwrap_or(u32::MAX);
    let ms = layout.data_length.div_ceil(BYTES_PER_MS);
    match layout.data_length {
        0 => Err(WavFault::Empty),
        NO_LENGTH => Err(WavFault::Unfinished),
        length if length > there => Err(WavFault::CutOff { ms: there / BYTES_PER_MS }),
        length if length % 2 != 0 => Err(WavFault::Contradiction),
        _ if ms > LONGEST_MS => Err(WavFault::TooLong { s: ms.div_ceil(1000) }),
        _ => Ok(Wav { ms }),
    }
}

fn channels_in_words(channels: u16) -> String {
    match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        n => format!("{n} channels"),
    }
}
