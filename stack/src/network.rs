//! The network: a VPC with public, private and isolated subnets, and what leads out of it.

use crate::{
    aws::{
        Tag,
        ec2::{
            Eip, EndpointKind, FlowLog, InternetGateway, InternetGatewayAttachment, NatGateway, NatGatewayId, Peer,
            Route, RouteTable, RouteTableAssociation, RouteTableId, Rule, SecurityGroup, Subnet, SubnetId, Target, Vpc,
            VpcEndpoint, VpcId,
        },
        iam::{Role, Statement},
        logs::LogGroup,
    },
    settings::{self, Cidr, ExistingNetwork, Nat, Settings},
    template::{Handle, Template, Text, Val, join, join_with},
};

/// Services of AWS that the platform reaches by private endpoints. `ssmmessages` is for
/// `mangoo-ops exec`, `cognito-idp` for the user pool's keys.
const INTERFACE_ENDPOINTS: [(&str, &str); 8] = [
    ("EcrApiEndpoint", "ecr.api"),
    ("EcrDockerEndpoint", "ecr.dkr"),
    ("LogsEndpoint", "logs"),
    ("SecretsEndpoint", "secretsmanager"),
    ("BedrockEndpoint", "bedrock-runtime"),
    ("CognitoEndpoint", "cognito-idp"),
    ("QueueEndpoint", "sqs"),
    ("ExecEndpoint", "ssmmessages"),
];

/// Where things run. Each list has a subnet a zone.
pub struct Network<'s> {
    pub vpc: Val<'s, VpcId>,
    /// All of its addresses.
    pub addresses: Cidr,
    /// What is public is made after this, unless it is there already.
    pub internet: Option<Handle<'s, InternetGatewayAttachment<'s>>>,
    /// Reached from the internet: a public load balancer's.
    pub public: Vec<Val<'s, SubnetId>>,
    /// Not reached from the internet, which they reach as the settings say: the service's.
    pub private: Vec<Val<'s, SubnetId>>,
    /// No way in or out but within the VPC: the database's.
    pub isolated: Vec<Val<'s, SubnetId>>,
}

/// Which of the three; its number is the place of its addresses in the VPC's.
#[derive(Clone, Copy, Debug)]
enum Tier {
    Public,
    Private,
    Isolated,
}

impl Tier {
    /// A zone's share: there is room for four zones a tier, so that another zone later moves none.
    fn cidr(self, vpc: Cidr, zone: usize) -> String {
        let zone = u32::try_from(zone).unwrap_or(u32::MAX);
        vpc.sixteenth(self as u32 * 4 + zone).to_string()
    }
}

pub fn build<'s>(t: &mut Template<'s>, settings: &Settings) -> Network<'s> {
    let network = match &settings.network.existing {
        Some(existing) => adopt(existing),
        None => make(t, settings),
    };
    t.output("VpcId", "The network", &network.vpc);
    let private = join_with(",", network.private.iter().map(Val::text));
    t.output("PrivateSubnetIds", "Where tasks run, separated by commas", &private);
    network
}

fn adopt<'s>(existing: &ExistingNetwork) -> Network<'s> {
    let subnets = |ids: &[String]| ids.iter().map(|id| Val::existing(id)).collect();
    Network {
        vpc: Val::existing(&existing.vpc_id),
        addresses: existing.cidr,
        internet: None,
        public: subnets(&existing.public_subnet_ids),
        private: subnets(&existing.private_subnet_ids),
        isolated: subnets(&existing.isolated_subnet_ids),
    }
}

fn make<'s>(t: &mut Template<'s>, settings: &Settings) -> Network<'s> {
    let vpc = t.add("Vpc", Vpc::new(settings.network.cidr.to_string()));
    let network = &settings.network;
    let internet = internet(t, &vpc.id());
    let public = public_subnets(t, network, &vpc.id(), &internet);
    let gateways = nat_gateways(t, network, &public, &internet.attachment);
    let (private, private_tables) = private_subnets(t, network, &vpc.id(), &gateways);
    let (isolated, isolated_table) = isolated_subnets(t, network, &vpc.id());
    // It costs nothing, and what goes to S3 does not pay NAT's charge for traffic.
    let route_table_ids = private_tables.into_iter().chain([isolated_table]).collect();
    t.add(
        "S3Endpoint",
        VpcEndpoint {
            vpc_id: vpc.id(),
            service_name: service_name("s3"),
            kind: EndpointKind::Gateway { route_table_ids },
        },
    );
    if network.endpoints {
        interface_endpoints(t, network, &vpc.id(), &private);
    }
    if network.flow_logs {
        flow_logs(t, settings, &vpc.id());
    }
    let internet = Some(internet.attachment);
    Network { vpc: vpc.id(), addresses: network.cidr, internet, public, private, isolated }
}

fn subnets<'s>(
    t: &mut Template<'s>,
    network: &settings::Network,
    vpc: &Val<'s, VpcId>,
    tier: Tier,
) -> Vec<Val<'s, SubnetId>> {
    (0..network.zones)
        .map(|zone| {
            let number = zone + 1;
            let subnet = Subnet {
                tags: vec![Tag::name(&format!("{tier:?}-{number}").to_lowercase())],
                ..Subnet::new(vpc, tier.cidr(network.cidr, zone), zone)
            };
            t.add(format!("{tier:?}Subnet{number}"), subnet).id()
        })
        .collect()
}

fn associate<'s>(t: &mut Template<'s>, name: String, subnet: &Val<'s, SubnetId>, table: &Val<'s, RouteTableId>) {
    t.add(name, RouteTableAssociation { subnet_id: subnet.clone(), route_table_id: table.clone() });
}

fn route_table<'s>(t: &mut Template<'s>, name: String, vpc: &Val<'s, VpcId>) -> Handle<'s, RouteTable<'s>> {
    t.add(name, RouteTable { vpc_id: vpc.clone(), tags: Vec::new() })
}

/// The VPC's gateway to the internet.
struct Internet<'s> {
    gateway: Handle<'s, InternetGateway<'s>>,
    attachment: Handle<'s, InternetGatewayAttachment<'s>>,
}

fn internet<'s>(t: &mut Template<'s>, vpc: &Val<'s, VpcId>) -> Internet<'s> {
    let gateway = t.add("InternetGateway", InternetGateway { tags: vec![Tag::name("internet")] });
    let attachment = t.add(
        "InternetGatewayAttachment",
        InternetGatewayAttachment { vpc_id: vpc.clone(), internet_gateway_id: gateway.id() },
    );
    Internet { gateway, attachment }
}

fn public_subnets<'s>(
    t: &mut Template<'s>,
    network: &settings::Network,
    vpc: &Val<'s, VpcId>,
    internet: &Internet<'s>,
) -> Vec<Val<'s, SubnetId>> {
    let table = route_table(t, "PublicRouteTable".to_owned(), vpc);
    let route = t.add("PublicRoute", default_route(&table, Target::GatewayId(internet.gateway.id())));
    // A route through a gateway that is not attached yet is refused.
    t.depends_on(&route, &internet.attachment);
    let subnets = subnets(t, network, vpc, Tier::Public);
    for (subnet, number) in subnets.iter().zip(1..) {
        associate(t, format!("PublicSubnet{number}Routes"), subnet, &table.id());
    }
    subnets
}

fn default_route<'s>(table: &Handle<'s, RouteTable<'s>>, target: Target<'s>) -> Route<'s> {
    Route { route_table_id: table.id(), destination_cidr_block: "0.0.0.0/0", target }
}

/// None, one, or one for each public subnet.
fn nat_gateways<'s>(
    t: &mut Template<'s>,
    network: &settings::Network,
    public: &[Val<'s, SubnetId>],
    attachment: &Handle<'s, InternetGatewayAttachment<'s>>,
) -> Vec<Val<'s, NatGatewayId>> {
    let count = match network.nat {
        Nat::None => 0,
        Nat::One => 1,
        Nat::OneAZone => network.zones,
    };
    public[..count]
        .iter()
        .zip(1..)
        .map(|(subnet, number)| {
            let tags = || vec![Tag::name(&format!("nat-{number}"))];
            let address = t.add(format!("NatAddress{number}"), Eip { domain: "vpc", tags: tags() });
            let gateway =
                NatGateway { subnet_id: subnet.clone(), allocation_id: address.allocation_id(), tags: tags() };
            let gateway = t.add(format!("NatGateway{number}"), gateway);
            // Made sooner, and removed later, both are refused.
            t.depends_on(&address, attachment);
            t.depends_on(&gateway, attachment);
            gateway.id()
        })
        .collect()
}

fn private_subnets<'s>(
    t: &mut Template<'s>,
    network: &settings::Network,
    vpc: &Val<'s, VpcId>,
    gateways: &[Val<'s, NatGatewayId>],
) -> (Vec<Val<'s, SubnetId>>, Vec<Val<'s, RouteTableId>>) {
    let subnets = subnets(t, network, vpc, Tier::Private);
    // A gateway of the own zone, so that traffic neither pays for another nor depends on it.
    let mut gateways = gateways.iter().cycle();
    let tables = subnets
        .iter()
        .zip(1..)
        .map(|(subnet, number)| {
            let table = route_table(t, format!("PrivateRouteTable{number}"), vpc);
            if let Some(gateway) = gateways.next() {
                t.add(format!("PrivateRoute{number}"), default_route(&table, Target::NatGatewayId(gateway.clone())));
            }
            associate(t, format!("PrivateSubnet{number}Routes"), subnet, &table.id());
            table.id()
        })
        .collect();
    (subnets, tables)
}

fn isolated_subnets<'s>(
    t: &mut Template<'s>,
    network: &settings::Network,
    vpc: &Val<'s, VpcId>,
) -> (Vec<Val<'s, SubnetId>>, Val<'s, RouteTableId>) {
    let table = route_table(t, "IsolatedRouteTable".to_owned(), vpc);
    let subnets = subnets(t, network, vpc, Tier::Isolated);
    for (subnet, number) in subnets.iter().zip(1..) {
        associate(t, format!("IsolatedSubnet{number}Routes"), subnet, &table.id());
    }
    (subnets, table.id())
}

fn service_name<'s>(service: &str) -> Val<'s, Text> {
    join(["com.amazonaws.".into(), Val::region(), format!(".{service}").into()])
}

fn interface_endpoints<'s>(
    t: &mut Template<'s>,
    network: &settings::Network,
    vpc: &Val<'s, VpcId>,
    private: &[Val<'s, SubnetId>],
) {
    let group = t.add(
        "EndpointsGroup",
        SecurityGroup {
            vpc_id: vpc.clone(),
            group_description: "Private endpoints of AWS services",
            security_group_ingress: vec![Rule::tcp(
                443,
                Peer::CidrIp(network.cidr.to_string()),
                "HTTPS within the VPC",
            )],
            // Left out, CloudFormation would let everything out.
            security_group_egress: vec![Rule::tcp(
                443,
                Peer::CidrIp(network.cidr.to_string()),
                "Nothing beyond the VPC",
            )],
        },
    );
    for (name, service) in INTERFACE_ENDPOINTS {
        t.add(
            name,
            VpcEndpoint {
                vpc_id: vpc.clone(),
                service_name: service_name(service),
                kind: EndpointKind::Interface {
                    subnet_ids: private.to_vec(),
                    security_group_ids: vec![group.group_id()],
                    private_dns_enabled: true,
                },
            },
        );
    }
}

fn flow_logs<'s>(t: &mut Template<'s>, settings: &Settings, vpc: &Val<'s, VpcId>) {
    let group = t.add("FlowLogGroup", LogGroup { retention_in_days: settings.log_days });
    t.excuse(&group, "CKV_AWS_158", "CloudWatch's own key encrypts it");
    let role = t.add(
        "FlowLogRole",
        Role::for_service(
            "vpc-flow-logs.amazonaws.com",
            "Writes the VPC's flow logs",
            vec![Statement::allow(
                ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                [group.arn().text()],
            )],
        ),
    );
    t.add(
        "FlowLog",
        FlowLog {
            resource_id: vpc.clone(),
            resource_type: "VPC",
            traffic_type: "ALL",
            log_group_name: group.id(),
            deliver_logs_permission_arn: role.arn(),
            max_aggregation_interval: 600,
        },
    );
}
