//! A function without a right cannot do what it would need it for: the stack enforces the roles.

use acceptance::{
    caller::{Answer, Ask},
    principals::unique,
    stack::Stack,
    waiting::until,
    workspace,
};
use data_encoding::BASE64;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, running};

pub(crate) async fn iam(stack: &Stack, form: &[(&str, &str)]) -> Answer {
    let form = form.iter().chain(&[("Version", "2010-05-08")]);
    let body = form.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&");
    let ask = Ask::new(Method::POST, "/").text(&body).header("content-type", "application/x-www-form-urlencoded");
    stack.admin().send(&stack.endpoint, "iam", ask).await.unwrap()
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub(crate) async fn lambda(stack: &Stack, ask: Ask) -> Answer {
    stack.admin().send(&stack.endpoint, "lambda", ask).await.unwrap()
}

fn sample(path: &str) -> Value {
    let path = workspace::root().join("events").join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same code and variables as `accounts-api`, under a role that may do nothing.
async fn probe(stack: &Stack, name: &str, role: &str) -> Answer {
    let known = stack.function("AccountsApiFunction").unwrap();
    let known = lambda(stack, Ask::get(&format!("/2015-03-31/functions/{known}"))).await.expect(200).unwrap();
    let location = known["Code"]["Location"].as_str().expect("the code is somewhere");
    let zip = reqwest::get(location).await.unwrap().bytes().await.unwrap();
    let configuration = &known["Configuration"];
    let body = json!({
        "FunctionName": name,
        "Runtime": configuration["Runtime"],
        "Handler": configuration["Handler"],
        "Architectures": configuration["Architectures"],
        "Timeout": 10,
        "MemorySize": 512,
        "Role": role,
        "Environment": { "Variables": configuration["Environment"]["Variables"] },
        "Code": { "ZipFile": BASE64.encode(&zip) },
    });
    lambda(stack, Ask::post("/2015-03-31/functions", &body)).await
}

#[tokio::test]
async fn a_function_whose_role_lacks_a_permission_fails() {
    let stack = running().await;
    let event = sample("accounts-api/get-unknown-account.json");
    let allowed = stack.function("AccountsApiFunction").unwrap();
    let answer = stack.admin().invoke(&stack.endpoint, allowed, &event).await.unwrap().expect(200).unwrap();
    assert_eq!(answer["statusCode"], 404, "with its role the function reads the table: {answer}");

    let name = unique("gatehouse-local-probe");
    let name = &name[..50];
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }],
    })
    .to_string();
    let form = &[("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", trust.as_str())];
    let made = iam(&stack, form).await;
    assert_eq!(made.status, 200, "{made}");
    let arn = made.text.split("<Arn>").nth(1).and_then(|rest| rest.split("</Arn>").next()).expect("a role has an ARN");

    let created = probe(&stack, name, arn).await;
    let answer = until("the probe answers", PATIENCE, async || {
        let answer = stack.admin().invoke(&stack.endpoint, name, &event).await?;
        // 409 while the function is being made.
        Ok((answer.status == 200).then_some(answer))
    })
    .await;
    let gone = lambda(&stack, Ask::new(Method::DELETE, &format!("/2015-03-31/functions/{name}"))).await;
    let unmade = iam(&stack, &[("Action", "DeleteRole"), ("RoleName", name)]).await;

    assert_eq!(created.status, 201, "{created}");
    let answer = answer.unwrap().json();
    assert_eq!(answer["statusCode"], 500, "without rights the function cannot read the table: {answer}");
    assert!(answer["body"].as_str().is_some_and(|body| body.contains("\"internal\"")), "{answer}");
    assert!(gone.status < 300, "{gone}");
    assert_eq!(unmade.status, 200, "{unmade}");
}
