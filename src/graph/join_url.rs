//! The address by which people join a meeting, read as what Graph wants to be told.
//!
//! Two forms are about. Meetings have `/l/meetup-join/{thread}/{message}?context={"Tid":…,"Oid":…}`, and newer ones
//! `/meet/{id}?p={passcode}`: <https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-link-teams>

use reqwest::Url;
use serde::Deserialize;

use crate::{
    call::{Meeting, Passcode},
    config::guid,
};

/// The longest address that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// The longest name of a thread, in bytes.
const LONGEST_THREAD: usize = 200;

/// How many digits the id of a meeting has.
const ID_DIGITS: std::ops::RangeInclusive<usize> = 6..=20;

/// The longest passcode, in characters.
const LONGEST_PASSCODE: usize = 64;

/// How a host of Teams ends: of the global cloud, under its newer name, and of the clouds of the government of the United States.
const HOSTS: [&str; 3] = ["teams.microsoft.com", "teams.cloud.microsoft", "teams.microsoft.us"];

/// Why a text is no address of a meeting, as the end of a sentence that begins with its name. Nothing of the text is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadJoinUrl {
    /// It is no address, or too long for one.
    #[error("is not a URL")]
    NoUrl,
    /// Not of Teams.
    #[error("is not an https address of Teams")]
    NotTeams,
    /// Of Teams, but of no meeting.
    #[error("leads to no meeting: its path is neither /l/meetup-join/THREAD/MESSAGE nor /meet/ID")]
    NoMeeting,
    /// What says whose meeting it is lacks something.
    #[error("does not say whose meeting it is: its context lacks the tenant (Tid) or the organiser (Oid)")]
    NoContext,
}

/// What is said of a meeting in the `context` of its address.
#[derive(Deserialize)]
struct Context {
    #[serde(rename = "Tid")]
    tenant: String,
    #[serde(rename = "Oid")]
    organiser: String,
    #[serde(rename = "MessageId")]
    message: Option<String>,
}

/// Reads the address of a meeting.
///
/// # Errors
/// [`BadJoinUrl`] where it is something else.
pub fn parse(text: &str) -> Result<Meeting, BadJoinUrl> {
    let text = text.trim();
    let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST).ok_or(BadJoinUrl::NoUrl)?;
    if !is_of_teams(&url) {
        return Err(BadJoinUrl::NotTeams);
    }
    let path: Vec<String> = url.path_segments().into_iter().flatten().filter_map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    match path.as_slice() {
        ["l", "meetup-join", thread, message] => organised(&url, thread, message),
        ["meet", id] => numbered(&url, id),
        _ => Err(BadJoinUrl::NoMeeting),
    }
}

/// The digits of a meeting's id, which people write in groups.
pub fn meeting_id(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    let is_id = ID_DIGITS.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_id.then_some(digits)
}

/// A passcode, as people are told it.
pub fn passcode(text: &str) -> Option<Passcode> {
    let fits = (1..=LONGEST_PASSCODE).contains(&text.chars().count());
    let is_plain = text.chars().all(|c| c.is_ascii_graphic());
    (fits && is_plain).then(|| Passcode::new(text.to_owned()))
}

/// The name of a chat's thread.
pub fn thread(text: &str) -> Option<String> {
    let (name, kind) = text.strip_prefix("19:")?.split_once("@thread.")?;
    let is_plain = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    let is_thread = is_plain(name) && is_plain(kind) && !name.is_empty() && !kind.is_empty();
    (is_thread && text.len() <= LONGEST_THREAD).then(|| text.to_owned())
}

fn is_of_teams(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_host = |known: &&str| host.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    url.scheme() == "https" && HOSTS.iter().any(is_host)
}

fn organised(url: &Url, named: &str, message: &str) -> Result<Meeting, BadJoinUrl> {
    let is_message = |text: &str| (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let thread = thread(named).filter(|_| is_message(message)).ok_or(BadJoinUrl::NoMeeting)?;
    let context = parameter(url, "context").ok_or(BadJoinUrl::NoContext)?;
    let context: Context = serde_json::from_str(&context).map_err(|_| BadJoinUrl::NoContext)?;
    let id = |text: &str| guid(text).map_err(|_| BadJoinUrl::NoContext);
    Ok(Meeting::Organised {
        organiser: id(&context.organiser)?,
        tenant: id(&context.tenant)?,
        thread,
        message: message.to_owned(),
        reply_to: context.message.filter(|message| is_message(message)),
    })
}

fn numbered(url: &Url, id: &str) -> Result<Meeting, BadJoinUrl> {
    let id = meeting_id(id).ok_or(BadJoinUrl::NoMeeting)?;
    let given = parameter(url, "p");
    let passcode = given.map(|text| passcode(&text).ok_or(BadJoinUrl::NoMeeting)).transpose()?;
    Ok(Meeting::Numbered { id, passcode })
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// A part of a path, without its percent signs. One that is no text is none.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? * 16 + hex(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TENANT: &str = "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";
    const ADA: &str = "8a1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c";
    const THREAD: &str = "19:meeting_YjM2NDU4ZjMt@thread.v2";

    fn classic(context: &str) -> String {
        format!("https://teams.microsoft.com/l/meetup-join/19%3ameeting_YjM2NDU4ZjMt%40thread.v2/0?context={context}")
    }

    fn context(members: &str) -> String {
        members.replace('{', "%7b").replace('}', "%7d").replace('"', "%22").replace(':', "%3a").replace(',', "%2c")
    }

    fn organised(reply_to: Option<&str>) -> Meeting {
        Meeting::Organised {
            organiser: ADA.to_owned(),
            tenant: TENANT.to_owned(),
            thread: THREAD.to_owned(),
            message: "0".to_owned(),
            reply_to: reply_to.map(str::to_owned),
        }
    }

    #[test]
    fn an_invitations_link_says_whose_meeting_it_is_and_where() {
        let link = classic(&context(&format!(r#"{{"Tid":"{TENANT}","Oid":"{ADA}"}}"#)));
        assert_eq!(parse(&link), Ok(organised(None)));
        let upper = link.replace("%7b", "%7B").replace(ADA, &ADA.to_uppercase()).replace("%3ameeting", ":meeting");
        assert_eq!(parse(&format!(" {upper}\n")), Ok(organised(None)));
        let of_a_reply = classic(&context(&format!(r#"{{"Tid":"{TENANT}","Oid":"{ADA}","MessageId":"1563993457"}}"#)));
        assert_eq!(parse(&of_a_reply), Ok(organised(Some("1563993457"))));
    }

    #[test]
    fn a_short_link_says_the_meetings_id_and_passcode() {
        let numbered = |passcode: Option<&str>| Meeting::Numbered {
            id: "2345678901234".to_owned(),
            passcode: passcode.map(|text| Passcode::new(text.to_owned())),
        };
        assert_eq!(parse("https://teams.microsoft.com/meet/2345678901234?p=aB3dE5"), Ok(numbered(Some("aB3dE5"))));
        assert_eq!(parse("https://gov.teams.microsoft.us/meet/2345678901234"), Ok(numbered(None)));
    }

    #[test]
    fn what_leads_elsewhere_is_told_apart() {
        let good = context(&format!(r#"{{"Tid":"{TENANT}","Oid":"{ADA}"}}"#));
        for (text, fault) in [
            ("", BadJoinUrl::NoUrl),
            ("meeting", BadJoinUrl::NoUrl),
            (&"https://teams.microsoft.com/meet/2345678901234?p=".repeat(100), BadJoinUrl::NoUrl),
            ("http://teams.microsoft.com/meet/2345678901234", BadJoinUrl::NotTeams),
            ("https://notteams.microsoft.com/meet/2345678901234", BadJoinUrl::NotTeams),
            ("https://teams.microsoft.com.example.com/meet/2345678901234", BadJoinUrl::NotTeams),
            ("https://teams.microsoft.com/l/channel/19%3aabc%40thread.tacv2/General", BadJoinUrl::NoMeeting),
            ("https://teams.microsoft.com/meet/abc", BadJoinUrl::NoMeeting),
            ("https://teams.microsoft.com/meet/2345678901234?p=", BadJoinUrl::NoMeeting),
            (&classic(&good).replace("/0?", "/x?"), BadJoinUrl::NoMeeting),
            (&classic(&good).replace("19%3a", "19%2f"), BadJoinUrl::NoMeeting),
            (&classic(&good).replace("%3a", "%"), BadJoinUrl::NoMeeting),
            (&classic(""), BadJoinUrl::NoContext),
            (&classic(&context(&format!(r#"{{"Tid":"{TENANT}"}}"#))), BadJoinUrl::NoContext),
            (&classic(&context(&format!(r#"{{"Tid":"{TENANT}","Oid":"ada"}}"#))), BadJoinUrl::NoContext),
        ] {
            assert_eq!(parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn an_id_is_read_as_an_invitation_writes_it() {
        assert_eq!(meeting_id("234 567 890 123 4").as_deref(), Some("2345678901234"));
        for text in ["", "12345", "234 567 89x", "123456789012345678901"] {
            assert_eq!(meeting_id(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "(https://teams\\.microsoft\\.com)?(/l/meetup-join|/meet)?[/%a-f0-9:@?={}\"é]{0,60}") {
            let _ = parse(&text);
        }

        #[test]
        fn whatever_is_read_can_be_asked_of_graph(name in "[A-Za-z0-9_%:/@.-]{0,30}", message in "[0-9a-z]{0,22}", oid in "[0-9a-f-]{30,40}") {
            let context = context(&format!(r#"{{"Tid":"{TENANT}","Oid":"{oid}"}}"#));
            let link = format!("https://teams.microsoft.com/l/meetup-join/19:{name}@thread.v2/{message}?context={context}");
            if let Ok(Meeting::Organised { organiser, thread, message, .. }) = parse(&link) {
                prop_assert!(guid(&organiser).is_ok() && message.parse::<u128>().is_ok());
                prop_assert!(thread.starts_with("19:") && thread.ends_with("@thread.v2") && !thread.contains(['/', '%', '"']));
            }
        }
    }
}
