//! `quire usage`: how many requests a project had, by day and by route.

use std::process::ExitCode;
use std::time::Duration;

use anstyle::Style;
use quire_store::usage::{DailyCounter, Day, DayUsage, RouteUsage, Usage};
use serde_json::{Value, json};

use crate::arguments::UsageArguments;
use crate::failure::Failure;
use crate::printer::{self, BOLD, CYAN, DIM, RED, YELLOW, styled};
use crate::project::data_folder;
use crate::table::Table;

/// The longest bar of the chart, in characters.
const BAR: usize = 32;

/// Eighths of a character.
const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

pub fn run(arguments: &UsageArguments) -> Result<ExitCode, Failure> {
    let data = data_folder(
        arguments.directory.as_deref(),
        arguments.persist_to.as_deref(),
    )?;
    let folder = data.join("usage");
    let today = Day::today();
    let days = match Usage::find(&folder)? {
        Some(usage) => usage.since(today.before(arguments.days.get() - 1))?,
        None => Vec::new(),
    };
    let exact = DailyCounter::look(&folder, today)?;
    let days: Vec<Shown> = (days.into_iter())
        .map(|usage| Shown::new(usage, today, exact))
        .collect();
    if arguments.json {
        let days: Vec<Value> = days.iter().map(Shown::json).collect();
        printer::line(json!({ "days": days }));
    } else if days.is_empty() {
        printer::line(format!(
            "no requests yet: `quire serve` has not counted any in `{}`",
            folder.display()
        ));
    } else {
        print(&days, today);
    }
    Ok(ExitCode::SUCCESS)
}

/// A day as it is shown.
struct Shown {
    usage: DayUsage,
    /// Requests to functions: all that a daily limit counts.
    functions: u64,
}

impl Shown {
    /// `exact` is the count that the daily limit goes by, which no kill of a server makes smaller.
    fn new(usage: DayUsage, today: Day, exact: Option<u64>) -> Shown {
        let counted = usage.counted();
        let exact = exact.filter(|_| usage.day == today && usage.limit.is_some());
        Shown {
            functions: exact.unwrap_or(counted),
            usage,
        }
    }

    fn json(&self) -> Value {
        let route = |route: &RouteUsage| {
            json!({
                "route": route.route,
                "counted": route.counted,
                "requests": route.requests,
                "errors": route.errors,
                "bytes": route.bytes,
                "cpu_ms": route.processor_us as f64 / 1000.0,
            })
        };
        json!({
            "day": self.usage.day.to_string(),
            "functions": self.functions,
            "limit": self.usage.limit,
            "routes": self.usage.routes.iter().map(route).collect::<Vec<_>>(),
        })
    }
}

fn print(days: &[Shown], today: Day) {
    printer::line(styled(BOLD, "Requests to functions"));
    let most = days.iter().map(|day| day.functions).max().unwrap_or(0);
    let numbers: Vec<String> = days.iter().map(|day| grouped(day.functions)).collect();
    let width = numbers.iter().map(String::len).max().unwrap_or(0);
    for (day, number) in days.iter().zip(&numbers) {
        let limit = day.usage.limit;
        let style = match limit {
            Some(limit) if day.functions >= limit => RED,
            Some(limit) if day.functions >= limit - limit / 10 => YELLOW,
            _ => CYAN,
        };
        let limit = limit.map_or_else(String::new, |limit| format!(" of {}", grouped(limit)));
        printer::line(format!(
            "  {}  {number:>width$}{limit}  {}",
            day.usage.day,
            styled(style, bar(day.functions, most))
        ));
    }
    let Some(shown) = days.first() else { return };
    let title = match shown.usage.day == today {
        true => "Today by route".to_owned(),
        false => format!("{} by route", shown.usage.day),
    };
    printer::line("");
    printer::line(styled(BOLD, title));
    let most = shown.usage.routes.iter().map(|route| route.requests).max();
    let mut table = Table::new(["route", "requests", "errors", "cpu", "sent", ""]);
    for route in &shown.usage.routes {
        let errors = if route.errors > 0 { RED } else { DIM };
        let cpu = match route.counted {
            true => format!("{:.1?}", Duration::from_micros(route.processor_us)),
            false => String::new(),
        };
        let style = if route.counted { CYAN } else { DIM };
        table.row([
            (route.route.clone(), Style::new()),
            (grouped(route.requests), Style::new()),
            (grouped(route.errors), errors),
            (cpu, Style::new()),
            (size(route.bytes), Style::new()),
            (bar(route.requests, most.unwrap_or(0)), style),
        ]);
    }
    table.lines(2).iter().for_each(printer::line);
}

/// A bar whose length is to [`BAR`] as `value` is to `most`. What is not nothing can be seen.
fn bar(value: u64, most: u64) -> String {
    if value == 0 || most == 0 {
        return String::new();
    }
    let eighths = u128::from(value) * (BAR * 8) as u128 / u128::from(most);
    let eighths = usize::try_from(eighths)
        .unwrap_or(BAR * 8)
        .clamp(1, BAR * 8);
    let mut bar = "█".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).map(|part| PARTS[part]));
    bar
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut number = bytes as f64;
    let mut unit = 0;
    while number >= 1000.0 && unit + 1 < UNITS.len() {
        number /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && number < 100.0);
    format!("{number:.digits$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_in_proportion() {
        assert_eq!(bar(10, 10).chars().count(), BAR);
        assert_eq!(bar(5, 10).chars().count(), BAR / 2);
        assert_eq!(bar(1, 1_000_000), "▏");
        assert_eq!(bar(0, 10), "");
        assert_eq!(bar(u64::MAX, u64::MAX).chars().count(), BAR);
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [999, 1500, 123_456, 5_000_000_000].map(size),
            ["999 B", "1.5 KB", "123 KB", "5.0 GB"]
        );
    }

    #[test]
    fn today_is_counted_exactly_where_there_is_a_limit() {
        let day = Day::from_number(20_000);
        let usage = |limit| DayUsage {
            day,
            limit,
            routes: vec![RouteUsage {
                route: "/a".to_owned(),
                counted: true,
                requests: 5,
                ..RouteUsage::default()
            }],
        };
        assert_eq!(Shown::new(usage(Some(9)), day, Some(7)).functions, 7);
        assert_eq!(Shown::new(usage(None), day, Some(7)).functions, 5);
        assert_eq!(
            Shown::new(usage(Some(9)), day.before(1), Some(7)).functions,
            5
        );
    }
}
