//! The account that has a user's password, in statements.

/// Behind `u` and `a`: whether the account `a` has the password of the user `u`. An account that another system has named otherwise is
/// not the one that is signed in with.
pub(crate) const IS_CREDENTIAL: &str = "a.{account.userId} = u.{user.id} and a.{account.providerId} = 'credential' \
    and a.{account.accountId}::text = u.{user.id}::text";

/// Comes before a statement that changes what a user signs in with, for the user in `$1`. Two of them wait for each other here,
/// so that the second one sees what the first one did; a sign-in with the old password waits for the account.
pub(super) const LOCK: &str = "select 1 from {user} u where u.{user.id} = $1 for no key update;
    select 1 from {account} a where a.{account.userId} = $1 and a.{account.providerId} = 'credential' for update";

/// Inserts the account of each user `u` of the part whose name follows. `$1` is the identifier of the row, `$2` the hash, `$3` the time.
pub(super) const INSERT: &str = "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.password}, {account.createdAt}, {account.updatedAt}{leftover}{account.names})
    select {new $1}u.{user.id}::text, 'credential', u.{user.id}, $2, $3, $3{leftover 'local:credential'}{account.values} from ";

/// Sets the password of the user in the part `owner`, with the values of [`INSERT`]: in the account, or in a new one where there is none.
pub(super) const SET: &str = const_format::concatcp!(
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
