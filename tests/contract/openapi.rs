//! `docs/openapi.yaml` is what the code says.

use acceptance::workspace;

fn described() -> String {
    let parts = vec![
        accounts_api::openapi(),
        publications_api::openapi(),
        comments_api::openapi(),
        cases_api::openapi(),
        principals_api::openapi(),
        screening_api::openapi(),
        record_api::openapi(),
        complaints_api::openapi(),
    ];
    lambda::openapi::merge(parts).to_yaml().expect("an OpenAPI document is YAML")
}

#[test]
fn the_openapi_document_is_what_the_code_says() {
    let path = workspace::root().join("docs/openapi.yaml");
    let described = described();
    if workspace::variable("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &described).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    // Not assert_eq: it would print both documents whole.
    let first = written.lines().zip(described.lines()).position(|(written, said)| written != said);
    let line = first.unwrap_or_else(|| written.lines().count().min(described.lines().count())) + 1;
    assert!(written == described, "{} differs from line {line} on; write it anew: cargo xtask openapi", path.display());
}
