use proptest::prelude::*;
use tokio::task::JoinSet;

use super::*;

const START: Timestamp = Timestamp::UNIX_EPOCH;

fn second(n: i64) -> Timestamp {
    Timestamp::from_second(n).unwrap()
}

/// Everything the runtime has to do without time moving is done after this.
async fn let_others_run() {
    for _ in 0..10 * COURTESY {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_hour_takes_no_time() {
    let clock = Clock::virtual_from(START);
    let _hold = clock.sleep(Duration::from_secs(3600)).await;
    assert_eq!(clock.now(), second(3600));
}

#[tokio::test]
async fn an_instant_that_has_passed_is_not_waited_for_even_under_a_hold() {
    let clock = Clock::virtual_from(second(10));
    let _hold = clock.hold();
    let _woken = clock.sleep_until(second(9)).await;
    let _woken = clock.sleep_until(second(10)).await;
    assert_eq!(clock.now(), second(10));
}

#[tokio::test]
async fn time_stands_still_while_a_hold_lives() {
    let clock = Clock::virtual_from(START);
    let hold = clock.hold();
    let sleeper = tokio::spawn(clock.sleep_until(second(1)));
    let_others_run().await;
    assert_eq!(clock.now(), START);
    drop(hold);
    let _woken = sleeper.await.unwrap();
    assert_eq!(clock.now(), second(1));
}

#[tokio::test]
async fn time_stands_still_while_a_sleeper_is_busy() {
    let clock = Clock::virtual_from(START);
    let later = tokio::spawn(clock.sleep_until(second(2)));
    let busy = clock.sleep_until(second(1)).await;
    let_others_run().await;
    assert_eq!(clock.now(), second(1));
    assert!(!later.is_finished());
    drop(busy);
    let _woken = later.await.unwrap();
    assert_eq!(clock.now(), second(2));
}

#[tokio::test]
async fn a_woken_sleeper_that_has_not_run_yet_already_holds() {
    let clock = Clock::virtual_from(START);
    let unpolled = clock.sleep_until(second(1));
    let _later = clock.sleep_until(second(2));
    let_others_run().await;
    assert_eq!(clock.now(), second(1));
    drop(unpolled);
    let_others_run().await;
    assert_eq!(clock.now(), second(2));
}

#[tokio::test]
async fn a_sleep_counts_from_the_call_not_from_its_first_poll() {
    let clock = Clock::virtual_from(START);
    let early = clock.sleep_until(second(1));
    let late = clock.sleep_until(second(2));
    let wait_for_late = async { (late.await, clock.now()).1 };
    let wait_for_early = async { (early.await, clock.now()).1 };
    assert_eq!(
        tokio::join!(wait_for_late, wait_for_early),
        (second(2), second(1))
    );
}

#[tokio::test]
async fn a_sleeper_that_gave_up_does_not_draw_time_to_it() {
    let clock = Clock::virtual_from(START);
    drop(clock.sleep_until(second(1)));
    let _woken = clock.sleep_until(second(2)).await;
    assert_eq!(clock.now(), second(2));
}

#[tokio::test]
async fn sleepers_of_one_instant_are_awake_together() {
    let clock = Clock::virtual_from(START);
    let (one, other) = (clock.sleep_until(second(1)), clock.sleep_until(second(1)));
    let (_one, _other) = tokio::join!(one, other);
    assert_eq!(clock.now(), second(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_sleepers_on_two_threads_each_see_their_own_instant() {
    let clock = Clock::virtual_from(START);
    let mut sleepers = JoinSet::new();
    let hold = clock.hold();
    for n in 0..10_000_i64 {
        let (clock, at) = (clock.clone(), second(1 + n * 7919 % 5000));
        sleepers.spawn(async move {
            let _hold = clock.sleep_until(at).await;
            tokio::task::yield_now().await;
            assert_eq!(clock.now(), at);
        });
    }
    drop(hold);
    while let Some(slept) = sleepers.join_next().await {
        slept.unwrap();
    }
    assert!(clock.now() <= second(5000));
}

#[tokio::test]
async fn the_real_clock_wakes_at_or_after_its_instant_and_never_holds() {
    let clock = Clock::real();
    let at = clock.now() + Duration::from_millis(2);
    let _first = clock.sleep_until(at).await;
    let _second = clock.sleep(Duration::from_millis(1)).await;
    assert!(clock.now() >= at);
}

proptest! {
    #[test]
    fn whoever_sleeps_time_visits_every_instant_in_order(plans in prop::collection::vec(prop::collection::vec(0u64..50, 1..6), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let seen = runtime.block_on(visit(&plans));
        let mut expected: Vec<i64> = plans.iter().flat_map(|plan| plan.iter().scan(0, |at, step| {
            *at += i64::try_from(*step).unwrap();
            Some(*at)
        })).collect();
        expected.sort_unstable();
        prop_assert_eq!(seen, expected);
    }
}

/// Each plan is a task that sleeps step after step; answers the seconds seen by all, in the order of waking.
async fn visit(plans: &[Vec<u64>]) -> Vec<i64> {
    let clock = Clock::virtual_from(START);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = JoinSet::new();
    let start = clock.hold();
    for plan in plans.iter().cloned() {
        let (clock, seen) = (clock.clone(), Arc::clone(&seen));
        let mut asleep = clock.sleep(Duration::from_secs(plan[0]));
        tasks.spawn(async move {
            for next in plan[1..].iter().map(Some).chain([None]) {
                let hold = asleep.await;
                seen.lock().unwrap().push(clock.now().as_second());
                asleep = clock.sleep(Duration::from_secs(next.copied().unwrap_or_default()));
                drop(hold);
            }
        });
    }
    drop(start);
    tasks.join_all().await;
    seen.lock().unwrap().clone()
}
