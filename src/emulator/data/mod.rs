//! The data plane: deployed stages answering requests.
