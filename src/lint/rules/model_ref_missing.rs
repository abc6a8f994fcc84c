use super::prelude::*;

declare_rule! {
    /// Finds references to models that the document does not define.
    ///
    /// ## What API Gateway does
    /// Warns `Reference to model 'X' not found. Ignoring.` and leaves the model out; a method whose requests it describes
    /// is refused. Reading reports it as `reference-dangling`.
    MODEL_REF_MISSING = "model-ref-missing", Warning, Warned, Rest, Elsewhere
}
