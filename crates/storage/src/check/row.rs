//! Rows against the entries they point to, by joins that both engines run; and the engine's check of itself.

use super::{Kind, Report};
use crate::engine::{Dialect, Tx, Value};
use crate::error::Result;
use crate::params;

/// Rows of one kind of disagreement that are named; a table that is wrong as a whole is seen from these.
const NAMED_MAX: u32 = 100;

/// Each row of a table with the entry that it names: the table, the columns that name the row (16-byte identifiers), and rows that do not follow.
const STRAY: &[(&str, &str)] = &[
    (
        "person (registered)",
        "SELECT p.id FROM person p LEFT JOIN entry e ON e.number = p.registered
         WHERE e.number IS NULL OR e.kind <> 'person.registered' OR e.subject IS NULL OR e.subject <> p.id OR e.key_index <> p.key_index ORDER BY p.id LIMIT $1",
    ),
    (
        "person (identity)",
        "SELECT p.id FROM person p LEFT JOIN entry e ON e.number = p.identity
         WHERE p.identity IS NOT NULL AND (e.number IS NULL OR e.kind NOT IN ('person.registered', 'person.corrected') OR e.subject IS NULL OR e.subject <> p.id)
         ORDER BY p.id LIMIT $1",
    ),
    (
        "person (erased)",
        "SELECT p.id FROM person p LEFT JOIN entry e ON e.number = p.erased
         WHERE p.erased IS NOT NULL AND (e.number IS NULL OR e.kind <> 'person.erased' OR e.subject IS NULL OR e.subject <> p.id) ORDER BY p.id LIMIT $1",
    ),
    (
        "person_document",
        "SELECT d.person FROM person_document d LEFT JOIN entry e ON e.number = d.entry
         WHERE e.number IS NULL OR e.kind NOT IN ('person.registered', 'person.document_added') OR e.subject IS NULL OR e.subject <> d.person
         ORDER BY d.person LIMIT $1",
    ),
    (
        "person_blob",
        "SELECT b.person FROM person_blob b LEFT JOIN entry e ON e.number = b.entry
         WHERE e.number IS NULL OR e.kind <> 'person.blob_stored' OR e.subject IS NULL OR e.subject <> b.person ORDER BY b.person LIMIT $1",
    ),
    (
        "inspection",
        "SELECT i.id FROM inspection i LEFT JOIN entry e ON e.number = i.last_entry
         WHERE e.number IS NULL OR e.kind <> 'inspection.stepped' OR e.subject IS NULL OR e.subject <> i.person ORDER BY i.id LIMIT $1",
    ),
    (
        "inspection_entry",
        "SELECT s.inspection FROM inspection_entry s LEFT JOIN entry e ON e.number = s.entry LEFT JOIN inspection i ON i.id = s.inspection
         WHERE e.number IS NULL OR e.kind <> 'inspection.stepped' OR i.id IS NULL OR e.subject IS NULL OR e.subject <> i.person
         ORDER BY s.inspection LIMIT $1",
    ),
    (
        "presence",
        "SELECT p.stay FROM presence p LEFT JOIN entry e ON e.number = p.last_entry
         WHERE e.number IS NULL OR e.kind <> 'presence.recorded' OR e.subject IS NULL OR e.subject <> p.person ORDER BY p.stay LIMIT $1",
    ),
    (
        "receipt",
        "SELECT r.inspection FROM receipt r LEFT JOIN entry e ON e.number = r.entry
         WHERE e.number IS NULL OR e.kind <> 'inspection.receipted' ORDER BY r.inspection LIMIT $1",
    ),
    (
        "officer",
        "SELECT o.id FROM officer o LEFT JOIN entry e ON e.number = o.profile
         WHERE e.number IS NULL OR e.kind <> 'officer.invited' OR e.subject IS NULL OR e.subject <> o.id OR e.key_index <> o.key_index ORDER BY o.id LIMIT $1",
    ),
    (
        "officer (erased)",
        "SELECT o.id FROM officer o LEFT JOIN entry e ON e.number = o.erased
         WHERE o.erased IS NOT NULL AND (e.number IS NULL OR e.kind <> 'officer.erased' OR e.subject IS NULL OR e.subject <> o.id) ORDER BY o.id LIMIT $1",
    ),
    (
        "credential",
        "SELECT c.id FROM credential c LEFT JOIN entry e ON e.number = c.entry
         WHERE e.number IS NULL OR e.kind <> 'officer.credential_added' OR e.subject IS NULL OR e.subject <> c.officer ORDER BY c.id LIMIT $1",
    ),
    (
        "request (opened)",
        "SELECT r.id FROM request r LEFT JOIN entry e ON e.number = r.opened
         WHERE e.number IS NULL OR e.kind <> 'request.opened' OR e.subject IS NULL OR e.subject <> r.id ORDER BY r.id LIMIT $1",
    ),
    (
        "request (answered)",
        "SELECT r.id FROM request r LEFT JOIN entry e ON e.number = r.answered
         WHERE r.answered IS NOT NULL AND (e.number IS NULL OR e.subject IS NULL OR e.subject <> r.id
         OR e.kind NOT IN ('request.approved', 'request.declined', 'request.withdrawn', 'request.expired')) ORDER BY r.id LIMIT $1",
    ),
];

/// Entries that begin a row: how many there are, and how many rows.
const BEGUN: &[(&str, &str)] = &[
    ("person", "SELECT (SELECT COUNT(*) FROM entry WHERE kind = 'person.registered'), (SELECT COUNT(*) FROM person)"),
    ("officer", "SELECT (SELECT COUNT(*) FROM entry WHERE kind = 'officer.invited'), (SELECT COUNT(*) FROM officer)"),
    ("receipt", "SELECT (SELECT COUNT(*) FROM entry WHERE kind = 'inspection.receipted'), (SELECT COUNT(*) FROM receipt)"),
    ("request", "SELECT (SELECT COUNT(*) FROM entry WHERE kind = 'request.opened'), (SELECT COUNT(*) FROM request)"),
    ("office", "SELECT (SELECT COUNT(*) FROM entry WHERE kind = 'office.founded'), (SELECT COUNT(*) FROM office)"),
];

pub(super) fn check(tx: &mut Tx<'_>, report: &mut Report) -> Result<()> {
    for (what, sql) in STRAY {
        for id in tx.query(sql, params![NAMED_MAX], |row| row.value(0))? {
            report.add(Kind::RowStray, format!("table {what}, row {}", shown(&id)));
        }
    }
    for (table, sql) in BEGUN {
        let (entries, rows) = tx.first(sql, &[], |row| Ok((row.count(0)?, row.count(1)?)))?.unwrap_or_default();
        report.rows += rows;
        if rows < entries {
            report.add(Kind::RowMissing, format!("table {table}, {} of {entries} rows", entries - rows));
        } else if rows > entries {
            report.add(Kind::RowSurplus, format!("table {table}, {} of {rows} rows", rows - entries));
        }
    }
    Ok(())
}

/// SQLite compares its pages, tables and indexes; PostgreSQL keeps checksums of its own.
pub(super) fn engine(tx: &mut Tx<'_>, report: &mut Report) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        for said in tx.query("PRAGMA integrity_check(20)", &[], |row| row.text(0))? {
            if said != "ok" {
                report.add(Kind::Engine, said);
            }
        }
    }
    Ok(())
}

/// An identifier or number as it is written elsewhere; of anything else only what it is, since it may be personal.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Blob(id) => uuid::Uuid::from_slice(id).map_or_else(|_| crate::to_hex(id), |id| id.to_string()),
        Value::Text(_) => "(text)".to_owned(),
        Value::Null => "(nothing)".to_owned(),
        Value::Other => "(unreadable)".to_owned(),
    }
}
