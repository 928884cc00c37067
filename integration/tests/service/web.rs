//! Documents of the web: pages, sitemaps, and what a site may try.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    documents::read,
    support::{Platform, User, problem},
};

type Answer = dyn Fn(&str, &str) -> Response + Send + Sync;

/// A site that answers by path and its own address. It stands on a loopback address that the
/// platform of these tests may ask, while 127.0.0.1 is as private as ever.
async fn site(answer: impl Fn(&str, &str) -> Response + Send + Sync + 'static) -> String {
    serve("127.0.0.2:0", Arc::new(answer)).await
}

async fn serve(listen: &str, answer: Arc<Answer>) -> String {
    let listener = TcpListener::bind(listen).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let own = address.clone();
    let router = Router::new().fallback(move |uri: Uri| async move { answer(&uri.to_string(), &own) });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn platform() -> Platform {
    Platform::start_with(|config| {
        config.documents.web_private_networks = vec!["127.0.0.2/32".parse().unwrap()];
        config.documents.web_timeout = Duration::from_secs(2);
        config.documents.document_max_bytes = 100_000;
    })
    .await
}

fn html(body: &str) -> Response {
    ([(header::CONTENT_TYPE, "text/html")], format!("<!doctype html><title>A</title>{body}")).into_response()
}

fn to(place: impl AsRef<str>) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, place.as_ref())]).into_response()
}

fn none() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

async fn base(platform: &Platform, user: &User) -> String {
    platform.post(user, "/knowledge-bases", &json!({ "name": "Web" })).await["id"].as_str().unwrap().to_owned()
}

/// What becomes of an address.
async fn add(platform: &Platform, user: &User, base: &str, url: &str) -> Value {
    let document = platform.post(user, &format!("/knowledge-bases/{base}/addresses"), &json!({ "url": url })).await;
    assert_eq!((&document["url"], &document["status"]), (&json!(url), &json!("queued")));
    read(platform, user, document["id"].as_str().unwrap()).await
}

async fn failure(platform: &Platform, user: &User, base: &str, url: &str) -> String {
    let document = add(platform, user, base, url).await;
    assert_eq!(document["status"], "failed", "{document}");
    document["error"]["code"].as_str().unwrap().to_owned()
}

async fn search(platform: &Platform, user: &User, base: &str, query: &str) -> Value {
    let body = json!({ "knowledge_base_id": base, "query": query, "filter": { "source_types": ["web"] } });
    platform.post(user, "/knowledge/search", &body).await["results"].clone()
}

async fn documents(platform: &Platform, user: &User, base: &str) -> Vec<Value> {
    let page = platform.get(user, &format!("/knowledge-bases/{base}/documents")).await;
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_page_is_read_and_replaced_when_it_is_added_again() {
    let platform = platform().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let site = site(move |path, _| match path {
        "/old" => to("/notes?page=2#top"),
        "/notes?page=2" if count.fetch_add(1, Ordering::Relaxed) == 0 => {
            html("<nav>Menu</nav><main><h1>Opening hours</h1><p>We open at nine.</p></main>")
        }
        "/notes?page=2" => html("<h1>Opening hours</h1><p>We open at ten.</p>"),
        _ => none(),
    })
    .await;
    let url = format!("{site}/old");

    let first = add(&platform, &user, &base, &url).await;

    assert_eq!((&first["status"], &first["kind"], &first["name"]), (&json!("ready"), &json!("html"), &json!(url)));
    assert!(first["size"].as_i64().unwrap() > 50, "{first}");
    let found = search(&platform, &user, &base, "opening hours").await;
    let [found] = found.as_array().unwrap().as_slice() else { panic!("{found}") };
    assert!(found["text"].as_str().unwrap().contains("at nine"));
    assert_eq!((&found["source_type"], &found["source_uri"]), (&json!("web"), &json!(url)));
    assert_eq!(found["headings"], json!(["Opening hours"]));

    let second = add(&platform, &user, &base, &url).await;
    assert_eq!(second["status"], "ready");
    let found = search(&platform, &user, &base, "opening hours").await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert!(found[0]["text"].as_str().unwrap().contains("at ten"));
    assert_eq!(documents(&platform, &user, &base).await.len(), 1);
}

#[tokio::test]
async fn a_sitemap_brings_its_pages() {
    let platform = platform().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let site = site(|path, own| match path {
        // Names itself and the other, which names it back.
        "/sitemap.xml" => format!(
            "<?xml version='1.0'?>\n<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
             <sitemap><loc>{own}/sitemap.xml</loc></sitemap><sitemap><loc> {own}/parts.xml.gz </loc></sitemap>\
             </sitemapindex>"
        )
        .into_response(),
        "/parts.xml.gz" => {
            let pages: Vec<String> = (0..30).map(|page| format!("<url><loc>{own}/page/{page}</loc></url>")).collect();
            let xml = format!(
                "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}<url><loc>{own}/missing</loc></url>\
                 <url><loc>https://example.com/of-others</loc></url><url><loc>{own}/sitemap.xml</loc></url></urlset>",
                pages.concat()
            );
            gzip(xml.as_bytes()).into_response()
        }
        path => match path.strip_prefix("/page/") {
            Some(page) => html(&format!("<h1>Page {page}</h1><p>The code of page {page} is ZX-{page}.</p>")),
            None => none(),
        },
    })
    .await;

    let index = add(&platform, &user, &base, &format!("{site}/sitemap.xml")).await;

    assert_eq!((&index["status"], &index["kind"], &index["pages"]), (&json!("ready"), &json!("sitemap"), &json!(1)));
    let all = loop {
        let all = platform.get(&user, &format!("/knowledge-bases/{base}/documents?limit=200")).await["items"].clone();
        let all = all.as_array().unwrap().clone();
        let is_read = |document: &Value| document["status"] == "ready" || document["status"] == "failed";
        // The index, its part, its pages, and the one that is missing.
        if all.len() == 33 && all.iter().all(is_read) {
            break all;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let failed: Vec<&Value> = all.iter().filter(|document| document["status"] == "failed").collect();
    let [failed] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!((&failed["name"], &failed["error"]["code"]), (&json!(format!("{site}/missing")), &json!("not_found")));
    let part = all.iter().find(|document| document["name"] == format!("{site}/parts.xml.gz")).unwrap();
    assert_eq!((&part["pages"], &part["error"]["code"]), (&json!(31), &json!("addresses_left_out")));
    let found = search(&platform, &user, &base, "ZX-17").await;
    assert_eq!(found[0]["source_uri"], format!("{site}/page/17"));
    let text = platform.get(&user, &format!("/documents/{}/text", part["id"].as_str().unwrap())).await;
    assert!(text["text"].as_str().unwrap().contains("/page/29"));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[tokio::test]
async fn no_address_leads_to_what_is_not_public() {
    let platform = platform().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let hits = Arc::new(AtomicUsize::new(0));
    let count = hits.clone();
    // What stands beside the platform, and must not be asked.
    let secret = serve(
        "127.0.0.1:0",
        Arc::new(move |_, _| {
            count.fetch_add(1, Ordering::Relaxed);
            html("<p>The password is mango.</p>")
        }),
    )
    .await;
    let port: u16 = secret.rsplit_once(':').unwrap().1.parse().unwrap();
    let refused = [
        secret.clone(),
        format!("http://2130706433:{port}"),
        format!("http://[::1]:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://0.0.0.0:{port}"),
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/".to_owned(),
        "http://169.254.170.2/v2/credentials".to_owned(),
        "http://[fd00:ec2::254]/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://127.0.0.2:22/".to_owned(),
        "http://user:password@127.0.0.2:8080/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.2/".to_owned(),
        "javascript:alert(1)".to_owned(),
        "example.com".to_owned(),
    ];
    for url in refused {
        let path = format!("/knowledge-bases/{base}/addresses");
        let answer = platform.call(&user, Method::POST, &path).json(&json!({ "url": url })).send().await.unwrap();
        let problem = problem(answer, 400).await;
        assert!(problem["detail"].as_str().unwrap().contains("public web"), "{url}: {problem}");
    }

    // By a name, at once and after a redirect; by a redirect to each way of writing an address.
    let places = [
        format!("http://localhost:{port}/"),
        format!("{secret}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://[::ffff:7f00:1]:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.2:70/".to_owned(),
    ];
    let targets = places.clone();
    let site = site(move |path, _| match path.strip_prefix("/to/") {
        Some(number) => to(&targets[number.parse::<usize>().unwrap()]),
        // So that its rules are asked for elsewhere.
        None if path == "/robots.txt" => none(),
        None => to("/to/0"),
    })
    .await;
    let rules_elsewhere = {
        let secret = secret.clone();
        self::site(move |path, _| if path == "/robots.txt" { to(&secret) } else { html("<p>Hello.</p>") }).await
    };
    let mut urls = vec![places[0].clone(), format!("{site}/over/two"), format!("{rules_elsewhere}/page")];
    urls.extend((0..places.len()).map(|number| format!("{site}/to/{number}")));
    for url in urls {
        assert_eq!(failure(&platform, &user, &base, &url).await, "address_not_public", "{url}");
    }
    assert_eq!(hits.load(Ordering::Relaxed), 0, "a private address was asked");
}

#[tokio::test]
async fn what_a_site_does_ends_in_a_reason() {
    let platform = platform().await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let busy = Arc::new(AtomicUsize::new(0));
    let mut bomb = b"<urlset>".to_vec();
    bomb.resize(60 * 1024 * 1024, b' ');
    let bomb = gzip(&bomb);
    let site = site(move |path, own| match path {
        "/robots.txt" => "User-agent: *\nDisallow: /\n\nUser-agent: Mangoo\nDisallow: /private/".into_response(),
        "/private/page" => html("<p>Not for programs.</p>"),
        "/round" => to("/and-round"),
        "/and-round" => to("/round"),
        "/nowhere" => StatusCode::FOUND.into_response(),
        "/to-private" => to(format!("{own}/private/page")),
        "/endless" => {
            let piece = Ok::<_, std::io::Error>(Bytes::from_static(&[b'a'; 10_000]));
            Body::from_stream(stream::repeat_with(move || piece.as_ref().map(Bytes::clone).map_err(|_| unreachable!())))
                .into_response()
        }
        "/drops" => Body::from_stream(stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b"a")), ()))
        }))
        .into_response(),
        "/sign-in" => StatusCode::UNAUTHORIZED.into_response(),
        "/broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "/busy" if busy.fetch_add(1, Ordering::Relaxed) == 0 => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "0")]).into_response()
        }
        "/busy" => html("<p>Thank you for waiting.</p>"),
        "/image" => Bytes::from_static(b"\x89PNG\r\n\x1a\n0000").into_response(),
        "/empty" => ().into_response(),
        "/bomb.xml.gz" => bomb.clone().into_response(),
        "/laughs.xml" => "<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><urlset><url>\
                          <loc>&b;</loc></url></urlset>"
            .into_response(),
        "/others.xml" => "<urlset><url><loc>https://example.com/</loc></url></urlset>".into_response(),
        _ => none(),
    })
    .await;
    let closed = {
        let listener = TcpListener::bind("127.0.0.2:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let expected = [
        ("/private/page", "robots"),
        ("/to-private", "robots"),
        ("/round", "redirects"),
        ("/nowhere", "redirects"),
        ("/endless", "too_large"),
        ("/drops", "site_failed"),
        ("/sign-in", "not_found"),
        ("/missing", "not_found"),
        ("/broken", "site_failed"),
        ("/image", "unsupported_type"),
        ("/empty", "no_text"),
        ("/bomb.xml.gz", "too_large"),
        ("/laughs.xml", "damaged"),
        ("/others.xml", "no_text"),
    ];
    let failures = expected.map(|(path, code)| {
        let url = format!("{site}{path}");
        let (platform, user, base) = (&platform, &user, &base);
        async move { assert_eq!(failure(platform, user, base, &url).await, code, "{path}") }
    });
    futures_util::future::join_all(failures).await;
    assert_eq!(failure(&platform, &user, &base, &closed).await, "site_failed");
    assert_eq!(add(&platform, &user, &base, &format!("{site}/busy")).await["status"], "ready");
    assert_eq!(documents(&platform, &user, &base).await.len(), expected.len() + 2);

    // A site whose rules can't be read may have any.
    let unruly = self::site(|path, _| match path {
        "/robots.txt" => StatusCode::BAD_GATEWAY.into_response(),
        _ => html("<p>Hello.</p>"),
    })
    .await;
    assert_eq!(failure(&platform, &user, &base, &format!("{unruly}/")).await, "site_failed");
}

#[tokio::test]
async fn a_sitemap_does_not_overfill_a_knowledge_base() {
    let platform = Platform::start_with(|config| {
        config.documents.web_private_networks = vec!["127.0.0.2/32".parse().unwrap()];
        config.documents.documents_max = 3;
    })
    .await;
    let user = platform.user();
    let base = base(&platform, &user).await;
    let site = site(|path, own| match path {
        "/sitemap.xml" => {
            let pages: Vec<String> = (0..5).map(|page| format!("<url><loc>{own}/{page}</loc></url>")).collect();
            format!("<urlset>{}</urlset>", pages.concat()).into_response()
        }
        "/robots.txt" => none(),
        path => html(&format!("<p>{path}</p>")),
    })
    .await;

    let sitemap = add(&platform, &user, &base, &format!("{site}/sitemap.xml")).await;

    assert_eq!((&sitemap["status"], &sitemap["pages"]), (&json!("ready"), &json!(2)));
    assert_eq!(sitemap["error"]["code"], "addresses_left_out");
    assert!(sitemap["error"]["detail"].as_str().unwrap().contains("full"), "{sitemap}");
    assert_eq!(documents(&platform, &user, &base).await.len(), 3);
}
