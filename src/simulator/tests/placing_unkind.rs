//! What goes wrong when a call is placed, from a seed.

use super::room::{Room, call_to};
use crate::simulator::{observation::Seen, wire::Reply};

fn unkind(seed: u64) -> Room {
    Room::with(|setup| setup.mishaps = Some(seed))
}

fn place(room: &mut Room) -> Reply {
    room.request("POST", "/communications/calls", Some(call_to(&["a"])))
}

/// What the bot learns of a request, and how many calls came of it.
fn outcome(room: &mut Room) -> (&'static str, usize) {
    let before = room.world.calls().len();
    let told = room.got.len();
    let reply = place(room);
    let made = room.world.calls().len() - before;
    let how = match &reply {
        Reply { lost: true, .. } => "lost",
        Reply { late: true, .. } => {
            assert!(room.got.len() > told, "what overtakes the reply has been posted");
            "late"
        }
        Reply { status: 201, .. } => "made",
        Reply { status: 429, retry_after: Some(1..=2), .. } => "throttled",
        Reply { status: 500 | 503, .. } => "broken",
        other => panic!("{other:?}"),
    };
    (how, made)
}

fn outcomes(seed: u64) -> Vec<(&'static str, usize)> {
    let mut room = unkind(seed);
    (0..40).map(|_| outcome(&mut room)).collect()
}

#[test]
fn every_mishap_occurs_does_what_it_says_and_never_thrice_in_a_row() {
    let all: Vec<_> = (0..30).map(outcomes).collect();
    for (how, made) in [("lost", 1), ("late", 1), ("made", 1), ("throttled", 0), ("broken", 0)] {
        let of_kind: Vec<_> = all.iter().flatten().filter(|one| one.0 == how).collect();
        assert!(of_kind.len() > 5, "{how}");
        assert!(of_kind.iter().all(|one| one.1 == made), "{how}");
    }
    let is_bad = |one: &(&str, usize)| matches!(one.0, "lost" | "throttled" | "broken");
    assert!(all.iter().all(|of_seed| of_seed.windows(3).all(|three| !three.iter().all(is_bad))));
}

#[test]
fn the_mishaps_of_placing_depend_on_nothing_but_the_seed_and_how_many_came_before() {
    assert_eq!(outcomes(7), outcomes(7));
    assert_ne!(outcomes(7), outcomes(8));
    let mut room = unkind(7);
    let call = room.ring("");
    let with_others: Vec<_> = (0..40)
        .map(|_| {
            room.request("GET", &format!("/communications/calls/{call}"), None);
            outcome(&mut room)
        })
        .collect();
    assert_eq!(with_others, outcomes(7));
}

#[test]
fn the_roster_of_the_highest_number_is_the_last_whatever_happens_on_the_way() {
    for seed in 0..60 {
        let mut room = unkind(seed);
        let mut placed = None;
        for _ in 0..3 {
            room.request("POST", "/communications/calls", Some(call_to(&["a", "b"])));
            placed = placed.or_else(|| room.world.calls().pop());
        }
        let call = placed.expect("three in a row do not all fail");
        room.pass(10_000);
        for _ in 0..2 {
            assert!(room.world.hang_up(&call, room.now), "seed {seed}");
            room.pass(300);
        }
        room.pass(3_000);
        let plain = |id: &str| id.replace('-', "").to_lowercase();
        let rosters = room.got.iter().map(|got| &got.item).filter(|item| {
            item["resourceData"].is_array() && plain(item["resourceUrl"].as_str().unwrap()).contains(&plain(&call))
        });
        let latest = rosters.max_by_key(|item| item["resourceData"][0]["rosterSequenceNumber"].as_i64()).unwrap();
        assert_eq!(latest["resourceData"].as_array().unwrap().len(), 1, "seed {seed}: the bot is alone");
    }
}

#[test]
fn a_call_whose_reply_is_lost_tells_of_itself_within_seconds() {
    let mut lost = 0;
    for seed in 0..150 {
        let mut room = unkind(seed);
        if !place(&mut room).lost {
            continue;
        }
        lost += 1;
        room.pass(2_500);
        let states = room.states();
        assert!(states.iter().any(|state| state == "establishing"), "seed {seed}: {states:?}");
        assert_eq!(room.saw(|seen| matches!(seen, Seen::Placed { .. })), 1);
    }
    assert!(lost > 3);
}
