//! What Graph's codes say, for the person who must do something about it.
//!
//! Graph publishes no table of them. What they mean is known from the same platform under another name,
//! <https://learn.microsoft.com/azure/communication-services/concepts/troubleshooting-codes>,
//! and from Graph's own pages where those name one.

/// What a `resultInfo` says: what happened and, where something can be done about it, what. `None` where the codes are not known.
pub fn meaning(code: i64, subcode: i64) -> Option<&'static str> {
    PAIRS.iter().find(|(pair, _)| *pair == (code, subcode)).map(|(_, said)| *said).or_else(|| of_subcode(subcode))
}

/// What the error code of a refused request says: mostly the platform's subcode in digits, sometimes a word of Graph's.
pub fn refusal(code: &str) -> Option<&'static str> {
    match code.parse() {
        Ok(subcode) => of_subcode(subcode),
        Err(_) => WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(code)).map(|(_, said)| *said),
    }
}

fn of_subcode(subcode: i64) -> Option<&'static str> {
    SUBCODES.iter().find(|(known, _)| *known == subcode).map(|(_, said)| *said)
}

/// Words that Graph writes in place of a number.
const WORDS: &[(&str, &str)] = &[
    (
        "InvalidAuthenticationToken",
        "Graph does not take the bot's token; check BOT_APP_ID, and that ENTRA_AUTHORITY and GRAPH_BASE_URL are of the \
        same cloud",
    ),
    ("Forbidden", NO_PERMISSION),
    ("Authorization_RequestDenied", NO_PERMISSION),
    ("accessDenied", NO_PERMISSION),
    ("BadRequest", "Graph cannot read the request; this is a fault of the bot"),
    ("UnknownError", "Graph gives no reason; its support can find one by the request id"),
];

const NO_PERMISSION: &str = "the app lacks a permission; grant it the Calls.* application roles that it needs, \
    Calls.AccessMedia.All for recording and key presses, and have an administrator of the call's tenant consent again";

/// Codes whose subcode alone does not say it.
const PAIRS: &[((i64, i64), &str)] = &[
    ((0, 0), "the call was ended by one of its ends"),
    ((200, 0), "done"),
    ((487, 0), "the caller gave up before the call was answered"),
    ((603, 0), "the call was declined"),
    ((0, 7000), "the call was ended by the bot"),
    ((500, 7000), TRANSFER_FAILED),
    ((500, 7700), TRANSFER_FAILED),
];

const TRANSFER_FAILED: &str = "nobody took the transferred call; a user must be of the bot's tenant, and a phone number \
    can be reached only by a call that came in on a resource account with a number";

/// Subcodes that say it alone.
const SUBCODES: &[(i64, &str)] = &[
    // The end of a call.
    (4097, "the organiser ended the call"),
    (5000, "the bot was removed from the call"),
    (5001, "the conversation has ended"),
    (5002, "the conversation has ended"),
    (5003, "everyone who was called declined"),
    (5010, "only one was left in the call"),
    (5300, "the bot was removed from the call"),
    (7015, "the call was transferred"),
    (10003, "the call was answered elsewhere"),
    (10004, "the call was not answered in time"),
    (10037, "nothing rings for whom was called: no Teams client of theirs is signed in"),
    (301_004, "the media connection was lost"),
    (301_005, "the media connection was lost"),
    (560_000, "the other end of the telephone line hung up"),
    (560_486, "the telephone line was busy"),
    // Who may do what.
    (7500, "the platform knows no identity of this kind here; use a user, a phone number or a resource account"),
    (7501, "the platform does not take the bot's token; check BOT_APP_ID and the credential"),
    (7502, "calling is not enabled for the app; enable it in the Teams channel of the Azure Bot resource"),
    (
        7503,
        "the platform does not know the app as a calling bot; enable calling in the Teams channel of an Azure Bot \
        resource with BOT_APP_ID as its app id, and wait some minutes",
    ),
    (
        7504,
        "the call's tenant has not granted the app what it asks for; add the Calls.* application roles \
        (Calls.AccessMedia.All for recording and key presses), have an administrator of that tenant consent again, and \
        place a new call, since a call keeps the rights it began with",
    ),
    (
        7505,
        "the call's tenant is not the token's; the bot takes its tokens from the call's tenant, so check that the call \
        belongs to it and that the app is consented to there",
    ),
    (7506, "the platform does not trust the certificate; the bot's public address needs one of a public authority"),
    (
        7507,
        "the identity that calls is not the bot's; the resource account must be bound to BOT_APP_ID \
        (New-CsOnlineApplicationInstance with that ApplicationId, then Sync-CsOnlineApplicationInstance)",
    ),
    // Media.
    (8500, "the call's media is not hosted by the service, so it cannot play or record"),
    (8501, "the call is not established, so it cannot play or record; harmless as a call ends"),
    (8503, "the call's audio is not active, so it cannot play or record"),
    (8508, "the operation was cancelled, as the bot asked or because the call ended"),
    (8509, "the recording ended with the pause that was agreed"),
    (8510, "nothing was said in the time agreed"),
    (8511, "the prompt could not be played; check its file and that the platform can download it"),
    (8512, "the beep could not be played"),
    (8513, "no audio came from the other end"),
    (8514, "the recording ended with a key"),
    (8515, "the recording ended at its greatest length"),
    (8535, "the prompt has the wrong format; it must be WAV, mono, 16 bit, 16 kHz"),
    (
        8536,
        "the prompt could not be downloaded; check that BOT_BASE_URL can be reached from the internet, with a \
        certificate of a public authority",
    ),
    (8588, "the recording ended as no audio came any more"),
    (8589, "the platform records too much at once; try again later"),
    // Calls.
    (8516, "the platform is asked too often; slow down"),
    (8517, "the call is of another tenant; check ALLOWED_TENANTS and that the app is consented to there"),
    (8519, "another request for the call is being carried out; try again"),
    (
        8522,
        "there is no such call any more: it has ended, or it was not answered in time; if every first call ends so, the \
        bot is too slow to start",
    ),
    (8523, "the platform cannot read the request; this is a fault of the bot"),
    (8526, "the meeting's token is not valid any more"),
    (8528, "the call has ended"),
    (8529, "the app has placed all calls of this month that it may; the limit is 10,000"),
    (8530, "the app is in as many calls at once as it may be; the limit is 100"),
    (
        8537,
        "the platform ended the call as it was not told in 45 minutes that somebody attends to it; check that the \
        housekeeping function runs",
    ),
    (8538, "whom was called declined"),
    (8539, CALLEE),
    (8540, CALLEE),
    (8541, CALLEE),
    (8542, CALLEE),
    (8543, CALLEE),
    (8544, CALLEE),
    (8548, "that is possible only in a group call or meeting"),
    (8560, "the meeting is locked; its organiser can unlock it"),
    (8561, "there is no meeting of this id, or its passcode is another"),
    (8585, "the call's state does not allow it now"),
    (
        8586,
        "the bot did not answer the notification of the call within 5 seconds; check that the address in the Teams \
        channel is BOT_BASE_URL with /api/notifications, that it can be reached, and that the app keeps an instance \
        always ready",
    ),
    (
        8587,
        "the bot did not answer the call within 15 seconds; look in its log for what kept it, and let the app keep an \
        instance always ready",
    ),
    (8607, "the call is being transferred already"),
    (8609, "the bot's reply to somebody who joins cannot be read; this is a fault of the bot"),
    (8610, "the bot did not reply to a notification; check that BOT_BASE_URL can be reached from the internet"),
    (9001, PLATFORM),
    (9002, PLATFORM),
    (9003, PLATFORM),
    (9998, PLATFORM),
    (9999, PLATFORM),
];

const CALLEE: &str = "whom was called is busy, away, out of reach, or gave up";

const PLATFORM: &str = "the platform has failed; try again later, and give its support the request id if it goes on";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_subcode_means_the_same_in_a_result_and_in_a_refusal() {
        assert_eq!(meaning(403, 7504), refusal("7504"));
        assert!(refusal("7504").is_some_and(|said| said.contains("Calls.AccessMedia.All")));
    }

    #[test]
    fn the_same_subcode_may_depend_on_the_code() {
        assert!(meaning(500, 7000).is_some_and(|said| said.contains("transferred")));
        assert!(meaning(0, 7000).is_some_and(|said| said.contains("ended by the bot")));
        assert_eq!(refusal("7000"), None);
    }

    #[test]
    fn what_stops_a_bot_on_its_first_day_has_a_cure() {
        let cures = [
            ("7503", "Azure Bot"),
            ("7504", "consent"),
            ("7505", "tenant"),
            ("7507", "BOT_APP_ID"),
            ("8522", "too slow"),
            ("8535", "16 kHz"),
            ("8536", "BOT_BASE_URL"),
            ("8586", "/api/notifications"),
            ("8587", "always ready"),
            ("InvalidAuthenticationToken", "BOT_APP_ID"),
        ];
        for (code, cure) in cures {
            assert!(refusal(code).is_some_and(|said| said.contains(cure)), "{code}");
        }
    }

    #[test]
    fn a_word_of_graph_is_known_in_any_case() {
        assert_eq!(refusal("FORBIDDEN"), refusal("accessDenied"));
    }

    #[test]
    fn nothing_is_made_up_for_codes_that_are_not_known() {
        for code in ["", "1234", "-1", "99999999999999999999", "SomethingNew"] {
            assert_eq!(refusal(code), None, "{code}");
        }
        assert_eq!(meaning(418, 0), None);
    }

    #[test]
    fn each_code_stands_once() {
        assert_eq!(SUBCODES.iter().map(|(code, _)| code).collect::<BTreeSet<_>>().len(), SUBCODES.len());
        assert_eq!(PAIRS.iter().map(|(pair, _)| pair).collect::<BTreeSet<_>>().len(), PAIRS.len());
        assert!(PAIRS.iter().all(|((_, pair), _)| SUBCODES.iter().all(|(code, _)| code != pair)));
    }
}
