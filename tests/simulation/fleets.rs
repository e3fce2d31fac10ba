//! What holds for a small fleet; the figures of a large one are in docs/fleet.md.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::fleet::{Manner, POLICIES, Policy, Row, SCENES, Scene, picture, rows, table};

const SESSIONS: usize = 1_200;
/// Requests a second after an outage of a minute, of the server's capacity.
const MOST_AFTER_OUTAGE: f64 = 2.5;
/// The same from the moment on at which everybody reloads.
const MOST_AT_RELOAD: f64 = 7.0;

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| rows(SESSIONS, 1, |_| ()));

fn row(scene: Scene, policy: Policy) -> &'static Row {
    ROWS.iter().find(|row| (row.scene, row.policy) == (scene, policy)).expect("a row")
}

fn outages() -> impl Iterator<Item = &'static Row> {
    [Manner::Refuses, Manner::Hangs, Manner::Asks(10)]
        .map(|manner| row(Scene::Outage(manner), Policy::Core))
        .into_iter()
}

#[test]
fn after_an_outage_a_fleet_asks_little_more_than_its_server_can_take() {
    for row in outages() {
        assert!(row.peak() < MOST_AFTER_OUTAGE, "{}: {} of capacity", row.scene.name(), row.peak());
    }
}

#[test]
fn nobody_is_stuck() {
    for scene in SCENES {
        assert_ne!(row(scene, Policy::Core).calm(), None, "{}", scene.name());
    }
    for row in outages() {
        assert!(row.calm().is_some_and(|seconds| seconds <= 60), "{}: {:?}", row.scene.name(), row.calm());
    }
}

/// The tokens outlast most of the minute, and calls can wait for half of one.
#[test]
fn no_call_is_lost_while_a_token_can_be_had_in_its_time() {
    for row in outages() {
        assert!(row.seen.calls > 10_000, "{} calls", row.seen.calls);
        assert_eq!(row.seen.lost, 0, "{}", row.scene.name());
    }
}

/// All at once are more than the server can take, in whatever way they ask. What differs is how many calls wait in vain.
#[test]
fn when_everybody_reloads_few_calls_are_lost() {
    let [core, _, five, doubling] = POLICIES.map(|policy| row(Scene::Reload, policy));
    assert!(core.peak() < MOST_AT_RELOAD, "{} of capacity", core.peak());
    for other in [five, doubling] {
        assert!(other.peak() > 4.0, "{}: {} of capacity", other.policy.name(), other.peak());
        let (ours, theirs) = (core.seen.lost, other.seen.lost);
        assert!(ours * 5 <= theirs, "{ours} calls, and {theirs}: {}", other.policy.name());
    }
}

/// In every scene the core takes no more of the server than any of the others, within a tenth.
#[test]
fn others_ask_for_more() {
    let minute = Scene::Outage(Manner::Refuses);
    let others: Vec<f64> = POLICIES[1..3].iter().map(|policy| row(minute, *policy).peak()).collect();
    assert!(others[0] > 50.0 && others[1] > 1.3 * row(minute, Policy::Core).peak(), "{others:?}");
    for scene in SCENES {
        let ours = row(scene, Policy::Core).seen.refreshes;
        for policy in &POLICIES[1..] {
            let theirs = row(scene, *policy).seen.refreshes;
            assert!(ours <= theirs + theirs / 10, "{}: {ours}, {}: {theirs}", scene.name(), policy.name());
        }
    }
}

#[test]
fn a_fleet_is_the_same_every_time() {
    let again = rows(20, 7, |_| ());
    assert_eq!(again, rows(20, 7, |_| ()));
    assert_eq!(picture(&again), picture(&rows(20, 7, |_| ())));
    assert_ne!(again, rows(20, 8, |_| ()));
}

#[test]
fn the_documents_have_every_scene_and_policy() {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a document");
    let (page, svg) = (read("docs/fleet.md"), read("docs/fleet.svg"));
    for line in table(&ROWS).lines() {
        let start: Vec<_> = line.split('|').take(3).collect();
        assert!(page.contains(&start.join("|")), "docs/fleet.md lacks {line}");
    }
    let shape =
        |svg: &str| svg.lines().map(|line| line.split(['"', '>']).next().unwrap_or("").to_owned()).collect::<Vec<_>>();
    assert_eq!(shape(&svg), shape(&picture(&ROWS)), "docs/fleet.svg is of another form");
    for stated in [format!("below {MOST_AFTER_OUTAGE} times"), format!("below {MOST_AT_RELOAD} times")] {
        assert!(page.contains(&stated), "docs/fleet.md doesn't say {stated}");
    }
}
