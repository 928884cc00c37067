//! Typed CloudFormation: a template whose references can't be wrong.
//!
//! A [`Handle`] proves that a resource was declared in a template, and a [`Val`] is JSON that
//! resolves to a value of a known kind. Properties are plain structs that ask for the kinds
//! they need, so that a subnet's id where a VPC's belongs does not compile:
//!
//! ```compile_fail,E0308
//! use stack::{aws::ec2, template::Template};
//!
//! Template::synth("A network", |t| {
//!     let vpc = t.add("Vpc", ec2::Vpc::new("10.0.0.0/16"));
//!     let subnet = t.add("Subnet", ec2::Subnet::new(&vpc.id(), "10.0.0.0/24", 0));
//!     t.add("Other", ec2::Subnet::new(&subnet.id(), "10.0.1.0/24", 1));
//! });
//! ```
//!
//! Nor does what is missing:
//!
//! ```compile_fail,E0063
//! use stack::{aws::ec2, template::Template};
//!
//! Template::synth("A network", |t| {
//!     t.add("Vpc", ec2::Vpc { cidr_block: "10.0.0.0/16".to_owned() });
//! });
//! ```
//!
//! Nor a reference to a resource of another template, where CloudFormation would not find it:
//!
//! ```compile_fail,E0521
//! use stack::{aws::ec2, template::Template};
//!
//! Template::synth("One", |one| {
//!     let vpc = one.add("Vpc", ec2::Vpc::new("10.0.0.0/16"));
//!     Template::synth("Another", |another| {
//!         another.add("Subnet", ec2::Subnet::new(&vpc.id(), "10.0.0.0/24", 0));
//!     });
//! });
//! ```
//!
//! The same with the right kinds does:
//!
//! ```
//! use stack::{aws::ec2, template::Template};
//!
//! let template = Template::synth("A network", |t| {
//!     let vpc = t.add("Vpc", ec2::Vpc::new("10.0.0.0/16"));
//!     let subnet = t.add("Subnet", ec2::Subnet::new(&vpc.id(), "10.0.0.0/24", 0));
//!     t.output("SubnetId", "Where it runs", &subnet.id());
//! });
//! assert_eq!(template["Resources"]["Subnet"]["Properties"]["VpcId"]["Ref"], "Vpc");
//! ```

mod value;

use std::{borrow::Cow, collections::BTreeMap, marker::PhantomData};

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use value::Brand;
pub use value::{Kind, Text, Val, join, join_with};

/// Properties of a resource, as CloudFormation names them.
pub trait Resource<'s>: Serialize {
    /// For example `AWS::EC2::VPC`.
    const TYPE: &'static str;
    /// What `Ref` yields.
    type Ref;
}

/// Proof that a resource was declared in the template `'s`.
pub struct Handle<'s, R> {
    name: String,
    brand: Brand<'s, R>,
}

impl<'s, R: Resource<'s>> Handle<'s, R> {
    /// What `Ref` yields: an id, a name or an ARN, as the resource's type has it.
    pub fn id(&self) -> Val<'s, R::Ref> {
        Val::new(json!({ "Ref": self.name }))
    }

    /// An attribute. Each resource names its own, with the right kind, in terms of this.
    pub(crate) fn attribute<T>(&self, name: &str) -> Val<'s, T> {
        Val::new(json!({ "Fn::GetAtt": [self.name, name] }))
    }

    /// The name in the template.
    pub fn logical_id(&self) -> &str {
        &self.name
    }
}

/// What becomes of a resource that is removed from the template, or whose stack is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Delete,
    /// It stays in the account, and goes on costing.
    Retain,
    /// A last snapshot stays.
    Snapshot,
}

/// A template under construction.
pub struct Template<'s> {
    parameters: Map<String, Json>,
    resources: BTreeMap<String, Map<String, Json>>,
    outputs: Map<String, Json>,
    brand: Brand<'s, ()>,
}

impl<'s> Template<'s> {
    /// The template that `build` makes, as CloudFormation reads it.
    pub fn synth(description: &str, build: impl for<'t> FnOnce(&mut Template<'t>)) -> Json {
        let mut template =
            Template { parameters: Map::new(), resources: BTreeMap::new(), outputs: Map::new(), brand: PhantomData };
        build(&mut template);
        let resources = template.resources.into_iter().map(|(name, resource)| (name, Json::Object(resource)));
        // `json!` would copy them.
        let mut json = json!({ "AWSTemplateFormatVersion": "2010-09-09", "Description": description });
        json["Resources"] = Json::Object(resources.collect());
        for (section, content) in [("Parameters", template.parameters), ("Outputs", template.outputs)] {
            if !content.is_empty() {
                json[section] = Json::Object(content);
            }
        }
        json
    }

    /// Declares a resource. Two of the same name are a mistake of the one who builds, and panic.
    #[allow(clippy::needless_pass_by_value)] // it is part of the template from here on
    pub fn add<R: Resource<'s>>(&mut self, name: impl Into<Cow<'static, str>>, properties: R) -> Handle<'s, R> {
        let name = name.into().into_owned();
        debug_assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "`{name}` is not a logical id");
        let properties = to_json(&properties);
        let mut resource = Map::from_iter([("Type".to_owned(), Json::from(R::TYPE))]);
        if properties.as_object().is_some_and(|properties| !properties.is_empty()) {
            resource.insert("Properties".to_owned(), properties);
        }
        let before = self.resources.insert(name.clone(), resource);
        assert!(before.is_none(), "two resources are called `{name}`");
        Handle { name, brand: PhantomData }
    }

    /// Says what becomes of the resource when it goes, or is replaced.
    pub fn on_removal<R>(&mut self, resource: &Handle<'s, R>, removal: Removal) {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            self.set(resource, policy, format!("{removal:?}").into());
        }
    }

    /// Has `resource` made after `other`, where no reference says so.
    pub fn depends_on<R, O>(&mut self, resource: &Handle<'s, R>, other: &Handle<'s, O>) {
        let mut others = self.resources[&resource.name].get("DependsOn").cloned().unwrap_or_else(|| json!([]));
        if let Some(others) = others.as_array_mut() {
            others.push(other.name.clone().into());
        }
        self.set(resource, "DependsOn", others);
    }

    /// Excuses the resource from a rule of checkov, and says why.
    pub fn excuse<R>(&mut self, resource: &Handle<'s, R>, rule: &str, reason: &str) {
        let mut metadata = self.resources[&resource.name]
            .get("Metadata")
            .cloned()
            .unwrap_or_else(|| json!({ "checkov": { "skip": [] } }));
        if let Some(skip) = metadata["checkov"]["skip"].as_array_mut() {
            skip.push(json!({ "id": rule, "comment": reason }));
        }
        self.set(resource, "Metadata", metadata);
    }

    /// Gives every resource of a type that is declared by now one more property.
    pub fn set_on_all<R: Resource<'s>, T>(&mut self, property: &str, value: &Val<'s, T>) {
        let value = to_json(value);
        for resource in self.resources.values_mut().filter(|resource| resource["Type"] == R::TYPE) {
            if let Some(Json::Object(properties)) = resource.get_mut("Properties") {
                properties.insert(property.to_owned(), value.clone());
            }
        }
    }

    fn set<R>(&mut self, resource: &Handle<'s, R>, key: &str, value: Json) {
        // A handle is made by `add` alone.
        if let Some(resource) = self.resources.get_mut(&resource.name) {
            resource.insert(key.to_owned(), value);
        }
    }

    /// A value that is known only when the stack is deployed.
    pub fn parameter<T>(&mut self, name: &str, description: &str) -> Val<'s, T> {
        self.parameters.insert(name.to_owned(), json!({ "Type": "String", "Description": description }));
        Val::new(json!({ "Ref": name }))
    }

    /// A value to be read after the deployment.
    pub fn output<T>(&mut self, name: impl Into<String>, description: &str, value: &Val<'s, T>) {
        self.outputs.insert(name.into(), json!({ "Description": description, "Value": to_json(value) }));
    }
}

/// Property structs are made of what JSON has. What is `None` is left out.
fn to_json(value: &impl Serialize) -> Json {
    let mut json = serde_json::to_value(value).expect("keys are texts, and numbers are finite");
    drop_nulls(&mut json);
    json
}

fn drop_nulls(json: &mut Json) {
    match json {
        Json::Object(map) => map.retain(|_, value| {
            drop_nulls(value);
            !value.is_null()
        }),
        Json::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
