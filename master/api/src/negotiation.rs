//! Which form of an answer a client takes.

use axum::http::{HeaderMap, header};
use ficelle_model::wire::Richness;

use crate::error::{ApiError, IssueKind};

/// The forms of structured answers, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `application/vnd.puppet.rich+json`
    Rich,
    /// `application/json`
    Json,
    /// `text/pson`, of old clients; what we write is valid in it.
    Pson,
}

impl Form {
    /// The content type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Rich => "application/vnd.puppet.rich+json; charset=utf-8",
            Self::Json => "application/json;charset=utf-8",
            Self::Pson => "text/pson;charset=utf-8",
        }
    }

    /// Whether rich values may stand in it.
    pub fn richness(self) -> Richness {
        match self {
            Self::Rich => Richness::Rich,
            Self::Json | Self::Pson => Richness::Plain,
        }
    }
}

/// The first form in the client's list that we write; JSON where it takes everything.
///
/// # Errors
/// None of the list.
pub fn choose(headers: &HeaderMap, offered: &[Form]) -> Result<Form, ApiError> {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return Ok(Form::Json);
    };
    let wanted = accept.split(',').filter_map(|part| {
        let media = part.split(';').next().unwrap_or_default().trim();
        match media {
            "application/vnd.puppet.rich+json" => Some(Form::Rich),
            "application/json" | "text/json" | "*/*" | "application/*" => Some(Form::Json),
            "text/pson" | "pson" => Some(Form::Pson),
            _ => None,
        }
    });
    let mut wanted = wanted.filter(|form| offered.contains(form));
    wanted.next().ok_or_else(|| {
        ApiError::new(
            IssueKind::UnsupportedFormat,
            format!("No supported formats are acceptable (Accept: {accept})"),
        )
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Form, choose};

    #[test]
    fn the_clients_order_counts() {
        let of = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            choose(&headers, &[Form::Rich, Form::Json, Form::Pson]).ok()
        };
        assert_eq!(
            of("application/vnd.puppet.rich+json, application/json, text/pson"),
            Some(Form::Rich)
        );
        assert_eq!(of("text/pson, application/json"), Some(Form::Pson));
        assert_eq!(of("text/yaml, */*;q=0.1"), Some(Form::Json));
        assert_eq!(of("text/yaml"), None);
        assert!(choose(&HeaderMap::new(), &[Form::Json]).is_ok());
    }
}
