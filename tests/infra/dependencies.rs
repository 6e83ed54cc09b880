//! Dependencies point one way (docs/architecture.md), and the AWS SDK stays behind the ports.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// What each crate of ours may depend on; functions have a line of their own below.
const MAY: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("screening", &[]),
    ("evidence", &["domain"]),
    ("pictures", &["screening"]),
    ("gatehouse-verify", &["evidence", "domain"]),
    ("app", &["domain", "screening", "pictures", "evidence"]),
    ("aws", &["app", "domain", "evidence"]),
    ("lambda", &["app", "domain"]),
    ("outbound", &["app", "domain"]),
    ("testkit", &["app", "domain", "screening", "evidence"]),
];

const FUNCTION_MAY: &[&str] = &["lambda", "aws", "outbound", "app", "domain", "screening", "evidence"];

fn metadata() -> Metadata {
    let manifest = acceptance::workspace::root().join("Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata")
}

fn is_function(package: &Package) -> bool {
    package.manifest_path.parent().and_then(|folder| folder.parent()).is_some_and(|at| at.ends_with("functions"))
}

/// The functions that are built from `dependency`.
pub(crate) fn functions_on(dependency: &str) -> Vec<String> {
    let metadata = metadata();
    let on = metadata.packages.iter().filter(|package| is_function(package) && shipped(package).contains(dependency));
    on.map(|package| package.name.to_string()).collect()
}

/// What `package` is built from; what its tests use is another matter.
fn shipped(package: &Package) -> BTreeSet<&str> {
    let shipped = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    shipped.map(|dependency| dependency.name.as_str()).collect()
}

#[test]
fn dependencies_point_one_way() {
    let metadata = metadata();
    let ours: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let may: BTreeMap<&str, &[&str]> = MAY.into_iter().collect();
    for package in &metadata.packages {
        let allowed = match may.get(package.name.as_str()) {
            Some(allowed) => *allowed,
            None if is_function(package) => FUNCTION_MAY,
            // Tests and tasks look at everything.
            None => continue,
        };
        let used: BTreeSet<&str> = shipped(package).intersection(&ours).copied().collect();
        let wrong: Vec<_> = used.iter().filter(|name| !allowed.contains(name)).collect();
        assert!(wrong.is_empty(), "{} depends on {wrong:?}", package.name);
    }
}

#[test]
fn nothing_depends_on_a_function_but_the_acceptance_tests() {
    let metadata = metadata();
    let functions: BTreeSet<&str> =
        metadata.packages.iter().filter(|package| is_function(package)).map(|package| package.name.as_str()).collect();
    assert_eq!(functions.len(), 25);
    for package in metadata.packages.iter().filter(|package| package.name.as_str() != "acceptance") {
        let used: Vec<_> = package.dependencies.iter().filter(|d| functions.contains(d.name.as_str())).collect();
        assert!(used.is_empty(), "{} depends on {used:?}", package.name);
    }
}

#[test]
fn the_aws_sdk_stays_inside_the_crate_aws() {
    let metadata = metadata();
    for package in metadata.packages.iter().filter(|package| package.name.as_str() != "aws") {
        let sdk: Vec<_> = package.dependencies.iter().filter(|d| d.name.starts_with("aws-sdk-")).collect();
        assert!(sdk.is_empty(), "{} depends on {sdk:?}", package.name);
    }
}

/// The domain is pure: no async, no AWS, no clock, no environment.
#[test]
fn the_domain_and_the_engine_know_of_no_runtime() {
    let metadata = metadata();
    for name in ["domain", "screening", "evidence", "pictures"] {
        let package = metadata.packages.iter().find(|package| package.name.as_str() == name).unwrap();
        for dependency in shipped(package) {
            let outside = ["tokio", "futures", "reqwest", "axum", "async-trait"].contains(&dependency);
            // Hashes and signatures are arithmetic.
            let aws = dependency.starts_with("aws") && dependency != "aws-lc-rs";
            assert!(!outside && !aws, "{name} depends on {dependency}");
        }
    }
}
