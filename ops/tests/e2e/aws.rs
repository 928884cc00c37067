//! AWS on this machine: ministack, with what an account has before Mangoo comes to it, and a way
//! to it from within containers.

use std::{
    io::{BufRead, BufReader},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use ops::images::{Architecture, Image, Repository, push};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

/// Where AWS is, for ministack.
const REGION: &str = "us-east-1";
/// The database's owner, whom an existing database has.
const OWNER: &str = "mangoo_owner";
const PASSWORD: &str = "Owner-1-password";

pub struct Aws {
    pub url: String,
    pub config: SdkConfig,
    process: Child,
    /// The address of this machine that containers know as `host.docker.internal`.
    bridge: IpAddr,
}

/// The address of Docker's bridge.
fn bridge() -> IpAddr {
    let format = "{{(index .IPAM.Config 0).Gateway}} {{(index .IPAM.Config 0).Subnet}}";
    let output = Command::new("docker").args(["network", "inspect", "bridge", "--format", format]).output();
    let output = String::from_utf8(output.expect("there is Docker").stdout).unwrap();
    let (gateway, subnet) = output.trim_end().split_once(' ').expect("Docker has a bridge");
    // An engine that has just made its bridge does not say its address: it is the subnet's first.
    gateway.parse().unwrap_or_else(|_| {
        let (network, _) = subnet.split_once('/').expect("a subnet has a length");
        let network: Ipv4Addr = network.parse().expect("Docker's bridge has an IPv4 subnet");
        Ipv4Addr::from_bits(network.to_bits() + 1).into()
    })
}

impl Aws {
    pub async fn start() -> Self {
        let bridge = bridge();
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let mut process = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/e2e/ministack"))
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            // Longer than a heartbeat, and shorter than the silence that the smoke test waits for.
            .env("ALB_TARGET_IDLE_TIMEOUT_SECONDS", "18")
            .env("DOCKER_HOST", std::env::var("DOCKER_HOST").unwrap_or("unix:///var/run/docker.sock".to_owned()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It says where it runs; what comes after that is read so that it never waits for us.
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("Running on http"));
        assert!(ready, "ministack ends before it begins");
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://127.0.0.1:{port}");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(&url)
            .region(Region::from_static(REGION))
            .credentials_provider(Credentials::for_tests())
            .load()
            .await;
        let aws = Self { url, config, process, bridge };
        aws.forward(port).await;
        aws
    }

    /// Lets containers reach a port of this machine, which they see at another address of it.
    pub async fn forward(&self, port: u16) {
        let listener = TcpListener::bind(SocketAddr::new(self.bridge, port)).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut inner, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut outer = TcpStream::connect(("127.0.0.1", port)).await?;
                    tokio::io::copy_bidirectional(&mut inner, &mut outer).await
                });
            }
        });
    }

    /// A network and a database that are there already, and the settings of an environment that
    /// uses them: ministack starts no database for a template, and knows no NAT gateways, VPC
    /// origins and firewalls.
    pub async fn settings(&self, architecture: Architecture, bedrock: u16) -> String {
        let vpc = self.ec2("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId").await;
        let mut subnets = Vec::new();
        for zone in 0..2 {
            let query = format!("Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.{zone}.0/24");
            subnets.push(self.ec2(&query, "subnetId").await);
        }
        let query = format!("Action=CreateSecurityGroup&VpcId={vpc}&GroupName=database&GroupDescription=Database");
        let group = self.ec2(&query, "groupId").await;
        let database = self.database().await;
        let secret = aws_sdk_secretsmanager::Client::new(&self.config).create_secret().name("owner");
        let secret = secret.secret_string(json!({ "username": OWNER, "password": PASSWORD }).to_string());
        let secret = secret.send().await.unwrap().arn.unwrap();
        let architecture = match architecture {
            Architecture::X86_64 => "x86-64",
            Architecture::Arm64 => "arm64",
        };
        let cognito = self.url.replace("127.0.0.1", "host.docker.internal");
        format!(
            r#"[e2e]
profile = "dev"
region = "{REGION}"
[e2e.network.existing]
vpc_id = "{vpc}"
cidr = "10.0.0.0/16"
public_subnet_ids = {subnets:?}
private_subnet_ids = {subnets:?}
isolated_subnet_ids = {subnets:?}
[e2e.database.existing]
host = "host.docker.internal"
port = {database}
name = "mangoo"
owner_secret_arn = "{secret}"
security_group_id = "{group}"
[e2e.models]
default = "us.amazon.nova-lite-v1:0"
[e2e.service]
architecture = "{architecture}"
[e2e.service.environment]
AWS_REGION = "{REGION}"
AWS_ACCESS_KEY_ID = "test"
AWS_SECRET_ACCESS_KEY = "test"
COGNITO_ENDPOINT = "{cognito}"
BEDROCK_ENDPOINT = "http://host.docker.internal:{bedrock}"
[e2e.backend]
max = 1
[e2e.worker]
min = 1
max = 1
[e2e.edge]
cloudfront = false
plain_http = true
"#
        )
    }

    /// A call of EC2, whose SDK is the largest of all; the answer's first `element`.
    async fn ec2(&self, query: &str, element: &str) -> String {
        let scope = format!("AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/ec2/aws4_request");
        let request = reqwest::Client::new().post(&self.url).header("authorization", scope).body(query.to_owned());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.unwrap().text().await.unwrap();
        let (_, rest) = answer.split_once(&format!("<{element}>")).unwrap_or_else(|| panic!("{query}: {answer}"));
        rest.split('<').next().unwrap().to_owned()
    }

    /// The port of a database in a container.
    async fn database(&self) -> i32 {
        let rds = aws_sdk_rds::Client::new(&self.config);
        let (engine, version) = ("aurora-postgresql", "16.8");
        let cluster = rds.create_db_cluster().db_cluster_identifier("mangoo").engine(engine).engine_version(version);
        let cluster = cluster.master_username(OWNER).master_user_password(PASSWORD).database_name("mangoo");
        cluster.send().await.unwrap();
        let instance = rds.create_db_instance().db_instance_identifier("mangoo-1").db_cluster_identifier("mangoo");
        let instance = instance.engine(engine).engine_version(version).db_instance_class("db.serverless");
        let instance = instance.master_username(OWNER).master_user_password(PASSWORD).db_name("mangoo");
        instance.send().await.unwrap();
        for _ in 0..600 {
            let found = rds.describe_db_instances().db_instance_identifier("mangoo-1").send().await.unwrap();
            let found = &found.db_instances()[0];
            if found.db_instance_status() == Some("available") {
                return found.endpoint().unwrap().port.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the database does not start");
    }

    /// Where ministack answers for the load balancer.
    pub fn load_balancer(&self, outputs: &serde_json::Value) -> String {
        let name = outputs["Address"].as_str().unwrap().trim_start_matches("http://").split('.').next().unwrap();
        let name = name.rsplit_once('-').unwrap().0;
        format!("{}/_alb/{name}", self.url)
    }

    /// Pushes an image; its name by digest.
    pub async fn push(&self, repository: &str, image: &Image) -> String {
        let registry = self.registry();
        let to = Repository { http: true, ..Repository::new(registry, repository) };
        let pushed = push(image, &to, &()).await.unwrap();
        format!("{registry}/{repository}@{}", pushed.digest)
    }

    fn registry(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The tasks' containers in a state, by their ids.
    fn containers(&self, state: &str) -> Vec<String> {
        let list = ["ps", "--all", "--filter", &format!("status={state}"), "--format", "{{.ID}} {{.Image}}"];
        let output = String::from_utf8(Command::new("docker").args(list).output().unwrap().stdout).unwrap();
        let ours = output
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(_, image)| image.starts_with(self.registry()));
        ours.map(|(id, _)| id.to_owned()).collect()
    }

    /// Nothing of the environment is left: no stack, and none of what stacks leave behind.
    pub async fn assert_empty(&self) {
        let stacks = aws_sdk_cloudformation::Client::new(&self.config).describe_stacks().send().await.unwrap();
        assert_eq!(stacks.stacks(), []);
        let buckets = aws_sdk_s3::Client::new(&self.config).list_buckets().send().await.unwrap();
        assert_eq!(buckets.buckets(), []);
        let repositories = aws_sdk_ecr::Client::new(&self.config).describe_repositories().send().await.unwrap();
        assert_eq!(repositories.repositories(), []);
        let logs = aws_sdk_cloudwatchlogs::Client::new(&self.config).describe_log_groups().send().await.unwrap();
        assert_eq!(logs.log_groups(), []);
        let pools = aws_sdk_cognitoidentityprovider::Client::new(&self.config);
        let pools = pools.list_user_pools().max_results(10).send().await.unwrap();
        assert_eq!(pools.user_pools(), []);
        let secrets = aws_sdk_secretsmanager::Client::new(&self.config).list_secrets().send().await.unwrap();
        let secrets: Vec<_> = secrets.secret_list().iter().filter_map(|secret| secret.name()).collect();
        assert_eq!(secrets, ["owner"], "the owner's was there before");
        let clusters = aws_sdk_ecs::Client::new(&self.config).list_clusters().send().await.unwrap();
        assert_eq!(clusters.cluster_arns(), [] as [String; 0]);
        for _ in 0..200 {
            if self.containers("running").is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("containers run on");
    }
}

impl Drop for Aws {
    fn drop(&mut self) {
        // It removes its containers when it is asked to end.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
        // But not one that it starts in that moment.
        let left = self.containers("running");
        let _ = Command::new("docker").args(["rm", "--force"]).args(left).output();
    }
}
