//! The report: tables in Markdown, with the machine and the commit, so that a figure read later can be judged.

use std::process::Command;

use crate::load::Outcome;

/// Median of several runs of one measurement.
#[derive(Debug, Clone)]
pub struct Line {
    /// Engine of the store.
    pub engine: String,
    /// Entries in the office, 0 for as made.
    pub entries: u64,
    /// What was measured.
    pub what: String,
    /// Connections at once.
    pub connections: usize,
    /// Good answers a second.
    pub per_second: f64,
    /// Milliseconds: p50, p90, p99, max.
    pub millis: [f64; 4],
    /// Errors of all runs together, with their statuses.
    pub errors: String,
    /// Share of a core that the generator used.
    pub own_core: f64,
    /// `met`, `missed`, or nothing where there is no budget.
    pub verdict: String,
}

impl Line {
    /// The medians of the runs, each figure for itself.
    pub fn of(engine: &str, entries: u64, what: &str, connections: usize, runs: &[Outcome]) -> Self {
        let over = |figure: &dyn Fn(&Outcome) -> f64| median(runs.iter().map(figure).collect());
        let mut errors: Vec<String> = Vec::new();
        for run in runs {
            errors.extend(run.statuses.iter().filter(|(status, _)| **status >= 400).map(|(status, count)| format!("{count} x {status}")));
            if run.broken > 0 {
                errors.push(format!("{} broken ({})", run.broken, run.reasons.first().map_or("", String::as_str)));
            }
        }
        Line {
            engine: engine.to_owned(),
            entries,
            what: what.to_owned(),
            connections,
            per_second: over(&Outcome::rate),
            millis: [over(&|run| run.millis(0.5)), over(&|run| run.millis(0.9)), over(&|run| run.millis(0.99)), over(&Outcome::millis_max)],
            errors: errors.join(", "),
            own_core: over(&|run| run.own_core),
            verdict: String::new(),
        }
    }
}

/// The middle of the figures; of an even number the lower of the two, so that it is one that was measured.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

/// Lines as a table.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| store | entries | work | connections | per second | p50 ms | p90 ms | p99 ms | max ms | errors | generator's core | budget |\n\
         | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | --- |\n",
    );
    for line in lines {
        let [p50, p90, p99, max] = line.millis;
        let errors = if line.errors.is_empty() { "none" } else { &line.errors };
        let entries = if line.entries == 0 { "as made".to_owned() } else { line.entries.to_string() };
        text.push_str(&format!(
            "| {} | {entries} | {} | {} | {:.0} | {p50:.2} | {p90:.2} | {p99:.2} | {max:.2} | {errors} | {:.2} | {} |\n",
            line.engine, line.what, line.connections, line.per_second, line.own_core, line.verdict
        ));
    }
    text
}

/// The machine in words: processor, cores, memory, kernel, and how busy it was.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim_start_matches([' ', '\t', ':']).to_owned());
    let processor = field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kilobytes: f64 = field(&read("/proc/meminfo"), "MemTotal").and_then(|line| line.trim_end_matches(" kB").parse().ok()).unwrap_or(0.0);
    let load = read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned();
    format!("{processor}, {cores} cores, {:.0} GB, Linux {}, load {load} before the start", kilobytes / 1e6, read("/proc/sys/kernel/osrelease").trim())
}

/// The commit measured, with a mark where the tree had changes of its own.
pub fn commit() -> String {
    let git = |arguments: &[&str]| Command::new("git").args(arguments).output().ok().filter(|output| output.status.success()).map(|output| output.stdout);
    let Some(hash) = git(&["rev-parse", "--short=12", "HEAD"]) else { return "unknown commit".to_owned() };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|lines| !lines.is_empty());
    format!("{}{}", String::from_utf8_lossy(&hash).trim(), if changed { " with changes" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_one_that_was_measured() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0]), 1.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
