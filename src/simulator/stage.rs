//! What all calls share: the time, what is due, letters under way, prompts, recordings, and what was seen.

use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    agenda::{Agenda, Due},
    asks::{MediaInfo, Target},
    contact::{ANYONE, Contact, Rung, SOON},
    letter::{Letter, Letters},
    observation::{Observation, Seen},
    person::later,
    reply::Refusal,
    setup::{Caption, Setup},
    shelf::{Found, Prompts, Recordings, Waiter, uuid},
    sound::Sound,
    wire::Effect,
};

/// Someone is fetched out of one call of the bot into another.
#[derive(Debug)]
pub(crate) struct Move {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Their number there.
    pub(crate) participant: usize,
}

/// The stage on which calls play.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) setup: Setup,
    pub(crate) now: Timestamp,
    pub(crate) agenda: Agenda,
    pub(crate) letters: Letters,
    pub(crate) prompts: Prompts,
    pub(crate) recordings: Recordings,
    /// Calls that have not ended.
    pub(crate) going: usize,
    pub(crate) effects: Vec<Effect>,
    pub(crate) observations: Vec<Observation>,
    request_ids: ChaCha8Rng,
    /// People who go from one call to another.
    pub(crate) moves: Vec<Move>,
    /// How often somebody was rung, by id in lower case.
    rung: HashMap<String, usize>,
}

impl Stage {
    pub(crate) fn new(setup: Setup) -> Self {
        Self {
            request_ids: ChaCha8Rng::seed_from_u64(setup.seed),
            setup,
            now: Timestamp::UNIX_EPOCH,
            agenda: Agenda::default(),
            letters: Letters::default(),
            prompts: Prompts::default(),
            recordings: Recordings::default(),
            going: 0,
            effects: Vec::new(),
            observations: Vec::new(),
            moves: Vec::new(),
            rung: HashMap::new(),
        }
    }

    /// Time does not run back, whatever a carrier's clock says.
    pub(crate) fn set_time(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    pub(crate) fn observe(&mut self, call: &str, what: Seen) {
        self.observations.push(Observation { at: self.now, call: call.to_owned(), what });
    }

    /// Posts a letter, now or after a while.
    pub(crate) fn post(&mut self, letter: Letter, after: SignedDuration) {
        let id = self.letters.add(letter);
        if after.is_zero() {
            self.send(id);
        } else {
            self.send_after(id, after);
        }
    }

    pub(crate) fn send_after(&mut self, id: u64, after: SignedDuration) {
        self.agenda.set(Due::Letter(id), later(self.now, after));
    }

    /// Hands a letter to the carrier.
    pub(crate) fn send(&mut self, id: u64) {
        if let Some(letter) = self.letters.get(id) {
            self.effects.push(Effect::Post {
                id,
                url: letter.url.clone(),
                body: letter.body.clone(),
                tenant: self.setup.tenant.clone(),
            });
        }
    }

    /// A prompt's sound if it is here; else it is on its way when this returns.
    pub(crate) fn prompt(&mut self, media: &MediaInfo, waiter: Option<Waiter>) -> Option<Arc<Sound>> {
        match self.prompts.want(media, waiter) {
            Found::Here(sound) => return Some(sound),
            Found::Coming => {}
            Found::Missing(id) => self.effects.push(Effect::Fetch { id, url: media.uri.clone() }),
        }
        None
    }

    /// How a person in a call hears a sound. What the platform has recorded itself it knows again; any other without a caption is called
    /// after its file.
    pub(crate) fn caption(&self, call: usize, sound: &Sound, uri: &str) -> Caption {
        let file = || uri.rsplit('/').next().unwrap_or_default().to_owned();
        let known = self.setup.captions.get(&sound.sha256).cloned().or_else(|| self.recordings.caption(call, sound));
        known.unwrap_or_else(|| Caption {
            name: if sound.is_silence { "silence".to_owned() } else { file() },
            words: String::new(),
        })
    }

    /// Whom the bot can ring under this id, or number.
    pub(crate) fn contact(&self, id: &str) -> Option<&Contact> {
        let contacts = &self.setup.contacts;
        let named = contacts.iter().find(|(known, _)| known.eq_ignore_ascii_case(id));
        named.map(|(_, contact)| contact).or_else(|| contacts.get(ANYONE))
    }

    /// Someone under the name they have as a contact.
    pub(crate) fn named(&self, mut who: Target) -> Target {
        let known = self.contact(&who.id).map(|contact| contact.name.clone()).filter(|name| !name.is_empty());
        who.name = known.or(who.name);
        who
    }

    /// The application role was granted to the bot.
    pub(crate) fn must_have(&self, role: &str) -> Result<(), Refusal> {
        if self.setup.roles.iter().any(|granted| granted == role) {
            return Ok(());
        }
        let message = format!("Insufficient enterprise tenant permissions, cannot access this API: {role} is not granted.");
        Err(Refusal::new(403, "7504", message))
    }

    /// Somebody is rung once more: what they do.
    pub(crate) fn ring(&mut self, id: &str) -> Rung {
        let count = self.rung.entry(id.to_lowercase()).or_default();
        let before = *count;
        *count += 1;
        self.contact(id).map_or_else(|| Rung::answers(SOON), |contact| contact.rung(before))
    }

    /// An id for the log of a request.
    pub(crate) fn request_id(&mut self) -> String {
        uuid(&mut self.request_ids)
    }
}
