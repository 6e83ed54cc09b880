//! What a request may hold beside its fields: nothing. The description of a struct says so by itself
//! (`deny_unknown_fields`), that of an enum's variants does not.

use std::collections::BTreeSet;

use utoipa::openapi::{
    OpenApi, RefOr, Schema,
    schema::{AdditionalProperties, ArrayItems},
};

/// Closes the variants of everything that a request body is made of.
pub(super) fn describe(document: &mut OpenApi) {
    let mut waiting: Vec<String> = Vec::new();
    for item in document.paths.paths.values() {
        let operations = [&item.get, &item.put, &item.post, &item.delete, &item.patch];
        for operation in operations.into_iter().flatten() {
            if let Some(RefOr::T(body)) = &operation.request_body {
                for content in body.content.values() {
                    if let RefOr::T(content) = content
                        && let Some(schema) = &content.schema
                    {
                        names_in(schema, &mut waiting);
                    }
                }
            }
        }
    }
    let Some(components) = &mut document.components else { return };
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if let Some(schema) = components.schemas.get_mut(&name).filter(|_| seen.insert(name)) {
            names_in(schema, &mut waiting);
            close(schema);
        }
    }
}

fn close(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one)) = schema else { return };
    for variant in &mut one.items {
        if let RefOr::T(Schema::Object(object)) = variant
            && !object.properties.is_empty()
        {
            object.additional_properties.get_or_insert_with(|| Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// The components that a schema refers to.
fn names_in(schema: &RefOr<Schema>, names: &mut Vec<String>) {
    let schema = match schema {
        RefOr::Ref(reference) => {
            names.extend(reference.ref_location.rsplit('/').next().map(ToOwned::to_owned));
            return;
        }
        RefOr::T(schema) => schema,
    };
    match schema {
        Schema::Object(object) => object.properties.values().for_each(|field| names_in(field, names)),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(item) = &array.items {
                names_in(item, names);
            }
        }
        Schema::OneOf(one) => one.items.iter().for_each(|item| names_in(item, names)),
        Schema::AllOf(all) => all.items.iter().for_each(|item| names_in(item, names)),
        Schema::AnyOf(any) => any.items.iter().for_each(|item| names_in(item, names)),
        _ => {}
    }
}
