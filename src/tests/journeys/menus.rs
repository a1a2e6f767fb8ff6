//! `play` and `menu`: callers who cut in, ask again, and go back.

use super::{
    crowd::play_all,
    journey::{Journey, Played},
    written::written,
};

const SHOP: &str = include_str!("../../flow/tests/good/menu.toml");

/// Hears the welcome twice, asks again, goes into the shop and back, errs, and goes in once more to leave.
const WANDERS: &str = r##"
[[does]]
hears = "long"
presses = "9"
[[does]]
hears = "long"
presses = "1"
[[does]]
hears = "shop"
presses = "*"
[[does]]
hears = "short"
presses = "7"
[[does]]
hears = "short"
presses = "1"
[[does]]
hears = "shop"
presses = "1"
[ends]
by = "bot"
"##;

const HEARD: [&str; 8] = ["welcome", "welcome", "long", "long", "shop", "short", "short", "shop"];

async fn wanders(seed: Option<u64>) -> (Played, Journey) {
    let flows = written(&[("told", SHOP)]);
    let change = |scene: &mut switchboard::stage::Scene| {
        (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=told".to_owned());
        (scene.mishaps, scene.seed) = (seed, seed.unwrap_or(1));
    };
    let journey = match seed {
        None => Journey::on("menus", change).await,
        Some(_) => Journey::unnamed(change).await,
    };
    let call = journey.ring(WANDERS);
    let played = journey.fulfilled(&call).await;
    (played, journey)
}

#[tokio::test]
async fn the_caller_asks_again_goes_back_and_errs() {
    let (played, _) = wanders(None).await;
    assert_eq!(played.heard(), HEARD, "{}", played.tale());
    assert_eq!(played.steps(), ["hello", "top", "shop", "top", "shop", "bye"]);
}

#[tokio::test]
async fn who_is_in_a_hurry_cuts_the_welcome_short() {
    let flows = written(&[("told", SHOP)]);
    let journey = Journey::on("menus_in_a_hurry", |scene| {
        (scene.flows, scene.incoming_flow) = (flows.path().to_owned(), "default=told".to_owned());
    })
    .await;
    let call = journey.ring("");
    let hold = journey.in_prompt(&call, "welcome").await;
    journey.stage.teams.press(&call, "5");
    drop(hold);
    let played = journey.over(&call).await;
    assert_eq!(played.steps()[..2], ["hello", "shop"], "{}", played.tale());
    assert_eq!(played.heard()[..2], ["welcome", "shop"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_through_menus_and_back_is_the_same_whatever_the_platform_does() {
    let all = play_all("mishaps_menus", (471..=490).collect(), |seed| async move {
        let (played, journey) = wanders(Some(seed)).await;
        (played, journey.requests())
    })
    .await;
    for (seed, played) in (471..).zip(&all) {
        assert_eq!(played.steps(), ["hello", "top", "shop", "top", "shop", "bye"], "seed {seed}\n{}", played.tale());
    }
}
