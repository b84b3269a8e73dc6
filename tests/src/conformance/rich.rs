//! Values as recorded cases write them: rich data in JSON.

use ficelle_language::{
    Value,
    values::rich::{self, Form, References},
};
use ficelle_model::wire::{
    Richness,
    data::{Form as Json, Read},
};

/// The value that JSON stands for.
///
/// # Errors
/// A type in it is not known, or is not made from what is there.
pub fn from_json(json: &serde_json::Value) -> Result<Value, String> {
    let Read(data) = serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
    rich::from_data(&data, &|_| Ok(None))
}

/// The JSON of a value.
///
/// # Errors
/// There is a value in it that cannot travel.
pub fn to_json(value: &Value) -> Result<serde_json::Value, String> {
    let form = Form {
        richness: Richness::Rich,
        references: References::Types,
    };
    let written = rich::to_data(value, form).map_err(|refused| refused.to_string())?;
    let json = Json {
        data: &written.data,
        richness: Richness::Rich,
    };
    serde_json::to_value(json).map_err(|error| error.to_string())
}
