//! The JSON Schema describes what is written. A validator of exactly the keywords that our schema uses; one that it does not know
//! fails the test.

use serde_json::Value;

use super::report;
use crate::report::json;

struct Validator {
    root: Value,
    troubles: Vec<String>,
}

impl Validator {
    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(keywords) = schema.as_object() else {
            assert_eq!(schema, &Value::Bool(true), "{at}: a schema");
            return;
        };
        for (keyword, wanted) in keywords {
            let fits = match keyword.as_str() {
                "$schema" | "title" | "description" | "format" | "definitions" => true,
                "$ref" => {
                    let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                    let schema = self.root.pointer(pointer).expect("what a schema refers to").clone();
                    self.check(&schema, value, at);
                    true
                }
                "type" => match wanted {
                    Value::Array(types) => types.iter().any(|one| is(value, one)),
                    one => is(value, one),
                },
                "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
                "enum" => wanted.as_array().unwrap().contains(value),
                "const" => wanted == value,
                "anyOf" | "oneOf" => wanted.as_array().unwrap().iter().any(|one| self.fits(one, value)),
                "allOf" => wanted.as_array().unwrap().iter().all(|one| self.fits(one, value)),
                "required" => {
                    let missing = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                    wanted.as_array().unwrap().iter().find(missing).is_none()
                }
                "properties" => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        match wanted.get(name) {
                            Some(schema) => self.check(schema, value, &format!("{at}/{name}")),
                            None => self.troubles.push(format!("{at}/{name} is not in the schema")),
                        }
                    }
                    true
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, item, &format!("{at}/{index}"));
                    }
                    true
                }
                "additionalProperties" => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        self.check(wanted, value, &format!("{at}/{name}"));
                    }
                    true
                }
                other => panic!("{at}: the keyword {other} is not known here"),
            };
            if !fits {
                self.troubles.push(format!("{at}: {value} does not fit {keyword}: {wanted}"));
            }
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        let mut other = Self { root: self.root.clone(), troubles: Vec::new() };
        other.check(schema, value, "");
        other.troubles.is_empty()
    }
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known here"),
    }
}

fn troubles(report: &Value) -> Vec<String> {
    let root: Value = serde_json::from_str(&json::schema()).unwrap();
    let mut validator = Validator { root: root.clone(), troubles: Vec::new() };
    validator.check(&root, report, "");
    validator.troubles
}

#[test]
fn a_report_fits_its_schema() {
    let report: Value = serde_json::from_str(&json::render(&report()).unwrap()).unwrap();
    assert_eq!(troubles(&report), Vec::<String>::new());
}

#[test]
fn what_does_not_fit_is_found() {
    let good: Value = serde_json::from_str(&json::render(&report()).unwrap()).unwrap();
    for (pointer, bad) in [
        ("/results/0/verdict", Value::from("passed")),
        ("/results/1/broken/0/line", Value::from(-1)),
        ("/clauses/0/level", Value::Null),
        ("/environment", Value::from("here")),
        ("/results/1/transcript/entries/0/from", Value::from("me")),
    ] {
        let mut report = good.clone();
        *report.pointer_mut(pointer).unwrap() = bad;
        assert!(!troubles(&report).is_empty(), "{pointer}");
    }
    let mut report = good;
    report.as_object_mut().unwrap().remove("complete");
    assert!(!troubles(&report).is_empty());
}
