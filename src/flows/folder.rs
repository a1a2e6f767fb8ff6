//! One flow's folder: `flow.toml`, and the WAV files in `prompts`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;

use crate::{
    flow::{
        Checked, Finding, MAX_FILE, Renderings, Severity, Source, Unplayable, Wave, Wording, check, hash::sha256_hex, wordings,
    },
    media::{
        mend,
        wav::{self, WavFault},
    },
};

/// The most flows on one shelf.
const MAX_FLOWS: usize = 500;
/// The longest WAV file, in bytes: more than five minutes.
const MAX_WAVE: usize = 10 * 1024 * 1024;
/// The most WAV files of one flow.
const MAX_WAVES: usize = 1_000;
/// How deep the folder `prompts` may be.
const MAX_DEPTH: usize = 4;

/// A folder with a `flow.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    name: String,
    path: PathBuf,
    /// The names of all flows in the folder that it lies in.
    all: Arc<BTreeSet<String>>,
}

/// A flow's folder, read and checked.
#[derive(Debug)]
pub struct Opened {
    /// The flow, and what was found.
    pub checked: Checked,
    /// Where its WAV files are, by SHA-256, lower-case hex.
    pub waves: HashMap<String, PathBuf>,
}

/// The WAV files of a flow: what is known of each by its path within the prompts, and where each is by its hash.
#[derive(Default)]
struct Waves {
    known: BTreeMap<String, Result<Wave, Unplayable>>,
    paths: HashMap<String, PathBuf>,
}

/// The flows' folders in `dir`, by name.
///
/// # Errors
///
/// `dir` cannot be read, holds no flow, or holds more than 500.
pub fn folders(dir: &Path) -> Result<Vec<Folder>, Finding> {
    let shown = dir.display().to_string();
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries =
        entries.map_err(|e| Finding::about(&shown, format!("the flows cannot be read, {e}"), "name a folder of flows"))?;
    let paths: BTreeMap<String, PathBuf> = entries.into_iter().filter_map(|entry| flow_at(entry.path())).collect();
    let all = Arc::new(paths.keys().cloned().collect());
    let folders: Vec<Folder> = paths.into_iter().map(|(name, path)| Folder { name, path, all: Arc::clone(&all) }).collect();
    match folders.len() {
        0 => Err(Finding::about(shown, "there is no flow", "add a folder with a flow.toml in it")),
        1..=MAX_FLOWS => Ok(folders),
        n => Err(Finding::about(shown, format!("there are {n} flows"), format!("{MAX_FLOWS} are the most"))),
    }
}

/// The name and the folder of a flow, where `path` is one.
fn flow_at(path: PathBuf) -> Option<(String, PathBuf)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    path.join("flow.toml").is_file().then_some((name, path))
}

impl Folder {
    /// The flow's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads and checks everything in it.
    pub fn open(&self) -> Opened {
        let text = match self.text() {
            Ok(text) => text,
            Err(finding) => {
                return Opened {
                    checked: Checked { file: self.file(), flow: None, findings: vec![finding], onward: BTreeMap::new() },
                    waves: HashMap::new(),
                };
            }
        };
        let (renderings, trouble) = match self.renderings() {
            Ok(renderings) => (renderings, None),
            Err(finding) => (Renderings::default(), Some(finding)),
        };
        let waves = self.waves();
        let file = self.file();
        let source =
            Source { name: &self.name, file: &file, text: &text, flows: &self.all, waves: &waves.known, renderings: &renderings };
        let mut checked = check(&source);
        checked.findings.extend(trouble);
        Opened { checked, waves: waves.paths }
    }

    /// What its prompts say, whatever else may be wrong with it.
    ///
    /// # Errors
    ///
    /// What is wrong with the file or its prompts.
    pub fn wordings(&self) -> Result<BTreeMap<String, Wording>, Vec<Finding>> {
        wordings(&self.file(), &self.text().map_err(|finding| vec![finding])?)
    }

    /// What is known of the WAV file at `file` within its prompts; `None` where there is none.
    pub fn wave(&self, file: &str) -> Option<Result<Wave, Unplayable>> {
        let path = self.prompts().join(file);
        path.exists().then(|| read_wave(&path))
    }

    /// Its prompts' folder.
    pub fn prompts(&self) -> PathBuf {
        self.path.join("prompts")
    }

    /// Its tests' folder, which need not be there.
    pub fn tests(&self) -> PathBuf {
        self.path.join("tests")
    }

    /// Which of its prompts a computer has spoken: the file `prompts/rendered.toml`. Nothing where there is none.
    ///
    /// # Errors
    ///
    /// The file cannot be read. Only a warning: the flow runs without it.
    pub fn renderings(&self) -> Result<Renderings, Finding> {
        let path = self.renderings_file();
        let warning = |e: String| Finding {
            severity: Severity::Warning,
            ..Finding::about(path.display().to_string(), format!("the file cannot be read, {e}"), "restore it or delete it")
        };
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|e| warning(e.message().to_owned())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Renderings::default()),
            Err(e) => Err(warning(e.to_string())),
        }
    }

    /// Where its renderings are remembered.
    pub fn renderings_file(&self) -> PathBuf {
        self.prompts().join("rendered.toml")
    }

    fn file(&self) -> String {
        self.path.join("flow.toml").display().to_string()
    }

    fn text(&self) -> Result<String, Finding> {
        let trouble = |what: String| Finding::about(self.file(), what, "make it a text file that the bot may read");
        // One byte more than allowed, so that the checker sees that there is too much.
        let bytes = read_at_most(&self.path.join("flow.toml"), MAX_FILE + 1)
            .map_err(|e| trouble(format!("the file cannot be read, {e}")))?;
        String::from_utf8(bytes).map_err(|_| trouble("the file is no UTF-8".to_owned()))
    }

    fn waves(&self) -> Waves {
        let mut paths = Vec::new();
        find_waves(&self.prompts(), "", MAX_DEPTH, &mut paths);
        let mut waves = Waves::default();
        for file in paths {
            let path = self.prompts().join(&file);
            match read_wave(&path) {
                Ok(wave) => {
                    waves.paths.insert(wave.sha256.clone(), path);
                    waves.known.insert(file, Ok(wave));
                }
                Err(fault) => drop(waves.known.insert(file, Err(fault))),
            }
        }
        waves
    }
}

/// Adds the paths of WAV files in `dir`, which is itself at the path `within`.
fn find_waves(dir: &Path, within: &str, depth: usize, found: &mut Vec<String>) {
    // A folder that is missing or closed shows as prompts without files.
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{within}{name}");
        if name.ends_with(".wav") && found.len() < MAX_WAVES {
            found.push(path);
        } else if depth > 1 && entry.path().is_dir() {
            find_waves(&entry.path(), &format!("{path}/"), depth - 1, found);
        }
    }
}

/// The content of a WAV file, if it is still the one with this SHA-256.
pub(super) fn read_same(path: &Path, sha256: &str) -> Option<Bytes> {
    let content = read_at_most(path, MAX_WAVE).ok()?;
    (sha256_hex(&content) == sha256).then(|| Bytes::from(content))
}

fn read_wave(path: &Path) -> Result<Wave, Unplayable> {
    let content = read_at_most(path, MAX_WAVE + 1)
        .map_err(|e| Unplayable { what: format!("cannot be read, {e}"), cure: "let the bot read it".to_owned() })?;
    if content.len() > MAX_WAVE {
        return Err(Unplayable { what: format!("has more than {MAX_WAVE} bytes"), cure: "make it shorter".to_owned() });
    }
    let wav = wav::check(&content).map_err(|fault| Unplayable { cure: cure(&fault, path), what: fault.to_string() })?;
    Ok(Wave { sha256: sha256_hex(&content), ms: wav.ms })
}

fn cure(fault: &WavFault, path: &Path) -> String {
    let lines = mend::lines(fault, &path.display().to_string());
    match lines.is_empty() {
        true => "record it anew".to_owned(),
        false => format!("run `{}`", lines.join("` or `")),
    }
}

fn read_at_most(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(limit).min(limit);
    let mut content = Vec::with_capacity(length);
    file.take(limit as u64).read_to_end(&mut content)?;
    Ok(content)
}
