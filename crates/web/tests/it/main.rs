//! Tests of the pages that need no office: every part and page renders in each language, and no word is missing.
#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the failing test; clippy by itself exempts only the test functions, not their helpers")]

mod markup;
mod pages;
mod words;
