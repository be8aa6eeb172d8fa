//! What operations are called: as in better-auth's description where it calls them something, so that clients which are
//! generated from either have the same functions; else as in its `auth.api`.

/// The `operationId` of an endpoint.
pub(super) fn operation(id: &str) -> Option<&'static str> {
    Some(match id {
        "account.access_token" => "getAccessToken",
        "account.callback" => "handleOAuthCallback",
        "account.callback_form" => "handleOAuthCallbackPost",
        "account.info" => "accountInfo",
        "account.link" => "linkSocialAccount",
        "account.list" => "listUserAccounts",
        "account.refresh_token" => "refreshToken",
        "account.unlink" => "unlinkAccount",
        "email.send_verification" => "sendVerificationEmail",
        "email.verify" => "verifyEmail",
        "get_session" => "getSession",
        "get_session.refresh" => "getSessionPost",
        "jwks" => "getJSONWebKeySet",
        "password.change" => "changePassword",
        "password.follow_reset" => "resetPasswordCallback",
        "password.request_reset" => "requestPasswordReset",
        "password.reset" => "resetPassword",
        "password.verify" => "verifyPassword",
        "sessions.list" => "listUserSessions",
        "sessions.revoke" => "revokeSession",
        "sessions.revoke_all" => "revokeSessions",
        "sessions.revoke_others" => "revokeOtherSessions",
        "sessions.update" => "updateSession",
        "sign_in.email" => "signInEmail",
        "sign_in.social" => "socialSignIn",
        "sign_in.username" => "signInUsername",
        "sign_out" => "signOut",
        "sign_up.email" => "signUpWithEmailAndPassword",
        "status.error" => "error",
        "status.ok" => "ok",
        "status.open_api" => "generateOpenAPISchema",
        "token" => "getJSONWebToken",
        "two_factor.disable" => "disableTwoFactor",
        "two_factor.enable" => "enableTwoFactor",
        "two_factor.generate_backup_codes" => "generateBackupCodes",
        "two_factor.send_otp" => "sendTwoFactorOTP",
        "two_factor.totp_uri" => "getTOTPURI",
        "two_factor.verify_backup_code" => "verifyBackupCode",
        "two_factor.verify_otp" => "verifyTwoFactorOTP",
        "two_factor.verify_totp" => "verifyTOTP",
        "user.change_email" => "changeEmail",
        "user.delete" => "deleteUser",
        "user.follow_delete" => "deleteUserCallback",
        "user.update" => "updateUser",
        "username.is_available" => "isUsernameAvailable",
        _ => return None,
    })
}

/// The tag of an endpoint, by which generated clients are divided.
pub(super) fn tag(id: &str) -> &'static str {
    match id {
        "jwks" | "token" => "Jwt",
        "sign_in.username" | "username.is_available" => "Username",
        _ if id.starts_with("two_factor.") => "Two-factor",
        _ => "Default",
    }
}
