//! The catalogue of problems: every code a caller can meet, with its status and its texts. Codes are stable: one is
//! never renamed and never changes its meaning; a new meaning is a new code.

use http::StatusCode;

macro_rules! codes {
    ($($name:ident $code:literal $status:ident
        $zh_title:literal $zh:literal
        $en_title:literal $en:literal;)*) => {
        /// What went wrong, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $en_title] $name,)* }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// Title and detail.
            pub(crate) const fn texts(self) -> Texts {
                match self { $(Self::$name => Texts { zh: ($zh_title, $zh), en: ($en_title, $en) },)* }
            }
        }
    };
}

/// Title and detail in each language.
pub(crate) struct Texts {
    pub(crate) zh: (&'static str, &'static str),
    pub(crate) en: (&'static str, &'static str),
}

codes! {
    // The request as such.
    NotFound "not_found" NOT_FOUND
        "路径不存在" "此地址没有任何资源，请核对路径。"
        "No such path" "There is nothing at this address; check the path.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED
        "方法不允许" "此地址不支持该 HTTP 方法，可用的方法见 Allow 头。"
        "Method not allowed" "This address does not take that method; the Allow header names those it takes.";
    CallerUnknown "caller_unknown" FORBIDDEN
        "无法识别调用方" "请求没有经 IAM 验证的身份。"
        "The caller is not known" "The request carries no identity that IAM has verified.";
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE
        "请求体过大" "请求体超过此接口的上限，请减小或拆分后重试。"
        "The body is too large" "The body is larger than this address takes; make it smaller or split it.";
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE
        "不支持的媒体类型" "请求体必须是 JSON，并带有 Content-Type: application/json。"
        "Unsupported media type" "The body must be JSON, with Content-Type: application/json.";
    InvalidJson "invalid_json" BAD_REQUEST
        "JSON 无法解析" "请求体不是合法的 JSON。"
        "The JSON cannot be read" "The body is not well-formed JSON.";
    InvalidBody "invalid_body" UNPROCESSABLE_ENTITY
        "请求体不符合要求" "请求体的内容不符合接口文档，errors 指出每一处。"
        "The body is not what is asked for" "The content of the body breaks the documented form; errors points at each place.";
    InvalidQuery "invalid_query" BAD_REQUEST
        "查询参数不符合要求" "查询参数不符合接口文档，errors 指出每一处。"
        "The query is not what is asked for" "The query parameters break the documented form; errors points at each place.";
    MalformedId "malformed_id" BAD_REQUEST
        "标识格式错误" "路径中的标识不是此类资源的标识。"
        "Malformed identifier" "The identifier in the path is not one of this kind of resource.";
    BatchTooLarge "batch_too_large" UNPROCESSABLE_ENTITY
        "批量过大" "一次批量请求的条目数超过上限，请拆分后重试。"
        "The batch is too large" "The batch has more items than one request may; split it.";

    // Writing once.
    IdempotencyKeyMissing "idempotency_key_missing" BAD_REQUEST
        "缺少幂等键" "此写操作需要 Idempotency-Key 头。"
        "No idempotency key" "This write needs an Idempotency-Key header.";
    IdempotencyKeyMalformed "idempotency_key_malformed" BAD_REQUEST
        "幂等键格式错误" "Idempotency-Key 应为 1 至 255 个可见 ASCII 字符，且只出现一次；公众接口上应为随机 UUID（版本 4 或 7）。"
        "Malformed idempotency key" "Idempotency-Key must be 1 to 255 visible ASCII characters, given once; on public routes a random UUID (version 4 or 7).";
    IdempotencyKeyReused "idempotency_key_reused" UNPROCESSABLE_ENTITY
        "幂等键已被使用" "该幂等键曾用于内容不同的请求，请换用新的键。"
        "Idempotency key reused" "The key was used with another body; use a new key.";
    IdempotencyInProgress "idempotency_in_progress" CONFLICT
        "相同请求正在处理" "使用同一幂等键的请求仍在处理，请稍后重试。"
        "The same request is in progress" "A request with the same key is still at work; try again later.";

    // Accounts.
    DocumentNumberInvalid "document_number_invalid" UNPROCESSABLE_ENTITY
        "证件号码无效" "证件号码不符合其编码标准，document_error 说明原因。"
        "The document number is not valid" "The number breaks the standard of its document type; document_error says how.";
    DocumentTypeForKind "document_type_for_kind" UNPROCESSABLE_ENTITY
        "证件类型与主体类型不符" "该类主体不使用此类证件：个人用居民身份证、港澳台居民居住证、外国人永久居留身份证或护照，组织用统一社会信用代码或组织机构代码；政务主体的统一社会信用代码须由机构编制部门赋予。"
        "Wrong type of document" "A principal of this kind is not known by that document: persons by an identity card, a residence permit, a permanent residence card or a passport, organisations by their social credit code or organisation code, and a government body by a code that the authority for such bodies has given.";
    MobileNumberInvalid "mobile_number_invalid" UNPROCESSABLE_ENTITY
        "手机号码无效" "手机号码格式不正确或不在可用号段内，mobile_error 说明原因。"
        "The mobile number is not valid" "The number has not the form of a mobile number that is taken; mobile_error says how.";
    CodeTooSoon "code_too_soon" TOO_MANY_REQUESTS
        "验证码发送过于频繁" "发往该号码或为该账号发送的验证码已达上限，请按 Retry-After 稍后再试。"
        "Too many codes" "As many codes were sent to this number, or for this account, as may be; try again after Retry-After.";
    ChallengeNotFound "challenge_not_found" NOT_FOUND
        "验证不存在" "该账号没有此标识的手机验证。"
        "No such challenge" "The account has no phone challenge with this identifier.";
    CodeWrong "code_wrong" UNPROCESSABLE_ENTITY
        "验证码错误" "验证码不正确，剩余次数见 tries_left。"
        "The code is wrong" "The code is not the one that was sent last; tries_left tells how many tries are left.";
    CodeExpired "code_expired" GONE
        "验证码已过期" "验证码已过有效期，请重新获取。"
        "The code has expired" "The time to enter the code is over; ask for another one.";
    CodeTriesUsedUp "code_tries_used_up" FORBIDDEN
        "验证次数已用完" "错误次数过多，此验证码已作废，请重新获取。"
        "The tries are used up" "Too many wrong codes; this one is void, ask for another.";
    ChallengeAnswered "challenge_answered" CONFLICT
        "验证码已使用" "此验证码已被使用，不能再次使用。"
        "The code was used" "The code has been used and cannot be used again.";
    QuotaExceeded "quota_exceeded" CONFLICT
        "账号数量已达上限" "该主体注册的账号数量已达到上限 cap。"
        "Quota used up" "The principal holds as many accounts as it may: cap.";
    GroupRequired "group_required" CONFLICT
        "需要登记账号组" "该主体已有 group_above 个账号，继续注册须先登记账号组。"
        "A group is required" "The principal holds group_above accounts; to register more, register a group first.";
    GroupNotFound "group_not_found" NOT_FOUND
        "账号组不存在" "没有此标识的账号组。"
        "No such group" "There is no group with this identifier.";
    AccountInAnotherGroup "account_in_another_group" CONFLICT
        "账号已在其他账号组" "一个账号只能属于一个账号组。"
        "The account is in another group" "An account is in one group at most.";
    GroupTooLarge "group_too_large" UNPROCESSABLE_ENTITY
        "账号组过大" "账号组的账号数量超过上限。"
        "The group is too large" "The group would have more members than a group may.";
    PrincipalListed "principal_listed" FORBIDDEN
        "主体在黑名单中" "该主体已被列入黑名单，不能注册账号。"
        "The principal is on the blacklist" "The principal is on the blacklist and cannot register accounts.";
    PrincipalNotFound "principal_not_found" NOT_FOUND
        "没有该主体的记录" "黑名单没有该主体的任何记录。"
        "Nothing is known of the principal" "The blacklist has no record of this principal.";
    PrincipalListedAlready "principal_listed_already" CONFLICT
        "主体已在黑名单中" "该主体已有生效的黑名单记录。"
        "The principal is listed already" "A listing of this principal is in force.";
    ListingProposedAlready "listing_proposed_already" CONFLICT
        "该主体已有待批准的列入申请" "该主体已有一份列入黑名单的申请在等待批准，须先批准或退回。"
        "A listing waits already" "A listing of this principal waits for a second person, who agrees to it or does not first.";
    PrincipalNotListed "principal_not_listed" CONFLICT
        "主体不在黑名单中" "该主体没有生效的黑名单记录。"
        "The principal is not listed" "No listing of this principal is in force.";
    ReviewInThePast "review_in_the_past" UNPROCESSABLE_ENTITY
        "复核时间已过" "review_at 必须晚于当前时间。"
        "The review lies in the past" "review_at must lie ahead.";
    NameUnusable "name_unusable" UNPROCESSABLE_ENTITY
        "名称不可用" "名称中没有可供辨认的文字，或仅由“官方”一类的附加词组成，name_error 说明原因。"
        "The name cannot be used" "The name holds nothing that readers could tell it by, or is made of words such as official alone; name_error says which.";
    NameProtected "name_protected" FORBIDDEN
        "名称受保护" "该类主体不得使用此名称，受保护的名称及理由见 protected_name。"
        "The name is protected" "A principal of this kind may not carry the name; protected_name gives the one it stands against and why.";
    NameRefused "name_refused" UNPROCESSABLE_ENTITY
        "名称不符合规则" "该名称违反现行规则，规则及理由见 concerns；请更换名称。"
        "Rules refuse the name" "Rules in force refuse the name; concerns gives them and why. Choose another one.";
    NameTaken "name_taken" CONFLICT
        "名称已被使用" "已有账号使用此名称，或使用读者会与之混淆的名称。"
        "The name is taken" "Another account carries the name, or one that readers would take for it.";
    AccountNotFound "account_not_found" NOT_FOUND
        "账号不存在" "没有此标识的账号。"
        "No such account" "There is no account with this identifier.";
    IdentityDestroyed "identity_destroyed" GONE
        "身份信息已销毁" "该账号已注销，封存的身份信息已销毁，账号中的回执为证。"
        "The identity was destroyed" "The account was closed and its sealed identity destroyed; the receipt is with the account.";
    AccountNotVerified "account_not_verified" FORBIDDEN
        "账号未通过身份核验" "账号身份核验通过后才可发布，当前状态见 account_status。"
        "The account is not verified" "An account may publish once its identity is verified; account_status tells where it stands.";
    AccountClosed "account_closed" FORBIDDEN
        "账号已注销或正在注销" "账号已注销或已申请注销，不能发布，当前状态见 account_status。"
        "The account is closed" "The account is closed, or its holder has asked for that, and cannot publish; account_status tells which.";
    AccountSuspended "account_suspended" FORBIDDEN
        "账号已被暂停更新" "账号因处置决定暂停更新，理由与申诉方式见 enforcement。"
        "The account is suspended" "A decision suspends the account's updates; enforcement gives the reasons and the way to appeal.";
    AccountClosedByDecision "account_closed_by_decision" FORBIDDEN
        "账号已被关闭" "账号因处置决定被关闭，理由与申诉方式见 enforcement。"
        "The account is closed by a decision" "A decision has closed the account; enforcement gives the reasons and the way to appeal.";

    AgreementRequired "agreement_required" FORBIDDEN
        "须先接受协议或规则" "账号尚未接受 policy_document 所指的协议或规则，宽限期已过，接受后方可发布。"
        "An agreement is required" "The account has not accepted the document that policy_document names, and the grace period is over; it may publish once it has.";
    PolicyDocumentUnknown "policy_document_unknown" UNPROCESSABLE_ENTITY
        "协议或规则不存在" "没有此标识的协议或规则，或没有该版本。"
        "No such policy document" "No policy document has this identifier, or it has no such version.";
    PolicyDocumentSuperseded "policy_document_superseded" CONFLICT
        "该版本已被取代" "该版本已不再生效，现行版本见 current_version，请重新展示后接受。"
        "The version is superseded" "Another version is in effect, current_version; show it and have it accepted.";
    PolicyDocumentOtherText "policy_document_other_text" UNPROCESSABLE_ENTITY
        "正文不一致" "所接受正文的哈希与该版本的正文不符，请核对展示的正文。"
        "Another text" "The hash is not that of the version's text; check which text was shown.";

    ProfileUnderReview "profile_under_review" CONFLICT
        "资料修改审核中" "上一次资料修改仍在人工审核，审核结束后方可再次修改。"
        "A change is under review" "An earlier change of the profile waits for a person; the next one can be made when it is decided.";
    DeregistrationImpossible "deregistration_impossible" CONFLICT
        "账号不可注销" "该账号已关闭或注册未通过，不能申请注销。"
        "The account cannot be deregistered" "The account is closed or was never accepted, so that there is nothing to close.";
    DeregistrationNotUnderWay "deregistration_not_under_way" CONFLICT
        "没有进行中的注销" "该账号没有进行中的注销申请。"
        "No deregistration is under way" "Nobody has asked for this account to be closed.";
    DeregistrationFinal "deregistration_final" CONFLICT
        "冷静期已过" "注销冷静期已过，不能再撤销。"
        "It is too late" "The time to undo the deregistration is over.";
    MetricsAhead "metrics_ahead" UNPROCESSABLE_ENTITY
        "该期尚远" "该期的截止日在 31 日之后（按北京时间），不予收录；请核对 period。"
        "The period is too far ahead" "The period ends more than 31 days from now (in Shanghai), which would keep every count out that follows. Look at period again.";
    MetricsPassed "metrics_passed" CONFLICT
        "该期数据已过" "该账号已有更晚一期的数据，或同一期的不同数据，不再回填。"
        "The period has passed" "Later counts of the account are on record, or others of the same period; the record never goes back.";

    QualificationNotFound "qualification_not_found" NOT_FOUND
        "资质不存在" "该账号没有此标识的资质。"
        "No such qualification" "The account has no qualification with this identifier.";
    QualificationKindUnknown "qualification_kind_unknown" UNPROCESSABLE_ENTITY
        "资质种类不存在" "设置中没有此种类的资质。"
        "No such kind of qualification" "The settings know no qualification of this kind.";
    QualificationKindForPrincipal "qualification_kind_for_principal" UNPROCESSABLE_ENTITY
        "该类主体不能持有此资质" "互联网新闻信息服务许可只授予组织，个人不能持有。"
        "Not for this kind of principal" "News licences are given to organisations and never to individuals.";
    QualificationTermInvalid "qualification_term_invalid" UNPROCESSABLE_ENTITY
        "有效期无效" "签发日期与截止日期不构成当前有效的期限，term_error 说明原因。"
        "The term is not valid" "The day of issue and the last day do not make a term that has begun and is not over; term_error says why.";
    QualificationKnown "qualification_known" CONFLICT
        "该资质文件已提交" "该账号已提交过同一份文件，见 qualification_id。"
        "The document is known" "The account has shown this very document already; see qualification_id.";
    QualificationsFull "qualifications_full" CONFLICT
        "资质数量已达上限" "该账号的有效或待审资质已达上限。"
        "Too many qualifications" "The account has as many qualifications that are valid or waiting as it may.";
    QualificationState "qualification_state" CONFLICT
        "资质状态不允许此操作" "资质当前的状态不允许此操作，见 qualification_state；逾期未上传的请重新登记。"
        "Not in this state" "The qualification is in a state that does not allow it, see qualification_state; one that has lapsed is registered anew.";
    EvidenceMissing "evidence_missing" CONFLICT
        "文件尚未上传" "没有找到上传的文件，请先按表单上传。"
        "The document is missing" "Nothing has been uploaded; send the file by the form first.";
    EvidenceMismatch "evidence_mismatch" UNPROCESSABLE_ENTITY
        "文件与登记不符" "上传的文件与登记的类型、大小或校验值不符，evidence_error 说明原因，可重新上传。"
        "Not the document that was announced" "The upload differs from what was announced in type, size or checksum; evidence_error says which. It can be sent again.";

    // Publications.
    NewsLicenceRequired "news_licence_required" FORBIDDEN
        "需要新闻信息服务许可" "声明为新闻的内容只能由持有有效互联网新闻信息服务许可的账号发布，许可状态见 licence_state。"
        "A news licence is required" "What is declared as news may be published by accounts with a valid news licence alone; licence_state tells where the account's stands.";
    RateExceeded "publication_rate_exceeded" TOO_MANY_REQUESTS
        "发布过于频繁" "该账号的信用等级限制每小时发布次数 publications_per_hour，请按 Retry-After 重试。"
        "Publishing too often" "The account's credit level allows publications_per_hour; send it again after Retry-After.";
    PublicationNotFound "publication_not_found" NOT_FOUND
        "发布内容不存在" "没有此标识的发布内容。"
        "No such publication" "There is no publication with this identifier.";
    PublicationExpired "publication_expired" GONE
        "发布内容已过保存期" "该发布内容的保存期已满，平台已依规删除其记录。"
        "The publication's time is over" "The publication was kept for as long as it had to be, and its record was deleted.";
    PublicationDeleted "publication_deleted" GONE
        "发布内容已删除" "该发布内容已被删除，不能再修改。"
        "The publication is deleted" "The publication was taken down and cannot be edited any more.";
    CommentNotFound "comment_not_found" NOT_FOUND
        "评论不存在" "没有此标识的评论。"
        "No such comment" "There is no comment with this identifier.";
    FunctionNotAssessed "function_not_assessed" FORBIDDEN
        "互动功能未经安全评估" "该互动功能没有有效的安全评估登记，暂不可用。"
        "The function is not assessed" "No security assessment of this function is on record and in force, so that it is off.";
    PublicationNotShown "publication_not_shown" CONFLICT
        "发布内容未公开" "该发布内容当前不对公众展示，不能评论。"
        "The publication is not shown" "The public does not see this publication now, so that nobody can comment on it.";
    CommentsOffByStanding "comments_off_by_standing" FORBIDDEN
        "账号未开放评论" "该账号当前的信用等级不提供评论功能。"
        "The account has no comments" "The account's credit level comes without comments.";
    CommentsRestricted "comments_restricted" FORBIDDEN
        "账号的评论功能被限制" "因处置决定，该账号的评论功能暂不可用，理由与申诉方式见 enforcement。"
        "Comments are restricted" "A decision takes comments from the account; enforcement gives the reasons and the way to appeal.";
    NothingToRectify "nothing_to_rectify" CONFLICT
        "没有可整改的处置" "该账号没有生效中的评论限制，或已提交过整改说明。"
        "There is nothing to rectify" "No restriction of comments is in force, or what was put right was reported already.";
    CommentsStopped "comments_stopped" FORBIDDEN
        "评论暂停" "应急管控期间暂停评论，到期自动恢复。"
        "Comments are stopped" "Comments are stopped while an incident lasts; they come back by themselves when it ends.";
    CommentsClosed "comments_closed" FORBIDDEN
        "评论已关闭" "账号已关闭此处的评论。"
        "The comments are closed" "The account has closed the comments here.";
    CommenterBlocked "commenter_blocked" FORBIDDEN
        "评论者已被账号禁言" "账号已禁止该评论者在其内容下评论。"
        "The commenter is blocked" "The account has blocked this commenter.";
    BlockListFull "block_list_full" CONFLICT
        "禁言名单已满" "该账号的禁言名单已达上限，请先解除部分禁言。"
        "The block list is full" "The account has blocked as many commenters as it may; unblock some first.";
    AssessmentDates "assessment_dates" UNPROCESSABLE_ENTITY
        "安全评估日期有误" "评估时间不得在将来，有效期不得已过，也不得超过五年。"
        "The dates of the assessment cannot be" "It must have been made by now, be valid still, and for no more than five years.";
    AssessmentOtherFacts "assessment_other_facts" CONFLICT
        "该评估报告已登记" "同一份评估报告已按不同内容登记，或已被撤回。"
        "The document is on record" "The same document is on record with other facts, or was withdrawn.";
    AssessmentNotFound "assessment_not_found" NOT_FOUND
        "安全评估不存在" "没有此标识的安全评估登记。"
        "No such assessment" "There is no assessment with this identifier.";
    AssessmentsFull "assessments_full" CONFLICT
        "安全评估登记已满" "有效的安全评估登记已达上限，请先撤回不再需要的登记。"
        "The register is full" "As many assessments count as the register holds; withdraw those that are not needed.";
    ReferenceReused "reference_reused" UNPROCESSABLE_ENTITY
        "引用号已被使用" "该账号的此引用号已用于内容不同的发布。"
        "Reference reused" "The account has used this reference for another publication.";

    // Complaints and cases.
    ComplaintNotFound "complaint_not_found" NOT_FOUND
        "举报不存在" "没有与此回执对应的举报，请核对回执。"
        "No such complaint" "No complaint has this receipt; check it.";
    ComplaintExpired "complaint_expired" GONE
        "举报已过保存期" "该举报已办结且保存期已满，平台已依规删除其记录。"
        "The complaint's time is over" "The complaint was decided and kept for as long as it had to be, and its record was deleted.";
    SubjectNotFound "subject_not_found" UNPROCESSABLE_ENTITY
        "被举报对象不存在" "举报所指的账号或内容不存在。"
        "The subject does not exist" "The account or publication complained about does not exist.";
    SubjectRemoved "subject_removed" GONE
        "被举报内容已不存在" "举报所指的账号已注销，或内容已被删除或处置，无需再举报。"
        "It is taken away already" "The account is closed, or the content was deleted or taken down, so that there is nothing left to complain of.";
    LinkUnknown "link_unknown" UNPROCESSABLE_ENTITY
        "链接无法识别" "该链接不是本平台的公开链接，请从浏览器或分享功能中复制完整链接。"
        "The link is not known" "The link is none of this platform's; copy it whole from the browser or by sharing.";
    OwnContent "own_content" UNPROCESSABLE_ENTITY
        "不能举报本账号" "不能举报自己的账号或自己发布的内容；如需更改，请直接编辑或删除。"
        "It is the reporter's own" "Nobody complains of their own account or content; edit or delete it instead.";
    ReasonUnknown "reason_unknown" UNPROCESSABLE_ENTITY
        "举报原因不存在" "没有此标识的举报原因。"
        "No such reason" "There is no reason with this identifier.";
    RightsHolderRequired "rights_holder_required" UNPROCESSABLE_ENTITY
        "缺少权利人信息" "举报侵权须写明权利人、权利种类和权利内容（rights），并留下联系方式。"
        "The holder of the right is missing" "A complaint of infringement names whose right it is, which, and in what (rights), and how to reach the reporter.";
    RightsHolderNotAsked "rights_holder_not_asked" UNPROCESSABLE_ENTITY
        "该原因不需要权利人信息" "只有侵权类举报需要权利人信息，请删去 rights。"
        "No holder of a right is asked for" "Complaints of infringement alone name the holder of a right; leave rights out.";
    ProofRequired "proof_required" PRECONDITION_REQUIRED
        "缺少工作量证明" "公开举报须附 altcha：取得 /v1/complaints/challenge 的题目并求解，或使用页面上的等候凭证。"
        "A proof of work is required" "A complaint of the public comes with altcha: solve what /v1/complaints/challenge gives, or use the ticket of the page.";
    ProofWrong "proof_wrong" UNPROCESSABLE_ENTITY
        "工作量证明无效" "altcha 不是本平台题目的解，请重新取题求解。"
        "The proof is none" "altcha does not solve a challenge of ours; ask for another one and solve it.";
    ProofExpired "proof_expired" GONE
        "工作量证明已过期" "题目或等候凭证已超过三十分钟，请重新获取。"
        "The proof has expired" "The challenge, or the ticket, is older than half an hour; ask for another one.";
    ProofTooSoon "proof_too_soon" TOO_EARLY
        "请稍候再提交" "等候凭证尚未到可用时间，请过一会儿再提交，已填写的内容不会丢失。"
        "A moment too soon" "The ticket has not waited long enough; send the form again in a moment, nothing of it is lost.";
    ProofReplayed "proof_replayed" CONFLICT
        "工作量证明已被使用" "每个题目只能用于一次举报，请重新取题求解。"
        "The proof was used" "A challenge lets one complaint in; ask for another one and solve it.";
    TooManyComplaints "too_many_complaints" TOO_MANY_REQUESTS
        "举报过于频繁" "来自您所在网络的举报已达本小时上限，请按 Retry-After 稍后再试。"
        "Too many complaints" "As many complaints came from your network in this hour as may; try again after Retry-After.";
    ReporterCoolingDown "reporter_cooling_down" TOO_MANY_REQUESTS
        "暂不接收您的举报" "因多次恶意举报，在 cooling_until 之前暂不接收您的举报，原因见 cooling_reason；可凭原回执提出异议。"
        "Nothing is taken from you for a while" "Earlier complaints of yours were found to be in bad faith, see cooling_reason; until cooling_until nothing is taken from you. You can contest that with the receipt of the complaint.";
    ReporterUnknown "reporter_unknown" UNPROCESSABLE_ENTITY
        "举报人不明" "该举报为匿名举报，无从认定举报人。"
        "The reporter is not known" "The complaint was filed without a name, so that nothing can be said of its reporter.";
    ComplaintNotDismissed "complaint_not_dismissed" CONFLICT
        "举报未被驳回" "只有已处置且未予支持的举报可以认定为恶意举报。"
        "The complaint was not dismissed" "A complaint that waits, or was upheld, is not in bad faith.";
    BadFaithNotFound "bad_faith_not_found" NOT_FOUND
        "没有恶意举报认定" "该举报没有生效的恶意举报认定。"
        "There is no such finding" "The complaint was not found to be in bad faith.";
    ComplaintNotDecided "complaint_not_decided" CONFLICT
        "举报尚未处置" "举报仍在处理，处置后方可提出异议。"
        "The complaint is not decided" "The complaint is being looked at; it can be contested when it is decided.";
    ComplaintUpheld "complaint_upheld" CONFLICT
        "举报已获支持" "该举报已获支持并采取了措施，无需提出异议。"
        "The complaint was upheld" "A step was taken on the complaint, so that there is nothing to contest.";
    ContestedBefore "contested_before" CONFLICT
        "已复核过" "该处置已因异议由他人复核，复核结论为最终结论。"
        "It was contested before" "Somebody else has looked at it already because it was contested; that is final.";
    ContestWindowOver "contest_window_over" CONFLICT
        "提出异议的期限已过" "对该处置提出异议的期限已过，期限见 appeal_until。"
        "The contest comes too late" "The time to contest the decision is over; appeal_until says when it ended.";
    EvidenceClosed "evidence_closed" CONFLICT
        "不再接收证据" "提交证据的期限已过，或该举报已有结论。"
        "Evidence is taken no longer" "The time for evidence is over, or the complaint is decided.";
    TooManyFiles "too_many_files" UNPROCESSABLE_ENTITY
        "证据文件过多" "一次举报最多附五个文件。"
        "Too many files" "A complaint has five files at most.";
    PolicyUnknown "policy_unknown" UNPROCESSABLE_ENTITY
        "规则不存在" "没有此标识的规则。"
        "No such policy" "There is no policy with this identifier.";
    LabelUnknown "label_unknown" UNPROCESSABLE_ENTITY
        "标识不存在" "设置中没有此名称的账号分类标识。"
        "No such label" "The settings have no account label of this name.";
    IncidentTime "incident_time" UNPROCESSABLE_ENTITY
        "应急管控时长超限" "应急管控的时长不得超过设置 incident.longest_hours，到期后可再次启动。"
        "The incident is too long" "An incident lasts no longer than the settings allow (incident.longest_hours); it can be declared again.";
    ActivityTime "activity_time" UNPROCESSABLE_ENTITY
        "活动时间无效" "occurred_at 不得晚于当前时间，也不得早于一年之前。"
        "The time is not valid" "occurred_at lies in the future, or more than a year back.";
    PackageNotFound "package_not_found" NOT_FOUND
        "证据包不存在" "没有此标识的证据包申请。"
        "No such package" "There is no evidence package with this identifier.";
    PackagePeriod "package_period" UNPROCESSABLE_ENTITY
        "时段无效" "须给出起早于止的时段：指定对象的不超过四百天，全部记录的不超过一天。"
        "The period is not valid" "Give a period that ends after it begins: of a subject 400 days at most, of everything a day.";
    PackageSettled "package_settled" CONFLICT
        "申请已处理" "该申请已被批准或拒绝。"
        "The order is settled" "The order was approved or refused before.";
    PackageSamePerson "package_same_person" FORBIDDEN
        "须由他人批准" "证据包由申请人以外的人批准。"
        "Another person approves it" "Whoever ordered the package does not approve it; it takes a second person.";
    PackageNotReady "package_not_ready" CONFLICT
        "证据包尚未制成" "证据包尚未批准或仍在制作，请稍后再取。"
        "The package is not ready" "The package is not approved, or being built; try again later.";
    BacktestNotFound "backtest_not_found" NOT_FOUND
        "回溯测试不存在" "没有此标识的回溯测试。"
        "No such backtest" "There is no backtest with this identifier.";
    BacktestPeriod "backtest_period" UNPROCESSABLE_ENTITY
        "时段无效" "时段须起早于止、已经结束，且不超过设置 backtests.longest_days。"
        "The period is not valid" "Give a period that ends after it begins, is over, and is no longer than the settings allow (backtests.longest_days).";
    BacktestEnded "backtest_ended" CONFLICT
        "回溯测试已结束" "该回溯测试已完成、失败或被取消。"
        "The backtest has ended" "The backtest has finished, failed or been called off.";
    BacktestRules "backtest_rules" UNPROCESSABLE_ENTITY
        "没有可试的规则" "rules 须是规则包中的规则，最多 100 条，且至少一条不依赖账号信息或媒体内容。"
        "There is nothing to try" "The rules are those of the pack, a hundred at most, and one of them at least asks for nothing of the account or the media.";
    DraftPackInvalid "draft_pack_invalid" UNPROCESSABLE_ENTITY
        "规则包草稿有误" "草稿不能编译，或其示例不成立，逐条见 errors。"
        "The draft is not a rule pack" "The draft cannot be compiled, or its examples fail; errors tells each mistake.";
    HoldNotFound "hold_not_found" NOT_FOUND
        "保全不存在" "没有此标识的保全。"
        "No such hold" "There is no legal hold with this identifier.";
    HoldPeriod "hold_period" UNPROCESSABLE_ENTITY
        "保全时段无效" "保全的时段须起早于止，且不超过两年。"
        "The period is not valid" "The period of a hold ends after it begins and is two years long at most.";
    HoldReleased "hold_released" CONFLICT
        "保全已解除" "该保全已经解除，记录保留。"
        "The hold is released" "The hold was released before; the record of it stays.";
    HoldSamePerson "hold_same_person" FORBIDDEN
        "解除保全须由他人进行" "保全由另一人解除，设立者本人不能解除。"
        "Another person releases a hold" "Whoever placed the hold does not release it; it takes a second person.";
    HoldsFull "holds_full" CONFLICT
        "生效的保全过多" "生效的保全数量已达上限，请先解除不再需要的保全。"
        "Too many holds" "As many holds are in force as may be; release one that nobody needs any more.";
    RulePackNotFound "rule_pack_not_found" NOT_FOUND
        "规则包不存在" "没有发布过此版本的规则包。"
        "No such rule pack" "No rule pack of this version was published.";
    CaseNotFound "case_not_found" NOT_FOUND
        "工单不存在" "没有此标识的工单。"
        "No such case" "There is no case with this identifier.";
    CaseDecided "case_decided" CONFLICT
        "工单已处置" "该工单已有处置决定。"
        "The case is decided" "The case has a decision already.";
    CaseClaimedByAnother "case_claimed_by_another" CONFLICT
        "工单已被他人领取" "其他审核员正在处理该工单。"
        "Another reviewer has the case" "The case is with another reviewer.";
    CaseNotClaimed "case_not_claimed" CONFLICT
        "工单未领取" "请先领取工单；领取可能已经过期。"
        "The case is not claimed" "Claim the case first; an earlier claim may have run out.";
    ActionForMatter "action_for_matter" UNPROCESSABLE_ENTITY
        "处置方式与工单不符" "该工单不能这样处置：举报类工单给出处置或不处置，待批准的事项予以批准或拒绝，申诉予以支持或驳回。"
        "Wrong action for the matter" "The case is not decided in that way: complaints are answered with a step or none, what waits for approval is approved or refused, appeals are accepted or rejected.";
    NoPolicy "no_policy" UNPROCESSABLE_ENTITY
        "缺少所违反的规则" "此类处置须写明所违反的规则 policies。"
        "No policy is named" "A decision of this kind names the policies that were broken: policies.";
    AuthorityReportNotFound "authority_report_not_found" NOT_FOUND
        "报告不存在" "没有此编号的报送报告。"
        "No such report" "No report to the office has this number.";
    AcknowledgedBefore "acknowledged_before" CONFLICT
        "已登记回执" "该报告已登记了另一个回执文号。"
        "Acknowledged before" "The office has acknowledged the report under another reference.";
    CaseAwaitsApproval "case_awaits_approval" CONFLICT
        "工单待第二人批准" "该工单已提出重大处置，正等待内容安全负责人批准。"
        "The case waits for a second person" "A severe step is proposed in the case; the content safety lead agrees to it or does not.";
    NothingProposed "nothing_proposed" CONFLICT
        "没有待批准的处置" "该处置不再等待批准：已经批准，或已被退回。"
        "Nothing waits for approval" "The step is not waiting any more: somebody has agreed to it, or has not.";
    SecondPersonNeeded "second_person_needed" FORBIDDEN
        "须由第二人批准" "重大处置不能由提出人自己批准，无论以何种角色。"
        "A second person is needed" "Whoever proposes a severe step cannot agree to it as well, in whatever role.";
    ConflictOfInterest "conflict_of_interest" FORBIDDEN
        "应由他人复核" "被申诉的处置决定由您作出，申诉须由其他人员复核。"
        "Somebody else must judge this" "The appeal is against a decision of your own; another reviewer decides it.";
    DecisionNotFound "decision_not_found" NOT_FOUND
        "处置决定不存在" "没有此标识的处置决定。"
        "No such decision" "There is no decision with this identifier.";
    DecisionNotAdverse "decision_not_adverse" UNPROCESSABLE_ENTITY
        "该决定不可申诉" "该决定没有采取可经申诉撤销的措施。注册、资质或资料变更被拒绝的，可重新提交。"
        "The decision cannot be appealed" "The decision took no step that an appeal can undo. A registration, a qualification or a profile change that was refused is made anew.";
    DecisionOfAnotherAccount "decision_of_another_account" FORBIDDEN
        "该决定针对其他账号" "只能对针对本账号的处置决定提出申诉。"
        "The decision is about another account" "An account appeals decisions about itself and no others.";
    AppealWindowOver "appeal_window_over" CONFLICT
        "申诉期限已过" "处置理由中写明的申诉期限已过，期限见 appeal_until。"
        "The appeal comes too late" "The period that the statement of reasons names is over; appeal_until says when it ended.";
    AppealedBefore "appealed_before" CONFLICT
        "该决定已申诉过" "对每项处置决定只能申诉一次。"
        "The decision was appealed before" "Each decision can be appealed once.";
    CursorUnknown "cursor_unknown" BAD_REQUEST
        "游标无效" "游标不是先前某页返回的值，请从第一页开始。"
        "Unknown cursor" "The cursor is not one that a page gave; begin with the first page.";
    DoorUnknown "door_unknown" FORBIDDEN
        "入口不可识别" "请通过本人的入口（函数别名 <角色>-<姓名>）打开控制台部件；入口由管理员建立。"
        "Not through a door" "Come in through a door of your own, the function's alias <role>-<name>; an administrator makes it.";
    NotForRole "not_for_role" FORBIDDEN
        "角色无此权限" "您的角色不能查看或执行此项；请由有权限的角色操作。"
        "Not for this role" "Your role may not see or do this; somebody whose role may can.";
    FormStale "form_stale" CONFLICT
        "表单已过期" "打开此表单之后情况已有变化；页面已更新，请核对后再提交。"
        "The form is stale" "Something has changed since this form was opened; the page is new, look at it and send it again.";
    DeadLetterQueueNotFound "dead_letter_queue_not_found" NOT_FOUND
        "死信队列不存在" "没有此名称的死信队列。"
        "No such dead-letter queue" "No dead-letter queue has that name.";
    MonthNotOver "month_not_over" CONFLICT
        "该月尚未结束" "只能对已结束的月份（北京时间）生成备案文件。"
        "The month is not over" "Files are made of months that are over, on the calendar of Asia/Shanghai.";
    FilingTooLarge "filing_too_large" UNPROCESSABLE_ENTITY
        "备案条目过多" "该月的备案条目超过一次可生成的上限。"
        "Too much to file at once" "The month has more rows than are filed in one run.";
    CameFromNoQueue "came_from_no_queue" UNPROCESSABLE_ENTITY
        "无法退回" "该死信队列中的消息并非来自队列，不能退回；处理办法见运行手册。"
        "They came from no queue" "What is in this dead-letter queue came from no queue and cannot be sent back; the runbook says what to do.";
    VersionConflict "version_conflict" CONFLICT
        "版本冲突" "资源在读取之后已被更改，请重新读取后再试。"
        "Version conflict" "The resource has changed since it was read; read it again and decide again.";

    // Our side.
    Unavailable "unavailable" SERVICE_UNAVAILABLE
        "服务暂不可用" "暂时无法处理，请按 Retry-After 稍后用同一请求重试。"
        "Not available now" "The request cannot be served now; send the same request again after Retry-After.";
    Internal "internal" INTERNAL_SERVER_ERROR
        "内部错误" "处理请求时发生错误，联系我们时请提供 request_id。"
        "Internal error" "Something failed on our side; give the request_id when you report it.";
}

macro_rules! field_codes {
    ($($name:ident $code:literal $zh:literal $en:literal;)*) => {
        /// What is wrong at one place of a body or a query.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FieldCode { $(#[doc = $en] $name,)* }

        impl FieldCode {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Chinese and English.
            pub(crate) const fn texts(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $en),)* }
            }
        }
    };
}

field_codes! {
    UnknownField "unknown_field" "未知字段。" "This field is not known.";
    MissingField "missing_field" "缺少必填字段。" "This field is required.";
    RepeatedKey "repeated_key" "同一对象中的键重复。" "The key occurs twice in one object.";
    WrongType "wrong_type" "值的类型错误。" "The value has the wrong type.";
    UnknownValue "unknown_value" "值不在允许的取值之内。" "The value is not one of those allowed.";
    MalformedValue "malformed_value" "值的格式错误。" "The value is malformed.";
    OutOfBounds "out_of_bounds" "值超出限制。" "The value is outside its limits.";
}
