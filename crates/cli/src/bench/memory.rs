//! The most memory that a process held, where the system tells.

/// Forgets the peak of this process so far.
pub fn reset() {
    // Where it cannot be reset, the peak is that of all measurements so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The peak of a process in bytes: of this one, or of another by its number. `None` where the
/// system does not tell; Linux does.
pub fn peak(process: Option<u32>) -> Option<u64> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    parse(&status)
}

fn parse(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read() {
        assert_eq!(parse("Name:\tx\nVmHWM:\t    2048 kB\n"), Some(2048 * 1024));
        assert_eq!(parse("VmHWM:\tmany kB\n"), None);
        assert_eq!(parse(""), None);
        if cfg!(target_os = "linux") {
            assert!(peak(None) > Some(1 << 20));
        }
    }
}
