//! The page of an evidence package: what it is, on which basis, what is in it and how to verify it, for people who have no
//! program but a browser. In Chinese and English; it loads nothing and runs nothing.

use std::fmt::Write as _;

use domain::retention::SHANGHAI;
use jiff::Timestamp;

use crate::{
    package::{DECISIONS, IDENTITIES, MANIFEST, MediaFile, MediaState, RECORDS, Source},
    record::LogRecord,
};

/// How many records the page shows; the file of the records has them all.
const SHOWN: usize = 1_000;

/// How much of a text it shows, in characters.
const TEXT: usize = 400;

/// What the page tells besides the records.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    pub package_id: &'a str,
    /// What was asked for, in words of the API.
    pub scope: &'a str,
    pub from: Timestamp,
    pub until: Timestamp,
    pub legal_basis: &'a str,
    pub reason: &'a str,
    pub ordered_by: &'a str,
    pub approved_by: &'a str,
    pub personal_data: bool,
    pub built_at: Timestamp,
    pub key_id: &'a str,
    pub sources: &'a [Source],
    pub deleted: &'a [Source],
    pub media: &'a [MediaFile],
}

/// The page, as HTML.
#[must_use]
pub fn page(told: &Told<'_>, records: &[LogRecord]) -> String {
    let mut html = String::from(
        "<!DOCTYPE html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>证据包 Evidence package</title><style>body{font:15px/1.6 sans-serif;max-width:70em;margin:2em auto;\
         padding:0 1em}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3em .6em;\
         text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f2f2f2}code{font-size:90%}</style></head><body>\n",
    );
    let _ = writeln!(html, "<h1>证据包 Evidence package</h1><p><code>{}</code></p>", escaped(told.package_id));
    let personal = if told.personal_data { "含 included" } else { "不含 not included" };
    let period = format!("{} — {}", time(told.from), time(told.until));
    let sealed = told.sources.iter().filter(|source| source.seal.is_some()).count();
    let counts = [
        ("记录数 Records", records.len().to_string()),
        ("来源日志对象（已封存） Log objects (sealed)", format!("{} ({sealed})", told.sources.len())),
        ("期满删除的日志对象 Log objects deleted at the end of their time", told.deleted.len().to_string()),
    ];
    let rows = [
        ("范围 Scope", told.scope.to_owned()),
        ("时段 Period", period),
        ("法律依据 Legal basis", told.legal_basis.to_owned()),
        ("事由 Reason", told.reason.to_owned()),
        ("申请人 Ordered by", told.ordered_by.to_owned()),
        ("批准人 Approved by", told.approved_by.to_owned()),
        ("个人信息 Personal data", personal.to_owned()),
        ("制作时间 Built at", time(told.built_at)),
    ];
    html.push_str("<table>\n");
    for (name, value) in rows.iter().chain(&counts) {
        let _ = writeln!(html, "<tr><th>{name}</th><td>{}</td></tr>", escaped(value));
    }
    html.push_str("</table>\n");
    let _ = writeln!(
        html,
        "<h2>如何核验 How to verify</h2><p>本包的每个文件的 SHA-256 记于 <code>{MANIFEST}</code>，该清单由密钥 <code>{key}</code> \
         签名；记录所在的日志对象由 <code>seals/</code> 中的封存链逐小时签名。使用 <code>gatehouse-verify &lt;本文件&gt; --trust {key}</code> \
         可离线核验，任何改动都会被发现。密钥标识请从其他渠道核对。</p><p>Every file's SHA-256 is in <code>{MANIFEST}</code>, which is \
         signed by the key <code>{key}</code>; the log objects that the records are from are in the signed hourly chain below \
         <code>seals/</code>. <code>gatehouse-verify</code> verifies all of it without a network and finds any change. Learn the \
         key's name from somewhere else.</p><p>{RECORDS}: 全部记录 all records · {DECISIONS}: 处置 decisions · {IDENTITIES}: 身份 \
         identities</p>",
        key = escaped(told.key_id),
    );
    html.push_str("<h2>记录 Records</h2><table>\n<tr><th>时间 Time</th><th>类型 Kind</th><th>对象 Subject</th><th>内容 Content</th></tr>\n");
    for record in records.iter().take(SHOWN) {
        let subject = record.subject.map(|subject| subject.subject_id()).unwrap_or_default();
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
            time(record.occurred_at),
            escaped(&record.kind),
            escaped(&subject),
            escaped(&content(record)),
        );
    }
    html.push_str("</table>\n");
    if !told.media.is_empty() {
        html.push_str(&media(told.media));
    }
    if records.len() > SHOWN {
        let _ = writeln!(html, "<p>… {} ({RECORDS})</p>", records.len() - SHOWN);
    }
    html.push_str("</body></html>\n");
    html
}

/// The pictures, sounds and films; their files lie beside the page.
fn media(files: &[MediaFile]) -> String {
    let mut html = String::from(
        "<h2>媒体文件 Media</h2><table>\n<tr><th>平台文件 Platform's file</th><th>状态 State</th><th>本包文件 File of the package</th></tr>\n",
    );
    for file in files {
        let state = match file.state {
            MediaState::Enclosed => "与记录一致 as the record names it",
            MediaState::Unproven => "记录未载哈希 the record has no hash of it",
            MediaState::Missing => "已不存在 not there any more",
            MediaState::Altered => "已非记录所指文件，未附 another file lies there; not enclosed",
            MediaState::TooLarge => "过大，未附 too large; not enclosed",
        };
        let (key, path) = (escaped(&file.key), escaped(file.path.as_deref().unwrap_or("—")));
        let _ = writeln!(html, "<tr><td><code>{key}</code></td><td>{state}</td><td><code>{path}</code></td></tr>");
    }
    html.push_str("</table>\n");
    html
}

/// What a person wants to see of a record: texts and the outcome, else the data.
fn content(record: &LogRecord) -> String {
    let data = &record.data;
    let texts = data["parts"].as_array().into_iter().flatten().filter_map(|part| part["text"].as_str());
    let mut told: Vec<&str> = texts.chain(data["text"].as_str()).collect();
    told.extend(data["verdict"]["effect"].as_str());
    let told = if told.is_empty() { data.to_string() } else { told.join(" · ") };
    match told.char_indices().nth(TEXT) {
        Some((at, _)) => format!("{}…", &told[..at]),
        None => told,
    }
}

fn time(at: Timestamp) -> String {
    at.to_zoned_datetime(SHANGHAI.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string()
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use domain::id::RecordId;

    use super::*;

    #[test]
    fn what_somebody_published_is_shown_and_does_not_become_markup() {
        let at = "2026-11-23T10:00:00+08:00".parse().unwrap();
        let record = LogRecord {
            schema: crate::record::SCHEMA.to_owned(),
            record_id: RecordId::named("a", 1),
            kind: "publication".to_owned(),
            occurred_at: at,
            received_at: at,
            account_id: None,
            subject: None,
            data: serde_json::json!({ "parts": [{ "text": "<script>alert('x')</script>明天有雨" }] }),
        };
        let told = Told {
            package_id: "pkg_1",
            scope: "account",
            from: at,
            until: at,
            legal_basis: "a < b",
            reason: "",
            ordered_by: "li",
            approved_by: "wang",
            personal_data: false,
            built_at: at,
            key_id: "k",
            sources: &[],
            deleted: &[],
            media: &[],
        };
        let html = page(&told, &[record]);
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script") && html.contains("明天有雨"));
        assert!(html.contains("a &lt; b") && html.contains("2026-11-23 10:00:00 +08:00"));
    }
}
