//! How much memory a process of a function uses.
//!
//! Lambda kills a sandbox that uses more than the function's memory size. A limit on the address space would stop a
//! program that only reserves memory, so what is resident is looked at instead, while the function works. Linux only:
//! elsewhere the limit is told to the function, and not enforced.

/// Bytes of a megabyte, as Lambda counts.
const MEGABYTE: u64 = 1024 * 1024;

/// What a process uses, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Resident now.
    pub(super) now: u64,
    /// The most that was resident.
    pub(super) peak: u64,
}

impl Usage {
    /// Returns what a process uses; nothing where that cannot be known, or when there is no such process.
    pub(super) fn of(process: u32) -> Option<Self> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        // A file of the kernel: nothing is waited for.
        Self::parse(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?)
    }

    fn parse(status: &str) -> Option<Self> {
        let kilobytes = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            value.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        };
        let now = kilobytes("VmRSS")?.saturating_mul(1024);
        Some(Self { now, peak: kilobytes("VmHWM").map_or(now, |peak| peak.saturating_mul(1024)) })
    }

    /// Returns whether this is more than so many megabytes.
    pub(super) fn exceeds(self, megabytes: u32) -> bool {
        self.now > u64::from(megabytes) * MEGABYTE
    }
}

/// Returns bytes as whole megabytes, as `REPORT` lines have them.
pub(super) fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(MEGABYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_says_what_a_process_uses() {
        let status = "Name:\tx\nVmPeak:\t  900000 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10241 kB\n";
        let usage = Usage::parse(status).unwrap();
        assert_eq!(usage, Usage { now: 10_241 * 1024, peak: 20_480 * 1024 });
        assert!(usage.exceeds(10) && !usage.exceeds(11));
        assert_eq!(megabytes(usage.now), 11);
        assert_eq!(Usage::parse("Name:\tkthreadd\n"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_uses_something() {
        assert!(Usage::of(std::process::id()).is_some_and(|usage| usage.now > MEGABYTE && usage.peak >= usage.now));
    }
}
