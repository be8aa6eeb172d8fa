# Runs the server ("$@") and ends it when gatepost ends, however that happens.
# stdin: a pipe that gatepost holds open and never writes to; stdout: the lock file; stderr: the log.
# The lock is inherited, so it is free only when the server has ended.
exec 3<&0
"$@" </dev/null >&2 3<&- &
server=$!
echo "$server"

# INT asks for a fast shutdown; once a second, since one that comes before the server listens to signals is lost.
# QUIT ends it without a checkpoint, and KILL cannot be refused.
{
    while read -r _; do :; done
    for signal in INT INT INT INT QUIT QUIT KILL; do
        kill -s "$signal" "$server" || exit 0
        sleep 1
    done
} <&3 >/dev/null 2>&1 3<&- &
watcher=$!

exec </dev/null 3<&-
wait "$server"
status=$?
kill "$watcher"
exit "$status"
