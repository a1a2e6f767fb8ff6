//! A deployment in the middle of a call. The bot is stopped between two deeds here; `killed` stops it in the middle of one.

use std::{fs, path::Path, time::Duration};

use switchboard::simulator::observation::Seen;

use super::{
    crowd::play_all,
    journey::{Journey, dial_script, shipped_flows},
};

/// A copy of the flow that is shipped, to be changed.
fn copy_of_first_call(to: &Path) {
    let (from, to) = (shipped_flows().join("first_call"), to.join("first_call"));
    fs::create_dir_all(to.join("prompts")).unwrap();
    fs::copy(from.join("flow.toml"), to.join("flow.toml")).unwrap();
    for prompt in fs::read_dir(from.join("prompts")).unwrap().map(Result::unwrap) {
        fs::copy(prompt.path(), to.join("prompts").join(prompt.file_name())).unwrap();
    }
}

/// Another flow of the same name: key 3 is no longer offered, and every prompt sounds otherwise.
fn deploy_another(flows: &Path) {
    let flow = flows.join("first_call/flow.toml");
    let text = fs::read_to_string(&flow).unwrap();
    fs::write(flow, text.replace("2 = \"support\", 3 = \"voicemail\"", "2 = \"voicemail\", 4 = \"support\"")).unwrap();
    for prompt in fs::read_dir(flows.join("first_call/prompts")).unwrap().map(Result::unwrap) {
        if prompt.file_name().to_string_lossy().ends_with(".wav") {
            write_hum(&prompt.path());
        }
    }
}

/// A second of something that no prompt of the flow sounds like, and that is another sound in each file.
fn write_hum(path: &Path) {
    let spec = hound::WavSpec { channels: 1, sample_rate: 16_000, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    let pitch = path.as_os_str().len() % 50 + 10;
    for n in 0..16_000_usize {
        wav.write_sample(i16::try_from(n % pitch).unwrap() * 100).unwrap();
    }
    wav.finalize().unwrap();
}

#[tokio::test]
async fn a_call_ends_on_the_version_of_the_flow_that_it_began_with() {
    let folder = tempfile::tempdir().unwrap();
    copy_of_first_call(folder.path());
    let mut journey = Journey::on("deployment", |scene| scene.flows = folder.path().to_owned()).await;
    let call = journey.ring(&dial_script());
    let hold = journey.in_prompt(&call, "main_menu").await;
    deploy_another(folder.path());
    journey.stage.restart().await.unwrap();
    drop(hold);
    let old = journey.fulfilled(&call).await;
    assert_eq!(old.heard()[old.heard().len() - 3..], ["main_menu", "leave_message", "thanks"], "{}", old.tale());

    let call = journey.ring("");
    drop(journey.until_seen(&call, 2, |seen| matches!(seen, Seen::PromptBegan { .. })).await);
    journey.stage.teams.hang_up(&call);
    let new = journey.over(&call).await;
    assert_ne!(new.call.flow_version, old.call.flow_version);
    assert!(new.heard().iter().all(|name| !old.heard().contains(name)), "{}", new.tale());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_is_started_anew_between_two_deeds_of_a_call_goes_on_where_it_was() {
    let every_ms: Vec<u64> = (0..25).map(|n| 250 + n * 2_700).collect();
    play_all("restarts", every_ms, |ms| async move {
        let mut journey = Journey::unnamed(|_| {}).await;
        let call = journey.ring(&dial_script());
        let hold = journey.stage.teams.clock().sleep(Duration::from_millis(ms)).await;
        journey.stage.restart().await.unwrap();
        drop(hold);
        let played = journey.fulfilled(&call).await;
        (played, journey.requests())
    })
    .await;
}
