//! The scripts in Lua that the secondary storage runs as one step. Redis from version 2.6 on, and compatible stores, run them.
//! Numbers of milliseconds are whole and far below 2^53.
//!
//! Some keys depend on the values of others (a session's user, a user's tokens) and are not named beforehand: that works with one
//! server and its replicas, but not with a cluster that spreads its keys.

use const_format::concatcp;

/// Functions for a user's list of sessions: `read` returns those that have not expired, `write` keeps the list for as long as its
/// last session lives.
const LISTS: &str = "local function read(key, now, without)
  local ok, list = pcall(cjson.decode, redis.call('GET', key) or '[]')
  local kept = {}
  for _, one in ipairs(ok and type(list) == 'table' and list or {}) do
    local token, ends = type(one) == 'table' and one.token, type(one) == 'table' and tonumber(one.expiresAt)
    if type(token) == 'string' and ends and ends > now and not without[token] then kept[#kept + 1] = {token, ends} end
  end
  return kept
end
local function write(key, list, now)
  table.sort(list, function(a, b) return a[2] < b[2] end)
  local seconds = #list > 0 and math.floor((list[#list][2] - now) / 1000) or 0
  if seconds < 1 then return redis.call('DEL', key) end
  local parts = {}
  for i, one in ipairs(list) do
    parts[i] = string.format('{\"token\":%s,\"expiresAt\":%.0f}', cjson.encode(one[1]), one[2])
  end
  return redis.call('SET', key, '[' .. table.concat(parts, ',') .. ']', 'EX', seconds)
end
";

/// Functions that return the session in a text, if there is one, and its user.
const OWNER: &str = "local function read_session(text)
  local ok, all = pcall(cjson.decode, text)
  local session = ok and type(all) == 'table' and all.session
  return type(session) == 'table' and session
end
local function owner(text)
  local session = read_session(text)
  local id = session and session.userId
  return (type(id) == 'string' or type(id) == 'number') and tostring(id)
end
";

/// A function that returns since when the impersonations of the administrator are valid who acts in the session in a text, if one
/// does and has ended earlier ones.
const IMPERSONATED: &str = "local function impersonated_since(text, before)
  local session = read_session(text)
  local by = session and session.impersonatedBy
  return type(by) == 'string' and by ~= '' and redis.call('GET', before .. by)
end
";

/// Reads a session. Keys: `token`; arguments: the beginnings of the keys that hold since when the sessions of a user, and the
/// impersonations of an administrator, are valid. Answers the session and these times.
pub(super) const SESSION: &str = concatcp!(
    OWNER,
    IMPERSONATED,
    "local text = redis.call('GET', KEYS[1])
if not text then return false end
local id = owner(text)
return {text, id and redis.call('GET', ARGV[1] .. id), impersonated_since(text, ARGV[2])}"
);

/// Stores a session. Keys: `list`, `token`; arguments: token, its expiry, now, the session, its remaining seconds.
pub(super) const OPEN_SESSION: &str = concatcp!(
    LISTS,
    "local now = tonumber(ARGV[3])
local list = read(KEYS[1], now, {[ARGV[1]] = true})
list[#list + 1] = {ARGV[1], tonumber(ARGV[2])}
write(KEYS[1], list, now)
if tonumber(ARGV[5]) > 0 then redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5]) end
return 1"
);

/// Changes a session. Keys: `list`, `token`; arguments: token, its expiry, now, the new session, its remaining seconds, the old
/// session. Answers 0 if the session is gone and -1 if it was changed meanwhile; then nothing is done.
pub(super) const CHANGE_SESSION: &str = concatcp!(
    LISTS,
    "local text = redis.call('GET', KEYS[2])
if not text then return 0 end
if text ~= ARGV[6] then return -1 end
if tonumber(ARGV[5]) < 1 then return 1 end
redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5])
local now = tonumber(ARGV[3])
local list = read(KEYS[1], now, {[ARGV[1]] = true})
list[#list + 1] = {ARGV[1], tonumber(ARGV[2])}
write(KEYS[1], list, now)
return 1"
);

/// `list`, the old and the new `token` | both tokens, the session's end, now, the session as it is to be, its seconds, as it was. Answers
/// 0 where it is gone, and -1 where it was changed meanwhile; then nothing is done.
pub(super) const RENAME_SESSION: &str = concatcp!(
    LISTS,
    "local text = redis.call('GET', KEYS[2])
if not text then return 0 end
if text ~= ARGV[7] then return -1 end
local now = tonumber(ARGV[4])
local list = read(KEYS[1], now, {[ARGV[1]] = true, [ARGV[2]] = true})
list[#list + 1] = {ARGV[2], tonumber(ARGV[3])}
write(KEYS[1], list, now)
redis.call('DEL', KEYS[2])
if tonumber(ARGV[6]) > 0 then redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[6]) end
return 1"
);

/// Lists sessions. Keys: `list`, the key that holds since when sessions are valid; arguments: the beginning of tokens' keys, now, the
/// beginning of the keys that hold since when impersonations are valid. Answers the first time, then each session with the other one.
pub(super) const SESSIONS: &str = concatcp!(
    LISTS,
    OWNER,
    IMPERSONATED,
    "local found, seen = {redis.call('GET', KEYS[2])}, {}
for _, one in ipairs(read(KEYS[1], tonumber(ARGV[2]), seen)) do
  local text = not seen[one[1]] and redis.call('GET', ARGV[1] .. one[1])
  seen[one[1]] = true
  if text then
    found[#found + 1] = text
    found[#found + 1] = impersonated_since(text, ARGV[3])
  end
end
return found"
);

/// Ends a session. Keys: `token`; arguments: the beginning of lists' keys, token, now, the user or nothing. The client may have
/// made up the token: if its key holds something else, for example a list or a count, that stays.
pub(super) const END_SESSION: &str = concatcp!(
    LISTS,
    OWNER,
    "local text = redis.call('GET', KEYS[1])
local session = text and read_session(text)
if not session or session.token ~= ARGV[2] then return 0 end
local id = owner(text)
if ARGV[4] ~= '' and id ~= ARGV[4] then return 0 end
if id then
  local now = tonumber(ARGV[3])
  write(ARGV[1] .. id, read(ARGV[1] .. id, now, {[ARGV[2]] = true}), now)
end
return redis.call('DEL', KEYS[1])"
);

/// Ends sessions. Keys: `list`, the key that holds since when sessions are valid; arguments: the beginning of tokens' keys, now,
/// the token that stays or nothing, since when sessions are valid from now on or nothing, for how many seconds that is kept.
pub(super) const END_SESSIONS: &str = concatcp!(
    LISTS,
    "local now = tonumber(ARGV[2])
if ARGV[4] ~= '' then
  local since = math.max(tonumber(ARGV[4]), tonumber(redis.call('GET', KEYS[2]) or 0) or 0)
  redis.call('SET', KEYS[2], string.format('%.0f', since), 'EX', ARGV[5])
end
local kept = {}
for _, one in ipairs(read(KEYS[1], now, {})) do
  if one[1] == ARGV[3] then kept[1] = one else redis.call('DEL', ARGV[1] .. one[1]) end
end
write(KEYS[1], kept, now)
return 1"
);

/// Ends the impersonations of an administrator. Keys: the key that holds since when they are valid; arguments: now, for how many
/// seconds that is kept.
pub(super) const END_IMPERSONATIONS: &str =
    "local since = math.max(tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or 0) or 0)
redis.call('SET', KEYS[1], string.format('%.0f', since), 'EX', ARGV[2])
return 1";

/// Replaces sessions. Keys: tokens; arguments, for each: the old session, the new session, its remaining seconds. Answers how many
/// sessions were changed meanwhile; those stay as they are.
pub(super) const CHANGE_USER: &str = "local changed = 0
for i, key in ipairs(KEYS) do
  local text = redis.call('GET', key)
  if text == ARGV[3 * i - 2] then
    redis.call('SET', key, ARGV[3 * i - 1], 'EX', ARGV[3 * i])
  elseif text then
    changed = changed + 1
  end
end
return changed";

/// Takes a single-use value. Keys: those that it may have. Answers the first that exists, and deletes all.
pub(super) const TAKE_SECRET: &str = "local found = false
for _, key in ipairs(KEYS) do
  local text = redis.call('GET', key)
  if text then
    found = found or text
    redis.call('DEL', key)
  end
end
return found";

/// Counts a request. Keys: the count; arguments: the seconds of its window.
pub(super) const COUNT: &str = "local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count";

/// Uses each feature that the other scripts need, and answers [`PROBED`]. Keys: `any`; arguments: a key that is not named.
pub(super) const PROBE: &str = "redis.call('GET', KEYS[1])
redis.call('GET', ARGV[1])
local list = cjson.decode('[{\"ends\":1796015091574}]')
return string.format('%s %.0f', cjson.encode('\"'), list[1].ends)";
/// The answer of [`PROBE`].
pub(super) const PROBED: &str = "\"\\\"\" 1796015091574";
