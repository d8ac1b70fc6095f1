/**
 * PID 1 of a run, for any POSIX sh. Positional parameters: status file, mode, base folder, `mount`, the files of
 * its control groups, then two pairs: of `overlay`, upper and work directory, and of `copy`, the copy of the tree and
 * that of HOME; then the tree and HOME, the working directory and the command.
 *
 * It joins the control groups itself: a program in between would cost as much as a mount. The overlay lies over
 * the base folder, which holds the tree and HOME, so that one mount makes both private. Its options are relative
 * to that folder, because commas and colons in them would separate options and layers.
 *
 * `volatile` (Linux 5.10) spares the sync of the whole file system when the run's mounts end; nobody needs the
 * private layer after a power cut.
 *
 * The command runs in a subshell with the init's own stderr elsewhere: a shell announces there that a job was
 * ended by a signal, which tells `kill -9` from `exit 137`. It is not put into the background, where shells
 * ignore SIGINT on its behalf. The kernel ends the whole PID namespace when this init exits.
 */
export const PROCESS_INIT = `
status=$1 mode=$2 base=$3 mount=$4
fail() { printf 'fault %s\\n' "$1" > "$status"; exit 125; }
for group in $5; do { echo 0 > "$group"; } 2> /dev/null; done
bind() { "$mount" --bind "$1" "$2" || fail "$1 could not be bound to $2"; }
case $mode in
overlay)
  cd "$base" || fail "no folder $base"
  layers="lowerdir=.,upperdir=$6,workdir=$7,redirect_dir=on,index=on"
  "$mount" -t overlay overlay -o "$layers,volatile" "$base" 2> /dev/null ||
    "$mount" -t overlay overlay -o "$layers" "$base" || fail "the overlay on $base could not be mounted" ;;
copy)
  bind "$6" "$8"
  bind "$7" "$9" ;;
esac
cd "\${10}" || fail "there is no working directory \${10}"
shift 10
unset OLDPWD
exec 4>&2 2> "$status.note"
: > "$status.started"
(exec "$@" 2>&4 4>&-)
code=$?
if [ -s "$status.note" ]; then printf 'signal %s\\n' "$code" > "$status"; else printf 'exit %s\\n' "$code" > "$status"; fi
exit 0
`
