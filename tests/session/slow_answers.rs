//! What slow answers and callers who don't wait for them do to the pace of a queue that empties.

use std::collections::VecDeque;

use crate::emptying::{Queue, failed, given_up, status};
use crate::support::{App, SECOND};

/// How many are on their way after rounds in which the API answers `quick` of them after 20 ms and nobody else, and those give up
/// after so long.
fn after_rounds_of_giving_up(patience: u64, quick: usize) -> u64 {
    let mut queue = Queue::answered_in(20);
    for _ in 0..30 {
        queue.leaving(20);
        for _ in 0..quick {
            let id = queue.away.pop_back().expect("one on its way");
            queue.app.answered(id);
            queue.away.extend(queue.app.take_released());
        }
        queue.leaving(patience);
        queue.end(16, given_up);
    }
    queue.on_the_way()
}

#[test]
fn callers_who_give_up_on_overdue_answers_are_taken_for_slow_ones() {
    let at_first = Queue::answered_in(20).on_the_way();
    assert!(at_first > 30, "{at_first}");
    for patience in [SECOND / 10, SECOND] {
        assert_eq!(after_rounds_of_giving_up(patience, 5), 16, "{patience}");
    }
}

#[test]
fn callers_who_all_give_up_on_overdue_answers_narrow_it_in_the_fourth_round() {
    let mut queue = Queue::answered_in(20);
    let before = queue.on_the_way();
    for round in 1..=4 {
        queue.leaving(SECOND / 10);
        queue.end(queue.away.len(), given_up);
        assert!(round == 4 || queue.on_the_way() == before, "{} in round {round}", queue.on_the_way());
    }
    assert!(queue.on_the_way() < before, "{} of {before}", queue.on_the_way());
}

#[test]
fn answers_that_take_ten_times_as_long_halve_it_in_the_fourth_round() {
    let mut queue = Queue::grown_to(200);
    let before = queue.rounds(1, 200);
    assert_eq!(queue.rounds(2, 200), before);
    assert_eq!(queue.rounds(2, 200), before / 2);
}

#[test]
fn slow_answers_do_not_make_it_forget_that_it_was_too_much_once() {
    let growth_after = |refused| {
        let mut queue = Queue::grown_to(100);
        queue.end(refused, status(503));
        let narrowed = queue.rounds(6, 200);
        queue.rounds(10, 20) * 10 / narrowed
    };
    assert!(growth_after(0) > 20, "{}", growth_after(0));
    assert!(growth_after(1) < 15, "{}", growth_after(1));
}

#[test]
fn callers_who_give_up_before_an_answer_is_due_leave_it() {
    let mut queue = Queue::answered_in(SECOND);
    let before = queue.on_the_way();
    for _ in 0..20 {
        queue.leaving(SECOND / 2);
        queue.end(16, given_up);
        queue.leaving(SECOND / 2);
        queue.end(16, App::answered);
    }
    assert!(queue.on_the_way() >= before, "{} of {before}", queue.on_the_way());
}

#[test]
fn callers_who_give_up_before_an_answer_is_due_do_not_make_the_api_look_well() {
    let after = |given| {
        let mut queue = Queue::answered_in(20);
        queue.end(1, failed);
        queue.rounds(3, 20);
        for _ in 0..given {
            queue.leaving(5);
            queue.end(queue.away.len(), given_up);
        }
        queue.rounds(10, 20)
    };
    assert_eq!(after(20), after(0));
}

#[test]
fn a_few_who_give_up_on_an_api_that_is_well_do_not_hold_up_the_others() {
    let mut queue = Queue::answered_in(20);
    let mut slow = VecDeque::new();
    for round in 0..16 {
        queue.leaving(20);
        slow.extend(queue.away.pop_back());
        queue.end(queue.away.len(), App::answered);
        if round > 6 {
            given_up(&mut queue.app, slow.pop_front().expect("a slow one"));
        }
    }
    assert!(queue.on_the_way() > 100, "{}", queue.on_the_way());
}
