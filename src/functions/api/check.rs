//! Whether what is wanted of new calls and new orders alike can be: every fault, each by its place in the body.

use std::collections::BTreeMap;

use super::{
    problem::{Fault, pointer_part},
    wanted::Who,
};
use crate::{
    config::guid,
    flow::{Flow, LONGEST_VALUE, Target},
};

/// What a new call or order is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The flow of the name that is wanted; `None` where there is none.
    pub flow: Option<&'a Flow>,
    /// Secrets that callers type can be sealed.
    pub can_seal: bool,
    /// The bot's home tenant.
    pub home: &'a str,
}

/// Whether the flow can be called through.
pub fn check_flow(against: Against<'_>, faults: &mut Vec<Fault>) {
    match against.flow {
        None => faults.push(Fault::new("/flow", "is the name of no flow that is deployed")),
        Some(flow) if !against.can_seal && flow.all().any(Flow::has_secret) => {
            faults.push(Fault::new("/flow", "collects a secret, which the bot cannot seal: SECRETS_KEY is not set"));
        }
        Some(_) => {}
    }
}

/// The values of variables, none of which may be another than `may_be_set`.
pub fn check_values(values: &BTreeMap<String, String>, at: &str, may_be_set: impl Fn(&str) -> bool, faults: &mut Vec<Fault>) {
    for (name, value) in values {
        let field = || format!("{at}/{}", pointer_part(name));
        if !may_be_set(name) {
            faults.push(Fault::new(field(), "is no variable of the flow that may be set from outside"));
        } else if value.chars().count() > LONGEST_VALUE {
            faults.push(Fault::new(field(), format!("is longer than {LONGEST_VALUE} characters")));
        }
    }
}

/// Somebody to ring, who is not among `others`.
pub fn check_target(who: &Who, at: &str, others: &[Target], faults: &mut Vec<Fault>) -> Option<Target> {
    let (target, member, fault) = match who {
        Who::User(id) => (Target::User(id.clone()), "user", NO_ID),
        Who::Phone(number) => (Target::Phone(number.clone()), "phone", NO_NUMBER),
        Who::ApplicationInstance(id) => (Target::ApplicationInstance(id.clone()), "applicationInstance", NO_ID),
    };
    let fault = match target.checked() {
        Some(target) if others.contains(&target) => "is there twice",
        Some(target) => return Some(target),
        None => fault,
    };
    faults.push(Fault::new(format!("{at}/{member}"), fault));
    None
}

const NO_ID: &str = "is no object id, such as 0f3a9c52-7d41-4be6-8a15-2c9e60d7b314";
const NO_NUMBER: &str = "is no phone number in E.164, such as +4930123456";

/// An object id, in lower case.
pub fn object_id(text: &str, field: &str, faults: &mut Vec<Fault>) -> Option<String> {
    guid(text).ok().or_else(|| fault(faults, field, NO_ID))
}

/// Notes a fault, where something was to be had.
pub fn fault<T>(faults: &mut Vec<Fault>, field: &str, detail: &str) -> Option<T> {
    faults.push(Fault::new(field, detail));
    None
}
