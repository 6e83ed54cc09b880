//! The ports on DynamoDB, S3, SQS and KMS
