//! Sound: what Graph can play, how it is handed out, where recordings are kept.
//!
//! In reading order: whether a file can be played ([`wav`]) and what to do if not ([`mend`]), the silence between ([`silence`]), how
//! an HTTP request for sound is answered ([`audio`]), and what callers have said ([`recordings`]).

pub mod audio;
pub mod mend;
pub mod recordings;
pub mod silence;
pub mod wav;

pub use audio::{Audio, PromptPath};
pub use recordings::{BlobRecordings, KeepError, Limits, RecordingStore, Recordings};
pub use silence::Silence;
pub use wav::{Wav, WavFault};
