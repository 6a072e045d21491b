//! Machine-readable zones: the lines of a text; then the same text cut into lines of the length of each format, and as the name of a
//! document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siger_mrtd::Format;
use siger_mrtd::format::Field;
use siger_mrtd::name::Name;
use siger_mrtd::transliterate::Choices;

#[path = "../../crates/mrtd/tests/it/laws.rs"]
mod laws;

fuzz_target!(|text: &str| {
    laws::hold(&text.lines().collect::<Vec<_>>());
    let characters: Vec<char> = text.chars().filter(|character| *character != '\n').collect();
    for format in Format::ALL {
        // Fillers for what is missing; the first letter decides about visas.
        let mut cells = characters.iter().copied().chain(std::iter::repeat('<'));
        let mut lines: Vec<String> = (0..format.lines()).map(|_| cells.by_ref().take(format.width()).collect()).collect();
        if format.is_visa() && lines[0].is_char_boundary(1) {
            lines[0].replace_range(..1, "V");
        }
        laws::hold(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        if let Ok(name) = Name::write(format, text, text, Choices::default()) {
            let width = format.span(Field::Name).map_or(0, |span| span.len());
            assert!(name.as_str().len() <= width && Name::from_field(name.as_str()) == Ok(name));
        }
    }
});
