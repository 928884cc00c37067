//! What values of the API may be and what they must not be, from its description.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

/// What the API's description says of a value.
pub struct Kind<'a> {
    pub schema: &'a Value,
    pub is_nullable: bool,
}

impl<'a> Kind<'a> {
    pub fn of(schema: &'a Value, document: &'a Value) -> Self {
        if let Some(reference) = schema["$ref"].as_str() {
            return Self::of(document.pointer(reference.strip_prefix('#').unwrap()).unwrap(), document);
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            assert_eq!(choices[1], json!({ "type": "null" }), "{schema}");
            return Self { is_nullable: true, ..Self::of(&choices[0], document) };
        }
        Self { schema, is_nullable: schema["type"].as_array().is_some_and(|types| types.contains(&json!("null"))) }
    }

    /// `string`, `integer`, …
    fn name(&self) -> &str {
        self.schema["type"].as_str().or_else(|| self.schema["type"][0].as_str()).unwrap()
    }

    fn limit(&self, name: &str) -> Option<usize> {
        self.schema[name].as_u64().map(|limit| usize::try_from(limit).unwrap())
    }

    /// Values that must be refused.
    pub fn bad(&self, document: &Value) -> Vec<Value> {
        let kind = self.name();
        let mut bad: Vec<Value> = [
            ("string", json!("text")),
            ("integer", json!(1)),
            ("boolean", json!(true)),
            ("array", json!([])),
            ("object", json!({})),
            ("object", json!({ "a": 1 })),
            ("array", json!([[[[]]]])),
        ]
        .into_iter()
        .filter(|(other, _)| *other != kind)
        .map(|(_, value)| value)
        .collect();
        if !self.is_nullable {
            bad.push(Value::Null);
        }
        match kind {
            "string" if self.schema["format"] == "uuid" => {
                bad.extend(["", "x", "0123", "00000000-0000-0000-0000-00000000000g", "\0"].map(Value::from));
                bad.push("0".repeat(10_000).into());
            }
            "string" if self.schema["enum"].is_array() => {
                bad.extend(["", "x", "\0", "Text", "text "].map(Value::from));
            }
            "string" if self.schema["format"] == "icon" => {
                bad.extend(["", " ", "\0", "ab", "🥭🥭", "\u{200d}"].map(Value::from));
            }
            "string" if self.schema["format"] == "uri" => {
                bad.extend(["", "x", "example.com", "//example.com", "/a", "https://", "file:///a"].map(Value::from));
                bad.push("\0".into());
                bad.push(long_address(self.limit("maxLength").unwrap() + 1));
            }
            "string" => {
                bad.extend(["\0", "a\0b", "ends with\0"].map(Value::from));
                if self.limit("minLength").unwrap() > 0 {
                    bad.extend(["", " ", "\n\t\r", "\u{a0}\u{3000}"].map(Value::from));
                }
                let max = self.limit("maxLength").unwrap();
                bad.extend(["x", "ü", "🥭"].map(|letter| Value::from(letter.repeat(max + 1))));
            }
            "integer" => {
                let (min, max) = (self.schema["minimum"].as_i64().unwrap(), self.schema["maximum"].as_i64().unwrap());
                bad.extend([json!(min - 1), json!(max + 1), json!(i64::MIN), json!(i64::MAX), json!(u64::MAX)]);
                bad.extend([json!(1.5), json!(1e300), json!(-1e300), json!("1"), json!("")]);
            }
            "boolean" => bad.extend([json!("true"), json!("false"), json!(0), json!("")]),
            "array" => {
                let item = Kind::of(&self.schema["items"], document);
                bad.extend(item.bad(document).into_iter().map(|item| json!([item])));
                let second = item.bad(document).into_iter().next().unwrap();
                bad.push(json!([item.example(document), second]));
                bad.push(vec![item.example(document); self.limit("maxItems").unwrap() + 1].into());
                if self.limit("minItems").unwrap() > 0 {
                    bad.push(json!([]));
                }
            }
            "object" if self.schema["properties"].is_object() => {
                for (field, schema) in self.schema["properties"].as_object().unwrap() {
                    let values = Kind::of(schema, document).bad(document);
                    bad.extend(values.into_iter().map(|value| json!({ field: value })));
                }
            }
            "object" => {
                bad.extend([json!({ "a": "\0" }), json!({ "\0": 1 }), json!({ "a": [{ "b": ["x\0"] }] })]);
                bad.push(json!({ "a": "x".repeat(64 * 1024) }));
            }
            other => panic!("{other} is a new type: say here what is bad"),
        }
        bad
    }

    /// A value like any other.
    fn example(&self, document: &Value) -> Value {
        if self.schema["format"] == "uuid" { json!(Uuid::new_v4()) } else { self.good(document)[0].clone() }
    }

    /// Values at the limits, that must be taken.
    pub fn good(&self, document: &Value) -> Vec<Value> {
        match self.name() {
            "string" if self.schema["format"] == "uuid" => Vec::new(),
            "string" if self.schema["enum"].is_array() => self.schema["enum"].as_array().unwrap().clone(),
            "string" if self.schema["format"] == "icon" => ["x", "🥭", "👩🏽‍🚀"].map(Value::from).into(),
            "string" if self.schema["format"] == "uri" => {
                vec!["http://a.invalid".into(), long_address(self.limit("maxLength").unwrap())]
            }
            "string" => {
                let (min, max) = (self.limit("minLength").unwrap(), self.limit("maxLength").unwrap());
                vec!["x".repeat(min).into(), "ü".repeat(max).into(), "\u{1}'\"\\\u{202e}\u{feff}".into()]
            }
            "integer" => vec![self.schema["minimum"].clone(), self.schema["maximum"].clone()],
            "boolean" => vec![true.into(), false.into()],
            "array" => {
                let item = Kind::of(&self.schema["items"], document);
                let mut good: Vec<Value> = item.good(document).into_iter().map(|item| json!([item])).collect();
                good.push(vec![item.example(document); self.limit("maxItems").unwrap()].into());
                good
            }
            "object" if self.schema["properties"].is_object() => {
                let fields = self.schema["properties"].as_object().unwrap().iter();
                let fields = fields.flat_map(|(field, schema)| {
                    let values = Kind::of(schema, document).good(document);
                    values.into_iter().map(move |value| json!({ field: value }))
                });
                fields.chain([json!({})]).collect()
            }
            "object" => vec![json!({}), nested(100), json!({ "a": [1e300, -0.0, u64::MAX, "\u{1}", null] })],
            other => panic!("{other} is a new type: say here what is good"),
        }
    }
}

fn long_address(length: usize) -> Value {
    format!("{:a<length$}", "https://mangoes.invalid/").into()
}

/// Objects in objects.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!({}), |inner, _| json!({ "a": inner }))
}

/// Encoded values that a query must not have.
pub fn bad_parameters(kind: &Kind, name: &str) -> Vec<String> {
    let mut bad: Vec<String> = ["%00", "a%00b", ""].map(str::to_owned).into();
    match kind.name() {
        "integer" => {
            let (min, max) = (kind.schema["minimum"].as_i64().unwrap(), kind.schema["maximum"].as_i64().unwrap());
            bad.extend([min - 1, max + 1, i64::MIN, i64::MAX].map(|number| number.to_string()));
            bad.extend(["abc", "1.5", "1e3", "0x1", "%ff", "99999999999999999999999", "%20", "1,2"].map(str::to_owned));
        }
        "boolean" => bad.extend(["yes", "1", "0", "%ff", "TRUE%00"].map(str::to_owned)),
        "string" if kind.schema["format"] == "uuid" => {
            bad.extend(["x", "null", "%ff", "00000000-0000-0000-0000-00000000000g"].map(str::to_owned));
        }
        "string" if kind.schema["enum"].is_array() => {
            bad.extend(["x", "%ff", "Newest", "newest%20"].map(str::to_owned));
        }
        "string" if kind.schema["format"] == "date" => {
            bad.extend(["x", "yesterday", "2026-02-30", "%ff", "-1"].map(str::to_owned));
        }
        "string" if name == "cursor" => {
            let id = Uuid::now_v7();
            let times = [
                "",
                "x",
                "-1",
                "9223372036854775807",
                "-9223372036854775808",
                "8210266876799999999",
                "253402300800000000",
            ];
            bad.extend(times.map(|time| BASE64_URL_SAFE_NO_PAD.encode(format!("{time} {id}"))));
            bad.extend(["x".to_owned(), "%ff".to_owned(), "x".repeat(5_000), id.to_string()]);
            bad.push(BASE64_URL_SAFE_NO_PAD.encode("1700000000000000 x"));
            bad.push(BASE64_URL_SAFE_NO_PAD.encode(b"\xff\xfe"));
        }
        "string" => {
            bad.extend(["%20", "%09%0A", "+"].map(str::to_owned));
            bad.push("x".repeat(kind.limit("maxLength").unwrap() + 1));
        }
        other => panic!("{other} is a new type: say here what is bad"),
    }
    bad
}
