//! Users and their ways to sign in with something of their own: passwords, mails, usernames, second factors; and captchas
//! in front of them.

mod access_control;
mod administration;
mod breached_passwords;
mod captcha;
mod email_otp;
mod features;
mod magic_link;
mod mail_transports;
mod mail_urls;
mod mails;
mod old_passwords;
mod one_time_token;
mod organizations;
mod organizations_matrix;
mod races;
mod repeated_addresses;
mod single_use;
mod two_factor;
mod two_factor_interchange;
mod two_factor_races;
