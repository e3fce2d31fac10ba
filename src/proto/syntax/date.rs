//! Dates as HTTP writes them ([RFC 9110, 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)).

/// Milliseconds since 1970 from an HTTP date in any of its three forms; `None` if it isn't one.
pub fn parse(text: &str) -> Option<u64> {
    let mut words = text.as_bytes().split(|byte| b" ,-".contains(byte)).filter(|word| !word.is_empty());
    words.next()?;
    let (first, second) = (words.next()?, words.next()?);
    let (third, fourth) = (words.next()?, words.next()?);
    let (day, month, year, time, zone) = match number(first) {
        Some(day) => (day, second, third, fourth, words.next()?),
        None => (number(second)?, first, fourth, third, &b"GMT"[..]),
    };
    if zone != b"GMT" || words.next().is_some() {
        return None;
    }
    let days = days(full_year(year)?, month_number(month)?, day)?;
    Some((days * 86_400 + seconds(time)?) * 1_000)
}

/// Two digits are of this century up to 69; servers that still write them mean a moment close by.
fn full_year(text: &[u8]) -> Option<u64> {
    let year = number(text)?;
    match text.len() {
        2 => Some(if year < 70 { 2_000 + year } else { 1_900 + year }),
        4 => Some(year),
        _ => None,
    }
}

fn month_number(name: &[u8]) -> Option<u64> {
    MONTHS.iter().zip(1..).find(|(month, _)| month.as_bytes() == name).map(|(_, number)| number)
}

/// Days from 1970 to a day of the Gregorian calendar.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        2 => 28 + u64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if year < 1970 || day == 0 || day > length {
        return None;
    }
    // Years are counted from March, so that the leap day is the last.
    let (shifted, moved) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400;
    Some(before + (153 * moved + 2) / 5 + day - 1 - EPOCH)
}

fn seconds(time: &[u8]) -> Option<u64> {
    let mut parts = time.split(|byte| *byte == b':').map(|part| number(part).filter(|_| part.len() == 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
    valid.then_some(hour * 3_600 + minute * 60 + second)
}

/// One to four digits and nothing else.
fn number(text: &[u8]) -> Option<u64> {
    let digits = (1..=4).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    digits.then(|| text.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

/// Days from the first of March of the year 0 to 1970.
const EPOCH: u64 = 719_468;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_of_rfc_9110_are_read() {
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777_000)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777_000)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199_000)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799_000)),
            ("Sat, 31 Dec 2016 23:59:60 GMT", Some(1_483_228_800_000)),
            ("Sunday, 06-Nov-26 08:49:37 GMT", Some(1_793_954_977_000)),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "3",
            "tomorrow",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT",
            "Wed, 29 Feb 2023 00:00:00 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 19940 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
            "2026-11-22T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
