//! What the function says of itself: to the console, which shows it to whoever makes a widget, and to `help`.

/// Commands that change something; they are dry runs unless they say otherwise.
pub(crate) const ACTS: [&str; 15] = [
    "claim",
    "release",
    "decide",
    "approve",
    "refuse_proposal",
    "approve_listing",
    "refuse_listing",
    "place_hold",
    "release_hold",
    "approve_package",
    "refuse_package",
    "declare_incident",
    "activate_rule_pack",
    "send_back",
    "make_filings",
];

/// In Markdown, as the console asks for (`{"describe": true}`).
pub(crate) const WIDGET: &str = r"# Gatehouse 控制台 · the Gatehouse desk

A widget for reviewers, the content safety lead, operators and auditors. Call it by a door of your own, the alias
`<role>-<name>` of the function, where `<role>` is `reviewer`, `lead`, `operator` or `auditor`. What you do is on record
under that name. 请使用本人的入口（别名 `<角色>-<姓名>`）打开。

## Parameters

```yaml
screen: cases # or workload, account, blacklist, holds, packages, incident, rule_packs, record, dead_letters; left out: the first that your role may see
queue: default # of cases: default, content, registration, qualification, profile, rectification, appeals
state: open # of cases: open, awaiting_approval or decided
```
";

/// The commands of the test tab.
pub(crate) const COMMANDS: &str = "Look: {\"command\": \"cases\", \"queue\": \"default\", \"state\": \"open\"}; \
{\"command\": \"case\", \"case_id\": \"case_…\"}; {\"command\": \"account\", \"account_id\": \"acct_…\"}; \
{\"command\": \"blacklist\", \"waiting\": true}; {\"command\": \"holds\"}; {\"command\": \"packages\"}; {\"command\": \"workload\"}; {\"command\": \"incident\"}; {\"command\": \"rule_packs\"}; {\"command\": \"record\"}; \
{\"command\": \"dead_letters\", \"queue\": \"enforcement\"}. \
Change, a dry run unless \"dry_run\": false: claim, release, decide, approve, refuse_proposal, \
approve_listing, refuse_listing, place_hold, release_hold, approve_package, refuse_package, declare_incident, activate_rule_pack, send_back, make_filings. \
Each has a sample in events/operator-desk; \"operation_id\" makes a second try the same one.";
