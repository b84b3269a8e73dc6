//! Cases of kind `typeparse`: a type expression in, its canonical text out.

use ficelle_language::types::{Type, builtin, parse::parse};

use super::case::{Case, Observed};

/// Reads a type and writes it again.
pub fn observe(case: &Case) -> Observed {
    let has_tasks = case.flag("tasks") == Some(true);
    let find = |name: &str| {
        if let Some(found) = builtin::find_for_tasks(name).filter(|_| has_tasks) {
            return Ok(Some(found));
        }
        let is_known = ficelle_model::schema::lookup(&name.to_lowercase()).is_some();
        Ok(is_known.then(|| Type::resource(name, None)))
    };
    match parse(&case.code, &find) {
        Ok(found) => {
            // What has a name of its own is shown with what it is made of.
            let text = match &found {
                Type::Alias(_) | Type::Object(_) | Type::TypeSet(_) => found.expanded_text(),
                _ => found.text(),
            };
            Observed::result("value", text.into())
        }
        Err(message) => Observed::error(message),
    }
}
