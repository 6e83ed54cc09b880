//! `controls/groups/…`: account groups that an operator brings along, as `domain::group_import` reads them (R7.3). A group is
//! known by its name and its holder: the same file again, or one with more members, adds whoever is missing.

use std::collections::BTreeSet;

use domain::{
    account::Account,
    actor::Actor,
    group::GroupRefusal,
    group_import::{self, ImportedGroup},
    id::{AccountId, GroupId},
};

use super::{
    ControlProblem, Judgement,
    sheet_file::{id_of, problems_of, text_of},
};
use crate::{
    error::AppError,
    grouping::{Grouping, RegisterGroup},
};

/// Five hundred members with the scopes of their groups.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;

/// As many accounts as one change of a group may carry.
const AT_ONCE: usize = 20;

pub(super) async fn judge(grouping: &Grouping, actor: &Actor, bytes: &[u8]) -> Result<Judgement, AppError> {
    let text = match text_of(bytes) {
        Ok(text) => text,
        Err(refused) => return Ok(refused),
    };
    let groups = match group_import::parse(text) {
        Ok(groups) => groups,
        Err(problems) => return Ok(Judgement::refused(None, problems_of(problems))),
    };
    // All of them are looked at before one is registered.
    let mut problems = Vec::new();
    for group in &groups {
        problems.extend(look(grouping, group).await?);
    }
    if problems.is_empty() {
        for group in &groups {
            problems.extend(register(grouping, group, actor).await?);
        }
    }
    Ok(Judgement { version: None, problems })
}

fn id(group: &ImportedGroup) -> GroupId {
    GroupId::from_uuid(id_of(&["group", &group.holder.to_string(), &group.name]))
}

async fn look(grouping: &Grouping, group: &ImportedGroup) -> Result<Vec<ControlProblem>, AppError> {
    let mut ids: BTreeSet<AccountId> = group.members();
    ids.insert(group.holder);
    let mut known: Vec<Account> = Vec::new();
    for some in ids.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
        known.extend(grouping.accounts.load_many(some).await?);
    }
    let find = |account_id: AccountId| known.iter().find(|it| it.account_id == account_id);
    let mut problems = Vec::new();
    let mut tell = |line: usize, zh: &str, en: &str| problems.push(ControlProblem::at(Some((line, 1)), "", zh, en));
    if find(group.holder).is_none() {
        tell(group.line, "没有负责人的该账号。", "There is no such account of the holder.");
    }
    for (member, line) in &group.members {
        match find(*member) {
            None => tell(*line, "没有该账号。", "There is no such account."),
            Some(account) if account.group_id.is_some_and(|other| other != id(group)) => {
                tell(*line, "该账号已在其他群组中。", "The account is in another group.");
            }
            Some(_) => {}
        }
    }
    Ok(problems)
}

async fn register(
    grouping: &Grouping,
    group: &ImportedGroup,
    actor: &Actor,
) -> Result<Option<ControlProblem>, AppError> {
    let members: Vec<AccountId> = group.members().into_iter().collect();
    let mut parts = members.chunks(AT_ONCE).map(|some| some.iter().copied().collect::<BTreeSet<_>>());
    let first = RegisterGroup {
        operation_id: id(group).uuid(),
        holder: group.holder,
        name: group.name.clone(),
        scope: group.scope.clone(),
        members: parts.next().unwrap_or_default(),
        actor: actor.clone(),
    };
    let done = async {
        let known = grouping.register(first.clone()).await?;
        // Of a group that was there, whoever is missing of the first ones too.
        if !first.members.is_subset(&known.members) {
            grouping.add(known.group_id, &first.members, actor).await?;
        }
        for some in parts {
            grouping.add(known.group_id, &some, actor).await?;
        }
        Ok(())
    };
    let at = |zh: &str, en: &str| Ok(Some(ControlProblem::at(Some((group.line, 1)), "", zh, en)));
    match done.await {
        Ok(()) => Ok(None),
        Err(AppError::Group(GroupRefusal::TooManyMembers)) => at(
            "群组成员超过 100 个，超出部分未加入。",
            "The group has more than 100 members; those beyond are not in it.",
        ),
        Err(AppError::Group(GroupRefusal::InAnotherGroup)) => at(
            "有账号刚刚加入了其他群组，未能加入本组；请重新上传以查看是哪一个。",
            "An account has just joined another group and not this one; put the file again to see which.",
        ),
        Err(AppError::AccountNotFound) => at("有账号刚刚消失。", "An account has just gone."),
        Err(error) => Err(error),
    }
}
