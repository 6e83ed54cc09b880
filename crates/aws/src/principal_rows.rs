//! The rows of a principal in the accounts table, and the conditions on them that several transactions share.

use app::ports::PortError;
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use domain::{
    id::{AccountId, GroupId},
    principal::PrincipalKey,
};

use crate::{
    failure::failed,
    later::DynamoDb,
    layout::{Item, attribute, key, text},
    transaction::check,
};

const WHAT: &str = "principal register";

pub(crate) const ACCOUNT: &str = "ACCOUNT#";
pub(crate) const KNOWN_BY: &str = "KNOWN_BY#";
pub(crate) const GROUP: &str = "GROUP#";

/// The lists of the blacklist.
pub(crate) const LISTED: &str = "BLACKLIST";
pub(crate) const PROPOSED: &str = "BLACKLIST#PROPOSED";

pub(crate) fn pk(principal: &PrincipalKey) -> String {
    format!("PRINCIPAL#{}", principal.as_str())
}

pub(crate) fn quota_key(principal: &PrincipalKey) -> Item {
    key(pk(principal), "QUOTA")
}

pub(crate) fn alias_key(principal: &PrincipalKey) -> Item {
    key(pk(principal), "ALIAS")
}

pub(crate) fn blacklist_key(principal: &PrincipalKey) -> Item {
    key(pk(principal), "BLACKLIST")
}

pub(crate) fn account_key(principal: &PrincipalKey, account_id: AccountId) -> Item {
    key(pk(principal), format!("{ACCOUNT}{account_id}"))
}

pub(crate) fn group_key(principal: &PrincipalKey, group_id: GroupId) -> Item {
    key(pk(principal), format!("{GROUP}{group_id}"))
}

pub(crate) fn known_by_key(principal: &PrincipalKey, alias: &PrincipalKey) -> Item {
    key(pk(principal), format!("{KNOWN_BY}{}", alias.as_str()))
}

/// Where the principal is in the list of those who are listed.
pub(crate) fn listed_key(review_at: jiff::Timestamp, principal: &PrincipalKey) -> Item {
    // Always nine decimals, so that text sorts as time does.
    key(LISTED, format!("{review_at:.9}#{}", principal.as_str()))
}

/// Where the principal is in the list of those of whom a listing waits for a second person.
pub(crate) fn proposed_key(principal: &PrincipalKey) -> Item {
    key(PROPOSED, principal.as_str())
}

/// The principal is counted and listed under this key.
pub(crate) fn is_canonical(table: &str, principal: &PrincipalKey) -> TransactWriteItem {
    let is = ConditionCheck::builder().table_name(table).set_key(Some(alias_key(principal)));
    check(is.condition_expression("attribute_not_exists(pk)").build().expect("table, key and condition are set"))
}

/// `alias` leads to `canonical`.
pub(crate) fn leads_to(table: &str, alias: &PrincipalKey, canonical: &PrincipalKey) -> TransactWriteItem {
    let does = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(alias_key(alias)))
        .condition_expression("canonical = :canonical")
        .expression_attribute_values(":canonical", text(canonical.as_str()));
    check(does.build().expect("table, key and condition are set"))
}

/// The principal is not on the blacklist.
pub(crate) fn is_not_listed(table: &str, principal: &PrincipalKey) -> TransactWriteItem {
    let is = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(blacklist_key(principal)))
        .condition_expression("attribute_not_exists(pk) OR listed = :no")
        .expression_attribute_values(":no", aws_sdk_dynamodb::types::AttributeValue::Bool(false));
    check(is.build().expect("table, key and condition are set"))
}

/// The key under which the principal is counted and listed.
pub(crate) async fn canonical(
    client: &DynamoDb,
    table: &str,
    principal: &PrincipalKey,
) -> Result<PrincipalKey, PortError> {
    let request = client.get_item().table_name(table).set_key(Some(alias_key(principal))).consistent_read(true);
    let found = request.send().await.map_err(|error| failed(WHAT, &error))?;
    let Some(alias) = found.item else { return Ok(principal.clone()) };
    attribute(WHAT, &alias, "canonical")?.parse().map_err(|error| PortError::corrupt(WHAT, error))
}
