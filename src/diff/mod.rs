//! The structural differ, its checks by family, and the renderers of its findings.
