//! What a file is that is no WAV file.

use std::fmt;

/// A kind of sound file that people have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// MPEG audio, layer 3.
    Mp3,
    /// Advanced audio coding, bare.
    Aac,
    /// Vorbis or Opus in Ogg.
    Ogg,
    /// Free lossless audio codec.
    Flac,
    /// MPEG-4, with or without a film.
    M4a,
    /// Matroska, as browsers record it.
    WebM,
    /// Apple's uncompressed sound.
    Aiff,
    /// Sun's.
    Au,
    /// Of mobile phones.
    Amr,
    /// RIFX or RF64: WAV with its numbers turned round, or with long ones.
    RareWav,
}

impl Kind {
    /// Tells a file's kind by its first bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let kind = match bytes {
            [b'I', b'D', b'3', ..] => Self::Mp3,
            [b'O', b'g', b'g', b'S', ..] => Self::Ogg,
            [b'f', b'L', b'a', b'C', ..] => Self::Flac,
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Self::M4a,
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Self::WebM,
            [b'F', b'O', b'R', b'M', ..] => Self::Aiff,
            [b'.', b's', b'n', b'd', ..] => Self::Au,
            [b'#', b'!', b'A', b'M', b'R', ..] => Self::Amr,
            [b'R', b'I', b'F', b'X', ..] | [b'R', b'F', b'6', b'4', ..] => Self::RareWav,
            // Both begin with a row of set bits; the layer tells them apart, and AAC has none.
            [0xff, second, ..] if second & 0xf6 == 0xf0 => Self::Aac,
            [0xff, second, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 => Self::Mp3,
            _ => return None,
        };
        Some(kind)
    }

    /// What `sox` calls it; `None` where it cannot read it.
    pub fn sox_type(self) -> Option<&'static str> {
        match self {
            Self::Mp3 => Some("mp3"),
            Self::Ogg => Some("ogg"),
            Self::Flac => Some("flac"),
            Self::Aiff => Some("aiff"),
            Self::Au => Some("au"),
            Self::Amr => Some("amr-nb"),
            Self::Aac | Self::M4a | Self::WebM | Self::RareWav => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mp3 => "an MP3 file",
            Self::Aac => "an AAC file",
            Self::Ogg => "an Ogg file",
            Self::Flac => "a FLAC file",
            Self::M4a => "an M4A or MP4 file",
            Self::WebM => "a WebM file",
            Self::Aiff => "an AIFF file",
            Self::Au => "an AU file",
            Self::Amr => "an AMR file",
            Self::RareWav => "a RIFX or RF64 file",
        })
    }
}
