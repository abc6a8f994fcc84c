//! Partitions: what ARNs begin with after `arn:`.

/// Returns the partition of a region (IAM user guide, Amazon Resource Names).
#[must_use]
pub fn partition(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
