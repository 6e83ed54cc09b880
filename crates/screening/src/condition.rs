//! Conditions of rules in CEL, the Common Expression Language.
//!
//! A condition reads `content`, `account`, `time` and `media` (`facts.rs`), `links` (the hosts in the texts), and asks the
//! banks:
//! `hits("bank")` counts places, `terms("bank")` counts different terms, `distance("a", "b")` is the number of bytes
//! between the nearest hits of two banks in one text, or -1. `score("label")` asks the scorers, and `media_score("label")` what a
//! classifier says of the media: from 0 to 1.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, OnceLock},
};

use cel::{
    Context, Env, ExecutionError, Value,
    common::ast::{EntryExpr, Expr, LiteralValue},
    parser::{Expression, PrattParser},
};

use crate::{
    facts::{Facts, MediaScores},
    scorer::Scores,
};

/// The steps that a condition may take at most, with lists of a hundred: far more than rules need, far less than a
/// text costs.
const MOST_STEPS: usize = 5_000;
/// People do not read deeper ones.
const DEEPEST: u16 = 48;
const LONGEST_LIST: usize = 100;
const LONGEST_SOURCE: usize = 2_000;
const VARIABLES: [&str; 5] = ["content", "account", "time", "links", "media"];
/// Those of them that are made of named facts.
const WITH_FIELDS: [&str; 3] = ["content", "account", "time"];
/// The greatest score that the classifier gave for a label; 0 when nobody was asked.
pub(crate) const OF_MEDIA: &str = "media_score";
const OF_BANKS: [&str; 3] = ["hits", "terms", "distance"];
const OF_SCORERS: [&str; 1] = ["score"];

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// Parsed when it is first asked for, because a pack has many conditions and a text meets few.
#[derive(Debug)]
pub(crate) struct Condition {
    source: String,
    program: OnceLock<Option<Expression>>,
}

/// The places of a bank in the texts: part, start, end, term.
pub(crate) type Places = BTreeMap<String, Vec<(usize, usize, usize, String)>>;

/// What conditions are asked against.
pub(crate) struct Ground<'a> {
    context: Context<'a, 'static>,
}

impl Ground<'_> {
    pub(crate) fn new(facts: &Facts, links: &[String], places: Places, scores: Scores) -> Self {
        let mut context = Context::with_env(ENV.clone());
        let links: Vec<&String> = links.iter().take(LONGEST_LIST).collect();
        // A fact that cannot be given is missing in the condition, which then cannot be answered and counts as met.
        let _ = context.add_variable("content", &facts.content);
        let _ = context.add_variable("account", &facts.account);
        let _ = context.add_variable("time", &facts.time);
        let _ = context.add_variable("links", &links);
        let _ = context.add_variable("media", facts.media.get(..LONGEST_LIST).unwrap_or(&facts.media));
        let places = Arc::new(places);
        let of = places.clone();
        let _ = context.add_function("hits", move |bank: Arc<String>| count(of.get(bank.as_str()).map_or(0, Vec::len)));
        let of = places.clone();
        let _ = context.add_function("terms", move |bank: Arc<String>| {
            let mut terms: Vec<&str> =
                of.get(bank.as_str()).into_iter().flatten().map(|place| place.3.as_str()).collect();
            terms.sort_unstable();
            terms.dedup();
            count(terms.len())
        });
        let of_media = facts.media_scores.clone();
        let _ = context.add_function(OF_MEDIA, move |label: Arc<String>| match &of_media {
            MediaScores::None => Ok(0.0),
            MediaScores::Given(scores) => Ok(scores.get(label.as_str()).copied().unwrap_or_default()),
            MediaScores::Unavailable => Err(ExecutionError::function_error(OF_MEDIA, "the classifier did not answer")),
        });
        let _ = context.add_function("distance", move |one: Arc<String>, other: Arc<String>| {
            distance(&places, &one, &other).map_or(-1, count)
        });
        let _ = context.add_function("score", move |label: Arc<String>| scores.get(&label).unwrap_or_default());
        Self { context }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Between the nearest places, in one walk over both in order.
fn distance(places: &Places, one: &str, other: &str) -> Option<usize> {
    let mut all: Vec<(usize, usize, usize, bool)> = Vec::new();
    for (bank, is_one) in [(one, true), (other, false)] {
        all.extend(places.get(bank).into_iter().flatten().map(|(part, start, end, _)| (*part, *start, *end, is_one)));
    }
    all.sort_unstable();
    let mut last: [Option<(usize, usize)>; 2] = [None, None];
    let mut nearest: Option<usize> = None;
    for (part, start, end, is_one) in all {
        if let Some((in_part, until)) = last[usize::from(!is_one)]
            && in_part == part
        {
            let between = start.saturating_sub(until);
            nearest = Some(nearest.map_or(between, |nearest| nearest.min(between)));
        }
        last[usize::from(is_one)] = Some((part, end));
    }
    nearest
}

impl Condition {
    /// # Errors
    /// Why the text is no condition, or one that costs too much.
    pub(crate) fn check(source: &str) -> Result<(), String> {
        if source.len() > LONGEST_SOURCE {
            return Err(format!("longer than {LONGEST_SOURCE} bytes"));
        }
        let program = parse(source)?;
        let mut bound = Vec::new();
        visit(&program.expr, &mut |expr| {
            if let Expr::Comprehension(all) = expr {
                bound.push(all.iter_var.clone());
                bound.push(all.accu_var.clone());
            }
        });
        let references = program.references();
        let known = |name: &str| VARIABLES.contains(&name) || bound.iter().any(|bound| bound == name);
        if let Some(name) = references.variables().into_iter().find(|name| !known(name)) {
            return Err(format!("there is no fact called {name:?}"));
        }
        if let Some(name) = references.functions().into_iter().find(|name| !is_function(name)) {
            return Err(format!("there is no function called {name:?}"));
        }
        if let Some(name) = no_field(&program.expr, &bound) {
            return Err(format!("there is no fact called {name:?}"));
        }
        if let Some(name) = not_named(&program.expr) {
            return Err(format!("{name} is asked for something that is not written out"));
        }
        let steps = steps(&program.expr);
        if steps > MOST_STEPS {
            return Err(format!("could take {steps} steps, more than {MOST_STEPS}"));
        }
        Ok(())
    }

    /// The banks that a condition asks about.
    pub(crate) fn banks(source: &str) -> Vec<String> {
        named(source, &OF_BANKS)
    }

    /// The labels that a condition asks scorers for.
    pub(crate) fn labels(source: &str) -> Vec<String> {
        named(source, &OF_SCORERS)
    }

    /// The facts that it reads, by the first name of each, and [`OF_MEDIA`] where it asks a classifier.
    pub(crate) fn facts(source: &str) -> Vec<String> {
        let Ok(program) = parse(source) else { return Vec::new() };
        let references = program.references();
        let asked = references.functions().into_iter().filter(|name| *name == OF_MEDIA);
        references.variables().into_iter().chain(asked).map(ToOwned::to_owned).collect()
    }

    pub(crate) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), program: OnceLock::new() }
    }

    /// `None` for what cannot be answered, as when it asks for the first label of an account that has none. That counts
    /// as met, and a person looks.
    pub(crate) fn answer(&self, ground: &Ground<'_>) -> Option<bool> {
        let program = self.program.get_or_init(|| parse(&self.source).ok()).as_ref()?;
        match ground.context.resolve(program) {
            Ok(Value::Bool(answer)) => Some(answer),
            _ => None,
        }
    }
}

/// With the parser that bounds depth and size while it reads.
fn parse(source: &str) -> Result<Expression, String> {
    let parser = PrattParser::new().max_recursion_depth(DEEPEST).max_expression_node_count(MOST_STEPS);
    parser.parse(source).map_err(|errors| errors.to_string())
}

/// The texts that a condition gives to functions of these names.
fn named(source: &str, functions: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    if let Ok(program) = parse(source) {
        visit(&program.expr, &mut |expr| {
            if let Expr::Call(call) = expr
                && functions.contains(&call.func_name.as_str())
            {
                for argument in &call.args {
                    if let Expr::Literal(literal) = &argument.expr
                        && let LiteralValue::String(name) = literal
                    {
                        names.push(name.inner().to_owned());
                    }
                }
            }
        });
    }
    names
}

/// A function of banks or scorers that is asked for anything but a text: nobody could say what it will be asked for.
fn not_named(expr: &Expr) -> Option<String> {
    let mut found = None;
    visit(expr, &mut |expr| {
        if let Expr::Call(call) = expr
            && (OF_BANKS.contains(&call.func_name.as_str()) || OF_SCORERS.contains(&call.func_name.as_str()))
            && !call.args.iter().all(|argument| matches!(&argument.expr, Expr::Literal(LiteralValue::String(_))))
        {
            found.get_or_insert_with(|| call.func_name.clone());
        }
    });
    found
}

/// Ours, or one of the standard library: its names cannot be given to others. Operators have names that are no words.
fn is_function(name: &str) -> bool {
    let ours = || OF_BANKS.contains(&name) || OF_SCORERS.contains(&name) || name == OF_MEDIA;
    let of_the_language = || Context::with_env(ENV.clone()).add_function(name, |it: i64| it).is_err();
    !name.starts_with(|first: char| first.is_alphabetic()) || ours() || of_the_language()
}

/// The first field that is read of `content`, `account` or `time` and is none of their facts.
fn no_field(expr: &Expr, bound: &[String]) -> Option<String> {
    let ground = Ground::new(&Facts::default(), &[], Places::default(), Scores::default());
    let mut found = None;
    visit(expr, &mut |expr| {
        if let Expr::Select(select) = expr
            && let Expr::Ident(of) = &select.operand.expr
            && WITH_FIELDS.contains(&of.as_str())
            && !bound.contains(of)
            && Condition::new(&format!("has({of}.{})", select.field)).answer(&ground) != Some(true)
        {
            found.get_or_insert_with(|| format!("{of}.{}", select.field));
        }
    });
    found
}

fn children(expr: &Expr) -> Vec<&Expression> {
    match expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Comprehension(all) => {
            vec![&all.iter_range, &all.accu_init, &all.loop_cond, &all.loop_step, &all.result]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Struct(all) => all.entries.iter().flat_map(|entry| of_entry(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
    }
}

fn of_entry(entry: &EntryExpr) -> Vec<&Expression> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}

/// The parser bounds the depth.
fn visit(expr: &Expr, seen: &mut impl FnMut(&Expr)) {
    seen(expr);
    for child in children(expr) {
        visit(&child.expr, seen);
    }
}

fn steps(expr: &Expr) -> usize {
    let inside: usize = children(expr).into_iter().map(|child| steps(&child.expr)).fold(0, usize::saturating_add);
    if matches!(expr, Expr::Comprehension(_)) { inside.saturating_mul(LONGEST_LIST) } else { inside + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::MediaFacts;

    fn met(source: &str) -> bool {
        Condition::check(source).unwrap();
        let places = Places::from([
            ("a".to_owned(), vec![(0, 0, 3, "x".to_owned()), (0, 9, 12, "x".to_owned())]),
            ("b".to_owned(), vec![(0, 20, 23, "y".to_owned()), (1, 0, 3, "z".to_owned())]),
        ]);
        let mut facts = Facts::default();
        facts.account.age_days = 3;
        "comment".clone_into(&mut facts.content.kind);
        facts.media.push(MediaFacts { kind: "video".to_owned(), pictures: 3, ..MediaFacts::default() });
        Condition::new(source).answer(&Ground::new(&facts, &["a.example".to_owned()], places, Scores::default()))
            == Some(true)
    }

    #[test]
    fn conditions_read_facts_and_banks() {
        assert!(met("account.age_days < 7 && content.kind == 'comment'"));
        assert!(met("hits('a') == 2 && terms('a') == 1 && terms('b') == 2 && hits('none') == 0"));
        assert!(met("distance('a', 'b') == 8 && distance('a', 'none') == -1"));
        assert!(met("links.exists(host, host.endsWith('.example'))"));
        assert!(!met("account.verified"));
        assert!(met("media.exists(one, one.kind == 'video' && !one.seen && one.pictures < 4) && size(media) == 1"));
    }

    #[test]
    fn every_fact_and_what_the_language_has_can_be_asked_for() {
        let facts = "content.kind == '' || content.parts == [] || content.news || account.age_days > 0 || \
                     account.verified || account.strikes > 0 || account.labels == [] || account.qualifications == [] || \
                     account.grade == '' || account.credit_level == '' || time.hour > 0 || time.weekday > 0";
        Condition::check(facts).unwrap();
        for text in [
            "size(links) > 0",
            "account.grade.startsWith('a')",
            "links.exists(it, it.endsWith('.example'))",
            "string(time.hour) in ['9']",
            "account.labels.map(it, it + 'x') == []",
            "has(account.grade) && !content.news",
            "links.filter(it, it.contains('x')).size() > 1 ? true : int('1') == 1",
            "media_score('adult') > 0.5",
        ] {
            Condition::check(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }

    #[test]
    fn a_condition_that_costs_too_much_is_refused() {
        let nested = "links.all(a, links.all(b, links.all(c, a == b && b == c)))";
        assert!(Condition::check(nested).unwrap_err().contains("steps"));
        assert!(Condition::check(&format!("{}true", "true && ".repeat(1_000))).is_err());
        assert!(Condition::check(&"(".repeat(1_000)).is_err());
    }

    #[test]
    fn a_condition_that_is_none_is_refused() {
        assert!(Condition::check("hits('a') >").is_err());
        assert!(Condition::check("acount.age_days > 1").unwrap_err().contains("acount"));
        assert!(Condition::check("links.exists(link, hits(link) > 1)").unwrap_err().contains("hits"));
        assert!(Condition::check("hist('a') > 1").unwrap_err().contains("hist"));
        assert!(Condition::check("account.ages_days > 1").unwrap_err().contains("account.ages_days"));
        assert!(Condition::check("has(time.minute) && content.news").unwrap_err().contains("time.minute"));
    }

    #[test]
    fn the_banks_of_a_condition_are_known() {
        assert_eq!(Condition::banks("hits('a') > 1 || distance('b', \"c\") < 9"), ["a", "b", "c"]);
        assert_eq!(Condition::labels("score('a') > 0.5 && hits('b') > 1 || score(\"c\") < 0.1"), ["a", "c"]);
    }
}
