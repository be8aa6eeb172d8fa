//! Phone numbers in the form of E.164 (ITU-T Recommendation E.164, §6).

/// Whether a text is a number in the form of E.164: `+`, then 7 to 15 ASCII digits of which the first is not 0. The shortest numbers in
/// use, those of small islands, have a country code of three digits and four more. Whether a country assigns the number is not known
/// here: the numbering plans of all countries change every month (features/phone_number/README.md).
pub fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::is_e164;

    #[test]
    fn only_digits_behind_a_plus_are_a_number() {
        for number in ["+41790000000", "+15005550006", "+6834002", "+123456789012345"] {
            assert!(is_e164(number), "{number}");
        }
        for text in [
            "",
            "+",
            "41790000000",
            "+0790000000",
            "+123456",
            "+1234567890123456",
            "+41 79 000 00 00",
            "+4179000000a",
            "++4179000000",
            "+41790000000\0",
            "+4179000000\n",
            "tel:+41790000000",
            "+٤١٧٩٠٠٠٠٠٠٠",
            "+41790000000;ext=1",
        ] {
            assert!(!is_e164(text), "{text:?}");
        }
    }
}
