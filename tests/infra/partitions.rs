//! The templates must deploy in the China partition, too.

use crate::template::{all, resources, text};

#[test]
fn no_template_names_a_partition_a_region_or_a_domain() {
    for (path, _) in all() {
        for (at, line) in text(&path).lines().enumerate() {
            let line_number = at + 1;
            assert!(!line.contains("arn:aws:") && !line.contains("arn:aws-cn:"), "{path}:{line_number}: {line}");
            // Service principals are written the same in every partition; addresses are not.
            let principal = line.contains("Principal:") || line.contains("Service:");
            assert!(!line.contains("amazonaws.com") || principal, "{path}:{line_number}: {line}");
            for region in ["us-east-1", "us-west-2", "eu-west-1", "cn-north-1", "cn-northwest-1"] {
                assert!(!line.contains(region), "{path}:{line_number}: {line}");
            }
        }
    }
}

#[test]
fn the_architecture_is_a_parameter() {
    let template = crate::template::read("template.yaml");
    let of_all = &template["Globals"]["Function"]["Architectures"];
    assert_eq!(*of_all, serde_json::json!([{ "Ref": "Architecture" }]));
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        assert!(function["Properties"]["Architectures"].is_null(), "{name} has one of its own");
    }
}

#[test]
fn what_holds_the_record_outlives_the_stack() {
    let data = crate::template::read("stacks/data.yaml");
    for of_type in ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"] {
        let found = resources(&data, of_type);
        assert!(!found.is_empty(), "{of_type}");
        for (name, resource) in found {
            assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
            assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
        }
    }
}

#[test]
fn the_content_log_is_versioned_and_locked() {
    let data = crate::template::read("stacks/data.yaml");
    let buckets = resources(&data, "AWS::S3::Bucket");
    let (_, log) = buckets.iter().find(|(name, _)| *name == "ContentLogBucket").unwrap();
    assert_eq!(log["Properties"]["VersioningConfiguration"]["Status"], "Enabled");
    assert_eq!(log["Properties"]["ObjectLockEnabled"], true);
    for (name, bucket) in buckets {
        let block = &bucket["Properties"]["PublicAccessBlockConfiguration"];
        for wall in ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"] {
            assert_eq!(block[wall], true, "{name}: {wall}");
        }
    }
}

#[test]
fn tables_are_encrypted_and_their_protection_is_a_parameter() {
    let data = crate::template::read("stacks/data.yaml");
    for (name, table) in resources(&data, "AWS::DynamoDB::Table") {
        let table = &table["Properties"];
        assert_eq!(table["SSESpecification"]["SSEEnabled"], true, "{name}");
        assert_eq!(table["DeletionProtectionEnabled"]["Ref"], "DeletionProtection", "{name}");
        let recovery = &table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
        assert_eq!(recovery["Ref"], "PointInTimeRecovery", "{name}");
    }
}
