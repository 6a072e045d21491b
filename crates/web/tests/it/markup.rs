//! What must hold of any piece of markup, checked without a browser.

/// Complains about what the content security policy forbids, and about labels and fragments that lead nowhere.
pub fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (what, why) in [
        (" style=\"", "a style attribute"),
        ("<style", "a style element"),
        (" onclick=", "an event attribute"),
        (" onsubmit=", "an event attribute"),
        ("javascript:", "a script address"),
    ] {
        if html.contains(what) {
            faults.push(format!("{why}, which the content security policy forbids"));
        }
    }
    for rest in html.split("<script").skip(1) {
        let tag = rest.split('>').next().unwrap_or_default();
        if !tag.contains(" src=") && !tag.contains("application/json") {
            faults.push(format!("a script in the page: <script{tag}>"));
        }
    }
    let mut ids: Vec<&str> = attribute(html, "id").collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        if pair[0] == pair[1] {
            faults.push(format!("id {} is used twice", pair[0]));
        }
    }
    for name in ["for", "aria-labelledby", "aria-describedby", "data-copies", "data-shows"] {
        for id in attribute(html, name).flat_map(str::split_whitespace) {
            if ids.binary_search(&id).is_err() {
                faults.push(format!("{name} names {id}, which is not there"));
            }
        }
    }
    faults
}

/// Each value of an attribute.
pub fn attribute<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let open = format!(" {name}=\"");
    html.match_indices(&open).map(|(at, _)| at + open.len()).collect::<Vec<_>>().into_iter().map(|from| html[from..].split('"').next().unwrap_or_default())
}

/// One element a line, so that a changed snapshot can be read.
pub fn lines(html: &str) -> String {
    html.replace("><", ">\n<")
}

#[test]
fn faults_are_found() {
    for (html, count) in [
        ("<p id=\"a\" aria-describedby=\"a\"></p>", 0),
        ("<p style=\"color:red\"></p>", 1),
        ("<script>1</script>", 1),
        ("<script src=\"/x.js\"></script><script type=\"application/json\">{}</script>", 0),
        ("<p id=\"a\"></p><p id=\"a\"></p>", 1),
        ("<label for=\"b\"></label>", 1),
    ] {
        assert_eq!(faults(html).len(), count, "{html}");
    }
}
