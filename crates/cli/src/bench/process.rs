//! What processes take of memory and of the processor, where the system tells.

/// Forgets the peak of this process so far.
pub fn forget_peak() {
    // Where it cannot be reset, the peak is that of all measurements so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The peak of a process in bytes: of this one, or of another by its number. `None` where the
/// system does not tell; Linux does.
pub fn peak(process: Option<u32>) -> Option<u64> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    read(&process, "VmHWM:")
}

/// What another process holds now, in bytes; `None` where the system does not tell.
pub fn resident(process: u32) -> Option<u64> {
    read(&process.to_string(), "VmRSS:")
}

/// How long another process has kept a core busy so far, in milliseconds; `None` where the system
/// does not tell.
pub fn busy_ms(process: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    ticks(&stat).map(|ticks| ticks as f64 * TICK_MS)
}

/// What Linux counts times of processes in, on every machine.
const TICK_MS: f64 = 10.0;

/// In the program itself and in the system for it: fields 14 and 15, counted behind the name, which
/// may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    next()?.checked_add(next()?)
}

fn read(process: &str, what: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    parse(&status, what)
}

fn parse(status: &str, what: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 900 0 0 0 31 12 0 0 20 0 3 0 9";
        assert_eq!(ticks(stat), Some(43));
        assert_eq!(ticks("7 (a) S 1"), None);
        assert_eq!(ticks(""), None);
    }

    #[test]
    fn the_peak_is_read() {
        assert_eq!(
            parse("Name:\tx\nVmHWM:\t    2048 kB\n", "VmHWM:"),
            Some(2048 * 1024)
        );
        assert_eq!(parse("VmHWM:\tmany kB\n", "VmHWM:"), None);
        assert_eq!(parse("", "VmHWM:"), None);
        if cfg!(target_os = "linux") {
            assert!(peak(None) > Some(1 << 20));
            assert!(resident(std::process::id()) > Some(1 << 20));
        }
    }
}
