//! The load of the server over time, as SVG: one panel a scene, one line a policy.

use std::fmt::Write as _;

use super::peer::Habit;
use super::report::Row;
use super::scene::{SCENES, Scene};
use super::server::capacity;
use super::{POLICIES, Policy};
use crate::support::{MINUTE, SECOND};

const WIDTH: usize = 860;
const LEFT: usize = 64;
const PLOT: usize = 768;
const TOP: usize = 56;
const PANEL: usize = 150;
const PITCH: usize = 204;
/// The scale goes from a tenth of the capacity to a thousand times it.
const DECADES: (i32, i32) = (-1, 3);
/// Points of a line.
const POINTS: usize = 260;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#333}.name{font-weight:600}.grid{stroke:#ddd}\
.limit{stroke:#333;stroke-dasharray:5 4}.down{fill:#0001}polyline{fill:none;stroke-width:1.5}\
.core{stroke:#0a7d4b;stroke-width:2.5}.once{stroke:#c2255c}.five{stroke:#1c6dd0}.doubling{stroke:#b35c00}\
@media(prefers-color-scheme:dark){svg{background:#16181c}text{fill:#ddd}.grid{stroke:#3a3d44}.limit{stroke:#ddd}\
.down{fill:#fff1}.core{stroke:#3ddc97}.once{stroke:#ff6b9a}.five{stroke:#6cb2ff}.doubling{stroke:#ffb454}}";

/// The picture of these rows.
pub(crate) fn picture(rows: &[Row]) -> String {
    let height = TOP + PITCH * SCENES.len();
    let sessions = rows.first().map_or(0, |row| row.sessions);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n<title>Requests a second at an authorization server, of its capacity, by {sessions} sessions</title>\n<style>{STYLE}</style>\n"
    );
    legend(&mut svg);
    for (place, scene) in SCENES.into_iter().enumerate() {
        let top = TOP + place * PITCH + 24;
        frame(&mut svg, scene, top);
        for row in rows.iter().filter(|row| row.scene == scene).rev() {
            let points = line(row, top);
            let name = class(row.policy);
            line_of(&mut svg, &format!("<polyline class=\"{name}\" points=\"{points}\"/>"));
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn line_of(svg: &mut String, text: &str) {
    writeln!(svg, "{text}").expect("room");
}

fn legend(svg: &mut String) {
    line_of(
        svg,
        &format!("<text class=\"name\" x=\"{LEFT}\" y=\"20\">Requests a second, of the server's capacity</text>"),
    );
    for (place, policy) in POLICIES.into_iter().enumerate() {
        let (x, name) = (LEFT + place * 190, class(policy));
        line_of(svg, &format!("<polyline class=\"{name}\" points=\"{x},40 {},40\"/>", x + 24));
        line_of(svg, &format!("<text x=\"{}\" y=\"44\">{}</text>", x + 30, policy.name()));
    }
}

/// The scene's name, scales, the capacity, and when the server is down.
fn frame(svg: &mut String, scene: Scene, top: usize) {
    let (from, to) = scene.window();
    line_of(
        svg,
        &format!("<text class=\"name\" x=\"{LEFT}\" y=\"{}\">{}</text>", top - 8, scene.name().replace('`', "")),
    );
    for (start, end) in scene.down() {
        let (x, width) = (across(start, from, to), (across(end, from, to) - across(start, from, to)).max(1.0));
        line_of(
            svg,
            &format!("<rect class=\"down\" x=\"{x:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{PANEL}\"/>"),
        );
    }
    for decade in DECADES.0..=DECADES.1 {
        let (y, name) = (up(10_f64.powi(decade), top), if decade == 0 { "limit" } else { "grid" });
        line_of(svg, &format!("<path class=\"{name}\" d=\"M{LEFT} {y:.1}h{PLOT}\"/>"));
        let label = 10_f64.powi(decade);
        line_of(svg, &format!("<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>", LEFT - 8, y + 4.0));
    }
    let step = if to - from > 60 * MINUTE { 120 * MINUTE } else { MINUTE };
    for at in (from..=to).step_by(step as usize) {
        let (x, y) = (across(at, from, to), top + PANEL + 16);
        line_of(svg, &format!("<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", when(scene, at)));
    }
}

/// Hours of a day, or minutes since it began to happen.
fn when(scene: Scene, at: u64) -> String {
    let minutes = (at / MINUTE) as i64;
    if scene == Scene::Day { format!("{} h", minutes / 60) } else { format!("{} min", minutes - 10) }
}

/// The most of each stretch of time.
fn line(row: &Row, top: usize) -> String {
    let (from, to) = row.scene.window();
    let load = &row.seen.load[(from / SECOND) as usize..(to / SECOND) as usize];
    let mut text = String::new();
    for (place, stretch) in load.chunks(load.len().div_ceil(POINTS)).enumerate() {
        let most = f64::from(stretch.iter().copied().max().unwrap_or(0)) / capacity(row.sessions);
        let at = from + (place * load.len().div_ceil(POINTS)) as u64 * SECOND;
        write!(text, "{:.1},{:.1} ", across(at, from, to), up(most, top)).expect("room");
    }
    text.trim_end().to_owned()
}

fn across(at: u64, from: u64, to: u64) -> f64 {
    LEFT as f64 + PLOT as f64 * (at - from) as f64 / (to - from) as f64
}

fn up(times: f64, top: usize) -> f64 {
    let (least, most) = (f64::from(DECADES.0), f64::from(DECADES.1));
    let part = (times.max(f64::MIN_POSITIVE).log10().clamp(least, most) - least) / (most - least);
    top as f64 + PANEL as f64 * (1.0 - part)
}

fn class(policy: Policy) -> &'static str {
    match policy {
        Policy::Core => "core",
        Policy::Peer(Habit::AtOnce) => "once",
        Policy::Peer(Habit::EveryFive) => "five",
        Policy::Peer(Habit::Doubling) => "doubling",
    }
}
