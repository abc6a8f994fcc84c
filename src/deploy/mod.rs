//! The AWS side, through the AWS SDK: plan, apply, verify, history, rollback, permissions. Alone names `aws_sdk_*`.
