//! From an empty account to a streaming chat, and back: `mangoo-ops` itself against an AWS on this
//! machine, with the real images in real containers. It builds a release and needs Docker:
//! `just test-e2e`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod aws;
mod cli;
mod images;
mod streams;
mod user;

use std::time::Instant;

use integration::bedrock::{Bedrock, Options};
use ops::images::{Architecture, Builder};
use serde_json::json;

use crate::{aws::Aws, cli::Cli, images::with_config, streams::Streams, user::User};

/// Exit codes of `mangoo-ops`, as its help has them.
const ROLLED_BACK: i32 = 10;
/// Streams that run while a version takes over from another.
const STREAMS: usize = 100;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it builds a release and needs Docker: `just test-e2e` runs it"]
async fn from_nothing_to_a_chat_and_back() {
    let started = Instant::now();
    let native = Architecture::native().unwrap();
    let built = ops::images::build(&ops::workspace(), native, Builder::Cargo, &()).await.unwrap();
    eprintln!("the images are built after {:.0?}", started.elapsed());
    for (name, image) in built.named() {
        assert!(image.size() <= 30_000_000, "the {name} has {} bytes", image.size());
    }

    let started = Instant::now();
    let aws = Aws::start().await;
    let options = Options { pace: streams::PACE, tokens: Some(streams::TOKENS) };
    let bedrock = Bedrock::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
    let bedrock_port = bedrock.url().rsplit(':').next().unwrap().parse().unwrap();
    aws.forward(bedrock_port).await;
    let cli = Cli::new(&aws, &aws.settings(native, bedrock_port).await);
    eprintln!("the account is there after {:.1?}", started.elapsed());

    // From nothing, killed on the way, to a platform that answers.
    cli.kill_at(&["deploy", "--yes", "--skip-smoke"], "==> infrastructure").await;
    let deployed = cli.run(&["deploy", "--yes", "--skip-smoke"]).await;
    assert_eq!(deployed.code, 0, "{deployed}");
    assert!(deployed.text.contains("the database is up to date"), "{deployed}");
    let outputs = cli.outputs().await;
    let address = aws.load_balancer(&outputs);
    let smoke = cli.run(&["smoke", "--silence", "20", "--address", &address]).await;
    assert_eq!(smoke.code, 0, "{smoke}");
    for check in ["an answer streams", "a broken stream goes on", "events come one by one", "all is deleted again"] {
        assert!(smoke.text.contains(&format!("done      {check}")), "{check}: {smoke}");
    }
    let user = User::sign_in(&aws, &address, &outputs).await;
    user.has_read(&aws, "Visitors park behind the main building.").await;
    eprintln!("it serves, and reads documents, after {:.1?}", started.elapsed());

    // Nothing has changed: nothing happens.
    let again = cli.run(&["deploy", "--yes", "--skip-smoke"]).await;
    assert_eq!(again.code, 0, "{again}");
    assert_eq!(again.text.matches("nothing changes").count(), 3, "{again}");
    let diff = cli.run(&["diff"]).await;
    assert_eq!(diff.code, 0, "{diff}");

    // A new version, under load.
    let streams = Streams::start(&user, STREAMS).await;
    let new = with_config(&built.backend, |config| config["config"]["Labels"] = json!({ "version": "2" }));
    let first = aws.push("mangoo-e2e/backend", &built.backend).await;
    let new = aws.push("mangoo-e2e/backend", &new).await;
    let frontend = aws.push("mangoo-e2e/frontend", &built.frontend).await;
    let update = |backend: &str, frontend: &str| {
        let options =
            ["deploy", "--yes", "--address", &address, "--backend-image", backend, "--frontend-image", frontend];
        options.map(str::to_owned)
    };
    let updated = cli.run(&update(&new, &frontend)).await;
    assert_eq!(updated.code, 0, "{updated}");
    assert!(!updated.text.contains("not marked as served"), "{updated}");
    let ended = streams.finish().await;
    assert!(ended.broken.is_empty(), "of {} answers {} broke: {:?}", ended.whole, ended.broken.len(), ended.broken);
    assert!(ended.whole >= STREAMS, "{} answers", ended.whole);
    assert!(cli.run(&["status"]).await.text.contains(&new));
    eprintln!("{} answers streamed across an update; {:.1?}", ended.whole, started.elapsed());

    // A version that can't start: ECS goes back, and the first lines say why.
    let broken = with_config(&built.backend, |config| {
        config["config"]["Env"].as_array_mut().unwrap().push("BEDROCK_MAX_ATTEMPTS=many".into());
    });
    let broken = aws.push("mangoo-e2e/backend", &broken).await;
    let failed = cli.run(&update(&broken, &frontend)).await;
    assert_eq!(failed.code, ROLLED_BACK, "{failed}");
    let first_lines: Vec<_> = failed.text.lines().skip_while(|line| !line.starts_with("error:")).take(5).collect();
    assert!(first_lines.join("\n").contains("BEDROCK_MAX_ATTEMPTS"), "{failed}");
    let smoke = cli.run(&["smoke", "--silence", "1", "--address", &address]).await;
    assert_eq!(smoke.code, 0, "the version before serves on: {smoke}");
    eprintln!("a broken version was turned away; {:.1?}", started.elapsed());

    // Back to what served before the broken one, then to what served before that.
    for image in [&new, &first] {
        let back = cli.run(&["rollback", "--yes", "--skip-smoke"]).await;
        assert_eq!(back.code, 0, "{back}");
        let status = cli.run(&["status"]).await;
        assert!(status.text.contains(image.as_str()), "{image}: {status}");
    }
    eprintln!("back at the first version; {:.1?}", started.elapsed());

    let destroyed = cli.run(&["destroy", "--confirm", "mangoo-e2e"]).await;
    assert_eq!(destroyed.code, 0, "{destroyed}");
    aws.assert_empty().await;
    eprintln!("all is gone after {:.1?}", started.elapsed());
}
