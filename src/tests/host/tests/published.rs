//! Whole calls on the package, as it is after publishing: unpacked from its archive, one file of it executable, none to be written.

use switchboard::simulator::ledger::Verdict;

use super::super::{
    deployed::{Deployed, Terms},
    running::Role,
};

/// The flows come with the package; where they are need not be said.
const FLOWS: (&str, &str) = ("FLOWS_DIR", "");

#[tokio::test]
async fn a_call_goes_from_ringing_to_its_end_on_the_package() {
    let deployed = Deployed::new(Terms { is_published: true, settings: &[FLOWS], ..Terms::default() }).await;
    let call = deployed.ring();
    let shown = deployed.rest(&call).await;
    let ledger = deployed.teams.ledger(&call).unwrap();
    assert_eq!(ledger.script, Verdict::Fulfilled, "{shown:#}");
    assert_eq!((ledger.answers, ledger.hang_ups, ledger.prompts_again), (1, 1, 0));
}

#[tokio::test]
async fn calls_are_shared_by_instances_of_the_package_as_on_a_flex_plan() {
    let roles = [Role::Http, Role::Http, Role::Function("wake"), Role::Function("housekeeping")];
    let terms = Terms { is_published: true, is_on_cosmos: true, roles: &roles, settings: &[FLOWS], ..Terms::default() };
    let deployed = Deployed::new(terms).await;
    let calls = [deployed.ring(), deployed.ring(), deployed.ring()];
    for call in calls {
        let shown = deployed.rest(&call).await;
        let ledger = deployed.teams.ledger(&call).unwrap();
        assert_eq!(ledger.script, Verdict::Fulfilled, "{shown:#}");
        assert_eq!((ledger.answers, ledger.hang_ups), (1, 1));
    }
}
