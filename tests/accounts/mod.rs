//! Users and their ways to sign in with something of their own: passwords, mails, usernames, second factors; and captchas
//! in front of them.

mod access_control;
mod administration;
mod anonymous;
mod api_keys;
mod audit;
mod breached_passwords;
mod captcha;
mod email_otp;
mod features;
mod hooks;
mod hooks_told;
mod impersonation;
mod magic_link;
mod mail_transports;
mod mail_urls;
mod mails;
mod new_users;
mod old_passwords;
mod one_time_token;
mod organization_roles;
mod organization_teams;
mod organizations;
mod organizations_attacks;
mod passkeys;
mod phone_number;
mod races;
mod repeated_addresses;
mod sign_up_organizations;
mod sign_up_rules;
mod single_use;
mod sms_transports;
mod stored_sessions;
mod two_factor;
mod two_factor_interchange;
mod two_factor_races;
