//! The ways out of a step: every outcome, and where it leads.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    company::{Invite, Leads},
    model::{Branch, Flow, Hours, Menu, Play, Step, Transfer, Wait},
    reaching::Ask,
};

/// An outcome of a step, and the step that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way<'f> {
    /// The attribute that names it, e.g. `then`, `keys.1`, `no_input`.
    pub outcome: Cow<'static, str>,
    /// The step's name: the very text that stands in the flow.
    pub to: &'f str,
}

impl Step {
    /// What its `do` says.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Set(_) => "set",
            Self::Branch(_) => "branch",
            Self::Go(_) => "go",
            Self::Language(_) => "language",
            Self::Say(_) => "say",
            Self::Hours(_) => "hours",
            Self::Wait(_) => "wait",
            Self::Play(_) => "play",
            Self::Menu(_) => "menu",
            Self::Collect(_) => "collect",
            Self::Record(_) => "record",
            Self::Transfer(_) => "transfer",
            Self::Ask(_) => "ask",
            Self::Notify(_) => "notify",
            Self::Acknowledge(_) => "acknowledge",
            Self::Answer(_) => "answer",
            Self::Reject(_) => "reject",
            Self::Redirect(_) => "redirect",
            Self::SendKeys(_) => "send_keys",
            Self::Invite(_) => "invite",
            Self::Remove(_) => "remove",
            Self::Mute(_) => "mute",
            Self::Unmute(_) => "unmute",
            Self::Hold(_) => "hold",
            Self::Unhold(_) => "unhold",
            Self::HangUp => "hang_up",
        }
    }

    /// What a call that stands in it may be told, and the step that each leads to.
    pub fn told(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Wait(wait) => Some(&wait.events),
            _ => None,
        }
    }

    /// Every way out of the step, in the order of its attributes. A step without one ends the flow.
    pub fn ways(&self) -> Vec<Way<'_>> {
        let mut ways = self.ways_of_verb();
        ways.extend(self.hung_up().map(|to| way("hung_up", to)));
        ways
    }

    fn ways_of_verb(&self) -> Vec<Way<'_>> {
        match self {
            Self::Set(set) => vec![way("then", &set.then)],
            Self::Branch(branch) => branch.ways(),
            Self::Wait(wait) => wait.ways(),
            Self::Hours(hours) => hours.ways(),
            Self::Language(language) => vec![way("then", &language.then)],
            Self::Say(say) => vec![way("then", &say.then)],
            Self::Go(_) => Vec::new(),
            Self::Play(play) => play.ways(),
            Self::Menu(menu) => menu.ways(),
            Self::Collect(collect) => {
                vec![way("then", &collect.then), way("no_input", &collect.no_input.then), way("no_match", &collect.no_match.then)]
            }
            Self::Record(record) => vec![way("then", &record.then), way("nothing", &record.nothing)],
            Self::Transfer(transfer) => transfer.ways(),
            Self::SendKeys(send) => send.leads.ways(),
            Self::Invite(invite) => invite.ways(),
            Self::Remove(remove) => remove.leads.ways(),
            Self::Mute(mute) => mute.leads.ways(),
            Self::Unmute(leads) => leads.ways(),
            Self::Hold(hold) => hold.leads.ways(),
            Self::Unhold(unhold) => unhold.leads.ways(),
            Self::Ask(ask) => ask.ways(),
            Self::Notify(notify) => vec![way("then", &notify.then)],
            Self::Acknowledge(acknowledge) => vec![way("then", &acknowledge.then)],
            Self::Answer(answer) => vec![way("then", &answer.then)],
            Self::Redirect(redirect) => vec![way("failed", &redirect.failed)],
            Self::Reject(_) | Self::HangUp => Vec::new(),
        }
    }
}

impl Play {
    fn ways(&self) -> Vec<Way<'_>> {
        let keys = self.keys.iter().map(|(key, to)| way(format!("keys.{key}"), to));
        keys.chain([way("then", &self.then)]).collect()
    }
}

impl Menu {
    fn ways(&self) -> Vec<Way<'_>> {
        let keys = self.keys.iter().map(|(key, to)| way(format!("keys.{key}"), to));
        keys.chain([way("no_input", &self.no_input.then), way("no_match", &self.no_match.then)]).collect()
    }
}

impl Transfer {
    fn ways(&self) -> Vec<Way<'_>> {
        let finer =
            [("busy", &self.busy), ("declined", &self.declined), ("no_answer", &self.no_answer), ("not_found", &self.not_found)];
        let given = finer.into_iter().filter_map(|(name, to)| Some(way(name, to.as_ref()?)));
        given.chain([way("failed", &self.failed)]).collect()
    }
}

impl Invite {
    fn ways(&self) -> Vec<Way<'_>> {
        let finer =
            [("busy", &self.busy), ("declined", &self.declined), ("no_answer", &self.no_answer), ("not_found", &self.not_found)];
        let given = finer.into_iter().filter_map(|(name, to)| Some(way(name, to.as_ref()?)));
        [way("joined", &self.joined)].into_iter().chain(given).chain([way("failed", &self.failed)]).collect()
    }
}

impl Leads {
    fn ways(&self) -> Vec<Way<'_>> {
        [way("then", &self.then)].into_iter().chain(self.failed.iter().map(|to| way("failed", to))).collect()
    }
}

impl Ask {
    fn ways(&self) -> Vec<Way<'_>> {
        let chosen = self.next.iter().map(|(name, to)| way(format!("next.{name}"), to));
        chosen.chain([way("then", &self.then), way("failed", &self.failed)]).collect()
    }
}

impl Branch {
    fn ways(&self) -> Vec<Way<'_>> {
        let cases = (1..).zip(&self.cases).map(|(n, case)| way(format!("when.{n}"), &case.then));
        cases.chain([way("otherwise", &self.otherwise)]).collect()
    }
}

impl Hours {
    fn ways(&self) -> Vec<Way<'_>> {
        let known = [way("open", &self.open), way("closed", &self.closed), way("holiday", &self.holiday)];
        let switched = self.switch.iter().map(|_| way("switched", &self.switched));
        known.into_iter().chain(switched).collect()
    }
}

impl Wait {
    fn ways(&self) -> Vec<Way<'_>> {
        let keys = self.keys.iter().map(|(key, to)| way(format!("keys.{key}"), to));
        let company = [("joined", &self.joined), ("alone", &self.alone)];
        let company = company.into_iter().filter_map(|(name, to)| Some(way(name, to.as_ref()?)));
        keys.chain(events(&self.events)).chain(company).chain([way("then", &self.then)]).collect()
    }
}

impl Flow {
    /// The ways that a call may take from wherever it stands: by what it is told.
    pub fn ways(&self) -> Vec<Way<'_>> {
        events(&self.told).collect()
    }

    /// The outcome by which `step` is left for `to`, which is the name as it lies in the flow: more than one outcome may lead to one
    /// step, so names are told apart by their place. A copy of a name is told by its text, if only one outcome leads there.
    pub fn outcome(&self, step: &str, to: &str) -> Option<Cow<'static, str>> {
        let ways = self.steps.get(step)?.ways();
        let mut alike = ways.iter().filter(|way| way.to == to);
        let told = self.ways();
        let meant = match ways.iter().chain(&told).find(|way| std::ptr::eq(way.to, to)) {
            Some(way) => way,
            None => alike.next().filter(|_| alike.next().is_none())?,
        };
        Some(meant.outcome.clone())
    }
}

fn events(told: &BTreeMap<String, String>) -> impl Iterator<Item = Way<'_>> {
    told.iter().map(|(event, to)| way(format!("events.{event}"), to))
}

fn way(outcome: impl Into<Cow<'static, str>>, to: &str) -> Way<'_> {
    Way { outcome: outcome.into(), to }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::{Record, Retry};

    fn menu() -> Menu {
        let retry = || Retry { prompt: None, attempts: 3, then: "bye".to_owned() };
        Menu {
            prompts: vec!["choices".to_owned()],
            short_prompts: Vec::new(),
            repeat: None,
            back: None,
            top: None,
            timeout_ms: 5_000,
            barge_in: true,
            keys: [('1', "sales"), ('*', "bye")].map(|(key, to)| (key.try_into().unwrap(), to.to_owned())).into(),
            no_input: retry(),
            no_match: retry(),
            hung_up: Some("tell".to_owned()),
        }
    }

    fn flow() -> Flow {
        let steps = [
            ("menu", Step::Menu(menu())),
            (
                "sales",
                Step::Play(Play { prompts: Vec::new(), times: 1, barge_in: false, keys: [].into(), then: "bye".to_owned() }),
            ),
        ];
        Flow {
            name: "desk".to_owned(),
            start: "menu".to_owned(),
            steps: steps.map(|(name, step)| (name.to_owned(), step)).into(),
            ..Flow::default()
        }
    }

    #[test]
    fn outcomes_that_lead_to_one_step_are_told_apart() {
        let flow = flow();
        let Some(Step::Menu(menu)) = flow.steps.get("menu") else { panic!() };
        assert_eq!(flow.outcome("menu", &menu.no_input.then).as_deref(), Some("no_input"));
        assert_eq!(flow.outcome("menu", &menu.no_match.then).as_deref(), Some("no_match"));
        assert_eq!(flow.outcome("menu", &menu.keys[&'*'.try_into().unwrap()]).as_deref(), Some("keys.*"));
        assert_eq!(flow.outcome("menu", menu.hung_up.as_deref().unwrap()).as_deref(), Some("hung_up"));
    }

    #[test]
    fn a_copied_name_is_told_where_there_is_but_one_way() {
        let flow = flow();
        assert_eq!(flow.outcome("sales", "bye").as_deref(), Some("then"));
        assert_eq!(flow.outcome("menu", "sales").as_deref(), Some("keys.1"));
        assert_eq!(flow.outcome("menu", "bye"), None, "three ways lead there");
        assert_eq!(flow.outcome("menu", "nowhere"), None);
    }

    #[test]
    fn nothing_follows_a_hang_up() {
        assert_eq!(Step::HangUp.ways(), []);
        let record = Record {
            prompt: None,
            beep: true,
            longest_s: 1,
            first_silence_s: 1,
            silence_s: 1,
            stop_keys: Default::default(),
            review: None,
            then: "a".to_owned(),
            nothing: "b".to_owned(),
            hung_up: Some("c".to_owned()),
        };
        assert_eq!(Step::Record(record).ways().iter().map(|way| way.to).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
