//! The routes of the template are those of the API's description, no more and no fewer.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{read, resources};

type Routes = BTreeSet<(String, String)>;

/// Method and path of every route of the platform API.
fn platform_routes(template: &Value) -> Routes {
    let routes = resources(template, "AWS::ApiGatewayV2::Route").into_iter().map(|(name, route)| {
        assert_eq!(route["Properties"]["AuthorizationType"], "AWS_IAM", "{name} can be called by anybody");
        let key = route["Properties"]["RouteKey"].as_str().unwrap();
        let (method, path) = key.split_once(' ').unwrap_or_else(|| panic!("{name}: {key}"));
        (method.to_owned(), path.to_owned())
    });
    routes.collect()
}

/// Method and path of every route of the public API.
fn public_routes(template: &Value) -> Routes {
    let functions = resources(template, "AWS::Serverless::Function");
    let events = functions.iter().flat_map(|(_, f)| f["Properties"]["Events"].as_object().into_iter().flatten());
    let routes = events.filter(|(_, event)| event["Type"] == "Api").map(|(_, event)| {
        let text = |name: &str| event["Properties"][name].as_str().unwrap().to_owned();
        (text("Method").to_uppercase(), text("Path"))
    });
    routes.collect()
}

fn described() -> Routes {
    let path = acceptance::workspace::root().join("docs/openapi.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; UPDATE_OPENAPI=1 cargo nextest run -p acceptance openapi writes it", path.display())
    });
    let description: Value = serde_norway::from_str(&text).unwrap();
    let mut routes = Routes::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"] {
            if item[method].is_object() {
                routes.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    routes
}

#[test]
fn the_template_routes_what_the_openapi_document_describes() {
    let template = read("template.yaml");
    let routed: Routes = platform_routes(&template).union(&public_routes(&template)).cloned().collect();
    assert_eq!(routed, described());
}

#[test]
fn the_public_can_reach_complaints_and_their_page_and_nothing_else() {
    for (_, path) in public_routes(&read("template.yaml")) {
        let is_of_complaints = path.starts_with("/v1/complaints") || path == "/report" || path.starts_with("/report/");
        assert!(is_of_complaints, "{path}");
    }
}
