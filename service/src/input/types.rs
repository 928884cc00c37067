//! Types with a maximum.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, RefOr, Schema, schema},
};

/// Text of `MIN` to `MAX` characters, not blank if `MIN` is above 0, without NUL
/// (which Postgres can't store).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    /// A default of ours.
    pub fn fixed(text: &'static str) -> Self {
        debug_assert!(Self::try_from(text.to_owned()).is_ok());
        Self(text.to_owned())
    }

    pub fn into_inner(self) -> String {
        self.0
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Text<MIN, MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.contains('\0') {
            return Err("must not contain a NUL character".to_owned());
        }
        if MIN > 0 && text.trim().is_empty() {
            return Err("must not be blank".to_owned());
        }
        let length = text.chars().count();
        if !(MIN..=MAX).contains(&length) {
            return Err(format!("must have {MIN} to {MAX} characters, not {length}"));
        }
        Ok(Self(text))
    }
}

impl<const MIN: usize, const MAX: usize> std::ops::Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

impl<const MIN: usize, const MAX: usize> PartialSchema for Text<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(schema::Type::String).min_length(Some(MIN)).max_length(Some(MAX)).into()
    }
}

impl<const MIN: usize, const MAX: usize> ToSchema for Text<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Text{MIN}To{MAX}").into()
    }
}

/// `MIN` to `MAX` texts of 1 to `LENGTH` characters each, with the rules of [`Text`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Texts<const MIN: usize, const MAX: usize, const LENGTH: usize>(pub Vec<String>);

impl<'de, const MIN: usize, const MAX: usize, const LENGTH: usize> Deserialize<'de> for Texts<MIN, MAX, LENGTH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts: Vec<Text<1, LENGTH>> = Vec::deserialize(deserializer)?;
        if (MIN..=MAX).contains(&texts.len()) {
            Ok(Self(texts.into_iter().map(Text::into_inner).collect()))
        } else {
            Err(de::Error::custom(format!("must have {MIN} to {MAX} items, not {}", texts.len())))
        }
    }
}

impl<const MIN: usize, const MAX: usize, const LENGTH: usize> PartialSchema for Texts<MIN, MAX, LENGTH> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Text::<1, LENGTH>::schema()).min_items(Some(MIN)).max_items(Some(MAX)).into()
    }
}

impl<const MIN: usize, const MAX: usize, const LENGTH: usize> ToSchema for Texts<MIN, MAX, LENGTH> {
    fn name() -> Cow<'static, str> {
        format!("Texts{MIN}To{MAX}Of{LENGTH}").into()
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Bounded<const MIN: i32, const MAX: i32>(i32);

impl<const MIN: i32, const MAX: i32> Bounded<MIN, MAX> {
    /// A default. The number is checked when the code is compiled.
    pub const fn of<const VALUE: i32>() -> Self {
        const { assert!(MIN <= VALUE && VALUE <= MAX) };
        Self(VALUE)
    }

    pub fn get(self) -> i32 {
        self.0
    }
}

impl<'de, const MIN: i32, const MAX: i32> Deserialize<'de> for Bounded<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const MIN: i32, const MAX: i32>;
        impl<const MIN: i32, const MAX: i32> de::Visitor<'_> for Visitor<MIN, MAX> {
            type Value = i32;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<i32, E> {
                i32::try_from(number)
                    .ok()
                    .filter(|number| (MIN..=MAX).contains(number))
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<i32, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_i64(Visitor::<MIN, MAX>).map(Self)
    }
}

impl<const MIN: i32, const MAX: i32> PartialSchema for Bounded<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(schema::Type::Integer).minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

impl<const MIN: i32, const MAX: i32> ToSchema for Bounded<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Integer{MIN}To{MAX}").into()
    }
}

/// For fields that may be `null`: absent is `None`, `null` is `Some(None)`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// For objects in a body: serde would take the fields of a struct from an array as well.
pub fn fields<'de, T: de::DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let fields = Map::deserialize(deserializer)?;
    serde_json::from_value(Value::Object(fields)).map_err(de::Error::custom)
}

/// For flags in a query string, which Python's clients write `True`.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    text.to_lowercase().parse().map_err(|_| de::Error::custom("must be `true` or `false`"))
}

/// For flags that need not be there.
pub fn some_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    flag(deserializer).map(Some)
}

/// At most `MAX` keys. The description has them as an array.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Ids<T, const MAX: usize>(pub Vec<T>);

impl<T, const MAX: usize> Default for Ids<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Ids<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ids: Vec<T> = Vec::deserialize(deserializer)?;
        if ids.len() <= MAX {
            Ok(Self(ids))
        } else {
            Err(de::Error::custom(format!("must have at most {MAX} items, not {}", ids.len())))
        }
    }
}

/// Fields of any kind: up to `KIB` KiB of JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Object<const KIB: usize>(pub Map<String, Value>);

impl<const KIB: usize> Object<KIB> {
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl<'de, const KIB: usize> Deserialize<'de> for Object<KIB> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Value::Object(Map::deserialize(deserializer)?);
        if has_nul(&fields) {
            return Err(de::Error::custom("must not contain a NUL character"));
        }
        match fields {
            Value::Object(fields) if serde_json::to_vec(&fields).is_ok_and(|json| json.len() <= KIB * 1024) => {
                Ok(Self(fields))
            }
            _ => Err(de::Error::custom(format!("must have at most {KIB} KiB"))),
        }
    }
}

impl<const KIB: usize> PartialSchema for Object<KIB> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().description(Some(format!("Fields of any kind: up to {KIB} KiB of JSON."))).into()
    }
}

impl<const KIB: usize> ToSchema for Object<KIB> {
    fn name() -> Cow<'static, str> {
        format!("ObjectOf{KIB}KiB").into()
    }
}

/// Postgres can't store NUL, in JSON neither.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
