# Runs the command in a session of its own and in the foreground of this shell, which says on its standard error when a
# signal ended it.
(
  exec </dev/null >"$1/out" 2>"$1/err"
  exec setsid sh "$CS_ROOT/runner/command.sh" "$1"
)
printf '%s\n' $? >"$1/code"
