//! The form of identifiers in the API's description: whatever is named `account_id`, in a path or in a body, is a TypeID
//! with the prefix of accounts.

use utoipa::openapi::{Object, OpenApi, RefOr, Schema, path::Operation, schema::ArrayItems};

/// What carries an identifier, by name, and the prefix.
const PREFIXES: [(&str, &str); 21] = [
    ("account_id", "acct"),
    ("account_ids", "acct"),
    ("assessment_id", "asm"),
    ("backtest_id", "bt"),
    ("case_id", "case"),
    ("challenge_id", "chal"),
    ("change_id", "prof"),
    ("comment_id", "cmt"),
    ("complaint_id", "cmpl"),
    ("decision_id", "dec"),
    ("enforcement_id", "enf"),
    ("group_id", "grp"),
    ("hold_id", "hold"),
    ("holder_account_id", "acct"),
    ("listing_id", "lst"),
    ("members", "acct"),
    ("note_id", "note"),
    ("package_id", "pkg"),
    ("publication_id", "pub"),
    ("qualification_id", "qual"),
    ("reverses_decision_id", "dec"),
];

/// The blind key of a principal, with the version of the index.
const PRINCIPAL_KEY: (&str, &str) = ("principal_key", r"^v[0-9]{1,9}\.[0-9a-f]{64}$");

/// Writes the form of every identifier into `document`.
pub(super) fn describe(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        operations.into_iter().flatten().for_each(of_parameters);
    }
    if let Some(components) = &mut document.components {
        components.schemas.values_mut().for_each(of_schema);
    }
}

fn of_parameters(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && let Some(schema) = &mut parameter.schema
        {
            of_field(&parameter.name, schema);
        }
    }
}

fn of_schema(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            for (name, field) in &mut object.properties {
                of_field(name, field);
            }
        }
        Schema::Array(array) => of_items(&mut array.items, of_schema),
        Schema::OneOf(one) => one.items.iter_mut().for_each(of_schema),
        Schema::AllOf(all) => all.items.iter_mut().for_each(of_schema),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(of_schema),
        _ => {}
    }
}

fn of_items(items: &mut ArrayItems, describe: impl FnOnce(&mut RefOr<Schema>)) {
    if let ArrayItems::RefOrSchema(schema) = items {
        describe(schema);
    }
}

fn of_field(name: &str, schema: &mut RefOr<Schema>) {
    let prefix = PREFIXES.iter().find(|(known, _)| *known == name).map(|(_, prefix)| *prefix);
    match (prefix, schema) {
        (Some(prefix), RefOr::T(Schema::Object(object))) => {
            object.pattern.get_or_insert_with(|| form(prefix));
            give_example(object, prefix);
        }
        (Some(prefix), RefOr::T(Schema::Array(array))) => of_items(&mut array.items, |item| {
            if let RefOr::T(Schema::Object(object)) = item {
                object.pattern.get_or_insert_with(|| form(prefix));
            }
        }),
        (None, RefOr::T(Schema::Object(object))) if name == PRINCIPAL_KEY.0 => {
            object.pattern.get_or_insert_with(|| PRINCIPAL_KEY.1.to_owned());
            object.example.get_or_insert_with(|| format!("v1.{}", "1".repeat(64)).into());
        }
        (_, schema) => of_schema(schema),
    }
}

/// 128 bits in Crockford's base 32: the first digit holds three of them.
fn form(prefix: &str) -> String {
    format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")
}

fn give_example(object: &mut Object, prefix: &str) {
    object.example.get_or_insert_with(|| format!("{prefix}_01m8323b80e00r000000000061").into());
}
