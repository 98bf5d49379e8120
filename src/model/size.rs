//! Sizes of files as people read them.

use super::Language;

/// A size for people in decimal units (1 KB = 1000 bytes): `700 B`, `140 KB`, `1.4 MB`; in Russian `1,4 МБ`.
///
/// Kilobytes are whole, larger units have one decimal; both are rounded to the nearest.
pub fn readable_size(language: Language, bytes: u64) -> String {
    let ([byte, kilo, mega, giga], point) = match language {
        Language::Ru => (["Б", "КБ", "МБ", "ГБ"], ','),
        Language::En => (["B", "KB", "MB", "GB"], '.'),
    };
    let tenths = |unit_tenth: u64, unit: &str| {
        let tenths = nearest(bytes, unit_tenth);
        format!("{}{point}{} {unit}", tenths / 10, tenths % 10)
    };
    // Each unit ends where rounding would give 1000 of it.
    match bytes {
        0..1_000 => format!("{bytes} {byte}"),
        1_000..999_500 => format!("{} {kilo}", nearest(bytes, 1_000)),
        999_500..999_950_000 => tenths(100_000, mega),
        _ => tenths(100_000_000, giga),
    }
}

fn nearest(bytes: u64, unit: u64) -> u64 {
    bytes.saturating_add(unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_for_people() {
        for (bytes, en, ru) in [
            (0, "0 B", "0 Б"),
            (999, "999 B", "999 Б"),
            (1_000, "1 KB", "1 КБ"),
            (1_499, "1 KB", "1 КБ"),
            (1_500, "2 KB", "2 КБ"),
            (140_000, "140 KB", "140 КБ"),
            (999_499, "999 KB", "999 КБ"),
            (999_500, "1.0 MB", "1,0 МБ"),
            (1_440_000, "1.4 MB", "1,4 МБ"),
            (1_990_000, "2.0 MB", "2,0 МБ"),
            (57_000_000, "57.0 MB", "57,0 МБ"),
            (999_949_999, "999.9 MB", "999,9 МБ"),
            (999_950_000, "1.0 GB", "1,0 ГБ"),
            (1_073_741_824, "1.1 GB", "1,1 ГБ"),
        ] {
            assert_eq!(readable_size(Language::En, bytes), en, "{bytes}");
            assert_eq!(readable_size(Language::Ru, bytes), ru, "{bytes}");
        }
        assert_eq!(readable_size(Language::En, u64::MAX), "18446744073.7 GB");
    }
}
