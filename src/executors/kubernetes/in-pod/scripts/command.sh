# Becomes the command: cs_exec of the request sets the environment, changes the folder and replaces this shell.
printf '%s\n' $$ >"$1/pid"
. "$1/request"
rm -f "$1/request"
cs_exec
