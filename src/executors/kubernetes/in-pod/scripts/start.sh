# start.sh RUN: runs the command in a session of its own and in the foreground of a shell, which says on its standard
# error when a signal ended it; writes its code to descriptor 7. Kills itself: so the shell that waits for the command
# goes on alone. In the background (`&`) shells have their children ignore SIGINT, and dash cannot take that back.
{
  (
    exec </dev/null >"$1/out" 2>"$1/err" 7>&-
    exec setsid sh "$CS_ROOT/runner/command.sh" "$1"
  )
  printf '%s\n' $? >&7
} | kill -PIPE $$
