//! Route templates, as ASP.NET has them: `calls/{*path}`, `notifications/{key?}`.

/// A template, without the prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// In lower case: routes do not heed it.
    Literal(String),
    /// `{name}`
    One,
    /// `{name?}`
    Optional,
    /// `{*name}`: all the rest, nothing too.
    Rest,
}

impl Template {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let segments: Result<Vec<_>, _> = text.split('/').map(segment).collect();
        let segments = segments.map_err(|part| format!("the route {text} has a part unknown to this host: {part}"))?;
        let is_last_only = |segment: &Segment| matches!(segment, Segment::Optional | Segment::Rest);
        match segments.iter().rev().skip(1).any(is_last_only) {
            true => Err(format!("the route {text} has something after what must be its end")),
            false => Ok(Self(segments)),
        }
    }

    /// Whether a path, without prefix and first slash, is of this route.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        for segment in &self.0 {
            match (segment, parts.next()) {
                (Segment::Rest | Segment::Optional, None) => return true,
                (Segment::Rest, Some(_)) => return true,
                (Segment::Literal(literal), Some(part)) if part.eq_ignore_ascii_case(literal) => {}
                (Segment::One | Segment::Optional, Some(_)) => {}
                (Segment::Literal(_) | Segment::One, _) => return false,
            }
        }
        parts.next().is_none()
    }
}

fn segment(part: &str) -> Result<Segment, &str> {
    let inner = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let is_plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    match inner {
        None if is_plain(part) => Ok(Segment::Literal(part.to_ascii_lowercase())),
        Some(name) if is_plain(name) => Ok(Segment::One),
        Some(name) if name.strip_suffix('?').is_some_and(is_plain) => Ok(Segment::Optional),
        Some(name) if name.strip_prefix('*').is_some_and(is_plain) => Ok(Segment::Rest),
        _ => Err(part),
    }
}
