//! Integration tests of the store. One binary, because linking is slow.

mod tlog_verifiers;
