//! Pushes to a real registry, and to what may be wrong with one.

use std::{
    net::SocketAddr,
    sync::Mutex,
    time::{Duration, Instant},
};

use ops::images::{Blob, Credentials, Image, Progress, PushError, push};

use crate::{
    faults::{Fault, Proxy},
    registry::{Registry, protected, repository},
    support::{images, noise},
};

const MEGABYTE: usize = 1_000_000;

struct Example {
    image: Image,
    _folder: tempfile::TempDir,
}

/// An image with a layer of about `size` bytes.
fn example(size: usize) -> Example {
    let folder = tempfile::tempdir().unwrap();
    let image = images(folder.path(), &noise(7, size), "<title>Mangoo</title>").backend;
    Example { image, _folder: folder }
}

/// What a progress bar would show.
#[derive(Default)]
struct Seen(Mutex<Vec<(String, u64)>>);

impl Progress for Seen {
    fn say(&self, _step: &str) {}

    fn sent(&self, blob: &Blob, sent: u64) {
        self.0.lock().unwrap().push((blob.digest.clone(), sent));
    }
}

#[tokio::test]
async fn a_pushed_image_is_found_by_others_and_pushed_once() {
    let Some(registry) = Registry::start() else { return };
    let Example { image, _folder } = example(3 * MEGABYTE);
    let mut to = protected(registry.address);
    let seen = Seen::default();

    let pushed = push(&image, &to, &seen).await.unwrap();

    assert_eq!(pushed.digest, image.digest());
    // The manifest goes twice: for its digest, and for the tag.
    assert_eq!(pushed.bytes, image.size() + image.manifest.size);
    let found = registry.inspect("mangoo/backend:v1");
    assert_eq!((&found["Digest"], &found["Architecture"]), (&image.digest().into(), &"amd64".into()));
    let layers: Vec<_> = image.layers.iter().map(|layer| layer.digest.clone()).collect();
    assert_eq!(found["Layers"], serde_json::to_value(layers).unwrap());
    assert_eq!(registry.inspect(&format!("mangoo/backend@{}", image.digest()))["Digest"], image.digest());
    let seen = seen.0.into_inner().unwrap();
    for blob in image.blobs() {
        let steps: Vec<u64> = seen.iter().filter(|(digest, _)| *digest == blob.digest).map(|seen| seen.1).collect();
        assert!(steps.is_sorted() && steps.last() == Some(&blob.size), "{steps:?} of {}", blob.size);
    }
    assert!(seen.len() > 20, "progress is seen while a layer goes out: {}", seen.len());

    let again = push(&image, &to, &()).await.unwrap();
    assert_eq!((again.digest.as_str(), again.bytes), (image.digest(), 0));
    to.tag = None;
    assert_eq!(push(&image, &to, &()).await.unwrap().bytes, 0);
    // Another tag is a name more for what is there.
    to.tag = Some("v2".to_owned());
    assert_eq!(push(&image, &to, &()).await.unwrap().bytes, image.manifest.size);
    assert_eq!(registry.inspect("mangoo/backend:v2")["Digest"], image.digest());
}

#[tokio::test]
async fn only_the_layer_that_changed_is_sent() {
    let Some(registry) = Registry::start() else { return };
    let to = protected(registry.address);
    let folder = tempfile::tempdir().unwrap();
    let before = images(folder.path(), &noise(7, MEGABYTE), "<title>Mangoo</title>");
    push(&before.frontend, &to, &()).await.unwrap();
    let after = images(folder.path(), &noise(7, MEGABYTE), "<title>Mangaa</title>").frontend;
    let pushed = push(&after, &to, &()).await.unwrap();
    assert_eq!(pushed.bytes, after.layers[2].size + after.config.size + 2 * after.manifest.size);
}

#[tokio::test]
async fn wrong_credentials_are_named() {
    let Some(registry) = Registry::start() else { return };
    let Example { image, _folder } = example(1000);
    let mut to = protected(registry.address);
    to.credentials = Credentials::Basic { user: "mango".to_owned(), password: "guessed".to_owned() };
    let error = push(&image, &to, &()).await.unwrap_err();
    assert!(matches!(error, PushError::Unauthorized { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("does not accept the credentials of `mango`") && !text.contains("guessed"), "{text}");
    to.credentials = Credentials::Anonymous;
    let error = push(&image, &to, &()).await.unwrap_err();
    assert!(error.to_string().contains("does not accept a push without credentials"), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_in_mid_layer_is_made_again() {
    let Some(registry) = Registry::start() else { return };
    let Example { image, _folder } = example(3 * MEGABYTE);
    // Whatever else goes over it: no connection of these carries the layer.
    let proxy = Proxy::start(registry.address, |number| match number {
        0..6 => Fault::Cut { after: MEGABYTE },
        _ => Fault::None,
    });
    let proxy = proxy.await;
    let mut to = protected(proxy.address);
    to.patience.tries = 10;
    let pushed = push(&image, &to, &()).await.unwrap();
    assert!(pushed.bytes > image.size() + image.manifest.size, "what was sent in vain is counted");
    assert_eq!(registry.inspect("mangoo/backend:v1")["Digest"], image.digest());
}

#[tokio::test]
async fn a_slow_registry_gets_the_time_it_needs() {
    let Some(registry) = Registry::start() else { return };
    let Example { image, _folder } = example(24 * MEGABYTE);
    let proxy = Proxy::start(registry.address, |_| Fault::Trickle { bytes: MEGABYTE }).await;
    let mut to = protected(proxy.address);
    // What the system's buffers take (some megabytes) is out of sight: it has to arrive within this.
    to.patience.stall = Duration::from_millis(1500);
    to.patience.tries = 1;
    let began = Instant::now();
    push(&image, &to, &()).await.unwrap();
    assert!(began.elapsed() > to.patience.stall, "it was not slow: {:?}", began.elapsed());
}

#[tokio::test]
async fn a_registry_that_never_answers_is_given_up() {
    let Example { image, _folder } = example(1000);
    let proxy = Proxy::alone(|_| Fault::Stall).await;
    let mut to = repository(proxy.address);
    to.patience.stall = Duration::from_millis(50);
    to.patience.tries = 2;
    let error = push(&image, &to, &()).await.unwrap_err();
    assert!(matches!(error, PushError::Stalled { tries: 2, .. }), "{error:?}");
}

const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\nconnection: close\r\n\r\nlater";

#[tokio::test]
async fn errors_that_pass_are_waited_for() {
    let Some(registry) = Registry::start() else { return };
    let Example { image, _folder } = example(1000);
    let proxy = Proxy::start(registry.address, |number| match number {
        0..3 => Fault::Answer(|_| Some(UNAVAILABLE)),
        3 => {
            Fault::Answer(|_| Some("HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
        }
        _ => Fault::None,
    });
    let proxy = proxy.await;
    push(&image, &protected(proxy.address), &()).await.unwrap();
    assert_eq!(registry.inspect("mangoo/backend:v1")["Digest"], image.digest());
}

#[tokio::test]
async fn errors_that_stay_are_named() {
    let Example { image, _folder } = example(1000);
    let push_to = async |address: SocketAddr| {
        let mut to = repository(address);
        to.patience.tries = 3;
        push(&image, &to, &()).await.unwrap_err()
    };
    let proxy = Proxy::alone(|_| Fault::Answer(|_| Some(UNAVAILABLE))).await;
    let error = push_to(proxy.address).await;
    assert!(matches!(error, PushError::Failing { tries: 3, .. }), "{error:?}");
    assert!(error.to_string().contains("HTTP 503 later"), "{error}");

    // Nobody listens there.
    let error = push_to(([127, 0, 0, 1], 1).into()).await;
    assert!(matches!(error, PushError::Unreachable { tries: 3, .. }), "{error:?}");

    let proxy = Proxy::alone(|_| {
        Fault::Answer(|_| {
            Some(
                "HTTP/1.1 403 Forbidden\r\ncontent-length: 60\r\n\r\n\
                 {\"errors\":[{\"code\":\"DENIED\",\"message\":\"User may not push\"}]}",
            )
        })
    });
    let proxy = proxy.await;
    let error = push_to(proxy.address).await;
    assert!(matches!(error, PushError::Denied { .. }), "{error:?}");
}

/// As Amazon ECR answers about a repository that does not exist.
fn no_repository(line: &str) -> &'static str {
    if line.starts_with("HEAD") {
        "HTTP/1.1 404 Not Found\r\ncontent-length: 70\r\n\r\n"
    } else if line.starts_with("GET /v2/ ") {
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    } else {
        "HTTP/1.1 404 Not Found\r\ncontent-length: 70\r\n\r\n\
         {\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"There is no such name\"}]}"
    }
}

#[tokio::test]
async fn a_missing_repository_is_named_however_the_registry_says_it() {
    let Example { image, _folder } = example(1000);
    let answered = Proxy::alone(|_| Fault::Answer(|line| Some(no_repository(line)))).await;
    let broken = Proxy::alone(|_| Fault::Answer(|line| (!line.starts_with("POST")).then(|| no_repository(line)))).await;
    for proxy in [answered, broken] {
        let error = push(&image, &repository(proxy.address), &()).await.unwrap_err();
        assert!(matches!(error, PushError::NoRepository { .. }), "{error:?}");
        assert!(error.to_string().contains("Create it first"), "{error}");
    }
}
