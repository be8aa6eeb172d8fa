//! The reasons and codes of passkeys, with the meaning of each.

use crate::{code::codes, reason::reasons};

reasons! {
    NoPasskeyChallenge = "no_passkey_challenge":
        "the browser has no challenge for this registration or sign-in, or it has expired or is used",
        "begin again; if that does not help, check that the browser sends the cookie `better-auth-passkey` back";
    PasskeyRefused = "passkey_refused":
        "the answer of the authenticator is not valid",
        "the cause in the log says why; for a wrong origin or domain, compare `passkey.origin` and `passkey.rp_id` with the page";
    UnknownPasskey = "unknown_passkey":
        "no user has the passkey",
        "the user removed it, or DATABASE_URL leads to another database; sign in in another way and register it again";
    PasskeyOfAnotherUser = "passkey_of_another_user":
        "the passkey, or the challenge for it, belongs to another user than the one who is signed in",
        "sign in as that user";
    PasskeyRegistered = "passkey_registered":
        "the passkey is registered already",
        "sign in with it; the page may remove it first with `/passkey/delete-passkey`";
    PasskeyOvertaken = "passkey_overtaken":
        "the passkey was removed or used again while it signed in",
        "sign in again; if the log shows it often for one user, the authenticator may be copied";
}

codes! {
    /// The answer of the authenticator is not valid.
    AUTHENTICATION_FAILED = "Authentication failed";
    /// The browser has no challenge, or it is used.
    CHALLENGE_NOT_FOUND = "Challenge not found";
    /// The answer of the authenticator is not valid.
    FAILED_TO_VERIFY_REGISTRATION = "Failed to verify registration";
    /// No user has the passkey.
    PASSKEY_NOT_FOUND = "Passkey not found";
    /// A user has the passkey already.
    PREVIOUSLY_REGISTERED = "Previously registered";
    /// The passkey belongs to another user.
    YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY = "You are not allowed to register this passkey";
}
