//! The pages, one file each: the view, a `sample()` of it, the markup.
