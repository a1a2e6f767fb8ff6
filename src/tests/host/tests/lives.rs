//! The handler's lives and deaths.

use super::super::{
    deployed::{Deployed, Terms},
    handler::Standing,
};

#[tokio::test]
async fn a_killed_handler_is_started_again_on_its_port_and_given_up_at_its_third_death() {
    let deployed = Deployed::new(Terms::default()).await;
    let healthy = || async { deployed.client.get(format!("{}/api/health", deployed.url)).send().await.unwrap().status() };
    for _ in 0..2 {
        assert_eq!(healthy().await, 200);
        deployed.host().kill_handler().await;
        assert_eq!(deployed.host().standing(), Standing::Starting);
        assert_eq!(healthy().await, 200, "the request waits until it is back");
    }
    deployed.host().kill_handler().await;
    assert_eq!(deployed.host().standing(), Standing::GivenUp);
    assert_eq!(healthy().await, 503);
}
