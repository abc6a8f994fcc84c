//! Function processes and the Lambda Runtime API.
