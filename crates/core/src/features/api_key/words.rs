//! The codes of the feature (spec management-plugins §3.11) and its reasons, in words.

use crate::{code::codes, reason::reasons};

reasons! {
    UnknownApiKey = "unknown_api_key":
        "no API key has this value or identifier, or it belongs to another user or configuration, or its configuration is gone",
        "create a key; `gatepost keys list` prints those of a user";
    ApiKeyDisabled = "api_key_disabled":
        "the API key is disabled",
        "its owner enables it with `/api-key/update`";
    ApiKeyExpired = "api_key_expired":
        "the API key has expired",
        "create another key; `api_key.key_expiration` says how long keys are valid";
    ApiKeyExhausted = "api_key_exhausted":
        "no use of the API key remains",
        "wait until it is refilled, or create another key";
    ApiKeyRateLimited = "api_key_rate_limited":
        "the API key has reached its rate limit",
        "wait as `tryAgainIn` says, in milliseconds; `api_key.rate_limit` says what new keys get";
    ApiKeyNotPermitted = "api_key_not_permitted":
        "the API key does not permit the actions that are asked for",
        "use a key with these permissions; `api_key.permissions` says what new keys get";
    ApiKeyOwnerGone = "api_key_owner_gone":
        "the user or the organization that owns the API key does not exist any more",
        "revoke the key with `gatepost keys revoke`";
    ApiKeyOfOrganization = "api_key_of_organization":
        "the API key belongs to an organization, and stands for no user",
        "send the key of a user, or accept the key in your own function with `api_key.protect`";
    ServerOnlyProperty = "server_only_property":
        "the request sets a property of an API key that only servers set",
        "leave the property out; the configuration decides it";
}

codes! {
    /// The key has expired.
    KEY_EXPIRED = "API Key has expired";
    /// The key is disabled.
    KEY_DISABLED = "API Key is disabled";
    /// The user has no such key.
    KEY_NOT_FOUND = "API Key not found";
    /// Clients cannot choose the expiry.
    KEY_DISABLED_EXPIRATION = "Custom key expiration values are disabled.";
    /// No use remains.
    USAGE_EXCEEDED = "API Key has reached its usage limit";
    /// The key has reached its rate limit.
    RATE_LIMITED = "Rate limit exceeded.";
    /// No key has this value.
    INVALID_API_KEY = "Invalid API key.";
    /// The owner of the key does not exist any more.
    INVALID_REFERENCE_ID_FROM_API_KEY = "The reference id from the API key is invalid.";
    /// The owner of the key is banned.
    USER_BANNED = "User is banned";
    /// No session, or that of another user than the body names.
    UNAUTHORIZED_SESSION = "Unauthorized or invalid session";
    /// Only servers set this.
    SERVER_ONLY_PROPERTY = "The property you're trying to set can only be set from the server auth instance only.";
    /// The expiry is too soon.
    EXPIRES_IN_IS_TOO_SMALL = "The expiresIn is smaller than the predefined minimum value.";
    /// The expiry is too late.
    EXPIRES_IN_IS_TOO_LARGE = "The expiresIn is larger than the predefined maximum value.";
    /// The prefix is too short or too long.
    INVALID_PREFIX_LENGTH = "The prefix length is either too large or too small.";
    /// The name is too short or too long.
    INVALID_NAME_LENGTH = "The name length is either too large or too small.";
    /// A key must have a name.
    NAME_REQUIRED = "API Key name is required.";
    /// `enable_metadata` is off.
    METADATA_DISABLED = "Metadata is disabled.";
    /// The metadata is not an object.
    INVALID_METADATA_TYPE = "metadata must be an object or undefined";
    /// The request changes nothing.
    NO_VALUES_TO_UPDATE = "No values to update.";
    /// The request names no organization for its key.
    ORGANIZATION_ID_REQUIRED = "Organization ID is required for organization-owned API keys.";
    /// The user is not a member of the organization.
    USER_NOT_MEMBER_OF_ORGANIZATION = "You are not a member of the organization that owns this API key.";
    /// The roles of the member do not permit the action.
    INSUFFICIENT_API_KEY_PERMISSIONS = "You do not have permission to perform this action on organization API keys.";
    /// The deployment has no organizations.
    ORGANIZATION_PLUGIN_REQUIRED =
        "Organization plugin is required for organization-owned API keys. Please install and configure the organization plugin.";
}
