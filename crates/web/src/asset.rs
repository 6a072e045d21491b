//! What pages load besides themselves: style sheet, scripts, font, icons.
//!
//! `assets/build.mjs` collects them into a folder of files whose names hold the hash of their content. A release build holds
//! that folder (`build.rs`), and another one can be named instead. A program built without it falls back to the style sheet,
//! scripts and drawings of the source: pages then use the fonts of the device, show fewer icons, are not live, and work all the same.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path as UrlPath,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    routing::get,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a page may load and do: only from this office, nothing written into the page itself.
///
/// `data:` is not allowed for anything; the drawing of a code to scan is an element of the page and needs no permission.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Largest single file read from the folder. Font and htmx are under 40 KB; a wrong folder must not fill the memory.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Largest manifest.
const MANIFEST_BYTES_MAX: u64 = 256 * 1024;

/// The part of the style sheet that is the same wherever it is read: order as in `assets/css/order.txt`.
const STYLE_SHEETS: [&str; 5] = [
    include_str!("../../../assets/css/tokens.css"),
    include_str!("../../../assets/css/base.css"),
    include_str!("../../../assets/css/layout.css"),
    include_str!("../../../assets/css/component.css"),
    include_str!("../../../assets/css/print.css"),
];

/// The folder that `assets/build.mjs` wrote, as this program was built with it; empty in a build for development, or where it was not there.
const COLLECTED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/collected.rs"));

const MANIFEST: &str = "manifest.json";

/// Why the folder of assets could not be used.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// A file that the manifest names, or the manifest, cannot be read.
    #[error("asset {path}: cannot be read")]
    Read {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The manifest is not what `build.mjs` of this version writes.
    #[error("asset manifest {path}: not understood; run the build of the assets again")]
    Manifest {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The manifest names a file outside its folder.
    #[error("asset manifest: {name} is not a plain file name")]
    Name {
        /// The name.
        name: String,
    },
    /// A file is larger than any of ours.
    #[error("asset {path}: {bytes} bytes, more than the {FILE_BYTES_MAX} that a page should load")]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
}

#[derive(Deserialize)]
struct Manifest {
    files: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    encodings: Vec<String>,
}

/// One file, ready to send.
#[derive(Debug)]
struct File {
    kind: &'static str,
    etag: HeaderValue,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

/// All files that pages load, in memory.
#[derive(Debug)]
pub struct Assets {
    /// By the name they are served under.
    files: HashMap<String, File>,
    /// From the name that the source uses (`site.css`) to the address (`/assets/site.1f3c.css`).
    urls: HashMap<String, String>,
    /// Names of the symbols in the icon sprite.
    icons: Vec<String>,
}

impl Assets {
    /// Reads the folder that `assets/build.mjs` wrote. `None`, or a folder without `manifest.json`, gives what the program was built with: that folder
    /// as it was then, or [`Assets::builtin`].
    ///
    /// # Errors
    /// When a manifest is there but it or one of its files cannot be used: a half-copied folder is a mistake to be told, not hidden.
    pub fn load(folder: Option<&Path>) -> Result<Self, AssetError> {
        if let Some(folder) = folder.filter(|folder| folder.join(MANIFEST).is_file()) {
            return Self::collected(folder, read);
        }
        if !Self::are_collected() {
            return Ok(Self::builtin());
        }
        Self::collected(Path::new(""), |path, _| {
            let missing = || AssetError::Read { path: path.to_owned(), source: io::ErrorKind::NotFound.into() };
            COLLECTED.iter().find(|(name, _)| Path::new(name) == path).map(|(_, bytes)| Bytes::from_static(bytes)).ok_or_else(missing)
        })
    }

    /// Whether this program was built with the folder that `assets/build.mjs` wrote.
    pub const fn are_collected() -> bool {
        !COLLECTED.is_empty()
    }

    /// What the manifest in a folder names; `read` gives a file of at most so many bytes.
    fn collected(folder: &Path, read: impl Fn(&Path, u64) -> Result<Bytes, AssetError>) -> Result<Self, AssetError> {
        let path = folder.join(MANIFEST);
        let bytes = read(&path, MANIFEST_BYTES_MAX)?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|source| AssetError::Manifest { path, source })?;
        let mut assets = Self::empty();
        for (name, entry) in manifest.files {
            if !is_plain_name(&entry.file) {
                return Err(AssetError::Name { name: entry.file });
            }
            let plain = read(&folder.join(&entry.file), FILE_BYTES_MAX)?;
            let mut encoded = [None, None];
            for (slot, encoding, suffix) in [(0, "gzip", "gz"), (1, "br", "br")] {
                if entry.encodings.iter().any(|it| it == encoding) {
                    encoded[slot] = Some(read(&folder.join(format!("{}.{suffix}", entry.file)), FILE_BYTES_MAX)?);
                }
            }
            let [gzip, brotli] = encoded;
            assets.put(&name, entry.file, plain, gzip, brotli);
        }
        Ok(assets)
    }

    /// What is part of the source: our own style sheet, scripts and drawings; no font, no htmx, the few icons that states need.
    pub fn builtin() -> Self {
        Self::own(|name, bytes| {
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            format!("{stem}.{}.{extension}", hex16(bytes))
        })
    }

    /// The same under names without a hash, for snapshots that must not change with every line of style.
    pub fn unhashed() -> Self {
        let mut assets = Self::own(|name, _| name.to_owned());
        // Snapshots show the page as it is with the folder present.
        assets.urls.insert("htmx.js".to_owned(), "/assets/htmx.js".to_owned());
        assets.icons = include_str!("../../../assets/icons.txt")
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        assets
    }

    fn own(served: impl Fn(&str, &[u8]) -> String) -> Self {
        let mut assets = Self::empty();
        let mut add = |name: &str, content: Vec<u8>| {
            let file = served(name, &content);
            assets.put(name, file.clone(), content.into(), None, None);
            file
        };
        let tapis = add("tapis.svg", include_bytes!("../../../assets/svg/tapis.svg").to_vec());
        add("siger.svg", include_bytes!("../../../assets/svg/siger.svg").to_vec());
        add("icons.svg", include_bytes!("../../../assets/svg/icons.svg").to_vec());
        add("siger.js", include_bytes!("../../../assets/js/siger.js").to_vec());
        add("passkey.js", include_bytes!("../../../assets/js/passkey.js").to_vec());
        add("site.css", STYLE_SHEETS.concat().replace("url(\"tapis.svg\")", &format!("url(\"{tapis}\")")).into_bytes());
        assets
    }

    fn empty() -> Self {
        Self { files: HashMap::new(), urls: HashMap::new(), icons: Vec::new() }
    }

    fn put(&mut self, name: &str, file: String, plain: Bytes, gzip: Option<Bytes>, brotli: Option<Bytes>) {
        if name == "icons.svg" {
            self.icons = symbol_names(&String::from_utf8_lossy(&plain));
        }
        let etag = HeaderValue::from_str(&format!("\"{}\"", hex16(&plain))).unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
        self.urls.insert(name.to_owned(), format!("/assets/{file}"));
        self.files.insert(file, File { kind: media_type(name), etag, plain, gzip, brotli });
    }

    /// The address of a file by the name that the source uses (`site.css`), or `None` when this installation does not have it.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.urls.get(name).map(String::as_str)
    }

    /// The address of a file that is always there (`site.css`, `siger.js`, `passkey.js`, `siger.svg`, `tapis.svg`, `icons.svg`).
    /// For any other name prefer [`Assets::find`]; a name nobody knows gives an address that answers 404.
    pub fn url(&self, name: &str) -> &str {
        self.find(name).unwrap_or("/assets/missing")
    }

    /// Whether the icon sprite has this symbol.
    pub fn has_icon(&self, name: &str) -> bool {
        self.icons.iter().any(|it| it == name)
    }

    /// Answers a request for one file: compressed when the other side takes it, kept for a year (the name changes with the content).
    pub fn serve(&self, file: &str, headers: &HeaderMap) -> Response<Body> {
        let Some(found) = self.files.get(file) else {
            return answer(StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], Body::from("404"));
        };
        let always = [
            (header::ETAG, found.etag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        if headers.get_all(header::IF_NONE_MATCH).iter().any(|value| matches_etag(value, &found.etag)) {
            return answer(StatusCode::NOT_MODIFIED, always, Body::empty());
        }
        let (bytes, encoding) = match (&found.brotli, &found.gzip) {
            (Some(brotli), _) if accepts(headers, "br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts(headers, "gzip") => (gzip, Some("gzip")),
            _ => (&found.plain, None),
        };
        let mut response = answer(StatusCode::OK, always, Body::from(bytes.clone()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(found.kind));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

/// The route `/assets/{file}` for any router.
pub fn router<S: Clone + Send + Sync + 'static>(assets: Arc<Assets>) -> Router<S> {
    Router::new().route(
        "/assets/{file}",
        get(move |UrlPath(file): UrlPath<String>, headers: HeaderMap| {
            let assets = Arc::clone(&assets);
            async move { assets.serve(&file, &headers) }
        }),
    )
}

fn answer<const N: usize>(status: StatusCode, headers: [(header::HeaderName, HeaderValue); N], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}

fn read(path: &Path, bytes_max: u64) -> Result<Bytes, AssetError> {
    let failed = |source| AssetError::Read { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(failed)?.len();
    if bytes > bytes_max {
        return Err(AssetError::TooLarge { path: path.to_owned(), bytes });
    }
    Ok(std::fs::read(path).map_err(failed)?.into())
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Sixteen hex digits of the SHA-256, as `build.mjs` puts them into names.
fn hex16(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn symbol_names(sprite: &str) -> Vec<String> {
    sprite.split("<symbol id=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// RFC 9110 §13.1.2: a list of tags, compared weakly, or `*`.
fn matches_etag(value: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(value), Ok(etag)) = (value.to_str(), etag.to_str()) else { return false };
    value.split(',').map(|tag| tag.trim().trim_start_matches("W/")).any(|tag| tag == "*" || tag == etag)
}

/// RFC 9110 §12.5.3, as far as it decides between sending compressed or not: named and not refused with `q=0`.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding))
            && !parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn the_program_alone_has_what_every_page_needs() {
        let assets = Assets::builtin();
        for name in ["site.css", "siger.js", "passkey.js", "siger.svg", "tapis.svg", "icons.svg"] {
            let url = assets.find(name).unwrap();
            let file = url.strip_prefix("/assets/").unwrap();
            assert_eq!(assets.serve(file, &HeaderMap::new()).status(), StatusCode::OK, "{name}");
            assert_eq!(file.split('.').nth(1).map(str::len), Some(16), "{name} is served under a name with a hash");
        }
        assert!(assets.find("htmx.js").is_none());
        assert!(assets.has_icon("check") && !assets.has_icon("no-such-icon"));
    }

    /// In a release build this reads all that the program was built with, in another what is part of the source.
    #[test]
    fn without_a_folder_the_program_has_what_it_was_built_with() {
        for folder in [None, Some(Path::new("no/such/folder"))] {
            let assets = Assets::load(folder).unwrap();
            for name in ["site.css", "siger.js", "passkey.js", "siger.svg", "tapis.svg", "icons.svg"] {
                assert!(assets.find(name).is_some(), "{name}");
            }
            assert_eq!(assets.find("htmx.js").is_some(), Assets::are_collected());
        }
    }

    #[test]
    fn the_style_sheet_follows_the_order_of_the_build() {
        let order: Vec<&str> = include_str!("../../../assets/css/order.txt").split_whitespace().collect();
        assert_eq!(order, ["tokens.css", "base.css", "layout.css", "component.css", "print.css"]);
    }

    #[test]
    fn a_built_folder_is_served_compressed_and_cached() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [
            ("manifest.json", r#"{"version":1,"files":{"site.css":{"file":"site.0011.css","encodings":["br","gzip"]}}}"#),
            ("site.0011.css", "plain"),
            ("site.0011.css.gz", "gz"),
            ("site.0011.css.br", "br"),
        ] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let assets = Assets::load(Some(folder.path())).unwrap();
        assert_eq!(assets.url("site.css"), "/assets/site.0011.css");
        let encoding = |accept: &str| {
            let response = assets.serve("site.0011.css", &headers(&[(header::ACCEPT_ENCODING, accept)]));
            response.headers().get(header::CONTENT_ENCODING).map(|it| it.to_str().unwrap().to_owned())
        };
        assert_eq!(encoding("gzip, deflate, br").as_deref(), Some("br"));
        assert_eq!(encoding("gzip;q=0.5").as_deref(), Some("gzip"));
        assert_eq!(encoding("br;q=0, identity"), None);
        assert_eq!(encoding("*"), None);
        let first = assets.serve("site.0011.css", &HeaderMap::new());
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(first.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let etag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        for tag in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            assert_eq!(assets.serve("site.0011.css", &headers(&[(header::IF_NONE_MATCH, &tag)])).status(), StatusCode::NOT_MODIFIED, "{tag}");
        }
        assert_eq!(assets.serve("site.0011.css", &headers(&[(header::IF_NONE_MATCH, "\"other\"")])).status(), StatusCode::OK);
        assert_eq!(assets.serve("../secret", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_half_copied_or_strange_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |manifest: &str| {
            std::fs::write(folder.path().join("manifest.json"), manifest).unwrap();
            Assets::load(Some(folder.path())).unwrap_err()
        };
        assert!(matches!(refused(r#"{"files":{"a.css":{"file":"a.1.css","encodings":[]}}}"#), AssetError::Read { .. }));
        assert!(matches!(refused(r#"{"files":{"a.css":{"file":"../a.css","encodings":[]}}}"#), AssetError::Name { .. }));
        assert!(matches!(refused("{"), AssetError::Manifest { .. }));
    }
}
