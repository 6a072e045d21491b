//! A form of data that is the same for the same content, so that its hash can stand for it.
//!
//! Objects with their keys in order of their bytes, no spaces, texts as JSON writes them, numbers in decimal: what RFC 8785
//! gives for data that has no fractions. The law has none; a fraction is written as TOML shows it, and loading refuses it.

use sha2::{Digest, Sha256};

/// Writes a value in its canonical form.
pub(crate) fn write(value: &toml::Value, out: &mut String) {
    match value {
        toml::Value::Table(table) => {
            let mut keys: Vec<&String> = table.keys().collect();
            keys.sort();
            out.push('{');
            for (place, key) in keys.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                text(key, out);
                out.push(':');
                write(&table[key], out);
            }
            out.push('}');
        }
        toml::Value::Array(values) => {
            out.push('[');
            for (place, value) in values.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        toml::Value::String(string) => text(string, out),
        toml::Value::Integer(number) => out.push_str(&number.to_string()),
        toml::Value::Boolean(flag) => out.push_str(if *flag { "true" } else { "false" }),
        toml::Value::Float(_) | toml::Value::Datetime(_) => text(&value.to_string(), out),
    }
}

fn text(string: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(string).to_string());
}

/// SHA-256 over a tag, which parts it from other uses, and the canonical form.
pub(crate) fn hash(tag: &str, value: &toml::Value) -> [u8; 32] {
    let mut form = format!("{tag}\n");
    write(value, &mut form);
    Sha256::digest(form.as_bytes()).into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_has_the_same_form() {
        let form = |text: &str| {
            let mut out = String::new();
            write(&toml::Value::Table(toml::from_str(text).expect("TOML")), &mut out);
            out
        };
        assert_eq!(form("b = 1\na = [true, \"x\\ny\"] # why"), r#"{"a":[true,"x\ny"],"b":1}"#);
        assert_eq!(form("t.z = 1\nt.a = 2"), form("[t]\na = 2\nz = 1"));
        assert_ne!(form("a = 1"), form("a = \"1\""));
    }
}
