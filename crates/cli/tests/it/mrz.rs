//! `siger mrz parse` as a script uses it: lines in, lines out, no office.

use std::io::{BufRead as _, BufReader, Seek as _, Write as _};
use std::process::Stdio;

use crate::{run, said, siger};

/// What is answered to standard input: exit status, standard output, standard error.
fn parse(input: &[u8], arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input).unwrap();
    file.rewind().unwrap();
    let answered = said(siger(folder.path()).args(["mrz", "parse"]).args(arguments).stdin(file).output().unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made");
    answered
}

const UPPER: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
const LOWER: &str = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

#[test]
fn every_line_is_answered_in_its_order() {
    let input = format!(
        "{{\"id\":\"a\",\"lines\":[\"{UPPER}\",\"{LOWER}\"],\"source\":\"sample\"}}\r\n\n  \n\
         {{\"id\":7,\"lines\":[\"{UPPER}\",\"{}\"]}}\n\
         {{\"lines\":[\"{UPPER}\",\"L8\"]}}\n\
         {{\"id\":\"c\",\"lines\":[\"{}\",\"{LOWER}\"]}}\n\
         not JSON\n[1,[]]\n{{\"id\":\"d\"}}\n{{\"id\":\"e\",\"lines\":[1]}}\n\
         {{\"id\":\"last\",\"lines\":[]}}",
        LOWER.replace("740812", "741312"),
        UPPER.to_lowercase(),
    );
    let (status, out, err) = parse(input.as_bytes(), &[]);
    assert_eq!((status, err.as_str()), (0, ""));
    let expected = [
        concat!(
            r#"{"id":"a","format":"TD3","document_code":"P","issuing_state":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","document_number":"L898902C3","#,
            r#""nationality":"UTO","birth_date":"740812","birth_date_state":"complete","sex":"F","expiry_date":"120415","expiry_date_state":"complete","#,
            r#""optional_1":"ZE184226B","optional_2":"","long_number":false,"name_field_full":false,"#,
            r#""checks":{"document_number":true,"birth_date":true,"expiry_date":true,"personal_number":true,"composite":true},"structure_errors":[],"valid":true}"#,
        ),
        concat!(
            r#"{"id":7,"format":"TD3","document_code":"P","issuing_state":"UTO","surname":"ERIKSSON","given_names":"ANNA MARIA","document_number":"L898902C3","#,
            r#""nationality":"UTO","birth_date":"741312","birth_date_state":"malformed","sex":"F","expiry_date":"120415","expiry_date_state":"complete","#,
            r#""optional_1":"ZE184226B","optional_2":"","long_number":false,"name_field_full":false,"#,
            r#""checks":{"document_number":true,"birth_date":false,"expiry_date":true,"personal_number":true,"composite":false},"structure_errors":["birth_date"],"valid":false}"#,
        ),
        r#"{"id":null,"format":null,"valid":false,"error":"length"}"#,
        r#"{"id":"c","format":null,"valid":false,"error":"charset"}"#,
        r#"{"id":null,"format":null,"valid":false,"error":"line 7: no JSON object; write one a line, with \"id\" and \"lines\""}"#,
        r#"{"id":null,"format":null,"valid":false,"error":"line 8: no JSON object; write one a line, with \"id\" and \"lines\""}"#,
        r#"{"id":"d","format":null,"valid":false,"error":"line 9: no \"lines\"; give the lines of the zone as an array of texts"}"#,
        r#"{"id":"e","format":null,"valid":false,"error":"line 10: no \"lines\"; give the lines of the zone as an array of texts"}"#,
        r#"{"id":"last","format":null,"valid":false,"error":"length"}"#,
    ];
    assert_eq!(out.lines().collect::<Vec<_>>(), expected);
    assert!(out.ends_with('\n'));
}

#[test]
fn problems_are_explained_when_asked_for() {
    let input = format!("{{\"id\":1,\"lines\":[\"{UPPER}\",\"{}\"]}}\n{{\"id\":2,\"lines\":[\"{UPPER}\",\"short\"]}}\n", LOWER.replace("C36UTO", "C35UTO"));
    let (status, out, _) = parse(input.as_bytes(), &["--explain"]);
    assert_eq!(status, 0);
    let mut lines = out.lines();
    let first = lines.next().unwrap();
    assert!(first.contains(r#"{"field":"document_number_check","severity":"fault","found":"5","expected":"6"}"#), "{first}");
    assert!(
        first.contains(r#"{"field":"issuing_state","severity":"notice","found":"UTO","expected":"a specimen: documents of Utopia are valid nowhere"}"#),
        "{first}"
    );
    assert!(lines.next().unwrap().contains(r#""found":"two lines of 44 and 5 characters","expected":"two lines of 44 or 36, or three of 30"#), "{out}");
}

/// Lines longer than the bound, of any bytes, end nothing; what comes after them is answered.
#[test]
fn lines_that_are_too_long_or_no_text() {
    let good = format!("{{\"id\":\"good\",\"lines\":[\"{UPPER}\",\"{LOWER}\"]}}\n");
    let mut input = vec![b'x'; 3 << 20];
    input.extend(b"\n\xff\xfe{\"id\n{\"id\":\"\xff\"}\n");
    input.extend(good.as_bytes());
    // Exactly the bound, and one more.
    for spaces in [(64 << 10) - good.len() + 1, (64 << 10) - good.len() + 2] {
        input.extend(std::iter::repeat_n(b' ', spaces));
        input.extend(good.as_bytes());
    }
    let (status, out, err) = parse(&input, &[]);
    assert_eq!((status, err.as_str()), (0, ""));
    let said = |line: &str| line.split("\"error\":").nth(1).map_or_else(|| line[..13].to_owned(), |error| error.trim_matches(['"', '}']).to_owned());
    assert_eq!(
        out.lines().map(said).collect::<Vec<_>>(),
        [
            "line 1: longer than 65536 bytes; write one object with one zone a line",
            "line 2: no JSON object; write one a line, with \\\"id\\\" and \\\"lines\\",
            "line 3: no JSON object; write one a line, with \\\"id\\\" and \\\"lines\\",
            "{\"id\":\"good\",",
            "{\"id\":\"good\",",
            "line 6: longer than 65536 bytes; write one object with one zone a line",
        ]
    );
}

/// Whoever writes one line and waits gets its answer before the next.
#[test]
fn an_answer_does_not_wait_for_the_next_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = siger(folder.path()).args(["mrz", "parse"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for id in 0..3 {
        writeln!(input, "{{\"id\":{id},\"lines\":[\"{UPPER}\",\"{LOWER}\"]}}").unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("{{\"id\":{id},\"format\":\"TD3\"")), "{answer}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

/// A byte order mark before the first line is no part of it; anywhere else it is a character like others.
#[test]
fn a_byte_order_mark_before_the_first_line() {
    let line = format!("\u{feff}{{\"id\":1,\"lines\":[\"{UPPER}\",\"{LOWER}\"]}}\n");
    let (status, out, _) = parse(line.repeat(2).as_bytes(), &[]);
    let answers: Vec<&str> = out.lines().collect();
    assert!(status == 0 && answers[0].starts_with(r#"{"id":1,"format":"TD3""#) && answers[1].contains("line 2: no JSON object"), "{out}");
}

#[test]
fn ten_thousand_zones_and_none() {
    let line = format!("{{\"id\":\"a\",\"lines\":[\"{UPPER}\",\"{LOWER}\"]}}\n");
    let (status, out, _) = parse(line.repeat(10_000).as_bytes(), &[]);
    assert!(status == 0 && out.lines().count() == 10_000 && out.lines().all(|answer| answer.ends_with("\"valid\":true}")));
    assert_eq!(parse(b"", &[]), (0, String::new(), String::new()));
}

#[test]
fn a_wrong_command_line_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["mrz"][..], &["mrz", "read"], &["mrz", "parse", "file"]] {
        let (status, out, err) = run(folder.path(), arguments);
        assert!(status == 2 && out.is_empty() && err.contains("Usage"), "{arguments:?}: {status} {out}{err}");
    }
}

/// The cases that lie beside the project, where they do, each with what a reading of the standard expects: the same keys and values, and the id.
#[test]
fn cases_beside_the_project() {
    let places = ["/../../../shared/data/mrz/cases.jsonl", "/../../shared/data/mrz/cases.jsonl"];
    let Some(cases) = places.iter().find_map(|place| std::fs::read_to_string(env!("CARGO_MANIFEST_DIR").to_owned() + place).ok()) else {
        println!("skipped: no cases beside the project");
        return;
    };
    let (status, out, err) = parse(cases.as_bytes(), &[]);
    assert_eq!((status, err.as_str(), out.lines().count()), (0, "", cases.lines().count()));
    for (case, answer) in cases.lines().zip(out.lines()) {
        let (mut case, answer): (serde_json::Value, serde_json::Value) = (serde_json::from_str(case).unwrap(), serde_json::from_str(answer).unwrap());
        let id = case["id"].take();
        let mut expected = case["expect"].take();
        expected["id"] = id;
        assert_eq!(answer, expected);
    }
}
