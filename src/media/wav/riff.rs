//! How a WAV file is laid out.

use super::WavFault;

/// Plain samples.
pub(super) const PCM: u16 = 1;

/// What the samples are stands further on.
pub(super) const EXTENSIBLE: u16 = 0xfffe;

/// Where the sound is and what it is.
pub(super) struct Layout {
    pub(super) format: Format,
    /// Where the samples begin.
    pub(super) data_at: usize,
    /// How many bytes of them there are, as the file says.
    pub(super) data_length: u32,
}

/// What the samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    pub(super) encoding: u16,
    pub(super) channels: u16,
    pub(super) hz: u32,
    pub(super) bytes_per_second: u32,
    pub(super) bytes_per_frame: u16,
    pub(super) bits: u16,
}

pub(super) fn is_wave(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE")
}

/// Walks the chunks up to the samples.
pub(super) fn layout(bytes: &[u8]) -> Result<Layout, WavFault> {
    let mut format = None;
    let mut at = 12;
    while let Some((id, length)) = chunk(bytes, at) {
        let body = at + 8;
        match &id {
            b"fmt " => format = Format::read(bytes.get(body..).unwrap_or_default()),
            b"data" => {
                let format = format.ok_or(WavFault::NoFormat)?;
                return Ok(Layout { format, data_at: body, data_length: length });
            }
            _ => {}
        }
        // A chunk of an odd length is followed by one byte of padding.
        at = body.saturating_add(length as usize).saturating_add(length as usize % 2);
    }
    Err(if format.is_some() { WavFault::Empty } else { WavFault::NoFormat })
}

/// The names of the encodings that occur. <https://www.rfc-editor.org/rfc/rfc2361>
pub(super) fn encoding_name(encoding: u16) -> &'static str {
    match encoding {
        0x02 | 0x11 => "ADPCM",
        0x03 => "floating-point",
        0x06 => "A-law",
        0x07 => "mu-law",
        0x31 => "GSM",
        0x50 | 0x55 => "MP3",
        _ => "encoded",
    }
}

impl Format {
    /// As a file's header has it.
    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0..2].copy_from_slice(&self.encoding.to_le_bytes());
        bytes[2..4].copy_from_slice(&self.channels.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.hz.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.bytes_per_second.to_le_bytes());
        bytes[12..14].copy_from_slice(&self.bytes_per_frame.to_le_bytes());
        bytes[14..16].copy_from_slice(&self.bits.to_le_bytes());
        bytes
    }

    fn read(body: &[u8]) -> Option<Self> {
        Some(Self {
            encoding: u16_at(body, 0)?,
            channels: u16_at(body, 2)?,
            hz: u32_at(body, 4)?,
            bytes_per_second: u32_at(body, 8)?,
            bytes_per_frame: u16_at(body, 12)?,
            bits: u16_at(body, 14)?,
        })
    }
}

/// A chunk's name and the length of its body.
fn chunk(bytes: &[u8], at: usize) -> Option<([u8; 4], u32)> {
    let head = bytes.get(at..)?;
    Some((*head.first_chunk()?, u32_at(head, 4)?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}
