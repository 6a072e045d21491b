//! The tables against the journal: all of them are built anew in a temporary place, by the code that built them the first time, and compared
//! row by row. A replay applies recorded facts; it runs no rule and asks no clock.

use std::cmp::Ordering;
use std::collections::VecDeque;

use super::row::shown;
use super::{Kind, Report};
use crate::engine::{Conn, Param, Tx, Value, sqlite};
use crate::error::{Error, Result};
use crate::journal::{Entry, Head, read};
use crate::keyring::Keyring;
use crate::store::Store;
use crate::{migrate, table};

/// Rows of each side in memory at a time.
const PAGE: usize = 1_000;

/// Builds the derived tables from the journal and compares them with those of the database. A difference names table, row and columns.
///
/// # Errors
/// When there is no office, or the database cannot be read; an entry that cannot be read is a finding.
pub fn replay(store: &Store) -> Result<Report> {
    let keyring = store.keyring().clone();
    let conn = sqlite::open_temporary()?;
    store.read_blocking(|tx| {
        let head = match Head::load(tx, false) {
            // A damaged head is named by the look at the journal; the tables are compared all the same.
            Err(Error::Inconsistent { .. }) => None,
            head => head?,
        };
        let mut report = Report { size: head.as_ref().map_or(0, |head| head.edge.size()), ..Report::default() };
        let mut anew = Tx::new(Conn::Sqlite(&conn));
        anew.batch("BEGIN")?;
        migrate::migrate(&mut anew)?;
        apply_all(tx, &mut anew, &keyring, &mut report)?;
        if head.is_none() && report.entries == 0 {
            return Err(Error::NoOffice);
        }
        for table in table::DERIVED {
            compare(tx, &mut anew, table, &mut report)?;
        }
        Ok(report)
    })
}

fn apply_all(tx: &mut Tx<'_>, anew: &mut Tx<'_>, keyring: &Keyring, report: &mut Report) -> Result<()> {
    let mut next = 0;
    loop {
        let page = read::from_row_by_row(tx, next, read::PAGE_MAX)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        next = last + 1;
        for (number, entry) in page {
            report.entries += 1;
            match entry {
                Ok(entry) => apply(anew, keyring, &entry, report)?,
                Err(_) => report.add(Kind::EntryUnreadable, format!("entry {number}")),
            }
        }
    }
}

fn apply(anew: &mut Tx<'_>, keyring: &Keyring, entry: &Entry, report: &mut Report) -> Result<()> {
    let place = format!("entry {} ({})", entry.number, entry.kind);
    let event = match entry.open(keyring) {
        Ok(event) => event,
        Err(Error::Decode(_)) => {
            report.add(Kind::EntryUnknown, place);
            return Ok(());
        }
        Err(Error::Damaged { .. }) => {
            report.add(Kind::EntrySealed, place);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    match table::apply(anew, keyring, entry, event.as_ref()) {
        Ok(()) => Ok(()),
        Err(Error::Inconsistent { .. } | Error::Engine { .. }) => {
            report.add(Kind::ReplayFailed, place);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn compare(tx: &mut Tx<'_>, anew: &mut Tx<'_>, table: &(&'static str, &'static str, &'static str), report: &mut Report) -> Result<()> {
    let shape = Shape::new(table);
    let (mut kept, mut made) = (Rows::new(&shape, tx), Rows::new(&shape, anew));
    let (mut ours, mut theirs) = (kept.next()?, made.next()?);
    loop {
        let order = match (&ours, &theirs) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(ours), Some(theirs)) => shape.key(ours).cmp(&shape.key(theirs)),
        };
        if let (Ordering::Less, Some(row)) = (order, &ours) {
            report.add(Kind::RowSurplus, shape.place(row));
        }
        if let (Ordering::Greater, Some(row)) = (order, &theirs) {
            report.add(Kind::RowMissing, shape.place(row));
        }
        if let (Ordering::Equal, Some(ours), Some(theirs)) = (order, &ours, &theirs)
            && ours != theirs
        {
            let columns: Vec<_> =
                shape.columns.iter().zip(ours.iter().zip(theirs)).filter(|(_, (one, other))| one != other).map(|(column, _)| *column).collect();
            report.add(Kind::RowDiffers, format!("{}, column {}", shape.place(ours), columns.join(", ")));
        }
        if order.is_le() {
            report.rows += 1;
            ours = kept.next()?;
        }
        if order.is_ge() {
            theirs = made.next()?;
        }
    }
}

/// A derived table: its columns, and those of its key.
struct Shape {
    table: &'static str,
    columns: Vec<&'static str>,
    key: Vec<usize>,
    first: String,
    next: String,
}

impl Shape {
    fn new(&(table, columns, order): &(&'static str, &'static str, &'static str)) -> Self {
        let list: Vec<_> = columns.split(", ").collect();
        let key: Vec<_> = order.split(", ").map(|wanted| list.iter().position(|column| *column == wanted).expect("keys are among the columns")).collect();
        let marks: Vec<_> = (1..=key.len()).map(|number| format!("${number}")).collect();
        let tail = format!("ORDER BY {order} LIMIT {PAGE}");
        Self {
            table,
            key,
            first: format!("SELECT {columns} FROM {table} {tail}"),
            next: format!("SELECT {columns} FROM {table} WHERE ({order}) > ({}) {tail}", marks.join(", ")),
            columns: list,
        }
    }

    /// The key's values in order, to be compared with another row's.
    fn key<'v>(&self, row: &'v [Value]) -> Key<'v> {
        self.key.iter().map(|&index| &row[index]).collect()
    }

    /// The row's name: its identifiers and numbers, without the keyed hashes.
    fn place(&self, row: &[Value]) -> String {
        let words = self.key.iter().filter(|&&index| self.columns[index] != "hash").map(|&index| shown(&row[index]));
        format!("table {}, row {}", self.table, words.collect::<Vec<_>>().join(" "))
    }
}

type Key<'v> = Vec<&'v Value>;

/// The rows of a table in order of its key, some at a time.
struct Rows<'s, 't, 'c> {
    shape: &'s Shape,
    tx: &'t mut Tx<'c>,
    page: VecDeque<Vec<Value>>,
    last: Option<Vec<Value>>,
    ended: bool,
}

impl<'s, 't, 'c> Rows<'s, 't, 'c> {
    fn new(shape: &'s Shape, tx: &'t mut Tx<'c>) -> Self {
        Self { shape, tx, page: VecDeque::new(), last: None, ended: false }
    }

    fn next(&mut self) -> Result<Option<Vec<Value>>> {
        if self.page.is_empty() && !self.ended {
            let width = self.shape.columns.len();
            let read = |row: &crate::engine::Row<'_>| (0..width).map(|index| row.value(index)).collect();
            let page = match &self.last {
                None => self.tx.query_made(&self.shape.first, &[], read)?,
                Some(last) => {
                    let key: Vec<Param<'_>> = self.shape.key.iter().map(|&index| Param::from(&last[index])).collect();
                    self.tx.query_made(&self.shape.next, &key, read)?
                }
            };
            self.ended = page.len() < PAGE;
            self.last = page.last().cloned();
            self.page = page.into();
        }
        Ok(self.page.pop_front())
    }
}
