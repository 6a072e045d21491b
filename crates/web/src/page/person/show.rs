//! A person's file: who they are, their documents, notes, pictures and papers, and what happened; or the tombstone of one that was erased.

use super::{SAMPLE_ADDRESS, Sample, born, new::address_of, purpose_hidden};
use crate::{
    address,
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        empty::empty,
        facts::facts,
        field::Field,
        notice::Notice,
        pager::Pager,
        table,
        table::Column,
        trail,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::{
    access::Purpose,
    person::{DocumentKind, NOTE_CHARS_MAX, Sex},
    request::ErasureGround,
    time::{CivilDate, Instant, PartialDate},
};

/// Who the person is.
#[derive(Clone, Debug)]
pub struct Who {
    /// Name.
    pub name: String,
    /// Date of birth, as far as known.
    pub born: Option<PartialDate>,
    /// As the document states it.
    pub sex: Sex,
    /// Code.
    pub nationality: String,
}

/// A travel document.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Code.
    pub issuer: String,
    /// Number.
    pub number: String,
    /// Last day of validity.
    pub expires: Option<CivilDate>,
}

/// A note.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Who wrote it.
    pub who: String,
    /// When.
    pub at: Instant,
}

/// A picture or paper.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Where it is shown.
    pub address: String,
    /// It shows the person's face.
    pub portrait: bool,
    /// `JPEG`, `PNG`, `PDF`.
    pub media: &'static str,
    /// Size.
    pub bytes: u64,
    /// When it was added.
    pub at: Instant,
}

/// Something that changed the file.
#[derive(Clone, Debug)]
pub struct Happened {
    /// When.
    pub at: Instant,
    /// Kind of the entry.
    pub kind: &'static str,
    /// Who, and in which role.
    pub who: String,
    /// What for; `None`: not shown to this officer.
    pub purpose: Option<Purpose>,
    /// Entry.
    pub number: u64,
}

/// Entries that cannot be read, by the card that lacks them.
#[derive(Clone, Debug, Default)]
pub struct Unreadable {
    /// Documents.
    pub documents: Vec<u64>,
    /// Notes; each is in the history, too.
    pub notes: Vec<u64>,
    /// Pictures and papers.
    pub papers: Vec<u64>,
    /// The history.
    pub history: Vec<u64>,
    /// Looks.
    pub looks: Vec<u64>,
}

impl Unreadable {
    fn is_empty(&self) -> bool {
        [&self.documents, &self.notes, &self.papers, &self.history, &self.looks].into_iter().all(Vec::is_empty)
    }
}

/// What the officer may do here.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    /// Correct it, record documents.
    pub correct: bool,
    /// Write notes.
    pub note: bool,
    /// Add pictures and papers.
    pub store: bool,
    /// See pictures and papers.
    pub see: bool,
    /// See who looked.
    pub readers: bool,
    /// Ask for erasure.
    pub erase: bool,
    /// See the proof of an entry.
    pub prove: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// The file, with what it is opened for.
    pub address: String,
    /// Who it is about, or the entry that says it and cannot be read.
    pub who: Result<Who, u64>,
    /// Entry that made the file.
    pub registered: u64,
    /// Newest change.
    pub changed_at: Instant,
    /// Documents, oldest first.
    pub documents: Vec<Document>,
    /// Notes in this part of the history, newest first.
    pub notes: Vec<Note>,
    /// Pictures and papers.
    pub papers: Vec<Paper>,
    /// What changed, newest first.
    pub history: Vec<Happened>,
    /// Who looked before this, newest first, as far as the officer may know of it.
    pub looks: Vec<Happened>,
    /// What cannot be read.
    pub unreadable: Unreadable,
    /// The newest part of the history.
    pub newest: Option<String>,
    /// The part after this one.
    pub older: Option<String>,
    /// The entry of this look.
    pub look: u64,
    /// What for.
    pub purpose: Purpose,
    /// A request to erase it that waits.
    pub erasing: Option<String>,
    /// A note that could not be taken: as typed, and why.
    pub note: Option<(String, &'static str)>,
    /// What can be done.
    pub may: May,
}

/// The file.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let base = address_of(&view.address);
    let mut known =
        view.who.as_ref().map_or_else(|number| vec![(ui.text("person-name"), Some(lost(ui, *number, view.may.prove)))], |who| identity_facts(ui, who));
    known.push((ui.text("person-made"), Some(entry(ui, view.registered, view.may.prove))));
    known.push((ui.text("person-changed"), Some(ui.moment(view.changed_at))));
    let to = |part: &str| format!("{base}/{part}?purpose={}", view.purpose.as_str());
    page.desk(
        &Head::new(ui.text("person-file")).section(Section::Persons),
        html! {
            (Heading::new(view.who.as_ref().map_or_else(|_| ui.text("person-file"), |who| &who.name))
                .up(ui.text("person-title"), address::PERSONS)
                .lead(html! { p {
                    (ui.format("person-look", &[("purpose", ui.word("purpose", view.purpose.as_str()).into())])) " "
                    (entry(ui, view.look, view.may.prove))
                } })
                .actions(html! {
                    @if view.may.correct { (Button::plain(ui.text("person-correct-title")).icon("pencil").link(ui, &to("correct"))) }
                })
                .html(ui))
            @if view.who.is_err() || !view.unreadable.is_empty() {
                (Notice::new(Tone::Stop, ui.text("person-damaged")).body(html! { p { (ui.text("person-damaged-why")) } }).html(ui))
            }
            @if let Some(request) = &view.erasing {
                (Notice::new(Tone::Heed, ui.text("person-erasing")).body(html! { p { a href=(request) { (ui.text("person-erasing-link")) } } }).html(ui))
            }
            div.grid-main {
                div.stack {
                    (Card::new("identity", ui.text("person-identity")).front().html(facts(ui, &known)))
                    (documents(page, view, &to("documents")))
                    (papers(page, view, &to("papers")))
                    (history(page, view))
                }
                div.stack {
                    (notes(page, view, base))
                    (looks(ui, view, view.may.readers.then(|| format!("{base}/readers")).as_deref()))
                    @if view.may.erase && view.erasing.is_none() {
                        div.no-print { (Card::new("erase", ui.text("person-erase-title")).html(html! {
                            p { (ui.text("person-erase-note")) }
                            div.actions { (Button::danger(ui.text("person-erase-start")).icon("trash-2").link(ui, &format!("{base}/erase"))) }
                        })) }
                    }
                }
            }
        },
    )
}

/// Name, birth, sex, nationality.
pub(super) fn identity_facts<'a>(ui: &Ui<'_>, who: &Who) -> Vec<(&'a str, Option<Markup>)> {
    let born_at = who.born.map(|date| {
        html! {
            (born(ui, Some(date)))
            @if let PartialDate::Day(day) = date { @if let Some(age) = age(day, ui.today()) { " " span.muted { "(" (ui.format("person-age", &[("years", age.into())])) ")" } } }
        }
    });
    let sex = match who.sex {
        Sex::F => "f",
        Sex::M => "m",
        Sex::X => "x",
    };
    vec![
        (ui.text("person-name"), Some(html! { bdi { (who.name) } })),
        (ui.text("person-born"), born_at),
        (ui.text("person-sex"), Some(html! { (ui.word("sex", sex)) })),
        (ui.text("person-nationality"), Some(html! { (who.nationality) })),
    ]
}

/// Whole years; nothing for a date that lies ahead.
fn age(born: CivilDate, today: CivilDate) -> Option<i64> {
    let ((year, month, day), (year_now, month_now, day_now)) = (born.parts(), today.parts());
    let years = i64::from(year_now) - i64::from(year) - i64::from((month_now, day_now) < (month, day));
    (years >= 0).then_some(years)
}

/// An entry's number, leading to its proof where that may be seen.
pub(super) fn entry(ui: &Ui<'_>, number: u64, may_prove: bool) -> Markup {
    let words = ui.format("trail-entry", &[("number", number.into())]);
    html! { @if may_prove { a href={ (address::JOURNAL) "/" (number) } { (words) } } @else { (words) } }
}

/// In the place of what an entry says that cannot be read.
fn lost(ui: &Ui<'_>, number: u64, may_prove: bool) -> Markup {
    html! { span.cluster { (badge::badge(ui, Tone::Stop, ui.text("person-lost"))) (entry(ui, number, may_prove)) } }
}

/// Each of them on a line of its own.
fn all_lost(ui: &Ui<'_>, numbers: &[u64], may_prove: bool) -> Markup {
    html! { @for number in numbers { p { (lost(ui, *number, may_prove)) } } }
}

fn documents(page: &Page<'_>, view: &View, add: &str) -> Markup {
    let ui = &page.ui;
    let card = Card::new("documents", ui.text("person-documents")).action(html! {
        @if view.may.correct { a.no-print href=(add) { (ui.text("person-document-add")) } }
    });
    let lost = all_lost(ui, &view.unreadable.documents, view.may.prove);
    if view.documents.is_empty() {
        return card.html(html! { @if view.unreadable.documents.is_empty() { p.muted { (ui.text("person-documents-none")) } } @else { (lost) } });
    }
    let columns = [
        Column::words(ui.text("person-number")),
        Column::words(ui.text("person-document-kind")),
        Column::words(ui.text("person-issuer")),
        Column::words(ui.text("person-expires")),
    ];
    let rows = view.documents.iter().map(|document| {
        vec![
            html! { span.nowrap translate="no" { (document.number) } },
            html! { (ui.word("document-kind", document.kind.as_str())) },
            html! { (document.issuer) },
            html! {
                @match document.expires {
                    None => span.muted { (ui.text("none")) },
                    Some(day) if day < ui.today() => span.cluster { (ui.date(day)) (badge::badge(ui, Tone::Heed, ui.text("person-expired"))) },
                    Some(day) => (ui.date(day)),
                }
            },
        ]
    });
    let table = table::table(ui, ui.text("person-documents"), false, &columns, rows);
    if view.unreadable.documents.is_empty() { card.flush().html(table) } else { card.html(html! { (table) (lost) }) }
}

fn papers(page: &Page<'_>, view: &View, add: &str) -> Markup {
    let ui = &page.ui;
    let card = Card::new("papers", ui.text("person-papers"))
        .note(html! { (ui.text("person-papers-note")) })
        .action(html! { @if view.may.store { a.no-print href=(add) { (ui.text("person-paper-add")) } } });
    if view.papers.is_empty() && view.unreadable.papers.is_empty() {
        return card.html(html! { p.muted { (ui.text("person-papers-none")) } });
    }
    card.html(html! {
        ul.stack-s {
            @for (index, paper) in view.papers.iter().enumerate() {
                @let what = ui.format("person-paper-nth", &[("kind", ui.word("paper-kind", if paper.portrait { "portrait" } else { "paper" }).into()), ("number", (index + 1).into())]);
                li {
                    @if view.may.see { a href={ (paper.address) "?purpose=" (view.purpose.as_str()) } { (what) } } @else { (what) }
                    " " span.muted { (paper.media) ", " (ui.locale.bytes(paper.bytes)) " · " (ui.moment(paper.at)) }
                }
            }
            @for number in &view.unreadable.papers { li { (lost(ui, *number, view.may.prove)) } }
        }
    })
}

fn notes(page: &Page<'_>, view: &View, base: &str) -> Markup {
    let ui = &page.ui;
    let (typed, fault) = view.note.as_ref().map_or(("", None), |(typed, word)| (typed.as_str(), Some(ui.word("person-fault", word))));
    // Where all looks may be seen, all notes are.
    let card = Card::new("notes", ui.text("person-notes"));
    let card = if view.may.readers { card } else { card.note(html! { (ui.text("person-notes-note")) }) };
    card.html(html! {
        @if view.notes.is_empty() && view.unreadable.notes.is_empty() { p.muted { (ui.text("person-notes-none")) } }
        @for note in &view.notes {
            div.stack-s {
                p { @for (index, line) in note.text.lines().enumerate() { @if index > 0 { br; } bdi { (line) } } }
                p.small.muted { bdi { (note.who) } " · " (ui.moment(note.at)) }
            }
        }
        (all_lost(ui, &view.unreadable.notes, view.may.prove))
        @if view.may.note {
            form.form.no-print method="post" action={ (base) "/notes" } {
                (page.csrf_field())
                (purpose_hidden(view.purpose))
                (Field::long("note", ui.text("person-note"), 3).hint(ui.text("person-note-hint")).value(typed).length_max(NOTE_CHARS_MAX).error(fault).html(ui))
                div.actions { (Button::plain(ui.text("person-note-act")).icon("plus").html(ui)) }
            }
        }
    })
}

fn trail_of(ui: &Ui<'_>, happened: &[Happened], may_prove: bool) -> Markup {
    let entries: Vec<trail::Entry<'_>> = happened
        .iter()
        .map(|it| trail::Entry {
            at: it.at,
            what: html! { (ui.word("event", it.kind)) },
            who: &it.who,
            purpose: it.purpose.map(|purpose| ui.word("purpose", purpose.as_str())),
            number: may_prove.then_some(it.number),
        })
        .collect();
    trail::trail(ui, &entries)
}

fn history(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    Card::new("history", ui.text("person-history")).note(html! { (ui.text("person-history-note")) }).html(html! {
        @if view.history.is_empty() && view.unreadable.history.is_empty() { (empty(ui, "history", ui.text("person-history-none"), ui.text("person-history-none-why"), None)) }
        @else {
            (trail_of(ui, &view.history, view.may.prove))
            (all_lost(ui, &view.unreadable.history, view.may.prove))
            @if view.newest.is_some() || view.older.is_some() {
                (Pager { shown: view.history.len(), total: None, previous: view.newest.as_deref(), next: view.older.as_deref() }.named(ui, ui.text("person-history")))
            }
        }
    })
}

/// Who looked: on the file itself, so that everybody who opens it sees that looks are seen.
fn looks(ui: &Ui<'_>, view: &View, all: Option<&str>) -> Markup {
    let lost = &view.unreadable.looks;
    Card::new("looks", ui.text("person-looks"))
        .note(html! { @if all.is_some() { (ui.text("person-looks-note-all")) } @else { (ui.text("person-looks-note")) } })
        .action(html! { @if let Some(all) = all { a.no-print href=(all) { (ui.text("person-looks-all")) } } })
        .html(html! {
            @if view.looks.is_empty() && lost.is_empty() { p.muted { (ui.text("person-looks-none")) } } @else { (trail_of(ui, &view.looks, view.may.prove)) }
            (all_lost(ui, lost, view.may.prove))
        })
}

/// A file that was erased.
#[derive(Clone, Debug)]
pub struct Erased {
    /// The erasure: when, by whom, its entry.
    pub erasure: Option<Happened>,
    /// On which ground.
    pub ground: Option<ErasureGround>,
    /// The request that was approved.
    pub request: Option<String>,
    /// What changed the file, newest first; what it said is gone.
    pub history: Vec<Happened>,
    /// Entries of it that cannot be read.
    pub unreadable: Vec<u64>,
    /// See the proof of an entry.
    pub may_prove: bool,
    /// Where who looked is shown, where that may be seen.
    pub readers: Option<String>,
}

/// The tombstone.
pub fn erased_page(page: &Page<'_>, view: &Erased) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-erased-title");
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-title"), address::PERSONS)
                .mark(badge::badge(ui, Tone::Stop, ui.text("person-erased")))
                .lead(html! { p { (ui.text("person-erased-lead")) } })
                .actions(html! { @if let Some(readers) = &view.readers { (Button::plain(ui.text("person-readers-title")).icon("eye").link(ui, readers)) } })
                .html(ui))
            div.grid-main {
                (Card::new("erasure", ui.text("person-erasure")).front().html(facts(ui, &[
                    (ui.text("person-erased-at"), view.erasure.as_ref().map(|it| ui.moment(it.at))),
                    (ui.text("person-erased-by"), view.erasure.as_ref().map(|it| html! { bdi { (it.who) } })),
                    (ui.text("person-reader-entry"), view.erasure.as_ref().map(|it| entry(ui, it.number, view.may_prove))),
                    (ui.text("person-erase-ground"), view.ground.map(|ground| html! { (ui.word("request-ground", ground.as_str())) })),
                    (ui.text("person-erased-request"), Some(html! { @if let Some(request) = &view.request { a href=(request) { (ui.text("person-erased-request-link")) } } @else { (ui.text("person-erased-no-request")) } })),
                ])))
                (Card::new("history", ui.text("person-history")).note(html! { (ui.text("person-erased-history")) }).html(html! {
                    (trail_of(ui, &view.history, view.may_prove))
                    (all_lost(ui, &view.unreadable, view.may_prove))
                }))
            }
        },
    )
}

pub(super) fn sample_who() -> Who {
    Who { name: "Lim Wei Shen (contoh)".to_owned(), born: "1985-03-03".parse().ok(), sex: Sex::M, nationality: "MYS".to_owned() }
}

/// Everything, next to nothing, a note that was refused, a tombstone.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: SAMPLE_ADDRESS, ..Page::sample(locale) };
    let (ui, now) = (inside.ui, inside.ui.now);
    let ratih = ui.sample("Ratih S. (contoh), petugas loket", "Ratih S. (sample), counter officer");
    let happened =
        |kind, seconds: i64, number| Happened { at: now.plus_seconds(-seconds), kind, who: ratih.to_owned(), purpose: Some(Purpose::CounterService), number };
    let document = |kind, number: &str, expires: &str| Document { kind, issuer: "MYS".to_owned(), number: number.to_owned(), expires: expires.parse().ok() };
    let paper = |portrait, media, bytes| Paper { address: format!("{SAMPLE_ADDRESS}/blobs/00"), portrait, media, bytes, at: now.plus_seconds(-86_400) };
    let full = View {
        address: format!("{SAMPLE_ADDRESS}?purpose=counter_service"),
        who: Ok(sample_who()),
        registered: 17_010,
        changed_at: now.plus_seconds(-240),
        documents: vec![
            document(DocumentKind::Passport, "A1234567", "2028-05-14"),
            document(DocumentKind::Passport, "A0000001", "2024-02-29"),
            document(DocumentKind::IdentityCard, "850303145555", ""),
        ],
        notes: vec![
            Note {
                text: ui
                    .sample(
                        "Datang bersama penjamin.\nSurat sponsor menyusul hari Kamis.",
                        "Came with the guarantor.\nThe letter of sponsorship follows on Thursday.",
                    )
                    .to_owned(),
                who: ratih.to_owned(),
                at: now.plus_seconds(-240),
            },
            Note { text: ui.sample("Nomor telepon diperbarui.", "Telephone number updated.").to_owned(), who: ratih.to_owned(), at: now.plus_seconds(-86_400) },
        ],
        papers: vec![paper(true, "JPEG", 412_000), paper(false, "PDF", 1_800_000)],
        history: vec![
            happened("person.noted", 240, 18_190),
            happened("person.blob_stored", 86_400, 18_102),
            happened("person.document_added", 90_000, 18_050),
            happened("person.registered", 2_332_800, 17_010),
        ],
        looks: vec![happened("person.read", 3_600, 18_180), happened("person.read", 90_600, 18_049)],
        unreadable: Unreadable::default(),
        newest: None,
        older: Some(format!("{SAMPLE_ADDRESS}?before=17010&purpose=counter_service")),
        look: 18_204,
        purpose: Purpose::CounterService,
        erasing: None,
        note: None,
        may: May { correct: true, note: true, store: true, see: true, readers: true, erase: true, prove: true },
    };
    let bare = View {
        who: Ok(Who { name: "محمد عبد الرحمن السيد".to_owned(), born: None, sex: Sex::X, nationality: "XXA".to_owned() }),
        documents: Vec::new(),
        notes: Vec::new(),
        papers: Vec::new(),
        history: Vec::new(),
        looks: Vec::new(),
        older: None,
        erasing: Some("/requests/019a9c3e-0000-7000-8000-000000000000".to_owned()),
        may: May::default(),
        ..full.clone()
    };
    let damaged = View {
        who: Err(17_010),
        unreadable: Unreadable { documents: vec![17_010, 18_050], notes: vec![18_190], papers: vec![18_102], history: vec![18_190], looks: vec![18_049] },
        history: vec![
            happened("person.noted", 240, 18_190),
            Happened { who: ui.text("person-withheld").to_owned(), purpose: None, ..happened("person.corrected", 3_600, 18_120) },
            happened("person.registered", 2_332_800, 17_010),
        ],
        notes: Vec::new(),
        looks: Vec::new(),
        ..full.clone()
    };
    let refused = View { note: Some((String::new(), "note")), ..full.clone() };
    let erased = Erased {
        erasure: Some(happened("person.erased", 3_600, 18_300)),
        ground: Some(ErasureGround::SubjectRequest),
        request: Some("/requests/019a9c3e-0000-7000-8000-000000000000".to_owned()),
        history: vec![happened("person.erased", 3_600, 18_300), happened("person.noted", 7_200, 18_190), happened("person.registered", 2_332_800, 17_010)],
        unreadable: Vec::new(),
        may_prove: true,
        readers: Some(format!("{SAMPLE_ADDRESS}/readers")),
    };
    let by_law = Erased { request: None, ground: Some(ErasureGround::KeptUntil), readers: None, may_prove: false, ..erased.clone() };
    vec![
        Sample::new("person", page(&inside, &full)),
        Sample::new("person-bare", page(&inside, &bare)),
        Sample::new("person-damaged", page(&inside, &damaged)),
        Sample::new("person-note-wrong", page(&inside, &refused)),
        Sample::new("person-erased", erased_page(&inside, &erased)),
        Sample::new("person-erased-by-law", erased_page(&inside, &by_law)),
    ]
}
