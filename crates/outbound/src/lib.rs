//! The ports that speak HTTP to others: identity provider and platform webhook
