//! Conditions on what is stored, as in RFC 9110 §13.

/// What must hold of an object. The default holds always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct R2Condition {
    /// One of these must be its etag.
    pub etag_matches: Option<Vec<R2Etag>>,
    /// None of these may be its etag.
    pub etag_does_not_match: Option<Vec<R2Etag>>,
    /// It must be from before this time, in milliseconds since 1970.
    pub uploaded_before: Option<i64>,
    /// It must be from after this time.
    pub uploaded_after: Option<i64>,
    /// Times count as whole seconds.
    pub whole_seconds: bool,
}

/// An etag that an object may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum R2Etag {
    /// Any.
    Any,
    /// This one.
    Strong(String),
    /// One that is as good as this.
    Weak(String),
}

impl R2Condition {
    /// Whether it holds for an object of this etag and time.
    pub(super) fn holds(&self, etag: &str, uploaded: i64) -> bool {
        let whole = |time: i64| match self.whole_seconds {
            true => time.div_euclid(1000),
            false => time,
        };
        let uploaded = whole(uploaded);
        let matches = |wanted: &[R2Etag], weakly: bool| {
            wanted.iter().any(|wanted| match wanted {
                R2Etag::Any => true,
                R2Etag::Strong(wanted) => wanted == etag,
                R2Etag::Weak(wanted) => weakly && wanted == etag,
            })
        };
        let match_holds = self
            .etag_matches
            .as_ref()
            .map(|wanted| matches(wanted, false));
        let none_match_holds = self
            .etag_does_not_match
            .as_ref()
            .map(|unwanted| !matches(unwanted, true));
        let before = |time| uploaded < whole(time);
        let after = |time| uploaded > whole(time);
        match_holds != Some(false)
            && none_match_holds != Some(false)
            && (match_holds == Some(true) || self.uploaded_before.is_none_or(before))
            && (none_match_holds == Some(true) || self.uploaded_after.is_none_or(after))
    }

    /// Whether it holds where there is no object.
    pub(super) fn holds_for_nothing(&self) -> bool {
        self.etag_matches.is_none() && self.uploaded_after.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(etag: &str) -> Option<Vec<R2Etag>> {
        Some(vec![R2Etag::Strong(etag.into())])
    }

    #[test]
    fn an_etag_that_was_asked_for_outweighs_the_time() {
        let condition = |etag_matches, etag_does_not_match, uploaded_before, uploaded_after| {
            R2Condition {
                etag_matches,
                etag_does_not_match,
                uploaded_before,
                uploaded_after,
                whole_seconds: false,
            }
            .holds("e", 1500)
        };
        assert!(condition(None, None, None, None));
        assert!(condition(strong("e"), None, Some(0), None));
        assert!(!condition(strong("e"), None, None, Some(2000)));
        assert!(condition(None, strong("x"), None, Some(2000)));
        assert!(!condition(None, strong("x"), Some(0), None));
        assert!(!condition(strong("e"), strong("e"), None, None));
        assert!(!condition(None, None, Some(1500), None));
        assert!(!condition(None, None, None, Some(1500)));
        assert!(condition(None, None, Some(1501), Some(1499)));
        assert!(!condition(
            Some(vec![R2Etag::Weak("e".into())]),
            None,
            None,
            None
        ));
        assert!(!condition(
            None,
            Some(vec![R2Etag::Weak("e".into())]),
            None,
            None
        ));
        assert!(condition(Some(vec![R2Etag::Any]), None, None, None));
    }

    #[test]
    fn whole_seconds() {
        let condition = R2Condition {
            uploaded_before: Some(1999),
            whole_seconds: true,
            ..R2Condition::default()
        };
        assert!(condition.holds("e", 999));
        assert!(!condition.holds("e", 1000));
        let condition = R2Condition {
            uploaded_after: Some(1000),
            whole_seconds: true,
            ..R2Condition::default()
        };
        assert!(!condition.holds("e", 1999));
        assert!(condition.holds("e", 2000));
    }
}
