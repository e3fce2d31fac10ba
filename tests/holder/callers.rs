//! Bounds on what pages have under way, and who makes room for whom.

use tokenkeep::proto::calls::Door;

use crate::desk::{Desk, discovered, metadata};
use crate::popups::open;
use crate::proofs::JWK;
use crate::support::{config, error};

fn alive(number: u32) -> Door {
    Door { number, alive: true }
}

/// A page that never showed that it is there.
fn silent(number: u32) -> Door {
    Door { number, alive: false }
}

fn sign_in(desk: &mut Desk, call: u32, door: Door) -> bool {
    let room = desk.admit(call, door, false);
    if room {
        desk.sign_in(call, "{}");
    }
    room
}

fn wait(desk: &mut Desk, call: u32, door: Door) -> bool {
    let room = desk.admit(call, door, true);
    if room {
        desk.wait(call, "nobody knows");
    }
    room
}

#[test]
fn there_is_room_for_as_many_who_wait_as_there_are_records() {
    let mut desk = Desk::new();
    assert!((0..32).all(|call| wait(&mut desk, call, alive(call))));
    assert!(!wait(&mut desk, 32, alive(32)), "MSG-9");
    assert_eq!(desk.seen(), ["settle 32 QUEUE_FULL"]);
    assert!(desk.holder.cancel(7));
    assert!(wait(&mut desk, 33, alive(33)));
    assert!(desk.seen().is_empty());
}

#[test]
fn the_oldest_wait_of_a_page_that_may_be_gone_makes_room() {
    let mut desk = Desk::new();
    for call in 0..32 {
        assert!(wait(&mut desk, call, if call % 3 == 1 { silent(call) } else { alive(call) }));
    }
    assert!(wait(&mut desk, 40, alive(40)) && wait(&mut desk, 41, silent(41)), "MSG-9");
    assert_eq!(desk.seen(), ["settle 1 QUEUE_FULL", "settle 4 QUEUE_FULL"]);
}

#[test]
fn a_page_that_shows_later_that_it_is_there_makes_no_room() {
    let mut desk = Desk::new();
    assert!((0..32).all(|call| wait(&mut desk, call, silent(call))));
    desk.holder.vouch(0);
    assert!(wait(&mut desk, 40, alive(40)));
    assert_eq!(desk.seen(), ["settle 1 QUEUE_FULL"], "MSG-9");
}

#[test]
fn one_page_has_no_more_than_its_share() {
    let mut desk = Desk::with(discovered());
    assert!((0..8).all(|call| wait(&mut desk, call, alive(1))));
    assert!(!wait(&mut desk, 8, alive(1)) && wait(&mut desk, 9, alive(2)), "MSG-9");
    assert!((10..42).all(|call| sign_in(&mut desk, call, silent(3))));
    assert!(!sign_in(&mut desk, 42, silent(3)) && sign_in(&mut desk, 43, silent(4)), "MSG-9");
    assert_eq!(desk.seen()[..1], ["settle 8 QUEUE_FULL"]);
    assert_eq!(desk.seen(), Vec::<String>::new());
}

#[test]
fn sign_ins_of_pages_that_may_be_gone_make_room() {
    let mut desk = Desk::with(discovered());
    assert!((0..1_000).all(|call| sign_in(&mut desk, call, silent(call / 32))));
    desk.seen();
    assert!(sign_in(&mut desk, 2_000, alive(2_000)), "MSG-9");
    assert_eq!(desk.seen(), ["settle 0 QUEUE_FULL"]);
    desk.answer(metadata());
    let kept = desk.seen();
    assert_eq!((kept.len(), desk.asked.len()), (1_000, 1_000), "what was given up goes no further");
    (0..1_000).for_each(|_| desk.keep());
    let settled = desk.seen();
    assert_eq!((settled.len(), &*settled[999]), (1_000, "settle 2000"));
    assert!(sign_in(&mut desk, 3_000, alive(2_000)));
}

#[test]
fn pages_that_are_there_make_no_room() {
    let mut desk = Desk::with(discovered());
    assert!((0..1_000).all(|call| sign_in(&mut desk, call, alive(call))));
    desk.seen();
    assert!(!sign_in(&mut desk, 2_000, alive(2_000)), "MSG-9");
    assert_eq!(desk.seen(), ["settle 2000 QUEUE_FULL"]);
    assert!(wait(&mut desk, 2_001, alive(2_000)), "those who wait are counted by themselves");
}

#[test]
fn a_response_that_is_there_is_not_given_up() {
    let mut desk = Desk::new();
    let (key, href) = open(&mut desk, 1);
    assert!(desk.admit(2, silent(1), true) && desk.admit(3, silent(2), false));
    desk.wait(2, &key);
    desk.finish(3, &href);
    desk.take();
    desk.seen();
    assert!((10..41).all(|call| wait(&mut desk, call, alive(call))));
    assert!(!wait(&mut desk, 41, alive(41)));
    assert!(!desk.holder.cancel(2) && !desk.holder.cancel(3));
    desk.seen();
    desk.respond();
    assert_eq!(desk.seen(), ["settle 2", "settle 3", "signedin"]);
    assert!(wait(&mut desk, 42, alive(42)), "who was told makes room");
}

#[test]
fn a_sign_in_can_be_given_up_until_its_url_is_there() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    assert!(desk.holder.cancel(1) && !desk.holder.cancel(1));
    desk.answer(metadata());
    desk.sign_in(2, "{}");
    assert!(desk.holder.cancel(2));
    desk.keep();
    assert_eq!(desk.seen().last().map(String::as_str), Some("keep"), "and nobody is told anything");
    desk.sign_in(3, "{}");
    desk.keep();
    assert!(!desk.holder.cancel(3));
    assert_eq!(desk.seen(), ["keep", "settle 3"]);
}

#[test]
fn a_sign_in_that_waits_for_a_key_or_for_a_pushed_request_can_be_given_up() {
    let mut desk = Desk::with(config("files:read", r#""dpop":true"#));
    desk.sign_in(1, "{}");
    assert_eq!(desk.seen(), ["key"]);
    assert!(desk.holder.cancel(1));
    desk.made(Some(JWK));
    assert!(desk.seen().is_empty());

    let mut desk = crate::pushed::desk(false, "");
    desk.sign_in(2, "{}");
    desk.keep();
    assert_eq!(desk.seen(), ["keep", "post /par code"]);
    assert!(desk.holder.cancel(2));
    desk.answer(error(400, "invalid_request"));
    assert!(desk.seen().is_empty());
}
