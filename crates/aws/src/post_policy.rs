//! Forms by which others upload straight to S3: a policy that says what is taken, signed with the credentials of this
//! function (Signature Version 4 of a POST policy). Nobody can send anything else with it than what the policy says.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_s3::config::Credentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use data_encoding::{BASE64, HEXLOWER};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

/// What is signed.
#[derive(Clone, Copy)]
pub(crate) struct PostPolicy<'a> {
    pub(crate) bucket: &'a str,
    pub(crate) region: &'a str,
    pub(crate) key: &'a str,
    pub(crate) content_type: &'a str,
    /// Of the file, in hexadecimal, where it is known.
    pub(crate) sha256: Option<&'a str>,
    /// Bytes.
    pub(crate) largest: usize,
    pub(crate) now: Timestamp,
    pub(crate) closes_at: Timestamp,
}

impl PostPolicy<'_> {
    /// The fields of the form; `None` when the hash is none.
    pub(crate) fn signed(&self, credentials: &Credentials) -> Option<BTreeMap<String, String>> {
        let utc = self.now.to_zoned_datetime(TimeZone::UTC);
        let (day, moment) = (utc.strftime("%Y%m%d").to_string(), utc.strftime("%Y%m%dT%H%M%SZ").to_string());
        let credential = format!("{}/{day}/{}/s3/aws4_request", credentials.access_key_id(), self.region);
        let mut fields = BTreeMap::from([
            ("key", self.key.to_owned()),
            ("Content-Type", self.content_type.to_owned()),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("x-amz-credential", credential),
            ("x-amz-date", moment),
        ]);
        if let Some(sha256) = self.sha256 {
            let checksum = BASE64.encode(&HEXLOWER.decode(sha256.as_bytes()).ok()?);
            fields.insert("x-amz-checksum-algorithm", "SHA256".to_owned());
            fields.insert("x-amz-checksum-sha256", checksum);
        }
        if let Some(token) = credentials.session_token() {
            fields.insert("x-amz-security-token", token.to_owned());
        }
        // Every field as it stands, and nothing that is no field.
        let exactly = fields.iter().map(|(name, value)| json!(["eq", format!("${name}"), value]));
        let bounds = [json!({ "bucket": self.bucket }), json!(["content-length-range", 1, self.largest])];
        let conditions: Vec<Value> = bounds.into_iter().chain(exactly).collect();
        let policy = json!({ "expiration": format!("{:.3}", self.closes_at), "conditions": conditions });
        let policy = BASE64.encode(policy.to_string().as_bytes());
        let signature = signature(credentials.secret_access_key(), self.now, self.region, &policy);
        fields.extend([("policy", policy), ("x-amz-signature", signature)]);
        Some(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// Of the policy in base64.
fn signature(secret: &str, now: Timestamp, region: &str, policy: &str) -> String {
    let key = generate_signing_key(secret, system_time(now), region, "s3");
    calculate_signature(key, policy.as_bytes())
}

/// As the SDK takes it.
pub(crate) fn system_time(at: Timestamp) -> SystemTime {
    let since = Duration::try_from(at.as_duration()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + since
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the S3 API reference ("Browser-Based Upload using HTTP POST").
    #[test]
    fn the_published_example_has_the_published_signature() {
        let policy = [
            r#"{ "expiration": "2015-12-30T12:00:00.000Z","#,
            r#"  "conditions": ["#,
            r#"    {"bucket": "sigv4examplebucket"},"#,
            r#"    ["starts-with", "$key", "user/user1/"],"#,
            r#"    {"acl": "public-read"},"#,
            r#"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
            r#"    ["starts-with", "$Content-Type", "image/"],"#,
            r#"    {"x-amz-meta-uuid": "14365123651274"},"#,
            r#"    {"x-amz-server-side-encryption": "AES256"},"#,
            r#"    ["starts-with", "$x-amz-meta-tag", ""],"#,
            "",
            r#"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
            r#"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#,
            r#"    {"x-amz-date": "20151229T000000Z" }"#,
            "  ]",
            "}",
        ]
        .join("\r\n");
        let signature = signature(
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "2015-12-29T00:00:00Z".parse().unwrap(),
            "us-east-1",
            &BASE64.encode(policy.as_bytes()),
        );
        assert_eq!(signature, "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    #[test]
    fn every_field_is_bound_to_its_value_and_the_size_is_bounded() {
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let policy = PostPolicy {
            bucket: "evidence",
            region: "cn-north-1",
            key: "uploads/a/b",
            content_type: "image/png",
            sha256: Some(sha256),
            largest: 1_024,
            now: "2026-11-23T04:00:00.5Z".parse().unwrap(),
            closes_at: "2026-11-23T04:15:00.5Z".parse().unwrap(),
        };
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", Some("token".to_owned()), None, "test");
        let fields = policy.signed(&credentials).unwrap();
        let signed: Value = serde_json::from_slice(&BASE64.decode(fields["policy"].as_bytes()).unwrap()).unwrap();
        assert_eq!(signed["expiration"], "2026-11-23T04:15:00.500Z");
        let conditions = signed["conditions"].as_array().unwrap();
        assert!(conditions.contains(&json!({ "bucket": "evidence" })));
        assert!(conditions.contains(&json!(["content-length-range", 1, 1_024])));
        for (name, value) in fields.iter().filter(|(name, _)| !["policy", "x-amz-signature"].contains(&name.as_str())) {
            assert!(conditions.contains(&json!(["eq", format!("${name}"), value])), "{name}");
        }
        assert_eq!(fields["x-amz-checksum-sha256"], "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(fields["x-amz-security-token"], "token");
        assert!(!format!("{fields:?}").contains("secret"));
        let unknown = PostPolicy { sha256: None, ..policy }.signed(&credentials).unwrap();
        assert!(!unknown.contains_key("x-amz-checksum-sha256"));
        assert!(PostPolicy { sha256: Some("not a hash"), ..policy }.signed(&credentials).is_none());
    }
}
