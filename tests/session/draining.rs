//! How the queue empties: as quickly as the API takes it, on virtual time against APIs of a given strength.

use std::collections::BTreeMap;

use tokenkeep::proto::session::{Reply, Retry, Verdict};

use crate::support::random::Random;
use crate::support::{API, App, HOUR, SECOND};

/// What an API does with requests beyond what it takes at once.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Manner {
    /// They wait there.
    Queues,
    /// 503, with a second's pause.
    Refuses,
    /// It goes down under them: 503 to everything for a second.
    FallsOver,
}

struct Api {
    capacity: usize,
    manner: Manner,
    /// An answer takes from this to that, in milliseconds.
    takes: (u64, u64),
    random: Random,
    /// When each of its places is free.
    places: Vec<u64>,
    /// What is to be answered, by time: the request, and its status.
    answers: BTreeMap<u64, Vec<(u32, u16)>>,
    down_until: u64,
    falls: usize,
    under_way: usize,
    most: usize,
    /// While it stands still: from when until when, after its first request.
    stalls: Vec<(u64, u64)>,
    began: Option<u64>,
}

impl Api {
    fn new(capacity: usize, manner: Manner, takes: (u64, u64)) -> Self {
        Self {
            capacity,
            manner,
            takes,
            random: Random::new(7),
            places: vec![0; capacity],
            answers: BTreeMap::new(),
            down_until: 0,
            falls: 0,
            under_way: 0,
            most: 0,
            stalls: Vec::new(),
            began: None,
        }
    }

    fn take(&mut self, now: u64, id: u32) {
        self.under_way += 1;
        self.most = self.most.max(self.under_way);
        let (least, most) = self.takes;
        let takes = least + self.random.next() % (most - least + 1);
        let full = self.under_way > self.capacity;
        if full && self.manner == Manner::FallsOver && now >= self.down_until {
            self.down_until = now + SECOND;
            self.falls += 1;
        }
        let refused = (full && self.manner == Manner::Refuses) || now < self.down_until;
        let at = if refused {
            now + least
        } else {
            let place = self.places.iter_mut().min().expect("a place");
            *place = now.max(*place) + takes;
            *place
        };
        let began = *self.began.get_or_insert(now);
        let stall = self.stalls.iter().find(|(from, until)| (began + from..began + until).contains(&at));
        let at = stall.map_or(at, |(_, until)| began + until);
        self.answers.entry(at).or_default().push((id, if refused { 503 } else { 200 }));
    }
}

/// Lets the backlog of a refresh through; milliseconds until the last is answered.
fn drain(api: &mut Api, requests: u32, options: &str) -> u64 {
    let mut app = App::with_options(options).after_sign_in();
    app.pass(HOUR);
    app.queue(1..=requests);
    app.refresh();
    let start = app.now.instant.as_millis();
    let mut answered = 0;
    while answered < requests {
        let now = app.now.instant.as_millis();
        for id in app.take_released() {
            api.take(now, id);
        }
        let Some(due) = api.answers.first_entry().filter(|due| *due.key() <= now) else {
            let next = api.answers.keys().next().copied().unwrap_or(u64::MAX).min(now + SECOND);
            app.pass(next - now);
            continue;
        };
        for (id, status) in due.remove() {
            api.under_way -= 1;
            match status {
                200 => {
                    app.answered(id);
                    answered += 1;
                }
                _ => {
                    let verdict = app.run(|session, now| session.handle_reply(now, jitter(api), id, &refusal()));
                    assert_eq!(verdict, Ok(Verdict::Queued), "none is lost");
                }
            }
            for id in app.take_released() {
                api.take(now, id);
            }
        }
    }
    app.now.instant.as_millis() - start
}

fn jitter(api: &mut Api) -> u32 {
    api.random.next() as u32
}

fn refusal() -> Reply {
    Reply {
        target: API.into(),
        method: "GET".into(),
        status: 503,
        nonce: false,
        retry: Retry::ByMethod,
        step_up: false,
        streamed: false,
        challenge: None,
        retry_after: Some("1".into()),
        date: None,
    }
}

const OPTIONS: &str = r#""queueLimit":100000,"drainConcurrency":1000,"retryLimit":100,"queueTimeout":600000"#;

/// How an API of a scene came through a backlog.
struct Seen {
    api: Api,
    scene: String,
    /// Milliseconds that it took, and would at the API's whole strength.
    ms: u64,
    best: u64,
}

/// The scenes with APIs of this manner, and so many rounds of requests at their capacity.
fn scenes(manner: Manner, rounds: u32) -> impl Iterator<Item = Seen> {
    [20, 50, 100]
        .into_iter()
        .flat_map(move |capacity| [(20, 20), (2, 22)].map(|takes| scene(manner, rounds, capacity, takes)))
}

fn scene(manner: Manner, rounds: u32, capacity: usize, takes: (u64, u64)) -> Seen {
    let requests = rounds * capacity as u32;
    let mut api = Api::new(capacity, manner, takes);
    let ms = drain(&mut api, requests, OPTIONS);
    let best = u64::from(requests) * (takes.0 + takes.1) / 2 / capacity as u64;
    Seen { api, scene: format!("{capacity} {takes:?}"), ms, best }
}

#[test]
fn an_api_that_refuses_what_is_too_much_is_used_to_its_capacity_and_hardly_beyond() {
    // Whoever is refused last keeps a pause of a second or two, which is little of so many rounds.
    for Seen { api, scene, ms, best } in scenes(Manner::Refuses, 1_000) {
        assert!(ms <= best * 12 / 10, "{scene}: {ms} ms of {best}");
        // The first that is too much has to leave before it can be refused.
        assert!(api.most <= api.capacity * 11 / 10 + 1, "{scene}: {} at once", api.most);
    }
}

#[test]
fn an_api_that_takes_fewer_than_the_first_round_sees_no_more_than_that_at_once() {
    for capacity in [1, 4, 8] {
        let Seen { api, ms, best, .. } = scene(Manner::Refuses, 1_000, capacity, (20, 20));
        assert!(api.most <= 16, "{} at once, of {capacity}", api.most);
        assert!(ms <= best * 13 / 10, "{capacity}: {ms} ms of {best}");
    }
}

#[test]
fn an_api_that_lets_them_wait_is_used_to_its_capacity() {
    for Seen { api, scene, ms, best } in scenes(Manner::Queues, 300) {
        assert!(ms <= best * 12 / 10, "{scene}: {ms} ms of {best}");
        // That answers take longer shows two rounds later, and nothing is refused until then.
        assert!(api.most <= api.capacity * 2 + 4, "{scene}: {} at once", api.most);
    }
}

#[test]
fn an_api_that_falls_over_does_so_ever_more_rarely() {
    for Seen { api, scene, ms, best } in scenes(Manner::FallsOver, 300) {
        assert!((1..=7).contains(&api.falls), "{scene}: {} falls", api.falls);
        assert!(api.most <= api.capacity * 11 / 10 + 1, "{scene}: {} at once", api.most);
        // It is down for a second each time, and those who met that come back after a pause.
        assert!(
            ms <= best * 12 / 10 + api.falls as u64 * 6 * SECOND,
            "{scene}: {ms} ms of {best}, {} falls",
            api.falls
        );
    }
}

#[test]
fn the_configured_ceiling_is_never_passed() {
    let mut api = Api::new(1_000, Manner::Queues, (20, 20));
    drain(&mut api, 10_000, r#""queueLimit":100000,"drainConcurrency":48"#);
    assert_eq!(api.most, 48);
}

#[test]
fn a_backlog_of_ten_thousand_is_through_in_less_than_a_second() {
    let mut api = Api::new(1_000, Manner::Queues, (2, 22));
    let ms = drain(&mut api, 10_000, r#""queueLimit":100000"#);
    assert!(ms < 750, "{ms} ms");
}

#[test]
fn a_moment_in_which_nothing_moves_says_nothing_about_the_api() {
    let undisturbed = drain(&mut Api::new(1_000, Manner::Queues, (2, 22)), 10_000, OPTIONS);
    for first in [20, 60, 100, 200] {
        let mut api = Api::new(1_000, Manner::Queues, (2, 22));
        api.stalls = vec![(first, first + 40), (first + 150, first + 180)];
        let ms = drain(&mut api, 10_000, OPTIONS);
        assert!(ms <= undisturbed * 16 / 10, "{ms} ms instead of {undisturbed}, from {first} ms on");
    }
}

#[test]
fn a_page_that_is_busy_all_the_time_is_no_sign_of_a_weak_api() {
    let undisturbed = drain(&mut Api::new(1_000, Manner::Queues, (2, 22)), 10_000, OPTIONS);
    for seed in 1..=10 {
        let mut api = Api::new(1_000, Manner::Queues, (2, 22));
        let mut random = Random::new(seed);
        let mut at = 0;
        while at < 10_000 {
            at += 10 + random.next() % 90;
            let until = at + 10 + random.next() % 60;
            api.stalls.push((at, until));
            at = until;
        }
        let ms = drain(&mut api, 10_000, OPTIONS);
        assert!(ms <= undisturbed * 3, "{ms} ms instead of {undisturbed}, seed {seed}");
    }
}
