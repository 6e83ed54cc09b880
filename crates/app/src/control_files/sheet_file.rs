//! What the files that are sheets have in common: their text, and what is wrong with them.

use data_encoding::HEXLOWER;
use domain::sheet::SheetProblem;
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use super::{ControlProblem, Judgement, document::line_and_column};

/// # Errors
/// That the file is not UTF-8. Spreadsheets in Chinese save CSV as GBK unless they are told otherwise, and a guess could put
/// wrong names on a list.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, Judgement> {
    std::str::from_utf8(bytes).map_err(|error| {
        let problem = ControlProblem::at(
            Some(line_and_column(bytes, error.valid_up_to())),
            "",
            "文件不是 UTF-8 编码（可能是 GBK）：请在表格软件中另存为“CSV UTF-8”。",
            "The file is not UTF-8 (it may be GBK): save it as \u{201c}CSV UTF-8\u{201d} in the spreadsheet.",
        );
        Judgement::refused(None, vec![problem])
    })
}

pub(super) fn problems_of(problems: Vec<SheetProblem>) -> Vec<ControlProblem> {
    let told = |it: SheetProblem| ControlProblem::at(Some((it.line, it.column)), "", &it.text.zh, &it.text.en);
    problems.into_iter().map(told).collect()
}

/// What makes a file that is delivered again meet what it has done before.
pub(super) fn id_of(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

pub(super) fn sha256_of(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_that_of_its_parts_and_of_no_others() {
        assert_eq!(id_of(&["a", "bc"]), id_of(&["a", "bc"]));
        assert_ne!(id_of(&["a", "bc"]), id_of(&["ab", "c"]));
    }
}
