//! Sizes for people, and shares of a whole.

/// `23.54 GiB`, `512 bytes`
pub(crate) fn human(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    // What would be shown as 1024.00 is shown in the next unit.
    while (value * 100.0).round() / 100.0 >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.2} {}", UNITS[unit])
}

/// `5.41%`
pub(crate) fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0%".to_owned();
    }
    if part == whole {
        return "100%".to_owned();
    }
    format!("{:.2}%", part as f64 / whole as f64 * 100.0)
}

/// As a fact; no host has more than fits.
pub(crate) fn bytes(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{human, share};

    #[test]
    fn sizes() {
        assert_eq!(human(0), "0 bytes");
        assert_eq!(human(1023), "1023 bytes");
        assert_eq!(human(1024), "1.00 KiB");
        assert_eq!(human(25_276_510_208), "23.54 GiB");
        assert_eq!(human(1_048_575), "1.00 MiB");
    }

    #[test]
    fn shares() {
        assert_eq!(share(1_367_531_520, 25_276_510_208), "5.41%");
        assert_eq!(share(0, 5), "0%");
        assert_eq!(share(5, 5), "100%");
    }
}
