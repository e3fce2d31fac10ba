//! What a seed has in store: pages, users, outages, revocation and sleep, over a while that ends in good weather.

use super::authorization_server::Mode;
use super::network::{Agenda, Client, Server};
use super::random::Random;
use crate::support::{MINUTE, SECOND};

/// Fills the agenda.
pub(crate) fn write(random: &mut Random, agenda: &mut Agenda) {
    let end = random.pick(&[8 * SECOND, 40 * SECOND, 3 * MINUTE, 15 * MINUTE]);
    agenda.client(0, Client::ComeBack);
    ask(random, agenda, end);
    users(random, agenda, end);
    outages(random, agenda, end);
    for _ in 0..random.pick(&[0, 0, 0, 1]) {
        agenda.server(random.within(0..end), Server::RevokeAll);
    }
    for _ in 0..random.pick(&[0, 0, 1, 3]) {
        agenda.server(random.within(0..end), Server::ExpireEarly);
    }
    machine(random, agenda, end);
    agenda.client(end, Client::Heal);
}

/// Single requests and bursts, most of them to listed targets.
fn ask(random: &mut Random, agenda: &mut Agenda, end: u64) {
    for _ in 0..random.within(1..7) {
        let (start, width) = (random.within(0..end), random.pick(&[1, 50, 5_000]));
        let (page, count) = (random.within(0..4), random.pick(&[1, 2, 5, 12]));
        for _ in 0..count {
            let off_list = random.chance(4);
            agenda.client(start + random.within(0..width), Client::Ask { page, off_list });
        }
    }
    for page in 0..4 {
        if random.chance(20) {
            agenda.client(random.within(0..end), Client::PageLeaves { page });
        }
    }
}

fn users(random: &mut Random, agenda: &mut Agenda, end: u64) {
    for _ in 0..random.pick(&[0, 0, 0, 1, 2]) {
        agenda.client(random.within(0..end), Client::SignOut);
    }
    for _ in 0..random.pick(&[0, 0, 1, 2]) {
        agenda.client(random.within(0..end), Client::ComeBack);
    }
}

fn outages(random: &mut Random, agenda: &mut Agenda, end: u64) {
    for _ in 0..random.pick(&[0, 1, 1, 2, 3]) {
        let busy = Mode::Busy(random.pick(&[0, 1, 3, 20, 60]));
        let kinds = [Mode::Unavailable, busy, Mode::Html, Mode::Broken, Mode::Hanging, Mode::AnswerLost];
        let mode = random.pick(&kinds);
        let start = random.within(0..end);
        let length = random.pick(&[200, 2 * SECOND, 15 * SECOND, 2 * MINUTE]);
        agenda.server(start, Server::Mode(mode));
        agenda.server((start + random.within(1..length)).min(end), Server::Mode(Mode::Up));
    }
}

fn machine(random: &mut Random, agenda: &mut Agenda, end: u64) {
    for _ in 0..random.pick(&[0, 0, 0, 1, 2]) {
        let ms = random.pick(&[500, 5 * SECOND, MINUTE, 2 * 60 * MINUTE]);
        let paused = random.chance(50);
        agenda.client(random.within(0..end), Client::Sleep { ms, paused });
    }
    if random.chance(10) {
        let ms = random.pick(&[-3_600_000, -10_000, -1_000, 1_000, 10_000, 3_600_000]);
        agenda.client(random.within(0..end), Client::ClockJump { ms });
    }
}
