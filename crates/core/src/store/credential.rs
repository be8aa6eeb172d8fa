//! The account that holds a user's password, in statements.

/// With the aliases `u` and `a`: whether account `a` holds the password of user `u`. Sign-in does not use an account to which
/// another system gave another `accountId`.
pub(crate) const IS_CREDENTIAL: &str = "a.{account.userId} = u.{user.id} and a.{account.providerId} = 'credential' \
    and a.{account.accountId}::text = u.{user.id}::text";

/// Locks what the user in `$1` signs in with, before a statement that changes it. Two such statements wait for each other here, so
/// the second one sees what the first one did; a sign-in with the old password waits for the account.
pub(crate) const LOCK: &str = "select 1 from {user} u where u.{user.id} = $1 for no key update;
    select 1 from {account} a where a.{account.userId} = $1 and a.{account.providerId} = 'credential' for update";

/// Inserts an account for each user `u` of the part whose name follows. `$1` is the row's identifier, `$2` the hash, `$3` the time.
pub(super) const INSERT: &str = "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.password}, {account.createdAt}, {account.updatedAt}{leftover}{account.names})
    select {new $1}u.{user.id}::text, 'credential', u.{user.id}, $2, $3, $3{leftover 'local:credential'}{account.values} from ";

/// Sets the password of the user in the part `owner`, with the parameters of [`INSERT`]: in the user's account, or in a new one.
pub(crate) const SET: &str = const_format::concatcp!(
    "changed as (update {account} a set {account.password} = $2, {account.updatedAt} = $3 from owner u where ",
    IS_CREDENTIAL,
    "),
    made as (",
    INSERT,
    "owner u
    where not exists (select 1 from {account} a where ",
    IS_CREDENTIAL,
    "))"
);
