//! That the page is whole: what its files ask for is there, and is sent as it should be.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::Path;

use super::*;

fn text(path: &str) -> &'static str {
    let found = asset(path).unwrap_or_else(|| panic!("{path} is missing"));
    std::str::from_utf8(&found.asset.bytes).unwrap()
}

/// What stands between `before` and the next quotation mark, wherever it does.
fn named(text: &'static str, before: &str) -> Vec<&'static str> {
    let quote = before.chars().last().unwrap();
    text.split(before).skip(1).filter_map(|rest| rest.split(quote).next()).collect()
}

/// A path beside another one.
fn beside(path: &str, other: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in other.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn every_file_that_is_asked_for_is_there_and_no_other() {
    let mut asked = BTreeSet::from(["/".to_owned()]);
    for attribute in ["href=\"", "src=\""] {
        // Relative, as a proxy may put the page below a path of its own.
        assert!(
            named(text("/"), attribute).iter().all(|path| !path.starts_with('/')),
            "{attribute}"
        );
        let paths =
            named(text("/"), attribute).into_iter().filter(|path| path.starts_with("page/"));
        let below = format!("page/{}/", ASSETS.content);
        asked.extend(paths.map(|path| format!("/page/{}", path.strip_prefix(&below).unwrap())));
    }
    loop {
        let modules: Vec<String> =
            asked.iter().filter(|path| path.ends_with(".js")).cloned().collect();
        let imported = modules.iter().flat_map(|path| {
            let names = named(text(path), "from '").into_iter();
            names.map(|name| beside(path, name)).collect::<Vec<_>>()
        });
        let before = asked.len();
        asked.extend(imported.collect::<Vec<_>>());
        if asked.len() == before {
            break;
        }
    }
    let there: BTreeSet<String> = ASSETS.files.keys().map(|path| (*path).to_owned()).collect();
    assert_eq!(asked, there);
}

#[test]
fn no_script_asks_for_what_is_at_the_root_of_its_host() {
    for (path, asset) in ASSETS.files.iter().filter(|(path, _)| path.ends_with(".js")) {
        let text = std::str::from_utf8(&asset.bytes).unwrap();
        for quote in ['\'', '"', '`'] {
            for at in ["/api/", "/page/", "/metrics", "/healthz"] {
                assert!(!text.contains(&format!("{quote}{at}")), "{path}: {quote}{at}");
            }
        }
    }
}

#[test]
fn every_file_of_the_folder_is_part_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets");
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            let served =
                if name == "index.html" { "/".to_owned() } else { format!("/page/{name}") };
            let written = fs::read(&path).unwrap();
            let sent =
                if served == "/" { naming(&written, &ASSETS.content) } else { written.into() };
            assert_eq!(sent, text(&served));
        }
    }
}

#[test]
fn no_path_leads_elsewhere() {
    for path in [
        "",
        "/page/",
        "/page",
        "/page/../page/main.js",
        "/page//main.js",
        "/index.html",
        "/page/main.js/",
        "/page/0123456789abcdef/",
        "/page/0123456789abcdef/index.html",
        "/page/0123456789abcde/main.js",
        "/page/0123456789abcdeg/main.js",
        "/page/0123456789abcdef/0123456789abcdef/main.js",
        "/page/0123456789abcdef//page/main.js",
    ] {
        assert_eq!(asset(path), None, "{path}");
    }
}

#[test]
fn a_file_is_sent_with_its_type_its_tag_and_the_policy() {
    for (path, kind) in
        [("/", "text/html"), ("/page/main.js", "text/javascript"), ("/page/report.css", "text/css")]
    {
        let headers = asset(path).unwrap().answer(&HeaderMap::new()).0;
        assert!(headers[CONTENT_TYPE].to_str().unwrap().starts_with(kind), "{path}");
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}

#[test]
fn a_file_that_is_known_is_not_sent_again() {
    let (page, script) = (asset("/").unwrap().asset, asset("/page/main.js").unwrap().asset);
    let asks =
        |tags: &str| HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(tags).unwrap())]);
    let quoted = |asset: &Asset| format!("\"{}\"", asset.etag);
    assert!(page.is_known(&asks(&quoted(page))));
    assert!(page.is_known(&asks(&format!("\"{}-gzip\"", page.etag))));
    assert!(page.is_known(&asks(&format!("\"other\", W/{}", quoted(page)))));
    assert!(page.is_known(&asks("*")));
    assert!(!page.is_known(&asks(&quoted(script))));
    assert!(!page.is_known(&HeaderMap::new()));
    let (headers, bytes) = asset("/").unwrap().answer(&asks(&quoted(page)));
    assert_eq!((bytes, headers.get(CONTENT_ENCODING)), (None, None));
}

#[test]
fn who_takes_gzip_gets_the_same_compressed() {
    let asks = |codings: &str| {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_str(codings).unwrap())])
    };
    let (mut whole, mut sent) = (0, 0);
    for path in ASSETS.files.keys() {
        let found = asset(path).unwrap();
        let (plain, bytes) = found.answer(&asks("br, gzip;q=0, identity"));
        assert!(!plain.contains_key(CONTENT_ENCODING));
        let bytes = bytes.unwrap();
        let (headers, zipped) = found.answer(&asks("deflate, GZIP;q=0.5, br"));
        let zipped = zipped.unwrap();
        assert_eq!(headers[CONTENT_ENCODING], "gzip");
        assert_eq!(headers[VARY], "accept-encoding");
        assert_ne!(headers[ETAG], plain[ETAG]);
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(&zipped[..]).read_to_end(&mut back).unwrap();
        assert_eq!(back, bytes, "{path}");
        (whole, sent) = (whole + bytes.len(), sent + zipped.len());
    }
    assert!(sent * 5 < whole * 2, "{sent} of {whole} bytes");
}

#[test]
fn a_path_that_names_what_is_in_it_is_asked_for_once() {
    let cached =
        |path: &str| asset(path).unwrap().answer(&HeaderMap::new()).0[CACHE_CONTROL].clone();
    let lasting = format!("/page/{}/views/fleet.js", ASSETS.content);
    assert_eq!(cached(&lasting), "private, max-age=31536000, immutable");
    assert_eq!(asset(&lasting).unwrap().asset, asset("/page/views/fleet.js").unwrap().asset);
    // What another judder's page asks for is what there is now, but only for now.
    for path in ["/", "/page/views/fleet.js", "/page/0123456789abcdef/views/fleet.js"] {
        assert_eq!(cached(path), "no-cache", "{path}");
    }
}

/// The policy forbids both, so they would do nothing.
#[test]
fn the_page_has_no_script_and_no_style_of_its_own() {
    let page = text("/");
    assert!(!page.contains("style=") && !page.contains("<style"));
    assert!(
        named(page, "<script ")
            .iter()
            .all(|tag| tag.contains("src=") || tag.contains("application/json"))
    );
}
