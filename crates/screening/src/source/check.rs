//! Judges a pack whose form is right.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Display,
    str::FromStr,
};

use super::{
    Checked, Hashes, bank_file,
    form::at,
    place::place,
    problem::{Problem, Problems},
};
use crate::{
    bank::{Bank, BankFile, Holds, LARGEST_PICTURE_DISTANCE},
    condition::Condition,
    media::FileHash,
    normalise,
    pack::{FailedExample, Failure, LONGEST_TERM, List, MOST_RULES, MOST_TERMS, PackError, Rule, RulePack},
    pdq::PdqHash,
};

pub(super) fn check(
    text: &str,
    mut pack: RulePack,
    files: &BTreeMap<String, Vec<u8>>,
    hashes: Hashes,
) -> Result<Checked, Vec<Problem>> {
    let mut check = Check { text, problems: Problems::default() };
    check.identity(&pack);
    check.scorers(&mut pack, files, hashes);
    check.permitted(&pack);
    check.rules(&pack);
    let banks = std::mem::take(&mut pack.banks);
    pack.banks = banks
        .into_iter()
        .map(|(name, bank)| {
            let bank = check.bank(&name, bank, files, hashes);
            (name, bank)
        })
        .collect();
    let terms = pack.count_of_terms();
    if terms > MOST_TERMS {
        check.add(
            "banks",
            &format!("词条共 {terms} 个，超过一百万。"),
            &format!("There are {terms} terms, more than a million."),
        );
    }
    if pack.banks.values().all(Bank::is_empty) && pack.scorers.is_empty() {
        check.add("banks", "词库全部为空。", "All banks are empty.");
    }
    if !check.problems.is_empty() {
        return Err(check.problems.into_all());
    }
    match pack.compile() {
        Ok(engine) => {
            for failed in pack.failed_examples(&engine) {
                check.example(&failed);
            }
            if check.problems.is_empty() { Ok(Checked { pack, engine }) } else { Err(check.problems.into_all()) }
        }
        Err(error) => {
            check.compiling(&pack, &error);
            Err(check.problems.into_all())
        }
    }
}

pub(super) struct Check<'a> {
    text: &'a str,
    problems: Problems,
}

/// Where a term is written.
#[derive(Clone)]
enum Origin {
    Field(String),
    Line(String, usize),
}

impl Check<'_> {
    pub(super) fn add(&mut self, path: &str, zh: &str, en: &str) {
        if !self.problems.are_enough() {
            self.problems.add(at(place(self.text, path), path, zh, en));
        }
    }

    fn add_at(&mut self, origin: &Origin, zh: &str, en: &str) {
        match origin {
            Origin::Field(path) => self.add(path, zh, en),
            Origin::Line(file, line) => self.problems.add(Problem::in_file(file, *line, zh, en)),
        }
    }

    fn example(&mut self, FailedExample { rule, at, text, failure }: &FailedExample<'_>) {
        let (list, zh, en) = match failure {
            Failure::Found => (
                List::Passes,
                format!("本条规则命中了不应命中的示例“{text}”。"),
                format!("The rule finds {text:?}, which it says it passes."),
            ),
            Failure::Missed => (
                List::Matches,
                format!("本条规则没有命中应命中的示例“{text}”。"),
                format!("The rule does not find its own example {text:?}."),
            ),
            Failure::Unanswered(list) => (
                *list,
                format!("对示例“{text}”，条件没有结果：示例没有账号与媒体事实，条件须先判断其是否存在。"),
                format!(
                    "The condition has no answer for {text:?}: an example has no facts of an account or of media, and a \
                     condition asks first whether they are there."
                ),
            ),
        };
        let list = match list {
            List::Matches => "matches",
            List::Passes => "passes",
        };
        self.add(&format!("rules[{rule}].examples.{list}[{at}]"), &zh, &en);
    }

    fn permitted(&mut self, pack: &RulePack) {
        for (number, term) in pack.permitted.iter().enumerate() {
            self.term(term, &Origin::Field(format!("permitted[{number}]")));
        }
    }

    fn identity(&mut self, pack: &RulePack) {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if pack.id.is_empty() || pack.id.len() > 64 || !pack.id.chars().all(fits) {
            self.add(
                "id",
                "规则包名称只能由 1 至 64 个小写字母、数字、- 和 _ 组成。",
                "The id has 1 to 64 small letters, digits, `-` and `_`.",
            );
        }
        if pack.version == 0 {
            self.add("version", "版本号从 1 开始。", "Versions begin with 1.");
        }
        if pack.rules.len() > MOST_RULES {
            let count = pack.rules.len();
            self.add(
                "rules",
                &format!("规则共 {count} 条，超过 {MOST_RULES} 条。"),
                &format!("There are {count} rules, more than {MOST_RULES}."),
            );
        }
    }

    fn rules(&mut self, pack: &RulePack) {
        let mut first = HashMap::new();
        for (number, rule) in pack.rules.iter().enumerate() {
            let path = format!("rules[{number}]");
            if let Some(other) = first.insert(rule.id.as_str(), number) {
                self.add(
                    &format!("{path}.id"),
                    &format!("规则名称 {} 与第 {} 条规则重复。", rule.id, other + 1),
                    &format!("The rule {:?} is there already, as the {}. rule.", rule.id, other + 1),
                );
            }
            self.rule(pack, rule, &path);
        }
    }

    fn rule(&mut self, pack: &RulePack, rule: &Rule, path: &str) {
        let texts =
            [("id", &rule.id), ("policy", &rule.policy), ("title.zh", &rule.title.zh), ("title.en", &rule.title.en)];
        for (field, _) in texts.into_iter().filter(|(_, text)| text.trim().is_empty()) {
            self.add(&format!("{path}.{field}"), "不能为空。", "It must not be empty.");
        }
        if rule.version == 0 {
            self.add(&format!("{path}.version"), "版本号从 1 开始。", "Versions begin with 1.");
        }
        if rule.bank.is_none() && rule.when.is_none() {
            self.add(path, "规则既没有词库也没有条件。", "The rule has neither a bank nor a condition.");
        }
        let mut asked: Vec<(&str, String)> = rule.bank.iter().map(|bank| ("bank", bank.clone())).collect();
        if let Some(when) = &rule.when {
            match Condition::check(when) {
                Ok(()) => {
                    asked.extend(Condition::banks(when).into_iter().map(|bank| ("when", bank)));
                    self.labels(pack, when, &format!("{path}.when"));
                }
                Err(reason) => {
                    self.add(
                        &format!("{path}.when"),
                        &format!("条件不可用：{reason}"),
                        &format!("The condition is not usable: {reason}."),
                    );
                }
            }
        }
        for (field, bank) in asked {
            if !pack.banks.contains_key(&bank) {
                self.add(
                    &format!("{path}.{field}"),
                    &format!("没有名为 {bank} 的词库。"),
                    &format!("There is no bank {bank:?}."),
                );
            }
        }
        if rule.examples.matches.is_empty() {
            self.add(&format!("{path}.examples"), "缺少应命中的示例。", "There is no example that the rule finds.");
        }
    }

    /// The bank with the terms of its files.
    fn bank(&mut self, name: &str, mut bank: Bank, files: &BTreeMap<String, Vec<u8>>, hashes: Hashes) -> Bank {
        let path = format!("banks.{name}");
        let field = |of: &str, at: usize| Origin::Field(format!("{path}.{of}[{at}]"));
        let mut origins: Vec<Origin> = (0..bank.terms.len()).map(|at| field("terms", at)).collect();
        for (number, file) in std::mem::take(&mut bank.files).into_iter().enumerate() {
            let path = format!("{path}.files[{number}]");
            for (entry, line) in self.file(&path, &file, files, hashes) {
                let origin = Origin::Line(file.name.clone(), line);
                match file.holds {
                    Holds::Terms => {
                        bank.terms.push(entry);
                        origins.push(origin);
                    }
                    Holds::Pictures => bank.pictures.extend(self.hash::<PdqHash>(&entry, &origin)),
                    Holds::FileHashes => bank.file_hashes.extend(self.hash::<FileHash>(&entry, &origin)),
                }
            }
        }
        if bank.picture_distance() > LARGEST_PICTURE_DISTANCE {
            self.add(
                &format!("{path}.picture_distance"),
                &format!("值不在 0 至 {LARGEST_PICTURE_DISTANCE} 之间。"),
                &format!("It is not between 0 and {LARGEST_PICTURE_DISTANCE}."),
            );
        }
        let mut seen: HashMap<&str, &Origin> = HashMap::new();
        for (term, origin) in bank.terms.iter().zip(&origins) {
            self.term(term, origin);
            if let Some(first) = seen.insert(term, origin) {
                let (zh, en) = match first {
                    Origin::Field(path) => (path.clone(), path.clone()),
                    Origin::Line(file, line) => (format!("{file} 第 {line} 行"), format!("{file}:{line}")),
                };
                self.add_at(
                    origin,
                    &format!("词条“{term}”已见于 {zh}。"),
                    &format!("The term {term:?} is in {en} already."),
                );
            }
        }
        for (number, term) in bank.except.iter().enumerate() {
            let origin = field("except", number);
            self.term(term, &origin);
            if seen.contains_key(term.as_str()) {
                self.add_at(
                    &origin,
                    &format!("“{term}”既是词条又是例外。"),
                    &format!("{term:?} is a term and an exception."),
                );
            }
        }
        for (number, host) in bank.hosts.iter().enumerate() {
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
            if !host.contains('.') || !host.chars().all(fits) {
                self.add_at(
                    &field("hosts", number),
                    &format!("{host} 不是域名。"),
                    &format!("{host:?} is not the name of a host."),
                );
            }
        }
        for (number, print) in bank.fingerprints.iter().enumerate() {
            let is_hex =
                |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_hex(&print.sha256, 64) || !print.simhash.as_deref().is_none_or(|bits| is_hex(bits, 16)) {
                self.add_at(&field("fingerprints", number), "指纹格式错误。", "It is no fingerprint.");
            }
        }
        for (number, pattern) in bank.patterns.iter().enumerate() {
            if let Err(error) = crate::bank_set::compiled(pattern) {
                let reason = error.to_string();
                self.add_at(
                    &field("patterns", number),
                    &format!("正则表达式不可用：{reason}"),
                    &format!("The pattern is not usable: {reason}."),
                );
            }
        }
        bank
    }

    /// Lists of hashes are shared and put together, so that the same one twice is no mistake.
    fn hash<T: FromStr<Err: Display>>(&mut self, entry: &str, origin: &Origin) -> Option<T> {
        let parsed = entry.parse();
        if let Err(error) = &parsed {
            let (zh, en) = (format!("“{entry}”不是 64 位十六进制数。"), format!("{entry:?}: {error}."));
            self.add_at(origin, &zh, &en);
        }
        parsed.ok()
    }

    fn term(&mut self, term: &str, origin: &Origin) {
        if self.problems.are_enough() {
            return;
        }
        if term.trim().is_empty() {
            self.add_at(origin, "词条为空。", "The term is empty.");
        } else if term.chars().count() > LONGEST_TERM {
            self.add_at(
                origin,
                &format!("词条超过 {LONGEST_TERM} 个字符。"),
                &format!("The term has more than {LONGEST_TERM} characters."),
            );
        } else if normalise::is_nothing(term) {
            self.add_at(
                origin,
                &format!("词条“{term}”归一化后为空。"),
                &format!("Nothing of the term {term:?} is left to compare."),
            );
        }
    }

    fn file(
        &mut self,
        path: &str,
        file: &BankFile,
        files: &BTreeMap<String, Vec<u8>>,
        hashes: Hashes,
    ) -> Vec<(String, usize)> {
        if !file.has_usable_name() || !file.is_of(&["txt", "csv"]) {
            self.add(
                path,
                "文件名必须是 .txt 或 .csv 的相对路径。",
                "The name must be a relative path of a .txt or .csv file.",
            );
            return Vec::new();
        }
        let bytes = self.bytes(path, file, files, hashes);
        bytes.map(|bytes| bank_file::entries(&file.name, file.holds, bytes, &mut self.problems)).unwrap_or_default()
    }

    /// What the file holds, when it is there and is what the pack means.
    pub(super) fn bytes<'f>(
        &mut self,
        path: &str,
        file: &BankFile,
        files: &'f BTreeMap<String, Vec<u8>>,
        hashes: Hashes,
    ) -> Option<&'f [u8]> {
        let Some(bytes) = files.get(&file.name) else {
            self.add(
                path,
                &format!("没有文件 {}。", file.name),
                &format!("There is no file {:?}, or it is too large.", file.name),
            );
            return None;
        };
        let is = bank_file::sha256(bytes);
        match &file.sha256 {
            Some(says) if !says.eq_ignore_ascii_case(&is) => {
                self.add(
                    path,
                    &format!("文件 {} 的内容不是规则包所指的内容（SHA-256 为 {is}）。", file.name),
                    &format!("The file {:?} is not the one that the pack means: its SHA-256 is {is}.", file.name),
                );
                None
            }
            None if hashes == Hashes::Required => {
                self.add(path, &format!("缺少 sha256，应为 {is}。"), &format!("The sha256 is missing; it is {is}."));
                None
            }
            _ => Some(bytes),
        }
    }

    /// What compiling refuses although nothing above was wrong.
    fn compiling(&mut self, pack: &RulePack, error: &PackError) {
        let known: HashSet<&str> = pack.banks.keys().map(String::as_str).collect();
        let path = match error {
            PackError::Pattern { bank, .. } | PackError::NothingToCompare { bank, .. }
                if known.contains(bank.as_str()) =>
            {
                format!("banks.{bank}")
            }
            _ => String::new(),
        };
        self.add(&path, &format!("规则包无法编译：{error}"), &format!("The pack cannot be compiled: {error}."));
    }
}
