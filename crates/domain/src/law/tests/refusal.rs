//! What loading refuses, each with its file, its rule and what to do.

use super::*;

/// One text of one file is put in the place of another (the first that is found), and loading must say what is wrong.
fn refused(name: &str, file: &str, from: &str, to: &str, kind: FaultKind, place: &str, said: &str) {
    let files = changed(file, |text| {
        assert!(text.contains(from), "{name}: {file} does not hold {from:?}");
        text.replacen(from, to, 1)
    });
    refused_files(name, &borrowed(&files), kind, place, said);
}

fn refused_files(name: &str, files: &[(&str, &str)], kind: FaultKind, place: &str, said: &str) {
    let faults = Law::load(files).err().unwrap_or_else(|| panic!("{name}: was taken"));
    let found = faults.iter().any(|fault| fault.kind == kind && fault.place.contains(place) && fault.found.contains(said));
    assert!(found, "{name}: {faults:#?}");
    for fault in &faults {
        assert!(!fault.remedy.is_empty() && (!fault.file.is_empty() || kind == FaultKind::TooMany), "{name}: {fault:?}");
        assert!(fault.to_string().contains(&fault.found) && fault.to_string().contains(&fault.remedy));
    }
}

#[test]
fn forms() {
    use FaultKind::{File, Form, Id, Text, Unknown};
    const O: &str = "overstay.toml";
    let long = format!("text.en = \"{}\"", "x".repeat(601));
    for (name, file, from, to, kind, place, said) in [
        ("not TOML", O, "[[rule]]", "[[rule", File, "", "not TOML"),
        ("no part of the law", O, "[[rule]]", "[shoe]\nsize = 1\n[[rule]]", File, "shoe", "no part of the law"),
        ("unknown field", O, "verdict = ", "verdikt = ", Form, "presence-in-status.1", "verdikt"),
        ("wrong type", O, "verified = false", "verified = \"no\"", Form, "presence-in-status.1", ""),
        ("a date that is no day", O, "from = \"2015-01-01\"", "from = \"2015-02-29\"", Form, "presence-in-status.1", ""),
        ("unknown topic", O, "topic = \"presence\"", "topic = \"absence\"", Form, "presence-in-status.1", "absence"),
        ("unknown verdict", O, "verdict = \"clear\"", "verdict = \"fine\"", Form, "presence-in-status.1", "fine"),
        ("unknown term", O, "when.days_over", "when.days_ovr", Unknown, "presence-in-status.1", "'days_ovr'"),
        ("a day as a term", O, "when.days_over", "when.stay_until", Unknown, "presence-in-status.1", "'stay_until'"),
        ("a condition of another type", O, "when.bridged = true", "when.bridged = \"yes\"", Form, "presence-bridged.1", "'bridged'"),
        ("a range that is turned round", O, "{ min = 1, max = 59 }", "{ min = 59, max = 1 }", Form, "presence-overstay-short.1", "'days_over'"),
        ("a range with another key", O, "{ min = 1, max = 59 }", "{ min = 1, maximum = 59 }", Form, "presence-overstay-short.1", "'days_over'"),
        ("a fraction", O, "{ min = 1, max = 59 }", "{ min = 1, max = 59.5 }", Form, "presence-overstay-short.1", "'days_over'"),
        ("an unknown word", "visa.toml", "[\"A1\"]", "[\"A9\"]", Unknown, "visa-exemption.1", "'A9'"),
        ("a word that cannot be one", "visa.toml", "[\"A1\"]", "[\"A 1\"]", Unknown, "visa-exemption.1", "'A 1'"),
        ("an unknown answer", O, "give.presence", "give.absence", Unknown, "presence-in-status.1", "'absence'"),
        ("a formula that is none", O, "give.days = \"days_left\"", "give.days = \"stay_until\"", Form, "presence-in-status.1", "give.days"),
        ("a fee below zero", O, "give.fee = 0", "give.fee = -1", Form, "overstay-fee-none.1", "give.fee"),
        ("an unknown unit", "stay.toml", "stay_days = 30", "weeks = 30", Form, "stay-exemption.1", "give.last_day"),
        ("a text that is missing", O, "text.en = \"The stay permit is in force.\"", "text.en = \"\"", Text, "presence-in-status.1", "missing in English"),
        ("a text that nobody reads", O, "text.en = \"The stay permit is in force.\"", &long, Text, "presence-in-status.1", "601 characters"),
        ("an id twice", O, "id = \"presence-expiring-30.1\"", "id = \"presence-in-status.1\"", Id, "presence-in-status.1", "used twice"),
        ("an id that cannot be one", O, "id = \"presence-in-status.1\"", "id = \"In Status\"", Id, "In Status", "cannot be an id"),
        ("an entry twice", "source.toml", "[source.office-clock]", "[source.office-clock]\n[source.\"office-clock \"]", Form, "", ""),
    ] {
        refused(name, file, from, to, kind, place, said);
    }
    let twice = [FILES, &[("more.toml", "[state]\nclear.text = { id = \"t\", en = \"t\" }")]].concat();
    refused_files("an entry in two files", &twice, Id, "state clear", "stands in law/vocabulary.toml, too");
}

#[test]
fn citations_and_examples() {
    use FaultKind::{Example, Form, NoCitation, NoExample, Text, Unknown};
    const C: &str = "counting.toml";
    for (name, file, from, to, kind, place, said) in [
        ("nothing cited", C, "basis = [\"office-counting\", \"office-clock\"]", "basis = []", NoCitation, "day-counting.1", "nothing is cited"),
        ("an unknown source", C, "\"office-clock\"", "\"office-shoe\"", NoCitation, "day-counting.1", "'office-shoe'"),
        ("a source without instrument", "source.toml", "instrument = \"UU 6/2011\"", "instrument = \"\"", NoCitation, "source uu6-2011", "no instrument"),
        ("a source that says nothing", "source.toml", "says.en = \"Reminders", "says.en = \"\"\nsays.other = \"", Form, "source office-reminders", ""),
        (
            "an example that comes out otherwise",
            "stay.toml",
            "last_day = \"2026-11-30\"",
            "last_day = \"2026-12-01\"",
            Example,
            "stay-exemption.1, example 1",
            "last_day is 2026-11-30",
        ),
        (
            "an example of another rule",
            "stay.toml",
            "visa_index = \"A1\", arrived_on = \"2026-11-01\"",
            "visa_index = \"C1\", arrived_on = \"2026-11-01\"",
            Example,
            "stay-exemption.1",
            "rule stay-visit.1",
        ),
        (
            "an example that leaves out a value",
            "stay.toml",
            "last_day = \"2026-11-30\", days = 30",
            "last_day = \"2026-11-30\"",
            Example,
            "stay-exemption.1",
            "days comes out as 30",
        ),
        ("an example of another state", C, "state = \"clear\"", "state = \"stop\"", Example, "day-counting.1", "stands as clear"),
        ("an example without state", C, "state = \"clear\", ", "", Form, "day-counting.1, example 1", "how the finding stands"),
        ("an example before its time", C, "on = \"2026-11-24\"", "on = \"2001-01-01\"", Example, "day-counting.1", "no rule speaks"),
        ("an example with too few facts", "stay.toml", ", arrived_on = \"2026-11-01\"", "", Example, "stay-exemption.1", "no answer"),
        (
            "an example with an unknown fact",
            "stay.toml",
            "visa_index = \"A1\"",
            "visa_indeks = \"A1\"",
            Unknown,
            "stay-exemption.1, example 1",
            "'visa_indeks'",
        ),
        ("an example with an unknown word", "stay.toml", "visa_index = \"A1\"", "visa_index = \"A9\"", Unknown, "stay-exemption.1, example 1", "'A9'"),
        (
            "an example with a day that is none",
            "stay.toml",
            "arrived_on = \"2026-11-01\"",
            "arrived_on = \"2026-11-31\"",
            Form,
            "stay-exemption.1, example 1",
            "arrived_on must be a day",
        ),
        ("an example in one language", C, "en = \"Holds for all.\"", "en = \" \"", Text, "day-counting.1, example 1", "missing in English"),
    ] {
        refused(name, file, from, to, kind, place, said);
    }
    let without = changed("counting.toml", |text| text[..text.find("[[rule.example]]").expect("an example")].to_owned());
    refused_files("no example", &borrowed(&without), NoExample, "day-counting.1", "no worked example");
}

#[test]
fn gaps_and_overlaps() {
    use FaultKind::{Form, GapInCases, GapInTime, Give, Overlap, Precedence};
    const O: &str = "overstay.toml";
    for (name, file, from, to, kind, place, said) in [
        (
            "no rule on the first day",
            "counting.toml",
            "from = \"2015-01-01\"",
            "from = \"2015-01-02\"",
            GapInTime,
            "topic day_counting",
            "from 2015-01-01 to 2015-01-01",
        ),
        (
            "no rule after the last",
            "counting.toml",
            "from = \"2015-01-01\"",
            "from = \"2015-01-01\"\nto = \"2030-12-31\"",
            GapInTime,
            "topic day_counting",
            "from 2031-01-01 on",
        ),
        ("backwards", "counting.toml", "from = \"2015-01-01\"", "from = \"2015-01-01\"\nto = \"2014-12-31\"", GapInTime, "day-counting.1", "before it begins"),
        ("before its topic speaks", "counting.toml", "from = \"2015-01-01\"", "from = \"2014-12-31\"", GapInTime, "day-counting.1", "before its topic speaks"),
        (
            "counting begins after others",
            "vocabulary.toml",
            "[topic.document_validity]\nsince = \"2015-01-01\"",
            "[topic.document_validity]\nsince = \"2014-01-01\"",
            GapInTime,
            "topic",
            "",
        ),
        ("a day between two tariffs", O, "from = \"2019-05-01\"", "from = \"2019-05-02\"", GapInCases, "topic overstay_fee", "from 2019-05-01 to 2019-05-01"),
        ("day 60", O, "when.days_over = 60", "when.days_over = 62", GapInCases, "topic overstay_fee", "days_over = 60"),
        ("a word of the list", "fee.toml", "\"passport_5y\", ", "", GapInCases, "topic fee", "fee_item = passport_5y"),
        (
            "a flag",
            "document.toml",
            "when.document_without_expiry = true",
            "when.document_without_expiry = true\nwhen.document_kind = \"other\"",
            GapInCases,
            "topic document_validity",
            "document_without_expiry = true",
        ),
        ("two rules for day 59", O, "{ min = 61 }", "{ min = 59 }", Overlap, "presence-overstay-long.1", "presence-overstay-short.1"),
        ("two tariffs on a day", O, "to = \"2019-04-30\"", "to = \"2019-05-01\"", Overlap, "overstay-fee.2", "from 2019-05-01"),
        ("two tariffs without end", O, "to = \"2024-12-16\"\n", "", Overlap, "overstay-fee.3", "overstay-fee.2"),
        ("precedence over nothing", O, "verdict = \"clear\"", "over = [\"shoe\"]\nverdict = \"clear\"", Precedence, "presence-in-status.1", "'shoe'"),
        (
            "precedence over itself",
            O,
            "verdict = \"clear\"",
            "over = [\"presence-in-status.1\"]\nverdict = \"clear\"",
            Precedence,
            "presence-in-status.1",
            "no other rule",
        ),
        ("an answer that is missing", O, "give.presence = \"in_status\"\n", "", Give, "presence-in-status.1", "does not give presence"),
        (
            "an answer that the topic does not give",
            O,
            "give.presence = \"in_status\"\n",
            "give.presence = \"in_status\"\ngive.hours = 1\n",
            Give,
            "presence-in-status.1",
            "does not give hours",
        ),
        ("amounts for other words", "fee.toml", "itk_60 = 2_000_000, ", "", Give, "fee.1", "not for the same words"),
        (
            "a convention with a condition",
            "counting.toml",
            "verdict = ",
            "when.request_paid = true\nverdict = ",
            GapInCases,
            "topic day_counting",
            "request_paid = false",
        ),
        (
            "a convention of other days",
            "counting.toml",
            "arrival_day = 1, clock_day = 0 }\nbasis",
            "arrival_day = 2, clock_day = 0 }\nbasis",
            Form,
            "day-counting.1",
            "0 or 1",
        ),
        (
            "derived twice over",
            "vocabulary.toml",
            "[derived.bridged]\ntopic = \"bridging\"",
            "[derived.bridged]\ntopic = \"presence\"",
            Form,
            "presence-bridged.1",
            "derives itself",
        ),
    ] {
        refused(name, file, from, to, kind, place, said);
    }
    let circle = changed(O, |text| {
        let one = text.replacen("verdict = \"clear\"", "over = [\"presence-expiring-30.1\"]\nverdict = \"clear\"", 1);
        one.replacen("verdict = \"duty\"", "over = [\"presence-in-status.1\"]\nverdict = \"duty\"", 1)
    });
    refused_files("precedence in a circle", &borrowed(&circle), Precedence, "presence", "circle");
}

/// What an overlap needs is precedence, and the exception then answers.
#[test]
fn an_exception_takes_precedence() {
    let files = changed("overstay.toml", |text| {
        text.replacen(
            "when.days_over = { min = 61 }\n",
            "when.days_over = { min = 59 }\nover = [\"presence-overstay-short.1\", \"presence-overstay-boundary.1\"]\n",
            1,
        )
    });
    // Day 59 and 60 now belong to the exception, so the examples of the other rules for these days fail, and only they.
    let faults = Law::load(&borrowed(&files)).expect_err("two examples");
    assert!(faults.iter().all(|fault| fault.kind == FaultKind::Example && fault.found.contains("presence-overstay-long.1")), "{faults:#?}");
    assert_eq!(faults.len(), 2);
}

#[test]
fn vocabulary_and_calendar() {
    use FaultKind::{Calendar, Form, Text, TooMany, Unknown};
    const V: &str = "vocabulary.toml";
    const C: &str = "calendar.toml";
    for (name, file, from, to, kind, place, said) in [
        ("a fact without text", V, "paid_on.text = { id = \"permohonan dibayar\", en = \"request paid\" }\n", "", Text, "fact paid_on", "no entry"),
        ("a text in one language", V, "en = \"request paid\"", "en = \"\"", Text, "fact paid_on", "missing in English"),
        ("an unknown fact", V, "[fact]\n", "[fact]\nshoe.text = { id = \"t\", en = \"t\" }\n", Unknown, "fact shoe", "knows no fact"),
        ("a need without text", V, "out_of_range.text = ", "out_of_rage.text = ", Text, "need out_of_range", "no entry"),
        ("an unknown topic", V, "[topic.visa]", "[topic.shoe]", Unknown, "topic shoe", "knows no topic"),
        ("an unknown state", V, "clear.text = ", "klear.text = ", Unknown, "state klear", "knows no state"),
        ("no label", V, "[unconfirmed]", "[word.shoe]", Text, "unconfirmed", "no entry"),
        ("a list that nobody uses", V, "[word.service]", "[word.shoe]", Unknown, "word shoe", "takes its words"),
        ("a list that is missing", V, "[word.service]", "[word.shoe]", Text, "word service", "no entry"),
        ("a word that cannot be one", V, "C18 = ", "\"C 18\" = ", Form, "word visa_index", "'C 18'"),
        ("a measure of nothing", V, "from = \"on\"\nto = \"stay_until\"", "from = \"on\"\nto = \"on\"", Unknown, "measure days_left", "from one known day"),
        ("a measure in another unit", V, "count = \"months\"", "count = \"weeks\"", Unknown, "measure document_months", "from one known day"),
        ("a derived day", V, "answer = \"bridged\"", "answer = \"last_day\"", Form, "derived bridged", "only words"),
        ("a topic that gives what is no answer", V, "may = [\"last_day\"]", "may = [\"shoe\"]", Form, "topic visa_use", "shoe"),
        ("a year that is missing", C, "year = 2025", "year = 2024", Calendar, "", "not a day of this year"),
        ("a holiday of another year", C, "2025-01-01", "2026-01-01", Calendar, "year 2025", "not a day of this year"),
        ("a holiday twice", C, "2025-01-27", "2025-01-28", Calendar, "year 2025", "stands twice"),
        ("a day of no week", C, "weekend = [6, 7]", "weekend = [6, 8]", Calendar, "year 2025", "day of the week"),
        ("a holiday on no day", C, "2025-01-27", "2025-01-32", Form, "year 2025", ""),
    ] {
        refused(name, file, from, to, kind, place, said);
    }
    let gap = changed(C, |text| text.replace("year = 2026", "year = 2028").replace("day = \"2026", "day = \"2028"));
    refused_files("a year between", &borrowed(&gap), Calendar, "", "years are missing");
    let none = changed(C, |_| String::new());
    refused_files("no years", &borrowed(&none), Calendar, "", "no years");
    let measures: String =
        (0..33).map(|n| format!("[measure.m{n}]\ncount = \"days\"\nfrom = \"on\"\nto = \"paid_on\"\ntext = {{ id = \"t\", en = \"t\" }}\n")).collect();
    refused_files("too many measures", &borrowed(&changed(V, |text| format!("{text}\n{measures}"))), TooMany, "", "measures");
}

#[test]
fn bounds() {
    use FaultKind::{File, TooMany};
    let large = changed("fee.toml", |text| format!("{text}{}", "#".repeat(1 << 20)));
    refused_files("a file that nobody reads", &borrowed(&large), File, "", "bytes");
    let many: Vec<(String, String)> = (0..65).map(|n| (format!("{n}.toml"), String::new())).collect();
    refused_files("too many files", &borrowed(&many), TooMany, "", "65 files");
    let rule = "[[rule]]\nid = \"x\"\n";
    refused_files("too many rules", &borrowed(&changed("fee.toml", |text| format!("{text}\n{}", rule.repeat(2_001)))), TooMany, "", "rules");
    let example =
        "\n[[rule.example]]\ncase = { id = \"c\", en = \"c\" }\non = \"2026-11-24\"\nexpect = { state = \"clear\", arrival_day = 1, clock_day = 0 }\n";
    refused_files(
        "too many examples",
        &borrowed(&changed("counting.toml", |text| text.to_owned() + &example.repeat(32))),
        TooMany,
        "day-counting.1",
        "33 examples",
    );
    let terms = "when.granted_days = 1\nwhen.granted_months = 1\nwhen.extensions_made = 1\nwhen.hours_since_check_in = 1\nwhen.request_paid = true\n\
        when.request_pending = true\nwhen.arrived_as_crew = true\nwhen.married_to_citizen = true\nwhen.reported_to_office = true\nwhen.lodging_reported = true\n\
        when.document_without_expiry = true\nwhen.days_left = 1\nwhen.days_over = 1\nverdict = ";
    refused("too many conditions", "counting.toml", "verdict = ", terms, TooMany, "day-counting.1", "13 conditions");
}

/// A topic that parts more cases than can be looked at is refused, and does not keep the program busy.
#[test]
fn too_many_cases() {
    let measures = ["days_left", "days_over", "paid_days_late", "visa_age_days", "document_months", "days_since_arrival", "resident_months", "married_months"];
    let rules: String = (0..60)
        .map(|n| {
            let when: String = measures.iter().map(|measure| format!("when.{measure} = {{ min = {}, max = {} }}\n", n * 2, n * 2 + 1)).collect();
            format!(
                "\n[[rule]]\nid = \"many.{n}\"\ntopic = \"bridging\"\nfrom = \"2015-01-01\"\ntext = {{ id = \"t\", en = \"t\" }}\n{when}verdict = \"clear\"\ngive.bridged = false\nbasis = [\"office-reading\"]\nverified = false\n\
                [[rule.example]]\ncase = {{ id = \"c\", en = \"c\" }}\non = \"2026-11-24\"\nexpect = {{ state = \"clear\", bridged = false }}\n"
            )
        })
        .collect();
    let everything = "\n[[rule]]\nid = \"many.rest\"\ntopic = \"bridging\"\nfrom = \"2015-01-01\"\ntext = { id = \"t\", en = \"t\" }\nwhen.request_pending = true\nverdict = \"clear\"\ngive.bridged = false\nbasis = [\"office-reading\"]\nverified = false\n\
        [[rule.example]]\ncase = { id = \"c\", en = \"c\" }\non = \"2026-11-24\"\nexpect = { state = \"clear\", bridged = false }\n";
    let files = changed("overstay.toml", |text| {
        let at = text.find("\n[[rule]]\nid = \"bridging-none.1\"").expect("the rules of bridging");
        format!("{}{rules}{everything}", &text[..at])
    });
    let faults = Law::load(&borrowed(&files)).expect_err("gaps or too many");
    assert!(faults.iter().any(|fault| matches!(fault.kind, FaultKind::TooMany | FaultKind::GapInCases)), "{:#?}", faults.first());
}

/// No rule is there for nothing: without any one of them a day or a case is left out, and loading says so.
#[test]
fn every_rule_is_needed() {
    let mut dropped = 0;
    for (file, text) in FILES {
        let rules: Vec<usize> = text.match_indices("\n[[rule]]\n").map(|(at, _)| at).collect();
        for (place, at) in rules.iter().enumerate() {
            let end = rules.get(place + 1).copied().unwrap_or(text.len());
            let files = changed(file, |text| format!("{}{}", &text[..*at], &text[end..]));
            let faults = Law::load(&borrowed(&files)).err().unwrap_or_else(|| panic!("taken without {}", &text[*at..*at + 60]));
            assert!(faults.iter().all(|fault| matches!(fault.kind, FaultKind::GapInTime | FaultKind::GapInCases)), "{faults:#?}");
            dropped += 1;
        }
    }
    assert_eq!(dropped, law().rules().len());
}
