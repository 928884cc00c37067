//! `mangoo-ops init`, `synth` and `cost`, as programs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder of its own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mangoo-ops"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("MANGOO_ENVIRONMENT")
        .env_remove("MANGOO_CONFIG")
        // Nobody's account.
        .env("HOME", folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_ACCESS_KEY_ID")
        .output()
        .expect("it runs")
}

fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

fn fail(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr).expect("it is text")
}

#[test]
fn what_init_writes_can_be_synthesised() {
    let folder = folder("init");
    assert!(succeed(&folder, &["init"]).contains("mangoo.toml"));
    let text = succeed(&folder, &["synth", "-e", "dev"]);
    let template: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(template["Resources"]["Database"]["Type"], "AWS::RDS::DBCluster");
    let base = succeed(&folder, &["synth", "-e", "dev", "--base"]);
    let base: serde_json::Value = serde_json::from_str(&base).expect("it is JSON");
    assert_eq!(base["Resources"]["BackendRepository"]["Type"], "AWS::ECR::Repository");

    let path = succeed(&folder, &["synth", "-e", "prod", "--format", "yaml", "--out", "build"]);
    assert_eq!(path, "build/mangoo-prod.yaml\n");
    let yaml = fs::read_to_string(folder.join(path.trim())).expect("it was written");
    assert!(yaml.contains("AWSTemplateFormatVersion: \"2010-09-09\""));
}

#[test]
fn init_overwrites_nothing() {
    let folder = folder("init-again");
    fs::write(folder.join("mangoo.toml"), "# mine").expect("it can be written");
    assert!(fail(&folder, &["init"]).contains("mangoo.toml is there already"));
    assert_eq!(fs::read_to_string(folder.join("mangoo.toml")).expect("it is there"), "# mine");
}

#[test]
fn the_environment_may_be_left_out_if_there_is_only_one() {
    let folder = folder("environments");
    let failure = fail(&folder, &["synth"]);
    assert!(failure.contains("Cannot read mangoo.toml") && failure.contains("`mangoo-ops init` writes one"));
    let write = |text: &str| fs::write(folder.join("mangoo.toml"), text).expect("it can be written");
    write("");
    assert!(fail(&folder, &["synth"]).contains("has no environment"));
    write("[live]\nprofile = \"dev\"");
    succeed(&folder, &["synth"]);
    write("[live]\nprofile = \"dev\"\n[test]\nprofile = \"dev\"");
    assert!(fail(&folder, &["synth"]).contains("choose one with --environment: live, test"));
    assert!(fail(&folder, &["synth", "-e", "prod"]).contains("no environment `prod`; it has live, test"));
}

#[test]
fn cost_needs_no_account() {
    let folder = folder("cost");
    fs::write(folder.join("mangoo.toml"), "[dev]\nprofile = \"dev\"\nregion = \"eu-west-1\"").expect("it is written");
    let text = succeed(&folder, &["cost"]);
    assert!(text.contains("in all") && text.contains("these are the prices of us-east-1"), "{text}");
    assert!(text.contains("Not compared with what is deployed: "), "{text}");
    let cost: serde_json::Value =
        serde_json::from_str(&succeed(&folder, &["cost", "--offline", "--json"])).expect("it is JSON");
    assert!(cost["monthly_usd"].as_f64().is_some_and(|usd| usd > 1.0), "{cost}");
    assert_eq!(cost["prices"]["region"], "us-east-1");
}
