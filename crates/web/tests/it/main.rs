//! Tests of the pages that need no office: every part and page renders in each language, and no word is missing.

mod markup;
mod pages;
mod words;
