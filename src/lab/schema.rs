//! The JSON Schema of `lab.yaml`, for editors. It is generated from the model, so it says exactly what the program
//! reads.

use super::Lab;

#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(Lab).to_value())
}
