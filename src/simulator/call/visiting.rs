//! The bot in a meeting: through the lobby, among people who come and leave by themselves.

use serde_json::{Value, json};

use super::{Call, Kind, departure::put_out};
use crate::simulator::{
    agenda::Alarm,
    meeting::{Attendee, Meeting},
    observation::Seen,
    stage::Stage,
};

/// A meeting that the bot is in, or before.
#[derive(Debug)]
pub(super) struct Visit {
    meeting: Meeting,
    /// As the bot named the meeting.
    info: Value,
    is_in_lobby: bool,
}

impl Visit {
    pub(super) fn new(meeting: Meeting, info: Value) -> Self {
        Self { meeting, info, is_in_lobby: false }
    }

    pub(super) fn thread(&self) -> &str {
        &self.meeting.thread
    }

    pub(super) fn is_unannounced(&self) -> bool {
        self.meeting.is_unannounced
    }

    pub(super) fn info(&self) -> &Value {
        &self.info
    }

    pub(super) fn chat(&self) -> Value {
        json!({
            "@odata.type": "#microsoft.graph.chatInfo",
            "threadId": self.meeting.thread,
            "messageId": "0",
            "replyChainMessageId": null,
        })
    }
}

impl Call {
    pub(super) fn visit(&self) -> Option<&Visit> {
        match &self.kind {
            Kind::Meeting(visit) => Some(visit),
            Kind::Two | Kind::Group => None,
        }
    }

    pub(super) fn is_in_lobby(&self) -> bool {
        self.visit().is_some_and(|visit| visit.is_in_lobby)
    }

    /// A call's data with a state, and the meeting where it is in one.
    pub(super) fn standing(&self, state: &str) -> Value {
        let mut data = self.dialect.call(state, &self.chain);
        if let Some(visit) = self.visit() {
            data["chatInfo"] = visit.chat();
            data["meetingInfo"] = visit.info.clone();
        }
        data
    }

    /// The people come and leave at their times.
    pub(super) fn expect_people(&mut self, stage: &mut Stage) {
        let Kind::Meeting(visit) = &self.kind else {
            return;
        };
        let times: Vec<_> = visit.meeting.people.iter().map(|Attendee { joins, leaves, .. }| (*joins, *leaves)).collect();
        if let Some(after) = visit.meeting.puts_out {
            self.set(Alarm::PutOut, after, stage);
        }
        for (number, (joins, leaves)) in times.into_iter().enumerate() {
            match joins {
                Some(after) => self.set(Alarm::Comes(number), after, stage),
                None => self.comes(number, stage),
            }
            if let Some(after) = leaves {
                self.set(Alarm::Leaves(number), after, stage);
            }
        }
    }

    /// Someone comes by themselves.
    pub(super) fn comes(&mut self, number: usize, stage: &mut Stage) {
        self.participants[number].arrives();
        let who = self.participants[number].who.id.clone();
        self.see(Seen::Joined { who }, stage);
        self.joins(number, stage);
    }

    /// Someone leaves by themselves, or does not come at all.
    pub(super) fn leaves_again(&mut self, number: usize, stage: &mut Stage) {
        self.clear(Alarm::Comes(number), stage);
        if self.participants[number].is_here() {
            self.leave(number, stage);
        }
    }

    /// Established, but not let in yet. `false`: there is no lobby.
    pub(super) fn waits_in_lobby(&mut self, stage: &mut Stage) -> bool {
        let Kind::Meeting(visit) = &mut self.kind else {
            return false;
        };
        let Some(wait) = visit.meeting.admits.or(visit.meeting.turns_away) else {
            return false;
        };
        visit.is_in_lobby = true;
        self.see(Seen::InLobby, stage);
        self.set(Alarm::Lobby, wait, stage);
        self.tell_roster(stage);
        true
    }

    /// Admitted, or turned away.
    pub(super) fn leaves_lobby(&mut self, stage: &mut Stage) {
        let Kind::Meeting(visit) = &mut self.kind else {
            return;
        };
        visit.is_in_lobby = false;
        match visit.meeting.admits {
            Some(_) => self.wait_to_establish(200..500, stage),
            None => self.depart(put_out(), stage),
        }
    }
}
