//! What benchmarks share: mail as customers write it, and the processor time of a process.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

use std::fs;

/// The sum of two times in a file of the kernel, in milliseconds; it counts hundredths of a second. The first stands in this field
/// behind the process's name: 11 for the process's own times, 13 for those of its children that have ended.
pub fn cpu_ms(stat: &str, field: usize) -> f64 {
    let stat = fs::read_to_string(stat).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[field..field + 2].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() * 10.0
}

/// A message of a mix from 1 KB to 1.5 MB, median 15 KB, mean near 85 KB: texts in Russian, logs, pictures.
pub fn mixed_message(random: &mut Random, index: usize) -> Vec<u8> {
    // Log-normal, cut at both ends.
    let size = (15_000.0 * (2.0 * random.normal()).exp()).clamp(1_000.0, 1_500_000.0) as usize;
    message(random, index, size)
}

/// A message of about this size.
pub fn message(random: &mut Random, index: usize, size: usize) -> Vec<u8> {
    let mut raw = format!(
        "Return-Path: <customer{n}@client{n}.example>\r\nDelivered-To: support@example.org\r\n\
         From: Customer {n} <customer{n}@client{n}.example>\r\nTo: support@example.org\r\nSubject: Case {index} of the day\r\n\
         Date: Sat, 21 Nov 2026 09:30:00 +0000\r\nMessage-ID: <bench.{index}@client.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
        n = index % 997
    );
    let text_size = size.min(2_000 + random.below(6_000));
    while raw.len() < text_size {
        raw.push_str("Добрый день! Отчёт за смену не открывается, после обновления появляется ошибка. ");
        raw.push_str(&format!("Заказ {}.\r\n", random.below(1_000_000)));
    }
    if raw.len() + 500 < size {
        let is_log = random.below(10) < 3;
        let (kind, name) = if is_log { ("text/plain", "service.log") } else { ("image/png", "screen.png") };
        raw.push_str(&format!(
            "\r\n--b\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: {}\r\n\r\n",
            if is_log { "7bit" } else { "base64" }
        ));
        while raw.len() < size {
            if is_log {
                raw.push_str(&format!(
                    "2026-11-21 09:{:02}:00 INFO request {} served\r\n",
                    random.below(60),
                    random.below(99_999)
                ));
            } else {
                raw.extend((0..76).map(|_| {
                    char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random.below(64)])
                }));
                raw.push_str("\r\n");
            }
        }
    }
    raw.push_str("\r\n--b--\r\n");
    raw.into_bytes()
}

/// A small generator, so that every run has the same messages.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below this one.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Near enough to a normal distribution: the sum of twelve uniform values.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next() as f64 / u64::MAX as f64).sum::<f64>() - 6.0
    }
}
