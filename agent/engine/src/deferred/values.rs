//! Between a catalog's data and the language's values, for the arguments and the result of a call.

use ficelle_language::{
    Error, Evaluated, Evaluator, Value,
    values::rich::{self, Form, References},
};
use ficelle_model::{Data, wire::Richness};

/// The value that data stands for.
pub(super) fn from_data(data: &Data, evaluator: &Evaluator<'_>) -> Evaluated {
    let find = |name: &str| {
        let found = evaluator.named_type(name);
        found.map_err(|unwind| unwind.into_error().to_string())
    };
    rich::from_data(data, &find).map_err(|message| Error::new(message).into())
}

/// The data that a value is.
pub(super) fn to_data(value: &Value) -> Evaluated<Data> {
    let form = Form {
        richness: Richness::Rich,
        references: References::Texts,
    };
    let written = rich::to_data(value, form).map_err(|refused| Error::new(refused.to_string()))?;
    Ok(written.data)
}
