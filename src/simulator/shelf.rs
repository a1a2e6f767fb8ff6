//! Prompts that the platform has downloaded or is downloading, and recordings that it keeps for the bot.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use sha2::{Digest, Sha256};

use super::{asks::MediaInfo, dialect, person::later, setup::Caption, sound::Sound, voice};

/// How long a recording can be had after its call's end.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

/// A prompt, or the platform's subcode for why it cannot be played.
pub(crate) type Download = Result<Arc<Sound>, u32>;

/// Which prompt of which operation waits for a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiter {
    pub(crate) call: usize,
    pub(crate) operation: String,
    pub(crate) step: usize,
}

/// What to do for a prompt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Here(Arc<Sound>),
    /// Someone else has begun to download it.
    Coming,
    /// Download it, under this id.
    Missing(u64),
}

#[derive(Debug)]
struct Fetching {
    resource_id: Option<String>,
    waiters: Vec<Waiter>,
}

/// Prompts by their `resourceId`. One without is downloaded each time.
#[derive(Debug, Default)]
pub(crate) struct Prompts {
    here: HashMap<String, Arc<Sound>>,
    coming: HashMap<String, u64>,
    fetching: BTreeMap<u64, Fetching>,
    count: u64,
}

impl Prompts {
    pub(crate) fn want(&mut self, media: &MediaInfo, waiter: Option<Waiter>) -> Found {
        let known = media.resource_id.as_ref();
        if let Some(sound) = known.and_then(|id| self.here.get(id)) {
            return Found::Here(Arc::clone(sound));
        }
        if let Some(id) = known.and_then(|id| self.coming.get(id)) {
            if let Some(fetching) = self.fetching.get_mut(id) {
                fetching.waiters.extend(waiter);
            }
            return Found::Coming;
        }
        self.count += 1;
        let resource_id = known.cloned();
        if let Some(known) = &resource_id {
            self.coming.insert(known.clone(), self.count);
        }
        let waiters = waiter.into_iter().collect();
        self.fetching.insert(self.count, Fetching { resource_id, waiters });
        Found::Missing(self.count)
    }

    /// Who waited for a download that has come. A failed one is not remembered.
    pub(crate) fn fetched(&mut self, id: u64, download: &Download) -> Vec<Waiter> {
        let Some(fetching) = self.fetching.remove(&id) else {
            return Vec::new();
        };
        if let Some(known) = fetching.resource_id {
            self.coming.remove(&known);
            if let Ok(sound) = download {
                self.here.insert(known, Arc::clone(sound));
            }
        }
        fetching.waiters
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.fetching.is_empty()
    }
}

/// What is known of a recording; its sound is made when it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) call: usize,
    pub(crate) length: SignedDuration,
    pub(crate) spoken: Vec<(SignedDuration, SignedDuration)>,
}

#[derive(Debug)]
struct Kept {
    /// Which recording of its call, from 1.
    nth: u32,
    token: String,
    seed: u64,
    taken: Taken,
}

/// Recordings by the last part of their path.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    kept: BTreeMap<String, Kept>,
    ended: BTreeMap<usize, Timestamp>,
}

impl Recordings {
    /// Keeps one; answers the last part of its path, and its token.
    pub(crate) fn keep(&mut self, taken: Taken, rng: &mut impl Rng) -> (String, String) {
        let path = uuid(rng);
        let token = format!("{:032x}{:032x}", u128_of(rng), u128_of(rng));
        let nth = 1 + u32::try_from(self.of_call(taken.call).count()).unwrap_or(u32::MAX - 1);
        let kept = Kept { nth, token: token.clone(), seed: rng.next_u64(), taken };
        self.kept.insert(path.clone(), kept);
        (path, token)
    }

    /// From now on the recordings of a call are kept for 5 minutes.
    pub(crate) fn call_ended(&mut self, call: usize, now: Timestamp) {
        self.ended.insert(call, now);
    }

    /// The WAV; or 404, 401 or 410.
    pub(crate) fn get(&self, path: &str, bearer: &str, now: Timestamp) -> Result<Bytes, u16> {
        let kept = self.kept.get(path).ok_or(404_u16)?;
        if kept.token != bearer {
            return Err(401);
        }
        let ended = self.ended.get(&kept.taken.call);
        if ended.is_some_and(|ended| now >= later(*ended, KEPT)) {
            return Err(410);
        }
        Ok(kept.wav())
    }

    /// How a person in a call hears one of that call's recordings; `None` for any other sound.
    pub(crate) fn caption(&self, call: usize, sound: &Sound) -> Option<Caption> {
        let mut alike = self.of_call(call).filter(|kept| kept.taken.length.as_millis() == sound.length.as_millis());
        let played = alike.find(|kept| HEXLOWER.encode(&Sha256::digest(kept.wav())) == sound.sha256)?;
        Some(Caption::of_recording(played.nth))
    }

    fn of_call(&self, call: usize) -> impl Iterator<Item = &Kept> {
        self.kept.values().filter(move |kept| kept.taken.call == call)
    }
}

impl Kept {
    fn wav(&self) -> Bytes {
        voice::wav(self.seed, self.taken.length, &self.taken.spoken)
    }
}

/// An id of the platform's form, lower case with dashes.
pub(crate) fn uuid(rng: &mut impl Rng) -> String {
    dialect::dashed(&format!("{:032x}", u128_of(rng)))
}

fn u128_of(rng: &mut impl Rng) -> u128 {
    u128::from(rng.next_u64()) << 64 | u128::from(rng.next_u64())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::simulator::wire::Fetched;

    fn media(resource_id: Option<&str>) -> MediaInfo {
        MediaInfo { uri: "http://127.0.0.1/a.wav".to_owned(), resource_id: resource_id.map(str::to_owned) }
    }

    fn waiter(call: usize) -> Option<Waiter> {
        Some(Waiter { call, operation: "op".to_owned(), step: 0 })
    }

    fn download() -> Download {
        Ok(Arc::new(Sound { sha256: "ab".to_owned(), length: SignedDuration::from_secs(1), is_silence: false }))
    }

    #[test]
    fn a_prompt_is_downloaded_once_for_all_who_name_it_alike() {
        let mut prompts = Prompts::default();
        assert_eq!(prompts.want(&media(Some("a")), waiter(1)), Found::Missing(1));
        assert_eq!(prompts.want(&media(Some("a")), waiter(2)), Found::Coming);
        assert_eq!(prompts.fetched(1, &download()).len(), 2);
        assert!(matches!(prompts.want(&media(Some("a")), waiter(3)), Found::Here(_)));
        assert!(prompts.is_idle());
    }

    #[test]
    fn a_nameless_prompt_and_one_that_failed_are_downloaded_anew() {
        let mut prompts = Prompts::default();
        for id in [1, 2] {
            assert_eq!(prompts.want(&media(None), waiter(1)), Found::Missing(id));
            prompts.fetched(id, &download());
        }
        assert_eq!(prompts.want(&media(Some("a")), waiter(1)), Found::Missing(3));
        prompts.fetched(3, &Err(8536));
        assert_eq!(prompts.want(&media(Some("a")), waiter(1)), Found::Missing(4));
    }

    #[test]
    fn a_recording_is_known_again_in_its_own_call_when_it_is_played() {
        let mut recordings = Recordings::default();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let second = SignedDuration::from_secs(1);
        let mut keep = |call| {
            let taken = Taken { call, length: second, spoken: vec![(SignedDuration::ZERO, second)] };
            let (path, token) = recordings.keep(taken, &mut rng);
            (path, token)
        };
        let kept = [keep(3), keep(4), keep(3)];
        let sound = |(path, token): &(String, String)| {
            let bytes = recordings.get(path, token, Timestamp::UNIX_EPOCH).unwrap();
            Sound::read(&Fetched::File { bytes, is_wav_type: true }).unwrap()
        };
        let name = |call, kept| recordings.caption(call, &sound(kept)).map(|caption| caption.name);
        let names = kept.each_ref().map(|kept| name(3, kept));
        assert_eq!(names, [Some("recording 1".to_owned()), None, Some("recording 2".to_owned())]);
    }

    #[test]
    fn a_recording_needs_its_token_and_is_gone_five_minutes_after_the_call() {
        let mut recordings = Recordings::default();
        let taken = Taken { call: 3, length: SignedDuration::from_secs(1), spoken: Vec::new() };
        let (path, token) = recordings.keep(taken, &mut ChaCha8Rng::seed_from_u64(1));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(recordings.get("else", &token, at(0)), Err(404));
        assert_eq!(recordings.get(&path, "else", at(0)), Err(401));
        recordings.call_ended(3, at(100));
        assert!(recordings.get(&path, &token, at(399)).is_ok());
        assert_eq!(recordings.get(&path, &token, at(400)), Err(410));
    }
}
