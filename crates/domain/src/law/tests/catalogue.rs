//! What the catalogue says, day by day at the edges, as tables.

use super::*;

/// The finding of one topic.
fn check(topic: Topic, case: &str, on: &str, state: State, rule: &str, values: &str) {
    let finding = law().ask(topic, &facts(case), day(on));
    let found: Vec<String> = finding.values().map(|(answer, value)| format!("{answer}={value}")).collect();
    assert_eq!(
        (finding.state(), finding.rule().map_or("", |rule| &rule.id), found.join(" ")),
        (state, rule, values.to_owned()),
        "{topic} {case} on {on}: {:?}",
        finding.needs()
    );
}

#[test]
fn days_59_60_and_61_of_an_overstay() {
    let case = "stay_until=2026-10-01 request_pending=false";
    for (on, state, rule, values) in [
        ("2026-09-30", State::Clear, "overstay-fee-none.1", "fee=Rp 0"),
        ("2026-10-01", State::Clear, "overstay-fee-none.1", "fee=Rp 0"),
        ("2026-10-02", State::Duty, "overstay-fee.3", "days=1 fee=Rp 1.000.000"),
        ("2026-11-29", State::Duty, "overstay-fee.3", "days=59 fee=Rp 59.000.000"),
        ("2026-11-30", State::Officer, "overstay-fee-day-60.1", "days=60"),
        ("2026-12-01", State::Stop, "overstay-fee-long.1", "days=61"),
    ] {
        check(Topic::OverstayFee, case, on, state, rule, values);
    }
    for (on, state, rule, values) in [
        ("2026-11-29", State::Stop, "presence-overstay-short.1", "days=59 presence=overstay_short"),
        ("2026-11-30", State::Officer, "presence-overstay-boundary.1", "days=60 presence=overstay_boundary"),
        ("2026-12-01", State::Stop, "presence-overstay-long.1", "days=61 presence=overstay_long"),
    ] {
        check(Topic::Presence, case, on, state, rule, values);
    }
}

#[test]
fn the_tariff_is_that_of_the_day() {
    for (until, on, values) in [
        ("2019-04-29", "2019-04-30", "days=1 fee=Rp 300.000"),
        ("2019-04-29", "2019-05-01", "days=2 fee=Rp 2.000.000"),
        ("2024-02-28", "2024-03-01", "days=2 fee=Rp 2.000.000"),
        ("2023-02-28", "2023-03-01", "days=1 fee=Rp 1.000.000"),
    ] {
        let finding = law().ask(Topic::OverstayFee, &facts(&format!("stay_until={until} request_pending=false")), day(on));
        let found: Vec<String> = finding.values().map(|(answer, value)| format!("{answer}={value}")).collect();
        assert_eq!(found.join(" "), values, "{until} {on}");
    }
    for (item, on, fee) in [("itk_60", "2024-12-16", Some(2_000_000)), ("itk_60", "2024-12-17", Some(1_000_000)), ("itas_1y", "2026-01-01", None)] {
        let finding = law().ask(Topic::Fee, &facts(&format!("fee_item={item}")), day(on));
        assert_eq!(finding.fee().map(Rupiah::rupiah), fee, "{item} {on}");
        assert_eq!(finding.state(), if fee.is_some() { State::Duty } else { State::Officer });
    }
}

/// Every kind of visa, from the ends of months and over leap days. The days are counted here by hand.
#[test]
fn lengths_of_stay() {
    for (visa, arrived, last) in [
        ("A1", "2026-02-01", "2026-03-02"),
        ("B1", "2024-02-01", "2024-03-01"),
        ("B1", "2026-12-15", "2027-01-13"),
        ("C1", "2026-01-01", "2026-03-01"),
        ("C2", "2024-01-01", "2024-02-29"),
        ("C12", "2026-01-01", "2026-06-29"),
        ("D12", "2026-07-31", "2026-09-28"),
        ("C4", "2026-07-31", "2026-09-28"),
        ("C18", "2026-07-31", "2026-09-28"),
    ] {
        let stay = law().stay(&facts(&format!("visa_index={visa} arrived_on={arrived}")), day(arrived)).expect("an answer");
        assert_eq!((stay.last_day, stay.confirmed), (day(last), false), "{visa} {arrived}");
    }
    for (months, arrived, last) in
        [(12, "2024-02-29", "2025-02-27"), (48, "2024-02-29", "2028-02-28"), (1, "2026-01-31", "2026-02-27"), (24, "2026-11-24", "2028-11-23")]
    {
        let case = facts(&format!("visa_index=E31A arrived_on={arrived} granted_months={months}"));
        assert_eq!(law().stay(&case, day("2026-11-24")).map(|stay| stay.last_day), Some(day(last)), "{months} {arrived}");
    }
    // The example that the office at Ngurah Rai told: 29 September 2023, extended once, ended 27 November 2023.
    let last = law().stay(&facts("visa_index=B1 arrived_on=2023-09-29"), day("2024-01-01")).expect("an answer").last_day;
    let extended = law().ask(Topic::Extension, &facts(&format!("visa_index=B1 stay_until={last} extensions_made=0")), day("2024-01-01"));
    assert_eq!(extended.state(), State::Stop, "asked after the end");
    assert_eq!(last.plus_days(30), Some(day("2023-11-27")));
}

#[test]
fn an_old_index_stays_readable_and_leaves_the_length_open() {
    check(Topic::Visa, "visa_index=B211", "2026-11-24", State::Officer, "visa-unlisted.2", "visa_class=unlisted");
    check(Topic::Stay, "visa_index=B211 arrived_on=2026-11-24", "2026-11-24", State::Officer, "stay-unlisted.1", "");
    // New in the list of 2025.
    check(Topic::Visa, "visa_index=C7C", "2024-12-31", State::Officer, "visa-unlisted.1", "visa_class=unlisted");
    check(Topic::Visa, "visa_index=C7C", "2025-01-01", State::Clear, "visa-visit.2", "visa_class=visit permit_kind=itk entries=single");
    let visas = law().visas(day("2026-11-24"));
    assert_eq!(visas.iter().filter(|visa| !visa.is_current()).map(|visa| visa.index.as_str()).collect::<Vec<_>>(), ["B211"]);
    assert!(visas.iter().any(|visa| visa.index == word("E33G") && visa.class() == Some(word("limited"))));
}

#[test]
fn extensions_and_conversions_at_their_edges() {
    let on = "2026-11-24";
    for (case, state, rule) in [
        ("visa_index=A1", State::Stop, "extension-exemption.1"),
        ("visa_index=B1 stay_until=2026-11-24 extensions_made=0", State::Clear, "extension-on-arrival.1"),
        ("visa_index=B1 stay_until=2026-11-23 extensions_made=0", State::Stop, "extension-over.1"),
        ("visa_index=B1 stay_until=2026-12-24 extensions_made=0", State::Clear, "extension-on-arrival.1"),
        ("visa_index=B1 stay_until=2026-12-25 extensions_made=0", State::Duty, "extension-on-arrival-early.1"),
        ("visa_index=B1 stay_until=2026-12-25 extensions_made=1", State::Stop, "extension-on-arrival-twice.1"),
        ("visa_index=C1 arrived_on=2026-06-02 stay_until=2026-11-27", State::Clear, "extension-visit.1"),
        ("visa_index=C1 arrived_on=2026-06-01 stay_until=2026-11-27", State::Stop, "extension-visit-full.1"),
        ("visa_index=C12 arrived_on=2025-11-25 stay_until=2026-11-24", State::Stop, "extension-year-full.1"),
        ("visa_index=C12 arrived_on=2025-11-26 stay_until=2026-11-24", State::Clear, "extension-visit-long.1"),
    ] {
        let finding = law().ask(Topic::Extension, &facts(case), day(on));
        assert_eq!((finding.state(), finding.rule().map(|rule| rule.id.as_str())), (state, Some(rule)), "{case}");
    }
    for (case, state) in [
        ("convert_to=itas visa_index=B1", State::Stop),
        ("convert_to=itas visa_index=C1 arrived_as_crew=true", State::Stop),
        ("convert_to=itas visa_index=C1 arrived_as_crew=false stay_until=2026-12-24", State::Clear),
        ("convert_to=itas visa_index=C1 arrived_as_crew=false stay_until=2026-12-25", State::Duty),
        ("convert_to=itas visa_index=C1 arrived_as_crew=false", State::NotKnown),
        ("convert_to=itap permit_kind=itas married_to_citizen=true married_on=2024-11-24", State::Clear),
        ("convert_to=itap permit_kind=itas married_to_citizen=true married_on=2024-11-25 resident_since=2026-01-01", State::Stop),
    ] {
        assert_eq!(law().ask(Topic::Conversion, &facts(case), day(on)).state(), state, "{case}");
    }
}

#[test]
fn a_request_that_was_paid_in_time_is_no_overstay() {
    let case = "stay_until=2026-10-01 request_pending=true request_paid=true paid_on=";
    for (paid, state, fee) in [("2026-09-01", State::Clear, Some(0)), ("2026-10-01", State::Clear, Some(0)), ("2026-10-02", State::Duty, Some(54_000_000))] {
        let finding = law().ask(Topic::OverstayFee, &facts(&format!("{case}{paid}")), day("2026-11-24"));
        assert_eq!((finding.state(), finding.fee().map(Rupiah::rupiah)), (state, fee), "paid {paid}");
    }
    let unpaid = law().ask(Topic::OverstayFee, &facts("stay_until=2026-10-01 request_pending=true request_paid=false"), day("2026-10-02"));
    assert_eq!(unpaid.fee().map(Rupiah::rupiah), Some(1_000_000));
}

/// What a clock is set by: the days on which a stay changes, found without walking through them.
#[test]
fn reminders_come_30_14_7_and_1_days_before_the_end() {
    let mut finding = law().ask(Topic::Presence, &facts("stay_until=2026-10-01 request_pending=false"), day("2026-01-01"));
    let mut seen = Vec::new();
    while let Some(next) = finding.next_change() {
        seen.push(format!("{} {}", next.on(), next.word(Answer::Presence).expect("a state")));
        finding = next;
    }
    assert_eq!(
        seen,
        [
            "2026-09-01 expiring_30",
            "2026-09-17 expiring_14",
            "2026-09-24 expiring_7",
            "2026-09-30 expiring_1",
            "2026-10-02 overstay_short",
            "2026-11-30 overstay_boundary",
            "2026-12-01 overstay_long"
        ]
    );
}

#[test]
fn the_clock_of_the_office_passes_over_holidays_and_stops_where_nobody_entered_the_year() {
    check(Topic::ServiceClock, "service=itk complete_on=2026-03-17", "2026-03-17", State::Clear, "service-itk.1", "last_day=2026-03-27");
    let beyond = law().ask(Topic::ServiceClock, &facts("service=itk complete_on=2026-12-30"), day("2026-12-30"));
    assert_eq!(beyond.state(), State::NotKnown);
    assert!(matches!(beyond.needs(), [Need::Calendar { .. }]), "{:?}", beyond.needs());
    let running = law().ask(Topic::ServiceClock, &facts("service=itas complete_on=2026-11-20"), day("2026-11-24"));
    // Before the first year of the calendar there is no answer, and on its first day there is.
    let early = law().ask(Topic::ServiceClock, &facts("service=itas complete_on=2025-01-06"), day("2024-12-07"));
    assert_eq!((early.state(), early.next_change().map(|next| next.on())), (State::NotKnown, Some(day("2025-01-01"))));
    assert_eq!(running.next_change().map(|next| (next.on(), next.state())), Some((day("2026-11-27"), State::Stop)));
}

#[test]
fn what_is_missing_is_named_and_never_assumed() {
    let missing = |topic, case: &str| -> Vec<String> {
        let finding = law().ask(topic, &facts(case), day("2026-11-24"));
        assert_eq!(finding.state(), State::NotKnown, "{topic} {case}");
        assert!(!finding.is_confirmed() && finding.rule().is_none() && finding.values().next().is_none());
        finding.needs().iter().map(|need| if let Need::Missing { fact } = need { fact.to_string() } else { format!("{need:?}") }).collect()
    };
    assert_eq!(missing(Topic::Stay, ""), ["visa_index"]);
    assert_eq!(missing(Topic::Stay, "visa_index=B1"), ["arrived_on"]);
    assert_eq!(missing(Topic::Stay, "visa_index=E28 arrived_on=2026-11-24"), ["granted_months"]);
    assert_eq!(missing(Topic::OverstayFee, "stay_until=2026-10-01"), ["request_pending"]);
    assert_eq!(missing(Topic::OverstayFee, "stay_until=2026-10-01 request_pending=true request_paid=true"), ["paid_on"]);
    assert_eq!(missing(Topic::OverstayFee, "request_pending=false"), ["stay_until"]);
    assert_eq!(missing(Topic::DocumentValidity, "document_kind=passport"), ["document_without_expiry"]);
    assert_eq!(missing(Topic::DocumentValidity, "document_kind=passport document_without_expiry=false"), ["document_expires_on"]);
    assert_eq!(missing(Topic::Stay, "visa_index=Z9 arrived_on=2026-11-24"), ["NotInList { fact: Word(VisaIndex), word: Z9 }"]);
    let before = law().ask(Topic::Stay, &facts("visa_index=B1 arrived_on=2010-01-01"), day("2010-01-01"));
    assert_eq!((before.state(), before.needs().len()), (State::NotInForce, 0));
    let far = law().ask(Topic::Stay, &facts("visa_index=E28 arrived_on=9999-12-01 granted_months=4000000000"), day("2026-11-24"));
    assert_eq!(far.needs(), [Need::OutOfRange]);
    // A stay of no day is none.
    for (topic, case) in
        [(Topic::Stay, "visa_index=E28 arrived_on=2026-11-24 granted_months=0"), (Topic::Permit, "permit_kind=itk permit_from=2026-11-24 granted_days=0")]
    {
        let none = law().ask(topic, &facts(case), day("2026-11-24"));
        assert_eq!((none.state(), none.needs()), (State::NotKnown, &[Need::OutOfRange][..]), "{case}");
    }
}
