//! Values of a known kind.

use std::{fmt::Display, marker::PhantomData};

use serde::Serialize;
use serde_json::{Value as Json, json};

/// Invariant: a value stays in its own template, and a kind is no other.
pub(super) type Brand<'s, T> = PhantomData<fn(&'s T) -> &'s T>;

/// JSON that resolves to a `T` when the template is deployed.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Val<'s, T>(Json, #[serde(skip)] Brand<'s, T>);

impl<T> Clone for Val<'_, T> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

/// Any text.
pub enum Text {}

/// A kind of id, name or ARN that can be given from outside of the template: what exists already.
pub trait Kind {}

impl<'s, T> Val<'s, T> {
    pub(super) fn new(json: Json) -> Self {
        Self(json, PhantomData)
    }

    /// The same as a text, to be part of another.
    pub fn text(&self) -> Val<'s, Text> {
        Val::new(self.0.clone())
    }
}

impl<T: Kind> Val<'_, T> {
    /// A resource that exists outside of this template.
    pub fn existing(value: &str) -> Self {
        Self::new(value.into())
    }
}

impl<'s> Val<'s, Text> {
    /// A text that was put together to be an id, name or ARN of that kind.
    pub fn assume<T: Kind>(self) -> Val<'s, T> {
        Val::new(self.0)
    }
}

impl<D: Display> From<D> for Val<'_, Text> {
    fn from(text: D) -> Self {
        Self::new(text.to_string().into())
    }
}

impl Val<'_, Text> {
    /// The Region that the stack is in.
    pub fn region() -> Self {
        Self::new(json!({ "Ref": "AWS::Region" }))
    }

    /// The account that the stack is in.
    pub fn account() -> Self {
        Self::new(json!({ "Ref": "AWS::AccountId" }))
    }

    /// `aws`, or what else ARNs begin with in the stack's Region.
    pub fn partition() -> Self {
        Self::new(json!({ "Ref": "AWS::Partition" }))
    }

    /// The stack's name.
    pub fn stack_name() -> Self {
        Self::new(json!({ "Ref": "AWS::StackName" }))
    }

    /// One of the Region's availability zones, from 0.
    pub fn zone(index: usize) -> Self {
        Self::new(json!({ "Fn::Select": [index, { "Fn::GetAZs": "" }] }))
    }
}

/// Texts one after the other.
///
/// ```
/// use stack::template::{Template, Val, join};
///
/// Template::synth("", |t| {
///     let name = join(["logs-".into(), Val::region()]);
///     t.output("Name", "A name", &name);
/// });
/// ```
pub fn join<'s>(parts: impl IntoIterator<Item = Val<'s, Text>>) -> Val<'s, Text> {
    join_with("", parts)
}

/// Texts one after the other, with `separator` between them.
pub fn join_with<'s>(separator: &str, parts: impl IntoIterator<Item = Val<'s, Text>>) -> Val<'s, Text> {
    let parts: Vec<Json> = parts.into_iter().map(|part| part.0).collect();
    if let Some(texts) = parts.iter().map(Json::as_str).collect::<Option<Vec<_>>>() {
        return Val::new(texts.join(separator).into());
    }
    Val::new(json!({ "Fn::Join": [separator, parts] }))
}
