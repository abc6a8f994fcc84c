use super::prelude::*;

declare_rule! {
    /// Finds `${name}` without a value: neither the environment, nor a file of parameters, nor `--var` gives one.
    ///
    /// ## What API Gateway does
    /// Takes the text as it is: `${name}` reaches the API.
    PARAMETER_UNSET = "parameter-unset", Warning, Quality, Both, Elsewhere
}
