//! What can be wrong with a copy, and how it is told.

use serde::Serialize;

/// The language of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Language {
    #[default]
    En,
    Zh,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// The key of the object, or where it should be.
    pub place: String,
    /// What was seen, in English, for whoever looks into it.
    pub detail: String,
}

impl Finding {
    pub(crate) fn at(kind: Kind, place: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, place: place.into(), detail: detail.into() }
    }
}

macro_rules! kinds {
    ($($(#[$told:meta])* $kind:ident, $zh:literal, $en:literal;)*) => {
        /// What is wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($(#[$told])* $kind,)* }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            #[must_use]
            pub const fn told(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$kind, Language::Zh) => $zh, (Self::$kind, Language::En) => $en,)*
                }
            }
        }
    };
}

kinds! {
    /// An hour between two sealed ones, or one that was asked for, has no seal.
    SealMissing, "缺少封存", "a seal is missing";
    /// The seal cannot be read as one, or lies under another name.
    SealAltered, "封存被改动", "a seal was altered";
    /// The seal does not continue the one before it.
    ChainBroken, "封存链断裂", "the chain of seals is broken";
    /// A signature that says to be of a trusted key and is not.
    SignatureWrong, "签名无效", "a signature is not right";
    KeyNotTrusted, "签名密钥不受信任", "a seal is signed by a key that is not trusted";
    KeyMissing, "缺少受信任的公钥", "a trusted public key is missing";
    KeyAltered, "公钥文件被改动", "a public key was altered";
    /// Sealed, not there, and no receipt of a sweep tells why.
    ObjectMissing, "日志对象缺失且无删除回执", "a log object is missing, without a receipt";
    ObjectAltered, "日志对象被改动", "a log object was altered";
    ObjectTruncated, "日志对象不完整", "a log object was cut short";
    /// There, and in no seal, though the hour of its name is sealed.
    ObjectExtra, "存在未封存的对象", "an object is there that was never sealed";
    /// Two seals say different things of one key.
    ObjectTwice, "同一对象被封存为不同内容", "an object was sealed with two contents";
    /// Its name ends the lock before the period that was asked for.
    LockTooShort, "保存期限不足", "a log object may be deleted too early";
    /// The receipt is of a time before the end of the lock.
    DeletedEarly, "在保存期限内被删除", "a log object was deleted before its time";
    /// An intent names it and no receipt says that the sweep came to its end.
    DeletionUnfinished, "删除未完成或缺少回执", "a deletion was begun and not receipted";
    FileMissing, "证据包中的文件缺失", "a file of the package is missing";
    FileAltered, "证据包中的文件被改动", "a file of the package was altered";
    FileExtra, "证据包中有未签名的文件", "a file is in the package that was not signed";
    SourceUnsealed, "来源日志对象不在封存中", "a source of records is in no seal";
    RecordUnfounded, "记录不在来源日志对象中", "a record is in none of its sources";
    PaperMissing, "删除意向或回执缺失", "an intent or receipt of a deletion is missing";
    PaperAltered, "删除意向或回执被改动", "an intent or receipt of a deletion was altered";
    PaperExtra, "存在未封存的删除文件", "a paper of a deletion is there that was never sealed";
}
