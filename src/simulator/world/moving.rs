//! People who go from one call of the bot to another.

use super::World;
use crate::simulator::{
    asks::{Invite, read},
    call::Call,
    reply::Refusal,
    route::Route,
    wire::Request,
};

impl World {
    /// The call that an invitation takes its person out of, by its number.
    pub(super) fn replaced(&self, number: usize, route: Route, request: &Request) -> Result<Option<usize>, Refusal> {
        if route != Route::Invite {
            return Ok(None);
        }
        let ask: Invite = read(request.body.as_ref())?;
        let Some(id) = ask.replaces() else {
            return Ok(None);
        };
        match self.number(id).filter(|replaced| *replaced != number && self.calls[*replaced].can_be_replaced()) {
            Some(replaced) => Ok(Some(replaced)),
            None => Err(Refusal::invalid("replacesCallId must be a call of the application between two that stands")),
        }
    }

    /// Those who were fetched leave the one call and come into the other.
    pub(super) fn move_people(&mut self) {
        while let Some(one) = self.stage.moves.pop() {
            let person = self.touch(one.from, Call::be_replaced);
            if !self.calls[one.to].is_over() {
                self.touch(one.to, |call, stage| call.moved_in(&one, person, stage));
            }
        }
    }
}
