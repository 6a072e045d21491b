//! Zones of travel documents, read and written here and by the crate `mrz`, in turn in one process.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use siger_mrtd::document::Number;
use siger_mrtd::name::Name;
use siger_mrtd::transliterate::Choices;
use siger_mrtd::{Document, Format, emit, parse};

/// How it is measured.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often each is measured; of these the median is told.
    pub rounds: usize,
    /// How long one measurement takes.
    pub time: Duration,
}

/// The standard's specimens, one of each format.
const SPECIMENS: [(Format, &[&str]); 5] = [
    (Format::Td1, &["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"]),
    (Format::Td2, &["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"]),
    (Format::Td3, &["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"]),
    (Format::MrvA, &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"]),
    (Format::MrvB, &["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"]),
];

/// A zone with a wrong digit and a wrong date, which is read to its end all the same.
const WRONG: [&str; 2] = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C35UTO7413122F1204159ZE184226B<<<<<10"];

/// What is measured: a name, ours, theirs.
type Pair<'a> = (String, Box<dyn Fn() + 'a>, Box<dyn Fn() + 'a>);

/// Measures and tells it as a table.
///
/// # Errors
/// When either side does not read what it is to be measured with.
pub fn run(options: &Options) -> Result<String> {
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for (format, lines) in SPECIMENS {
        ensure!(parse(lines)?.is_valid() && theirs(format, lines)?.valid(), "both sides call the specimen of {format} valid");
        let read = move || {
            let _ = black_box(parse(black_box(lines)));
        };
        let other = move || drop(black_box(theirs(format, black_box(lines))));
        pairs.push((format!("read {format}"), Box::new(read), Box::new(other)));
    }
    pairs.push((
        "read TD3 with three faults".to_owned(),
        Box::new(|| {
            let _ = black_box(parse(black_box(&WRONG)));
        }),
        Box::new(|| drop(black_box(theirs(Format::Td3, black_box(&WRONG))))),
    ));
    let [_, _, (_, passport), ..] = SPECIMENS;
    let texts = move || {
        if let Ok(zone) = parse(black_box(passport)) {
            black_box((zone.primary().to_string(), zone.secondary().to_string(), zone.document_number().to_string()));
        }
    };
    pairs.push((
        "read TD3, names and number as texts".to_owned(),
        Box::new(texts),
        Box::new(move || drop(black_box(theirs(Format::Td3, black_box(passport))))),
    ));
    let document = parse(passport)?.document().ok().context("the specimen can be written")?;
    let fields = fields(passport)?;
    ensure!(emit(&document)?.to_string() == mrz::format_td3(&fields) && mrz::format_td3(&fields) == passport.join("\n"), "both write the specimen");
    // Theirs takes texts and writes the name anew each time.
    let from_texts = move || {
        let name = Name::write(Format::Td3, black_box("Eriksson"), black_box("Anna Maria"), Choices::default());
        if let (Ok(name), Ok(number)) = (name, Number::new(black_box("L898902C3"))) {
            let _ = black_box(emit(&Document { name, number, ..document }));
        }
    };
    let other = fields.clone();
    pairs.push(("write TD3 from texts".to_owned(), Box::new(from_texts), Box::new(move || drop(black_box(mrz::format_td3(black_box(&other)))))));
    let write = move || {
        let _ = black_box(emit(black_box(&document)));
    };
    pairs.push(("write TD3, the name ready in ours".to_owned(), Box::new(write), Box::new(move || drop(black_box(mrz::format_td3(black_box(&fields)))))));

    let mut table = String::from("| work | siger-mrtd: ns | mrz 0.9.1: ns | ratio |\n| --- | ---: | ---: | ---: |\n");
    for (name, ours, theirs) in &pairs {
        let mut times = [Vec::new(), Vec::new()];
        // In turn, so that a slow minute of the machine falls on both.
        for _ in 0..options.rounds {
            times[0].push(nanoseconds(ours, options.time));
            times[1].push(nanoseconds(theirs, options.time));
        }
        let [ours, theirs] = times.map(median);
        writeln!(table, "| {name} | {ours:.0} | {theirs:.0} | {:.1} |", theirs / ours)?;
    }
    Ok(table)
}

/// The same document as the other crate takes it.
fn fields(passport: &[&str]) -> Result<mrz::Td3Fields> {
    let read = theirs(Format::Td3, passport)?;
    Ok(mrz::Td3Fields {
        document_code: "P".into(),
        issuing_country: "UTO".into(),
        document_number: "L898902C3".into(),
        surname: "Eriksson".into(),
        given_names: "Anna Maria".into(),
        nationality: "UTO".into(),
        date_of_birth: read.date_of_birth,
        sex: read.sex,
        date_of_expiry: read.date_of_expiry,
        personal_number: Some("ZE184226B".into()),
    })
}

fn theirs(format: Format, lines: &[&str]) -> Result<mrz::MrzData, mrz::MrzError> {
    match (format, lines) {
        (Format::Td1, [a, b, c]) => mrz::parse_td1(a, b, c),
        (Format::Td2, [a, b, ..]) => mrz::parse_td2(a, b),
        (Format::MrvA, [a, b, ..]) => mrz::parse_mrv_a(a, b),
        (Format::MrvB, [a, b, ..]) => mrz::parse_mrv_b(a, b),
        (_, [a, b, ..]) => mrz::parse_td3(a, b),
        _ => mrz::parse_td3("", ""),
    }
}

/// Nanoseconds of one call.
#[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
fn nanoseconds(work: &dyn Fn(), time: Duration) -> f64 {
    let begin = Instant::now();
    let mut calls = 0u32;
    // The clock is asked once in a hundred calls.
    while begin.elapsed() < time {
        (0..100).for_each(|_| work());
        calls += 100;
    }
    begin.elapsed().as_nanos() as f64 / f64::from(calls)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
