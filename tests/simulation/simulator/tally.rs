//! How much of everything happened, to see that the schedules reach what they are made for.

macro_rules! tally {
    ($($name:ident),*) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) struct Tally {
            $(pub(crate) $name: u64),*
        }

        impl Tally {
            pub(crate) fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }

            #[allow(dead_code, reason = "only the test asks")]
            /// The names of what never happened.
            pub(crate) fn missing(&self) -> Vec<&'static str> {
                [$((stringify!($name), self.$name)),*].into_iter().filter(|(_, n)| *n == 0).map(|(name, _)| name).collect()
            }
        }
    };
}

tally!(
    asked,
    settled,
    off_list,
    queue_full,
    released,
    replays,
    final_refusals,
    timeouts,
    cancelled,
    answered,
    lost,
    refreshes,
    refreshed,
    failed_refreshes,
    client_refusals,
    retries_granted,
    retries_denied,
    denials,
    alarms,
    answers_in_vain,
    late_tokens_revoked,
    sign_ins,
    endings,
    sleeps,
    outages_of_the_line,
    late_refusals,
    sign_outs_active,
    sign_outs_refreshing,
    sign_outs_waiting,
    sign_outs_exchanging,
    sign_outs_draining,
    told_waits,
    probed
);
