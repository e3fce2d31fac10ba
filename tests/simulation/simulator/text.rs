//! Schedules as text, one thing a line, to be read, kept in a file and run again.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::authorization_server::{Mode, Rotation};
use super::schedule::{Fate, Key, Schedule, Setup, Step, Target};

impl Display for Schedule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (words, plain) = (self.setup.words(), Setup::default().words());
        for ((name, value), _) in words.iter().zip(&plain).filter(|(now, before)| now != before) {
            writeln!(f, "setup {name} {value}")?;
        }
        for (at, step) in &self.steps {
            writeln!(f, "at {at} {}", step.words())?;
        }
        for (key, fate) in &self.fates {
            writeln!(f, "fate {}{}", key.words(), fate.words())?;
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut schedule = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<_> = line.split_ascii_whitespace().collect();
            schedule.take(&words).ok_or_else(|| format!("no line of a schedule: {line}"))?;
        }
        Ok(schedule)
    }
}

impl Schedule {
    fn take(&mut self, words: &[&str]) -> Option<()> {
        match words {
            ["setup", name, value] => self.setup.set(name, value)?,
            ["at", at, step @ ..] => self.steps.push((number(at)?, Step::read(step)?)),
            ["fate", key @ ("sign-in" | "refresh" | "ask"), name, fate @ ..] => {
                self.fates.insert(Key::read(key, name)?, Fate::read(fate)?);
            }
            _ => return None,
        }
        Some(())
    }
}

fn number<T: FromStr>(word: &str) -> Option<T> {
    word.parse().ok()
}

fn said(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn yes(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

impl Setup {
    fn words(&self) -> [(&'static str, String); 10] {
        let rotation = match self.policy.rotation {
            Rotation::None => "none",
            Rotation::Refuse => "refuse",
            Rotation::Alarm => "alarm",
        };
        [
            ("queue", self.queue.to_string()),
            ("wait", self.wait.to_string()),
            ("drain", self.drain.to_string()),
            ("openid", said(self.openid)),
            ("lifetime", self.policy.lifetime.map_or("unstated".into(), |seconds| seconds.to_string())),
            ("renewable", said(self.policy.renewable)),
            ("rotation", rotation.into()),
            ("grace", self.policy.grace.to_string()),
            ("repeats", said(self.policy.repeats)),
            ("introspect", said(self.policy.introspect)),
        ]
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "queue" => self.queue = number(value)?,
            "wait" => self.wait = number(value)?,
            "drain" => self.drain = number(value)?,
            "openid" => self.openid = yes(value)?,
            "lifetime" if value == "unstated" => self.policy.lifetime = None,
            "lifetime" => self.policy.lifetime = Some(number(value)?),
            "renewable" => self.policy.renewable = yes(value)?,
            "rotation" => self.policy.rotation = rotation(value)?,
            "grace" => self.policy.grace = number(value)?,
            "repeats" => self.policy.repeats = yes(value)?,
            "introspect" => self.policy.introspect = yes(value)?,
            _ => return None,
        }
        Some(())
    }
}

fn rotation(word: &str) -> Option<Rotation> {
    [("none", Rotation::None), ("refuse", Rotation::Refuse), ("alarm", Rotation::Alarm)]
        .into_iter()
        .find_map(|(name, rotation)| (name == word).then_some(rotation))
}

impl Step {
    fn words(&self) -> String {
        match self {
            Self::Ask { name, page, target: Target::Listed(n) } => format!("ask {name} page {page} listed {n}"),
            Self::Ask { name, page, target: Target::Unlisted(n) } => format!("ask {name} page {page} unlisted {n}"),
            Self::Cancel { name } => format!("cancel {name}"),
            Self::Leave { page } => format!("leave page {page}"),
            Self::SignIn { name, user } => format!("sign-in {name} user {user}"),
            Self::SignOut => "sign-out".into(),
            Self::Sleep { ms, paused } => format!("sleep {ms}{}", if *paused { " paused" } else { "" }),
            Self::ClockJump { ms } => format!("clock-jump {ms}"),
            Self::Online { is } => format!("online {}", said(*is)),
            Self::Visible { is } => format!("visible {}", said(*is)),
            Self::Heal => "heal".into(),
            Self::RevokeAll => "revoke-all".into(),
            Self::RefuseTokens => "refuse-tokens".into(),
            Self::Endpoint(Mode::Busy(seconds)) => format!("endpoint busy {seconds}"),
            Self::Endpoint(mode) => {
                let name = MODES.iter().find_map(|(name, known)| (known == mode).then_some(name));
                format!("endpoint {}", name.expect("a mode with a name"))
            }
        }
    }

    fn read(words: &[&str]) -> Option<Self> {
        Some(match words {
            ["ask", name, "page", page, kind, n] => {
                let n = number(n)?;
                let target = match *kind {
                    "listed" => Target::Listed(n),
                    "unlisted" => Target::Unlisted(n),
                    _ => return None,
                };
                Self::Ask { name: number(name)?, page: number(page)?, target }
            }
            ["cancel", name] => Self::Cancel { name: number(name)? },
            ["leave", "page", page] => Self::Leave { page: number(page)? },
            ["sign-in", name, "user", user] => Self::SignIn { name: number(name)?, user: number(user)? },
            ["sign-out"] => Self::SignOut,
            ["sleep", ms] => Self::Sleep { ms: number(ms)?, paused: false },
            ["sleep", ms, "paused"] => Self::Sleep { ms: number(ms)?, paused: true },
            ["clock-jump", ms] => Self::ClockJump { ms: number(ms)? },
            ["online", is] => Self::Online { is: yes(is)? },
            ["visible", is] => Self::Visible { is: yes(is)? },
            ["heal"] => Self::Heal,
            ["revoke-all"] => Self::RevokeAll,
            ["refuse-tokens"] => Self::RefuseTokens,
            ["endpoint", "busy", seconds] => Self::Endpoint(Mode::Busy(number(seconds)?)),
            ["endpoint", mode] => Self::Endpoint(MODES.iter().find(|(name, _)| name == mode)?.1),
            _ => return None,
        })
    }
}

const MODES: [(&str, Mode); 10] = [
    ("up", Mode::Up),
    ("unavailable", Mode::Unavailable),
    ("html", Mode::Html),
    ("garbled", Mode::Garbled),
    ("unauthorized", Mode::Unauthorized),
    ("forbidden", Mode::Forbidden),
    ("bad-client", Mode::BadClient),
    ("broken", Mode::Broken),
    ("hanging", Mode::Hanging),
    ("answer-lost", Mode::AnswerLost),
];

impl Key {
    fn words(&self) -> String {
        match self {
            Self::SignIn(name) => format!("sign-in {name}"),
            Self::Refresh(name, number) => format!("refresh {name}/{number}"),
            Self::Ask(name, sending) => format!("ask {name}/{sending}"),
        }
    }

    fn read(kind: &str, word: &str) -> Option<Self> {
        let pair = || word.split_once('/').and_then(|(name, n)| Some((number(name)?, number(n)?)));
        match kind {
            "sign-in" => Some(Self::SignIn(number(word)?)),
            "refresh" => pair().map(|(name, n)| Self::Refresh(name, n)),
            _ => pair().map(|(name, n)| Self::Ask(name, n)),
        }
    }
}

impl Fate {
    fn words(&self) -> String {
        let plain = Self::default();
        let leg = |name, now: Option<u64>, before| match now {
            _ if now == before => String::new(),
            None => format!(" {name} lost"),
            Some(ms) => format!(" {name} {ms}"),
        };
        let (there, back) = (leg("there", self.there, plain.there), leg("back", self.back, plain.back));
        let again = self.again.map_or_else(String::new, |ms| format!(" again {ms}"));
        let twice = if self.twice { " twice yes" } else { "" };
        let jitter = if self.jitter == 0 { String::new() } else { format!(" jitter {}", self.jitter) };
        [&there, &back, &again, twice, &jitter].concat()
    }

    fn read(words: &[&str]) -> Option<Self> {
        let mut fate = Self::default();
        for pair in words.chunks(2) {
            match pair {
                ["there", "lost"] => fate.there = None,
                ["back", "lost"] => fate.back = None,
                ["there", ms] => fate.there = Some(number(ms)?),
                ["back", ms] => fate.back = Some(number(ms)?),
                ["again", ms] => fate.again = Some(number(ms)?),
                ["twice", "yes"] => fate.twice = true,
                ["jitter", n] => fate.jitter = number(n)?,
                _ => return None,
            }
        }
        Some(fate)
    }
}
