//! Whether states with the same fingerprint have the same future, so that going on from one of them is enough.

use std::collections::BTreeMap;

use super::step::Step;
use super::world::World;
use super::{Path, expand, replay};

/// What can happen to a state and where that leads, for comparing states that are taken for one.
fn prospects(world: &World) -> Vec<(&'static str, u64)> {
    let mut prospects: Vec<_> = world.steps().iter().map(|step| (step.kind(), expand(world, *step).0)).collect();
    prospects.sort_unstable();
    prospects
}

/// Two ways to what is taken for the same state and goes on differently, if there are such up to this depth.
pub(crate) fn confused(depth: usize) -> Option<(Vec<Step>, Vec<Step>)> {
    let root = World::new();
    let mut seen = BTreeMap::from([(root.fingerprint(), (Path::default(), prospects(&root)))]);
    let mut frontier = vec![Path::default()];
    for _ in 0..depth {
        let mut new = Vec::new();
        for path in std::mem::take(&mut frontier) {
            let (world, _) = replay(&root, &path);
            for (number, step) in (0..).zip(world.steps()) {
                let (state, next) = expand(&world, step);
                let (path, prospects): (Path, _) = ([&path, &[number][..]].concat().into(), prospects(&next));
                match seen.get(&state) {
                    Some((_, known)) if *known == prospects => {}
                    Some((other, _)) => return Some((replay(&root, other).1, replay(&root, &path).1)),
                    None => {
                        seen.insert(state, (path.clone(), prospects));
                        new.push(path);
                    }
                }
            }
        }
        frontier = new;
    }
    None
}
