//! What is not there: it never was, or its period has ended and it was deleted (R16.2).

use domain::{id::PublicationId, receipt::ReceiptDigest};

use crate::{
    error::AppError,
    ports::{CaseBoard, PublicationShelf},
};

/// Why there is no such publication. Asked when there is none, so that it costs nothing where there is one.
pub(crate) async fn publication(shelf: &dyn PublicationShelf, publication_id: PublicationId) -> AppError {
    match shelf.expired_at(publication_id).await {
        Ok(Some(_)) => AppError::PublicationExpired,
        Ok(None) => AppError::PublicationNotFound,
        Err(error) => error.into(),
    }
}

/// Why no complaint has this receipt.
pub(crate) async fn complaint(board: &dyn CaseBoard, receipt: &ReceiptDigest) -> AppError {
    match board.receipt_expired_at(receipt).await {
        Ok(Some(_)) => AppError::ComplaintExpired,
        Ok(None) => AppError::ComplaintNotFound,
        Err(error) => error.into(),
    }
}
