//! `controls/blacklist/…`: principals whom an operator brings along, as `domain::blacklist_import` reads them (R13.2). Each
//! line is the proposal of whoever put the file, and bars nobody until a second person agrees (B8).

use domain::{
    actor::Actor,
    blacklist::BlacklistRefusal,
    blacklist_import::{self, ImportedListing, ImportedPrincipal},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    ControlProblem, Judgement,
    sheet_file::{id_of, problems_of, sha256_of, text_of},
};
use crate::{
    blacklisting::{BlacklistDesk, PrincipalReference, ProposeListing},
    error::AppError,
};

/// Five hundred lines with long reasons.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;

/// So many lines are looked at side by side.
const SIDE_BY_SIDE: usize = 8;

pub(super) async fn judge(desk: &BlacklistDesk, actor: &Actor, bytes: &[u8]) -> Result<Judgement, AppError> {
    let text = match text_of(bytes) {
        Ok(text) => text,
        Err(refused) => return Ok(refused),
    };
    let listings = match blacklist_import::parse(text) {
        Ok(listings) => listings,
        Err(problems) => return Ok(Judgement::refused(None, problems_of(problems))),
    };
    let sha256 = sha256_of(bytes);
    let proposals = |listing: &ImportedListing| proposal(listing, &sha256, actor);
    // All of them are looked at before one is proposed.
    let problems = each(&listings, async |listing| desk.may_propose(&proposals(listing)).await).await?;
    if !problems.is_empty() {
        return Ok(Judgement::refused(None, problems));
    }
    let problems = each(&listings, async |listing| desk.propose(proposals(listing)).await.map(drop)).await?;
    Ok(Judgement { version: None, problems })
}

fn proposal(listing: &ImportedListing, sha256: &str, actor: &Actor) -> ProposeListing {
    ProposeListing {
        operation_id: id_of(&["blacklist", sha256, &listing.line.to_string()]),
        principal: match &listing.principal {
            ImportedPrincipal::Account(account_id) => PrincipalReference::Account(*account_id),
            ImportedPrincipal::Key(key) => PrincipalReference::Key(key.clone()),
        },
        reason: listing.reason.clone(),
        review_at: listing.review_at,
        proposer: actor.clone(),
    }
}

/// What is wrong with each of the lines. Who is listed already, or waits to be, is what the line asks for.
async fn each(
    listings: &[ImportedListing],
    ask: impl AsyncFn(&ImportedListing) -> Result<(), AppError>,
) -> Result<Vec<ControlProblem>, AppError> {
    let ask = &ask;
    let asked = stream::iter(listings).map(|listing| async move {
        let at = |zh: &str, en: &str| Ok(Some(ControlProblem::at(Some((listing.line, 1)), "", zh, en)));
        match ask(listing).await {
            Ok(()) | Err(AppError::Blacklist(BlacklistRefusal::AlreadyListed | BlacklistRefusal::AlreadyProposed)) => {
                Ok(None)
            }
            Err(AppError::AccountNotFound) => at("没有该账号。", "There is no such account."),
            Err(AppError::Blacklist(BlacklistRefusal::ReviewInThePast)) => {
                at("复核日期已过。", "The day of the review is over.")
            }
            Err(error) => Err(error),
        }
    });
    let problems: Vec<Option<ControlProblem>> = asked.buffered(SIDE_BY_SIDE).try_collect().await?;
    Ok(problems.into_iter().flatten().collect())
}
