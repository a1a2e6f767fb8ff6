//! Which call flow a call gets.

use std::{collections::BTreeMap, path::PathBuf};

use super::reader::{Reader, guid};

/// Where the flows are, and which of them an incoming call gets.
#[derive(Debug, Clone)]
pub struct FlowNames {
    /// The folder that holds a folder for each flow.
    pub dir: PathBuf,
    /// Which flow an incoming call gets.
    pub incoming: IncomingFlow,
}

/// Which flow an incoming call gets: by the application instance (resource account) that was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingFlow {
    /// The flow of every call that no other line is for.
    default: String,
    /// Flows by the lower-case object id of the application instance.
    by_instance: BTreeMap<String, String>,
}

impl IncomingFlow {
    /// The flow's name for a call to this application instance, or to the bot itself.
    pub fn of(&self, instance: Option<&str>) -> &str {
        let own = instance.and_then(|id| self.by_instance.get(&id.to_ascii_lowercase()));
        own.unwrap_or(&self.default)
    }

    /// The name of every flow that a call may get.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.default).chain(self.by_instance.values()).map(String::as_str)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut default = None;
        let mut by_instance = BTreeMap::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (who, flow) = part.split_once('=').ok_or("has a part without =")?;
            let flow = flow_name(flow.trim())?;
            let before = match who.trim() {
                "default" => default.replace(flow),
                who => {
                    let id = guid(who).map_err(|fault| format!("has a part before = that {fault}, nor default"))?;
                    by_instance.insert(id, flow)
                }
            };
            if before.is_some() {
                return Err("says twice what one instance gets".to_owned());
            }
        }
        let default = default.ok_or("does not say what is the default")?;
        Ok(Self { default, by_instance })
    }
}

impl FlowNames {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let dir = reader.required("FLOWS_DIR", |text| Ok(PathBuf::from(text)));
        let incoming = reader.required("INCOMING_FLOW", IncomingFlow::parse);
        Some(Self { dir: dir?, incoming: incoming? })
    }
}

/// A flow's name is a folder's, so that nothing in it may lead elsewhere.
fn flow_name(text: &str) -> Result<String, String> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    match !text.is_empty() && text.bytes().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err("names a flow with other than letters, digits, - and _".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::IncomingFlow;

    const SUPPORT: &str = "5e4d3c2b-1a09-4f8e-9d7c-6b5a4938271f";

    #[test]
    fn a_call_to_an_instance_gets_the_flow_of_that_instance() {
        let flows = IncomingFlow::parse(&format!("default=front_desk; {}=support;", SUPPORT.to_uppercase())).unwrap();
        assert_eq!(flows.of(Some(SUPPORT)), "support");
        assert_eq!(flows.of(Some(&SUPPORT.to_uppercase())), "support");
        assert_eq!(flows.of(Some("another")), "front_desk");
        assert_eq!(flows.of(None), "front_desk");
        assert_eq!(flows.names().collect::<Vec<_>>(), ["front_desk", "support"]);
    }

    #[test]
    fn what_leaves_a_call_without_a_flow_or_leads_elsewhere_is_refused() {
        for (text, fault) in [
            ("", "does not say what is the default"),
            ("front_desk", "without ="),
            ("default=a;default=b", "twice"),
            ("default=a;support=b", "is not a GUID"),
            ("default=../a", "names a flow"),
            ("default=", "names a flow"),
        ] {
            let found = IncomingFlow::parse(text).unwrap_err();
            assert!(found.contains(fault), "{text}: {found}");
        }
    }

    proptest! {
        #[test]
        fn every_flow_named_is_a_plain_folder(text in "(default|[0-9a-f]{8}|=|;|[a-z./ ]){0,12}") {
            if let Ok(flows) = IncomingFlow::parse(&text) {
                prop_assert!(flows.names().all(|name| !name.is_empty() && !name.contains(['/', '.', ' '])));
            }
        }
    }
}
