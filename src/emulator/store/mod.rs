//! What the embedded gateway keeps, on disk, in an embedded ACID store.
