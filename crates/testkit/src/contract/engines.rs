use app::ports::EngineSource;
use futures::future::join_all;

/// Runs every check. A usable pack is in force, and stays so.
pub async fn engine_source(source: &dyn EngineSource) {
    callers_at_once_are_all_given_the_engine(source).await;
    a_later_caller_is_given_the_same_pack(source).await;
}

/// The first callers may come before the engine is made.
async fn callers_at_once_are_all_given_the_engine(source: &dyn EngineSource) {
    let engines = join_all((0..4).map(|_| source.current())).await;
    let verdicts: Vec<_> = engines.into_iter().map(|engine| engine.unwrap().screen(&["来玩百家乐"])).collect();
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
}

async fn a_later_caller_is_given_the_same_pack(source: &dyn EngineSource) {
    let pack = source.current().await.unwrap().screen(&[""]).rule_pack;
    assert_eq!(source.current().await.unwrap().screen(&[""]).rule_pack, pack);
}
