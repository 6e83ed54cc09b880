//! Clients that are made when they are first used: making one reads a table of all partitions of AWS, which costs a start
//! more than all the adapters around it, and most requests do without most services.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, LazyLock},
};

pub(crate) type DynamoDb = Later<aws_sdk_dynamodb::Client>;
pub(crate) type Sqs = Later<aws_sdk_sqs::Client>;
pub(crate) type S3 = Later<aws_sdk_s3::Client>;
pub(crate) type Kms = Later<aws_sdk_kms::Client>;

/// A client that is made when it is first used, shared by all clones.
pub(crate) struct Later<C>(Arc<LazyLock<C, Box<dyn FnOnce() -> C + Send>>>);

impl<C> Later<C> {
    pub(crate) fn new(make: impl FnOnce() -> C + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<C> Deref for Later<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C> Clone for Later<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> fmt::Debug for Later<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a client")
    }
}
