//! Cases of kind `typeparse`: a type expression in, its canonical text out.

use ficelle_language::types::{Type, parse::parse};

use super::case::{Case, Observed};

/// Reads a type and writes it again.
pub fn observe(case: &Case) -> Observed {
    let find = |name: &str| {
        let is_known = ficelle_model::schema::lookup(&name.to_lowercase()).is_some();
        Ok(is_known.then(|| Type::resource(name, None)))
    };
    match parse(&case.code, &find) {
        Ok(found) => Observed::result("value", found.expanded_text().into()),
        Err(message) => Observed::error(message),
    }
}
