//! Messages to measure with. Each looks like mail with a usual header; all are made from their number alone.

use std::fmt::Write;

const NAMES: [&str; 10] =
    ["Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy"];

const WORDS: [&str; 16] = [
    "meeting", "report", "budget", "invoice", "schedule", "summary", "release", "question", "travel",
    "contract", "review", "minutes", "order", "holiday", "server", "update",
];

/// A message of `size` octets, or a little more.
pub(crate) fn message(number: usize, size: usize) -> Vec<u8> {
    let (from, to) = (NAMES[number % 10], NAMES[(number / 10) % 10]);
    let (first, second) = (WORDS[number % 16], WORDS[(number / 16) % 16]);
    let (day, hour, minute) = (number % 28 + 1, number % 24, number % 60);
    let mut text = format!(
        "Return-Path: <{from}@example.org>\r\n\
         Received: from mx.example.org (mx.example.org [192.0.2.{octet}])\r\n\tby mail.example.com with ESMTPS id {number:08x}\r\n\t\
         for <{to}@example.com>; Mon, {day} Jun 2026 {hour:02}:{minute:02}:01 +0200\r\n\
         Date: Mon, {day} Jun 2026 {hour:02}:{minute:02}:00 +0200\r\n\
         From: {from} Example <{from}.{number}@example.org>\r\n\
         To: {to} Sample <{to}@example.com>, \"The Team\" <team@example.com>\r\n\
         Cc: Olivia <olivia@example.net>\r\n\
         Subject: The {first} and the {second}, number {number}\r\n\
         Message-ID: <{number}.{first}@example.org>\r\n\
         In-Reply-To: <{number}.{second}@example.com>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\
         Content-Transfer-Encoding: 7bit\r\n\
         \r\n",
        octet = number % 256,
    );
    let mut line = number;
    while text.len() < size {
        let words = [0, 3, 5, 7, 11, 13].map(|step| WORDS[(line * 7 + step * (line / 16 + 1)) % 16]);
        // Writing to a String cannot fail.
        let _ = write!(text, "{}: line {line} of the message.\r\n", words.join(" "));
        line += 1;
    }
    text.into_bytes()
}
