//! What somebody with the disk in their hands changes in the journal, and what a check must say of it.

use std::path::Path;

use anyhow::Context as _;
use siger_storage::check::Kind;

/// One change.
pub struct Change {
    /// What is changed, in words.
    pub what: &'static str,
    /// By which statements (SQLite, with constraints off).
    pub sql: &'static str,
    /// What must be found, and a part of where.
    pub found: Vec<(Kind, String)>,
}

/// A row of the table below: what, by which statements, what is found where.
type Row<'c> = (&'static str, &'static str, &'c [(Kind, &'c str)]);

/// Changes the SQLite database of a data folder behind the program's back, past every constraint.
///
/// # Errors
/// When there is no database, or it refuses the statements.
pub fn change(data: &Path, sql: &str) -> anyhow::Result<()> {
    let conn = rusqlite::Connection::open(data.join("office.sqlite")).context("open the database")?;
    conn.execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").context("let every change pass")?;
    conn.execute_batch(sql).with_context(|| sql.to_owned())
}

/// Changes to a journal of `size` entries, which has more than one tile and officers' entries at 20, 30, 31, 50 and 60.
pub fn journal(size: u64) -> Vec<Change> {
    let end = format!("entries {} to {}", size - 3, size - 1);
    let cases: &[Row<'_>] = &[
        ("a body", "UPDATE entry SET body = zeroblob(length(body)) WHERE number = 17", &[(Kind::EntryChanged, "entry 17")]),
        ("who acted", "UPDATE entry SET actor = NULL WHERE number = 60", &[(Kind::EntryChanged, "entry 60")]),
        ("why", "UPDATE entry SET purpose = 'audit' WHERE number = 60", &[(Kind::EntryChanged, "entry 60")]),
        ("a salt", "UPDATE entry SET salt = zeroblob(32) WHERE number = 60", &[(Kind::EntryChanged, "entry 60")]),
        ("a word that is none", "UPDATE entry SET role = 'king' WHERE number = 61", &[(Kind::EntryUnreadable, "entry 61, column role")]),
        ("a leaf", "UPDATE entry SET leaf = zeroblob(32) WHERE number = 40", &[(Kind::EntryChanged, "entry 40"), (Kind::NodeChanged, "level 1")]),
        (
            "two rows swapped",
            "UPDATE entry SET number = -1 WHERE number = 30; UPDATE entry SET number = 30 WHERE number = 31; UPDATE entry SET number = 31 WHERE number = -1",
            &[(Kind::EntryChanged, "entry 30"), (Kind::EntryChanged, "entry 31"), (Kind::NodeChanged, "entries 0 to 255")],
        ),
        (
            "an older row put in a newer one's place",
            "DELETE FROM entry WHERE number = 50;
                 INSERT INTO entry SELECT 50, at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf FROM entry WHERE number = 20",
            &[(Kind::EntryChanged, "entry 50"), (Kind::TimeBack, "entry 50")],
        ),
        ("a row removed", "DELETE FROM entry WHERE number = 25", &[(Kind::EntryMissing, "entry 25")]),
        ("rows removed", "DELETE FROM entry WHERE number BETWEEN 25 AND 29", &[(Kind::EntryMissing, "entries 25 to 29")]),
        ("the end cut off", "DELETE FROM entry WHERE number > (SELECT size - 4 FROM tree_head)", &[(Kind::Truncated, &end)]),
        (
            "a row added",
            "INSERT INTO entry SELECT (SELECT size FROM tree_head), at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf
                 FROM entry WHERE number = 20",
            &[(Kind::Surplus, "entries")],
        ),
        (
            "a row with the last number there is",
            "INSERT INTO entry SELECT 9223372036854775807, at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf
                 FROM entry WHERE number = 20",
            &[(Kind::EntryMissing, "to 9223372036854775806"), (Kind::Surplus, "to 9223372036854775807")],
        ),
        ("a node", "UPDATE node SET hash = zeroblob(32)", &[(Kind::NodeChanged, "node 0 of level 1")]),
        ("a node, now a text", "UPDATE node SET hash = 'x'", &[(Kind::NodeChanged, "node 0 of level 1")]),
        ("a node removed", "DELETE FROM node", &[(Kind::NodeMissing, "node 0 of level 1")]),
        ("a node added", "INSERT INTO node VALUES (1, 7, zeroblob(32))", &[(Kind::NodeSurplus, "1 of 2 nodes")]),
        ("the head's edge", "UPDATE tree_head SET edge = CAST(substr(edge, 1, length(edge) - 32) || zeroblob(32) AS BLOB)", &[(Kind::HeadChanged, "column edge")]),
        ("the head's edge, now a text", "UPDATE tree_head SET edge = 'x'", &[(Kind::HeadChanged, "of another type")]),
        ("a body, now a number", "UPDATE entry SET body = 5 WHERE number = 62", &[(Kind::EntryUnreadable, "entry 62")]),
        ("the head's size", "UPDATE tree_head SET size = size - 1", &[(Kind::HeadChanged, "column size")]),
        ("the head's time", "UPDATE tree_head SET last_at = last_at + 1", &[(Kind::HeadChanged, "column last_at")]),
        ("the head removed", "DELETE FROM tree_head", &[(Kind::HeadChanged, "missing")]),
        ("the checkpoint", "UPDATE tree_head SET checkpoint = 'x' || checkpoint", &[(Kind::CheckpointUnsigned, "checkpoint")]),
        ("the next key", "UPDATE tree_head SET next_key = 2", &[(Kind::NextKey, "key 0.")]),
    ];
    let change = |&(what, sql, found): &Row<'_>| Change { what, sql, found: found.iter().map(|&(kind, place)| (kind, place.to_owned())).collect() };
    cases.iter().map(change).collect()
}
