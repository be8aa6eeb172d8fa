//! The section `[phone_number]`, and what the feature adds to the tables (spec sign-in-plugins §8.1).

use crate::{
    code::codes,
    declaration::{Declaration, Documentation, FeatureColumn, Limit, LimitRule, ModelColumn, Paths, Resource},
    options::{Default, Section, lifetime, number, options, positive_seconds, read_by, section, switch, texts},
    problem::Problems,
    reason::reasons,
    syntax::{email, phone},
};

/// The additional field with a user's number.
pub(super) const NUMBER: &str = "phoneNumber";
/// The additional field that says whether the user has proven to own the number.
pub(super) const VERIFIED: &str = "phoneNumberVerified";

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    columns: &[
        column(ModelColumn::text(NUMBER, "phone_number").optional().unique(), true),
        column(ModelColumn::boolean(VERIFIED, "phone_number_verified").optional(), false),
    ],
    limits: &[LimitRule { paths: Paths::BeginWith("/phone-number"), limit: Limit { window: 60, max: 10 } }],
    absent: &[
        ("callback_on_verification", "write a hook, with `after = \"user.update\"` or `after = \"user.create\"`"),
        (
            "phone_number_validator",
            "a function cannot be configured; numbers must have the form of E.164, and `phone_number.allowed_prefixes` limits them",
        ),
        ("schema", "write `[schema.user] fields = { phone_number = \"…\", phone_number_verified = \"…\" }`"),
        (
            "sign_up_on_verification.get_temp_email",
            "a function cannot be configured; write `phone_number.sign_up_on_verification.temp_email`",
        ),
        (
            "sign_up_on_verification.get_temp_name",
            "a function cannot be configured; write `phone_number.sign_up_on_verification.temp_name`",
        ),
        ("verify_otp", "a function cannot be configured; gatepost makes the codes and compares them"),
    ],
    ..Declaration::of("phone_number")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

const fn column(column: ModelColumn, input: bool) -> FeatureColumn {
    FeatureColumn { table: "user", column, input, returned: true, when: &[] }
}

options! {
    /// Phone numbers that users prove by a code in a text message, and sign in with: better-auth's plugin `phoneNumber`. `user` gets the
    /// columns `phoneNumber`, which is unique, and `phoneNumberVerified`: run `cargo gatepost migrate`. Messages leave by `SMS_URL`.
    pub struct PhoneNumber {
        /// `/sign-in/phone-number` and the endpoints below `/phone-number/` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Codes that verify numbers are sent. With `false` gatepost only accepts the codes of another server with the same database.
        send: bool = switch("send_otp", true).needs(Resource::Sms),
        /// Codes that set a new password are sent.
        send_reset: bool = switch("send_password_reset_otp", true).needs(Resource::Sms),
        /// Digits of a code.
        length: u32 = number("otp_length", 4, 16, 6),
        /// How long a code works, in seconds.
        expires_in: u32 = positive_seconds("expires_in", 300),
        /// How many codes may be tried for one that was sent; with `0` gatepost accepts none.
        allowed_attempts: u32 = number("allowed_attempts", 0, 20, 3),
        /// A password signs in only users whose number is verified. For others, a right password sends a code.
        require_verification: bool = switch("require_verification", false),
        /// The beginnings of the numbers that receive codes, such as `["+41", "+49"]`; empty for every number. Other numbers are
        /// invalid. Restrict it to the countries of your users: others cannot run up your bill there.
        prefixes: Vec<String> = texts("allowed_prefixes"),
        /// The text of a message. `{code}` is the code, `{app_name}` the name of the application.
        message: String = read_by("message", Default::Text(MESSAGE), message),
        /// How many codes are sent.
        limits: SmsLimits = section::<SmsLimits>("limits"),
        /// New users.
        sign_up: SignUpOnVerification = section::<SignUpOnVerification>("sign_up_on_verification"),
    }
    check: check
}

options! {
    /// How many codes gatepost sends, counted in the database (or the secondary storage) over all instances, in addition to
    /// `[rate_limit]`. Beyond that, a request is refused with 429. Set your provider's limits and alerts as well.
    pub struct SmsLimits {
        /// The most codes for one number within `window`, whether a user has the number or not.
        per_number: u32 = number("per_number", 1, 1_000, 5),
        /// The most codes that one client address may have sent within `window`. Clients without an address count as one, and are not
        /// counted with `advanced.ip_address.disable_ip_tracking`.
        per_client: u32 = number("per_client", 1, 100_000, 50),
        /// The time from the first code that counts, in seconds.
        window: u32 = lifetime("window", 3_600),
    }
}

options! {
    /// A right code for a number without a user creates one.
    pub struct SignUpOnVerification {
        /// New users sign up by proving a number.
        enabled: bool = switch("enabled", false),
        /// The address of a new user, which must have one: `"{phone_number}@phone.example.com"`. `{phone_number}` is the number, and
        /// `{digits}` the number without `+`. Only you may receive mails of that domain: a mail to the address can set
        /// a new password. No other sign-up takes an address of this form.
        temp_email: String = read_by("temp_email", Default::Told("required"), temp_email),
        /// The name of a new user, with the same placeholders.
        temp_name: String = read_by("temp_name", Default::Text(TEMP_NAME), temp_name),
    }
    check: has_address
}

const MESSAGE: &str = "{code} is your {app_name} code.";
const TEMP_NAME: &str = "{phone_number}";
/// A number for trying a pattern.
const EXAMPLE: &str = "+41790000000";

impl PhoneNumber {
    /// Returns the text of a message with a code.
    pub(super) fn message(&self, code: &str, app_name: &str) -> String {
        self.message.replace("{code}", code).replace("{app_name}", app_name)
    }

    /// Whether a code may be sent to the number.
    pub(super) fn accepts(&self, number: &str) -> bool {
        let allowed = &self.prefixes;
        phone::is_e164(number) && (allowed.is_empty() || allowed.iter().any(|prefix| number.starts_with(prefix)))
    }
}

/// The places for a number in a pattern.
const PLACES: [&str; 2] = ["{phone_number}", "{digits}"];

/// Fills a number into a pattern.
pub(super) fn filled(pattern: &str, number: &str) -> String {
    pattern.replace("{phone_number}", number).replace("{digits}", number.trim_start_matches('+'))
}

/// Whether an address, in lower case, may be that of a user who signed up by phone: the pattern with a number, which digits may follow.
pub(super) fn is_placeholder(pattern: &str, address: &str) -> bool {
    let (pattern, digits) = (email::stored(pattern).replace(PLACES[0], PLACES[1]), PLACES[1]);
    let mut texts = pattern.split(digits);
    let Some(rest) = texts.next().and_then(|before| address.strip_prefix(before)) else { return false };
    let number = rest.trim_start_matches('+');
    let (number, rest) = number.split_at(number.bytes().take_while(u8::is_ascii_digit).count());
    let is_more = |byte: char| byte == '-' || byte.is_ascii_digit();
    phone::is_e164(&format!("+{number}"))
        && match (texts.next(), texts.next()) {
            (Some(after), None) => rest.trim_start_matches(is_more) == after,
            // The number is there several times.
            (_, Some(next)) => rest.ends_with(texts.last().unwrap_or(next)),
            (None, _) => false,
        }
}

fn message(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> String {
    let text = section.text(key, problems).unwrap_or_else(|| MESSAGE.to_owned());
    if !text.contains("{code}") {
        problems.add(section.place(key), "it has no code; write {code} in the place for it");
    }
    text
}

fn temp_email(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> String {
    let Some(pattern) = section.text(key, problems) else { return String::new() };
    let address = filled(&pattern, EXAMPLE);
    if address == pattern || !email::is_valid(&address) {
        let text = "it must be an address with the number, like `{phone_number}@phone.example.com`, and a domain whose mails only \
                    you receive";
        problems.add(section.place(key), text);
    }
    pattern
}

fn temp_name(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> String {
    section.text(key, problems).unwrap_or_else(|| TEMP_NAME.to_owned())
}

fn has_address(read: &SignUpOnVerification, section: &Section<'_>, problems: &mut Problems) {
    if read.enabled && read.temp_email.is_empty() {
        let text = "every user needs an address; write one like `{phone_number}@phone.example.com`, with a \
                    domain whose mails only you receive";
        problems.add(section.place("temp_email"), text);
    }
}

fn check(read: &PhoneNumber, section: &Section<'_>, problems: &mut Problems) {
    let is_prefix = |prefix: &String| {
        prefix.strip_prefix('+').is_some_and(|rest| {
            rest.bytes().all(|byte| byte.is_ascii_digit()) && !rest.starts_with('0') && (1..=15).contains(&rest.len())
        })
    };
    for prefix in read.prefixes.iter().filter(|prefix| !is_prefix(prefix)) {
        let text = format!("`{prefix}` is not the beginning of a number; write one like `+41`");
        problems.add(section.place("allowed_prefixes"), text);
    }
}

reasons! {
    InvalidPhoneNumber = "invalid_phone_number":
        "the number is not in the form of E.164, or `phone_number.allowed_prefixes` does not allow it",
        "write the number with `+` and the country's code, without spaces; to accept another country, add its prefix";
    PhoneNumberTaken = "phone_number_taken":
        "another user, or the user of the session, has the number",
        "sign in with the number, or remove it from that user first";
    PhoneNumberUnproven = "phone_number_unproven":
        "a number can be set only with the code in a text message to it",
        "send the code with `/phone-number/send-otp`, and give it to `/phone-number/verify`";
    PhoneNumberUnverified = "phone_number_unverified":
        "the user's number is not verified, and `phone_number.require_verification` is on",
        "give the code in the text message to `/phone-number/verify`";
    NoPhoneCode = "no_phone_code":
        "no code was sent for this, or it was redeemed or replaced",
        "request a new one; only the newest code works";
    WrongPhoneCode = "wrong_phone_code":
        "the code is wrong",
        "try the newest message; `phone_number.allowed_attempts` is the number of tries";
    PhoneCodeExpired = "phone_code_expired":
        "the code has expired",
        "request a new one; `phone_number.expires_in` is its lifetime";
    PhoneCodeSpent = "phone_code_spent":
        "too many codes were tried for one message",
        "request a new one. If users did not try, an attacker may be guessing: check `[rate_limit]`";
    PhoneCodeOvertaken = "phone_code_overtaken":
        "the password or the number was changed after the code was sent",
        "request a new one";
    PhoneAddressReserved = "phone_address_reserved":
        "a client gives a user an address of the pattern `phone_number.sign_up_on_verification.temp_email`, which only users who sign \
         up by phone have",
        "sign up with another address, or by phone; if users have such addresses, choose another domain for the pattern";
    TooManyTexts = "too_many_texts":
        "`[phone_number.limits]` allows no more codes for this number or this client now",
        "wait; if users run into it, raise the limit. If users did not ask, an attacker may be running up your bill: restrict \
         `phone_number.allowed_prefixes`, and add `[captcha]`";
}

codes! {
    /// The code is wrong, or another request has redeemed it.
    INVALID_OTP = "Invalid OTP";
    /// The number is not in the form of E.164, or is not allowed.
    INVALID_PHONE_NUMBER = "Invalid phone number";
    /// The number is unknown or the password is wrong, which the client cannot distinguish.
    INVALID_PHONE_NUMBER_OR_PASSWORD = "Invalid phone number or password";
    /// The code has expired.
    OTP_EXPIRED = "OTP expired";
    /// No code was sent, or it was redeemed.
    OTP_NOT_FOUND = "OTP not found";
    /// A sign-up gives a number, which only a code in a text message can set.
    PHONE_NUMBER_CANNOT_BE_SET = "Phone number can only be set by verifying it";
    /// An update gives a number, which only a code in a text message can set.
    PHONE_NUMBER_CANNOT_BE_UPDATED = "Phone number cannot be updated";
    /// A user has the number.
    PHONE_NUMBER_EXIST = "Phone number already exists";
    /// The number is not verified, and the password cannot be replaced by it.
    PHONE_NUMBER_PENDING_VERIFICATION = "Phone number requires account ownership proof";
    /// The number is not verified; the password is right.
    PHONE_NUMBER_NOT_VERIFIED = "Phone number not verified";
    /// Codes are not sent.
    SEND_OTP_NOT_IMPLEMENTED = "sendOTP not implemented";
    /// Too many codes were tried.
    TOO_MANY_ATTEMPTS = "Too many attempts";
    /// The code is right, and no user has the number.
    UNEXPECTED_ERROR = "Unexpected error";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_number_is_recognized_and_no_other() {
        let (digits, number) = ("{digits}@Phone.example.com", "u{phone_number}@phone.example.com");
        for (pattern, address, is) in [
            (digits, "41790000001@phone.example.com", true),
            (digits, "41790000001-123456789012@phone.example.com", true),
            (number, "u+41790000001@phone.example.com", true),
            (number, "u+41790000001-1@phone.example.com", true),
            (digits, "4ever@phone.example.com", false),
            (digits, "ada41790000001@phone.example.com", false),
            (digits, "41790000001a@phone.example.com", false),
            (digits, "41790000001@example.com", false),
            (digits, "1@phone.example.com", false),
            ("{digits}@n{digits}.example.com", "41790000001@n41790000001.example.com", true),
            ("", "41790000001@example.com", false),
        ] {
            assert_eq!(is_placeholder(pattern, address), is, "{pattern} {address}");
        }
    }
}
