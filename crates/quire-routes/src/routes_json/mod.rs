//! `_routes.json`: which paths enter the functions, and which are static without asking them.

mod generate;
mod matcher;
mod validate;

use serde::{Deserialize, Serialize};

pub use matcher::Rule;
pub use validate::{MAX_RULE_LENGTH, MAX_RULES, RoutesProblem, RoutesRulesError};

/// The rules of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Document", into = "Document")]
pub struct RoutesRules {
    description: Option<String>,
    include: Vec<Rule>,
    exclude: Vec<Rule>,
}

/// The file's shape.
#[derive(Serialize, Deserialize)]
struct Document {
    version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    include: Vec<String>,
    exclude: Vec<String>,
}

impl From<Document> for RoutesRules {
    fn from(document: Document) -> Self {
        RoutesRules::unchecked(document.description, document.include, document.exclude)
    }
}

impl From<RoutesRules> for Document {
    fn from(rules: RoutesRules) -> Self {
        let texts = |rules: Vec<Rule>| {
            rules
                .into_iter()
                .map(|rule| rule.as_str().to_owned())
                .collect()
        };
        Document {
            version: 1,
            description: rules.description,
            include: texts(rules.include),
            exclude: texts(rules.exclude),
        }
    }
}

/// Where a path goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the functions.
    Functions,
    /// To the static assets; no function runs.
    Static,
}

/// One of the two lists of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleList {
    /// `include`
    Include,
    /// `exclude`
    Exclude,
}

/// The rule that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecidingRule<'a> {
    /// The list it stands in.
    pub list: RuleList,
    /// Its place there, from 0.
    pub index: usize,
    /// Its text.
    pub text: &'a str,
}

/// Where a path goes, and because of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Where it goes.
    pub target: Target,
    /// The rule that says so; none where no rule matches and the path is therefore static.
    pub rule: Option<DecidingRule<'a>>,
}

impl RoutesRules {
    /// The rules that apply where there is no file: everything enters the functions.
    pub fn everything() -> RoutesRules {
        RoutesRules::unchecked(None, vec!["/*".to_owned()], Vec::new())
    }

    fn unchecked(
        description: Option<String>,
        include: Vec<String>,
        exclude: Vec<String>,
    ) -> RoutesRules {
        let rules = |texts: Vec<String>| texts.into_iter().map(Rule::new).collect();
        RoutesRules {
            description,
            include: rules(include),
            exclude: rules(exclude),
        }
    }

    /// The `include` list.
    pub fn include(&self) -> &[Rule] {
        &self.include
    }

    /// The `exclude` list.
    pub fn exclude(&self) -> &[Rule] {
        &self.exclude
    }

    /// The free text of the file.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Decides on a raw pathname. An `exclude` rule beats every `include` rule; case counts.
    pub fn decide(&self, pathname: &str) -> Decision<'_> {
        let find = |list, rules: &'_ [Rule]| {
            rules
                .iter()
                .position(|rule| rule.matches(pathname))
                .map(|at| (list, at))
        };
        let found = find(RuleList::Exclude, &self.exclude)
            .or_else(|| find(RuleList::Include, &self.include));
        let Some((list, index)) = found else {
            return Decision {
                target: Target::Static,
                rule: None,
            };
        };
        let (target, rules) = match list {
            RuleList::Exclude => (Target::Static, &self.exclude),
            RuleList::Include => (Target::Functions, &self.include),
        };
        Decision {
            target,
            rule: Some(DecidingRule {
                list,
                index,
                text: rules[index].as_str(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclude_beats_include() {
        let rules = RoutesRules::unchecked(
            None,
            vec!["/*".into()],
            vec!["/static/*".into(), "/*.png".into()],
        );
        let decide = |path| {
            let decision = rules.decide(path);
            (
                decision.target,
                decision.rule.map(|rule| (rule.list, rule.index, rule.text)),
            )
        };
        assert_eq!(
            decide("/api"),
            (Target::Functions, Some((RuleList::Include, 0, "/*")))
        );
        assert_eq!(
            decide("/static"),
            (Target::Static, Some((RuleList::Exclude, 0, "/static/*")))
        );
        assert_eq!(
            decide("/a/b.png"),
            (Target::Static, Some((RuleList::Exclude, 1, "/*.png")))
        );
        let narrow = RoutesRules::unchecked(None, vec!["/api/*".into()], Vec::new());
        assert_eq!(
            narrow.decide("/API/x"),
            Decision {
                target: Target::Static,
                rule: None
            }
        );
        assert_eq!(
            RoutesRules::everything().decide("/x").target,
            Target::Functions
        );
    }
}
