//! What the desk says, in Chinese and in English.

use domain::{
    case::{AllowedAction, CaseState, Matter},
    decision::Action,
    enforcement::EnforcementKind,
    evidence_package::PackageState,
    incident::IncidentMeasure,
};

use crate::{
    ask::{Act, Screen},
    door::Role,
};

/// Chinese and English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) &'static str, pub(crate) &'static str);

macro_rules! words {
    ($($name:ident $zh:literal $en:literal;)*) => { $(pub(crate) const $name: Words = Words($zh, $en);)* };
}

words! {
    DONE_BEFORE "（先前已完成，未重复执行）" "(It had been done before, and was not done again.)";
    QUEUE "队列" "Queue";
    STATE "状态" "State";
    SHOW "查看" "Show";
    NEXT_PAGE "下一页" "Next page";
    NO_CASES "没有工单。" "There are no cases.";
    CASE "工单" "Case";
    MATTER "事由" "Matter";
    SUBJECT "对象" "Subject";
    COMPLAINTS "举报数" "Complaints";
    DUE "到期" "Due";
    OVERDUE "已超期" "overdue";
    WITH "领取人" "With";
    UNTIL "至" "until";
    NOBODY "无人" "nobody";
    OPENED "建立" "Opened";
    DECISION "处置决定" "Decision";
    APPEAL "申诉" "Appeal";
    GROUNDS "申诉理由" "Grounds";
    WOULD_COME_BACK "若申诉成立" "If the appeal is accepted";
    MAY_PUBLISH "可发布" "May publish";
    MEASURES_IN_FORCE "生效中的处置" "Measures in force";
    STRIKES "违规记分" "Strikes";
    SHOWN_EDITION "公开版本" "Edition shown";
    PRINTS "拦截副本的指纹" "Prints that stop copies";
    BLACKLISTED "主体在黑名单上" "Principal on the blacklist";
    YES "是" "yes";
    NO "否" "no";
    CONTENT "内容" "Content";
    SUBJECT_GONE "对象已不存在。" "The subject is gone.";
    MORE_CHARACTERS "字未显示。" "more characters.";
    SHOW_WHOLE "显示全文" "Show all of it";
    FINDINGS "机审命中" "Findings";
    RULE "规则" "Rule";
    POLICY "违反的规则" "Policy";
    EFFECT "处理" "Effect";
    FOUND "命中" "Found";
    NO_FINDINGS "机审没有命中。" "The engine found nothing.";
    EARLIER "先前版本" "Earlier editions";
    ACCOUNT "账号" "Account";
    NAME "名称" "Name";
    STATUS "状态" "Status";
    KIND "主体类型" "Kind of principal";
    GRADE "分级" "Grade";
    CREDIT "信用等级" "Credit";
    WHY "缘由" "Why";
    HISTORY "处置记录" "Measures so far";
    NO_HISTORY "没有处置记录。" "There are none.";
    IN_FORCE "生效中" "in force";
    REVERSED "已撤销" "reversed";
    OVER "已结束" "over";
    OPEN_CASES "未结工单" "Open cases";
    LISTED "主体在黑名单上" "The principal is on the blacklist";
    ACCOUNT_ID "账号标识" "Account id";
    LOOK_UP "查询" "Look up";
    WHAT_MAY_BE_DONE "可以怎样处理" "What may be done";
    CLAIM "领取" "Claim";
    RELEASE "退回" "Give back";
    DECIDE "作出决定" "Decide";
    CLAIM_ASK "领取该工单半小时？" "Claim this case for half an hour?";
    RELEASE_ASK "退回该工单？" "Give this case back?";
    DECIDE_ASK "作出此决定？账号和举报人会看到理由。" "Make this decision? The account and whoever complained read the reason.";
    NOTHING_MAY "现在没有您能做的操作。" "There is nothing that you can do with it now.";
    DAYS "天数（留空为不定期）" "Days (empty: until lifted)";
    NONE "（无）" "(none)";
    REASON "理由（账号和举报人可见）" "Reason (the account and whoever complained read it)";
    FACTS "认定的事实（账号可见）" "Facts (the account reads them)";
    DOCUMENT "材料" "Document";
    OPEN_DOCUMENT "打开（五分钟内有效）" "Open (good for five minutes)";
    REPORTED_RECTIFICATION "整改说明" "What was put right";
    INCIDENT_ON "应急管控生效中" "An incident lasts";
    INCIDENT_OFF "未处于应急管控" "No incident lasts";
    MEASURES "措施" "Measures";
    DECLARE "启动或解除" "Declare, or end";
    DECLARE_ASK "30 秒内处处生效。确定？" "In force everywhere within 30 seconds. Sure?";
    MEASURE "措施" "Measure";
    PART "部分类型" "Kind of part";
    LABEL "分类标识" "Label";
    MINUTES "分钟" "Minutes";
    REASON_PLAIN "理由" "Reason";
    VERSION "版本" "Version";
    PACK "规则包" "Rule pack";
    RULES "规则数" "Rules";
    TERMS "词条数" "Terms";
    PUBLISHED "发布" "Published";
    BY "操作人" "By";
    BUILT_IN "内置规则包" "the built-in pack";
    ACTIVATE "恢复此版本" "Put in force";
    ACTIVATE_ASK "30 秒内处处生效。确定恢复此版本？" "In force everywhere within 30 seconds. Put this version in force?";
    PLANNED_UNTIL "清理已安排至" "Sweeps planned until";
    SEALED_UNTIL "已封存至（该小时起始）" "Sealed up to the hour from";
    SEAL_NUMBER "封存序号" "Seal number";
    LATE "延误，见运行手册" "late: see the runbook";
    NEVER "尚无" "never";
    LETTERS "死信数" "Letters";
    CONSUMER "处理函数" "Consumer";
    LOOK "查看" "Look";
    SEND_BACK "退回原队列" "Send back";
    SEND_BACK_ASK "原因消除之后再退回。确定？" "Once the cause is gone. Send them back?";
    AT_MOST "至多" "At most";
    CAUSE "查看失败原因（日志查询）" "Why it failed (a query of the log)";
    PROPOSAL "待第二人批准的重大处置" "A severe step that waits for a second person";
    NOT_AGREED "未获批准" "Not agreed to";
    WAITS_FOR_THE_LEAD "等待内容安全负责人批准。" "It waits for the content safety lead.";
    AGREE "批准" "Agree";
    DO_NOT_AGREE "退回" "Do not agree";
    AGREE_ASK "批准后立即执行，并由您与提议人共同负责。确定？" "It is carried out at once, and you answer for it with whoever proposed it. Agree?";
    DO_NOT_AGREE_ASK "退回并附理由？" "Turn it down, with your reason?";
    REASON_OF_REFUSAL "退回的理由（仅内部可见）" "Why not, if you do not agree (staff read it)";
    REVIEW_DAYS "关闭时列入黑名单，多少天后复核（留空为不列入）" "Closing: days until a listing on the blacklist is reviewed (empty: none)";
    LISTINGS_THAT_WAIT "待批准" "That wait";
    LISTINGS_IN_FORCE "已列入" "In force";
    NO_LISTINGS "没有主体。" "There is nobody.";
    PRINCIPAL "主体" "Principal";
    REVIEW "复核日期" "Review";
    AGREE_TO_LISTING_ASK "批准后该主体不能再注册，其账号进入人工复核。确定？" "The principal cannot register again, and its accounts come before people. Agree?";
    NO_HOLDS "没有依法保留。" "There are no holds.";
    HELD "保留范围" "What is held";
    LEGAL_BASIS "法律依据" "Legal basis";
    PLACED "设置" "Placed";
    RELEASED "已解除" "released";
    LIFT_HOLD "解除" "Release";
    LIFT_HOLD_ASK "解除后，仅由它保留的内容会在下次清理时删除。理由取自下方表单。确定？" "What it alone keeps goes with the next sweep. The reason is that of the form below. Release it?";
    HOLD_TOO_LATE "设置时已在删除中的对象数" "Objects whose deletion had begun";
    PLACE_HOLD "设置依法保留" "Place a hold";
    PLACE_HOLD_ASK "立即生效，直至另一人解除。确定？" "In force at once, until somebody else releases it. Place it?";
    HELD_ID "账号、内容、评论、工单的编号或主体标识" "Id of an account, publication, comment or case, or a principal's key";
    HELD_FROM "或一段时间，自" "Or a period, from";
    REASON_OF_HOLD "理由（设置或解除）" "Reason (of placing or releasing)";
    QUEUES "各队列未结工单" "What waits in the queues";
    DUE_SOON "一天内到期" "due within a day";
    DUE_LATER "更晚到期" "due later";
    FIRST_DUE "最早到期" "First due";
    BREAKERS "自动处置熔断器" "Circuit breakers of automatic measures";
    BREAKERS_ARE "规则可自动执行的处置每日有上限，超过上限的由人工审核。以下为近十四天（北京时间）自动执行的数量，虚线为现行上限。" "What rules put in force by themselves is bounded by the day; what is beyond the bound goes before a person. These are the last fourteen days (Beijing time), and the line is the bound of now.";
    BREAKER_OFF "未启用自动处置" "off: nothing is automatic";
    BREAKER_ROOM "正常" "there is room";
    BREAKER_TRIPPED "已熔断，今日其余由人工审核" "tripped: the rest of today goes before people";
    TODAY "今日" "Today";
    NO_PACKAGES "没有证据包。" "There are no evidence packages.";
    PACKED "证据包范围" "What is packed";
    ORDERED "申请" "Ordered";
    RECORDS "条记录" "records";
    WITH_PERSONAL_DATA "含明文身份与地址" "with identities and addresses in clear";
    WITH_LOG_OBJECTS "含完整日志对象" "with whole log objects";
    APPROVE_PACKAGE_ASK "批准后立即制作，批准留痕。确定？" "It is built at once, and your word is on record. Approve it?";
    EMPTY_BOX "这里没有消息。" "There is nothing in it.";
}

pub(crate) const fn role(role: Role) -> Words {
    match role {
        Role::Reviewer => Words("审核员", "reviewer"),
        Role::Lead => Words("内容安全负责人", "content safety lead"),
        Role::Operator => Words("运维", "operator"),
        Role::Auditor => Words("审计员", "auditor"),
    }
}

pub(crate) const fn tab(tab: &Screen) -> Words {
    match tab {
        Screen::Cases { .. } | Screen::Case { .. } => Words("工单", "Cases"),
        Screen::Workload {} => Words("概况", "Workload"),
        Screen::Account { .. } => Words("账号", "Accounts"),
        Screen::Blacklist { .. } => Words("黑名单", "Blacklist"),
        Screen::Holds { .. } => Words("依法保留", "Legal holds"),
        Screen::Packages { .. } => Words("证据包", "Evidence packages"),
        Screen::Incident {} => Words("应急管控", "Incident mode"),
        Screen::RulePacks { .. } => Words("规则包", "Rule packs"),
        Screen::Record {} => Words("留存与封存", "Record"),
        Screen::DeadLetters { .. } => Words("死信", "Dead letters"),
    }
}

pub(crate) const fn done(act: &Act) -> Words {
    match act {
        Act::Claim { .. } => Words("工单已领取。", "The case is yours."),
        Act::Release { .. } => Words("工单已退回。", "The case was given back."),
        Act::Decide { .. } => Words("决定已作出。", "The decision is made."),
        Act::Approve { .. } => Words("已批准，正在执行。", "Agreed; it is being carried out."),
        Act::RefuseProposal { .. } => Words("已退回，工单重新打开。", "Turned down; the case is open again."),
        Act::ApproveListing { .. } => Words("已列入黑名单。", "The principal is on the blacklist."),
        Act::RefuseListing { .. } => Words("已退回，主体未列入。", "Turned down; the principal is not listed."),
        Act::PlaceHold { .. } => Words("依法保留已生效。", "The hold is in force."),
        Act::ReleaseHold { .. } => Words("依法保留已解除。", "The hold is released."),
        Act::ApprovePackage { .. } => Words("证据包已批准，正在制作。", "Approved; the package is being built."),
        Act::RefusePackage { .. } => Words("证据包已退回。", "The order is turned down."),
        Act::DeclareIncident { .. } => {
            Words("已公布，30 秒内处处生效。", "Declared; in force everywhere within 30 seconds.")
        }
        Act::ActivateRulePack { .. } => {
            Words("规则包已切换，30 秒内处处生效。", "The rule pack is in force, everywhere within 30 seconds.")
        }
        Act::MakeFilings { .. } => Words("备案文件已生成。", "The files are made."),
        Act::SendBack { .. } => Words("已退回原队列。", "Sent back into the queue."),
    }
}

pub(crate) const fn package_state(state: &PackageState) -> Words {
    match state {
        PackageState::WaitingForApproval => Words("待批准", "waits for approval"),
        PackageState::Approved { .. } => Words("制作中", "being built"),
        PackageState::Ready { .. } => Words("已制成", "ready"),
        PackageState::Failed { .. } => Words("未能制作", "could not be built"),
        PackageState::Refused { .. } => Words("未批准", "turned down"),
    }
}

pub(crate) const fn state(state: CaseState) -> Words {
    match state {
        CaseState::Open => Words("未结", "open"),
        CaseState::AwaitingApproval => Words("待第二人批准", "waits for a second person"),
        CaseState::Decided => Words("已决", "decided"),
    }
}

pub(crate) const fn matter(matter: &Matter) -> Words {
    match matter {
        Matter::Complaint { .. } => Words("举报", "complaint"),
        Matter::Registration => Words("注册核验", "registration"),
        Matter::PrincipalListing { .. } => Words("主体列入黑名单", "listing of the principal"),
        Matter::CommentDuty { .. } => Words("评论管理义务", "comment duty"),
        Matter::Escalation { .. } => Words("违规记分升级", "next step of the ladder"),
        Matter::Rectification { .. } => Words("整改", "rectification"),
        Matter::Content { .. } => Words("机审留置", "held or sampled by the engine"),
        Matter::Qualification { .. } => Words("资质", "qualification"),
        Matter::Profile { .. } => Words("资料变更", "change of profile"),
        Matter::Appeal { .. } => Words("申诉", "appeal"),
    }
}

pub(crate) const fn allowed(action: AllowedAction) -> Words {
    match action {
        AllowedAction::Claim => CLAIM,
        AllowedAction::Release => RELEASE,
        AllowedAction::Decide => DECIDE,
        AllowedAction::Approve => AGREE,
        AllowedAction::RefuseProposal => DO_NOT_AGREE,
    }
}

/// What a decision does, and what follows.
pub(crate) const fn action(action: Action) -> (Words, Words) {
    match action {
        Action::NoAction => (
            Words("不予处置", "no action"),
            Words("举报不成立，告知举报人。", "The complaint is not upheld; whoever complained is told."),
        ),
        Action::Warn => (
            Words("警示整改", "warn"),
            Words("账号收到警示，记一次违规。", "The account is warned; it counts as a strike."),
        ),
        Action::RestrictFunction { .. } => (
            Words("限制评论功能", "restrict comments"),
            Words(
                "账号在期限内没有评论功能，记一次违规。",
                "The account has no comments for that time; it counts as a strike.",
            ),
        ),
        Action::SuspendUpdates { .. } => (
            Words("暂停更新", "suspend updates"),
            Words(
                "账号在期限内不能发布，记两次违规。",
                "The account cannot publish for that time; it counts as two strikes.",
            ),
        ),
        Action::Close { .. } => (
            Words("关闭账号", "close the account"),
            Words(
                "须由内容安全负责人批准；批准后账号永久关闭。",
                "It waits for the content safety lead; then the account is closed for good.",
            ),
        ),
        Action::RemoveContent => (
            Words("删除内容", "remove the content"),
            Words(
                "内容下架并附处置理由，再次上传会被拦截。",
                "It is taken away with a statement of reasons, and copies of it are stopped.",
            ),
        ),
        Action::Approve => (Words("批准", "approve"), Words("等待批准的事项生效。", "What waited takes effect.")),
        Action::Refuse => (
            Words("拒绝", "refuse"),
            Words(
                "等待批准的事项不生效，附处置理由。",
                "What waited does not take effect; a statement of reasons says why.",
            ),
        ),
        Action::Accept => (
            Words("支持申诉", "accept the appeal"),
            Words("撤销原决定造成的后果。", "What the decision did is undone."),
        ),
        Action::Reject => (Words("驳回申诉", "reject the appeal"), Words("原决定维持。", "The decision stands.")),
    }
}

/// Every action, as a form names it, with its example.
pub(crate) const ACTIONS: [(&str, Action); 10] = [
    ("no_action", Action::NoAction),
    ("warn", Action::Warn),
    (
        "restrict_function",
        Action::RestrictFunction { function: domain::assessment::InteractiveFunction::Comments, days: None },
    ),
    ("suspend_updates", Action::SuspendUpdates { days: None }),
    ("close", Action::Close { blacklist: None }),
    ("remove_content", Action::RemoveContent),
    ("approve", Action::Approve),
    ("refuse", Action::Refuse),
    ("accept", Action::Accept),
    ("reject", Action::Reject),
];

pub(crate) const fn enforcement(kind: EnforcementKind) -> Words {
    match kind {
        EnforcementKind::Warn => Words("警示整改", "warned"),
        EnforcementKind::RestrictFunction => Words("限制功能", "function restricted"),
        EnforcementKind::SuspendUpdates => Words("暂停更新", "updates suspended"),
        EnforcementKind::Close => Words("关闭账号", "closed"),
    }
}

pub(crate) const fn measure(measure: &IncidentMeasure) -> Words {
    match measure {
        IncidentMeasure::HoldAll => Words("全部先审后发", "hold everything"),
        IncidentMeasure::HoldPolicy { .. } => Words("按规则先审后发", "hold what a policy finds anything in"),
        IncidentMeasure::HoldPart { .. } => Words("按部分类型先审后发", "hold what has a part of a kind"),
        IncidentMeasure::HoldLabel { .. } => Words("按分类标识先审后发", "hold what accounts of a label publish"),
        IncidentMeasure::StopComments => Words("停止评论", "stop comments"),
    }
}

/// Every measure, as a form names it; `none` ends the incident.
pub(crate) const MEASURE_NAMES: [(&str, Words); 6] = [
    ("hold_all", Words("全部先审后发", "hold everything")),
    ("hold_policy", Words("按规则先审后发", "hold what a policy finds anything in")),
    ("hold_part", Words("按部分类型先审后发", "hold what has a part of a kind")),
    ("hold_label", Words("按分类标识先审后发", "hold what accounts of a label publish")),
    ("stop_comments", Words("停止评论", "stop comments")),
    ("none", Words("解除管控", "none: the incident is over")),
];
