//! What makes a file one that Graph can play.

use std::{borrow::Cow, path::Path};

use super::wav::{LONGEST_MS, WavFault};

/// The command lines that mend a file, either by itself enough: `sox` where it reads that kind, and `ffmpeg`. The result has the
/// file's name with `.wav` for its ending. None where only recording it anew helps.
///
/// `file` is the path as one would type it.
pub fn lines(fault: &WavFault, file: &str) -> Vec<String> {
    let sox = match fault {
        WavFault::Unknown | WavFault::NoFormat | WavFault::Empty => return Vec::new(),
        WavFault::Foreign(kind) => kind.sox_type().map(|kind| format!("-t {kind} ")),
        WavFault::CutOff { .. } | WavFault::Unfinished => Some("--ignore-length ".to_owned()),
        _ => Some(String::new()),
    };
    let (trim, until) = match fault {
        WavFault::TooLong { .. } => (format!(" trim 0 {}", LONGEST_MS / 1000), format!(" -t {}", LONGEST_MS / 1000)),
        _ => (String::new(), String::new()),
    };
    let Names { source, target, then } = Names::of(file);
    let sox = sox.map(|read| format!("sox {read}{source} -t wavpcm -r 16000 -c 1 -b 16 -e signed-integer {target}{trim}{then}"));
    let ffmpeg = format!("ffmpeg -i {source} -ar 16000 -ac 1 -c:a pcm_s16le{until} {target}{then}");
    sox.into_iter().chain([ffmpeg]).collect()
}

/// What is read, what is written, and how that takes its place where it is the same.
struct Names {
    source: String,
    target: String,
    then: String,
}

impl Names {
    fn of(file: &str) -> Self {
        let source = quoted(file).into_owned();
        let wav = Path::new(file).with_extension("wav").to_string_lossy().into_owned();
        if wav != file {
            return Self { source, target: quoted(&wav).into_owned(), then: String::new() };
        }
        // Neither program can write the file that it reads.
        let mended = Path::new(file).with_extension("mended.wav").to_string_lossy().into_owned();
        let mended = quoted(&mended).into_owned();
        let then = format!(" && mv {mended} {source}");
        Self { source, target: mended, then }
    }
}

/// A word of a shell's command line.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "._/-".contains(c);
    match word {
        _ if word.starts_with('-') => quoted_always(&format!("./{word}")).into(),
        _ if word.chars().all(is_plain) => word.into(),
        _ => quoted_always(word).into(),
    }
}

fn quoted_always(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::wav::Kind;

    #[test]
    fn a_wav_file_is_mended_in_its_place() {
        let lines = lines(&WavFault::Shape { hz: 44_100, channels: 2, bits: 16 }, "prompts/welcome.wav");
        assert_eq!(
            lines,
            [
                "sox prompts/welcome.wav -t wavpcm -r 16000 -c 1 -b 16 -e signed-integer prompts/welcome.mended.wav \
                 && mv prompts/welcome.mended.wav prompts/welcome.wav",
                "ffmpeg -i prompts/welcome.wav -ar 16000 -ac 1 -c:a pcm_s16le prompts/welcome.mended.wav \
                 && mv prompts/welcome.mended.wav prompts/welcome.wav",
            ]
        );
    }

    #[test]
    fn a_file_of_another_name_gets_a_wav_beside_it() {
        let lines = lines(&WavFault::Foreign(Kind::M4a), "my greeting's.m4a");
        assert_eq!(lines, [r"ffmpeg -i 'my greeting'\''s.m4a' -ar 16000 -ac 1 -c:a pcm_s16le 'my greeting'\''s.wav'"]);
    }

    #[test]
    fn sox_is_told_what_a_misnamed_file_is() {
        let lines = lines(&WavFault::Foreign(Kind::Mp3), "hi.wav");
        assert!(lines[0].starts_with("sox -t mp3 hi.wav "), "{lines:?}");
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let lines = lines(&WavFault::TooLong { s: 700 }, "hi.wav");
        assert!(lines[0].contains(" trim 0 600 ") && lines[1].contains(" -t 600 "), "{lines:?}");
    }

    #[test]
    fn a_name_cannot_pass_for_an_option() {
        assert!(lines(&WavFault::Extensible, "-y.wav")[1].contains("-i './-y.wav' "));
    }

    #[test]
    fn nothing_mends_what_holds_no_sound() {
        assert_eq!(lines(&WavFault::Empty, "hi.wav"), [""; 0]);
    }
}
