//! The JSON Schema of `lab.yaml`, for editors: made from the model, so that it says what the program reads.

use super::Lab;

/// The schema, as a JSON document with a line break at its end.
#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(Lab).to_value())
}
