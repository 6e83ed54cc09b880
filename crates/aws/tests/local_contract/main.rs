//! The contract of the ports, kept by the adapters on a local stack. Each test works on tables, queues and buckets of
//! its own, so that the deployed functions do not work on its data and a run meets nothing of an earlier one.
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

mod stack;

use testkit::contract;

use stack::Stack;

#[tokio::test]
async fn the_accounts_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::account_ledger(&stack.aws.accounts(&table), &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_principals_in_the_accounts_table_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let (principals, accounts) = (stack.aws.principals(&table), stack.aws.accounts(&table));
    contract::principal_register(&principals, &accounts, &stack.aws.blacklist(&table), &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_blacklist_in_the_accounts_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let (principals, accounts) = (stack.aws.principals(&table), stack.aws.accounts(&table));
    contract::blacklist(&stack.aws.blacklist(&table), &principals, &accounts, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_publication_meter_in_the_accounts_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::publication_meter(&stack.aws.publication_meter(&table), &stack.aws.accounts(&table)).await;
}

#[tokio::test]
async fn the_deregistration_calendar_in_the_accounts_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::deregistration_calendar(&stack.aws.deregistration_calendar(&table), &stack.aws.accounts(&table)).await;
}

#[tokio::test]
async fn the_qualification_calendar_in_the_accounts_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::qualification_calendar(&stack.aws.qualification_calendar(&table), &stack.aws.accounts(&table)).await;
}

#[tokio::test]
async fn the_evidence_bucket_keeps_the_contract() {
    let stack = Stack::up();
    let bucket = stack.unversioned_bucket().await;
    let evidence = stack.aws.evidence(&bucket);
    contract::evidence_store(&evidence, &evidence, &evidence, &stack.uploader(&bucket)).await;
}

#[tokio::test]
async fn the_groups_in_the_accounts_table_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let (accounts, principals) = (stack.aws.accounts(&table), stack.aws.principals(&table));
    contract::group_register(&stack.aws.groups(&table), &accounts, &principals, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_publications_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::RowsAndAcceptedIndex).await;
    let publications = stack.aws.publications(&table);
    contract::accepted_publications(&publications, &publications).await;
    contract::publication_shelf(&publications, &stack.outbox(&table)).await;
    contract::resting_publications(&publications, &publications).await;
}

#[tokio::test]
async fn the_notes_on_media_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::media_notes(&stack.aws.media_notes(&table)).await;
}

#[tokio::test]
async fn the_media_bucket_keeps_the_contract() {
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    contract::media_bucket(&stack.aws.media(&bucket), &stack.operator(&bucket)).await;
}

#[tokio::test]
async fn the_comments_table_keeps_the_contracts() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::RowsAndCommentsIndex).await;
    let (comments, outbox) = (stack.aws.comments(&table), stack.outbox(&table));
    contract::comment_shelf(&comments, &outbox).await;
    contract::owner_rules_book(&comments, &outbox).await;
    contract::comment_duty_book(&comments, &comments).await;
}

#[tokio::test]
async fn the_register_of_assessments_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let register = stack.aws.assessments(&table, stack::clock());
    contract::assessment_register(&register, &register).await;
}

#[tokio::test]
async fn the_cases_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::RowsAndQueueIndex).await;
    let (cases, outbox) = (stack.aws.cases(&table), stack.outbox(&table));
    contract::case_board(&cases, &outbox).await;
    contract::complaint_shelf(&cases, &cases, &outbox).await;
    contract::resting_complaints(&cases, &cases, &cases, &cases).await;
    contract::reporter_book(&cases, &cases, &outbox).await;
    contract::intake_ledger(&stack.aws.intake(&table)).await;
}

#[tokio::test]
async fn the_challenges_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::challenge_book(&stack.aws.challenges(&table), &stack.aws.accounts(&table)).await;
}

#[tokio::test]
async fn the_idempotency_table_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::KeyAlone).await;
    contract::idempotency_ledger(&stack.aws.idempotency(&table), stack::now()).await;
}

#[tokio::test]
async fn the_list_of_protected_names_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let names = stack.aws.protected_names(&table);
    contract::protected_names(&names, &names, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_retention_watermark_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::watermark(&stack.aws.watermark(&table)).await;
}

#[tokio::test]
async fn the_seal_ledger_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let ledger = stack.aws.seal_ledger(&table);
    contract::seal_ledger(&ledger, &ledger, stack::now()).await;
}

#[tokio::test]
async fn the_seals_keep_the_contract() {
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    let period = domain::retention::RetentionPeriod::parse("P6M", domain::retention::Stage::Prod).unwrap();
    contract::seal_shelf(&stack.aws.seals(&bucket, aws::LockMode::Governance, period), stack::now()).await;
    contract::seal_signer(&stack.aws.seal_signer(&stack.signing_key().await)).await;
}

#[tokio::test]
async fn the_settings_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let settings = stack.aws.settings(&table, stack::clock());
    contract::settings_shelf(&settings, &settings, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_an_error_and_never_the_starter_document() {
    use app::ports::{PortError, SettingsSource};
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    for doc in [serde_json::json!({ "version": "two" }), serde_json::json!({ "version": 2, "account_caps": 3 })] {
        let row = serde_json::json!({ "pk": "SETTINGS", "sk": "CURRENT", "version": 2, "doc": doc });
        stack.observer.put_row(&table, &row).await.unwrap();
        let read = stack.aws.settings(&table, stack::clock()).current().await;
        assert!(matches!(read, Err(PortError::Corrupt { .. })), "{read:?}");
    }
    // What a later release has added is left out.
    let doc = serde_json::json!({ "version": 2, "no_such_section": {} });
    let row = serde_json::json!({ "pk": "SETTINGS", "sk": "CURRENT", "version": 2, "doc": doc });
    stack.observer.put_row(&table, &row).await.unwrap();
    assert_eq!(stack.aws.settings(&table, stack::clock()).current().await.unwrap().version, 2);
}

#[tokio::test]
async fn the_policy_documents_keep_the_contract() {
    let stack = Stack::up();
    let (table, bucket) = (stack.table(stack::Shape::Rows).await, stack.bucket().await);
    let archive = stack.aws.policy_document_archive(&table, &bucket);
    let documents = stack.aws.policy_documents(&table, stack::clock());
    contract::policy_document_shelf(&archive, &documents, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_rule_packs_keep_the_contract() {
    let stack = Stack::up();
    let (table, bucket) = (stack.table(stack::Shape::Rows).await, stack.bucket().await);
    let packs = stack.aws.rule_packs(&table, stack::clock());
    contract::rule_pack_shelf(&packs, &packs, &stack.outbox(&table)).await;
    contract::pack_archive(&stack.aws.pack_objects(&bucket)).await;
}

#[tokio::test]
async fn removed_content_keeps_the_contract() {
    let stack = Stack::up();
    let (table, bucket) = (stack.table(stack::Shape::Rows).await, stack.bucket().await);
    let removed = stack.aws.removed_content(&table, stack::clock());
    contract::removed_content(&removed, &removed, &stack.outbox(&table)).await;
    contract::settled_prints(&stack.aws.settled_prints(&bucket)).await;
}

#[tokio::test]
async fn incident_mode_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let incidents = stack.aws.incidents(&table, stack::clock());
    contract::incident_shelf(&incidents, &incidents, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_reconciliation_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let rows = stack.aws.reconciliation(&table);
    contract::reconciliation(&rows, &rows, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn evidence_packages_keep_the_contracts() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::package_shelf(&stack.aws.packages(&table), &stack.outbox(&table)).await;
    contract::package_archive(&stack.aws.package_objects(&stack.bucket().await)).await;
}

#[tokio::test]
async fn backtests_keep_the_contracts() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::backtest_shelf(&stack.aws.backtests(&table), &stack.outbox(&table)).await;
    contract::backtest_files(&stack.aws.backtest_objects(&stack.bucket().await)).await;
}

#[tokio::test]
async fn legal_holds_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    let holds = stack.aws.legal_holds(&table);
    contract::legal_holds(&holds, &holds, &holds, &stack.outbox(&table)).await;
}

#[tokio::test]
async fn the_control_files_keep_the_contract() {
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    let operator = stack.operator(&bucket);
    contract::control_files(&stack.aws.control_files(&bucket), &operator).await;
}

#[tokio::test]
async fn the_content_log_bucket_keeps_the_contract() {
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    for lock in [aws::LockMode::Compliance, aws::LockMode::Governance] {
        let log = stack.aws.content_log(&bucket, lock);
        contract::content_log(&log, stack::now()).await;
        contract::expiring_objects(&stack.aws.expiring_objects(&bucket), &log, stack::now()).await;
    }
}

#[tokio::test]
async fn expired_versions_and_delete_markers_are_deleted_however_many() {
    use app::ports::ExpiringObjects;
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    // More than a page of a listing and a call of deletion hold.
    let keys: Vec<_> = (0..1_005).map(|n| format!("content-log/date=2020-01-01/hour=00/{n}")).collect();
    for key in &keys {
        stack.observer.put_object(&bucket, key, b"expired").await.unwrap();
    }
    stack.mark_deleted(&bucket, &keys[0]).await;
    let objects = stack.aws.expiring_objects(&bucket);
    let listed = objects.list("content-log/date=2020-01-01/").await.unwrap();
    assert_eq!(listed.len(), keys.len() + 1);
    assert_eq!(objects.delete(&listed).await.unwrap(), []);
    assert_eq!(objects.list("content-log/").await.unwrap(), []);
    assert_eq!(objects.delete(&listed).await.unwrap(), []);
}

#[tokio::test]
async fn an_object_lies_under_its_lock() {
    use app::ports::ContentLog;
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    let object = testkit::samples::log_object("locked", stack::now());
    stack.aws.content_log(&bucket, aws::LockMode::Compliance).write(&object).await.unwrap();
    let seen = stack.observer.objects(&bucket, "content-log/").await.unwrap().remove(0);
    assert_eq!((seen.lock_mode.as_deref(), seen.locked_until), (Some("COMPLIANCE"), Some(object.keep_until)));
    assert_eq!(stack.observer.object(&bucket, &seen.key).await.unwrap(), object.bytes);
    let refused = stack.observer.delete_version(&bucket, &seen.key, &seen.version_id).await.unwrap_err();
    assert_eq!(refused.code, "AccessDenied");
}

#[tokio::test]
async fn an_object_whose_time_is_up_is_written_without_a_lock() {
    use app::ports::{ContentLog, WriteOutcome};
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    let mut object = testkit::samples::log_object("late", stack::now());
    object.keep_until = stack::now();
    let log = stack.aws.content_log(&bucket, aws::LockMode::Compliance);
    assert_eq!(log.write(&object).await.unwrap(), WriteOutcome::Written);
    let seen = stack.observer.objects(&bucket, "content-log/").await.unwrap().remove(0);
    assert_eq!(seen.lock_mode, None);
}

#[tokio::test]
async fn the_receipts_keep_the_contract() {
    let stack = Stack::up();
    let bucket = stack.bucket().await;
    contract::sweep_receipts(&stack.aws.sweep_receipts(&bucket), stack::now()).await;
}

#[tokio::test]
async fn the_queues_keep_the_contract() {
    let stack = Stack::up();
    let queues = stack.queues().await;
    contract::relay_queues(&stack.aws.relay_queues(queues.relay()), &queues).await;
    contract::review_queue(&stack.aws.content_reviews(&queues.relay().triage), &queues).await;
    contract::log_queue(&stack.aws.log_queue(&queues.content_log), &queues).await;
    contract::media_queue(&stack.aws.media_queue(&queues.media), &queues).await;
    contract::sweep_queue(&stack.aws.sweep_queue(&queues.sweep), &queues).await;
    contract::backtest_queue(&stack.aws.backtest_queue(&queues.backtest), &queues).await;
    contract::dead_letters(&stack.aws.dead_letters(&queues.dead_letters), &queues).await;
}

#[tokio::test]
async fn the_filing_book_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::filing_book(&stack.aws.accounts(&table), &stack.aws.filing_rows(&table)).await;
}

#[tokio::test]
async fn the_dead_letter_queues_keep_the_contract() {
    let stack = Stack::up();
    let world = stack.letter_boxes().await;
    contract::dead_letter_boxes(&stack.aws.letter_boxes(world.boxes()), &world).await;
}

#[tokio::test]
async fn a_message_that_is_put_off_rests_and_comes_back() {
    use app::ports::RetryQueue;
    use std::time::Duration;
    let stack = Stack::up();
    let url = stack.queue().await;
    stack.observer.send(&url, "m").await.unwrap();
    let queue = stack.aws.trigger_queue(&url);
    // Received for a moment: left alone, the message would be back at once.
    let handle = stack.receive(&url, 1).await.unwrap();
    queue.put_off(&handle, Duration::from_hours(1)).await.unwrap();
    let depth = stack.observer.depth(&url).await.unwrap();
    assert_eq!((depth.visible, depth.in_flight), (0, 1));
    queue.put_off(&handle, Duration::ZERO).await.unwrap();
    assert!(stack.receive(&url, 1).await.is_some());
    let refused = queue.put_off("no-receipt", Duration::ZERO).await;
    assert!(matches!(refused, Err(app::ports::PortError::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn the_vault_keeps_the_contract() {
    let stack = Stack::up();
    let key = stack.sealing_key().await;
    contract::identity_vault(&stack.aws.vault(&key)).await;
    contract::activity_vault(&stack.aws.activity_vault(&key)).await;
    // Renewed: what is sealed from now on is sealed under the other key, and what was sealed before is opened still.
    let another = stack.sealing_key().await;
    contract::a_vault_opens_what_another_sealed(&stack.aws.vault(&another), &stack.aws.vault(&key)).await;
}

#[tokio::test]
async fn the_principal_index_keeps_the_contract_and_outlives_a_process() {
    use app::ports::PrincipalIndex;
    let stack = Stack::up();
    let (key, versions) = (stack.index_key().await, aws::IndexVersions::default());
    contract::mobile_index(&stack.aws.principal_index(&key, &versions)).await;
    contract::address_index(&stack.aws.principal_index(&key, &versions)).await;
    contract::principal_index(&stack.aws.principal_index(&key, &versions)).await;
    let document = testkit::samples::document_of_a_person();
    let (one, another) = (stack.aws.principal_index(&key, &versions), stack.aws.principal_index(&key, &versions));
    let keys = one.keys_of(&document).await.unwrap();
    assert_eq!(keys, another.keys_of(&document).await.unwrap());
    // Renewed: the new key first, and the one before as it was.
    let renewed = stack.aws.principal_index(&key, &"2,1".parse().unwrap());
    contract::mobile_index(&renewed).await;
    contract::principal_index(&renewed).await;
    let both = renewed.keys_of(&document).await.unwrap();
    assert!(both[0].as_str().starts_with("v2.") && both[1..] == keys, "{both:?}");
}

#[tokio::test]
async fn the_caller_register_keeps_the_contract_and_the_way_back() {
    use app::ports::CallerRegister;
    let stack = Stack::up();
    let (table, sealing, index) =
        (stack.table(stack::Shape::KeyAlone).await, stack.sealing_key().await, stack.index_key().await);
    let register = || stack.aws.callers(&table, &sealing, &index);
    testkit::contract::caller_register(&register()).await;
    let name = domain::personal::Personal::new("li.si@example.com".to_owned());
    let pseudonym = register().pseudonym(&name).await.unwrap();
    assert_eq!(register().pseudonym(&name).await.unwrap(), pseudonym, "it outlives the process");
    let rows = stack.observer.rows(&table).await.unwrap();
    assert!(!rows.iter().any(|row| row.to_string().contains("li.si")), "{rows:?}");
    let row = rows.iter().find(|row| row["pk"] == pseudonym.as_str()).expect("the way back is on record");
    assert_eq!(stack.opened(&sealing, &pseudonym, row["name"].as_str().unwrap()).await, "li.si@example.com");
}

#[tokio::test]
async fn what_is_not_there_is_refused_and_not_tried_for_ever() {
    use app::ports::{AccountLedger, PortError};
    let stack = Stack::up();
    let account_id = testkit::samples::account().pending().account_id;
    let result = stack.aws.accounts("gatehouse-no-such-table").load(account_id).await;
    assert!(matches!(result, Err(PortError::Refused { .. })), "{result:?}");
}

#[tokio::test]
async fn a_stack_that_does_not_answer_is_unavailable() {
    use app::ports::{AccountLedger, PortError};
    // Nothing listens on the discard port.
    let nowhere = aws::Aws::at(&Stack::endpoint_at("http://127.0.0.1:9")).unwrap();
    let account_id = testkit::samples::account().pending().account_id;
    let result = nowhere.accounts("any").load(account_id).await;
    assert!(matches!(result, Err(PortError::Unavailable { .. })), "{result:?}");
}

#[tokio::test]
async fn the_circuit_breaker_keeps_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::Rows).await;
    contract::circuit_breaker(&stack.aws.circuit_breaker(&table)).await;
}

#[tokio::test]
async fn the_calendar_of_cases_and_the_notes_keep_the_contract() {
    let stack = Stack::up();
    let table = stack.table(stack::Shape::RowsAndQueueIndex).await;
    let (cases, outbox) = (stack.aws.cases(&table), stack.outbox(&table));
    contract::case_calendar(&cases, &stack.aws.case_calendar(&table)).await;
    contract::note_shelf(&cases, &cases, &outbox).await;
}

#[tokio::test]
async fn the_reports_to_the_office_keep_the_contract() {
    let stack = Stack::up();
    let (table, bucket) = (stack.table(stack::Shape::Rows).await, stack.bucket().await);
    contract::report_ledger(&stack.aws.authority_reports(&table), &stack.aws.authority_report_files(&bucket)).await;
}
