//! The description of the API (OpenAPI 3.1), made from the handlers.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use std::sync::LazyLock;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::problem::Problem;
use super::{inspection, journal, office, officer, person, request};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![("/openapi.json", get(document))]
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Siger",
        version = "1",
        description = "The office for programs. Every call acts as the officer whose session cookie it carries, with their rights and in their name; calls \
                       that change something need `content-type: application/json` and may carry an `idempotency-key`. Problems are RFC 9457.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This office")),
    paths(
        person::register, person::list, person::lookup, person::search, person::open, person::note, person::correct, person::add_document, person::readers,
        inspection::scan, inspection::show, inspection::step, inspection::queue,
        journal::list, journal::prove,
        request::list, request::open, request::approve, request::decline, request::withdraw,
        officer::list, office::show, office::session,
        document,
    ),
    components(schemas(Problem)),
    security(("session" = [])),
    modifiers(&Common),
)]
struct Api;

/// What holds for every operation, said once: who asks, for what, and the problems that any of them can have.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let description = "The session of an officer; over TLS the cookie is named __Host-siger.";
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description("siger", description))));
        let problem = |description: &str| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            RefOr::T(ResponseBuilder::new().description(description).content("application/problem+json", content).build())
        };
        for (path, item) in &mut document.paths.paths {
            if path.ends_with("/openapi.json") {
                continue;
            }
            let operations = [(&mut item.get, false), (&mut item.post, true)];
            for (operation, posts) in operations.into_iter().filter_map(|(operation, posts)| operation.as_mut().map(|operation| (operation, posts))) {
                let answers = &mut operation.responses.responses;
                let mut common = vec![
                    ("400", "A header, the query or the body cannot be read."),
                    ("401", "Nobody is signed in."),
                    ("403", "Not permitted, or not for this purpose, or only after a fresh sign-in."),
                    (
                        "503",
                        "`unavailable`: the store cannot take it now; nothing was kept. `unknown`: its answer never came; look, or send it again under the same key. `retry-after` says when.",
                    ),
                ];
                if posts {
                    common.push(("408", "What was sent did not arrive in time; nothing was kept."));
                    common.push(("413", "The body is larger than 64 KiB."));
                    common.push(("415", "The body is not `application/json`."));
                }
                for (status, description) in common {
                    answers.entry(status.to_owned()).or_insert_with(|| problem(description));
                }
            }
        }
    }
}

/// The text of the document, as served and as kept in `docs/ref/openapi.json`.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = Api::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
});

/// This description. Anybody may read it.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "description", operation_id = "describe", security(()),
    responses((status = 200, description = "OpenAPI 3.1.", content_type = "application/json")))]
async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document = Api::openapi();
        let described: BTreeSet<&str> = document.paths.paths.keys().map(String::as_str).collect();
        let routes: BTreeSet<String> = crate::api::routes().iter().map(|(path, _)| format!("{}{path}", crate::api::BASE)).collect();
        assert_eq!(described, routes.iter().map(String::as_str).collect());
    }

    #[test]
    fn the_kept_document_is_the_one_served() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ref/openapi.json");
        if std::env::var_os("SIGER_WRITE").is_some() {
            std::fs::write(&file, &*TEXT).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == *TEXT, "docs/ref/openapi.json is not fresh; run this test with SIGER_WRITE=1 and look at what changed");
    }
}
