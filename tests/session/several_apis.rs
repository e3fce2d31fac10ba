//! Several APIs that take the same token: what becomes of one's requests while another is down.

use std::collections::VecDeque;

use tokenkeep::proto::config::Config;
use tokenkeep::proto::session::Verdict;

use crate::emptying::failed;
use crate::support::{App, HOUR, SECOND, config_text};

const APIS: [&str; 2] = ["https://api.example/v1/files", "https://mail.example/inbox"];

const SCOPED: &str =
    r#"{"url":"https://api.example/v1/","scope":"one"},{"url":"https://mail.example/","scope":"other"}"#;
const LIKE: &str = r#""https://api.example/v1/","https://mail.example/""#;

/// A queue of requests to the first API, of even numbers, and to the second, of odd ones.
struct Queue {
    app: App,
    away: VecDeque<u32>,
}

impl Queue {
    fn new(requests: u32, more: &str) -> Self {
        Self::with(LIKE, requests, more)
    }

    /// With a token each, or one for both.
    fn with(servers: &str, requests: u32, more: &str) -> Self {
        let text = config_text("one other", &format!(r#""queueLimit":100000,"queueTimeout":600000{more}"#))
            .replace(r#""resourceServers":["https://api.example/v1/"]"#, &format!(r#""resourceServers":[{servers}]"#));
        let config = Config::parse(&text, "https://app.example").expect("a good configuration");
        let mut app = App::with(config).after_sign_in();
        app.pass(HOUR);
        for id in 1..=requests {
            assert_eq!(ask(&mut app, id), Ok(Verdict::Queued));
        }
        while !app.refreshes.is_empty() {
            app.refresh();
        }
        let away = app.take_released().into();
        Self { app, away }
    }

    /// Those to one of both that are on their way.
    fn to(&self, api: u32) -> Vec<u32> {
        self.away.iter().copied().filter(|id| id % 2 == api).collect()
    }

    /// So much time passes, in which some may leave.
    fn pass(&mut self, ms: u64) {
        self.app.pass(ms);
        self.away.extend(self.app.take_released());
    }

    /// These end so; who leaves instead.
    fn end(&mut self, ids: &[u32], end: impl Fn(&mut App, u32)) -> Vec<u32> {
        self.away.retain(|id| !ids.contains(id));
        ids.iter().for_each(|id| end(&mut self.app, *id));
        let released = self.app.take_released();
        self.away.extend(&released);
        released
    }
}

fn ask(app: &mut App, id: u32) -> Result<Verdict, tokenkeep::proto::error::Error> {
    app.run(|session, now| session.authorize(now, id, APIS[id as usize % 2], None))
}

/// After how many rounds of 20 ms all requests to the first API have their answers, where the second's end by `end_second` after each.
fn rounds(mut queue: Queue, end_second: impl Fn(&mut Queue)) -> usize {
    let (mut rounds, mut answered) = (0, 0);
    while answered < 2_000 {
        queue.pass(20);
        let ids = queue.to(0);
        answered += ids.len();
        queue.end(&ids, App::answered);
        end_second(&mut queue);
        rounds += 1;
        assert!(rounds < 4_000, "{answered} of 2000 have their answers");
    }
    rounds
}

#[test]
fn requests_to_one_that_is_down_or_silent_hold_up_nobody_elses() {
    let answer = |queue: &mut Queue| drop(queue.end(&queue.to(1), App::answered));
    let fail = |queue: &mut Queue| drop(queue.end(&queue.to(1), failed));
    let start = || Queue::new(4_000, "");
    let well = rounds(start(), answer);
    assert!(well < 40, "{well}");
    assert_eq!((rounds(start(), fail), rounds(start(), |_| {})), (well, well));
}

#[test]
fn one_that_is_silent_takes_up_half_of_the_places_at_most() {
    for (ceiling, places) in [(16, 8), (2, 1)] {
        for servers in [LIKE, SCOPED] {
            let queue = Queue::with(servers, 4_000, &format!(r#","drainConcurrency":{ceiling}"#));
            let rounds = rounds(queue, |_| {});
            // Two seconds of it are silence in which the other one's token wasn't there yet.
            assert!(rounds <= 2_000 / places + 101, "{rounds} of {servers} with {ceiling}");
        }
    }
}

#[test]
fn one_place_is_for_each_in_turn() {
    for servers in [LIKE, SCOPED] {
        let mut queue = Queue::with(servers, 100, r#","drainConcurrency":1"#);
        for _ in 0..10 {
            let api = queue.away[0] % 2;
            queue.away = VecDeque::new();
            queue.pass(2 * SECOND);
            assert_eq!((queue.away.len(), queue.away[0] % 2), (1, 1 - api), "{servers}");
        }
    }
}

#[test]
fn the_first_to_another_goes_before_the_next_to_the_same() {
    let mut queue = Queue::new(0, r#","drainConcurrency":1"#);
    for id in [2, 4, 5] {
        assert_eq!(ask(&mut queue.app, id), Ok(Verdict::Queued));
    }
    queue.app.refresh();
    assert_eq!(queue.app.take_released(), [2]);
    assert_eq!(queue.end(&[2], App::answered), [5]);
}

/// How many may go at once to one that failed down to a single one, after a rest in which the other answers.
fn after_a_rest(rest: impl Fn(&mut Queue)) -> usize {
    let mut queue = Queue::new(2_000, "");
    while !queue.to(1).is_empty() {
        queue.end(&queue.to(1), failed);
    }
    rest(&mut queue);
    let refused = queue.to(0)[0];
    assert_eq!(queue.app.unauthorized(refused, 2), Ok(Verdict::Queued));
    for id in (3_001..3_201).step_by(2) {
        assert_eq!(ask(&mut queue.app, id), Ok(Verdict::Queued));
    }
    queue.app.refresh();
    let left = queue.app.take_released();
    left.iter().filter(|id| *id % 2 == 1).count()
}

fn answer_one(queue: &mut Queue) {
    queue.end(&queue.to(0)[..1], App::answered);
}

#[test]
fn one_that_rests_gets_over_its_weakness_however_busy_the_other_is() {
    let answered_each = |ms: u64, until: u64| {
        after_a_rest(|queue| {
            for _ in 0..until / ms {
                queue.pass(ms);
                answer_one(queue);
            }
        })
    };
    // Twice as many each two seconds, whenever somebody looks.
    let (rare, usual, frequent) = (1_900, 1_000, 100);
    assert_eq!([1_900, 3_800, 9_500].map(|until| answered_each(rare, until)), [1, 2, 16]);
    assert_eq!([1_000, 3_000, 10_000].map(|until| answered_each(usual, until)), [1, 2, 16]);
    assert_eq!([1_000, 3_000, 10_000].map(|until| answered_each(frequent, until)), [1, 2, 16]);
}

#[test]
fn one_that_rests_gets_over_its_weakness_while_the_machine_sleeps() {
    let slept = |seconds| {
        after_a_rest(|queue| {
            queue.app.sleep(seconds * SECOND);
            queue.pass(0);
            (0..5).for_each(|_| answer_one(queue));
        })
    };
    assert_eq!([1, 3, 5, 7, 60].map(slept), [1, 2, 4, 8, 16]);
}

#[test]
fn nobody_is_woken_for_one_that_rests() {
    let mut queue = Queue::new(32, "");
    queue.end(&queue.to(1), failed);
    let refused = queue.away[0];
    assert_eq!(queue.app.unauthorized(refused, 2), Ok(Verdict::Queued));
    queue.end(&queue.to(0)[1..], App::answered);
    // That they wait is told after three seconds.
    queue.pass(3 * SECOND);
    assert!(queue.app.session.poll_timeout() > Some(queue.app.now.instant.after(60 * SECOND)));
}

#[test]
fn two_at_one_origin_are_one() {
    let servers = r#"["https://mail.example/v1/","https://mail.example/v2/"]"#;
    let text = config_text("files:read", r#""queueLimit":100000"#).replace(r#"["https://api.example/v1/"]"#, servers);
    let config = Config::parse(&text, "https://app.example").expect("a good configuration");
    let mut app = App::with(config).after_sign_in();
    app.pass(HOUR);
    for id in 1..=100 {
        let target = ["https://mail.example/v1/inbox", "https://mail.example/v2/inbox"][id as usize % 2];
        assert_eq!(app.run(|session, now| session.authorize(now, id, target, None)), Ok(Verdict::Queued));
    }
    app.refresh();
    assert_eq!(app.take_released(), (1..=16).collect::<Vec<_>>());
}

#[test]
fn who_wants_the_token_itself_waits_for_no_api() {
    let text = config_text("files:read", r#""exposeAccessToken":true,"drainConcurrency":1"#);
    let mut app = App::with(Config::parse(&text, "https://app.example").expect("a good configuration")).after_sign_in();
    app.pass(HOUR);
    app.queue(1..=100);
    assert_eq!(app.run(|session, now| session.authorize_exposure(now, 101)), Ok(Verdict::Queued));
    app.refresh();
    assert!(app.take_released().contains(&101));
    assert_eq!(app.run(|session, now| session.authorize_exposure(now, 102)), Ok(Verdict::Send(2)));
}

#[test]
fn a_new_request_does_not_wait_behind_those_to_another() {
    let mut queue = Queue::new(1_000, "");
    while !queue.to(0).is_empty() {
        queue.end(&queue.to(0), App::answered);
    }
    assert_eq!(queue.app.stat("queued"), 484, "those to the other wait for its sixteen");
    assert_eq!(ask(&mut queue.app, 2_000), Ok(Verdict::Send(2)));
    assert_eq!(ask(&mut queue.app, 2_001), Ok(Verdict::Queued));
}

#[test]
fn the_ceiling_is_one_of_all_together() {
    let mut queue = Queue::new(2_000, r#","drainConcurrency":24"#);
    for _ in 0..50 {
        assert!(queue.away.len() <= 24, "{}", queue.away.len());
        queue.end(&queue.to(0), App::answered);
        queue.end(&queue.to(1), App::answered);
    }
    assert_eq!(queue.app.stat("inFlight"), 24);
}

#[test]
fn those_to_one_leave_in_the_order_of_their_numbers() {
    let mut queue = Queue::new(200, "");
    assert_eq!((queue.to(0), queue.to(1)), ((2..=32).step_by(2).collect(), (1..=31).step_by(2).collect()));
    let left = queue.end(&[2, 4, 1, 3], App::answered);
    let [even, odd] = [0, 1].map(|api| left.iter().copied().filter(|id| id % 2 == api).collect::<Vec<_>>());
    assert!(even.starts_with(&[34, 36]) && odd.starts_with(&[33, 35]), "{left:?}");
}
